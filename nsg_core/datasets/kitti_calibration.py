"""KITTI calibration files: text to projections and the chain IMU - lidar - camera.

Both spellings in use are read: ``P2:`` with ``R_rect``, ``Tr_velo_cam``,
``Tr_imu_velo`` (tracking), and ``R0_rect:``, ``Tr_velo_to_cam:``, ``Tr_imu_to_velo:``
(object).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from nsg_core.datasets.text import numbers, read_lines
from nsg_core.errors import FileError

Rigid = Float[np.ndarray, "4 4"]

WHAT = "a KITTI calibration file with the lines P2, R_rect, Tr_velo_cam, Tr_imu_velo"
SPELLINGS = {
    "R_rect": ("R_rect", "R0_rect", "R_rect_00"),
    "Tr_velo_cam": ("Tr_velo_cam", "Tr_velo_to_cam", "Tr_velo_cam0"),
    "Tr_imu_velo": ("Tr_imu_velo", "Tr_imu_to_velo"),
}


@dataclass(frozen=True)
class Projection:
    """A rectified camera: intrinsics, and where it sits beside camera 0."""

    fx: float
    fy: float
    cx: float
    cy: float
    T_rect_camera: Rigid
    """From this camera's coordinates to those of rectified camera 0: a shift."""


@dataclass(frozen=True)
class Entry:
    """One line of a calibration file."""

    line: int
    values: tuple[float, ...]


@dataclass(frozen=True)
class Calibration:
    """The lines of one file, by key without a colon; what is missing shows on use."""

    path: Path
    entries: dict[str, Entry]

    def projection(self, camera: int) -> Projection:
        """The camera of `image_0{camera}`, from its line ``P{camera}``."""
        entry, P = self._matrix(f"P{camera}", 3, 4)
        K = P[:, :3]
        if not (K[0, 0] > 0 and K[1, 1] > 0 and K[2, 2] > 0):
            raise FileError(
                self.path, "focal lengths > 0", f"{entry.values}", line=entry.line
            )
        # P = K [I | t]: the rows of t hold the camera's offset, also in y and z.
        T_rect_camera = np.eye(4)
        T_rect_camera[:3, 3] = -np.linalg.solve(K, P[:, 3])
        fx, fy, cx, cy = (float(K[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2)))
        return Projection(fx, fy, cx, cy, T_rect_camera)

    def rectification(self) -> Rigid:
        """The rotation from camera 0 to rectified camera 0."""
        entry, R = self._matrix("R_rect", 3, 3)
        return self._rigid(entry, R, np.zeros(3))

    def T_cam_velo(self) -> Rigid:
        """From the lidar to (unrectified) camera 0."""
        entry, T = self._matrix("Tr_velo_cam", 3, 4)
        return self._rigid(entry, T[:, :3], T[:, 3])

    def T_velo_imu(self) -> Rigid:
        """From the IMU to the lidar."""
        entry, T = self._matrix("Tr_imu_velo", 3, 4)
        return self._rigid(entry, T[:, :3], T[:, 3])

    def T_rect_imu(self) -> Rigid:
        """From the IMU to rectified camera 0."""
        return self.rectification() @ self.T_cam_velo() @ self.T_velo_imu()

    def _matrix(self, key: str, rows: int, columns: int) -> tuple[Entry, np.ndarray]:
        spellings = SPELLINGS.get(key, (key,))
        entry = next((self.entries[s] for s in spellings if s in self.entries), None)
        if entry is None:
            found = ", ".join(self.entries) or "no key at all"
            raise FileError(
                self.path,
                f"a line {' or '.join(spellings)}",
                found,
                "Copy the sequence's calibration again.",
            )
        if len(entry.values) != rows * columns:
            raise FileError(
                self.path,
                f"{rows * columns} numbers for {key}",
                f"{len(entry.values)}",
                line=entry.line,
            )
        return entry, np.array(entry.values).reshape(rows, columns)

    def _rigid(self, entry: Entry, R: np.ndarray, t: np.ndarray) -> Rigid:
        # Files keep about seven digits: a wrong column order misses by far more.
        if np.abs(R @ R.T - np.eye(3)).max() > 1e-2 or np.linalg.det(R) < 0:
            raise FileError(
                self.path, "a rotation matrix", f"{R.tolist()}", line=entry.line
            )
        T = np.eye(4)
        T[:3, :3], T[:3, 3] = R, t
        return T


def read_calibration(path: Path) -> Calibration:
    """Parse a calibration file; its keys are checked when they are asked for."""
    entries: dict[str, Entry] = {}
    for line, text in enumerate(read_lines(path, WHAT), 1):
        words = text.split()
        if words:
            values = numbers(words[1:], path, line)
            entries[words[0].removesuffix(":")] = Entry(line, values)
    return Calibration(path, entries)
