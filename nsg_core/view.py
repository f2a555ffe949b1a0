"""What to look at, as plain values: a pinhole view."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from nsg_core.errors import NsgError


@lru_cache(maxsize=256)
def _inverse(matrix: tuple[float, ...]) -> np.ndarray:
    # A window projects a hundred things a frame with the same few cameras.
    found = np.linalg.inv(np.array(matrix, dtype=np.float64).reshape(4, 4))
    found.flags.writeable = False
    return found


@dataclass(frozen=True, slots=True)
class View:
    """A pinhole camera at one moment: pose, picture size and intrinsics in pixels."""

    T_world_camera: tuple[float, ...]
    """16 numbers, row-major."""
    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    def __post_init__(self) -> None:
        numbers = (*self.T_world_camera, self.fx, self.fy, self.cx, self.cy)
        if not all(map(math.isfinite, numbers)) or self.fx <= 0 or self.fy <= 0:
            raise NsgError(
                f"a view needs finite numbers and a focal length > 0: {self}"
            )
        if self.width < 1 or self.height < 1:
            raise NsgError(f"a view needs at least one pixel: {self}")

    def matrix(self) -> np.ndarray:
        """``T_world_camera`` as an array [4 4]."""
        return np.array(self.T_world_camera, dtype=np.float64).reshape(4, 4)

    def T_camera_world(self) -> np.ndarray:
        """The inverse of `matrix` [4 4], to be read only."""
        return _inverse(self.T_world_camera)

    def scaled(self, factor: float) -> "View":
        """The same view in a picture of another resolution.

        Pixel centres have integer coordinates, so the picture's edge is at -0.5 and
        ``u -> (u + 0.5) * factor - 0.5``, with the factor of the rounded size.
        """
        width = max(1, round(self.width * factor))
        height = max(1, round(self.height * factor))
        x, y = width / self.width, height / self.height
        return replace(
            self,
            width=width,
            height=height,
            fx=self.fx * x,
            fy=self.fy * y,
            cx=(self.cx + 0.5) * x - 0.5,
            cy=(self.cy + 0.5) * y - 0.5,
        )

    def project(self, points: np.ndarray) -> np.ndarray:
        """World points [n 3] to pixels and depth [n 3]: u, v, z (metres; z may be < 0).

        Where ``z == 0`` the pixel is not finite.
        """
        T = self.T_camera_world()
        x, y, z = T[:3, :3] @ np.asarray(points, dtype=np.float64).T + T[:3, 3:]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.stack(
                [self.fx * x / z + self.cx, self.fy * y / z + self.cy, z], 1
            )

    def ray(self, u: float, v: float) -> tuple[np.ndarray, np.ndarray]:
        """Origin [3] and unit direction [3] in the world of the ray through a pixel."""
        T = self.matrix()
        local = np.array([(u - self.cx) / self.fx, (v - self.cy) / self.fy, 1.0])
        direction = T[:3, :3] @ local
        return T[:3, 3], direction / np.linalg.norm(direction)
