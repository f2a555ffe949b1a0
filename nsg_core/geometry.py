"""Rigid transforms, boxes and rays as tensors."""

from collections.abc import Sequence as Items
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from nsg_core.scene import PlacedBox, Vec3
from nsg_core.view import View


@dataclass(frozen=True, slots=True)
class Rays:
    """Rays in the world; `frame` says which row of the placements each one sees."""

    origins: Float[Tensor, "rays 3"]
    directions: Float[Tensor, "rays 3"]
    """Unit length, so distances along a ray are metres."""
    frame: Int[Tensor, " rays"]
    camera: Int[Tensor, " rays"]
    """Index of the recorded camera whose exposure applies; -1: a neutral one."""
    pinhole: Float[Tensor, "rays 3"] | None = None
    """The directions before they were made unit, where known: one metre of depth along
    their camera's axis each, so ``t / pinhole.norm(dim=-1)`` is what a depth camera
    measures."""

    def __len__(self) -> int:
        return self.origins.shape[0]

    def to(self, device: torch.device | str) -> "Rays":
        """The rays on a device."""
        return Rays(
            self.origins.to(device),
            self.directions.to(device),
            self.frame.to(device),
            self.camera.to(device),
            None if self.pinhole is None else self.pinhole.to(device),
        )

    def __getitem__(self, rows: slice | Tensor) -> "Rays":
        """The chosen rays."""
        return Rays(
            self.origins[rows],
            self.directions[rows],
            self.frame[rows],
            self.camera[rows],
            None if self.pinhole is None else self.pinhole[rows],
        )


@dataclass(frozen=True, slots=True)
class Placements:
    """Where each object stands in each frame, for a renderer.

    A still picture has one frame; a training batch draws rays from many.
    """

    T_object_world: Float[Tensor, "frames objects 3 4"]
    """Rigid, metric: a world point to the object's frame (origin: bottom middle)."""
    size: Float[Tensor, "frames objects 3"]
    """Length, height, width in metres."""
    present: Bool[Tensor, "frames objects"]
    track: Int[Tensor, " objects"]
    models: tuple[str, ...]
    """The model key of each object."""
    numbers: Int[Tensor, " frames"] | None = None
    """The drive's frame of each row, where known: a model may know more of it."""

    def to(self, device: torch.device | str) -> "Placements":
        """A copy on a device."""
        return replace(
            self,
            T_object_world=self.T_object_world.to(device),
            size=self.size.to(device),
            present=self.present.to(device),
            track=self.track.to(device),
            numbers=None if self.numbers is None else self.numbers.to(device),
        )


def place(
    frames: Items[tuple[PlacedBox, ...]], numbers: Items[int] | None = None
) -> Placements:
    """Placements of boxes, frame by frame (`Scene.at`), on the CPU.

    The same track in several frames is one object and must keep its model. `numbers`
    says which frames they are.
    """
    tracks = sorted({box.track_id for boxes in frames for box in boxes})
    column = {track: i for i, track in enumerate(tracks)}
    T = np.zeros((len(frames), len(tracks), 3, 4))
    size = np.ones((len(frames), len(tracks), 3))
    present = np.zeros((len(frames), len(tracks)), dtype=bool)
    models = [""] * len(tracks)
    for i, boxes in enumerate(frames):
        for box in boxes:
            j = column[box.track_id]
            T[i, j] = np.linalg.inv(box.pose.T_world_object())[:3]
            size[i, j] = (box.size.length, box.size.height, box.size.width)
            present[i, j] = True
            models[j] = box.model
    return Placements(
        torch.from_numpy(T).float(),
        torch.from_numpy(size).float(),
        torch.from_numpy(present),
        torch.tensor(tracks, dtype=torch.long),
        tuple(models),
        None if numbers is None else torch.tensor(tuple(numbers)),
    )


def vec3(tensor: Float[Tensor, "*any 3"]) -> Vec3:
    """Three numbers of a tensor that holds no more."""
    x, y, z = tensor.flatten().tolist()
    return x, y, z


def pixel_rays(
    view: View,
    pixels: Float[Tensor, "rays 2"],
    frame: int = 0,
    camera: int = -1,
) -> Rays:
    """Rays through pixels (u, v) of a view; pixel centres have integer coordinates."""
    device = pixels.device
    T = torch.from_numpy(view.matrix()).float().to(device)
    u, v = pixels.unbind(-1)
    local = torch.stack(
        [(u - view.cx) / view.fx, (v - view.cy) / view.fy, torch.ones_like(u)], -1
    )
    # Not `local @ R.T`: a sum of products in this order comes out the same to the last
    # bit on every device, and as in the original, whose weights feel the difference.
    pinhole = (local[:, None] * T[:3, :3]).sum(-1)
    directions = torch.nn.functional.normalize(pinhole, dim=-1)
    index = torch.zeros(len(pixels), dtype=torch.long, device=device)
    origins = T[:3, 3].expand_as(directions)
    return Rays(origins, directions, index + frame, index + camera, pinhole)


def grid_pixels(
    view: View, stride: int = 1, device: torch.device | str = "cpu"
) -> Float[Tensor, "pixels 2"]:
    """Every `stride`-th pixel centre of a view, row by row, as (u, v)."""
    v, u = torch.meshgrid(
        torch.arange(0, view.height, stride, device=device),
        torch.arange(0, view.width, stride, device=device),
        indexing="ij",
    )
    return torch.stack([u, v], -1).reshape(-1, 2).float()


@dataclass(frozen=True, slots=True)
class BoxHits:
    """Pairs of a ray and a box that it crosses, in no particular order."""

    ray: Int[Tensor, " hits"]
    object: Int[Tensor, " hits"]
    """Column of the placements."""
    t_near: Float[Tensor, " hits"]
    t_far: Float[Tensor, " hits"]
    """Where the ray enters and leaves; `t_near` is 0 for an origin inside."""


def to_object(
    placements: Placements, rays: Rays
) -> tuple[Float[Tensor, "rays objects 3"], Float[Tensor, "rays objects 3"]]:
    """Origins and unit directions of rays in the frame of every object."""
    T = placements.T_object_world[rays.frame]
    origins = torch.einsum("roij,rj->roi", T[..., :3], rays.origins) + T[..., 3]
    return origins, torch.einsum("roij,rj->roi", T[..., :3], rays.directions)


def intersect_boxes(
    placements: Placements, rays: Rays, grow: Float[Tensor, " objects"] | float = 1.0
) -> BoxHits:
    """Which rays cross which boxes, and where, by slabs (Kay and Kajiya 1986).

    `grow` enlarges length and width about the box's middle, and leaves its height, so
    that a shadow on the ground travels with its object.
    """
    origins, directions = to_object(placements, rays)
    scale = torch.as_tensor(grow, device=origins.device, dtype=torch.float32)
    length, height, width = placements.size[rays.frame].unbind(-1)
    high = torch.stack(
        [length * scale / 2, torch.zeros_like(height), width * scale / 2], -1
    )
    low = torch.stack([-high[..., 0], -height, -high[..., 2]], -1)
    # A direction of exactly 0 would give 0/0 on a slab's face: nudge it.
    tiny = torch.where(directions < 0, -1e-12, 1e-12).to(directions.dtype)
    inverse = 1 / torch.where(directions.abs() < 1e-12, tiny, directions)
    a, b = (low - origins) * inverse, (high - origins) * inverse
    t_near = torch.minimum(a, b).amax(-1).clamp_min(0)
    t_far = torch.maximum(a, b).amin(-1)
    hit = (t_far > t_near) & placements.present[rays.frame]
    ray, column = hit.nonzero(as_tuple=True)
    return BoxHits(ray, column, t_near[hit], t_far[hit])
