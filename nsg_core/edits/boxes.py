"""Edits of a box itself: its edge lengths, and its lean to front and side."""

import math
from dataclasses import dataclass, replace

from nsg_core.edits.edit import Frames, posed
from nsg_core.errors import NsgError
from nsg_core.scene import Pose, Scene, Size, Vec3

SMALLEST, LARGEST = 0.05, 60.0
"""Edge lengths in metres that a box may have: from a cone to a tram."""


def checked_size(edges: Vec3) -> Size:
    """Edge lengths as a box's size; NsgError names the one that no box can have."""
    for name, edge in zip(("length", "height", "width"), edges, strict=True):
        # Written so that NaN fails too.
        if not SMALLEST <= edge <= LARGEST:
            raise NsgError(
                f"the {name} of a box must be {SMALLEST:g} to {LARGEST:g} m, "
                f"found {edge:g}."
            )
    return Size(*edges)


def slid(pose: Pose, by: Vec3) -> Pose:
    """A pose that went by metres along its own axes."""
    x, y, z = (pose.T_world_object() @ (*by, 1.0))[:3].tolist()
    return replace(pose, position=(x, y, z))


@dataclass(frozen=True, slots=True)
class Resize:
    """Give an object's box other edge lengths; its foot stays, or slides along.

    What fills the box is stretched with it: fields are asked in coordinates of the
    box. So the object has that size in all frames.
    """

    track: int
    size: Vec3
    """Metres along the box's own axes: length, height, width."""
    slide: Vec3 = (0.0, 0.0, 0.0)
    """Metres along the box's own axes (x forward, y down, z left) that its foot goes,
    so that a face can stay where it is."""

    @property
    def label(self) -> str:
        length, height, width = self.size
        return (
            f"Resize track {self.track} to {length:.2f} x {width:.2f} x {height:.2f} m"
        )

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("resize", self.track)

    def apply(self, scene: Scene) -> Scene:
        node = replace(scene.object(self.track), size=checked_size(self.size))
        if any(self.slide):
            poses = tuple(slid(pose, self.slide) for pose in node.track.poses)
            node = replace(node, track=replace(node.track, poses=poses))
        return scene.with_object(node)


@dataclass(frozen=True, slots=True)
class Tilt:
    """Lean an object: nose up (pitch) and over its side (roll), in radians.

    Both are added to the angles that a pose has, so a tilt there and back is none.
    """

    track: int
    pitch: float = 0.0
    roll: float = 0.0
    frames: Frames = None
    blend: int = 0
    """Over so many frames before and after `frames` it comes and goes."""
    key: bool = False
    """It becomes a key frame, and the frames to the next keys follow."""

    @property
    def label(self) -> str:
        pitch, roll = math.degrees(self.pitch), math.degrees(self.roll)
        return f"Tilt track {self.track} by {pitch:.1f}, {roll:.1f} deg"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("tilt", self.track, self.frames, self.blend, self.key)

    def apply(self, scene: Scene) -> Scene:
        def tilt(pose: Pose, share: float = 1.0) -> Pose:
            return replace(
                pose,
                pitch=math.remainder(pose.pitch + share * self.pitch, math.tau),
                roll=math.remainder(pose.roll + share * self.roll, math.tau),
            )

        return posed(scene, self, tilt)
