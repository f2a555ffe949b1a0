"""Trainings of a drive that lie on the disk: how far they came, and how good."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nsg_core.errors import NsgError
from nsg_core.files import read_json

CHECKPOINT = "checkpoint.safetensors"
MOST_HEADER = 100_000_000
"""Bytes of a file's header; more is no checkpoint."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One training, or weights that came with the program."""

    checkpoint: Path
    step: int
    total: int | None = None
    """Steps that it was to have; None: it cannot go on."""
    psnr: float | None = None
    """Held out, dB; None: never looked at, or not to the end."""
    preset: str = ""
    scale: float | None = None
    protocol: str = ""
    date: str = ""
    """Of its last checkpoint."""

    @property
    def folder(self) -> Path:
        """Where the run lies."""
        return self.checkpoint.parent

    @property
    def name(self) -> str:
        """What a person calls it."""
        trained = self.resumable or self.preset
        return self.folder.name if trained else self.checkpoint.name

    @property
    def resumable(self) -> bool:
        """The state of the training is there."""
        return self.total is not None


def runs_of(
    folder: Path, title: str, shipped: Path | None = None
) -> tuple[RunInfo, ...]:
    """The trainings of a drive, the newest first; then the weights that came along.

    What cannot be read is left out: it is said when somebody loads it.
    """
    name = title.replace(" ", "-")
    found: list[tuple[float, RunInfo]] = []
    for path in folder.glob(f"{name}-*/{CHECKPOINT}"):
        with suppress(NsgError, OSError, ValueError, KeyError, TypeError):
            found.append((path.stat().st_mtime, _run(path)))
    found.sort(key=lambda one: one[0], reverse=True)
    runs = [run for _, run in found]
    if shipped is not None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            runs.append(RunInfo(shipped, _step(shipped), date="as shipped"))
    return tuple(runs)


def _run(path: Path) -> RunInfo:
    config = _object(path.parent / "config.json")
    metrics: dict[str, Any] = {}
    with suppress(NsgError):
        metrics = _object(path.parent / "metrics.json")
    resumable = (path.parent / "optimiser.safetensors").exists()
    step = _step(path)
    # Numbers of an earlier end say nothing of a training that went on.
    psnr = metrics.get("held_out_psnr") if metrics.get("step") == step else None
    when = time.localtime(path.stat().st_mtime)
    return RunInfo(
        path,
        step,
        int(config["steps"]) if resumable else None,
        None if psnr is None else float(psnr),
        str(config.get("preset", "")),
        float(config.get("scale", 1.0)),
        str(config.get("protocol", "")),
        time.strftime("%d %b %H:%M", when),
    )


def _object(path: Path) -> dict[str, Any]:
    found = read_json(path)
    if not isinstance(found, dict):
        raise ValueError(path)
    return found


def _step(path: Path) -> int:
    """The step that a checkpoint was written at."""
    return int(header_of(path)["step"])


def header_of(path: Path) -> dict[str, Any]:
    """What a checkpoint says of itself, without reading its weights.

    Raises what reading a file and looking into it may.
    """
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > MOST_HEADER:
            raise ValueError(path)
        header = json.loads(file.read(size))
    return json.loads(header["__metadata__"]["nsg"])
