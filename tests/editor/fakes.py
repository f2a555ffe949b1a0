"""A small analytic renderer: flat boxes over ground and sky, as a trained model is."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from nsg_core.drawing.frame import Picture
from nsg_core.geometry import (
    Placements,
    Rays,
    grid_pixels,
    intersect_boxes,
    pixel_rays,
    place,
)
from nsg_core.model import Model, Traced
from nsg_core.request import Only, RenderRequest
from nsg_core.scene import Scene

COLOURS = torch.tensor(
    [[0.75, 0.25, 0.2], [0.2, 0.45, 0.75], [0.8, 0.7, 0.25], [0.35, 0.65, 0.35]]
)
"""Of the boxes, by track."""


@dataclass(frozen=True)
class FakeModel:
    """Satisfies `nsg_core.model.Model`; every object is a flat box."""

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    cameras: tuple[str, ...] = ("image_02",)
    keys: frozenset[str] = field(default_factory=frozenset)
    ground: float = 1.65

    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """Sky above, grey ground below, boxes in front."""
        y = rays.directions[:, 1]
        below = y > 1e-3
        depth = torch.where(below, (self.ground - rays.origins[:, 1]) / y, 200.0)
        depth = depth.clamp(0.1, 200.0)
        sky = torch.stack([0.45 - 0.3 * y, 0.6 - 0.3 * y, 0.85 - 0.2 * y], -1)
        point = rays.origins + depth[:, None] * rays.directions
        tile = ((point[:, 0] / 2).floor() + (point[:, 2] / 2).floor()) % 2
        road = (0.3 + 0.06 * tile)[:, None].expand(-1, 3)
        rgb = torch.where(below[:, None], road, sky)
        track = torch.full((len(rays),), -1, dtype=torch.long)
        hits = intersect_boxes(placements, rays)
        for column, number in enumerate(placements.track.tolist()):
            mine = hits.object == column
            ray, t = hits.ray[mine], hits.t_near[mine]
            ray, t = ray[t < depth[ray]], t[t < depth[ray]]
            rgb[ray] = COLOURS[number % len(COLOURS)]
            depth[ray], track[ray] = t, number
        return Traced(rgb.clamp(0, 1), depth, torch.ones_like(depth), track)


def fake_load(path: Path, recording: Scene) -> tuple[Model, int]:
    """Any file is a checkpoint of a fake model."""
    keys = frozenset(f"object/{i}" for i in range(1000))
    return FakeModel(keys=keys), 1234


def fake_render(
    model: Model, request: RenderRequest, first_stride: int = 8
) -> Iterator[Picture | None]:
    """A pyramid of whole pictures, with pauses between slices."""
    began, rays, view = time.perf_counter(), 0, request.view
    stride = first_stride
    while True:
        pixels = grid_pixels(view, stride)
        parts: list[Traced] = []
        for chunk in pixels.split(4096):
            parts.append(model.trace(pixel_rays(view, chunk), place([request.boxes])))
            rays += len(chunk)
            yield None
        shape = (-(-view.height // stride), -(-view.width // stride))
        yield _picture(parts, shape, request, stride, time.perf_counter() - began, rays)
        if stride == 1:
            return
        stride //= 2


def _picture(
    parts: list[Traced],
    shape: tuple[int, int],
    request: RenderRequest,
    stride: int,
    seconds: float,
    rays: int,
) -> Picture:
    view = request.view

    def whole(name: str) -> np.ndarray:
        flat = torch.cat([getattr(part, name) for part in parts]).numpy()
        small = flat.reshape(*shape, *flat.shape[1:])
        big = small.repeat(stride, 0).repeat(stride, 1)
        return np.ascontiguousarray(big[: view.height, : view.width])

    return Picture(
        whole("rgb"),
        whole("depth"),
        whole("opacity"),
        whole("track").astype(np.int32),
        stride,
        1,
        stride == 1,
        seconds,
        rays,
    )
