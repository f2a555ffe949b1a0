"""A street of rough walls, and the pictures of a drive through it, in closed form."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from nsg_core.geometry import grid_pixels, pixel_rays, place
from nsg_core.scene import Camera, Scene
from nsg_core.train.batches import Pictures
from nsg_core.view import View

SIZE = (200, 80)
WALLS = ((1, 1.6), (0, -5.0), (0, 6.0), (2, 30.0), (1, -4.0))
"""Axis and position of planes: ground, sides, end and a roof."""


def street(frames: int = 8, stereo: bool = True) -> Scene:
    """A drive that turns a little, as it truly was."""
    width, height = SIZE
    cameras = []
    for name, x in (("image_02", 0.0), ("image_03", 0.54))[: 1 + stereo]:
        Ts = []
        for i in range(frames):
            T, yaw = np.eye(4), 0.01 * i
            T[0, 0], T[0, 2], T[2, 0], T[2, 2] = (
                np.cos(yaw),
                np.sin(yaw),
                -np.sin(yaw),
                np.cos(yaw),
            )
            T[:3, 3] = T[:3, :3] @ [x, 0, 0] + [0.02 * i, 0, 0.4 * i]
            Ts.append(tuple(T.ravel().tolist()))
        middle = ((width - 1) / 2, (height - 1) / 2)
        f = 0.6 * width
        cameras.append(Camera(name, width, height, f, f, *middle, tuple(Ts)))
    return Scene("made up", "street", tuple(range(frames)), tuple(cameras), ())


def depth_and_grey(view: View) -> tuple[Tensor, Tensor]:
    """Distance along each ray [height width], and how bright the wall is there."""
    noise = torch.rand(1, 1, 512, 512, generator=torch.Generator().manual_seed(5))
    rays = pixel_rays(view, grid_pixels(view))
    nearest = torch.full((len(rays),), torch.inf)
    grey = torch.zeros(len(rays))
    for axis, position in WALLS:
        d = rays.directions[:, axis]
        t = (position - rays.origins[:, axis]) / torch.where(d == 0, 1e-9, d)
        hit = (t > 0) & (t < nearest)
        place_ = rays.origins + rays.directions * t[:, None]
        others = [i for i in range(3) if i != axis]
        # A texel is 40 cm; the whole repeats after 205 m.
        at = torch.remainder(place_[:, others] / 204.8 + 0.5, 1.0) * 2 - 1
        value = F.grid_sample(
            noise,
            at.nan_to_num().view(1, 1, -1, 2),
            mode="bicubic",
            align_corners=False,
        )
        grey = torch.where(hit, value.view(-1), grey)
        nearest = torch.where(hit, t, nearest)
    return nearest.view(view.height, view.width), grey.view(view.height, view.width)


def seen(scene: Scene) -> Pictures:
    """What the cameras of a scene see."""
    keys = [(c.name, f) for f in scene.frames for c in scene.cameras]
    names = [c.name for c in scene.cameras]
    # Nine rays a pixel: far texels are smaller than pixels.
    fine = [depth_and_grey(scene.view(*key).scaled(3.0))[1] for key in keys]
    grey = F.avg_pool2d(torch.stack(fine), 3)
    views = tuple(scene.view(*key) for key in keys)
    poses = torch.tensor([view.T_world_camera for view in views]).view(-1, 4, 4)
    pixels = (grey.clamp(0, 1) * 255).round().to(torch.uint8)
    return Pictures(
        views=views,
        keys=tuple(keys),
        pixels=pixels[..., None].expand(-1, -1, -1, 3).contiguous(),
        origins=poses[:, :3, 3].contiguous(),
        rotations=poses[:, :3, :3].contiguous(),
        intrinsics=torch.tensor([[v.fx, v.fy, v.cx, v.cy] for v in views]),
        frame=torch.tensor([frame for _, frame in keys]),
        camera=torch.tensor([names.index(name) for name, _ in keys]),
        placements=place([scene.at(frame) for frame in scene.frames], scene.frames),
        regions=torch.zeros(0, 5),
    )


def recorded_as(pictures: Pictures, scene: Scene) -> Pictures:
    """The same pictures with the poses of another scene."""
    views = tuple(scene.view(*key) for key in pictures.keys)
    poses = torch.tensor([view.T_world_camera for view in views]).view(-1, 4, 4)
    return replace(
        pictures,
        views=views,
        origins=poses[:, :3, 3].contiguous(),
        rotations=poses[:, :3, :3].contiguous(),
    )


def drifted(scene: Scene, drift: np.ndarray, turns: np.ndarray) -> Scene:
    """The scene as a recording has it: the vehicle's places [frames 3] shifted, and its
    yaw [frames] turned about its first camera."""
    first = scene.cameras[0].Ts_world_camera
    cameras = []
    for camera in scene.cameras:
        Ts = []
        for i, T in enumerate(camera.Ts_world_camera):
            M, pivot = np.reshape(T, (4, 4)), np.reshape(first[i], (4, 4))[:3, 3]
            c, s = np.cos(turns[i]), np.sin(turns[i])
            R = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
            moved = M.copy()
            moved[:3, :3] = R @ M[:3, :3]
            moved[:3, 3] = R @ (M[:3, 3] - pivot) + pivot + drift[i]
            Ts.append(tuple(moved.ravel().tolist()))
        cameras.append(replace(camera, Ts_world_camera=tuple(Ts)))
    return replace(scene, cameras=tuple(cameras))
