"""Made-up traffic on a gentle hill, for manoeuvres."""

import math

from nsg_core.motion.overlaps import overlaps
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track

FRAMES = tuple(range(61))
CAR = Size(4.2, 1.5, 1.8)
AHEAD = -math.pi / 2


def node(track: int, x: float, z: float, speed: float, category: str = "Car"):
    """Something that goes straight ahead (or comes: speed < 0), up the hill."""
    yaw = AHEAD if speed >= 0 else -AHEAD
    poses = tuple(
        Pose((x, 1.65 - 0.02 * (z + speed * f / 10), z + speed * f / 10), yaw)
        for f in FRAMES
    )
    return ObjectNode(track, category, CAR, Track(FRAMES, poses), f"object/{track}")


def drive(*objects: ObjectNode, speed: float = 8.0) -> Scene:
    """We drive up a gentle hill at so many m/s."""
    level, foot = (0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0)
    ways = [speed * f / 10 for f in FRAMES]
    Ts = tuple(
        (1.0, 0.0, 0.0, 0.0, *level, -0.02 * z, 0.0, 0.0, 1.0, z, *foot) for z in ways
    )
    camera = Camera("image_02", 96, 64, 60.0, 60.0, 47.5, 31.5, Ts)
    return Scene("made-up", "0000", FRAMES, (camera,), objects)


def street() -> Scene:
    """One ahead of us, one parked, one walker."""
    return drive(
        node(0, 0.0, 25.0, 8.0),
        node(1, 6.5, 12.0, 0.0, "Van"),
        node(2, 9.0, 9.0, 1.0, "Pedestrian"),
    )


def changed(before: Scene, after: Scene) -> list[ObjectNode]:
    """Objects that are new or go another way."""
    return [o for o in after.objects if o not in before.objects]


def collisions(scene: Scene) -> int:
    """Pairs of boxes that stand in each other, over all frames."""
    return sum(len(overlaps(scene.at(frame), 0.05)) for frame in scene.frames)
