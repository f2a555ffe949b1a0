"""The editor with an analytic model that breaks where a test wants it to.

While there is a file `lost-gpu` in the working folder drawing fails as on a graphics
card that is gone; a checkpoint whose content is `broken` cannot be loaded.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from nsg_core.drawing.frame import Picture
from nsg_core.errors import NsgError
from nsg_core.model import Model
from nsg_core.request import RenderRequest
from nsg_core.scene import Scene
from nsg_editor import app
from tests.editor.fakes import fake_load, fake_render


def load(path: Path, recording: Scene) -> tuple[Model, int]:
    """A model, unless the file is said to be broken."""
    if path.read_text() == "broken":
        raise NsgError(f"{path} is no checkpoint: its end is missing. Train it again.")
    return fake_load(path, recording)


def render(model: Model, request: RenderRequest) -> Iterator[Picture | None]:
    """Pictures, unless the graphics card is said to be lost."""
    if Path("lost-gpu").exists():
        raise RuntimeError("CUDA error: an illegal memory access was encountered")
    yield from fake_render(model, request)


if __name__ == "__main__":
    app.render_request = render
    app.program(sys.argv[1:], load)
