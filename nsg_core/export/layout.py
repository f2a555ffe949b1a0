"""Where an exported drive's files lie, and its texts in the form of KITTI tracking."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from nsg_core.errors import NsgError
from nsg_core.view import View

SLOTS = ("02", "03")
"""KITTI's numbers of the first and the second exported camera."""
FOLDERS = {"depth": "depth_02", "instances": "instances"}
"""Where other pictures than colours lie."""
# From a level lidar (x forward, y left, z up) to the camera, for readers that insist.
_VELODYNE = ((0, -1, 0, 0), (0, 0, -1, 0), (1, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class Layout:
    """File names of one sequence below an export's folder."""

    folder: Path
    sequence: str

    def picture(self, kind: str, frame: int) -> Path:
        """A numbered picture, for example of kind ``image_02``."""
        return self.folder / kind / self.sequence / f"{frame:06d}.png"

    def text(self, kind: str) -> Path:
        """A text file of the sequence, for example of kind ``calib``."""
        return self.folder / kind / f"{self.sequence}.txt"

    def pictures(
        self,
        frame: int,
        cameras: int,
        outputs: tuple[str, ...] = ("depth", "instances"),
    ) -> tuple[Path, ...]:
        """All pictures of a frame."""
        kinds = [f"image_{slot}" for slot in SLOTS[:cameras]]
        kinds += [kind for name, kind in FOLDERS.items() if name in outputs]
        return tuple(self.picture(kind, frame) for kind in kinds)


def file_name(sequence: str) -> str:
    """What a sequence is called in file names, which hold no slash."""
    return sequence.replace("/", "_") or "0000"


def calibration_text(first: tuple[View, ...], second: tuple[View, ...] = ()) -> str:
    """The calibration file: rectified camera 0 is the first exported camera.

    Takes the views of each camera in all frames. NsgError where the second camera does
    not look in the first one's direction: KITTI's files cannot say that.
    """
    P2 = _projection(first[0], np.zeros(3))
    P3 = _projection(second[0], -_baseline(first, second)) if second else P2
    matrices = {"P0:": P2, "P1:": P2, "P2:": P2, "P3:": P3} | {
        "R_rect": np.eye(3),
        "Tr_velo_cam": np.array(_VELODYNE, float),
        "Tr_imu_velo": np.eye(4)[:3],
    }
    return "".join(
        f"{key} {' '.join(f'{value:.12e}' for value in matrix.ravel())}\n"
        for key, matrix in matrices.items()
    )


def _projection(view: View, shift: Float[np.ndarray, "3"]) -> Float[np.ndarray, "3 4"]:
    K = np.array([[view.fx, 0, view.cx], [0, view.fy, view.cy], [0, 0, 1]])
    return K @ np.column_stack([np.eye(3), shift])


def _baseline(
    first: tuple[View, ...], second: tuple[View, ...]
) -> Float[np.ndarray, "3"]:
    pairs = zip(first, second, strict=True)
    Ts = np.array([np.linalg.inv(a.matrix()) @ b.matrix() for a, b in pairs])
    turned = np.abs(Ts[:, :3, :3] - np.eye(3)).max()
    if turned > 1e-4 or np.ptp(Ts[:, :3, 3], axis=0).max() > 1e-3:
        raise NsgError(
            "the two cameras no longer look in the same direction from places at a "
            "fixed distance, which KITTI's files cannot say. Export one at a time."
        )
    return Ts[0, :3, 3]
