"""Trainings and exports as values: what is planned, and how far it is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

JobStatus = Literal[
    "idle", "starting", "running", "paused", "stopping", "done", "failed"
]
BUSY: frozenset[JobStatus] = frozenset({"starting", "running", "paused", "stopping"})
OUTPUTS = ("depth", "instances", "labels", "video")
"""What an export may leave out; colours are always written."""


@dataclass(frozen=True, slots=True)
class TrainPlan:
    """What the Train button will do."""

    preset: str = "fast"
    steps: int = 3000
    scale: float = 0.25
    """Of the recorded resolution."""
    frames: tuple[int, int] | None = None
    """Of those that are open; None: all."""
    protocol: str = "nsg"
    """Which frames are held out: every tenth, so that the curve tells of pictures
    never seen."""
    device: str | None = None
    """None: as the editor's own."""
    goes_on: bool = False
    """Also after the editor is closed."""


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What the Export button will do."""

    to: Path = Path("export")
    frames: tuple[int, int] | None = None
    scale: float = 1.0
    samples: int = 1
    """Rays a pixel."""
    cameras: tuple[str, ...] = ()
    """One or two; none: the drive's first."""
    outputs: tuple[str, ...] = OUTPUTS


@dataclass(frozen=True, slots=True)
class Precheck:
    """What an export should ask before it begins."""

    status: Literal["looking", "clear", "ask", "refuse"] = "looking"
    text: str = ""
    beside: bool = True
    """A folder beside it would help."""
    replaces: bool = False
    """So would another export's place."""


@dataclass(frozen=True, slots=True)
class BoardInfo:
    """TensorBoard, as far as the screen knows."""

    status: Literal["none", "starting", "there", "missing"] = "none"
    text: str = ""
    """Its address, or the command that would start it."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a training's curves."""

    step: int
    loss: float
    psnr: float


@dataclass(frozen=True, slots=True)
class Job:
    """A child process, as far as the screen knows."""

    status: JobStatus = "idle"
    step: int = 0
    total: int = 0
    eta_s: float | None = None
    rays_per_s: float | None = None
    curve: tuple[Point, ...] = ()
    held_out: float | None = None
    """PSNR of pictures that are not trained on, when they were last looked at."""
    held: tuple[tuple[int, float], ...] = ()
    """All such looks: step and PSNR."""
    out: Path | None = None
    message: str = ""
    resumed: bool = False
    """It goes on with what lies in its folder."""
    goes_on: bool = False
    """Also after the editor is closed."""
    memory_mb: float | None = None
    replaces: bool = False
    """An older export in its folder is deleted first."""

    @property
    def busy(self) -> bool:
        """It has a process."""
        return self.status in BUSY
