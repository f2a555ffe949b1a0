"""Where the original method's parallel planes stand on which the background is sampled.

The planes face the first camera of a drive. They are numbered from the first one
outwards, `delta` apart; `ids` are the numbers that one ray uses, counted from the first
plane in front of its camera. Because the camera moves, the drive needs more planes than
a ray: `last` lies far enough for the last camera. The original's rules of spacing are
kept exactly, with what is odd about them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from nsg_core.errors import NsgError
from nsg_core.scene import Scene

Poses = Float[np.ndarray, "poses 4 4"]


@dataclass(frozen=True)
class Planes:
    """A stack of parallel planes in the world of the poses it was laid for."""

    first: Float[np.ndarray, " 3"]
    """A point on plane 0."""
    last: Float[np.ndarray, " 3"]
    """A point on the last plane of the drive."""
    normal: Float[np.ndarray, " 3"]
    """Unit vector in which the first camera looks."""
    delta: float
    """Distance between neighbours in metres."""
    ids: Float[np.ndarray, " samples"]
    """Numbers of the planes a ray uses; not always whole."""
    near: float
    far: float
    """Distance of `last` from the first camera (the given `far` and the drive)."""

    @property
    def bounds(self) -> Float[np.ndarray, "3 2"]:
        """The points on the first and last plane as columns."""
        return np.stack([self.first, self.last], 1)


@dataclass(frozen=True)
class _Drive:
    """What the spacing rules ask of the poses."""

    near: float
    span: float
    """Metres from the near to the far plane."""
    samples: int
    frames: int
    step: float
    """The longest way between two neighbouring left poses."""
    length: float
    """From the first pose of all to the last of all (the other camera's)."""


def _drive(poses: Poses, near: float, far: float, samples: int) -> _Drive:
    places = poses[:, :3, 3]
    frames = len(poses) // 2
    length = float(np.linalg.norm(places[-1] - places[0]))
    # The original leaves out the last left pose's neighbour when there is one frame.
    steps = np.linalg.norm(np.diff(places[:frames], axis=0), axis=1)
    step = float(steps.max()) if frames > 1 else length + 1e-9
    return _Drive(near, far - near, samples, frames, step, length)


Spacing = tuple[np.ndarray, float, float]
"""Numbers of a ray's planes, distance of neighbours, planes added for the drive."""


def _even(drive: _Drive) -> Spacing:
    ids = np.arange(drive.samples, dtype=np.float64)
    room = drive.span / drive.samples
    if drive.step > room:
        raise NsgError(
            f"the camera moves {drive.step:.2f} m between two frames, more than the "
            f"{room:.2f} m between planes. Use fewer samples a ray, or plane type "
            "'double' or 'non-uniform'."
        )
    # A camera that stands still passes no plane, but the original adds one at least.
    poses_per_plane = int(room / drive.step) if drive.step > 0 else math.inf
    added = max(1, math.ceil(drive.frames / poses_per_plane))
    return ids, drive.span / (drive.samples - 1), added


def _growing(ids: np.ndarray, drive: _Drive) -> Spacing:
    delta = drive.span / float(ids[-1])
    return ids, delta, math.ceil(drive.step * drive.frames / delta)


def _geometric(ratio: float) -> Callable[[_Drive], Spacing]:
    def spacing(drive: _Drive) -> Spacing:
        gaps = ratio ** np.arange(drive.samples - 1, dtype=np.float64)
        return _growing(np.concatenate([[0.0], np.cumsum(gaps)]), drive)

    return spacing


def _triangular(drive: _Drive) -> Spacing:
    return _growing(np.cumsum(np.arange(drive.samples, dtype=np.float64)), drive)


def _near_steps(drive: _Drive) -> Spacing:
    room = drive.span / (drive.samples - 1)
    per_section = math.ceil(room / drive.near)
    ids = np.arange(drive.samples, dtype=np.float64) * per_section
    return ids, drive.near, int(drive.length / room) * per_section


SPACINGS: dict[str, Callable[[_Drive], Spacing]] = {
    "uniform": _even,
    "uniform_exp": _even,
    "experimental": _geometric(1.7),
    "double": _geometric(2.0),
    "bckg": _geometric(1.0),
    "reversed": _geometric(1.0),
    "non-uniform": _triangular,
    "strict_uniform": _even,
    "static_move": _even,
    "move": _near_steps,
}


def _first_plane(poses: Poses, plane_type: str, near: float) -> np.ndarray:
    pose, reach = poses[0], near
    if plane_type == "strict_uniform":
        pose = poses[-1]
    elif plane_type == "static_move":
        pose, reach = poses[len(poses) // 2 - 1], near * 1.2
    elif plane_type == "uniform_exp":
        reach = near * 1.2
    return pose[:3, 3] - reach * poses[0, :3, 2]


def lay_planes(
    poses: Poses,
    near: float,
    far: float,
    plane_type: str = "uniform",
    samples: int = 6,
) -> Planes:
    """Planes for a drive's poses: camera to world, OpenGL axes, all left, then right.

    `plane_type` is a key of SPACINGS, `samples` the number of planes a ray uses. Raises
    NsgError where the numbers fit no planes.
    """
    if plane_type not in SPACINGS:
        raise NsgError(
            f"there is no plane type {plane_type!r}; use one of: {', '.join(SPACINGS)}."
        )
    if samples < 2 or not 0 < near < far:
        raise NsgError(
            "planes need at least 2 samples a ray and 0 < near < far, found "
            f"{samples} samples, near {near}, far {far}."
        )
    poses = poses.astype(np.float64)
    ids, delta, added = SPACINGS[plane_type](_drive(poses, near, far, samples))
    normal = -poses[0, :3, 2]
    first = _first_plane(poses, plane_type, near)
    depth = (float(ids[-1]) + added) * delta
    return Planes(first, first + depth * normal, normal, delta, ids, near, near + depth)


def opengl_poses(scene: Scene) -> Poses:
    """A scene's camera poses as the original orders them: OpenGL axes, by camera."""
    Ts = np.array([T for camera in scene.cameras for T in camera.Ts_world_camera])
    return Ts.reshape(-1, 4, 4) * np.array([1.0, -1.0, -1.0, 1.0])
