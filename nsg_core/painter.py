"""One picture after another of a scene that is being edited.

What was drawn is kept: after an edit of boxes only those pixels are traced again that
can see a changed box (`touched`), and all others stay as fine as they were.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from nsg_core.canvas import Canvas
from nsg_core.frame import FIRST_SLICE, Drawing, Pace, Picture
from nsg_core.model import Bounded, Model
from nsg_core.request import RenderRequest
from nsg_core.touched import touched_pixels

FIRST_SECONDS = 0.03
"""That the first picture may take; what is left of 50 ms is for all else."""
FEWEST = 400
"""Rays of a first picture, however slow: of fewer nothing could be recognised."""
SMOOTH = 8
"""Rays a pixel of a picture that nobody changes any more."""
MANY_BOXES = 64
"""If so many have changed, all pixels are traced again."""


@dataclass
class Painter:
    """Draws one request after another, and keeps what it has drawn.

    As long as only boxes change, a picture begins with all that the one before knew of
    pixels that see none of them.
    """

    smooth: int = SMOOTH
    """Rays a pixel that a picture ends with, if nobody asks for another."""
    pace: Pace = field(default_factory=Pace)
    _kept: tuple[Model, RenderRequest, Canvas] | None = None

    def __call__(
        self, model: Model, request: RenderRequest
    ) -> Iterator[Picture | None]:
        """Pictures of a request, from coarse to fine and then smooth.

        The first one that is final has full resolution. The pictures of a request must
        not be pulled any more once those of the next one are.
        """
        began = time.perf_counter()
        canvas = self._canvas(model, request)
        drawing = Drawing(model, request, canvas, self.pace, began)
        first = max(FIRST_SLICE, self.pace.rays_in(FIRST_SECONDS))
        drawing.slice = min(first, drawing.most)
        yield from drawing.levels(self._first_stride(canvas), 1)
        yield from drawing.smoother(canvas.least(), self.smooth, 1)

    def _canvas(self, model: Model, request: RenderRequest) -> Canvas:
        """What is known of a picture before its first ray."""
        canvas = None
        if self._kept is not None and self._kept[0] is model:
            _, before, canvas = self._kept
            if not forget_changed(canvas, model, before, request):
                canvas = None
        if canvas is None:
            canvas = Canvas.blank(request.view, model.device)
        self._kept = (model, request, canvas)
        return canvas

    def _first_stride(self, canvas: Canvas) -> int:
        """The finest level that is ready in time at the measured speed."""
        most, stride = max(FEWEST, self.pace.rays_in(FIRST_SECONDS)), 1
        while canvas.lacking(stride) > most:
            stride *= 2
        return stride


def forget_changed(
    canvas: Canvas, model: Model, before: RenderRequest, after: RenderRequest
) -> bool:
    """Forget the pixels that may look otherwise in a later request.

    False if that may be all of them, or if it cannot be known.
    """
    if replace(before, boxes=()) != replace(after, boxes=()):
        return False
    changed = set(before.boxes) ^ set(after.boxes)
    if not changed or after.only == "background":
        return True
    if not isinstance(model, Bounded) or len(changed) > MANY_BOXES:
        return False
    regions = [(box, model.reach(box)) for box in changed]
    seen = [(box, reach) for box, reach in regions if reach is not None]
    canvas.forget(touched_pixels(after.view, seen))
    return True
