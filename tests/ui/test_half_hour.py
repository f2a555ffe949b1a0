"""A person's half hour in small, with a real mouse and keys, and a crash at its end.

Open, select, move, key two frames, change lanes, train, insert from the casting sheet,
fly a camera, wipe, export, save; then the program is killed in the middle of an edit
and started again.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nsg_core.datasets.opening import open_sequence
from tests.ui.screens import Desk, editor_on

pytestmark = [pytest.mark.screen, pytest.mark.slow]

CAR = 0


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some frames of the synthetic street, small."""
    folder = tmp_path_factory.mktemp("street") / "street"
    command = [sys.executable, "-m", "nsg_core.cli", "demo", str(folder)]
    options = ["--frames", "12", "--size", "160x48"]
    subprocess.run([*command, *options], check=True, timeout=300)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the editor is started, twice."""
    return tmp_path_factory.mktemp("home")


def place(state: dict[str, Any], track: int) -> np.ndarray:
    """Where an object is in the frame on the screen [3]."""
    found = next(o for o in state["objects"] if o["track"] == track)
    return np.array(found["position"])


def middle(state: dict[str, Any], track: int) -> list[float]:
    """The middle of an object's box on the screen."""
    return state["viewport"]["boxes"][str(track)]


@pytest.fixture(scope="module")
def desk(drive: Path, home: Path) -> Iterator[Desk]:
    """The editor as a person starts it."""
    with editor_on(home, str(drive), "--device", "cpu", size="1280x720") as opened:
        yield opened


def test_a_click_selects_and_keys_move(desk: Desk) -> None:
    before = desk.state()
    desk.click(*middle(before, CAR))
    desk.until(lambda s: s["selection"] == CAR)
    for key in ("g", "x", "2", "Return"):
        desk.hand("key", key)
        desk.state()
    moved = desk.until(lambda s: not s["transform"] and s["undo"] == 1)
    away = place(moved, CAR) - place(before, CAR)
    assert np.linalg.norm(away) == pytest.approx(2.0, abs=1e-6)
    desk.chord("ctrl", "z")
    back = desk.until(lambda s: s["undo"] == 0)
    assert place(back, CAR) == pytest.approx(place(before, CAR))


def test_two_keys_bend_the_way(desk: Desk) -> None:
    desk.hand("key", "i")
    desk.until(lambda s: s["keys"] == [0])
    before = [place(desk.ask("frame", to=frame), CAR) for frame in (0, 4, 8)]
    desk.hand("key", "i")
    desk.until(lambda s: s["keys"] == [0, 8])
    desk.ask("scope", kind="key")
    there = desk.state()
    x, y = middle(there, CAR)
    desk.drag([x, y], [x + 40, y])
    desk.until(lambda s: s["undo"] > there["undo"] and not s["gesture"])
    after = [place(desk.ask("frame", to=frame), CAR) for frame in (0, 4, 8)]
    gone = [float(np.linalg.norm(b - a)) for a, b in zip(before, after, strict=True)]
    desk.ask("scope", kind="track")
    assert gone[0] < 1e-6
    assert 0.05 < gone[1] < gone[2]


def test_a_lane_change_is_one_step(desk: Desk) -> None:
    before = desk.state()["undo"]
    desk.ask("select", track=CAR)
    settings = {"track": CAR, "make_way": True, "seconds": 1.0}
    changed = desk.ask("manoeuvre", name="lane-change", settings=settings)
    assert changed["undo"] == before + 1
    desk.chord("ctrl", "z")
    desk.until(lambda s: s["undo"] == before)
    desk.chord("ctrl", "y")
    desk.until(lambda s: s["undo"] == before + 1)


def test_what_was_trained_can_be_cast(desk: Desk) -> None:
    trained = desk.ask("train", steps=20)
    assert trained["train"]["status"] == "done"
    desk.ask("wait-final")
    count = len(trained["objects"])
    inserted = desk.ask("insert", model=f"object/{CAR}")
    assert len(inserted["objects"]) == count + 1


def test_a_camera_flies(desk: Desk) -> None:
    desk.ask("frame", to=0)
    desk.hand("key", "k")
    desk.until(lambda s: s["camera_path"] and len(s["camera_path"]["keys"]) == 1)
    desk.ask("fly", by=[0.5, -0.5, 2.0])
    desk.hand("key", "k")
    desk.until(lambda s: len(s["camera_path"]["keys"]) == 2)
    desk.hand("key", "Home")
    desk.until(lambda s: s["free"] is None)


def test_the_wipe_and_the_export(desk: Desk, home: Path) -> None:
    desk.hand("key", "c")
    desk.until(lambda s: s["looking"]["against"] == "recorded")
    desk.ask("wait-final")
    desk.ask("compare", against="nothing")
    out = home / "edited"
    desk.ask("export-plan", scale=1.0)
    done = desk.ask("export", to=str(out), frames="0-1")
    assert done["export"]["status"] == "done", done["export"]
    assert open_sequence(out).scene.frames == (0, 1)


def test_killed_in_the_middle_it_loses_nothing(
    desk: Desk, drive: Path, home: Path
) -> None:
    """Saved, edited once more, then kill -9: the next start offers the last edit."""
    desk.ask("save", to=str(home / "mine.nsgproj"))
    desk.until(lambda s: not s["dirty"])
    last = desk.ask("move", by=[0.0, 0.0, 1.5], track=CAR)
    time.sleep(5.0)
    os.kill(desk.process.pid, signal.SIGKILL)
    desk.process.wait(timeout=20)
    project = str(home / "mine.nsgproj")
    with editor_on(home, project, "--device", "cpu", size="1280x720") as again:
        asked = again.until(lambda s: s["lost"])
        assert asked["edits"] == last["edits"][:-1]
        found = again.ask("recover")
        assert found["edits"] == last["edits"]
        assert place(again.ask("frame", to=0), CAR) == pytest.approx(
            place(last, CAR), abs=1e-9
        )
