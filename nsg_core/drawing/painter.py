"""One picture after another of a scene that is being edited.

What was drawn is kept: after an edit of boxes only those pixels are traced again that
can see a changed box (`touched`), and all others stay as fine as they were.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from nsg_core.drawing.backdrop import MOST_PIXELS, Backdrop
from nsg_core.drawing.canvas import Canvas
from nsg_core.drawing.frame import FIRST_SLICE, Drawing, Pace, Picture
from nsg_core.drawing.touched import touched_pixels
from nsg_core.model import Bounded, Layered, Model
from nsg_core.request import RenderRequest

FIRST_SECONDS = 0.03
"""That the first picture may take; what is left of 50 ms is for all else."""
FEWEST = 400
"""Rays of a first picture, however slow: of fewer nothing could be recognised."""
SMOOTH = 8
"""Rays a pixel of a picture that nobody changes any more."""
MANY_BOXES = 64
"""If so many have changed, all pixels are traced again."""


@dataclass
class Kept:
    """What is known of a view."""

    model: Model
    request: RenderRequest
    """The last one."""
    canvas: Canvas
    backdrop: Backdrop | None
    """None: the model has none, or it would be too large."""

    @classmethod
    def nothing(cls, model: Model, request: RenderRequest) -> "Kept":
        """The beginning."""
        pixels = request.view.width * request.view.height
        layered = isinstance(model, Layered) and request.only == "all"
        backdrop = None
        if layered and pixels <= MOST_PIXELS:
            backdrop = Backdrop(pixels, model.device)
        return cls(model, request, Canvas.blank(request.view, model.device), backdrop)

    def shown_over_backdrop(self) -> bool:
        """Whether there is a background to all that is missing in the picture."""
        if self.backdrop is None:
            return False
        return bool(self.backdrop.known[self.canvas.count.view(-1) == 0].all())


@dataclass
class Painter:
    """Draws one request after another, and keeps what it has drawn.

    As long as only boxes change, a picture begins with all that the one before knew of
    pixels that see none of them. If the pictures before were left alone for some
    seconds, the background behind is known too: then objects are drawn over it first,
    and all that they may have changed is traced thereafter.
    """

    smooth: int = SMOOTH
    """Rays a pixel that a picture ends with, if nobody asks for another."""
    pace: Pace = field(default_factory=Pace)
    preview_pace: Pace = field(default_factory=Pace)
    _kept: Kept | None = None

    def __call__(
        self, model: Model, request: RenderRequest
    ) -> Iterator[Picture | None]:
        """Pictures of a request, from coarse to fine and then smooth.

        The first one that is final has full resolution. The pictures of a request must
        not be pulled any more once those of the next one are.
        """
        began = time.perf_counter()
        kept = self._keep(model, request)
        canvas, backdrop = kept.canvas, kept.backdrop
        drawing = Drawing(model, request, canvas, self.pace, began)
        in_time = canvas.lacking() <= self.pace.rays_in(FIRST_SECONDS)
        if backdrop is not None and not in_time and kept.shown_over_backdrop():
            stride = self._first_stride(drawing, self.preview_pace)
            yield from drawing.previews(stride, backdrop, self.preview_pace)
            yield from drawing.levels(1, 1)
        else:
            yield from drawing.levels(self._first_stride(drawing, self.pace), 1)
        if backdrop is not None and request.boxes:
            yield from drawing.gather(backdrop)
        yield from drawing.smoother(canvas.least(), self.smooth, 1)

    def _keep(self, model: Model, request: RenderRequest) -> Kept:
        """What is known before the first ray."""
        kept = self._kept
        if kept is None or kept.model is not model or not same_view(kept, request):
            kept = Kept.nothing(model, request)
        elif not forget_changed(kept.canvas, model, kept.request, request):
            kept.canvas = Canvas.blank(request.view, model.device)
        kept.request = request
        self._kept = kept
        return kept

    def _first_stride(self, drawing: Drawing, pace: Pace) -> int:
        """The finest level that is ready in time at the measured speed.

        Its rays are one slice: nobody is served by an interruption before it is there.
        """
        in_time = pace.rays_in(FIRST_SECONDS)
        drawing.slice = min(max(FIRST_SLICE, in_time), drawing.most)
        stride = 1
        while drawing.canvas.lacking(stride, 0) > max(FEWEST, in_time):
            stride *= 2
        return stride


def same_view(kept: Kept, request: RenderRequest) -> bool:
    """Whether nothing but boxes has changed."""
    return replace(kept.request, boxes=()) == replace(request, boxes=())


def forget_changed(
    canvas: Canvas, model: Model, before: RenderRequest, after: RenderRequest
) -> bool:
    """Forget the pixels that may look otherwise in a later request of the same view.

    False if that may be all of them, or if it cannot be known.
    """
    changed = set(before.boxes) ^ set(after.boxes)
    if not changed or after.only == "background":
        return True
    if not isinstance(model, Bounded) or len(changed) > MANY_BOXES:
        return False
    regions = [(box, model.reach(box)) for box in changed]
    seen = [(box, reach) for box, reach in regions if reach is not None]
    canvas.forget(touched_pixels(after.view, seen))
    return True
