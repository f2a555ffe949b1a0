"""Edits of how an object moves through time: later, slower, back, again, along a path.

The arithmetic is in `retiming`, `paths` and `keyframes`; here it gets a name, a label
and its refusals.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nsg_core.errors import NsgError
from nsg_core.motion import retiming
from nsg_core.motion.retiming import Again
from nsg_core.scene import ObjectNode, Pose, Scene, Track, Vec3

Pace = tuple[tuple[int, float], ...]
"""(frame, factor): how many recorded frames go by in each frame."""


def span(scene: Scene) -> tuple[int, int]:
    """The drive's first and last frame."""
    return scene.frames[0], scene.frames[-1]


def retracked(scene: Scene, track: int, change: Callable[[ObjectNode], Track]) -> Scene:
    """A scene in which an object has another track, which shows in some frame."""
    node = scene.object(track)
    try:
        changed = change(node)
    except NsgError as error:
        raise NsgError(f"{node.label}: {error}") from None
    first, last = span(scene)
    if not any(first <= frame <= last for frame in changed.frames):
        raise NsgError(
            f"{node.label} would not be there in any of the drive's frames "
            f"{first}-{last}."
        )
    return scene.with_object(replace(node, track=changed))


@dataclass(frozen=True, slots=True)
class SetTrack:
    """Put an object at these poses, and nowhere else."""

    track: int
    frames: tuple[int, ...]
    poses: tuple[Pose, ...]

    @property
    def label(self) -> str:
        return f"Set the way of track {self.track}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("track", self.track)

    def apply(self, scene: Scene) -> Scene:
        frames = self.frames
        if not frames or len(frames) != len(self.poses):
            raise NsgError(
                f"a track has one pose for each frame, found {len(frames)} frames and "
                f"{len(self.poses)} poses."
            )
        if any(a >= b for a, b in itertools.pairwise(frames)):
            raise NsgError("frames of a track must ascend, each of them once.")
        return retracked(scene, self.track, lambda _: Track(frames, self.poses))


@dataclass(frozen=True, slots=True)
class ShiftTime:
    """Let an object do all it does some frames later (or earlier)."""

    track: int
    by: int

    @property
    def label(self) -> str:
        when = "later" if self.by >= 0 else "earlier"
        return f"Shift track {self.track} by {abs(self.by)} frames {when}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("shift-time", self.track)

    def apply(self, scene: Scene) -> Scene:
        # What leaves the drive's frames is kept, so that it can come back.
        moved = retracked(
            scene, self.track, lambda node: retiming.shift(node.track, self.by)
        )
        node, keys = moved.object(self.track), scene.object(self.track).keys
        if keys is None:
            return moved
        later = replace(
            keys,
            offsets=tuple((frame + self.by, offset) for frame, offset in keys.offsets),
            base=retiming.shift(keys.base, self.by),
            made=retiming.shift(keys.made, self.by),
        )
        return moved.with_object(replace(node, keys=later))


@dataclass(frozen=True, slots=True)
class Retime:
    """Let an object go its way slower or faster, from the first frame of `pace` on."""

    track: int
    pace: Pace

    @property
    def label(self) -> str:
        factors = "-".join(f"{factor:.2f}" for _, factor in self.pace[:3])
        return f"Pace of track {self.track}: {factors}x from frame {self.pace[0][0]}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("retime", self.track, self.pace[0][0])

    def apply(self, scene: Scene) -> Scene:
        frames = [frame for frame, _ in self.pace]
        if not frames or sorted(set(frames)) != frames:
            raise NsgError("a pace needs frames that ascend, each with a factor.")
        for frame, factor in self.pace:
            if not 0 <= factor <= 20:
                raise NsgError(
                    f"the pace in frame {frame} must be 0 (it stands) to 20 times "
                    f"the recorded one, found {factor:g}."
                )
        return retracked(
            scene,
            self.track,
            lambda node: retiming.retime(node.track, self.pace, span(scene)),
        )


@dataclass(frozen=True, slots=True)
class Reverse:
    """Let an object go its way from the end to the start."""

    track: int
    around: bool = True
    """It is turned around; otherwise it drives backwards."""

    @property
    def label(self) -> str:
        return f"Reverse track {self.track}{'' if self.around else ', backwards'}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("reverse", self.track)

    def apply(self, scene: Scene) -> Scene:
        return retracked(
            scene, self.track, lambda node: retiming.reverse(node.track, self.around)
        )


@dataclass(frozen=True, slots=True)
class Mirror:
    """Put an object on the other side of a line on the ground."""

    track: int
    point: Vec3
    """Of the line."""
    yaw: float
    """The line's direction (radians)."""

    @property
    def label(self) -> str:
        return f"Mirror track {self.track}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("mirror", self.track)

    def apply(self, scene: Scene) -> Scene:
        return retracked(
            scene,
            self.track,
            lambda node: retiming.mirror(node.track, self.point, self.yaw),
        )


@dataclass(frozen=True, slots=True)
class Loop:
    """Let an object do what it does in some frames again and again."""

    track: int
    frames: tuple[int, int]
    """What is repeated, first and last inclusive."""
    until: int
    """The last frame of the last repetition."""
    how: Again = "again"

    @property
    def label(self) -> str:
        way = {"again": "", "back": " back and forth", "on": " onwards"}[self.how]
        return f"Loop track {self.track}{way}, frames {self.frames[0]}-{self.frames[1]}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("loop", self.track)

    def apply(self, scene: Scene) -> Scene:
        _check_reach(scene, self.until)
        return retracked(
            scene,
            self.track,
            lambda node: retiming.loop(node.track, self.frames, self.until, self.how),
        )


@dataclass(frozen=True, slots=True)
class Freeze:
    """Let an object stand, in some frames, where it is in one."""

    track: int
    frame: int
    frames: tuple[int, int]

    @property
    def label(self) -> str:
        return f"Hold track {self.track} in frames {self.frames[0]}-{self.frames[1]}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("freeze", self.track)

    def apply(self, scene: Scene) -> Scene:
        for frame in self.frames:
            _check_reach(scene, frame)
        return retracked(
            scene,
            self.track,
            lambda node: retiming.freeze(node.track, self.frame, self.frames),
        )


@dataclass(frozen=True, slots=True)
class Extend:
    """Let an object be there in all frames of a span, also where nobody saw it."""

    track: int
    frames: tuple[int, int]

    @property
    def label(self) -> str:
        return f"Extend track {self.track} to frames {self.frames[0]}-{self.frames[1]}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("extend", self.track)

    def apply(self, scene: Scene) -> Scene:
        for frame in self.frames:
            _check_reach(scene, frame)
        return retracked(
            scene, self.track, lambda node: retiming.extend(node.track, self.frames)
        )


@dataclass(frozen=True, slots=True)
class Smooth:
    """Take the trembling out of an object's track."""

    track: int
    radius: int = 3
    """Each pose becomes a mean of so many frames before and after."""

    @property
    def label(self) -> str:
        return f"Smooth track {self.track} over {self.radius} frames"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("smooth", self.track)

    def apply(self, scene: Scene) -> Scene:
        if not 1 <= self.radius <= 50:
            raise NsgError(
                f"a track is smoothed over 1 to 50 frames, found {self.radius}."
            )
        return retracked(
            scene, self.track, lambda node: retiming.smooth(node.track, self.radius)
        )


@dataclass(frozen=True, slots=True)
class Bend:
    """Pull an object's way aside at a frame; its neighbours follow, and it steers."""

    track: int
    frame: int
    by: Vec3
    reach: int = 8
    """So many frames before and after are pulled along, less and less."""

    @property
    def label(self) -> str:
        return f"Bend track {self.track} by {math.dist((0, 0, 0), self.by):.2f} m"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("bend", self.track, self.frame)

    def apply(self, scene: Scene) -> Scene:
        if not 0 <= self.reach <= 1000:
            raise NsgError(f"a bend reaches 0 to 1000 frames, found {self.reach}.")

        def pull(pose: Pose, share: float) -> Pose:
            x, y, z = (np.array(pose.position) + share * np.array(self.by)).tolist()
            return replace(pose, position=(x, y, z))

        def bend(node: ObjectNode) -> Track:
            if node.track.at(self.frame) is None:
                raise NsgError(f"it is not there in frame {self.frame}.")
            pulled = node.track.blend(pull, (self.frame, self.frame), self.reach)
            return retiming.steer(node.track, pulled)

        return retracked(scene, self.track, bend)


def _check_reach(scene: Scene, frame: int) -> None:
    """Refuse frames that no drive of this length can mean."""
    first, last = span(scene)
    if not first <= frame <= last:
        raise NsgError(f"frame {frame} is outside this drive's frames {first}-{last}.")
