"""The list and the cameras in the real window, by a real hand."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.editor.scenes import street
from tests.ui.screens import Desk, desk

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One window for all tests here: a second one in a process would crash."""
    with desk(tmp_path_factory.mktemp("desk")) as opened:
        opened.ask("wait-final")
        yield opened


@pytest.fixture(autouse=True)
def _as_it_was(editor: Desk) -> None:
    editor.move(4, 890)
    while editor.ask("undo")["undo"]:
        pass
    editor.ask("select", track=None)


def middle(state: dict[str, Any], name: str) -> tuple[float, float]:
    """Where something is in the window."""
    x, y, width, height = state["fields"][name]
    return x + width / 2, y + height / 2


def on_map(state: dict[str, Any], x: float, z: float) -> list[float]:
    """A place of the world on the map, after the two cars that are drawn there."""
    boxes = state["panes"]["map"]["boxes"]
    screen = np.array([boxes["0"], boxes["1"]])
    world = np.array([street().at(0)[i].pose.position for i in (0, 1)])[:, [0, 2]]
    scale = (screen[0, 1] - screen[1, 1]) / (world[1, 1] - world[0, 1])
    u, v = screen[0] + scale * (np.array([x, z]) - world[0]) * (1, -1)
    return [float(u), float(v)]


def test_rows_are_clicked_and_switched(editor: Desk) -> None:
    state = editor.state()
    editor.click(*middle(state, "row 1"))
    assert editor.until(lambda s: s["selection"] == 1)
    editor.click(*middle(state, "eye 0"))
    hidden = editor.until(lambda s: s["hidden"] == [0])
    assert hidden["selection"] == 1
    editor.click(*middle(hidden, "lock 1"))
    editor.until(lambda s: s["locked"] == [1])
    # What is locked is not dragged away by its box.
    start = editor.state()["viewport"]["boxes"]["1"]
    editor.drag(start, [start[0] + 60, start[1]])
    assert [e for e in editor.state()["edits"] if "Move" in e] == []


def test_a_name_is_typed_in_the_list(editor: Desk) -> None:
    editor.click(*middle(editor.state(), "row 0"))
    editor.until(lambda s: s["selection"] == 0)
    editor.hand("key", "F2")
    editor.until(lambda s: s["typing"])
    editor.chord("ctrl", "a")
    editor.hand("type", "--delay", "60", "Taxi")
    editor.state()
    editor.hand("key", "Return")
    named = editor.until(lambda s: s["names"]["0"] == "Taxi")
    assert named["edits"] == ["Rename track 0 to Taxi"]
    assert not editor.until(lambda s: not s["typing"])["typing"]
    # Esc leaves the name as it was, and what is selected.
    editor.hand("key", "F2")
    editor.until(lambda s: s["typing"])
    editor.hand("key", "Escape")
    left = editor.until(lambda s: not s["typing"])
    assert (left["selection"], left["names"]["0"]) == (0, "Taxi")


def test_the_camera_is_dragged_on_the_map(editor: Desk) -> None:
    state = editor.state()
    start, end = on_map(state, 0.06, 0.0), on_map(state, 3.06, 2.0)
    editor.drag(start, end)
    moved = editor.until(lambda s: s["undo"] == 1)
    (label,) = moved["edits"]
    assert label.startswith("Camera image_02: ")
    assert "m right" in label
    assert "m forward" in label
    back = editor.ask("undo")
    assert back["edits"] == []


def test_a_path_is_flown_by_key(editor: Desk) -> None:
    x, y, width, height = editor.state()["viewport"]["panel"]
    editor.move(x + width * 0.7, y + height * 0.5)
    editor.hand("key", "k")
    editor.until(lambda s: s["camera_path"] is not None)
    editor.ask("orbit", right=15.0, up=3.0, where="camera")
    editor.hand("key", "k")
    made = editor.until(lambda s: len(s["camera_path"]["keys"]) == 2)
    assert made["camera_path"]["duration"] == 2.0
    editor.ask("preview")
    flown = editor.until(lambda s: s["camera_path"]["time"] > 0.5)
    assert flown["camera_path"]["flying"]
    editor.ask("preview", on=False)
    editor.ask("home", where="camera")
