"""A window that is killed, and the next one that asks; hands on palette and keys."""

import signal
import time
from pathlib import Path

import pytest

from tests.ui.screens import Desk, desk, editor_on

pytestmark = pytest.mark.screen


def press(opened: Desk, name: str) -> None:
    """Click a field or a button that `places` knows."""
    x, y, width, height = opened.state()["fields"][name]
    opened.click(x + width / 2, y + height / 2)
    opened.state()


def test_edits_survive_a_kill_and_are_taken_up(tmp_path: Path) -> None:
    arguments = (str(tmp_path / "data"), "--checkpoint", "fake.safetensors")
    with desk(tmp_path, size="1280x720") as opened:
        opened.ask("wait-final")
        opened.ask("move", track=0, by=[1.0, 0.0, 0.0])
        opened.ask("variant-new")
        opened.ask("move", track=0, by=[2.0, 0.0, 0.0])
        opened.ask("wait", seconds=3.0)
        opened.process.send_signal(signal.SIGKILL)
        opened.process.wait(timeout=10)
    (journal,) = tmp_path.glob("state/nsg-editor/recovery/*.nsgjournal")
    with editor_on(
        tmp_path, *arguments, size="1280x720", program="tests.ui.fake_editor"
    ) as again:
        state = again.until(lambda s: s["lost"] == 1)
        assert state["edits"] == []
        press(again, "recover")
        state = again.until(lambda s: s["lost"] == 0)
        assert state["edits"] == ["Move track 0 by 1.00 m", "Move track 0 by 2.00 m"]
        assert (state["variant"], state["variants"]) == ("B", ["A", "B"])
        assert state["dirty"]
        again.ask("save", to="kept.nsgproj")
        again.until(lambda s: not s["dirty"])
        # A thread looks after the journals, about once a second.
        deadline = time.monotonic() + 20
        while journal.exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert again.close() == 0
    assert list(tmp_path.glob("state/nsg-editor/recovery/*")) == []


def test_the_palette_by_hand(tmp_path: Path) -> None:
    with desk(tmp_path, size="1280x720") as opened:
        opened.ask("wait-final")
        opened.chord("ctrl", "k")
        assert opened.until(lambda s: s["palette"])["typing"] is not None
        opened.until(lambda s: s["typing"])
        opened.hand("type", "--delay", "60", "move objects along world")
        opened.state()
        opened.hand("key", "Return")
        opened.state()
        # It asks for what it needs; the line is there to be changed.
        opened.until(lambda s: s["typing"])
        opened.chord("ctrl", "a")
        opened.state()
        opened.hand("type", "--delay", "60", "by=0,0,3 track=1")
        opened.state()
        opened.hand("key", "Return")
        state = opened.until(lambda s: not s["palette"])
        assert state["edits"] == ["Move track 1 by 3.00 m"]
        # Used lately, it comes first next time; Esc closes.
        opened.chord("ctrl", "k")
        opened.until(lambda s: s["palette"])
        opened.state()
        opened.hand("key", "Escape")
        opened.until(lambda s: not s["palette"])
        opened.chord("ctrl", "z")
        assert opened.until(lambda s: s["redo"] == 1)["edits"] == []
