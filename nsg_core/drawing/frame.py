"""From a request to pictures: coarse at once, then finer, as a generator.

To cancel is to stop pulling. No ray is traced twice: a finer level traces only pixels
that no coarser level has traced, so coming by all levels costs no ray more than the
finest one alone.
"""

import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from nsg_core.drawing.backdrop import Backdrop
from nsg_core.drawing.canvas import Canvas
from nsg_core.errors import NsgError
from nsg_core.geometry import Placements, Rays, pixel_rays, place
from nsg_core.model import Layered, Model
from nsg_core.request import RenderRequest

SLICE_SECONDS = 0.015
RESTING_SECONDS, RESTING_SLICE_SECONDS = 0.5, 0.05
"""Nobody drags anything once a request is so old, so slices may be longer: each costs
milliseconds beside its rays, above all where other threads want the interpreter."""
LONG_SLICE_SECONDS = 0.25
"""Where no coarse picture is wanted, nobody is dragging anything either."""
FIRST_SLICE = 512
"""Rays, before anything is known of the speed."""
SHORT_SLICE = 256
"""Fewer rays tell more of the cost of a call than of the cost of a ray."""
MEMORY_SHARE, RAY_BYTES = 0.25, 4096
"""Of the free memory of a GPU, and what a ray takes of it at most: its colours, and
the sky's network behind it. A model with more to keep cuts rays into chunks itself."""
LEAST_RAYS, MANY_RAYS = 64, 1 << 22


@dataclass(frozen=True)
class Picture:
    """A picture of a request at one level of refinement, always of the full size.

    Coarse levels are enlarged to that size, so a viewer needs no case for them.
    """

    rgb: np.ndarray
    """[height width 3] float32, C-contiguous, in [0, 1]."""
    depth: np.ndarray
    """[height width] float32, metres along the ray."""
    opacity: np.ndarray
    """[height width] float32."""
    track: np.ndarray
    """[height width] int32; -1: background."""
    stride: int
    """At least one ray for every `stride` x `stride` pixels; 1: full resolution."""
    samples: int
    """Rays a pixel at full resolution; more than 1 once anti-aliasing began, 0 for a
    preview: objects before a background that was kept."""
    final: bool
    """As fine as was asked for; what may still follow is only smoother."""
    seconds: float
    """Since the request was taken up."""
    rays: int
    """Traced since then."""


def render_frame(
    model: Model,
    request: RenderRequest,
    first_stride: int = 8,
    samples: int = 1,
) -> Iterator[Picture | None]:
    """Pictures of a request, from coarse to fine; the last one is final.

    Yields None between slices of work (about 15 ms), so that a caller can drop the
    request soon after it is outdated by pulling no more.
    """
    assert first_stride & (first_stride - 1) == 0, "levels halve: a power of two"
    drawing = Drawing(model, request, Canvas.blank(request.view, model.device))
    if first_stride == 1:
        drawing.slice_seconds = LONG_SLICE_SECONDS
    yield from drawing.levels(first_stride, samples)
    yield from drawing.smoother(1, samples, samples)


def render_picture(model: Model, request: RenderRequest, samples: int = 1) -> Picture:
    """The final picture of a request, at once."""
    for picture in render_frame(model, request, first_stride=1, samples=samples):
        if picture is not None and picture.final:
            return picture
    raise AssertionError("the last picture of a request is final")


WORTHWHILE = 1.5
"""How much faster previews must be for the finest of them: three quarters of their
rays are in it, and the exact picture waits for them."""


class Pace:
    """How fast rays were traced lately."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=9)

    def note(self, rays: int, seconds: float) -> None:
        """So many took so long."""
        if rays >= SHORT_SLICE:
            self._recent.append(rays / max(seconds, 1e-6))

    def rays_in(self, seconds: float) -> int:
        """How many can be traced in a time; a careful guess to begin with."""
        speed = statistics.median(self._recent) if self._recent else 80e3
        return int(speed * seconds)

    def beats(self, other: "Pace") -> bool:
        """Whether it is much faster than another, as far as both are known."""
        if not (self._recent and other._recent):
            return True
        return self.rays_in(1.0) > WORTHWHILE * other.rays_in(1.0)


def most_rays(device: torch.device) -> int:
    """How many a device has room for at once, by the memory that is free now."""
    if device.type != "cuda":
        return MANY_RAYS
    free, _ = torch.cuda.mem_get_info(device)
    return max(LEAST_RAYS, min(MANY_RAYS, int(free * MEMORY_SHARE) // RAY_BYTES))


class Drawing:
    """A picture on its way: what there is to trace, and the clock."""

    def __init__(
        self,
        model: Model,
        request: RenderRequest,
        canvas: Canvas,
        pace: Pace | None = None,
        began: float | None = None,
    ) -> None:
        self.began = time.perf_counter() if began is None else began
        self.model, self.request, self.canvas = model, request, canvas
        self.pace = pace or Pace()
        numbers = None if request.frame is None else [request.frame]
        self.placements: Placements = place([request.boxes], numbers).to(model.device)
        known = model.cameras
        camera = request.camera
        self.camera = known.index(camera) if camera in known else -1
        self.rays = 0
        self.slice = FIRST_SLICE
        self.most = most_rays(model.device)
        self.slice_seconds: float | None = None
        """None: as long as it suits the time since the request."""

    def levels(self, first_stride: int, samples: int) -> Iterator[Picture | None]:
        """From the first level to full resolution."""
        stride = first_stride
        while True:
            for pixels in self.canvas.wanting(stride, 1):
                yield from self._trace(pixels, 0)
            yield self.picture(stride, final=stride == 1 and samples == 1)
            if stride == 1:
                return
            stride //= 2

    def smoother(self, known: int, most: int, asked: int) -> Iterator[Picture | None]:
        """One more ray a pixel again and again; final from `asked` of them on."""
        for rays in range(known + 1, most + 1):
            for pixels in self.canvas.wanting(1, rays):
                yield from self._trace(pixels, rays - 1)
            yield self.picture(1, final=rays >= asked)

    def previews(
        self, first_stride: int, backdrop: Backdrop, pace: Pace
    ) -> Iterator[Picture | None]:
        """From the first level on, over a background that is known.

        To full resolution only if that is much sooner there than what is exact.
        """
        model = self.model
        assert isinstance(model, Layered)

        def preview(pixels: Tensor, rays: Rays) -> None:
            slabs = backdrop.take(pixels)
            seen = model.trace_between(rays, self.placements, slabs)
            self.canvas.add(pixels, seen, -1)

        stride = first_stride
        while True:
            for pixels in self.canvas.wanting(stride, 0):
                yield from self._in_slices(pixels, 0, preview, pace)
            yield self.picture(stride, final=False)
            if stride == 1 or (stride == 2 and not pace.beats(self.pace)):
                return
            stride //= 2

    def gather(self, backdrop: Backdrop) -> Iterator[None]:
        """Let a backdrop know all pixels."""
        model = self.model
        assert isinstance(model, Layered)

        def keep(pixels: Tensor, rays: Rays) -> None:
            backdrop.put(pixels, model.slabs(rays, self.placements))

        unknown = (~backdrop.known).nonzero()[:, 0]
        yield from self._in_slices(unknown, 0, keep, Pace())

    def _trace(self, pixels: Int[Tensor, " pixels"], nth: int) -> Iterator[None]:
        """Trace the n-th ray of pixels."""

        def trace(some: Tensor, rays: Rays) -> None:
            seen = self.model.trace(rays, self.placements, self.request.only)
            self.canvas.add(some, seen, nth)

        return self._in_slices(pixels, nth, trace, self.pace)

    def _in_slices(
        self,
        pixels: Int[Tensor, " pixels"],
        nth: int,
        work: Callable[[Tensor, Rays], None],
        pace: Pace,
    ) -> Iterator[None]:
        """Work on the n-th rays of pixels in slices, and yield after each."""
        offset = torch.tensor(_spread_offset(nth), device=pixels.device)
        done = 0
        while done < len(pixels):
            some = pixels[done : done + self.slice]
            before = time.perf_counter()
            points = self.canvas.points(some) + offset
            rays = pixel_rays(self.request.view, points, 0, self.camera)
            try:
                work(some, rays)
            except torch.OutOfMemoryError as error:
                self._take_less(len(some), error)
                continue
            spent = time.perf_counter() - before
            pace.note(len(some), spent)
            self._account(len(some), spent)
            done += len(some)
            yield None

    def _take_less(self, rays: int, error: Exception) -> None:
        """So many were too many for the device's memory."""
        if rays <= LEAST_RAYS:
            raise NsgError(
                f"{self.model.device} has no memory left for even {rays} rays. Close "
                "other programs that use it, or draw with --device cpu."
            ) from error
        self.most = self.slice = max(LEAST_RAYS, rays // 2)
        if self.model.device.type == "cuda":
            torch.cuda.empty_cache()

    def _account(self, rays: int, spent: float) -> None:
        """Size the next slice by the speed of the last."""
        self.rays += rays
        # Short slices only tell of the cost of a call, so they do not count less.
        wanted = int(rays / max(spent, 1e-6) * self._seconds())
        self.slice = min(self.most, max(SHORT_SLICE, min(wanted, 4 * self.slice)))

    def _seconds(self) -> float:
        """How long a slice may be."""
        if self.slice_seconds is not None:
            return self.slice_seconds
        resting = time.perf_counter() - self.began > RESTING_SECONDS
        return RESTING_SLICE_SECONDS if resting else SLICE_SECONDS

    def picture(self, stride: int, final: bool) -> Picture:
        """What is known so far, spread over the pixels of which nothing is."""
        layers = self.canvas.filled(stride)
        return Picture(
            layers.rgb,
            layers.depth,
            layers.opacity,
            layers.track,
            stride,
            self.canvas.least() if stride == 1 else 1,
            final,
            time.perf_counter() - self.began,
            self.rays,
        )


def _spread_offset(n: int) -> tuple[float, float]:
    """The n-th of points that fill a pixel evenly (R2 sequence, Roberts 2018).

    The first is its middle.
    """
    if n == 0:
        return (0.0, 0.0)
    return (n * 0.7548776662466927 % 1 - 0.5, n * 0.5698402909980532 % 1 - 0.5)
