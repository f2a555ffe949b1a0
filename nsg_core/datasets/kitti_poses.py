"""Where the vehicle was: GPS/IMU rows (oxts) or rows of poses (KITTI odometry).

Latitude and longitude become metres by the Mercator projection of the KITTI
development kit (Geiger et al., "Vision meets Robotics", 2013, section 3).
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float

from nsg_core.datasets.text import numbers, read_lines
from nsg_core.errors import FileError

EARTH_RADIUS = 6378137.0
OXTS_COLUMNS = 30
Rigids = Float[np.ndarray, "frames 4 4"]


def read_rows(path: Path, columns: int, what: str) -> Float[np.ndarray, "rows columns"]:
    """A table of numbers, one row a line; every row must have all columns."""
    rows: list[tuple[float, ...]] = []
    lines = read_lines(path, what)
    for line, text in enumerate(lines, 1):
        words = text.split()
        if len(words) != columns and (words or line < len(lines)):
            raise FileError(
                path, f"{columns} numbers in each row", f"{len(words)}", line=line
            )
        if words:
            rows.append(numbers(words, path, line))
    if not rows:
        raise FileError(path, what, "an empty file")
    return np.array(rows)


def read_oxts(path: Path) -> Float[np.ndarray, "rows 30"]:
    """The GPS/IMU rows of a sequence, one a frame."""
    return read_rows(path, OXTS_COLUMNS, "a KITTI oxts file, one row a frame")


def imu_poses(oxts: Float[np.ndarray, "rows columns"]) -> Rigids:
    """From the IMU to its own frame at the first row (x forward, y left, z up)."""
    latitude, longitude, altitude = oxts[:, :3].T
    scale = np.cos(np.radians(latitude[0])) * EARTH_RADIUS
    north = scale * np.log(np.tan(np.radians(90 + latitude) / 2))
    Ts = np.tile(np.eye(4), (len(oxts), 1, 1))
    Ts[:, :3, :3] = euler(*oxts[:, 3:6].T)
    Ts[:, :3, 3] = np.stack([scale * np.radians(longitude), north, altitude], 1)
    # The first place is taken away before the product: it is millions of metres.
    Ts[:, :3, 3] -= Ts[0, :3, 3].copy()
    return np.linalg.inv(Ts[0]) @ Ts


def euler(
    roll: Float[np.ndarray, " n"],
    pitch: Float[np.ndarray, " n"],
    heading: Float[np.ndarray, " n"],
) -> Float[np.ndarray, "n 3 3"]:
    """Rotations Rz(heading) Ry(pitch) Rx(roll)."""
    turns = []
    for axis, angle in ((2, heading), (1, pitch), (0, roll)):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        R = np.tile(np.eye(3), (len(angle), 1, 1))
        R[:, i, i] = R[:, j, j] = np.cos(angle)
        R[:, j, i] = np.sin(angle)
        R[:, i, j] = -R[:, j, i]
        turns.append(R)
    return turns[0] @ turns[1] @ turns[2]


def read_poses(path: Path) -> Rigids:
    """Rows of 12 numbers, each ``T_world_camera0`` [3 4] row-major."""
    rows = read_rows(path, 12, "rows of 12 numbers, a pose (3x4 matrix) each")
    Ts = np.tile(np.eye(4), (len(rows), 1, 1))
    Ts[:, :3] = rows.reshape(-1, 3, 4)
    R = Ts[:, :3, :3]
    error = np.abs(R @ R.swapaxes(1, 2) - np.eye(3)).max((1, 2))
    if error.max() > 1e-2:
        line = int(error.argmax()) + 1
        raise FileError(path, "a rotation matrix", f"{R[line - 1].tolist()}", line=line)
    return Ts


def format_poses(Ts_world_camera0: Rigids) -> str:
    """The text of a poses file."""
    rows = Ts_world_camera0[:, :3].reshape(-1, 12)
    return "".join(" ".join(f"{value:.9e}" for value in row) + "\n" for row in rows)
