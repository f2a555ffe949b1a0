"""Small fast models with random weights, and rays and boxes for them."""

import math
from dataclasses import replace

import torch

from nsg_core.fast.model import FastConfig, FastModel
from nsg_core.geometry import Placements, Rays, grid_pixels, pixel_rays, place
from nsg_core.kernels.field import LOG_DENSITY_START
from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.view import View

CONFIG = FastConfig(
    cameras=("image_02", "image_03"),
    objects=("object/0", "object/3", "object/5"),
    centre=(0.0, 0.0, 10.0),
    half=(8.0, 4.0, 12.0),
    log2_rows=9,
    log2_object_rows=8,
    coarsest=4,
    finest=32,
    object_coarsest=2,
    object_finest=16,
    cells=(12, 8, 10),
    far=40.0,
    cone=1 / 12,
    smallest=0.1,
    threshold=0.005,
    near=0.5,
    box_scale=1.3,
    below=0.15,
    object_steps=10,
)
TRACKS = (0, 3, 5)


def textured(device: torch.device | str, seed: int = 0, **changes: object) -> FastModel:
    """A model full of coloured haze and holes, with grids that say where."""
    torch.manual_seed(seed)
    model = FastModel(replace(CONFIG, **changes))
    with torch.no_grad():
        for field in (model.background, model.objects):
            field.table.normal_(0, 5)
            occupied = torch.rand(len(field.grid)) < 0.6
            field.grid.copy_(torch.where(occupied, 10.0, 0.0))
        model.exposure.log_gain.normal_(0, 0.1)
        model.exposure.offset.normal_(0, 0.1)
    return model.to(device)


def uniform(
    device: torch.device | str, log_sigma: float, **changes: object
) -> FastModel:
    """A model with the same density (1/m, as a logarithm) and grey everywhere.

    Its first hidden unit is 1 for every point and leads to the density alone.
    """
    model = FastModel(replace(CONFIG, **changes))
    with torch.no_grad():
        for field in (model.background, model.objects):
            field.table.fill_(1.0)
            field.weights.zero_()
            field.weights[0] = 1.0
            field.weights[32 * 32] = log_sigma - LOG_DENSITY_START
            field.grid.fill_(math.exp(log_sigma))
    return model.to(device)


def box(
    track: int, x: float, z: float, yaw: float = 0.4, y: float = 1.0, size: float = 1.0
) -> PlacedBox:
    """A car-like box of a track; other tracks than the model's share its fields."""
    edges = Size(4.0 * size, 1.6 * size, 2.0 * size)
    key = f"object/{TRACKS[track % 3] if track not in TRACKS else track}"
    return PlacedBox(track, "Car", key, edges, Pose((x, y, z), yaw))


BOXES = (box(0, 0.3, 9.0), box(3, 1.5, 14.0, yaw=1.2), box(5, -2.0, 7.0, yaw=-0.5))


def look(size: tuple[int, int] = (24, 12), focal: float = 0.6, z: float = 0.0) -> View:
    """A view along the world's z."""
    T = (1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0, z, 0, 0, 0, 1.0)
    width, height = size
    f = focal * width
    return View(T, width, height, f, f, (width - 1) / 2, (height - 1) / 2)


def rays_of(view: View, device: torch.device | str, camera: int = -1) -> Rays:
    """The rays of all pixels of a view."""
    return pixel_rays(view, grid_pixels(view, device=device), camera=camera)


def placed(boxes: tuple[PlacedBox, ...], device: torch.device | str) -> Placements:
    """Boxes of one frame."""
    return place([boxes]).to(device)
