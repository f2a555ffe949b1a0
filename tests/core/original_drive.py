"""A KITTI drive whose scene in the original code's world is that of a golden case.

The case was made without any data set. Here its cameras and boxes are carried back, by
the inverse of what the original's loader does, to GPS/IMU rows, calibration and labels.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from nsg_core.datasets.kitti_labels import Label, format_labels
from nsg_core.datasets.kitti_poses import EARTH_RADIUS, euler
from nsg_core.paper.original.scene import BOX_SCALE, OTHER_TURN, T_WORLD_IMU
from tests.core.original_case import PICTURES, Case, case_view

SEQUENCE = "0000"


def write_original_drive(root: Path, case: Case) -> Path:
    """The left camera's three frames; the right camera follows from the calibration."""
    views = [case_view(case, i) for i in range(PICTURES)]
    Ts_world_camera = np.array([view.matrix() for view in views])
    # The IMU hangs below the camera, so that turning about it does not move the camera.
    T_world_imu = np.array(Ts_world_camera)
    T_world_imu[:, 1, 3] = 0.0
    mount = np.linalg.inv(T_world_imu[0]) @ Ts_world_camera[0]
    texts = {
        "oxts": _oxts(T_world_imu),
        "calib": _calibration(views[0].fx, np.linalg.inv(T_WORLD_IMU) @ mount),
        "label_02": format_labels(_labels(case, Ts_world_camera)),
    }
    for kind, text in texts.items():
        (root / kind).mkdir(parents=True)
        (root / kind / f"{SEQUENCE}.txt").write_text(text)
    pixels = np.zeros((views[0].height, views[0].width, 3), dtype=np.uint8)
    for camera in ("image_02", "image_03"):
        folder = root / camera / SEQUENCE
        folder.mkdir(parents=True)
        for i in range(PICTURES):
            Image.fromarray(pixels).save(folder / f"{i:06d}.png")
    return root


def _oxts(T_world_imu: np.ndarray) -> str:
    """Rows of latitude, longitude, altitude, roll, pitch, heading and 24 zeros."""
    to_imu = np.linalg.inv(T_WORLD_IMU)
    rows = []
    for T in T_world_imu:
        x, y, z = (to_imu @ T)[:3, 3]
        # About the world's y, which points down: against the heading.
        heading = -np.arctan2(T[0, 2], T[0, 0])
        latitude = np.degrees(2 * np.arctan(np.exp(y / EARTH_RADIUS)) - np.pi / 2)
        longitude = np.degrees(x / EARTH_RADIUS)
        values = [latitude, longitude, z, 0.0, 0.0, heading, *[0.0] * 24]
        rows.append(" ".join(f"{value:.17g}" for value in values))
    return "\n".join(rows) + "\n"


def _calibration(focal: float, T_imu_camera: np.ndarray) -> str:
    turn = euler(*np.radians(OTHER_TURN)[:, None])[0]
    K = np.diag([focal, focal, 1.0])
    left, right = np.zeros((3, 1)), np.array([[-0.54 * focal], [0.0], [0.0]])
    P2, P3 = (np.hstack([K, t]) for t in (left, right))
    matrices = {
        **{"P0:": P2, "P1:": P3, "P2:": P2, "P3:": P3},
        # The original turns the cameras after rectifying; this takes it back.
        "R_rect": turn.T,
        "Tr_velo_cam": np.eye(4)[:3],
        "Tr_imu_velo": np.linalg.inv(T_imu_camera)[:3],
    }
    return "".join(
        f"{key} {' '.join(f'{value:.17g}' for value in matrix.ravel())}\n"
        for key, matrix in matrices.items()
    )


def _labels(case: Case, Ts_world_camera: np.ndarray) -> list[Label]:
    labels = []
    for frame, T in enumerate(Ts_world_camera):
        turned = float(np.arctan2(T[0, 2], T[0, 0]))
        for row in case["objects"][frame].astype(np.float64).tolist():
            x, y, z, yaw, track, length, height, width, _ = row
            if track < 0:
                continue
            place = (np.linalg.inv(T) @ (x, y, z, 1.0))[:3]
            labels.append(
                Label(
                    frame,
                    int(track),
                    "Car",
                    0,
                    0,
                    0.0,
                    (0.0, 0.0, 1.0, 1.0),
                    height,
                    width / BOX_SCALE,
                    length / BOX_SCALE,
                    (float(place[0]), float(place[1]), float(place[2])),
                    yaw - turned,
                )
            )
    return labels
