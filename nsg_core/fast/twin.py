"""What the kernels of the fast model mean, in plain torch: march, composite, display.

The readable twins of `nsg_core.kernels.walk`, `.volume` and `.display`, which tests
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

from nsg_core.fast.boxes import PlacedBoxes
from nsg_core.fast.marching import Samples
from nsg_core.fast.model import FastModel
from nsg_core.fast.occupancy import contract
from nsg_core.fields.hashgrid import encode_torch, shade_torch
from nsg_core.geometry import Placements, Rays
from nsg_core.kernels.display import OPAQUE, UNSEEN
from nsg_core.kernels.space import HITS, OBJECT_CELLS
from nsg_core.model import Traced
from nsg_core.request import Only


@dataclass(frozen=True, slots=True)
class Hits:
    """The nearest boxes that each ray crosses, in order of entry."""

    near: Float[Tensor, "rays hits"]
    """Infinity where there is no further box."""
    far: Float[Tensor, "rays hits"]
    own_near: Float[Tensor, "rays hits"]
    """The same of what belongs to the object alone."""
    own_far: Float[Tensor, "rays hits"]
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

    def __init__(self, placed: PlacedBoxes, rays: Rays):
        frames, count = placed.drawn.shape
        boxes = placed.data

        def of_frame(rows: wp.array, *shape: int) -> Tensor:
            return wp.to_torch(rows).view(frames, count, *shape)[rays.frame]

        self.drawn = placed.drawn[rays.frame]
        self.T = of_frame(boxes.transforms, 3, 4)
        self.low, self.high = of_frame(boxes.low, 3), of_frame(boxes.high, 3)
        self.own_low = of_frame(boxes.own_low, 3)
        self.own_high = of_frame(boxes.own_high, 3)
        self.steps = of_frame(boxes.steps)
        self.instances = wp.to_torch(boxes.instances).view(frames, count)[0].long()

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
    near, far = _crossing(o, v, boxes.low, boxes.high)
    own_near, own_far = _crossing(o, v, boxes.own_low, boxes.own_high)
    hit = (near < far) & boxes.drawn
    near, order = near.masked_fill(~hit, math.inf).sort(dim=1, stable=True)
    far, own_far = (x.masked_fill(~hit, -math.inf) for x in (far, own_far))
    none = (0, max(0, HITS - near.shape[1]))

    def nearest(values: Tensor, missing: float) -> Tensor:
        return pad(values.gather(1, order)[:, :HITS], none, value=missing)

    return Hits(
        pad(near[:, :HITS], none, value=math.inf),
        nearest(far, -math.inf),
        nearest(own_near, math.inf),
        nearest(own_far, -math.inf),
        pad(order[:, :HITS], none),
    )


def _crossing(
    o: Float[Tensor, "rays objects 3"],
    v: Float[Tensor, "rays objects 3"],
    low: Float[Tensor, "rays objects 3"],
    high: Float[Tensor, "rays objects 3"],
) -> tuple[Float[Tensor, "rays objects"], Float[Tensor, "rays objects"]]:
    a, b = (low - o) / v, (high - o) / v
    near = torch.minimum(a, b).amax(-1).clamp_min(0)
    return near, torch.maximum(a, b).amin(-1)


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
    model: FastModel, space: Any, placed: "_Boxes", rays: Rays, jitter: Tensor
) -> Iterator[Segment]:
    """Step by step along all rays, until the last has passed `space.far`."""
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
        q = contract(model.config, p)
        low, high = placed.low[row, box], placed.high[row, box]
        u = ((placed.local(p, 1.0)[row, box] - low) / (high - low)).clamp(0, 1)
        inside = (t + 0.5 * dt)[:, None] > hits.near[:, : box.shape[1]]
        inside &= (t + 0.5 * dt)[:, None] < hits.far[:, : box.shape[1]]
        instance = placed.instances[box]
        tau = _promised(model, q, u, instance.masked_fill(~inside, -1)) * dt[:, None]
        own = (ts[:, None] > hits.own_near) & (ts[:, None] < hits.own_far)
        tau[:, 0] = tau[:, 0].masked_fill(own.any(1), 0)
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
) -> Samples:
    """`nsg_core.fast.marching.march`, in torch."""
    space, boxes = model.space(cone), _Boxes(model.placed(placements), rays)
    steps = list(segments(model, space, boxes, rays, jitter))
    kept = [s.going[:, None] & (s.tau > space.threshold) for s in steps]
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
    """`nsg_core.fast.marching.evaluate`, in torch."""
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
    """`nsg_core.fast.marching.composite` by segmented sums, with its true gradients.

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
    rays, placements = model.at_home(rays, placements)
    shown = replace(placements, present=placements.present & (only != "background"))
    space, boxes = model.space(), _Boxes(model.placed(shown), rays)
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
        model.exposed(rgb, rays, placements),
        depth / (1 - clear).clamp_min(1e-6),
        1 - clear,
        _strongest(boxes, rays, placements, shares),
    )


def _display_weights(
    samples: Samples, sigmas: Float[Tensor, " samples"]
) -> tuple[Float[Tensor, " samples"], Float[Tensor, " rays"]]:
    """What each sample adds to its ray, and the light that is left at the end.

    A ray ends when less light than OPAQUE is left, and a sample that would add less
    than UNSEEN is as good as none.
    """
    alpha = -torch.expm1(-sigmas * samples.dt)
    weights = torch.zeros_like(alpha)
    light = torch.ones(len(samples.counts), device=alpha.device)
    for nth in range(int(samples.counts.max()) if len(light) else 0):
        ray = (samples.counts > nth).nonzero()[:, 0]
        k = samples.offsets[ray].long() + nth
        w = light[ray] * alpha[k]
        w = torch.where((light[ray] > float(OPAQUE)) & (w > float(UNSEEN)), w, 0.0)
        weights[k] = w
        light[ray] -= w
    return weights, light


def _strongest(
    boxes: _Boxes,
    rays: Rays,
    placements: Placements,
    shares: Float[Tensor, "rays owners"],
) -> Int[Tensor, " rays"]:
    """The track that adds most to each ray; -1: the background, or nothing at all."""
    hits = find_hits(boxes, rays)
    tracks = torch.cat([placements.track, placements.track.new_tensor([-1])])
    columns = torch.cat([torch.full_like(hits.box[:, :1], -1), hits.box], 1)
    # Of equal shares the first counts.
    return tracks[columns.gather(1, shares.argmax(1, keepdim=True))[:, 0]]
