"""Draws the other side of a comparison with other weights than those of the screen."""

from collections.abc import Callable, Iterator
from pathlib import Path

from nsg_core.drawing.frame import Picture
from nsg_core.model import Model
from nsg_core.request import RenderRequest
from nsg_editor.pictures.worker import Render

LoadModel = Callable[[Path], tuple[Model, int]]


class Rivals:
    """Reads a checkpoint when it is first compared with, and keeps that one.

    For the worker's thread alone, which this may keep from drawing for a moment.
    """

    def __init__(
        self, render: Render, load: LoadModel, wanted: Callable[[], Path | None]
    ) -> None:
        """`wanted`: the checkpoint to draw with; None: the model of the screen."""
        self._render, self._load, self._wanted = render, load, wanted
        self._kept: tuple[Path, float, Model] | None = None

    def __call__(
        self, model: Model, request: RenderRequest
    ) -> Iterator[Picture | None]:
        """Pictures of a request, as the worker asks for them."""
        path = self._wanted()
        if path is None:
            self._kept = None
        yield from self._render(model if path is None else self._of(path), request)

    def _of(self, path: Path) -> Model:
        # A training writes its newest weights to the same file.
        written = path.stat().st_mtime if path.exists() else 0.0
        if self._kept is None or self._kept[:2] != (path, written):
            self._kept = (path, written, self._load(path)[0])
        return self._kept[2]
