"""The built-in street as a data set: a drive whose labels and depths are exact.

Written in KITTI tracking layout (see `kitti_tracking`), with ``poses`` in place of
oxts, ``depth_02``, ``depth_03`` (16 bit, metres * 256, 0: sky) and ``instances`` (16
bit, class * 1000 + track). The same seed gives the same street.
"""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np

from nsg_core.datasets.kitti_poses import format_poses
from nsg_core.datasets.street.rig import (
    KITTI_SIZE,
    SEQUENCE,
    calibration_text,
    ego_pose,
)
from nsg_core.errors import NsgError
from nsg_core.files import write_bytes

Progress = Callable[[int, int], None]
"""Called with the frames done and their number."""
Check = Callable[[], None]
LOOK_S = 0.25
SMALL = 4_000_000
"""Pixels of a drive for which a second program is not worth its start."""
DRAW = "nsg_core.datasets.street.draw"
Lines = SimpleQueue[tuple[int, str | None]]
"""Which program printed what; None: it has ended."""


def write_street(
    folder: Path,
    frames: int = 30,
    size: tuple[int, int] = KITTI_SIZE,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
    check: Check = lambda: None,
) -> None:
    """Write the street to a folder; the two cameras are drawn side by side.

    Raises NsgError where pictures cannot be drawn or written. If `progress` or `check`,
    which is called every now and then, raises, the drawing ends.
    """
    if frames < 1 or min(size) < 8:
        raise NsgError(
            f"a street needs 1 frame and 8x8 pixels at least, found {frames} frames of "
            f"{size[0]}x{size[1]}."
        )
    write_bytes(folder / f"calib/{SEQUENCE}.txt", calibration_text(size).encode())
    Ts = np.stack([ego_pose(frame) for frame in range(frames)])
    write_bytes(folder / f"poses/{SEQUENCE}.txt", format_poses(Ts).encode())
    cameras = ("23",) if frames * size[0] * size[1] < SMALL else ("2", "3")
    commands = [
        [sys.executable, "-m", DRAW, str(folder), *map(str, (c, frames, *size, seed))]
        for c in cameras
    ]
    lines: Lines = SimpleQueue()
    with _programs(commands, lines) as programs:
        _follow(programs, lines, frames, progress, check)


@contextmanager
def _programs(
    commands: list[list[str]], lines: Lines
) -> Iterator[list[subprocess.Popen[str]]]:
    """Running programs, ended when the block is left."""
    programs: list[subprocess.Popen[str]] = []
    try:
        for index, command in enumerate(commands):
            program = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            programs.append(program)
            listen = (program, index, lines)
            threading.Thread(target=_listen, args=listen, daemon=True).start()
        yield programs
    finally:
        for program in programs:
            if program.poll() is None:
                program.terminate()
            program.wait()


def _listen(program: subprocess.Popen[str], index: int, lines: Lines) -> None:
    assert program.stdout is not None
    with program.stdout as stream:
        for line in stream:
            lines.put((index, line.strip()))
    lines.put((index, None))


def _follow(
    programs: list[subprocess.Popen[str]],
    lines: Lines,
    frames: int,
    progress: Progress,
    check: Check,
) -> None:
    done, running, said, told = [0] * len(programs), len(programs), "", 0
    while running:
        # The first frame comes late: who asks for the end need not wait for it.
        check()
        try:
            index, line = lines.get(timeout=LOOK_S)
        except Empty:
            continue
        if line is None:
            running -= 1
            if programs[index].wait() != 0:
                raise NsgError(
                    f"the street could not be drawn: {said or 'no reason given'}. It "
                    "needs OpenGL; on Debian or Ubuntu: "
                    "apt-get install libegl1 libgl1 libgl1-mesa-dri"
                )
        elif line.startswith("frame "):
            done[index] = int(line.split()[1]) + 1
            while told < min(done):
                told += 1
                progress(told, frames)
        elif line:
            said = line
