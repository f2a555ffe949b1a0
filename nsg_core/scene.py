"""The scene graph as frozen plain values: a background, objects, cameras.

After Ost et al., "Neural Scene Graphs for Dynamic Scenes" (CVPR 2021), section 3:
every node has a rigid transform per frame and names the model that draws it. Weights
are not here, only the keys under which a field bank keeps them, so copying a car or
swapping the looks of two cars is a change of a string.

Values are compared by content and shared between versions of a scene: an edit makes
new nodes only for what it changes.
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from nsg_core.cameras.path import CameraPath
from nsg_core.errors import NsgError
from nsg_core.view import View

Vec3 = tuple[float, float, float]
Matrix = tuple[float, ...]
"""A 4x4 matrix as 16 numbers, row-major."""

BACKGROUND = "background"
"""The model key of the static background."""


@dataclass(frozen=True, slots=True)
class Size:
    """Edge lengths of a box in metres: length (x), height (y), width (z)."""

    length: float
    height: float
    width: float

    def __post_init__(self) -> None:
        edges = (self.length, self.height, self.width)
        if not all(math.isfinite(edge) and edge > 0 for edge in edges):
            raise NsgError(f"a box needs three positive edge lengths, found {edges}.")


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a box stands: the middle of its bottom face, and its turn (radians)."""

    position: Vec3
    yaw: float
    pitch: float = 0.0
    roll: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (*self.position, *self.angles))):
            raise NsgError(f"a pose needs finite numbers, found {self}.")

    @property
    def angles(self) -> Vec3:
        """Yaw about +y, then pitch about z, then roll about x."""
        return (self.yaw, self.pitch, self.roll)

    def T_world_object(self) -> np.ndarray:
        """Rigid transform [4 4] from the object's frame to the world."""
        (cy, cp, cr), (sy, sp, sr) = np.cos(self.angles), np.sin(self.angles)
        yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        pitch = np.array([[cp, -sp, 0], [sp, cp, 0], [0, 0, 1]])
        roll = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
        T = np.eye(4)
        T[:3, :3] = yaw @ pitch @ roll
        T[:3, 3] = self.position
        return T


@dataclass(frozen=True, slots=True)
class Track:
    """Poses of one object over time; frames ascend and may have gaps."""

    frames: tuple[int, ...]
    poses: tuple[Pose, ...]

    def __post_init__(self) -> None:
        assert len(self.frames) == len(self.poses)
        ascending = all(
            a < b for a, b in zip(self.frames, self.frames[1:], strict=False)
        )
        assert ascending, "frames of a track must ascend"

    def at(self, frame: int) -> Pose | None:
        """The pose in a frame, or None where the object is not there."""
        i = bisect_left(self.frames, frame)
        found = i < len(self.frames) and self.frames[i] == frame
        return self.poses[i] if found else None

    def map(
        self,
        change: Callable[[Pose], Pose],
        frames: tuple[int, int] | None = None,
    ) -> "Track":
        """A copy with `change` applied within `frames` (first and last, inclusive)."""
        first, last = frames or (self.frames[0], self.frames[-1])
        pairs = zip(self.frames, self.poses, strict=True)
        poses = tuple(change(p) if first <= f <= last else p for f, p in pairs)
        return replace(self, poses=poses)

    def blend(
        self,
        change: Callable[[Pose, float], Pose],
        frames: tuple[int, int] | None = None,
        fade: int = 0,
    ) -> "Track":
        """A copy with `change(pose, weight)` applied where the weight is not zero.

        It is 1 within `frames`, and falls off smoothly over `fade` frames before the
        first and after the last.
        """
        first, last = frames or (self.frames[0], self.frames[-1])
        pairs = zip(self.frames, self.poses, strict=True)
        weighted = ((p, fading(f, first, last, fade)) for f, p in pairs)
        return replace(
            self, poses=tuple(change(p, w) if w > 0 else p for p, w in weighted)
        )


def fading(frame: int, first: int, last: int, fade: int) -> float:
    """The share of a change that a frame gets: 1 from first to last, smooth outside."""
    away = max(first - frame, frame - last, 0)
    if away > fade:
        return 0.0
    u = 1 - away / (fade + 1)
    return u * u * (3 - 2 * u)


Offset = tuple[float, float, float, float, float, float]
"""A departure from a pose: metres along x, y and z; radians of yaw, pitch and roll."""
Curve = Literal["smooth", "straight", "ease"]
"""Between keys: through them without a halt, in a line, or at rest in each of them."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Key frames of an object; `nsg_core.motion.keyframes` says what they do."""

    offsets: tuple[tuple[int, Offset], ...]
    """By frame, in ascending order."""
    base: Track
    """The track that they depart from."""
    made: Track
    """The track with their departures."""
    curve: Curve = "smooth"
    steering: bool = True
    """Between keys the object turns along its way."""


@dataclass(frozen=True, slots=True)
class ObjectNode:
    """A tracked object: what it is, where it is in each frame, which model draws it."""

    track_id: int
    category: str
    """The data set's class name, for example "Van"."""
    size: Size
    track: Track
    model: str
    """Key of the field that draws it; the recorded object's own key at first."""
    visible: bool = True
    name: str = ""
    keys: Keys | None = None
    locked: bool = False
    """It stays as it is, until somebody unlocks it."""

    @property
    def label(self) -> str:
        """What the screen calls it."""
        return self.name or f"{self.category} {self.track_id}"


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera on the vehicle: intrinsics in pixels, one pose a frame."""

    name: str
    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    Ts_world_camera: tuple[Matrix, ...]
    """One for each of the scene's frames, in their order."""


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """One object in one frame, as the renderer and the overlay need it."""

    track_id: int
    category: str
    model: str
    size: Size
    pose: Pose


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is known of a drive except pixels and weights."""

    dataset: str
    sequence: str
    frames: tuple[int, ...]
    cameras: tuple[Camera, ...]
    objects: tuple[ObjectNode, ...]
    camera_path: CameraPath | None = None
    """A camera's flight that was made by hand; none was recorded."""
    _newest: dict[int, tuple[PlacedBox, ...]] = field(
        default_factory=dict[int, tuple[PlacedBox, ...]],
        init=False,
        repr=False,
        compare=False,
    )
    """The frame that was asked for last, which a dozen of others will ask for again."""

    def camera(self, name: str) -> Camera:
        """The camera of that name."""
        for camera in self.cameras:
            if camera.name == name:
                return camera
        names = ", ".join(camera.name for camera in self.cameras)
        raise NsgError(f"there is no camera {name!r}; this drive has: {names}.")

    def object(self, track_id: int) -> ObjectNode:
        """The object of that track."""
        for node in self.objects:
            if node.track_id == track_id:
                return node
        tracks = ", ".join(str(node.track_id) for node in self.objects) or "none"
        raise NsgError(f"there is no track {track_id}; this drive has: {tracks}.")

    def with_object(self, node: ObjectNode) -> "Scene":
        """A copy in which `node` replaces the object of the same track."""
        objects = tuple(
            node if o.track_id == node.track_id else o for o in self.objects
        )
        return replace(self, objects=objects)

    def index(self, frame: int) -> int:
        """The place of a frame among the scene's frames."""
        i = bisect_left(self.frames, frame)
        if i == len(self.frames) or self.frames[i] != frame:
            span = f"{self.frames[0]}-{self.frames[-1]}"
            raise NsgError(f"frame {frame} is outside this drive's frames {span}.")
        return i

    def at(self, frame: int) -> tuple[PlacedBox, ...]:
        """The visible objects of a frame."""
        boxes = self._newest.get(frame)
        if boxes is None:
            boxes = tuple(
                PlacedBox(node.track_id, node.category, node.model, node.size, pose)
                for node in self.objects
                if node.visible and (pose := node.track.at(frame)) is not None
            )
            self._newest.clear()
            self._newest[frame] = boxes
        return boxes

    def view(self, camera: str, frame: int) -> View:
        """What a camera sees in a frame, as a view."""
        c = self.camera(camera)
        T = c.Ts_world_camera[self.index(frame)]
        return View(T, c.width, c.height, c.fx, c.fy, c.cx, c.cy)
