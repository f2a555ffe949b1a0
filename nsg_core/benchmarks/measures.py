"""What is measured: a row of `MEASURES` is a name of ``nsg bench`` and its function."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from nsg_core.benchmarks.machine import describe
from nsg_core.benchmarks.subjects import Subject, crowd, haze_model, scratch
from nsg_core.edits import Move
from nsg_core.errors import NsgError
from nsg_core.fast import FastModel
from nsg_core.fast_twin import trace_torch
from nsg_core.frame import render_frame
from nsg_core.geometry import Placements, Rays, grid_pixels, pixel_rays, place
from nsg_core.marching import march
from nsg_core.model import Model
from nsg_core.request import RenderRequest, request_frame
from nsg_core.train.config import TrainConfig
from nsg_core.train.loop import train

FIRST_STRIDE = 8
FEW_RAYS = 2048


@dataclass(frozen=True)
class Result:
    """One number, and what it was measured on."""

    name: str
    value: float
    unit: str
    detail: str


Measure = Callable[[Subject, float], Result]


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


def timed(work: Callable[[], object], seconds: float, device: torch.device) -> float:
    """Median seconds of a piece of work, repeated for a while; one more warms up."""
    _settled(work, device)
    times: list[float] = []
    while not times or (sum(times) < seconds and len(times) < 1000):
        times.append(_settled(work, device))
    return statistics.median(times)


def _settled(work: Callable[[], object], device: torch.device) -> float:
    began = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - began


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


def _request(subject: Subject) -> RenderRequest:
    scene = subject.drive.scene
    frame = scene.frames[len(scene.frames) // 2]
    return request_frame(scene, scene.cameras[0].name, frame, subject.scale)


def _display(subject: Subject, seconds: float) -> Result:
    """The display kernel where every sample of every ray counts."""
    model, rays, nobody, samples = _haze(subject, None)
    took = timed(lambda: model.trace(rays, nobody), seconds, subject.device)
    detail = f"{1e6 * took / samples:.3f} us a sample; {samples} samples of haze"
    return Result("kernel/display", samples / took, "samples/s", detail)


def _display_torch(subject: Subject, seconds: float) -> Result:
    """Its twin in torch, and how many times slower that is."""
    model, rays, nobody, samples = _haze(subject, FEW_RAYS)
    took = timed(lambda: trace_torch(model, rays, nobody), seconds, subject.device)
    value, kernel = samples / took, _display(subject, seconds).value
    detail = f"the kernel is {kernel / value:.1f} times as fast"
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
    value, rays, took = _rays_a_second(subject, subject.model, None, seconds)
    detail = f"{took:.3f} s for a picture of {rays} rays; {subject.words}"
    return Result("render/fast", value, "rays/s", detail)


def _render_paper(subject: Subject, seconds: float) -> Result:
    """The same for the paper's model, on a part of the picture."""
    value, rays, _ = _rays_a_second(subject, subject.paper, FEW_RAYS, seconds)
    fast, _, _ = _rays_a_second(subject, subject.model, None, seconds)
    detail = f"{rays} rays; render/fast is {fast / value:.1f} times as fast"
    return Result("render/paper", value, "rays/s", detail)


def _rays_a_second(
    subject: Subject, model: Model, count: int | None, seconds: float
) -> tuple[float, int, float]:
    rays, request = _rays(subject, count), _request(subject)
    boxes = place([request.boxes]).to(subject.device)
    took = timed(lambda: model.trace(rays, boxes), seconds, subject.device)
    return len(rays) / took, len(rays), took


def _train_fast(subject: Subject, seconds: float) -> Result:
    """Samples a second of training, once batches have found their size."""
    config = TrainConfig(steps=1_000_000, scale=min(1.0, 0.25 * subject.scale))
    first, last = None, None
    with scratch() as folder:
        steps = train(subject.drive, Path(folder), config, device=subject.device)
        with closing(steps):
            for done in steps:
                now = time.perf_counter()
                first = first or (now, done)
                last = (now, done)
                if now - first[0] >= seconds and done.step > first[1].step:
                    break
    assert first is not None
    assert last is not None
    speed = (last[1].step - first[1].step) / (last[0] - first[0])
    detail = (
        f"{last[1].rays_per_s:.0f} rays/s, {speed:.1f} steps/s of {config.samples} "
        f"samples, steps {first[1].step}-{last[1].step}; {subject.words}"
    )
    return Result("train/fast", speed * config.samples, "samples/s", detail)


def _first_picture(subject: Subject, seconds: float) -> Result:
    """From a moved box to the first picture of it."""
    value, stride = _after_a_move(subject, seconds, whole=False)
    detail = f"one ray for {stride}x{stride} pixels; {subject.words}"
    return Result("drag/first-picture", 1000 * value, "ms", detail)


def _full_picture(subject: Subject, seconds: float) -> Result:
    """From a moved box to the picture at full resolution, by way of coarser ones."""
    value, _ = _after_a_move(subject, seconds, whole=True)
    return Result("drag/full-picture", 1000 * value, "ms", subject.words)


def _after_a_move(subject: Subject, seconds: float, whole: bool) -> tuple[float, int]:
    request = _request(subject)
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


def _many_objects(subject: Subject, seconds: float) -> Result:
    """What 500 objects cost over 20, in the same picture."""
    rays, times = _rays(subject), []
    frame = subject.drive.scene.frames[len(subject.drive.scene.frames) // 2]
    for count in (20, 500):
        boxes = place([crowd(subject.drive.scene, count).at(frame)])
        boxes = boxes.to(subject.device)

        def work(boxes: Placements = boxes) -> object:
            return subject.model.trace(rays, boxes)

        times.append(timed(work, seconds, subject.device))
    few, many = times
    detail = f"{1000 * few:.1f} ms and {1000 * many:.1f} ms; {subject.words}"
    return Result("objects/500-vs-20", many / few, "times", detail)


_OPEN = """
import sys
from pathlib import Path
from nsg_core.benchmarks.machine import peak_memory
from nsg_core.checkpoint import load_checkpoint
from nsg_core.datasets.opening import open_sequence
load_checkpoint(Path(sys.argv[1]), "cpu")
if sys.argv[2:]:
    open_sequence(Path(sys.argv[2]), sys.argv[3], (int(sys.argv[4]), int(sys.argv[5])))
print(peak_memory())
"""


def _memory(subject: Subject, seconds: float) -> Result:
    """What a fresh program holds at most when it has opened weights and drive."""
    scene, words = subject.drive.scene, [str(subject.checkpoint)]
    if subject.recorded:
        frames = (str(scene.frames[0]), str(scene.frames[-1]))
        words += [str(subject.drive.root), scene.sequence, *frames]
    done = subprocess.run(
        [sys.executable, "-c", _OPEN, *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return Result("memory/open", float(done.stdout), "MB", f"peak; {subject.words}")


MEASURES: dict[str, Measure] = {
    "kernel/display": _display,
    "kernel/display-torch": _display_torch,
    "render/fast": _render_fast,
    "render/paper": _render_paper,
    "train/fast": _train_fast,
    "drag/first-picture": _first_picture,
    "drag/full-picture": _full_picture,
    "objects/500-vs-20": _many_objects,
    "memory/open": _memory,
}
