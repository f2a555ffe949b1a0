"""Rough depth of the training pictures from their neighbours, by a plane sweep.

A drive sees the same street from many places, so before any training a comparison of
neighbouring pictures tells roughly where surfaces are (Collins, "A space-sweep approach
to true multi-image matching", CVPR 1996). The fast model starts from that: with empty
space known to be empty it needs neither long rays nor the time to clear its own haze.
Pixels of moving objects, of sky and of blank walls stay unknown.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from nsg_core.train.batches import Pictures

WIDTH = 240
"""Pictures are compared at about this width."""
PLANES = 48
NEAREST, FARTHEST = 2.0, 120.0
WINDOW = 5
NEIGHBOURS = 3
MOST = 64
"""Pictures that are swept; of a longer drive evenly spaced ones."""
DISTINCT = 0.85
"""The best cost over the best one elsewhere; above it a pixel stays unknown."""
AGREE = 0.08
"""Relative difference up to which two pictures agree on a depth."""


@dataclass(frozen=True)
class RoughDepth:
    """Depth along the camera's axis of every picture, in metres; 0 where unknown."""

    depth: Float[Tensor, "pictures rows columns"]
    """At a resolution of its own; pixel centres as in `View.scaled`."""

    def at(
        self,
        picture: Tensor,
        u: Float[Tensor, " rays"],
        v: Float[Tensor, " rays"],
        size: tuple[int, int],
    ) -> Float[Tensor, " rays"]:
        """Depth at pixels of pictures of another size (width, height)."""
        _, rows, columns = self.depth.shape
        x = ((u + 0.5) * columns / size[0]).long().clamp(0, columns - 1)
        y = ((v + 0.5) * rows / size[1]).long().clamp(0, rows - 1)
        return self.depth[picture, y, x]


@torch.no_grad()
def sweep(pictures: Pictures) -> RoughDepth:
    """Rough depth of all training pictures; unknown where neighbours do not agree."""
    images, scale = _shrunk(pictures)
    K = _intrinsics(pictures, images.shape[-1] / pictures.pixels.shape[2], scale)
    T = _poses(pictures)
    masks = _masks(pictures, (images.shape[2], images.shape[3]))
    depths = torch.zeros(len(T), *images.shape[-2:])
    for i in _chosen(len(T)):
        depths[i] = _depth(i, images, K, T, masks, _neighbours(pictures, i))
    return RoughDepth(_agreed(depths, K, T, pictures))


def _chosen(count: int) -> list[int]:
    """Neighbouring pictures in pairs, spread evenly, so that they can agree."""
    if count <= MOST:
        return list(range(count))
    pairs = torch.linspace(0, count - 2, MOST // 2).long().tolist()
    return sorted({i for first in pairs for i in (first, first + 1)})


def _shrunk(pictures: Pictures) -> tuple[Float[Tensor, "n 3 h w"], float]:
    _, height, width, _ = pictures.pixels.shape
    scale = min(1.0, WIDTH / width)
    size = (max(8, round(height * scale)), max(8, round(width * scale)))
    images = pictures.pixels.permute(0, 3, 1, 2)
    small = [F.interpolate(i[None].float(), size, mode="area")[0] for i in images]
    stack = torch.stack(small) / 255
    # Local contrast instead of brightness: cameras differ and adapt.
    mean = _box(stack, 9)
    deviation = (_box(stack.square(), 9) - mean.square()).clamp_min(0).sqrt()
    return (stack - mean) / (deviation + 0.03), size[0] / height


def _box(x: Tensor, window: int) -> Tensor:
    pad = window // 2
    x = F.avg_pool2d(F.pad(x, (pad, pad, 0, 0), "replicate"), (1, window), 1)
    return F.avg_pool2d(F.pad(x, (0, 0, pad, pad), "replicate"), (window, 1), 1)


def _intrinsics(pictures: Pictures, x: float, y: float) -> Float[Tensor, "n 4"]:
    fx, fy, cx, cy = pictures.intrinsics.unbind(-1)
    return torch.stack([fx * x, fy * y, (cx + 0.5) * x - 0.5, (cy + 0.5) * y - 0.5], -1)


def _poses(pictures: Pictures) -> Float[Tensor, "n 4 4"]:
    T = torch.eye(4).repeat(len(pictures.origins), 1, 1)
    T[:, :3, :3], T[:, :3, 3] = pictures.rotations, pictures.origins
    return T


def _masks(pictures: Pictures, size: tuple[int, int]) -> Bool[Tensor, "n h w"]:
    """Where a picture shows no labelled object, which may move."""
    rows, columns = size
    _, height, width, _ = pictures.pixels.shape
    free = torch.ones(len(pictures.pixels), rows, columns, dtype=torch.bool)
    for i, u0, v0, u1, v1 in pictures.regions.tolist():
        x0, x1 = int(u0 * columns / width), int(np.ceil(u1 * columns / width))
        y0, y1 = int(v0 * rows / height), int(np.ceil(v1 * rows / height))
        free[int(i), y0:y1, x0:x1] = False
    return free


def _neighbours(pictures: Pictures, i: int) -> list[int]:
    """The pictures taken nearest to a picture, but not from the same place."""
    apart = (pictures.origins - pictures.origins[i]).norm(dim=-1)
    turned = (pictures.rotations[:, :, 2] * pictures.rotations[i, :, 2]).sum(-1)
    fit = (apart > 0.15) & (turned > 0.9)
    order = torch.where(fit, apart, torch.inf).argsort()
    return [int(j) for j in order[:NEIGHBOURS] if fit[j]]


def _depth(
    i: int, images: Tensor, K: Tensor, T: Tensor, masks: Tensor, others: list[int]
) -> Float[Tensor, "h w"]:
    _, _, height, width = images.shape
    if not others:
        return torch.zeros(height, width)
    inverse = torch.linspace(1 / FARTHEST, 1 / NEAREST, PLANES)
    v, u = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    fx, fy, cx, cy = K[i]
    local = torch.stack([(u - cx) / fx, (v - cy) / fy, torch.ones(height, width)], -1)
    costs = []
    for j in others:
        relative = torch.linalg.inv(T[j]) @ T[i]
        turned = local @ relative[:3, :3].T
        # All planes at once: x(d) = turned / d + shift, up to scale.
        points = turned + inverse[:, None, None, None] * relative[:3, 3]
        z = points[..., 2].clamp_min(1e-3)
        x = (K[j, 0] * points[..., 0] / z + K[j, 2] + 0.5) * 2 / width - 1
        y = (K[j, 1] * points[..., 1] / z + K[j, 3] + 0.5) * 2 / height - 1
        grid = torch.stack([x, y], -1).view(1, PLANES * height, width, 2)
        warped = F.grid_sample(images[j][None], grid, align_corners=False)
        warped = warped.view(3, PLANES, height, width)
        difference = (warped - images[i][:, None]).abs().mean(0).clamp_max(1.5)
        outside = (x.abs() > 1) | (y.abs() > 1)
        costs.append(_box(difference.masked_fill(outside, 1.5)[:, None], WINDOW)[:, 0])
    # Half of the neighbours may be hidden; the better half decides.
    best = torch.stack(costs).sort(0).values[: (len(costs) + 1) // 2].mean(0)
    lowest, plane = best.min(0)
    index = torch.arange(PLANES)[:, None, None]
    elsewhere = best.masked_fill((index - plane).abs() <= 2, torch.inf).amin(0)
    known = (lowest < DISTINCT * elsewhere) & masks[i] & (plane > 0)
    return torch.where(known, 1 / inverse[plane], 0.0)


def _agreed(
    depths: Tensor, K: Tensor, T: Tensor, pictures: Pictures
) -> Float[Tensor, "n h w"]:
    """Depths that at least one neighbour has found too."""
    n, height, width = depths.shape
    v, u = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    agreed = torch.zeros_like(depths)
    for i in range(n):
        if not depths[i].any():
            continue
        fx, fy, cx, cy = K[i]
        local = torch.stack([(u - cx) / fx, (v - cy) / fy, torch.ones_like(fx + u)], -1)
        points = (local * depths[i][..., None]) @ T[i, :3, :3].T + T[i, :3, 3]
        votes = torch.zeros(height, width)
        for j in _neighbours(pictures, i):
            x, y, z = ((points - T[j, :3, 3]) @ T[j, :3, :3]).unbind(-1)
            z = z.clamp_min(1e-3)
            column = (K[j, 0] * x / z + K[j, 2]).round().long()
            row = (K[j, 1] * y / z + K[j, 3]).round().long()
            inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            other = depths[j][row.clamp(0, height - 1), column.clamp(0, width - 1)]
            votes += inside & ((other - z).abs() < AGREE * z)
        agreed[i] = torch.where(votes >= 1, depths[i], 0.0)
    return agreed
