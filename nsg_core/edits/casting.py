"""Put an object into a drive that no recording shows there: a copy of a known look."""

import math
from dataclasses import dataclass, replace

from nsg_core.edits.edit import Frames
from nsg_core.errors import NsgError
from nsg_core.scene import BACKGROUND, ObjectNode, Pose, Scene, Size, Track, Vec3


@dataclass(frozen=True, slots=True)
class Insert:
    """A new object that stands at a place, drawn by the field of a trained one."""

    new_track: int
    model: str
    """Key of the field that draws it."""
    category: str
    size: Vec3
    """Length, height, width in metres."""
    position: Vec3
    """The middle of the box's bottom face."""
    yaw: float = 0.0
    frames: Frames = None
    """When it is there; None: always."""

    @property
    def label(self) -> str:
        return f"Insert {self.category} {self.new_track}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("insert", self.new_track)

    def apply(self, scene: Scene) -> Scene:
        if any(node.track_id == self.new_track for node in scene.objects):
            raise NsgError(f"track {self.new_track} exists already; choose another id.")
        if self.new_track < 0 or self.model in ("", BACKGROUND):
            raise NsgError(
                f"an object needs a track of 0 or more and the look of an object, "
                f"found track {self.new_track} and look {self.model!r}."
            )
        first, last = self.frames or (scene.frames[0], scene.frames[-1])
        frames = tuple(f for f in scene.frames if first <= f <= last)
        if not frames:
            span = f"{scene.frames[0]}-{scene.frames[-1]}"
            raise NsgError(
                f"frames {first}-{last} are outside this drive's frames {span}."
            )
        # Refuses what is no number, of which there would be no remainder.
        pose = Pose(self.position, self.yaw)
        pose = replace(pose, yaw=math.remainder(pose.yaw, math.tau))
        track = Track(frames, (pose,) * len(frames))
        size = Size(*self.size)
        node = ObjectNode(self.new_track, self.category, size, track, self.model)
        return replace(scene, objects=(*scene.objects, node))
