"""Placed boxes as kernels take them, and which of them a group of rays may meet."""

from dataclasses import dataclass, replace
from typing import Any

import torch
import warp as wp
from jaxtyping import Bool, Float, Int
from torch import Tensor

from nsg_core.geometry import Placements, Rays
from nsg_core.kernels.launching import as_warp
from nsg_core.kernels.space import Boxes
from nsg_core.kernels.space import Lists as KernelLists

GROUP = 256
"""Neighbouring rays of a picture that share a list of boxes."""
ANGLE_MARGIN = 2e-3
"""Radians: what rounding may hide of an angle."""
HEAD_ROOM = 1.02
"""Height of the drawn region over the labelled box: labels are tight."""


@dataclass(frozen=True, slots=True)
class Regions:
    """Where objects are drawn, and where they are alone, in their own frames."""

    low: Float[Tensor, "frames objects 3"]
    """The drawn region: the labelled box, and around it room for a shadow."""
    high: Float[Tensor, "frames objects 3"]
    own_low: Float[Tensor, "frames objects 3"]
    """The labelled box without its lowest part, where the road may be."""
    own_high: Float[Tensor, "frames objects 3"]


def regions(
    size: Float[Tensor, "frames objects 3"],
    box_scale: float,
    below: float,
    clearance: float,
) -> Regions:
    """Regions of boxes; origins are in the middle of their bottoms, y points down."""
    length, height, width = size.unbind(-1)
    x, z = length / 2, width / 2
    bottom = torch.full_like(height, below)
    own_bottom = -torch.minimum(torch.full_like(height, clearance), height)
    return Regions(
        torch.stack([-x * box_scale, -height * HEAD_ROOM, -z * box_scale], -1),
        torch.stack([x * box_scale, bottom, z * box_scale], -1),
        torch.stack([-x, -height, -z], -1),
        torch.stack([x, own_bottom, z], -1),
    )


@dataclass(frozen=True, slots=True)
class Lists:
    """For each group of rays, the rows of the boxes that it may meet."""

    groups: Int[Tensor, " rays"]
    starts: Int[Tensor, " groups_and_end"]
    items: Int[Tensor, " items"]

    def data(self) -> Any:
        """The lists as kernels take them."""
        data = KernelLists()
        data.groups = as_warp(self.groups, wp.int32)
        data.starts = as_warp(self.starts, wp.int32)
        data.items = as_warp(self.items, wp.int32)
        return data


@dataclass(frozen=True, slots=True)
class PlacedBoxes:
    """Boxes of all frames, one a row (frame by frame), on a device."""

    data: Any
    """The boxes as kernels take them."""
    drawn: Bool[Tensor, "frames objects"]
    centres: Float[Tensor, "boxes 3"]
    """Of spheres around the drawn regions, in the world."""
    radii: Float[Tensor, " boxes"]


def place_boxes(
    placements: Placements,
    instances: Int[Tensor, " objects"],
    around: Regions,
    steps: int,
    device: torch.device,
) -> PlacedBoxes:
    """Boxes on a device; those without an instance (-1) are not drawn.

    `steps` is how many segments the diagonal of a drawn region has.
    """
    T = placements.T_object_world.to(device)
    low, high = around.low.to(device), around.high.to(device)
    diagonal = (high - low).norm(dim=-1)
    drawn = placements.present.to(device) & (instances.to(device) >= 0)
    middle = (low + high) / 2 - T[..., 3]
    centres = torch.einsum("foji,foj->foi", T[..., :3], middle)
    frames = T.shape[0]

    def rows(tensor: Tensor) -> wp.array:
        return as_warp(tensor.to(device).reshape(-1, 3).contiguous(), wp.vec3)

    data = Boxes()
    data.transforms = as_warp(T.reshape(-1).contiguous(), wp.float32)
    data.low, data.high = rows(low), rows(high)
    data.own_low, data.own_high = rows(around.own_low), rows(around.own_high)
    lengths = diagonal.clamp_min(1e-3) / steps
    data.steps = as_warp(lengths.reshape(-1).contiguous(), wp.float32)
    data.instances = as_warp(instances.int().repeat(frames).to(device), wp.int32)
    return PlacedBoxes(data, drawn, centres.reshape(-1, 3), diagonal.view(-1) / 2)


def points_inside(
    placements: Placements,
    around: Regions,
    count: int,
    generator: torch.Generator,
) -> Float[Tensor, "points 3"]:
    """Random world points in what belongs to objects alone, in any of the frames.

    None at all where there are no boxes.
    """
    frame, column = placements.present.nonzero(as_tuple=True)
    if not len(frame):
        return placements.size.new_zeros(0, 3)
    chosen = torch.randint(len(frame), (count,), generator=generator)
    frame, column = (x[chosen.to(x.device)] for x in (frame, column))
    part = torch.rand(count, 3, generator=generator).to(frame.device)
    low, high = around.own_low[frame, column], around.own_high[frame, column]
    T = placements.T_object_world[frame, column]
    local = low + (high - low) * part - T[..., 3]
    return torch.einsum("pji,pj->pi", T[..., :3], local)


def by_frame(placed: PlacedBoxes, rays: Rays) -> Lists:
    """Every ray may meet all boxes of its frame."""
    return _lists(rays.frame, _rows_by_frame(placed))


def by_group(placed: PlacedBoxes, rays: Rays) -> Lists:
    """Rays of a still picture, in groups: what touches a cone around each group.

    Most boxes of a large graph are out of sight of all of them, and are asked once.
    """
    count, groups = len(rays), -(-len(rays) // GROUP)
    drawn = placed.drawn.view(-1)
    together = _touched(placed, drawn.nonzero()[:, 0], rays.origins, rays.directions, 1)
    rows = drawn.nonzero()[:, 0][together[0]]
    every = torch.arange(groups * GROUP, device=placed.radii.device)
    ray = every.clamp_max(count - 1)
    origins, directions = rays.origins[ray], rays.directions[ray]
    touched = _touched(placed, rows, origins, directions, groups)
    lists = _lists(every[:count] // GROUP, touched)
    return replace(lists, items=rows[lists.items.long()].int())


def _touched(
    placed: PlacedBoxes,
    rows: Int[Tensor, " some"],
    origins: Float[Tensor, "rays 3"],
    directions: Float[Tensor, "rays 3"],
    groups: int,
) -> Bool[Tensor, "groups some"]:
    """Which of some boxes touch a cone around each of equal groups of rays.

    A cone is widened by the spread of its rays' origins, so they need not be a view's.
    """
    origins, directions = origins.view(groups, -1, 3), directions.view(groups, -1, 3)
    apex = origins.mean(1)
    spread = (origins - apex[:, None]).norm(dim=-1).amax(1)
    axis = torch.nn.functional.normalize(directions.sum(1), dim=-1)
    narrowest = (directions * axis[:, None]).sum(-1).amin(1)
    angle = narrowest.clamp(-1, 1).acos()
    to_box = placed.centres[rows] - apex[:, None]
    distance = to_box.norm(dim=-1).clamp_min(1e-6)
    off = ((to_box * axis[:, None]).sum(-1) / distance).clamp(-1, 1).acos()
    radius = placed.radii[rows] + spread[:, None]
    wide = (radius / distance).clamp_max(1).asin()
    return (distance <= radius) | (off <= angle[:, None] + wide + ANGLE_MARGIN)


def no_boxes(rays: Rays) -> Lists:
    """No ray meets any box."""
    return _lists(
        torch.zeros_like(rays.frame), rays.frame.new_zeros(1, 0, dtype=torch.bool)
    )


def _rows_by_frame(placed: PlacedBoxes) -> Bool[Tensor, "frames boxes"]:
    frames, objects = placed.drawn.shape
    own = torch.eye(frames, dtype=torch.bool, device=placed.drawn.device)
    mine = own[:, :, None].expand(frames, frames, objects)
    return (mine & placed.drawn).reshape(frames, -1)


def _lists(groups: Tensor, mask: Bool[Tensor, "groups boxes"]) -> Lists:
    starts = torch.nn.functional.pad(mask.sum(1).cumsum(0), (1, 0))
    return Lists(groups.int(), starts.int(), mask.nonzero()[:, 1].int())
