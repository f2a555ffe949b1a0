"""What the kernels of the fast model mean, in plain torch: march, composite, display.

The readable twins of `nsg_core.kernels.space`, `.volume` and `.display`, which tests
compare with them (the fields' own twins are in `nsg_core.fields.hashgrid`). They step
along all rays side by side, and cost many times as much time and memory. Whoever
wants pictures without kernels can call `trace_torch` in place of `FastModel.trace`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
import warp as wp
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import pad

from nsg_core.fast import FastModel
from nsg_core.fields.hashgrid import encode_torch, shade_torch
from nsg_core.geometry import Placements, Rays
from nsg_core.kernels.display import OPAQUE, UNSEEN
from nsg_core.kernels.space import HITS, OBJECT_CELLS
from nsg_core.marching import Samples
from nsg_core.model import Traced
from nsg_core.request import Only


@dataclass(frozen=True, slots=True)
class Hits:
    """The nearest boxes that each ray crosses, in order of entry."""

    near: Float[Tensor, "rays hits"]
    """Infinity where there is no further box."""
    far: Float[Tensor, "rays hits"]
    box: Int[Tensor, "rays hits"]
    """Column of the placements."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The same step of all rays; owners are the background and then the hit boxes."""

    going: Bool[Tensor, " rays"]
    """False for rays that have passed the end of the world."""
    t: Float[Tensor, " rays"]
    """Where the step is sampled."""
    dt: Float[Tensor, " rays"]
    tau: Float[Tensor, "rays owners"]
    """Optical depth that the occupancy grids promise; 0 outside of a box."""
    instance: Int[Tensor, "rays owners"]
    position: Float[Tensor, "rays owners 3"]
    direction: Float[Tensor, "rays owners 3"]


class _Boxes:
    """The boxes that the kernels get, as tensors, for each ray's frame."""

    def __init__(self, boxes: Any, rays: Rays):
        count = boxes.objects
        frames = len(wp.to_torch(boxes.steps)) // count if count else 1
        self.T = wp.to_torch(boxes.transforms).view(frames, count, 3, 4)[rays.frame]
        self.low, self.high = (
            wp.to_torch(x).view(frames, count, 3)[rays.frame]
            for x in (boxes.low, boxes.high)
        )
        self.steps = wp.to_torch(boxes.steps).view(frames, count)[rays.frame]
        self.instances = wp.to_torch(boxes.instances).long()

    def local(
        self, points: Float[Tensor, "rays 3"], w: float
    ) -> Float[Tensor, "rays objects 3"]:
        """Points (w = 1) or directions (w = 0) in the frame of every box."""
        turned = torch.einsum("roij,rj->roi", self.T[..., :3], points)
        return turned + w * self.T[..., 3]


def find_hits(boxes: _Boxes, rays: Rays) -> Hits:
    """Entry and exit of the nearest `HITS` boxes of each ray."""
    o, v = boxes.local(rays.origins, 1.0), boxes.local(rays.directions, 0.0)
    v = torch.where(v.abs() < 1e-12, 1e-12, v)
    a, b = (boxes.low - o) / v, (boxes.high - o) / v
    near = torch.minimum(a, b).amax(-1).clamp_min(0)
    far = torch.maximum(a, b).amin(-1)
    hit = (near < far) & (boxes.low < boxes.high).all(-1)
    near = near.masked_fill(~hit, math.inf)
    near, order = near.sort(dim=1, stable=True)
    far = far.masked_fill(~hit, -math.inf).gather(1, order)
    none = (0, max(0, HITS - near.shape[1]))
    return Hits(
        pad(near[:, :HITS], none, value=math.inf),
        pad(far[:, :HITS], none, value=-math.inf),
        pad(order[:, :HITS], none),
    )


def contract(space: Any, points: Float[Tensor, "rays 3"]) -> Float[Tensor, "rays 3"]:
    """World points in the unit cube."""
    u = (points - points.new_tensor([*space.centre])) / points.new_tensor([*space.half])
    m = u.abs().amax(-1, keepdim=True)
    return (torch.where(m > 1, u * ((2 - 1 / m) / m), u) + 2) * 0.25


def cell_of(
    points: Float[Tensor, "*batch 3"], cells: tuple[int, int, int]
) -> Int[Tensor, "*batch"]:
    """Index of the grid cells of points of the unit cube."""
    edges = points.new_tensor(cells)
    cell = (points * edges).long().clamp_min(0).minimum(edges.long() - 1)
    x, y, z = cell.unbind(-1)
    return (x * cells[1] + y) * cells[2] + z


def step_at(
    space: Any, hits: Hits, steps: Float[Tensor, "rays hits"], t: Float[Tensor, " rays"]
) -> Float[Tensor, " rays"]:
    """Lengths of the segments that begin at `t`; they end at the faces of boxes."""
    at = t[:, None]
    ahead = at < hits.near
    inside = ~ahead & (at < hits.far)
    to_face = torch.where(ahead, hits.near - at, math.inf)
    to_end = torch.where(inside, torch.minimum(steps, hits.far - at), math.inf)
    dt = (space.cone * t).clamp_min(space.smallest)
    dt = torch.minimum(dt, torch.minimum(to_face, to_end).amin(1))
    return torch.maximum(dt, 1e-4 + 1e-6 * t)


def segments(
    model: FastModel, space: Any, boxes: Any, rays: Rays, jitter: Tensor
) -> Iterator[Segment]:
    """Step by step along all rays, until the last has passed `space.far`."""
    placed = _Boxes(boxes, rays)
    hits = find_hits(placed, rays)
    row = torch.arange(len(rays), device=rays.origins.device)[:, None]
    columns = placed.steps.shape[1]
    box = hits.box if columns else hits.box[:, :0]
    steps = pad(placed.steps[row, box], (0, HITS - box.shape[1]), value=math.inf)
    turned = placed.local(rays.directions, 0.0)[row, box]
    t = torch.full_like(rays.origins[:, 0], space.near)
    while bool((t < space.far).any()):
        dt = step_at(space, hits, steps, t)
        ts = t + dt * jitter
        p = rays.origins + rays.directions * ts[:, None]
        q = contract(space, p)
        low, high = placed.low[row, box], placed.high[row, box]
        u = ((placed.local(p, 1.0)[row, box] - low) / (high - low)).clamp(0, 1)
        inside = (t + 0.5 * dt)[:, None] > hits.near[:, : box.shape[1]]
        inside &= (t + 0.5 * dt)[:, None] < hits.far[:, : box.shape[1]]
        instance = placed.instances[box]
        tau = _promised(model, q, u, instance.masked_fill(~inside, -1)) * dt[:, None]
        yield Segment(
            t < space.far,
            ts,
            dt,
            tau,
            torch.cat([torch.full_like(row, -1), instance], 1),
            torch.cat([q[:, None], u], 1),
            torch.cat([rays.directions[:, None], turned], 1),
        )
        t = t + dt


def _promised(
    model: FastModel,
    q: Float[Tensor, "rays 3"],
    u: Float[Tensor, "rays hits 3"],
    instance: Int[Tensor, "rays hits"],
) -> Float[Tensor, "rays owners"]:
    """Densities of the occupancy grids; 0 where `instance` is -1."""
    ground = model.background.grid[cell_of(q, model.config.cells)]
    n = OBJECT_CELLS
    cell = instance.clamp_min(0) * n**3 + cell_of(u.nan_to_num(), (n, n, n))
    objects = torch.where(instance >= 0, model.objects.grid[cell], 0.0)
    return torch.cat([ground[:, None], objects], 1)


def march_torch(
    model: FastModel,
    rays: Rays,
    placements: Placements,
    jitter: Float[Tensor, " rays"],
    cone: float | None = None,
    limit: int = 1024,
) -> Samples:
    """`nsg_core.marching.march`, in torch."""
    space = model.space()
    space.cone = cone or space.cone
    space.smallest *= space.cone / model.config.cone
    count = torch.zeros(len(rays), dtype=torch.long, device=rays.origins.device)
    steps: list[Segment] = []
    kept: list[Tensor] = []
    for step in segments(model, space, model.boxes(placements), rays, jitter):
        alive = step.going & (count < limit)
        keep = alive[:, None] & (step.tau > space.threshold)
        keep &= count[:, None] + keep.cumsum(1) <= limit
        count = count + keep.sum(1)
        steps.append(step)
        kept.append(keep)
    return _packed(steps, torch.stack(kept, 1))[0]


def _packed(
    steps: list[Segment], keep: Bool[Tensor, "rays steps owners"]
) -> tuple[Samples, Int[Tensor, " samples"]]:
    """The samples that are kept, ray after ray, near to far; and their owners."""
    ray, step, owner = keep.nonzero(as_tuple=True)

    def gathered(name: str) -> Tensor:
        return torch.stack([getattr(s, name) for s in steps], 1)

    counts = keep.sum((1, 2), dtype=torch.int32)
    samples = Samples(
        offsets=counts.cumsum(0, dtype=torch.int32) - counts,
        counts=counts,
        ray=ray.int(),
        instance=gathered("instance")[ray, step, owner].int(),
        t=gathered("t")[ray, step],
        dt=gathered("dt")[ray, step],
        position=gathered("position")[ray, step, owner],
        direction=gathered("direction")[ray, step, owner],
    )
    return samples, owner


def evaluate_torch(
    model: FastModel, samples: Samples
) -> tuple[Float[Tensor, " samples"], Float[Tensor, "samples 3"]]:
    """`nsg_core.marching.evaluate`, in torch."""
    sigmas, colours = torch.zeros_like(samples.t), torch.zeros_like(samples.position)
    is_object = samples.instance >= 0
    for field, mine in ((model.background, ~is_object), (model.objects, is_object)):
        place, turn = samples.position[mine], samples.direction[mine]
        features = encode_torch(
            field.table, field.scales, samples.instance[mine], place
        )
        sigma, colour = shade_torch(field.weights, features, turn)
        sigmas = sigmas.masked_scatter(mine, sigma)
        colours = colours.masked_scatter(mine[:, None], colour)
    return sigmas, colours


def composite_torch(
    samples: Samples,
    sigmas: Float[Tensor, " samples"],
    colours: Float[Tensor, "samples 3"],
) -> tuple[
    Float[Tensor, "rays 3"],
    Float[Tensor, " rays"],
    Float[Tensor, " rays"],
    Float[Tensor, " rays"],
]:
    """`nsg_core.marching.composite` by segmented sums, with its true gradients.

    (Training's gradients are smaller near the camera, see `marching.FAR_ENOUGH`.)
    """
    tau = sigmas * samples.dt
    s = samples.t.log()
    w = (-_before(samples, tau)).exp() * -torch.expm1(-tau)
    pairs = w * (s * _before(samples, w) - _before(samples, w * s))
    own = w * w * samples.dt / samples.t
    spread = _total(samples, 2 * pairs + own / 3)
    clear = (-_total(samples, tau)).exp()
    rgb, depth = _total(samples, w[:, None] * colours), _total(samples, w * samples.t)
    return rgb, depth, clear, spread


def _before(samples: Samples, values: Tensor) -> Tensor:
    """Sums over the samples before each one, within its ray."""
    sums = values.cumsum(0) - values
    return sums - sums[samples.offsets.long()[samples.ray.long()]]


def _total(samples: Samples, values: Tensor) -> Tensor:
    """Sums over all samples of each ray."""
    sums = values.new_zeros(len(samples.counts), *values.shape[1:])
    return sums.index_add(0, samples.ray.long(), values)


@torch.no_grad()
def trace_torch(
    model: FastModel, rays: Rays, placements: Placements, only: Only = "all"
) -> Traced:
    """`FastModel.trace`, in torch: the display kernel, the sky and the exposure."""
    shown = replace(placements, present=placements.present & (only != "background"))
    space, boxes = model.space(), model.boxes(shown)
    middle = torch.full_like(rays.origins[:, 0], 0.5)
    steps = list(segments(model, space, boxes, rays, middle))
    tau = torch.stack([step.tau for step in steps], 1)
    keep = tau > space.threshold
    keep &= torch.stack([step.going for step in steps], 1)[..., None]
    keep[..., 0] &= only != "objects"
    samples, owner = _packed(steps, keep)
    sigmas, colours = evaluate_torch(model, samples)
    w, clear = _display_weights(samples, sigmas)
    rgb, depth = _total(samples, w[:, None] * colours), _total(samples, w * samples.t)
    shares = rgb.new_zeros(len(rays), 1 + HITS)
    shares.index_put_((samples.ray.long(), owner), w, accumulate=True)
    if only != "objects":
        sky = model.sky(rays.directions)
        rgb = rgb + torch.where(clear > 1e-3, clear, 0.0)[:, None] * sky
    return Traced(
        model.exposure(rgb, rays.camera),
        depth / (1 - clear).clamp_min(1e-6),
        1 - clear,
        _strongest(boxes, rays, placements, shares),
    )


def _display_weights(
    samples: Samples, sigmas: Float[Tensor, " samples"]
) -> tuple[Float[Tensor, " samples"], Float[Tensor, " rays"]]:
    """What each sample adds to its ray, and the light that is left at the end.

    A ray ends at the first step that begins with less light than OPAQUE, and a sample
    that would add less than UNSEEN is as good as none.
    """
    alpha = -torch.expm1(-sigmas * samples.dt)
    weights = torch.zeros_like(alpha)
    light = torch.ones(len(samples.counts), device=alpha.device)
    at, open_ = torch.zeros_like(light), torch.ones_like(light, dtype=torch.bool)
    for nth in range(int(samples.counts.max()) if len(light) else 0):
        ray = (samples.counts > nth).nonzero()[:, 0]
        k = samples.offsets[ray].long() + nth
        # Samples of several fields in one step are all taken.
        begins = samples.t[k] > at[ray]
        open_[ray] &= ~begins | (light[ray] > float(OPAQUE))
        at[ray] = samples.t[k]
        w = light[ray] * alpha[k]
        w = torch.where(open_[ray] & (w > float(UNSEEN)), w, 0.0)
        weights[k] = w
        light[ray] -= w
    return weights, light


def _strongest(
    boxes: Any,
    rays: Rays,
    placements: Placements,
    shares: Float[Tensor, "rays owners"],
) -> Int[Tensor, " rays"]:
    """The track that adds most to each ray; -1: the background, or nothing at all."""
    hits = find_hits(_Boxes(boxes, rays), rays)
    tracks = torch.cat([placements.track, placements.track.new_tensor([-1])])
    columns = torch.cat([torch.full_like(hits.box[:, :1], -1), hits.box], 1)
    # Of equal shares the first counts.
    return tracks[columns.gather(1, shares.argmax(1, keepdim=True))[:, 0]]
