"""Where a ray is sampled: on planes through the background, and inside boxes."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from nsg_core.geometry import BoxHits, Placements, Rays, intersect_boxes


@dataclass(frozen=True)
class PlaneStack:
    """Parallel planes, `delta` metres apart, that carry the background's samples."""

    first: tuple[float, float, float]
    """A point on plane 0."""
    normal: tuple[float, float, float]
    """Unit vector, away from the first camera."""
    delta: float
    ids: tuple[float, ...]
    """Numbers of the planes a ray uses, counted from the first one ahead of it."""
    last: float
    """Number of the plane that every ray ends on, whatever the last of `ids` says."""
    near: float
    """A ray skips planes that are nearer than this."""


def plane_distances(
    planes: PlaneStack,
    origins: Float[Tensor, "rays 3"],
    directions: Float[Tensor, "rays 3"],
) -> Float[Tensor, "rays planes"]:
    """Where each ray meets its planes, in lengths of its direction; 0: behind it."""
    first = origins.new_tensor(planes.first)
    normal = origins.new_tensor(planes.normal)
    ids = origins.new_tensor(planes.ids)
    ahead = (first - origins) @ normal
    start = torch.ceil(((-ahead).clamp_min(-planes.near) + planes.near) / planes.delta)
    number = start[:, None] + ids
    number[:, -1] = planes.last
    # A point on each plane, in this order to the last bit: at 512 waves a metre the
    # networks tell the difference.
    points = first + (number * planes.delta)[..., None] * normal
    t = ((points - origins[:, None]) @ normal) / (directions @ normal)[:, None]
    return torch.where((t > 0) & t.isfinite(), t, 0.0)


def spread_distances(
    near: float, far: float, count: int, law: str = "linear"
) -> Float[Tensor, " samples"]:
    """Distances from `near` to `far`, both included, equal for all rays.

    `law` is "linear", "lindisp" (even steps of 1 / t) or "squareddist" (steps grow
    evenly).
    """
    share = _shares(count)
    if law == "lindisp":
        return 1 / (1 / near * (1 - share) + 1 / far * share)
    if law == "squareddist":
        share = share**2
    return near * (1 - share) + far * share


def jitter(t: Float[Tensor, "rays samples"]) -> Float[Tensor, "rays samples"]:
    """Each distance drawn anew between the middles to its neighbours (stratified)."""
    middle = (t[:, 1:] + t[:, :-1]) / 2
    low = torch.cat([t[:, :1], middle], 1)
    high = torch.cat([middle, t[:, -1:]], 1)
    return low + (high - low) * torch.rand_like(t)


@dataclass(frozen=True, slots=True)
class BoxSamples:
    """Samples where rays cross boxes, in coordinates in which a box is [-1, 1]^3."""

    ray: Int[Tensor, " hits"]
    object: Int[Tensor, " hits"]
    """Column of the placements."""
    rank: Int[Tensor, " hits"]
    """0 for the first box that the ray enters, 1 for the next one, ..."""
    t: Float[Tensor, "hits samples"]
    """Metres along the ray."""
    points: Float[Tensor, "hits samples 3"]
    directions: Float[Tensor, "hits 3"]
    """Unit length in the box's own, unevenly scaled coordinates."""
    positions: Float[Tensor, "hits 3"]
    """Where the object stands in the world (middle of its bottom face)."""


def sample_boxes(
    placements: Placements,
    rays: Rays,
    count: int,
    grow: Float[Tensor, " objects"] | float = 1.0,
    first_only: bool = False,
) -> BoxSamples:
    """`count` even samples from where each ray enters a box to where it leaves it.

    A single sample lies in the middle. With `first_only` a ray sees one box, the one
    that it enters first.
    """
    hits = intersect_boxes(placements, rays, grow)
    rank = _rank_along_ray(hits)
    if first_only:
        first = rank == 0
        hits = BoxHits(
            hits.ray[first], hits.object[first], hits.t_near[first], hits.t_far[first]
        )
        rank = rank[first]
    share = _shares(count).to(hits.t_near)
    t = hits.t_near[:, None] + (hits.t_far - hits.t_near)[:, None] * share
    origins, directions, positions = _rays_in_boxes(placements, rays, hits, grow)
    return BoxSamples(
        hits.ray,
        hits.object,
        rank,
        t,
        origins[:, None] + t[..., None] * directions[:, None],
        torch.nn.functional.normalize(directions, dim=-1),
        positions,
    )


def _shares(count: int) -> Float[Tensor, " samples"]:
    """Even steps from 0 to 1; one alone is in the middle.

    Multiples of the step as in the original, where `torch.linspace` counts from both
    ends: after a thousand waves the last bit shows.
    """
    if count == 1:
        return torch.tensor([0.5])
    share = torch.arange(count) * torch.tensor(1 / (count - 1))
    share[-1] = 1.0
    return share


def _rank_along_ray(hits: BoxHits) -> Int[Tensor, " hits"]:
    """How many boxes the same ray has entered before each hit."""
    by_distance = hits.t_near.argsort(stable=True)
    order = by_distance[hits.ray[by_distance].argsort(stable=True)]
    ray = hits.ray[order]
    place = torch.arange(len(ray), device=ray.device)
    starts = torch.ones_like(ray, dtype=torch.bool)
    starts[1:] = ray[1:] != ray[:-1]
    first = torch.where(starts, place, 0).cummax(0).values
    rank = torch.empty_like(place)
    rank[order] = place - first
    return rank


def _rays_in_boxes(
    placements: Placements,
    rays: Rays,
    hits: BoxHits,
    grow: Float[Tensor, " objects"] | float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Origins, directions (not normalised: t stays metric), and objects' positions."""
    frame = rays.frame[hits.ray]
    T = placements.T_object_world[frame, hits.object]
    R, shift = T[..., :3], T[..., 3]
    origins = (R @ rays.origins[hits.ray][..., None])[..., 0] + shift
    directions = (R @ rays.directions[hits.ray][..., None])[..., 0]
    length, height, width = placements.size[frame, hits.object].unbind(-1)
    scale = torch.as_tensor(grow, device=T.device, dtype=T.dtype)
    scale = scale[hits.object] if scale.ndim else scale
    half = torch.stack([length * scale, height, width * scale], -1) / 2
    # The object's origin is on the ground, the box's middle half a height above it.
    above = torch.stack(
        [torch.zeros_like(height), height / 2, torch.zeros_like(height)], -1
    )
    positions = -(R.mT @ shift[..., None])[..., 0]
    return (origins + above) / half, directions / half, positions
