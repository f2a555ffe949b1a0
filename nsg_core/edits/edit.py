"""What can be done to a scene: frozen edits, each a function Scene -> Scene.

An edit never touches the scene it is given. `merge_key` says which edits belong to one
gesture: while a box is dragged, each new edit with the same key replaces the last one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from nsg_core.cameras.mounting import mount_words
from nsg_core.errors import NsgError
from nsg_core.motion.keyframes import set_key
from nsg_core.scene import Pose, Scene, Track, Vec3

Frames = tuple[int, int] | None
"""First and last frame an edit holds for; None: the whole track."""


@runtime_checkable
class Edit(Protocol):
    """A change of a scene, as a value."""

    @property
    def label(self) -> str:
        """What was done to which "track N"; a screen may put a name there."""
        ...

    @property
    def merge_key(self) -> tuple[object, ...]:
        """Edits with equal keys within one gesture replace each other."""
        ...

    def apply(self, scene: Scene) -> Scene:
        """The changed copy of a scene; raises NsgError where it does not fit."""
        ...


@dataclass(frozen=True, slots=True)
class Move:
    """Shift an object by metres along the world's axes."""

    track: int
    by: Vec3
    frames: Frames = None
    blend: int = 0
    """Over so many frames before and after `frames` the shift comes and goes."""
    key: bool = False
    """It becomes a key frame, and the frames to the next keys follow."""

    @property
    def label(self) -> str:
        return f"Move track {self.track} by {math.dist((0, 0, 0), self.by):.2f} m"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("move", self.track, self.frames, self.blend, self.key)

    def apply(self, scene: Scene) -> Scene:
        def shift(pose: Pose, share: float = 1.0) -> Pose:
            pairs = zip(pose.position, self.by, strict=True)
            x, y, z = (a + share * b for a, b in pairs)
            return replace(pose, position=(x, y, z))

        return posed(scene, self, shift)


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn an object about its own vertical axis (yaw, radians)."""

    track: int
    by: float
    frames: Frames = None
    blend: int = 0
    key: bool = False

    @property
    def label(self) -> str:
        return f"Turn track {self.track} by {math.degrees(self.by):.1f} deg"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("turn", self.track, self.frames, self.blend, self.key)

    def apply(self, scene: Scene) -> Scene:
        def turn(pose: Pose, share: float = 1.0) -> Pose:
            # math.remainder keeps the angle in [-pi, pi], as in KITTI labels.
            yaw = math.remainder(pose.yaw + share * self.by, math.tau)
            return replace(pose, yaw=yaw)

        return posed(scene, self, turn)


@runtime_checkable
class Posed(Protocol):
    """An edit of poses: whose, when, and whether as a key frame."""

    @property
    def track(self) -> int: ...
    @property
    def frames(self) -> Frames: ...
    @property
    def blend(self) -> int: ...
    @property
    def key(self) -> bool: ...


def posed(scene: Scene, edit: Posed, change: Callable[[Pose, float], Pose]) -> Scene:
    """A scene in which the poses of an object are changed when the edit says."""
    node = scene.object(edit.track)
    if edit.blend < 0:
        raise NsgError(f"blend must be 0 frames or more, found {edit.blend}.")
    if not edit.key:
        track = node.track.blend(change, edit.frames, edit.blend)
        return scene.with_object(replace(node, track=track))
    if edit.frames is None or edit.frames[0] != edit.frames[1]:
        raise NsgError("a key is set in one frame: give an edit with a key its frame.")
    frame = edit.frames[0]
    pose = node.track.at(frame)
    if pose is None:
        raise NsgError(f"{node.label} is not there in frame {frame}.")
    return scene.with_object(set_key(node, frame, change(pose, 1.0)))


@dataclass(frozen=True, slots=True)
class Remove:
    """Take an object out of the scene."""

    track: int

    @property
    def label(self) -> str:
        return f"Remove track {self.track}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("remove", self.track)

    def apply(self, scene: Scene) -> Scene:
        gone = scene.object(self.track)
        return replace(scene, objects=tuple(o for o in scene.objects if o is not gone))


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Copy an object, with its look and track, under a new track id.

    With `frames_later` the copy does the same some frames later (or earlier); what
    would lie outside the drive's frames is left out.
    """

    track: int
    new_track: int
    by: Vec3 = (0.0, 0.0, 0.0)
    frames_later: int = 0

    @property
    def label(self) -> str:
        later, when = self.frames_later, "later" if self.frames_later > 0 else "earlier"
        delay = f", {abs(later)} frames {when}" if later else ""
        return f"Duplicate track {self.track} as track {self.new_track}{delay}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("duplicate", self.track, self.new_track)

    def apply(self, scene: Scene) -> Scene:
        if any(node.track_id == self.new_track for node in scene.objects):
            raise NsgError(f"track {self.new_track} exists already; choose another id.")
        node = scene.object(self.track)
        track = self._later(scene, node.track)
        copy = replace(
            node, track_id=self.new_track, name="", track=track, locked=False
        )
        grown = replace(scene, objects=(*scene.objects, copy))
        return Move(self.new_track, self.by).apply(grown)

    def _later(self, scene: Scene, track: Track) -> Track:
        if self.frames_later == 0:
            return track
        pairs = zip(track.frames, track.poses, strict=True)
        moved = ((f + self.frames_later, p) for f, p in pairs)
        there = set(scene.frames)
        within = {f: p for f, p in moved if f in there}
        if not within:
            raise NsgError(
                f"{abs(self.frames_later)} frames away track {self.track} is outside "
                f"this drive's frames {scene.frames[0]}-{scene.frames[-1]}."
            )
        return Track(tuple(within), tuple(within.values()))


@dataclass(frozen=True, slots=True)
class SetCamera:
    """Mount a camera elsewhere on the vehicle: shift, turn, field of view, size.

    `shift` is in metres along the camera's own axes (x right, y down, z forward),
    `turn` is yaw (right is positive), pitch (up is positive) and roll in radians, all
    relative to where the camera is in the scene it is applied to. `focal_scale`
    multiplies the focal length; `size` (width, height) crops or widens and keeps the
    principal point's relative place.
    """

    camera: str
    shift: Vec3 = (0.0, 0.0, 0.0)
    turn: Vec3 = (0.0, 0.0, 0.0)
    focal_scale: float = 1.0
    size: tuple[int, int] | None = None
    frames: Frames = None

    @property
    def label(self) -> str:
        words = mount_words(self.shift, self.turn, self.focal_scale, self.size)
        return f"Camera {self.camera}: {words}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("camera", self.camera, self.frames)

    def apply(self, scene: Scene) -> Scene:
        if not (math.isfinite(self.focal_scale) and self.focal_scale > 0):
            raise NsgError(f"focal_scale must be positive, found {self.focal_scale}.")
        camera = scene.camera(self.camera)
        first, last = self.frames or (scene.frames[0], scene.frames[-1])
        T_mount = self.T_old_new()
        Ts = tuple(
            tuple((np.reshape(T, (4, 4)) @ T_mount).ravel().tolist())
            if first <= frame <= last
            else T
            for frame, T in zip(scene.frames, camera.Ts_world_camera, strict=True)
        )
        width, height = self.size or (camera.width, camera.height)
        moved = replace(
            camera,
            width=width,
            height=height,
            fx=camera.fx * self.focal_scale,
            fy=camera.fy * self.focal_scale,
            cx=(camera.cx + 0.5) * width / camera.width - 0.5,
            cy=(camera.cy + 0.5) * height / camera.height - 0.5,
            Ts_world_camera=Ts,
        )
        cameras = tuple(moved if c is camera else c for c in scene.cameras)
        return replace(scene, cameras=cameras)

    def T_old_new(self) -> np.ndarray:
        """From the new camera's coordinates to the old one's [4 4]."""
        (cy, cp, cr), (sy, sp, sr) = np.cos(self.turn), np.sin(self.turn)
        yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        T = np.eye(4)
        T[:3, :3] = yaw @ pitch @ roll
        T[:3, 3] = self.shift
        return T


def replay(scene: Scene, edits: tuple[Edit, ...]) -> Scene:
    """The scene after a list of edits, in order."""
    for edit in edits:
        scene = edit.apply(scene)
    return scene
