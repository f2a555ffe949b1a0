"""Which parts of space are worth a sample: densities on grids, kept up to date.

After Mueller et al. 2022, appendix E.2, with two differences: cells hold densities, so
one grid serves every step length, and cells that no training camera sees stay empty.
"""

import torch
import warp as wp
from jaxtyping import Bool, Float, Int
from torch import Tensor

from nsg_core.fast.model import FastConfig, FastModel
from nsg_core.fields.hash_field import HashField
from nsg_core.kernels.field import density_kernel
from nsg_core.kernels.launching import as_warp, launch
from nsg_core.kernels.space import OBJECT_CELLS
from nsg_core.view import View

DECAY = 0.9
MARGIN = 0.12
"""Relative error of a rough depth: cells within it may hold the surface."""


@torch.no_grad()
def densities(
    field: HashField,
    instances: Int[Tensor, " samples"],
    positions: Float[Tensor, "samples 3"],
) -> Float[Tensor, " samples"]:
    """Densities (1/m) of points in a field's unit cube."""
    sigmas = torch.empty(len(positions), device=positions.device)
    inputs = [
        field.data(),
        as_warp(instances.int(), wp.int32),
        as_warp(positions.contiguous(), wp.vec3),
        as_warp(sigmas, wp.float32),
    ]
    launch(density_kernel, len(positions), inputs, positions.device)
    return sigmas


def contract(
    config: FastConfig, points: Float[Tensor, "points 3"]
) -> Float[Tensor, "points 3"]:
    """World points in the contracted unit cube, as `kernels.space` does it."""
    u = (points - points.new_tensor(config.centre)) / points.new_tensor(config.half)
    m = u.abs().amax(-1, keepdim=True)
    return (torch.where(m > 1, u * ((2 - 1 / m) / m), u) + 2) * 0.25


def uncontract(
    config: FastConfig, positions: Float[Tensor, "points 3"]
) -> Float[Tensor, "points 3"]:
    """World points of points in the contracted unit cube; its faces are far away."""
    u = positions * 4 - 2
    m = u.abs().amax(-1, keepdim=True).clamp(1e-6, 2 - 1e-3)
    scale = torch.where(m > 1, 1 / (m * (2 - m)), torch.ones_like(m))
    return u * scale * u.new_tensor(config.half) + u.new_tensor(config.centre)


def seen_cells(config: FastConfig, views: list[View]) -> Bool[Tensor, " cells"]:
    """Which background cells lie before any of the cameras, by their centres.

    Pictures are taken a tenth larger on each side: cells reach beyond their centres.
    """
    points = uncontract(config, _centres(config))
    seen = torch.zeros(len(points), dtype=torch.bool)
    for view in views:
        x, y, z = _in_camera(view, points)
        u = (view.fx * x / z + view.cx + 0.5) / view.width
        v = (view.fy * y / z + view.cy + 0.5) / view.height
        inside = ((u - 0.5).abs() < 0.6) & ((v - 0.5).abs() < 0.6)
        seen |= inside & (z > 0.1)
    return seen


def carved_cells(
    config: FastConfig,
    views: list[View],
    depths: Float[Tensor, "views rows columns"],
) -> Bool[Tensor, " cells"]:
    """Background cells that lie in front of what several views see: known to be empty.

    `depths` are metres along each view's axis, 0 where unknown, at any resolution.
    """
    points = uncontract(config, _centres(config))
    free, surface = torch.zeros(len(points)), torch.zeros(len(points))
    rows, columns = depths.shape[1:]
    for view, depth in zip(views, depths, strict=True):
        if not depth.any():
            continue
        x, y, z = _in_camera(view, points)
        u = ((view.fx * x / z + view.cx + 0.5) * columns / view.width).floor()
        v = ((view.fy * y / z + view.cy + 0.5) * rows / view.height).floor()
        inside = (u >= 0) & (u < columns) & (v >= 0) & (v < rows) & (z > 0.1)
        found = depth[
            v.clamp(0, rows - 1).nan_to_num().long(),
            u.clamp(0, columns - 1).nan_to_num().long(),
        ]
        inside &= found > 0
        free += inside & (z < found * (1 - MARGIN))
        surface += inside & ((z - found).abs() <= found * MARGIN)
    return (free >= 2) & (free > 4 * surface)


def _centres(config: FastConfig) -> Float[Tensor, "cells 3"]:
    axes = [(torch.arange(n) + 0.5) / n for n in config.cells]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)


def _in_camera(view: View, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    T = torch.from_numpy(view.matrix()).float()
    x, y, z = ((points - T[:3, 3]) @ T[:3, :3]).unbind(-1)
    return x, y, z


def start(
    model: FastModel, seen: Bool[Tensor, " cells"], empty: Bool[Tensor, " cells"]
) -> None:
    """Call every object occupied, and everything that is seen but not known empty."""
    model.background.grid.copy_((seen & ~empty).float())
    model.objects.grid.fill_(1.0)


@torch.no_grad()
def refresh_background(
    model: FastModel,
    seen: Bool[Tensor, " cells"],
    generator: torch.Generator,
    decay: float = DECAY,
) -> None:
    """Look up every seen cell at a random point in it.

    A cell keeps `decay` of what it had: one look can miss what is in it.
    """
    config, device = model.config, model.device
    cells = seen.to(device).nonzero()[:, 0]
    _, ny, nz = config.cells
    corner = torch.stack([cells // (ny * nz), cells // nz % ny, cells % nz], -1)
    offset = torch.rand(len(cells), 3, generator=generator).to(device)
    q = (corner + offset) / corner.new_tensor(config.cells)
    sigma = densities(model.background, cells.new_full((len(cells),), -1), q)
    grid = model.background.grid
    grid[cells] = torch.maximum(grid[cells] * decay, sigma)


@torch.no_grad()
def refresh_objects(
    model: FastModel, generator: torch.Generator, decay: float = DECAY
) -> None:
    """Look up every cell of every object at a random point in it."""
    n, device = OBJECT_CELLS, model.device
    every = torch.arange(len(model.objects.grid), device=device)
    corner = torch.stack([every // (n * n) % n, every // n % n, every % n], -1)
    offset = torch.rand(len(every), 3, generator=generator).to(device)
    sigma = densities(model.objects, every // n**3, (corner + offset) / n)
    grid = model.objects.grid
    torch.maximum(grid * decay, sigma, out=grid)
