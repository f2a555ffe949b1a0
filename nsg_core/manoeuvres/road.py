"""The lane that the recorded vehicle drives in, beyond both its ends."""

import math
from dataclasses import dataclass, replace

import numpy as np

from nsg_core.motion.ground import Ground, ground_of
from nsg_core.motion.paths import Path, drive, make_path, thinned
from nsg_core.scene import Pose, Scene, Size

FRONT, REAR = 2.5, 2.5
"""Metres from the camera to the recorded vehicle's ends, with some room."""
VEHICLE = Size(4.6, 1.6, 1.9)
STEP = 2.0
"""Metres between points of the lane: nearer ones would tremble with the poses."""
SHORT = 4.0
"""A way shorter than this (m) has no direction; then the camera's is taken."""
SOFT = 9
"""Frames over which heights are averaged."""


@dataclass(frozen=True, eq=False)
class Road:
    """The middle of the recorded vehicle's lane."""

    path: Path
    ego: np.ndarray
    """How far along it the camera is in each frame of the drive [frames]."""
    ground: Ground

    def poses(
        self, s: np.ndarray, side: np.ndarray | float, length: float
    ) -> tuple[Pose, ...]:
        """Poses on the road, so far along and to the right of the lane, one a frame."""
        return grounded(self.ground, drive(self.path, s, side, length))

    def where(self, poses: tuple[Pose, ...]) -> tuple[np.ndarray, np.ndarray]:
        """How far along and to the right of the lane poses are [n], [n]."""
        return self.path.locate(np.array([pose.position for pose in poses]))


def road_of(scene: Scene) -> Road:
    """The lane of a drive."""
    ground = ground_of(scene)
    eyes = np.array([T[3::4][:3] for T in scene.cameras[0].Ts_world_camera])
    eyes[:, 1] = ground.height(eyes)
    way = thinned(eyes, STEP)
    if len(way) < 2 or np.linalg.norm(way[-1] - way[0]) < SHORT:
        T = scene.cameras[0].Ts_world_camera[0]
        flat = math.hypot(T[2], T[10]) or 1.0
        ahead = np.array([T[2] / flat, 0.0, T[10] / flat])
        way = np.stack([eyes[0], eyes[0] + SHORT * ahead])
    path = make_path(way)
    return Road(path, path.locate(eyes)[0], ground)


def grounded(ground: Ground, poses: tuple[Pose, ...]) -> tuple[Pose, ...]:
    """The same poses on the road, whose bumps are not felt frame by frame."""
    heights = ground.height(np.array([pose.position for pose in poses]))
    wide = np.pad(heights, SOFT // 2, mode="edge")
    soft = np.convolve(wide, np.full(SOFT, 1 / SOFT), mode="valid")
    return tuple(
        replace(pose, position=(pose.position[0], y, pose.position[2]))
        for pose, y in zip(poses, soft.tolist(), strict=True)
    )


def eased(u: np.ndarray) -> np.ndarray:
    """From 0 to 1 without a jerk at either end (minimum jerk, Flash and Hogan 1985)."""
    u = np.clip(u, 0.0, 1.0)
    return u**3 * (10 - 15 * u + 6 * u * u)
