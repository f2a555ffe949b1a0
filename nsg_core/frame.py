"""From a request to pictures: coarse at once, then finer, as a generator.

To cancel is to stop pulling. Levels are interlaced (as in Adam7): a finer level traces
only pixels that no coarser level has traced, so coming by all levels costs no ray more
than the finest one alone.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from nsg_core.geometry import Placements, pixel_rays, place
from nsg_core.model import Model, Traced
from nsg_core.request import RenderRequest

SLICE_SECONDS = 0.015
LONG_SLICE_SECONDS = 0.25
"""Where no coarse picture is wanted, nobody is dragging anything either."""
FIRST_SLICE = 512
"""Rays, before anything is known of the speed."""


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
    """One ray for every `stride` x `stride` pixels; 1: full resolution."""
    samples: int
    """Rays a pixel at full resolution; more than 1 once anti-aliasing began."""
    final: bool
    """No further picture of this request follows."""
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
    seconds = LONG_SLICE_SECONDS if first_stride == 1 else SLICE_SECONDS
    drawing = _Drawing(model, request, seconds)
    stride = first_stride
    while True:
        yield from drawing.trace(drawing.new_pixels(stride, first_stride))
        yield drawing.picture(stride, 1, final=stride == 1 and samples == 1)
        if stride == 1:
            break
        stride //= 2
    for n in range(1, samples):
        yield from drawing.trace_again(n)
        yield drawing.picture(1, n + 1, final=n + 1 == samples)


def render_picture(model: Model, request: RenderRequest, samples: int = 1) -> Picture:
    """The final picture of a request, at once."""
    for picture in render_frame(model, request, first_stride=1, samples=samples):
        if picture is not None and picture.final:
            return picture
    raise AssertionError("the last picture of a request is final")


class _Drawing:
    """A picture on its way: what was traced so far, and the clock."""

    def __init__(self, model: Model, request: RenderRequest, slice_seconds: float):
        self.slice_seconds = slice_seconds
        self.started = time.perf_counter()
        self.model, self.request = model, request
        self.placements: Placements = place([request.boxes]).to(model.device)
        known = model.cameras
        camera = request.camera
        self.camera = known.index(camera) if camera in known else -1
        view = request.view
        shape, device = (view.height, view.width), model.device
        self.rgb = torch.zeros(*shape, 3, device=device)
        self.depth, self.opacity = (torch.zeros(shape, device=device) for _ in "ab")
        self.track = torch.full(shape, -1, dtype=torch.int32, device=device)
        self.rays = 0
        self.slice = FIRST_SLICE

    def new_pixels(self, stride: int, first: int) -> Float[Tensor, "pixels 2"]:
        """Pixels (u, v) of a level that no coarser level has traced."""
        view, device = self.request.view, self.model.device
        v, u = torch.meshgrid(
            torch.arange(0, view.height, stride, device=device),
            torch.arange(0, view.width, stride, device=device),
            indexing="ij",
        )
        pixels = torch.stack([u, v], -1).reshape(-1, 2)
        if stride == first:
            return pixels.float()
        done: Bool[Tensor, " pixels"] = (pixels % (2 * stride) == 0).all(-1)
        return pixels[~done].float()

    def trace(self, pixels: Float[Tensor, "pixels 2"]) -> Iterator[None]:
        """Trace pixels in slices, and yield after each."""
        for some, traced in self._slices(pixels, pixels):
            u, v = some.long().unbind(-1)
            self.rgb[v, u] = traced.rgb.clamp(0, 1)
            self.depth[v, u] = traced.depth
            self.opacity[v, u] = traced.opacity
            self.track[v, u] = traced.track.int()
            yield None

    def trace_again(self, n: int) -> Iterator[None]:
        """Add the n-th further sample to every pixel's mean."""
        pixels = self.new_pixels(1, 1)
        offset = torch.tensor(_spread_offset(n), device=pixels.device)
        for some, traced in self._slices(pixels, pixels + offset):
            u, v = some.long().unbind(-1)
            share = 1 / (n + 1)
            self.rgb[v, u] += share * (traced.rgb.clamp(0, 1) - self.rgb[v, u])
            self.opacity[v, u] += share * (traced.opacity - self.opacity[v, u])
            yield None

    def _slices(
        self, pixels: Float[Tensor, "pixels 2"], points: Float[Tensor, "pixels 2"]
    ) -> Iterator[tuple[Float[Tensor, "some 2"], Traced]]:
        begin = 0
        while begin < len(pixels):
            end = min(begin + self.slice, len(pixels))
            before = time.perf_counter()
            rays = pixel_rays(self.request.view, points[begin:end], 0, self.camera)
            traced = self.model.trace(rays, self.placements, self.request.only)
            yield pixels[begin:end], traced
            spent = time.perf_counter() - before
            self.rays += end - begin
            # Short slices only tell of the cost of a call, so they do not count less.
            speed = (end - begin) / max(spent, 1e-6)
            wanted = int(speed * self.slice_seconds)
            self.slice = max(256, min(wanted, 4 * self.slice))
            begin = end

    def picture(self, stride: int, samples: int, final: bool) -> Picture:
        """What is known so far, enlarged to full size."""
        return Picture(
            rgb=self._enlarged(self.rgb, stride, smooth=True),
            depth=self._enlarged(self.depth, stride),
            opacity=self._enlarged(self.opacity, stride),
            track=self._enlarged(self.track, stride),
            stride=stride,
            samples=samples,
            final=final,
            seconds=time.perf_counter() - self.started,
            rays=self.rays,
        )

    def _enlarged(self, full: Tensor, stride: int, smooth: bool = False) -> np.ndarray:
        """The traced pixels of a level, spread over all: linearly or as they are."""
        if stride == 1:
            return full.cpu().numpy().copy()
        height, width = full.shape[:2]
        known = full[::stride, ::stride]
        if smooth:
            return _interpolate(known, stride)[:height, :width].cpu().numpy().copy()
        rows, columns = known.shape
        wide = known[:, None, :, None].expand(rows, stride, columns, stride)
        wide = wide.reshape(rows * stride, columns * stride)[:height, :width]
        return wide.cpu().numpy().copy()


def _interpolate(
    known: Float[Tensor, "rows columns 3"], stride: int
) -> Float[Tensor, "height width 3"]:
    """Bilinear between the pixels 0, stride, 2 stride, ...; constant beyond.

    The picture is at least as large as what it is wanted for.
    """
    image = torch.nn.functional.pad(
        known.permute(2, 0, 1)[None], (0, 1, 0, 1), "replicate"
    )
    size = (known.shape[0] * stride + 1, known.shape[1] * stride + 1)
    image = image.contiguous(memory_format=torch.channels_last)
    wide = torch.nn.functional.interpolate(
        image, size, mode="bilinear", align_corners=True
    )
    return wide[0].permute(1, 2, 0)


def _spread_offset(n: int) -> tuple[float, float]:
    """The n-th of points that fill a pixel evenly (R2 sequence, Roberts 2018)."""
    return (n * 0.7548776662466927 % 1 - 0.5, n * 0.5698402909980532 % 1 - 0.5)
