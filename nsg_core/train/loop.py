"""The training loop, as a generator of reports: to stop is to pull no more."""

import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.utils.tensorboard import SummaryWriter

from nsg_core.checkpoint import (
    Trained,
    drive_of,
    load_checkpoint,
    save_checkpoint,
)
from nsg_core.errors import NsgError
from nsg_core.evaluate import psnr_of
from nsg_core.fast.model import FastModel, configure
from nsg_core.fields.rig import Rig
from nsg_core.files import write_json
from nsg_core.measuring.protocols import split
from nsg_core.paper.config import PaperConfig
from nsg_core.paper.model import PaperModel
from nsg_core.sequence import Sequence
from nsg_core.settings import from_json, to_json
from nsg_core.threads import CORES, core_seconds, torch_threads
from nsg_core.train.adam import Adam
from nsg_core.train.batches import Pictures, load_pictures
from nsg_core.train.config import TrainConfig
from nsg_core.train.fast import FastFit
from nsg_core.train.paper import PaperFit
from nsg_core.train.refine import refine
from nsg_core.train.run import Run, generator_for

REPORT_SECONDS = 0.25
CHECK_PICTURES = 4
"""Held-out pictures that a look between steps renders; the last look takes all."""
LAST_LOOK_SECONDS = 10.0
"""A run that is interrupted looks once more if that takes no longer."""
LOSS_SCALE = 128.0
"""Keeps small gradients of thin samples from vanishing; Adam does not mind a scale."""


@dataclass(frozen=True)
class StepReport:
    """How a training is doing."""

    step: int
    total: int
    eta_s: float
    loss: float
    psnr: float
    """Of the training rays since the last report, dB."""
    rays_per_s: float
    held_out_psnr: float | None = None
    """Where this report looked at held-out pictures."""
    checkpoint: Path | None = None
    """Where this report wrote one."""
    finished: bool = False

    @staticmethod
    def at(step: int) -> "StepReport":
        """Of a run that has nothing to do any more."""
        return StepReport(step, step, 0.0, math.nan, math.nan, 0.0)


def train(
    sequence: Sequence,
    folder: Path,
    config: TrainConfig,
    resume: bool = False,
    device: torch.device | str = "cpu",
    check: Callable[[], None] = lambda: None,
) -> Generator[StepReport, None, None]:
    """Train a drive into a folder; closing the generator keeps the weights so far.

    With `resume` the folder's own settings hold, but for `steps` and `minutes`.
    `check` is called while the first step is prepared, which takes some seconds, and
    may raise to end that. Raises NsgError where data, settings or the folder do not
    allow it.
    """
    run = Run(folder)
    if resume:
        config = replace(
            run.stored_config(), steps=config.steps, minutes=config.minutes
        )
    training_frames, held_out = split(sequence.scene.frames, config.protocol)
    model = _model(sequence, config, run, resume, training_frames).to(device)
    check()
    measured = isinstance(model, FastModel) and config.surface_loss > 0
    pictures = load_pictures(
        sequence, training_frames, config.scale, model.cameras, measured
    )
    if not resume:
        run.begin(config, sequence.root)
    threads = 1 if isinstance(model, FastModel) else CORES
    with torch_threads(threads, model.device):
        if isinstance(model, FastModel) and model.rig is not None:
            refined = config.refine_poses and not resume
            check()
            pictures = _corrected(pictures, model.rig, refined)
        check()
        training = _Training(sequence, run, config, model, pictures, held_out)
        if resume:
            training.go_on()
        check()
        yield from training.reports()


def _corrected(pictures: Pictures, rig: Rig, refined: bool) -> Pictures:
    """The pictures in the model's world, which may be found from them first."""
    if refined:
        refine(pictures, rig)
    numbers = pictures.placements.numbers
    assert numbers is not None
    return pictures.moved(rig.corrections(numbers.to(rig.frames.device)).cpu())


def _model(
    sequence: Sequence,
    config: TrainConfig,
    run: Run,
    resume: bool,
    frames: tuple[int, ...],
) -> FastModel | PaperModel:
    torch.manual_seed(config.seed)
    if resume:
        checkpoint = load_checkpoint(run.newest)
        if misfit := checkpoint.misfit(sequence.scene):
            raise NsgError(misfit)
        return checkpoint.model
    if config.preset == "fast":
        by_frame = config.refine_poses or config.frame_exposure or config.refine_boxes
        base = configure(
            sequence.scene,
            frames=frames if by_frame else (),
            nudged=config.refine_boxes,
        )
        settings = {**to_json(base), **config.model}
        return FastModel(from_json(type(base), settings, "model settings"))
    settings = {**to_json(PaperConfig()), **config.model}
    paper = from_json(PaperConfig, settings, "model settings")
    return PaperModel(paper, sequence.scene)


class _Training:
    """One run: the model, its optimiser, the clock and the files."""

    def __init__(
        self,
        sequence: Sequence,
        run: Run,
        config: TrainConfig,
        model: FastModel | PaperModel,
        pictures: Pictures,
        held_out: tuple[int, ...],
    ):
        self.sequence, self.run, self.config, self.model = sequence, run, config, model
        self.pictures, self.held_out = pictures, held_out
        fits = {FastModel: FastFit, PaperModel: PaperFit}
        self.fit = fits[type(model)](model, pictures, config)
        self.adam = Adam(model)
        self.step = 0
        self.before = 0.0
        """Seconds of earlier sittings of this run."""
        self.begun = 0.0
        """How far they came."""
        by_cores = config.core_minutes and model.device.type == "cpu"
        self.clock = core_seconds if by_cores else time.perf_counter
        self.started = self.clock()
        self.paused = 0.0
        self.last: StepReport | None = None
        self.looked: tuple[int, float] | None = None
        """When held-out pictures were last looked at, and their PSNR."""

    def go_on(self) -> None:
        """Take up where the folder's last checkpoint was written."""
        state = self.run.load_state(self._state())
        self.adam.load(state)
        # A checkpoint's tables are rounded; training goes on with all their digits.
        weights = self.model.state_dict()
        self.model.load_state_dict({k: state[f"weight/{k}"] for k in weights})
        self.step, self.before = self.adam.steps, float(state["seconds"])
        self.begun = self.progress
        if isinstance(self.fit, FastFit):
            self.fit.rays = int(state["rays"])

    @property
    def seconds(self) -> float:
        """Time spent on training itself, looks at held-out pictures left out."""
        return self.before + self.clock() - self.started - self.paused

    @property
    def progress(self) -> float:
        """From 0 to 1, by steps or by time, whichever ends the run first."""
        limit = 60 * self.config.minutes
        by_time = self.seconds / limit if limit else 0.0
        return min(1.0, max(self.step / self.config.steps, by_time))

    def reports(self) -> Generator[StepReport, None, None]:
        """Steps until the end, and what there is to tell; see `train`."""
        if self.step == 0:
            self.fit.start()
        writer = SummaryWriter(str(self.run.events))
        saved = checked = told = time.perf_counter()
        errors: list[float] = []
        rays, loss, report, now = 0, 0.0, StepReport.at(self.step), checked
        try:
            while self.progress < 1:
                error, loss, count = self._step()
                errors.append(error)
                rays += count
                now = time.perf_counter()
                if now - told < REPORT_SECONDS:
                    continue
                report = self._report(errors, loss, rays / (now - told))
                if now - checked > self.config.every_check:
                    report = replace(report, held_out_psnr=self._look(CHECK_PICTURES))
                    checked = time.perf_counter()
                if now - saved > self.config.every_checkpoint:
                    report = replace(report, checkpoint=self._save())
                    saved = time.perf_counter()
                self._log(writer, report)
                yield report
                errors, rays, told = [], 0, time.perf_counter()
            report = (
                self._report(errors, loss, rays / max(now - told, 1e-6))
                if errors
                else report
            )
            look, path = self._look(None), self._save()
            report = replace(
                report, held_out_psnr=look, checkpoint=path, finished=True, eta_s=0.0
            )
            self._log(writer, report)
            self._write_metrics(report)
            yield report
        except GeneratorExit:
            # Whoever stops pulling keeps what was learnt.
            if self.step and self.progress < 1:
                self._save()
                self._write_metrics(self.last)
                self._look_again()
            raise
        finally:
            writer.close()

    def _step(self) -> tuple[float, float, int]:
        generator = generator_for(self.config.seed, self.step)
        batch = self.pictures.draw(self.fit.rays, self.config.on_objects, generator)
        batch = batch.to(self.model.device)
        loss, error = self.fit.loss(batch, self.step, generator)
        if not math.isfinite(loss.item()):
            raise NsgError(
                f"the loss is {loss.item()} at step {self.step}: training went astray. "
                "Try a smaller rate (--set rate=0.003); the last checkpoint is whole."
            )
        (loss * LOSS_SCALE).backward()
        rate = self.config.rate * min(1.0, (self.step + 1) / 20)
        fall = self.config.rate_end / self.config.rate
        self.adam.step(rate * fall**self.progress)
        self.step += 1
        self.fit.after(self.step, generator)
        return error.item(), loss.item(), len(batch.rays)

    def _report(self, errors: list[float], loss: float, rays: float) -> StepReport:
        error = max(sum(errors) / len(errors), 1e-10)
        progress = self.progress
        done = max(progress - self.begun, 1e-6)
        self.last = StepReport(
            step=self.step,
            total=self.config.steps,
            eta_s=(self.seconds - self.before) * (1 - progress) / done,
            loss=loss,
            psnr=-10 * math.log10(error),
            rays_per_s=rays,
        )
        return self.last

    def _look(self, count: int | None) -> float | None:
        """PSNR of held-out pictures, spread evenly; None if nothing is held out."""
        if not self.held_out:
            return None
        began = self.clock()
        value = psnr_of(
            self.model, self.sequence, self.held_out, self.config.scale, count
        )
        self.paused += self.clock() - began
        if value is not None:
            self.looked = (self.step, value)
        return value

    def _look_again(self) -> None:
        """At the end of an interrupted run, at so many pictures as there is time for.

        Pictures are drawn at the speed at which rays train, or faster.
        """
        view = self.pictures.views[0]
        speed = 0.0 if self.last is None else self.last.rays_per_s
        count = int(LAST_LOOK_SECONDS * speed / (view.width * view.height))
        if count and self._look(min(count, CHECK_PICTURES)) is not None:
            self._write_metrics(self.last)

    def _save(self) -> Path:
        began = self.clock()
        drive = drive_of(self.sequence.scene)
        # The checkpoint first: it refuses weights that went astray.
        seen = tuple(sorted({frame for _, frame in self.pictures.keys}))
        trained = Trained(self.config.protocol, seen, self.config.scale)
        compact = self.config.compact
        save_checkpoint(
            self.run.newest, self.model, self.step, drive, trained, compact=compact
        )
        self.run.save_state(self._state())
        self.paused += self.clock() - began
        return self.run.newest

    def _state(self) -> dict[str, torch.Tensor]:
        """All that a later sitting needs to go on as if there had been no break."""
        weights = {f"weight/{k}": x for k, x in self.model.state_dict().items()}
        return weights | {
            **self.adam.state(),
            "seconds": torch.tensor(self.seconds, dtype=torch.float64),
            "rays": torch.tensor(self.fit.rays),
        }

    def _write_metrics(self, report: StepReport | None) -> None:
        if report is not None:
            # A run that had nothing left to do has looked at nothing: null.
            psnr = report.psnr if math.isfinite(report.psnr) else None
            step, held_out = (None, None) if self.looked is None else self.looked
            values = {
                "step": self.step,
                "seconds": round(self.seconds, 1),
                "protocol": self.config.protocol,
                "training_psnr": psnr,
                "held_out_psnr": held_out,
                "held_out_step": step,
            }
            write_json(self.run.metrics, values)

    def _log(self, writer: SummaryWriter, report: StepReport) -> None:
        values = {
            "loss": report.loss,
            "psnr/training": report.psnr,
            "psnr/held_out": report.held_out_psnr,
            "rays_per_s": report.rays_per_s,
        }
        for name, value in values.items():
            if value is not None:
                writer.add_scalar(name, value, report.step)
