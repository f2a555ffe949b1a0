"""``nsg train``: weights for a drive."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import arg

from nsg_core.commands.options import (
    Data,
    Device,
    Folder,
    FrameRange,
    Name,
    ProgressStyle,
    choose_device,
    parse_frames,
)
from nsg_core.commands.overrides import merge, parse_sets, read_toml
from nsg_core.progress import Interrupted, Report, reporting

if TYPE_CHECKING:
    from collections.abc import Generator

    from nsg_core.train.loop import StepReport


@dataclass(frozen=True)
class Train:
    """Train a drive. Ctrl-C ends in order: the weights so far are kept.

    The output folder holds the configuration, checkpoints, TensorBoard events and
    metrics.json.
    """

    data: Data
    """The folder of a data set."""
    output: Folder
    """The run's folder."""
    sequence: Name = None
    """Which sequence; the first if left out."""
    frames: FrameRange = None
    """First and last frame, inclusive; all if left out."""
    preset: Literal["fast", "paper"] = "fast"
    """fast: hash grids, minutes; paper: the networks of the publication, hours."""
    config: Annotated[Path | None, arg(metavar="FILE")] = None
    """Settings (TOML) over those of the preset."""
    set: Annotated[tuple[str, ...], arg(metavar="KEY=VALUE")] = ()
    """Single settings over all others, for example steps=2000."""
    resume: bool = False
    """Go on with the run in the output folder."""
    protocol: str = "all"
    """Which frames train and which are held out, for example suds-75."""
    device: Device = None
    """Where to compute; CUDA if there is one."""
    progress: ProgressStyle = "bar"
    """How progress is told: a bar on stderr, or JSON lines on stdout."""

    def run(self) -> None:
        """Train step by step."""
        with reporting(self.progress, "Train") as report:
            frames, settings = parse_frames(self.frames), self._settings()
            device = choose_device(self.device)
            from nsg_core.datasets.opening import open_sequence
            from nsg_core.settings import from_json
            from nsg_core.train.config import TrainConfig
            from nsg_core.train.loop import train

            config = from_json(TrainConfig, settings, self.config or Path("--set"))
            drive = open_sequence(self.data, self.sequence, frames)
            report.start(config.steps)
            check = report.check
            steps = train(drive, self.output, config, self.resume, device, check)
            self._follow(steps, report)

    def _follow(self, steps: "Generator[StepReport]", report: Report) -> None:
        try:
            with closing(steps):
                for done in steps:
                    if done.checkpoint is not None:
                        report.file("checkpoint", done.checkpoint)
                    report.total = done.total
                    report.step(done.step, **told(done), memory_mb=memory_mb())
        except Interrupted:
            # Closing the training wrote its weights.
            from nsg_core.train.run import Run

            if (newest := Run(self.output).newest).exists():
                report.file("checkpoint", newest)
            raise
        report.say(f"The run is in {self.output}")

    def _settings(self) -> dict[str, object]:
        chosen = {"preset": self.preset, "protocol": self.protocol}
        below = read_toml(self.config) if self.config else {}
        return merge(merge(chosen, below), parse_sets(self.set))


def memory_mb() -> float:
    """What this process holds, and of a GPU's memory, in MB."""
    import torch

    from nsg_core.benchmarks.machine import resident_memory

    reserved = torch.cuda.memory_reserved() if torch.cuda.is_initialized() else 0
    return round(resident_memory() + reserved / 1e6, 1)


def told(done: "StepReport") -> dict[str, object]:
    """What a report says, for people and programs."""
    values = {
        "eta_s": round(done.eta_s, 1),
        "loss": done.loss,
        "psnr": round(done.psnr, 3),
        "held_out_psnr": done.held_out_psnr,
        "rays_per_s": round(done.rays_per_s, 1),
    }
    return {name: value for name, value in values.items() if value is not None}
