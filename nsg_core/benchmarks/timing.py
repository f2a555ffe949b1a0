"""What a measurement is, and how work is timed."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from nsg_core.benchmarks.subjects import Subject
from nsg_core.request import RenderRequest, request_frame


@dataclass(frozen=True)
class Result:
    """One number, and what it was measured on."""

    name: str
    value: float
    unit: str
    detail: str


Measure = Callable[[Subject, float], Result]


def timed(work: Callable[[], object], seconds: float, device: torch.device) -> float:
    """Median seconds of a piece of work, repeated for a while; one more warms up."""
    settled(work, device)
    times: list[float] = []
    while not times or (sum(times) < seconds and len(times) < 1000):
        times.append(settled(work, device))
    return statistics.median(times)


def settled(work: Callable[[], object], device: torch.device) -> float:
    """Seconds of one go, until a GPU has finished too."""
    began = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - began


def compared(
    works: tuple[Callable[[], object], ...], seconds: float, device: torch.device
) -> tuple[float, ...]:
    """Median seconds of several works, taken in turn: all meet the same load."""
    for work in works:
        settled(work, device)
    rows: list[list[float]] = []
    while not rows or (sum(map(sum, rows)) < seconds and len(rows) < 1000):
        rows.append([settled(work, device) for work in works])
    return tuple(statistics.median(column) for column in zip(*rows, strict=True))


def middle_request(subject: Subject) -> RenderRequest:
    """The picture of the first camera in the middle of the drive."""
    scene = subject.drive.scene
    frame = scene.frames[len(scene.frames) // 2]
    return request_frame(scene, scene.cameras[0].name, frame, subject.scale)
