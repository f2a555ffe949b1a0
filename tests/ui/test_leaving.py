"""Signals end the editor in order: edits are kept, and no training is left behind."""

import signal
import time
from pathlib import Path

import pytest

from nsg_core.checkpoint import load_checkpoint
from nsg_core.project import load_project
from tests.ui.screens import Desk, desk

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
    assert [edit.label for edit in edits] == ["Move 0 by 1.00 m"]
    (weights,) = tmp_path.glob("runs/*/checkpoint.safetensors")
    assert load_checkpoint(weights).step >= 2


def test_a_signal_without_edits_just_ends(tmp_path: Path) -> None:
    with desk(tmp_path, size="1000x640") as opened:
        opened.ask("wait-final")
        code, words = end_by(opened, signal.SIGTERM)
        assert (code, words) == (130, "")
    assert not (tmp_path / "cache" / "nsg-editor").exists()
