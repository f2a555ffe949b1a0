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
from queue import SimpleQueue

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
CAMERAS: tuple[int, ...] = (2, 3)
DRAW = "nsg_core.datasets.street.draw"
Lines = SimpleQueue[tuple[int, str | None]]
"""Which camera printed what; None: its program has ended."""


def write_street(
    folder: Path,
    frames: int = 30,
    size: tuple[int, int] = KITTI_SIZE,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write the street to a folder; both cameras are drawn at once.

    Raises NsgError where pictures cannot be drawn or written. If `progress` raises, the
    drawing ends.
    """
    if frames < 1 or min(size) < 8:
        raise NsgError(
            f"a street needs 1 frame and 8x8 pixels at least, found {frames} frames of "
            f"{size[0]}x{size[1]}."
        )
    write_bytes(folder / f"calib/{SEQUENCE}.txt", calibration_text(size).encode())
    Ts = np.stack([ego_pose(frame) for frame in range(frames)])
    write_bytes(folder / f"poses/{SEQUENCE}.txt", format_poses(Ts).encode())
    arguments = (frames, *size, seed)
    lines: Lines = SimpleQueue()
    with _programs(folder, arguments, lines) as programs:
        _follow(programs, lines, frames, progress)


@contextmanager
def _programs(
    folder: Path, arguments: tuple[int, ...], lines: Lines
) -> Iterator[list[subprocess.Popen[str]]]:
    """A program for each camera, ended when the block is left."""
    programs: list[subprocess.Popen[str]] = []
    try:
        for camera in CAMERAS:
            command = [sys.executable, "-m", DRAW, str(folder)]
            program = subprocess.Popen(
                [*command, *map(str, (camera, *arguments))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            programs.append(program)
            listen = (program, camera, lines)
            threading.Thread(target=_listen, args=listen, daemon=True).start()
        yield programs
    finally:
        for program in programs:
            if program.poll() is None:
                program.terminate()
            program.wait()


def _listen(program: subprocess.Popen[str], camera: int, lines: Lines) -> None:
    assert program.stdout is not None
    with program.stdout as stream:
        for line in stream:
            lines.put((camera, line.strip()))
    lines.put((camera, None))


def _follow(
    programs: list[subprocess.Popen[str]], lines: Lines, frames: int, progress: Progress
) -> None:
    done = dict.fromkeys(CAMERAS, 0)
    running, said, told = set(CAMERAS), "", 0
    while running:
        camera, line = lines.get()
        if line is None:
            running.remove(camera)
            if programs[CAMERAS.index(camera)].wait() != 0:
                raise NsgError(
                    f"the street could not be drawn: {said or 'no reason given'}. It "
                    "needs OpenGL; on Debian or Ubuntu: "
                    "apt-get install libegl1 libgl1 libgl1-mesa-dri"
                )
        elif line.startswith("frame "):
            done[camera] = int(line.split()[1]) + 1
            while told < min(done.values()):
                told += 1
                progress(told, frames)
        elif line:
            said = line
