"""A recorded drive: its scene graph and its images, which are read when needed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import imageio.v3 as imageio
import numpy as np

from nsg_core.errors import FileError, NsgError
from nsg_core.scene import Scene


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
