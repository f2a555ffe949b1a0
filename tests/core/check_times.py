"""How long it takes to check a frame while one of many objects is dragged."""

import time
from dataclasses import replace
from statistics import median

from nsg_core.checks.checker import Checker, known_of
from nsg_core.edits.edit import Move
from nsg_core.scene import ObjectNode, Pose, Scene, Track
from tests.core.drives import CAR, matrix, small_scene

OBJECTS, FRAMES, STEPS = 30, 300, 100


def crowd(count: int, frames: int) -> Scene:
    """Many cars in rows, of which each drives."""
    numbers = tuple(range(frames))
    nodes: list[ObjectNode] = []
    for i in range(count):
        x, z = 4.0 * (i % 5) - 8, 8.0 + 7.0 * (i // 5)
        poses = tuple(Pose((x, 1.6, z + 0.5 * f), -1.57) for f in numbers)
        nodes.append(ObjectNode(i, "Car", CAR, Track(numbers, poses), f"object/{i}"))
    Ts = tuple(matrix(0.0, 0.0, 0.5 * f) for f in numbers)
    camera = replace(small_scene().cameras[0], Ts_world_camera=Ts)
    return Scene("made", "0", numbers, (camera,), tuple(nodes))


def milliseconds() -> float:
    """Of the processor, for the middle one of many steps of a drag."""
    scene = crowd(OBJECTS, FRAMES)
    checker = Checker(known_of(scene))
    taken: list[float] = []
    for i in range(STEPS):
        changed = Move(12, (0.05 * i, 0.0, 0.02 * i)).apply(scene)
        began = time.process_time_ns()
        checker.check(changed, FRAMES // 2, (0.0, 0.0, FRAMES / 4))
        taken.append((time.process_time_ns() - began) / 1e6)
    return median(taken)


if __name__ == "__main__":
    print(milliseconds())
