"""A private screen with a window on it, and a hand on its mouse and keys."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import numpy as np
import pytest

from nsg_core.scene import Scene
from tests.editor.scenes import street

ROOT = Path(__file__).resolve().parents[2]


def go_first() -> bool:
    """Ask that this process and its children come before all others; False if not.

    Only root may, on Linux. Numbers that are taken so are those of a machine that does
    nothing else, whatever it does.
    """
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -15)
        # Where each session has an equal share, its own share counts too.
        share = Path("/proc/self/autogroup")
        if share.exists():
            share.write_text("-15")
    except (OSError, AttributeError):
        return False
    return True


def may_go_first() -> bool:
    """Whether `go_first` will do."""
    return sys.platform == "linux" and os.geteuid() == 0


@contextmanager
def screen(size: str = "1600x900", first: bool = False) -> Iterator[str]:
    """An X server of our own; its display's name."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program} for a window of its own")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            *("Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24"),
            *("-nolisten", "tcp", "+extension", "GLX"),
        ],
        pass_fds=(writing,),
        start_new_session=True,
        preexec_fn=go_first if first else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        assert number, "the X server did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def write_kitti(folder: Path, scene: Scene) -> Path:
    """A scene as KITTI tracking data with plain pictures, for the reader."""
    training = folder / "training"
    for name in ("image_02", "label_02", "calib", "poses"):
        (training / name).mkdir(parents=True)
    pictures = training / "image_02" / scene.sequence
    pictures.mkdir()
    camera = scene.camera("image_02")
    rows = np.linspace(60, 160, camera.height)[:, None, None]
    pixels = np.broadcast_to(rows, (camera.height, camera.width, 3)).astype(np.uint8)
    for frame in scene.frames:
        imageio.imwrite(pictures / f"{frame:06d}.png", pixels)
    _write_text(training, scene)
    return folder


def _write_text(training: Path, scene: Scene) -> None:
    c = scene.camera("image_02")
    offset = c.Ts_world_camera[0][3]
    K = [c.fx, 0, c.cx, -offset * c.fx, 0, c.fy, c.cy, 0, 0, 0, 1, 0]
    identity = "1 0 0 0 1 0 0 0 1"
    lines = [f"P{i}: {' '.join(map(str, K))}" for i in range(4)]
    lines += [f"R_rect: {identity}"]
    lines += [
        f"{key}: 1 0 0 0 0 1 0 0 0 0 1 0" for key in ("Tr_velo_cam", "Tr_imu_velo")
    ]
    name = f"{scene.sequence}.txt"
    (training / "calib" / name).write_text("\n".join(lines) + "\n")
    poses, labels = list[str](), list[str]()
    for frame, T in zip(scene.frames, c.Ts_world_camera, strict=True):
        first = np.reshape(T, (4, 4)).copy()
        first[0, 3] -= offset
        poses.append(" ".join(f"{x:.9g}" for x in first[:3].ravel()))
        for box in scene.at(frame):
            x, y, z = (np.linalg.inv(first) @ (*box.pose.position, 1.0))[:3]
            size = f"{box.size.height} {box.size.width} {box.size.length}"
            labels.append(
                f"{frame} {box.track_id} {box.category} 0 0 0 1 1 2 2 {size} "
                f"{x} {y} {z} {box.pose.yaw}"
            )
    (training / "poses" / name).write_text("\n".join(poses) + "\n")
    (training / "label_02" / name).write_text("\n".join(labels) + "\n")


def environment(display: str, folder: Path) -> dict[str, str]:
    """For an editor that is to leave no trace but compiled kernels.

    Those are kept where they always are: to compile them again takes a minute.
    """
    home = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return os.environ | {
        "DISPLAY": display,
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "OMP_NUM_THREADS": "1",
        "WARP_CACHE_PATH": os.environ.get("WARP_CACHE_PATH", f"{home}/warp"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "PYTHONPATH": str(ROOT),
    }


def _short(state: dict[str, Any]) -> str:
    return f"still {state}"


class Desk:
    """A running editor: its mouse, keys, state and pixels."""

    def __init__(
        self,
        display: str,
        folder: Path,
        arguments: list[str],
        program: str,
        first: bool = False,
    ) -> None:
        self.display, self.folder = display, folder
        self.environment = environment(display, folder)
        self._path = folder / "control"
        command = [sys.executable, "-m", program, *arguments]
        self.process = subprocess.Popen(
            [*command, "--control", str(self._path)],
            cwd=folder,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=go_first if first else None,
        )
        self._connect()

    def _connect(self) -> None:
        until = time.monotonic() + 60
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        while True:
            try:
                self._socket.connect(str(self._path))
                self._answers = self._socket.makefile("r")
                return
            except OSError:
                assert self.process.poll() is None, self.last_words()
                assert time.monotonic() < until, "the editor did not open"
                time.sleep(0.05)

    def connect_again(self) -> None:
        """The editor has opened something else, which is another program to us."""
        # It says nothing more once the old window is gone.
        assert self._answers.readline() == ""
        self._answers.close()
        self._socket.close()
        self._connect()

    def last_words(self) -> str:
        """What it wrote to stderr, once it has ended."""
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def ask(self, do: str, **arguments: object) -> dict[str, Any]:
        """One step of a play, and the state after it."""
        line = json.dumps({"do": do} | arguments) + "\n"
        self._socket.sendall(line.encode())
        answer = json.loads(self._answers.readline())
        assert answer.pop("ok"), answer
        return answer

    def state(self) -> dict[str, Any]:
        """What the editor knows, a moment and some frames of the window later."""
        return self.ask("wait", seconds=0.1, frames=4)

    def until(
        self, seen: Callable[[dict[str, Any]], bool], seconds: float = 20
    ) -> dict[str, Any]:
        """The state once it is as wished; a busy machine may take its time."""
        deadline = time.monotonic() + seconds
        while not seen(state := self.ask("wait", seconds=0.02)):
            assert time.monotonic() < deadline, _short(state)
        return state

    def hand(self, *words: object) -> None:
        """Mouse and keys by xdotool."""
        subprocess.run(
            ["xdotool", *map(str, words)], env=self.environment, check=True, timeout=20
        )

    def chord(self, held: str, key: str) -> None:
        """A key with another one held, as slowly as a person's fingers are.

        The toolkit's own text fields miss what comes and goes within one long frame.
        """
        self.hand("keydown", held)
        self.state()
        self.hand("key", key)
        self.state()
        self.hand("keyup", held)

    def move(self, x: float, y: float) -> None:
        """The mouse goes there."""
        self.hand("mousemove", round(x), round(y))

    def click(self, x: float, y: float) -> None:
        """A click of the left button."""
        self.move(x, y)
        self.state()
        self.hand("click", 1)

    def drag(self, start: list[float], end: list[float], steps: int = 12) -> None:
        """Press, move in steps as a hand does, release."""
        self.move(*start)
        self.state()
        self.hand("mousedown", 1)
        for i in range(1, steps + 1):
            share = i / steps
            x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
            self.move(x, y)
            time.sleep(0.05)
        self.hand("mouseup", 1)

    def pixels(self) -> np.ndarray:
        """What is on the window now [height width 3]."""
        path = self.folder / "shot.png"
        self.ask("screenshot", to=str(path))
        return imageio.imread(path)

    def log(self) -> list[dict[str, Any]]:
        """What the last frames of the window took in and showed."""
        path = self.folder / "log.json"
        self.ask("log", to=str(path))
        return json.loads(path.read_text())

    def close(self) -> int:
        """Quit in order; the exit code."""
        if self.process.poll() is None:
            self._socket.sendall(b'{"do": "quit"}\n')
        try:
            return self.process.wait(timeout=30)
        finally:
            self._answers.close()
            self._socket.close()
            self.process.kill()
            self.process.wait()
            if self.process.stderr is not None:
                self.process.stderr.close()


class Hand:
    """A mouse without a new program for each move, which would cost as much as it."""

    def __init__(self, display: str) -> None:
        environment = os.environ | {"DISPLAY": display}
        self._tool = subprocess.Popen(
            ["xdotool", "-"],
            stdin=subprocess.PIPE,
            env=environment,
            text=True,
            start_new_session=True,
            preexec_fn=go_first,
        )

    def do(self, *words: object) -> float:
        """One command of xdotool; when it was given."""
        assert self._tool.stdin is not None
        at = time.monotonic()
        self._tool.stdin.write(" ".join(map(str, words)) + "\n")
        self._tool.stdin.flush()
        return at

    def rest(self) -> None:
        """Let go."""
        assert self._tool.stdin is not None
        self._tool.stdin.close()
        self._tool.wait(timeout=20)


def play(
    folder: Path, steps: list[dict[str, object]], *arguments: str, size: str
) -> int:
    """Carry out steps in a window of its own; the exit code."""
    path = folder / "play.json"
    path.write_text(json.dumps(steps))
    command = [sys.executable, "-m", "nsg_editor.app", *arguments]
    options = ["--play", str(path), "--size", size, "--device", "cpu"]
    with screen(size) as display:
        done = subprocess.run(
            [*command, *options],
            cwd=folder,
            env=environment(display, folder),
            timeout=540,
        )
    return done.returncode


@contextmanager
def desk(folder: Path, *extra: str, size: str = "1600x900") -> Iterator[Desk]:
    """The editor on a made-up street with an analytic model."""
    data = write_kitti(folder / "data", street())
    weights = folder / "fake.safetensors"
    weights.touch()
    arguments = (str(data), "--checkpoint", str(weights), *extra)
    with editor_on(folder, *arguments, size=size, program="tests.ui.fake_editor") as it:
        yield it


@contextmanager
def editor_on(
    folder: Path,
    *arguments: str,
    size: str = "1600x900",
    program: str = "nsg_editor.app",
    first: bool = False,
) -> Iterator[Desk]:
    """The editor with these arguments on a screen of its own."""
    with screen(size, first) as display:
        opened = Desk(display, folder, [*arguments, "--size", size], program, first)
        try:
            yield opened
        finally:
            opened.close()
