"""The command as a child process: every bad input is one line and exit code 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nsg_core.errors import NsgError
from nsg_editor.app import window_size
from tests.editor.scenes import street
from tests.ui.screens import write_kitti


def run(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`nsg-editor` without a display."""
    clean = {k: v for k, v in os.environ.items() if k != "DISPLAY"}
    return subprocess.run(
        [sys.executable, "-m", "nsg_editor.app", *map(str, arguments)],
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def assert_refused(done: "subprocess.CompletedProcess[str]", *parts: str) -> None:
    """Exit code 2, one line of error, no traceback."""
    assert done.returncode == 2, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    for part in parts:
        assert part in lines[0]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drive that opens."""
    return write_kitti(tmp_path_factory.mktemp("app") / "data", street())


def test_no_display(data: Path) -> None:
    assert_refused(run(data), "no display", "DISPLAY is not set", "xvfb-run")


def test_a_display_that_is_not_there(data: Path) -> None:
    assert_refused(run(data, DISPLAY=":987"), ":987 cannot be opened")


def test_a_folder_that_is_no_data_set(tmp_path: Path) -> None:
    assert_refused(run(tmp_path), str(tmp_path), "expected a data set")


def test_a_sequence_that_does_not_exist(data: Path) -> None:
    assert_refused(run(data, "--sequence", "0042"), "0042", "0007")


def test_frames_outside(data: Path) -> None:
    assert_refused(run(data, "--frames", "2-99"), "99")
    assert_refused(run(data, "--frames", "2to9"), "0-40", "2to9")


def test_a_checkpoint_that_is_not_there(data: Path) -> None:
    assert_refused(run(data, "--checkpoint", "no.safetensors"), "no.safetensors")


def test_a_broken_project(tmp_path: Path) -> None:
    path = tmp_path / "mine.nsgproj"
    path.write_text('{"format": "nsg-project/1", "data": 3}')
    assert_refused(run(path), "mine.nsgproj")


def test_a_broken_play(data: Path, tmp_path: Path) -> None:
    play = tmp_path / "play.json"
    play.write_text('[{"do": "undo"}, {"do": "jump"}]')
    assert_refused(run(data, "--play", play), "step 2", "'jump'")


def test_arguments_that_do_not_exist(data: Path) -> None:
    assert_refused(run(data, "--speed", "9"), "--speed")
    assert_refused(run(data, "--device", "tpu"), "tpu", "cuda")


def test_the_size_of_the_window() -> None:
    assert window_size("1280x720") == (1280, 720)
    for wrong in ("1280", "ax3", "-1x5"):
        with pytest.raises(NsgError, match="WxH"):
            window_size(wrong)


def test_a_thread_that_cannot_be_ended_does_not_keep_the_program() -> None:
    """As one that loads weights when the window is closed."""
    code = """
import threading, time
from nsg_editor import app
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
app.main = lambda *_: print("said") or 2
app.program()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=50)
    assert (done.returncode, done.stdout, done.stderr) == (2, b"said\n", b"")
