"""A recorded drive: its scene graph and its images, which are read when needed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import imageio.v3 as imageio
import numpy as np

from nsg_core.depths import Depth, project_scan, read_depth, read_scan
from nsg_core.errors import FileError, NsgError
from nsg_core.scene import Scene


@dataclass(frozen=True)
class Scans:
    """Where the scans of a lidar lie, and where it sits beside the cameras."""

    files: Mapping[int, Path]
    """The file of each frame that has one."""
    T_camera_lidar: Mapping[str, tuple[float, ...]]
    """By camera: 16 numbers, row-major."""


@dataclass(frozen=True)
class Sequence:
    """A scene and where its pictures lie; no pixel is read until somebody asks."""

    scene: Scene
    images: Mapping[tuple[str, int], Path]
    """The file of each (camera, frame)."""
    depths: Mapping[tuple[str, int], Path] = field(default_factory=dict)
    """16-bit PNG, metres * 256, 0 where unknown, where the data set has them."""
    root: Path = Path()
    """The folder it was opened from."""
    scans: Scans | None = None

    def image(self, camera: str, frame: int) -> np.ndarray:
        """Pixels of a camera in a frame, uint8 [height width 3].

        Raises FileError where the file is missing, broken or of another size.
        """
        path = self._path(camera, frame)
        pixels = read_image(path)
        c = self.scene.camera(camera)
        if pixels.shape[:2] != (c.height, c.width):
            raise FileError(
                path,
                f"a picture of {c.width}x{c.height} as in the first frame",
                f"{pixels.shape[1]}x{pixels.shape[0]}",
            )
        return pixels

    def depth(self, camera: str, frame: int) -> Depth | None:
        """Measured metres along a camera's axis, 0 where unknown; None: not measured.

        From a picture of depth or else from the lidar. Raises FileError where a file
        is broken or of another size than the camera's pictures.
        """
        c = self.scene.camera(camera)
        if (camera, frame) in self.depths:
            path = self.depths[camera, frame]
            depth = read_depth(path)
            if depth.shape != (c.height, c.width):
                found = f"{depth.shape[1]}x{depth.shape[0]}"
                raise FileError(path, f"a picture of {c.width}x{c.height}", found)
            return depth
        scans = self.scans
        if scans is None or frame not in scans.files:
            return None
        points = read_scan(scans.files[frame])
        T = np.reshape(scans.T_camera_lidar[camera], (4, 4))
        return project_scan(points, T, c)

    def _path(self, camera: str, frame: int) -> Path:
        try:
            return self.images[camera, frame]
        except KeyError:
            self.scene.camera(camera)
            self.scene.index(frame)
            raise NsgError(f"there is no picture of {camera} frame {frame}.") from None


def read_image(path: Path) -> np.ndarray:
    """An 8-bit colour picture as uint8 [height width 3]; FileError names a bad file."""
    fix = "Copy the file again or leave its frame out with --frames."
    try:
        pixels = imageio.imread(path, mode="RGB")
    except FileNotFoundError:
        raise FileError(path, "a picture", "no such file", fix) from None
    except (OSError, SyntaxError, ValueError) as error:
        raise FileError(path, "a readable picture", f"{error}", fix) from None
    return np.ascontiguousarray(pixels)
