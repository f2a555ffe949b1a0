"""What the kernels of `nsg_core.kernels.backdrop` mean, in plain torch.

Readable twins that tests compare with them, by way of those of the march (`fast_twin`).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from nsg_core.fast.marching import Samples
from nsg_core.fast.model import FastModel
from nsg_core.fast.twin import evaluate_torch, march_torch
from nsg_core.geometry import Placements, Rays, place
from nsg_core.kernels.backdrop import BEYOND, SLABS, THIN
from nsg_core.kernels.display import OPAQUE, UNSEEN
from nsg_core.model import Slabs


@dataclass(frozen=True, slots=True)
class Rows:
    """Samples in rows of rays, near to far; what is missing is transparent and last."""

    t: Float[Tensor, "rays samples"]
    alpha: Float[Tensor, "rays samples"]
    rgb: Float[Tensor, "rays samples 3"]
    is_object: Bool[Tensor, "rays samples"]


def in_rows(model: FastModel, samples: Samples) -> Rows:
    """Packed samples in rows of equal length."""
    sigmas, colours = evaluate_torch(model, samples)
    rays = len(samples.counts)
    longest = int(samples.counts.max()) if rays else 0
    ray = samples.ray.long()
    nth = torch.arange(len(ray), device=ray.device) - samples.offsets.long()[ray]

    def rows(values: Tensor, missing: float) -> Tensor:
        shape = (rays, longest, *values.shape[1:])
        return values.new_full(shape, missing).index_put((ray, nth), values)

    return Rows(
        rows(samples.t, BEYOND),
        rows(-torch.expm1(-sigmas * samples.dt), 0.0),
        rows(colours, 0.0),
        rows(samples.instance, -1) >= 0,
    )


@torch.no_grad()
def slabs_torch(model: FastModel, rays: Rays) -> Slabs:
    """`FastModel.slabs`, of rays in the model's own world."""
    middle = torch.full_like(rays.origins[:, 0], 0.5)
    nobody = place([()]).to(model.device)
    samples = in_rows(model, march_torch(model, rays, nobody, middle))
    count = torch.zeros(len(rays), dtype=torch.long, device=model.device)
    light = torch.ones(len(rays), device=model.device)
    slabs = Slabs.blank(len(rays), SLABS, model.device)
    for values in (slabs.depth, slabs.opacity, slabs.rgb):
        values.zero_()
    every = torch.arange(len(rays), device=model.device)
    for nth in range(samples.t.shape[1]):
        alpha = samples.alpha[:, nth]
        seen = (light > float(OPAQUE)) & (light * alpha > float(UNSEEN))
        full = slabs.opacity[every, (count - 1).clamp_min(0)] > float(THIN)
        count += (seen & ((count == 0) | (full & (count < SLABS)))).long()
        row, k = every[seen], count[seen] - 1
        w = (1 - slabs.opacity[row, k]) * alpha[seen]
        slabs.opacity[row, k] += w
        # Sums here; the means are taken at the end.
        slabs.depth[row, k] += w * samples.t[seen, nth]
        slabs.rgb[row, k] += w[:, None] * samples.rgb[seen, nth]
        light = torch.where(seen, light * (1 - alpha), light)
    there = slabs.opacity.clamp_min(1e-12)
    used = torch.arange(SLABS, device=model.device) < count[:, None]
    depth = torch.where(used, slabs.depth / there, BEYOND)
    return Slabs(depth, slabs.opacity, slabs.rgb / there[..., None])


@torch.no_grad()
def between_torch(
    model: FastModel,
    rays: Rays,
    placements: Placements,
    slabs: Slabs,
    own: Bool[Tensor, "rays slabs"],
) -> tuple[
    Float[Tensor, "rays 3"],
    Float[Tensor, " rays"],
    Float[Tensor, " rays"],
]:
    """Colour, weighted depth and light left of `FastModel.trace_between`.

    Without the sky and the camera's exposure; `own` are the slabs that lie in boxes.
    """
    middle = torch.full_like(rays.origins[:, 0], 0.5)
    samples = in_rows(model, march_torch(model, rays, placements, middle))
    t = torch.cat([samples.t, slabs.depth], 1)
    alpha = torch.cat(
        [samples.alpha * samples.is_object, slabs.opacity.masked_fill(own, 0)], 1
    )
    rgb = torch.cat([samples.rgb, slabs.rgb], 1)
    least = torch.zeros_like(t)
    least[:, : samples.t.shape[1]] = float(UNSEEN)
    order = t.argsort(dim=1, stable=True)
    return _composited(t, alpha, rgb, least, order)


def _composited(
    t: Tensor, alpha: Tensor, rgb: Tensor, least: Tensor, order: Int[Tensor, "rays all"]
) -> tuple[Tensor, Tensor, Tensor]:
    """Front to back; what adds no more than `least` to its ray is as good as none."""
    row = torch.arange(len(t), device=t.device)
    light = torch.ones_like(t[:, 0])
    colour, depth = torch.zeros_like(rgb[:, 0]), torch.zeros_like(light)
    for k in order.unbind(1):
        w = light * alpha[row, k]
        w = torch.where((light > float(OPAQUE)) & (w > least[row, k]), w, 0.0)
        colour += w[:, None] * rgb[row, k]
        depth += w * t[row, k]
        light = light - w
    return colour, depth, light
