"""Batches of training rays, drawn from uint8 pictures without expanding all rays."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from nsg_core.depths import shrink_depth
from nsg_core.errors import NsgError
from nsg_core.fields.rig import move_placements
from nsg_core.geometry import Placements, Rays, place
from nsg_core.pictures import shrink
from nsg_core.scene import PlacedBox
from nsg_core.sequence import Sequence
from nsg_core.view import View


@dataclass(frozen=True)
class Batch:
    """Rays and the colours that a camera recorded along them."""

    rays: Rays
    rgb: Float[Tensor, "rays 3"]
    pixel: Int[Tensor, "rays 3"]
    """Picture, u and v of each ray."""

    def to(self, device: torch.device | str) -> "Batch":
        """The batch on a device."""
        return Batch(self.rays.to(device), self.rgb.to(device), self.pixel.to(device))


@dataclass(frozen=True)
class Pictures:
    """Recorded pictures at training resolution, and where they were taken from."""

    views: tuple[View, ...]
    keys: tuple[tuple[str, int], ...]
    """Camera and frame of each view."""
    pixels: UInt8[Tensor, "pictures height width 3"]
    origins: Float[Tensor, "pictures 3"]
    rotations: Float[Tensor, "pictures 3 3"]
    intrinsics: Float[Tensor, "pictures 4"]
    """fx, fy, cx, cy."""
    frame: Int[Tensor, " pictures"]
    """Row of the placements."""
    camera: Int[Tensor, " pictures"]
    placements: Placements
    regions: Float[Tensor, "regions 5"]
    """Picture and rectangle (u0, v0, u1, v1, in pixels) of every visible object."""
    depth: Float[Tensor, "pictures height width"] | None = None
    """Measured metres along the camera's axis, 0 where unknown; None: nowhere."""

    def draw(self, count: int, on_objects: float, generator: torch.Generator) -> Batch:
        """`count` random pixels; a part `on_objects` of them in objects' rectangles.

        Rays at objects go through any point of their pixels. An object is seen from so
        few sides that what lies between the middles of pixels would be free to be
        anything, and show in a larger picture. (For all rays that would only blur.)
        """
        extra = round(count * on_objects) if len(self.regions) else 0
        _, height, width, _ = self.pixels.shape
        uniform = torch.rand(count, 3, generator=generator)
        picture = (uniform[:, 0] * len(self.pixels)).long()
        u = (uniform[:, 1] * width).floor()
        v = (uniform[:, 2] * height).floor()
        if extra:
            chosen = torch.randint(len(self.regions), (extra,), generator=generator)
            index, u0, v0, u1, v1 = self.regions[chosen].unbind(-1)
            picture[:extra] = index.long()
            u[:extra] = u0 + uniform[:extra, 1] * (u1 - u0)
            v[:extra] = v0 + uniform[:extra, 2] * (v1 - v0)
        return self.at(picture, u, v)

    def at(
        self,
        picture: Int[Tensor, " rays"],
        u: Float[Tensor, " rays"],
        v: Float[Tensor, " rays"],
    ) -> Batch:
        """The rays through points of pictures, and the colours of their pixels."""
        _, height, width, _ = self.pixels.shape
        column = u.round().long().clamp(0, width - 1)
        row = v.round().long().clamp(0, height - 1)
        rgb = self.pixels[picture, row, column].float() / 255
        fx, fy, cx, cy = self.intrinsics[picture].unbind(-1)
        local = torch.stack([(u - cx) / fx, (v - cy) / fy, torch.ones_like(fx)], -1)
        directions = torch.einsum("rij,rj->ri", self.rotations[picture], local)
        rays = Rays(
            self.origins[picture],
            torch.nn.functional.normalize(directions, dim=-1),
            self.frame[picture],
            self.camera[picture],
            pinhole=directions,
        )
        return Batch(rays, rgb, torch.stack([picture, column, row], -1))

    def moved(self, T: Float[Tensor, "frames 3 4"]) -> "Pictures":
        """The same pictures in a world that every frame is moved to by its own row."""
        R, t = T[self.frame, :, :3], T[self.frame, :, 3]
        rotations = R @ self.rotations
        origins = (R @ self.origins[..., None])[..., 0] + t
        poses = torch.cat([rotations, origins[..., None]], -1).flatten(1).tolist()
        views = tuple(
            replace(view, T_world_camera=(*pose, 0.0, 0.0, 0.0, 1.0))
            for view, pose in zip(self.views, poses, strict=True)
        )
        return replace(
            self,
            views=views,
            origins=origins,
            rotations=rotations,
            placements=move_placements(T, self.placements),
        )


def load_pictures(
    sequence: Sequence,
    frames: Iterable[int],
    scale: float,
    cameras: tuple[str, ...],
    measured: bool = False,
) -> Pictures:
    """Read pictures of some frames, averaged down to a scale, and keep them as uint8.

    `cameras` gives the order of camera indices; cameras the drive lacks are left out.
    `measured`: with the depth that was measured, of these frames alone.
    """
    scene, frames = sequence.scene, tuple(frames)
    row = {frame: i for i, frame in enumerate(frames)}
    keys = tuple(
        (camera.name, frame)
        for frame in frames
        for camera in scene.cameras
        if (camera.name, frame) in sequence.images
    )
    views = tuple(scene.view(camera, frame).scaled(scale) for camera, frame in keys)
    sizes = {(view.width, view.height) for view in views}
    if len(sizes) != 1:
        found = " and ".join(f"{w}x{h}" for w, h in sorted(sizes)) or "no pictures"
        raise NsgError(
            f"training needs pictures of one size for its {len(frames)} frames; found "
            f"{found} in {sequence.root}."
        )
    pixels = np.stack(
        [
            shrink(sequence.image(*key), (view.width, view.height))
            for key, view in zip(keys, views, strict=True)
        ]
    )
    poses = torch.tensor([view.T_world_camera for view in views]).view(-1, 4, 4)
    boxes = [scene.at(frame) for frame in frames]
    return Pictures(
        views=views,
        keys=keys,
        pixels=torch.from_numpy(pixels),
        origins=poses[:, :3, 3].contiguous(),
        rotations=poses[:, :3, :3].contiguous(),
        intrinsics=torch.tensor([[v.fx, v.fy, v.cx, v.cy] for v in views]),
        frame=torch.tensor([row[frame] for _, frame in keys]),
        camera=torch.tensor([cameras.index(camera) for camera, _ in keys]),
        placements=place(boxes, frames),
        regions=_regions(views, [boxes[row[frame]] for _, frame in keys]),
        depth=_measured(sequence, keys, views) if measured else None,
    )


def _measured(
    sequence: Sequence, keys: tuple[tuple[str, int], ...], views: tuple[View, ...]
) -> Float[Tensor, "pictures height width"] | None:
    """Measured depths, in half as many digits: more than any sensor has."""
    found = torch.zeros(len(views), views[0].height, views[0].width).half()
    for i, (key, view) in enumerate(zip(keys, views, strict=True)):
        depth = sequence.depth(*key)
        if depth is not None:
            small = shrink_depth(depth, (view.width, view.height))
            found[i] = torch.from_numpy(small)
    return found if found.any() else None


def _regions(
    views: tuple[View, ...], boxes: list[tuple[PlacedBox, ...]]
) -> Float[Tensor, "regions 5"]:
    rows = []
    for i, (view, placed) in enumerate(zip(views, boxes, strict=True)):
        for box in placed:
            rectangle = _rectangle(view, box)
            if rectangle is not None:
                rows.append((i, *rectangle))
    return torch.tensor(rows, dtype=torch.float32).view(-1, 5)


def _rectangle(view: View, box: PlacedBox) -> tuple[float, float, float, float] | None:
    """What a slightly enlarged box covers of a picture, or None if it is not ahead."""
    half, grow = (box.size.length / 2 * 1.2, box.size.width / 2 * 1.2), box.size.height
    corners = np.array(
        [
            [x, y, z, 1]
            for x in (-half[0], half[0])
            for y in (-grow, 0.1)
            for z in (-half[1], half[1])
        ]
    )
    u, v, depth = view.project((corners @ box.pose.T_world_object().T)[:, :3]).T
    if depth.min() < 0.2:
        return None
    u0, u1 = np.clip([u.min(), u.max()], 0, view.width)
    v0, v1 = np.clip([v.min(), v.max()], 0, view.height)
    return (u0, v0, u1, v1) if u1 - u0 > 1 and v1 - v0 > 1 else None
