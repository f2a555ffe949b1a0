"""How much memory a fresh program takes, over what its imports take.

A child process opens or trains, so that nothing of the parent's is counted.
"""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from nsg_core.benchmarks.machine import forget_peak, peak_memory, resident_memory
from nsg_core.benchmarks.subjects import Subject, open_stand_in, scratch
from nsg_core.benchmarks.timing import Result
from nsg_core.checkpoint import load_checkpoint
from nsg_core.datasets.opening import open_sequence
from nsg_core.drawing.frame import render_picture
from nsg_core.request import request_frame
from nsg_core.sequence import Sequence
from nsg_core.train.config import TrainConfig
from nsg_core.train.loop import train

LIMIT = 1536
"""MB that a stereo drive of 41 frames may take."""
FRAMES, STEPS = 41, 200


@dataclass(frozen=True)
class Task:
    """What a child does."""

    folder: str
    checkpoint: str
    device: str
    sequence: str | None
    """None: the street that stands in for a drive, with so many frames."""
    frames: tuple[int, int]
    scale: float
    steps: int
    """0: open only."""


def memory_open(subject: Subject, seconds: float) -> Result:
    """Open drive and weights, and draw the first picture."""
    return _measured("memory/open", subject, 0)


def memory_train(subject: Subject, seconds: float) -> Result:
    """Train a fresh model of the drive for a while, as `nsg train` does."""
    return _measured("memory/train", subject, STEPS)


def _measured(name: str, subject: Subject, steps: int) -> Result:
    scene = subject.drive.scene
    recorded = (scene.frames[0], scene.frames[-1])
    task = Task(
        str(subject.drive.root),
        str(subject.checkpoint),
        str(subject.device),
        scene.sequence if subject.recorded else None,
        recorded if subject.recorded else (0, FRAMES - 1),
        subject.scale,
        steps,
    )
    # -c, so that this module is imported under its own name and not run as a script.
    code = (
        "import sys; from nsg_core.benchmarks.memory import child; child(sys.argv[1])"
    )
    words = [sys.executable, "-c", code, json.dumps(vars(task))]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout)
    detail = (
        f"over {told['imports']:.0f} MB of imports, limit {LIMIT}; {told['frames']} "
        f"frames, {steps} steps; {subject.words}"
    )
    return Result(name, told["peak"], "MB", detail)


def child(text: str) -> None:
    """Do a task, and tell the peak above what this module's imports hold."""
    values = json.loads(text)
    task = Task(**values | {"frames": tuple(values["frames"])})
    forget_peak()
    before = resident_memory()
    drive = _open(task)
    if task.steps:
        _train(task, drive)
    else:
        _draw(task, drive)
    told = {
        "imports": before,
        "peak": peak_memory() - before,
        "frames": len(drive.scene.frames),
    }
    sys.stdout.write(json.dumps(told))


def _open(task: Task) -> Sequence:
    if task.sequence is None:
        return open_stand_in(Path(task.folder), task.frames[1] + 1)
    return open_sequence(Path(task.folder), task.sequence, task.frames)


def _draw(task: Task, drive: Sequence) -> None:
    model = load_checkpoint(Path(task.checkpoint), task.device).model
    camera, frame = drive.scene.cameras[0].name, drive.scene.frames[0]
    drive.image(camera, frame)
    render_picture(model, request_frame(drive.scene, camera, frame, task.scale))


def _train(task: Task, drive: Sequence) -> None:
    with scratch() as folder:
        config = TrainConfig(steps=task.steps)
        with closing(train(drive, Path(folder), config, device=task.device)) as steps:
            for _ in steps:
                pass
