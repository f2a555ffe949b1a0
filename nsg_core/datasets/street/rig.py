"""The vehicle that drives through the street: its way, and KITTI's two cameras."""

import math

import numpy as np

from nsg_core.view import View

SEQUENCE = "0000"
KITTI_SIZE = (1242, 375)
FOCAL, CX, CY = 721.5377, 609.5593, 172.854
OFFSETS = {0: 0.0, 1: 0.54, 2: -0.06, 3: 0.48}
"""Metres to the right of camera 0."""
EYE = 1.65
"""Height of the cameras above the road: the road is the plane y = EYE."""
STEP = 0.5
"""Metres that the vehicle drives in a frame."""


def ego_pose(frame: int) -> np.ndarray:
    """``T_world_camera0``: straight on, with a slight weave within the lane."""
    way = 2 * math.pi * frame / 30
    x, z = 0.10 * (1 - math.cos(way)), STEP * frame
    yaw = math.atan2(0.10 * math.sin(way) * 2 * math.pi / 30, STEP)
    T = np.eye(4)
    T[0, 0] = T[2, 2] = math.cos(yaw)
    T[0, 2], T[2, 0] = math.sin(yaw), -math.sin(yaw)
    T[:3, 3] = (x, 0.0, z)
    return T


def intrinsics(size: tuple[int, int]) -> tuple[float, float, float]:
    """Focal length and principal point in pixels of a picture of this size."""
    scale = size[0] / KITTI_SIZE[0]
    cx = (CX + 0.5) * scale - 0.5
    cy = (CY + 0.5) * size[1] / KITTI_SIZE[1] - 0.5
    return FOCAL * scale, cx, cy


def camera_view(camera: int, frame: int, size: tuple[int, int]) -> View:
    """What a camera looks at in a frame."""
    T_camera0_camera = np.eye(4)
    T_camera0_camera[0, 3] = OFFSETS[camera]
    T = ego_pose(frame) @ T_camera0_camera
    focal, cx, cy = intrinsics(size)
    return View(tuple(T.ravel().tolist()), *size, focal, focal, cx, cy)


def calibration_text(size: tuple[int, int]) -> str:
    """The calibration file; the lidar and the IMU sit at camera 0."""
    focal, cx, cy = intrinsics(size)
    rows: dict[str, tuple[float, ...]] = {
        f"P{camera}:": (focal, 0, cx, -focal * x, 0, focal, cy, 0, 0, 0, 1, 0)
        for camera, x in OFFSETS.items()
    }
    rows["R_rect"] = (1, 0, 0, 0, 1, 0, 0, 0, 1)
    rows["Tr_velo_cam"] = (0, -1, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0)
    rows["Tr_imu_velo"] = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    lines = (f"{key} {' '.join(f'{v:.12e}' for v in row)}" for key, row in rows.items())
    return "\n".join(lines) + "\n"
