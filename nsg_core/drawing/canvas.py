"""A picture on its way: what has been traced so far, pixel by pixel.

Levels are interlaced (as in Adam7): a level of stride n has traced every n-th pixel of
every n-th row, and a finer one adds only what is missing, wherever that is. So what was
traced once is kept, however often refinement is interrupted.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor

from nsg_core.model import Traced
from nsg_core.view import View

MOST_PIXELS = 1 << 20
"""Whose numbers are listed at once."""


@dataclass(frozen=True, slots=True)
class Layers:
    """A whole picture as arrays: colour, depth, opacity, track (`frame.Picture`)."""

    rgb: np.ndarray
    depth: np.ndarray
    opacity: np.ndarray
    track: np.ndarray


@dataclass(frozen=True, slots=True)
class Canvas:
    """Pixels on the model's device; `count` says which of them are known."""

    rgb: Float[Tensor, "height width 3"]
    depth: Float[Tensor, "height width"]
    opacity: Float[Tensor, "height width"]
    track: Int[Tensor, "height width"]
    count: Int[Tensor, "height width"]
    """Rays that a pixel is the mean of; 0: not traced yet, -1: a preview."""

    @classmethod
    def blank(cls, view: View, device: torch.device) -> "Canvas":
        """Nothing is known."""
        shape = (view.height, view.width)
        return cls(
            torch.zeros(*shape, 3, device=device),
            torch.zeros(shape, device=device),
            torch.zeros(shape, device=device),
            torch.full(shape, -1, dtype=torch.int32, device=device),
            torch.zeros(shape, dtype=torch.int16, device=device),
        )

    def forget(self, mask: np.ndarray) -> None:
        """Nothing is known any more of some pixels [height width]."""
        if mask.any():
            self.count[torch.from_numpy(mask).to(self.count.device)] = 0

    def lacking(self, stride: int = 1, rays: int = 1) -> int:
        """How many pixels of a level have fewer rays than that (see `wanting`)."""
        return int(_fewer(self.count[::stride, ::stride], rays).sum())

    def least(self) -> int:
        """Rays that every pixel has at least; a preview has none."""
        return max(0, int(self.count.min()))

    def wanting(self, stride: int, rays: int) -> list[Int[Tensor, " pixels"]]:
        """Those pixels, row after row, in lists of bounded length.

        A pixel is its place in the picture: ``v * width + u``. With 0 rays: of which
        not even a preview is known.
        """
        height, width = self.count.shape
        rows = stride * max(1, MOST_PIXELS * stride // width)
        found = []
        for top in range(0, height, rows):
            band = self.count[top : top + rows : stride, ::stride]
            v, u = _fewer(band, rays).nonzero(as_tuple=True)
            if len(v):
                found.append((v * stride + top) * width + u * stride)
        return found

    def points(self, pixels: Int[Tensor, " pixels"]) -> Float[Tensor, "pixels 2"]:
        """Pixel centres (u, v)."""
        width = self.count.shape[1]
        return torch.stack([pixels % width, pixels // width], -1).float()

    def add(self, pixels: Int[Tensor, " pixels"], seen: Traced, nth: int) -> None:
        """Take in the n-th ray of each of some pixels (from 0 on).

        Depth and track stay those of the first, which goes through the middle. The one
        before it (-1) is a preview, which the first replaces.
        """
        rgb, opacity = self.rgb.view(-1, 3), self.opacity.view(-1)
        if nth <= 0:
            rgb[pixels] = seen.rgb.clamp(0, 1)
            opacity[pixels] = seen.opacity
            self.depth.view(-1)[pixels] = seen.depth
            self.track.view(-1)[pixels] = seen.track.int()
        else:
            share = 1 / (nth + 1)
            rgb[pixels] += share * (seen.rgb.clamp(0, 1) - rgb[pixels])
            opacity[pixels] += share * (seen.opacity - opacity[pixels])
        self.count.view(-1)[pixels] = nth + 1 if nth >= 0 else -1

    def filled(self, stride: int) -> Layers:
        """A copy in which what is not known is spread from a level that is known.

        Colours linearly, all else from the known pixel above and to the left.
        """
        layers = [self.rgb, self.depth, self.opacity, self.track]
        copies = [layer.clone() for layer in layers]
        window = self._unknown_window(stride) if stride > 1 else None
        if window is not None:
            known = self.count[window] != 0
            copies[0][window] = _spread(
                self.rgb[window], known, stride, _doubled_smoothly
            )
            place = torch.arange(known.numel(), device=known.device).view(known.shape)
            source = _spread(place, known, stride, _doubled)
            for copy, layer in zip(copies[1:], layers[1:], strict=True):
                copy[window] = layer[window].reshape(-1)[source]
        return Layers(*(copy.cpu().numpy() for copy in copies))

    def _unknown_window(self, stride: int) -> tuple[slice, slice] | None:
        """The rows and columns with all unknown pixels, between pixels of a level."""
        unknown = self.count == 0
        spans = [unknown.any(1).nonzero(), unknown.any(0).nonzero()]
        if not len(spans[0]):
            return None
        v, u = (
            _between(int(span[0]), int(span[-1]), stride, size)
            for span, size in zip(spans, self.count.shape, strict=True)
        )
        return v, u


def _fewer(count: Int[Tensor, "*shape"], rays: int) -> Bool[Tensor, "*shape"]:
    return count < rays if rays else count == 0


def _between(first: int, last: int, stride: int, size: int) -> slice:
    """From the level's pixel before `first` to the one after `last`, or to the end."""
    end = (last // stride + 1) * stride + 1
    return slice(first // stride * stride, end if end <= size else size)


def _spread(
    full: Shaped[Tensor, "height width *channels"],
    known: Bool[Tensor, "height width"],
    stride: int,
    double: Callable[[Tensor], Tensor],
) -> Shaped[Tensor, "height width *channels"]:
    """All pixels from those of a level, by way of the levels between."""
    level = full[::stride, ::stride]
    coarse = level.shape[:2].numel()
    while stride > 1:
        stride //= 2
        finer, seen = full[::stride, ::stride], known[::stride, ::stride]
        rows, columns = seen.shape
        level = double(level)[:rows, :columns]
        # In a picture that is new, nothing of a finer level is known.
        if int(seen.sum()) > coarse:
            mask = seen if finer.ndim == 2 else seen[..., None]
            level = torch.where(mask, finer, level)
    return level


def _doubled(
    level: Shaped[Tensor, "rows columns"],
) -> Shaped[Tensor, "double_rows double_columns"]:
    rows, columns = level.shape
    wide = level[:, None, :, None].expand(rows, 2, columns, 2)
    return wide.reshape(2 * rows, 2 * columns)


def _doubled_smoothly(
    level: Float[Tensor, "rows columns 3"],
) -> Float[Tensor, "double_rows double_columns 3"]:
    """With the mean of neighbours between them; constant beyond the last."""
    rows, columns, channels = level.shape
    wide = level.new_empty(2 * rows, 2 * columns, channels)
    wide[::2, ::2] = level
    wide[::2, 1:-1:2] = torch.lerp(level[:, :-1], level[:, 1:], 0.5)
    wide[::2, -1] = level[:, -1]
    wide[1:-1:2] = torch.lerp(wide[:-2:2], wide[2::2], 0.5)
    wide[-1] = wide[-2]
    return wide
