"""Signals end the editor in order: edits are kept, and no training is left behind."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nsg_core.checkpoint import load_checkpoint
from nsg_core.documents.project import load_project
from tests.editor.scenes import street
from tests.ui.screens import Desk, desk, environment, screen, write_kitti
from tests.ui.window_close import press_close

pytestmark = pytest.mark.screen


def children(pid: int) -> list[int]:
    """Processes that a process has started and that still run."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def gone(pid: int) -> bool:
    """It has ended; whoever inherited it may not have noticed yet."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return True
    return fields[0] == "Z"


def end_by(opened: Desk, number: signal.Signals) -> tuple[int, str]:
    """Send a signal; the exit code and the last words."""
    opened.process.send_signal(number)
    code = opened.process.wait(timeout=60)
    return code, opened.last_words()


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc to see children")
@pytest.mark.parametrize(
    ("number", "paused"), [(signal.SIGINT, False), (signal.SIGTERM, True)]
)
def test_a_signal_during_a_training_loses_nothing(
    tmp_path: Path, number: signal.Signals, paused: bool
) -> None:
    with desk(tmp_path, size="1000x640") as opened:
        opened.ask("wait-final")
        opened.ask("train", steps=5000, wait=False)
        opened.until(lambda s: s["train"]["step"] >= 2, seconds=120)
        if paused:
            opened.ask("train-pause")
        opened.ask("select", track=0)
        opened.ask("move", by=[1.0, 0.0, 0.0])
        (training,) = children(opened.process.pid)
        code, words = end_by(opened, number)
        time.sleep(0.1)
        assert code == 130
        assert gone(training)
    kept = Path(words.partition("unsaved edits are kept: nsg-editor ")[2].strip())
    edits = load_project(kept).edits
    assert [edit.label for edit in edits] == ["Move track 0 by 1.00 m"]
    (weights,) = tmp_path.glob("runs/*/checkpoint.safetensors")
    assert load_checkpoint(weights).step >= 2


def test_a_signal_without_edits_just_ends(tmp_path: Path) -> None:
    with desk(tmp_path, size="1000x640") as opened:
        opened.ask("wait-final")
        code, words = end_by(opened, signal.SIGTERM)
        assert (code, words) == (130, "")
    assert not (tmp_path / "cache" / "nsg-editor" / "unsaved").exists()


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc to see children")
def test_the_first_start_can_be_ended_while_the_street_is_built(tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "nsg-editor"
    with screen("1100x640") as display:
        started = subprocess.Popen(
            [sys.executable, "-m", "nsg_editor.app", "--size", "1100x640"],
            env=environment(display, tmp_path),
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while not working_on(cache):
            assert started.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        # Until the child listens to signals it is ended on the spot; after, in order.
        time.sleep(2)
        started.send_signal(signal.SIGTERM)
        _, words = started.communicate(timeout=60)
        assert (started.returncode, words) == (130, "")
    assert list(cache.iterdir()) == []
    assert working_on(cache) == []


def working_on(folder: Path) -> list[str]:
    """Command lines of processes that name a folder."""
    found: list[str] = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = line.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found


def question_shown(state: dict[str, Any]) -> bool:
    """It was asked, and the buttons have a place."""
    return state["asked"] and min(state["fields"]["save-and-leave"][2:]) > 0


def test_the_windows_own_button_asks_about_unsaved_edits(tmp_path: Path) -> None:
    with desk(tmp_path, size="1100x640") as opened:
        opened.ask("select", track=0)
        opened.ask("move", by=[1.0, 0.0, 0.0])
        press_close(opened.display, opened.environment)
        asked = opened.until(question_shown)
        x, y, width, height = asked["fields"]["stay"]
        opened.move(x + width / 2, y + height / 2)
        opened.hand("click", 1)
        state = opened.until(lambda s: not s["asked"])
        assert state["dirty"]
        press_close(opened.display, opened.environment)
        opened.until(question_shown)
        opened._socket.sendall(b'{"do": "answer", "choice": "save"}\n')
        assert opened.process.wait(timeout=30) == 0
    (project,) = tmp_path.glob("*.nsgproj")
    assert [edit.label for edit in load_project(project).edits] == [
        "Move track 0 by 1.00 m"
    ]


def test_the_windows_own_button_just_closes_where_nothing_is_lost(
    tmp_path: Path,
) -> None:
    with desk(tmp_path, size="1100x640") as opened:
        opened.ask("wait-final")
        press_close(opened.display, opened.environment)
        assert opened.process.wait(timeout=30) == 0


def test_another_drive_is_opened_in_place_of_this_one(tmp_path: Path) -> None:
    other = write_kitti(tmp_path / "other", replace(street(), sequence="0009"))
    with desk(tmp_path, size="1100x640") as opened:
        opened.ask("wait-final")
        refused = opened.ask("open", path=str(tmp_path / "nothing"))
        assert "expected the folder of a data set" in refused["dialog"]
        opened.ask("close-dialog")
        opened.hand("key", "ctrl+o")
        opened.until(lambda s: s["choosing"] and s["typing"])
        opened.hand("type", "--delay", 30, str(other))
        opened.state()
        opened.hand("key", "Return")
        pid = opened.process.pid
        opened.connect_again()
        state = opened.ask("wait-final")
        assert state["sequence"] == "0009"
        assert opened.process.pid == pid
        assert opened.process.poll() is None
