"""A drive small enough to learn in seconds: its pictures are known in closed form."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from nsg_core.geometry import grid_pixels, intersect_boxes, pixel_rays, place
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track
from nsg_core.sequence import Sequence
from nsg_core.view import View

GROUND, WALL = 1.6, 16.0
"""Height of the ground (y points down) and distance of the wall, in metres."""


def tiny_scene(frames: int = 6, size: tuple[int, int] = (64, 32)) -> Scene:
    """Two cameras that drive forward, and a car that crosses before a wall."""
    numbers = tuple(range(frames))
    width, height = size

    def camera(name: str, x: float) -> Camera:
        Ts = tuple(
            (1.0, 0, 0, x, 0, 1.0, 0, 0, 0, 0, 1.0, 0.3 * i, 0, 0, 0, 1.0)
            for i in numbers
        )
        middle = ((width - 1) / 2, (height - 1) / 2)
        return Camera(name, width, height, 0.6 * width, 0.6 * width, *middle, Ts)

    poses = tuple(Pose((-2.5 + 0.8 * i, GROUND, 8.0), 0.5) for i in numbers)
    car = ObjectNode(
        1, "Car", Size(3.0, 1.5, 1.8), Track(numbers, poses), model="object/1"
    )
    cameras = (camera("image_02", 0.0), camera("image_03", 0.54))
    return Scene("made up", "tiny", numbers, cameras, (car,))


def colours(scene: Scene, view: View, frame: int) -> Tensor:
    """What a view sees in a frame, [height width 3]."""
    rays = pixel_rays(view, grid_pixels(view))
    down = rays.directions[:, 1].clamp_min(1e-6)
    to_ground = (GROUND - rays.origins[:, 1]) / down
    to_wall = (WALL - rays.origins[:, 2]) / rays.directions[:, 2]
    t = torch.minimum(to_ground, to_wall)
    x, y, z = (rays.origins + rays.directions * t[:, None]).unbind(-1)
    ground, wall = _waves(x, z, (0.5, 0.45, 0.4)), _waves(x, y, (0.6, 0.3, 0.2))
    rgb = torch.where((to_ground < to_wall)[:, None], ground, wall)
    sky = torch.tensor([0.3, 0.5, 0.9]).expand_as(rgb)
    rgb = torch.where(((to_ground >= to_wall) & (y < -2.5))[:, None], sky, rgb)
    placements = place([scene.at(frame)])
    hits = intersect_boxes(placements, rays)
    near = hits.t_near < t[hits.ray]
    ray, t_near = hits.ray[near], hits.t_near[near]
    T = placements.T_object_world[0, hits.object[near]]
    p = rays.origins[ray] + rays.directions[ray] * t_near[:, None]
    local = torch.einsum("rij,rj->ri", T[..., :3], p) + T[..., 3]
    rgb[ray] = _waves(local[:, 0], local[:, 1], (0.1, 0.7, 0.3))
    return rgb.view(view.height, view.width, 3)


def _waves(a: Tensor, b: Tensor, base: tuple[float, float, float]) -> Tensor:
    wave = 0.2 * torch.sin(1.3 * a) * torch.cos(math.pi * b / 2)
    return (torch.tensor(base) + wave[:, None]).clamp(0, 1)


def tiny_drive(
    folder: Path, frames: int = 6, size: tuple[int, int] = (64, 32)
) -> Sequence:
    """The drive with its pictures as PNG files in a folder."""
    scene = tiny_scene(frames, size)
    images = {}
    for camera in scene.cameras:
        for frame in scene.frames:
            rgb = colours(scene, scene.view(camera.name, frame), frame).numpy()
            path = folder / camera.name / f"{frame:06d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray((rgb * 255).round().astype(np.uint8)).save(path)
            images[camera.name, frame] = path
    return Sequence(scene, images, root=folder)


def without(drive: Sequence, *keys: tuple[str, int]) -> Sequence:
    """The drive without some of its pictures."""
    kept = {key: path for key, path in drive.images.items() if key not in keys}
    return replace(drive, images=kept)
