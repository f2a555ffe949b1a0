"""How fast the picture follows an object that is dragged along the street."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from nsg_core.benchmarks.subjects import Subject
from nsg_core.benchmarks.timing import Result, middle_request
from nsg_core.drawing.painter import Painter
from nsg_core.drawing.touched import touched_pixels
from nsg_core.errors import NsgError
from nsg_core.model import Bounded
from nsg_core.request import RenderRequest
from nsg_core.scene import PlacedBox

STEPS, STEP = 5, 0.1
"""Moves of each object in a row, and their length in metres."""
SMALLEST = 1e-3
"""Objects that cover less of the picture are not dragged: nobody would find them."""


@dataclass(frozen=True)
class Answer:
    """What came of one move."""

    seconds: float
    preview: float | None
    """The same to full resolution over a kept background, where that came before."""
    cpu: float
    """Seconds of all processors together, which another program's load leaves alone."""
    rays: int
    stride: int


def first_picture(subject: Subject, seconds: float) -> Result:
    """From a move to the first picture of it, again and again without a rest."""
    answers = [a for a in _drags(subject, seconds, whole=False) if a.rays]
    values = [1000 * answer.seconds for answer in answers]
    detail = (
        f"95 %: {np.percentile(values, 95):.1f} ms; strides "
        f"{min(a.stride for a in answers)}-{max(a.stride for a in answers)}, "
        f"{_middle(answers)}; {subject.words}"
    )
    return Result("drag/first-picture", statistics.median(values), "ms", detail)


def dirty_picture(subject: Subject, seconds: float) -> Result:
    """From a move to the final picture, where the one before it was kept."""
    answers = [a for a in _drags(subject, seconds, whole=True) if a.rays]
    values = [1000 * answer.seconds for answer in answers]
    previews = [1000 * (a.seconds if a.preview is None else a.preview) for a in answers]
    largest = max(answers, key=lambda answer: answer.rays)
    detail = (
        f"95 %: {np.percentile(values, 95):.0f} ms; full resolution over a kept "
        f"background: {statistics.median(previews):.0f} ms, 95 %: "
        f"{np.percentile(previews, 95):.0f} ms; {_middle(answers)}; largest: "
        f"{1000 * largest.seconds:.0f} ms, {1000 * largest.cpu:.0f} ms of processor "
        f"time, for {largest.rays} rays; {subject.words}"
    )
    return Result("drag/dirty-picture", statistics.median(values), "ms", detail)


def full_picture(subject: Subject, seconds: float) -> Result:
    """From a request to full resolution by way of coarser pictures, nothing kept."""
    painter, request = Painter(smooth=1), middle_request(subject)
    answers: list[Answer] = []
    # The first one tells the painter how fast it can be.
    while len(answers) < 2 or sum(a.seconds for a in answers[1:]) < seconds:
        painter = Painter(smooth=1, pace=painter.pace)
        answers.append(_answer(painter, subject, request, whole=True))
    value = statistics.median(1000 * answer.seconds for answer in answers[1:])
    detail = f"{_middle(answers)}; {subject.words}"
    return Result("drag/full-picture", value, "ms", detail)


def _drags(subject: Subject, seconds: float, whole: bool) -> Iterator[Answer]:
    """Every object in view is dragged a little, each from a finished picture."""
    request, painter = middle_request(subject), Painter(smooth=1)
    for _ in painter(subject.model, request):
        pass  # To the end: the background behind the objects is known then, too.
    dragged = _in_view(subject, request)
    spent = 0.0
    while not spent or spent < seconds:
        for box in dragged:
            for step in range(1, STEPS + 1):
                moved = _moved(request, box, STEP * step)
                answer = _answer(painter, subject, moved, whole)
                spent += answer.seconds
                yield answer
            _answer(painter, subject, request, whole=True)


def _in_view(subject: Subject, request: RenderRequest) -> list[PlacedBox]:
    view, found = request.view, []
    assert isinstance(subject.model, Bounded)
    for box in request.boxes:
        reach = subject.model.reach(box)
        if reach is not None:
            share = touched_pixels(view, [(box, reach)]).mean()
            found += [box] if share >= SMALLEST else []
    if not found:
        raise NsgError("drag/*: no object that could be dragged is in view.")
    return found


def _moved(request: RenderRequest, box: PlacedBox, by: float) -> RenderRequest:
    x, y, z = box.pose.position
    there = replace(box, pose=replace(box.pose, position=(x, y, z + by)))
    boxes = tuple(there if other is box else other for other in request.boxes)
    return replace(request, boxes=boxes)


def _answer(
    painter: Painter, subject: Subject, request: RenderRequest, whole: bool
) -> Answer:
    began, busy = time.perf_counter(), time.process_time()
    preview = None
    for picture in painter(subject.model, request):
        if picture is None:
            continue
        if picture.stride == 1 and not picture.final:
            preview = time.perf_counter() - began
        if picture.final or not whole:
            if subject.device.type == "cuda":
                torch.cuda.synchronize(subject.device)
            return Answer(
                time.perf_counter() - began,
                preview,
                time.process_time() - busy,
                picture.rays,
                picture.stride,
            )
    raise AssertionError("the last picture of a request is final")


def _middle(answers: list[Answer]) -> str:
    rays = statistics.median(answer.rays for answer in answers)
    cpu = 1000 * statistics.median(answer.cpu for answer in answers)
    return f"{rays:.0f} rays and {cpu:.0f} ms of processor time in the middle"
