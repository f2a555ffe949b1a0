"""What is measured: a row of `MEASURES` is a name of ``nsg bench`` and its function."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

import torch

from nsg_core.benchmarks.drag import dirty_picture, first_picture, full_picture
from nsg_core.benchmarks.machine import describe
from nsg_core.benchmarks.memory import memory_open, memory_train
from nsg_core.benchmarks.objects import many_objects
from nsg_core.benchmarks.subjects import Subject, haze_model
from nsg_core.benchmarks.timing import (
    Measure,
    Result,
    compared,
    middle_request,
    settled,
    timed,
)
from nsg_core.benchmarks.training import train_fast, train_paper
from nsg_core.errors import NsgError
from nsg_core.fast.marching import march
from nsg_core.fast.model import FastModel
from nsg_core.fast.twin import trace_torch
from nsg_core.geometry import Placements, Rays, grid_pixels, pixel_rays, place
from nsg_core.model import Model

FEW_RAYS = 2048


def run(names: tuple[str, ...], subject: Subject, seconds: float) -> Iterator[Result]:
    """The chosen measures (all if none is named), each for about so long."""
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        raise NsgError(
            f"there is no benchmark {unknown[0]!r}; there are: {', '.join(MEASURES)}."
        )
    for name in names or MEASURES:
        yield MEASURES[name](subject, seconds)


def report(results: list[Result], device: torch.device) -> dict[str, object]:
    """What ``nsg bench --json`` writes."""
    return {
        "machine": describe(device),
        "results": [asdict(result) for result in results],
    }


def _rays(subject: Subject, count: int | None = None) -> Rays:
    """Of the first camera in the middle of the drive; evenly chosen if not all."""
    scene = subject.drive.scene
    frame = scene.frames[len(scene.frames) // 2]
    view = scene.view(scene.cameras[0].name, frame).scaled(subject.scale)
    rays = pixel_rays(view, grid_pixels(view, device=subject.device))
    if count is None or count >= len(rays):
        return rays
    chosen = torch.arange(count, device=subject.device) * len(rays) // count
    return rays[chosen]


def _display(subject: Subject, seconds: float) -> Result:
    """The display kernel where every sample of every ray counts."""
    model, rays, nobody, samples = _haze(subject, None)
    took = timed(lambda: model.trace(rays, nobody), seconds, subject.device)
    detail = f"{1e6 * took / samples:.3f} us a sample; {samples} samples of haze"
    return Result("kernel/display", samples / took, "samples/s", detail)


def _display_torch(subject: Subject, seconds: float) -> Result:
    """Its twin in torch, and how many times slower that is."""
    model, some, nobody, few = _haze(subject, FEW_RAYS)
    rays, samples = _rays(subject), _haze(subject, None)[3]
    twin, kernel = compared(
        (
            lambda: trace_torch(model, some, nobody),
            lambda: model.trace(rays, nobody),
        ),
        seconds,
        subject.device,
    )
    value, times = few / twin, (samples / kernel) / (few / twin)
    detail = f"{few} samples of haze; the kernel is {times:.1f} times as fast"
    return Result("kernel/display-torch", value, "samples/s", detail)


def _haze(
    subject: Subject, count: int | None
) -> tuple[FastModel, Rays, Placements, int]:
    model, rays = haze_model(subject.device), _rays(subject, count)
    nobody = place([()]).to(subject.device)
    middle = torch.full((len(rays),), 0.5, device=subject.device)
    return model, rays, nobody, len(march(model, rays, nobody, middle))


def _render_fast(subject: Subject, seconds: float) -> Result:
    """Rays a second of whole pictures, objects and sky included."""
    rays, work = _picture(subject, subject.model, None)
    took = timed(work, seconds, subject.device)
    began = time.process_time()
    settled(work, subject.device)
    busy = time.process_time() - began
    detail = (
        f"{took:.3f} s for a picture of {rays} rays, {busy:.2f} s of processor time; "
        f"{subject.words}"
    )
    return Result("render/fast", rays / took, "rays/s", detail)


def _render_paper(subject: Subject, seconds: float) -> Result:
    """The same for the paper's model, on a part of the picture."""
    rays, work = _picture(subject, subject.paper, FEW_RAYS)
    all_rays, other = _picture(subject, subject.model, None)
    paper, fast = compared((work, other), seconds, subject.device)
    times = (all_rays / fast) / (rays / paper)
    detail = f"{rays} rays; render/fast is {times:.1f} times as fast"
    return Result("render/paper", rays / paper, "rays/s", detail)


def _picture(
    subject: Subject, model: Model, count: int | None
) -> tuple[int, Callable[[], object]]:
    """How many rays, and the work of tracing them."""
    rays, request = _rays(subject, count), middle_request(subject)
    boxes = place([request.boxes]).to(subject.device)
    return len(rays), lambda: model.trace(rays, boxes)


MEASURES: dict[str, Measure] = {
    "kernel/display": _display,
    "kernel/display-torch": _display_torch,
    "render/fast": _render_fast,
    "render/paper": _render_paper,
    "train/fast": train_fast,
    "train/paper": train_paper,
    "drag/first-picture": first_picture,
    "drag/full-picture": full_picture,
    "drag/dirty-picture": dirty_picture,
    "objects/500-vs-20": many_objects,
    "memory/open": memory_open,
    "memory/train": memory_train,
}
