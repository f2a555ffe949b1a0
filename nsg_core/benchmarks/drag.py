"""How fast the picture follows a moved box."""

from dataclasses import replace

from nsg_core.benchmarks.subjects import Subject
from nsg_core.benchmarks.timing import Result, middle_request, timed
from nsg_core.edits import Move
from nsg_core.frame import render_frame

FIRST_STRIDE = 8


def first_picture(subject: Subject, seconds: float) -> Result:
    """From a moved box to the first picture of it."""
    value, stride = _after_a_move(subject, seconds, whole=False)
    detail = f"one ray for {stride}x{stride} pixels; {subject.words}"
    return Result("drag/first-picture", 1000 * value, "ms", detail)


def full_picture(subject: Subject, seconds: float) -> Result:
    """From a moved box to the picture at full resolution, by way of coarser ones."""
    value, _ = _after_a_move(subject, seconds, whole=True)
    return Result("drag/full-picture", 1000 * value, "ms", subject.words)


def _after_a_move(subject: Subject, seconds: float, whole: bool) -> tuple[float, int]:
    request = middle_request(subject)
    scene, near = subject.drive.scene, request.boxes[:1]
    frame = scene.frames[len(scene.frames) // 2]
    moved = 0

    def work() -> None:
        nonlocal moved
        moved += 1
        edited = scene
        if near:
            edited = Move(near[0].track_id, (0.0, 0.0, 0.1 * (moved % 30))).apply(scene)
        wanted = replace(request, boxes=edited.at(frame))
        for picture in render_frame(subject.model, wanted, FIRST_STRIDE):
            if picture is not None and (picture.final or not whole):
                return

    return timed(work, seconds, subject.device), FIRST_STRIDE
