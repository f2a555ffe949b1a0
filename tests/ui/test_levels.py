"""What the status line calls a picture on its way to being smooth."""

from dataclasses import replace

import pytest

from nsg_editor.state import ModelInfo, PictureInfo
from nsg_editor.ui.panels import status
from tests.editor.scenes import start_state


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        (PictureInfo(8, False, 41.0, 2.5e5), "1/8 > full"),
        (PictureInfo(1, False, 90.0, 2.5e6, samples=0), "preview > full"),
        (PictureInfo(1, True, 900.0, 2.5e6), "full"),
        (PictureInfo(1, True, 9000.0, 2.5e6, samples=8), "full x8"),
    ],
)
def test_the_status_line_names_the_level(picture: PictureInfo, told: str) -> None:
    model = ModelInfo("ready", step=5, device="cpu")
    state = replace(start_state(), model=model, picture=picture)
    assert status.figures(state).split("   |   ")[0] == told
