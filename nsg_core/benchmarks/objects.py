"""What objects out of sight cost: many in the graph, few in view."""

import math
from dataclasses import replace

import numpy as np

from nsg_core.benchmarks.subjects import Subject
from nsg_core.benchmarks.timing import Result, compared
from nsg_core.drawing.frame import render_picture
from nsg_core.request import request_frame
from nsg_core.scene import Pose, Scene, Track

SEEN, ALL = 20, 500
BELOW = 1.65
"""Metres from the first camera down to the ground that the objects stand on."""


def many_objects(subject: Subject, seconds: float) -> Result:
    """Whole pictures as the editor draws them, from the scene to the colours."""
    scene = subject.drive.scene
    frame, camera = scene.frames[len(scene.frames) // 2], scene.cameras[0].name
    few, many = (crowd(scene, frame, SEEN, hidden) for hidden in (0, ALL - SEEN))

    def draw(scene: Scene) -> object:
        request = request_frame(scene, camera, frame, subject.scale)
        return render_picture(subject.model, request)

    works = (lambda: draw(few), lambda: draw(many))
    quick, slow = compared(works, seconds, subject.device)
    detail = f"{1000 * quick:.1f} ms and {1000 * slow:.1f} ms; {subject.words}"
    return Result(f"objects/{ALL}-vs-{SEEN}", slow / quick, "times", detail)


def crowd(scene: Scene, frame: int, seen: int, hidden: int) -> Scene:
    """A scene with so many objects before the first camera, and so many elsewhere.

    They are copies of its own, at rest, on a plain below the camera: the seen ones down
    the road, the hidden ones behind the camera and to its sides.
    """
    view = scene.view(scene.cameras[0].name, frame)
    widest = math.atan2(max(view.cx, view.width - view.cx), view.fx)
    random = np.random.default_rng(0)
    spots: list[tuple[float, float]] = []
    for i in range(seen):
        # Four lanes; the first row stands where the lanes are in the picture.
        across, along = (i % 4 - 1.5) * 3.5, 10.0 + 7.0 * (i // 4)
        spots.append((along, math.atan2(across, along) * min(1.0, widest / 0.6)))
    for distance in random.uniform(15, 150, hidden):
        # Long boxes reach into the picture from beside it, so 0.4 rad further out.
        angle = random.uniform(widest + 0.4, 2 * math.pi - widest - 0.4)
        spots.append((float(distance), float(angle)))
    T, own = view.matrix(), scene.objects
    nodes = []
    for i, (distance, angle) in enumerate(spots):
        node = own[i % len(own)]
        local = (distance * math.sin(angle), BELOW, distance * math.cos(angle), 1.0)
        x, y, z = (float(value) for value in (T @ local)[:3])
        track = Track(scene.frames, (Pose((x, y, z), 1.0 + i),) * len(scene.frames))
        nodes.append(replace(node, track_id=10_000 + i, track=track, visible=True))
    return replace(scene, objects=tuple(nodes))
