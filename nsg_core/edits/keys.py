"""Edits of key frames, and of ways that are drawn on the ground."""

from dataclasses import dataclass

import numpy as np

from nsg_core.edits.tracks import retracked
from nsg_core.errors import NsgError
from nsg_core.motion import keyframes
from nsg_core.motion.paths import Path, drive, make_path, rounded
from nsg_core.motion.retiming import extend, make_track
from nsg_core.motion.trajectory import RATE
from nsg_core.scene import Curve, ObjectNode, Pose, Scene, Track, Vec3

FASTEST = 100.0
"""m/s; what is faster was a slip of the finger."""
LONGEST = 5000.0
"""Metres of a way that is drawn."""


@dataclass(frozen=True, slots=True)
class SetKey:
    """Make a key frame: here the object is at this pose, and its way leads there."""

    track: int
    frame: int
    position: Vec3 | None = None
    """None: where it is (or where it is nearest in time)."""
    yaw: float | None = None
    pitch: float | None = None
    roll: float | None = None

    @property
    def label(self) -> str:
        return f"Key of track {self.track} in frame {self.frame}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("key", self.track, self.frame)

    def apply(self, scene: Scene) -> Scene:
        scene.index(self.frame)
        node = scene.object(self.track)
        here = nearest_pose(node, self.frame)
        wanted = (self.yaw, self.pitch, self.roll)
        angles = (
            a if b is None else b for a, b in zip(here.angles, wanted, strict=True)
        )
        place = here.position if self.position is None else self.position
        pose = Pose(place, *angles)
        return scene.with_object(keyframes.set_key(node, self.frame, pose))


@dataclass(frozen=True, slots=True)
class DeleteKey:
    """Take a key frame away; the ones beside it say what happens there."""

    track: int
    frame: int

    @property
    def label(self) -> str:
        return f"Delete the key of track {self.track} in frame {self.frame}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("delete-key", self.track, self.frame)

    def apply(self, scene: Scene) -> Scene:
        node = scene.object(self.track)
        return scene.with_object(keyframes.delete_key(node, self.frame))


@dataclass(frozen=True, slots=True)
class MoveKeys:
    """Let what some keys of an object say hold so many frames later, or earlier."""

    track: int
    frames: tuple[int, ...]
    by: int
    copies: bool = False
    """The keys stay where they are as well."""

    @property
    def label(self) -> str:
        what = f"{len(self.frames)} keys" if len(self.frames) > 1 else "key"
        done = "Copy" if self.copies else "Move"
        when = "later" if self.by >= 0 else "earlier"
        return f"{done} the {what} of track {self.track} {abs(self.by)} frames {when}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("move-keys", self.track, self.frames, self.copies)

    def apply(self, scene: Scene) -> Scene:
        for frame in self.frames:
            scene.index(frame + self.by)
        node = scene.object(self.track)
        moved = keyframes.move_keys(node, self.frames, self.by, self.copies)
        return scene.with_object(moved)


@dataclass(frozen=True, slots=True)
class JoinKeys:
    """How an object gets from key to key, and whether it steers along its way."""

    track: int
    curve: Curve = "smooth"
    steering: bool = True

    @property
    def label(self) -> str:
        steering = ", steering" if self.steering else ""
        return f"Join the keys of track {self.track}: {self.curve}{steering}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("join-keys", self.track)

    def apply(self, scene: Scene) -> Scene:
        node = scene.object(self.track)
        if not keyframes.key_frames(node):
            raise NsgError(f"{node.label} has no keys; set one first.")
        return scene.with_object(keyframes.with_curve(node, self.curve, self.steering))


@dataclass(frozen=True, slots=True)
class DrawPath:
    """Let an object drive along points on the ground, from a frame on.

    `speeds` in m/s: one for the whole way, or one for each point, between which it
    speeds up or slows down evenly; none: as fast as it was. At the end it stands.
    """

    track: int
    points: tuple[Vec3, ...]
    first: int
    speeds: tuple[float, ...] = ()

    @property
    def label(self) -> str:
        return f"Path of track {self.track} through {len(self.points)} points"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("path", self.track)

    def apply(self, scene: Scene) -> Scene:
        scene.index(self.first)
        return retracked(scene, self.track, lambda node: self._along(scene, node))

    def _along(self, scene: Scene, node: ObjectNode) -> Track:
        corners = make_path(self.points)
        if corners.length > LONGEST:
            raise NsgError(f"a way is at most {LONGEST:.0f} m long.")
        path = rounded(corners)
        frames = [frame for frame in scene.frames if frame >= self.first]
        seconds = (np.array(frames) - self.first) / RATE
        if self.speeds:
            s = progress(path, self.points, self.speeds, seconds)
        else:
            s = own_progress(node.track, frames)
        poses = drive(path, np.minimum(s, path.length), 0.0, node.size.length)
        early = {
            f: p
            for f, p in zip(node.track.frames, node.track.poses, strict=True)
            if f < self.first
        }
        return make_track((early | dict(zip(frames, poses, strict=True))).items())


def progress(
    path: Path,
    points: tuple[Vec3, ...],
    speeds: tuple[float, ...],
    seconds: np.ndarray,
) -> np.ndarray:
    """Metres along a path after so many seconds [n], at the speeds of its points."""
    if len(speeds) not in (1, len(points)):
        raise NsgError(
            f"a way has one speed, or one for each of its {len(points)} points; "
            f"found {len(speeds)}."
        )
    if not all(0 <= speed <= FASTEST for speed in speeds):
        raise NsgError(f"speeds are 0 to {FASTEST:.0f} m/s, found {speeds}.")
    if len(speeds) == 1:
        return speeds[0] * seconds
    at = path.locate(np.array(points))[0]
    at[0], at[-1] = 0.0, path.length
    at = np.maximum.accumulate(at)
    v = np.array(speeds)
    mean = (v[1:] + v[:-1]) / 2
    lengths = np.diff(at)
    if ((mean == 0) & (lengths > 0)).any():
        raise NsgError("between two points with speed 0 nothing moves; give one more.")
    lasts = np.divide(lengths, mean, out=np.zeros_like(lengths), where=mean > 0)
    times = np.concatenate([[0.0], np.cumsum(lasts)])
    i = np.clip(np.searchsorted(times, seconds, "right") - 1, 0, len(lasts) - 1)
    t = np.minimum(seconds - times[i], lasts[i])
    pull = np.divide(
        v[i + 1] - v[i], lasts[i], out=np.zeros_like(t), where=lasts[i] > 0
    )
    return at[i] + v[i] * t + pull * t * t / 2


def own_progress(track: Track, frames: list[int]) -> np.ndarray:
    """Metres that an object has gone since the first of these frames [n].

    Where it was not there, it goes on as fast as it was before.
    """
    known = extend(track, (frames[0], frames[-1]))
    points = np.array([nearest(known, frame).position for frame in frames])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def nearest(track: Track, frame: int) -> Pose:
    """The pose in the frame of a track that is the nearest one."""
    i = int(np.abs(np.array(track.frames) - frame).argmin())
    return track.poses[i]


def nearest_pose(node: ObjectNode, frame: int) -> Pose:
    """Where an object is in a frame, or was or will be in the nearest one."""
    return nearest(node.track, frame)
