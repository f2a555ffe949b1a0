"""How many rays a second training takes in, once batches have found their size."""

import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from nsg_core.benchmarks.subjects import Subject, scratch
from nsg_core.benchmarks.timing import Result
from nsg_core.train.config import TrainConfig
from nsg_core.train.loop import train

RAYS = 1024
"""Of a step of the paper's model in a picture of full size."""


@dataclass(frozen=True)
class Speed:
    """What was counted between the first report and the last."""

    steps: int
    rays: float
    seconds: float


def train_fast(subject: Subject, seconds: float) -> Result:
    """Training of hash grids."""
    config = _config(subject)
    speed = _train(subject, config, seconds)
    rate = speed.steps / speed.seconds
    detail = (
        f"{rate * config.samples:.0f} samples/s, {rate:.2f} steps/s of "
        f"{config.samples} samples; {subject.words}"
    )
    return Result("train/fast", speed.rays / speed.seconds, "rays/s", detail)


def train_paper(subject: Subject, seconds: float) -> Result:
    """Training of the paper's networks at their full width."""
    rays = max(16, round(RAYS * min(1.0, subject.scale)))
    config = replace(_config(subject), preset="paper", rays=rays)
    speed = _train(subject, config, seconds)
    rate = speed.steps / speed.seconds
    detail = f"{rate:.2f} steps/s of {rays} rays; {subject.words}"
    return Result("train/paper", speed.rays / speed.seconds, "rays/s", detail)


def _config(subject: Subject) -> TrainConfig:
    return TrainConfig(steps=1_000_000, scale=min(1.0, 0.25 * subject.scale))


def _train(subject: Subject, config: TrainConfig, seconds: float) -> Speed:
    """Train for a while; what happens before the first report does not count."""
    first: tuple[float, int] | None = None
    rays, before, steps_done = 0.0, 0.0, 0
    with scratch() as folder:
        steps = train(subject.drive, Path(folder), config, device=subject.device)
        with closing(steps):
            for done in steps:
                now, steps_done = time.perf_counter(), done.step
                if first is None:
                    first, before = (now, done.step), now
                    continue
                rays += done.rays_per_s * (now - before)
                before = now
                if now - first[0] >= seconds:
                    break
    assert first is not None
    return Speed(steps_done - first[1], rays, before - first[0])
