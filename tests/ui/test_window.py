"""The real window with a real mouse and real keys."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nsg_core.documents.project import load_project
from tests.ui.screens import Desk, desk

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One window for all tests here: a second one in a process would crash."""
    with desk(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _as_it_was(editor: Desk) -> None:
    """Each test begins with the drive as it was recorded."""
    editor.move(4, 890)
    while (state := editor.ask("undo"))["undo"]:
        pass
    assert state["edits"] == []
    editor.ask("select", track=None)
    editor.ask("home")
    editor.ask("frame", to=0)


def position(state: dict[str, Any], track: int) -> list[float]:
    """Where an object is."""
    return next(o for o in state["objects"] if o["track"] == track)["position"]


def centre(state: dict[str, Any], track: int) -> list[float]:
    """Where its middle is on the screen."""
    return state["viewport"]["boxes"][str(track)]


def test_select_drag_undo_redo(editor: Desk) -> None:
    before = editor.ask("wait-final")
    editor.click(*centre(before, 0))
    selected = editor.until(lambda s: s["selection"] == 0)

    x, y = centre(selected, 0)
    editor.drag([x, y], [x + 180, y + 12])
    editor.until(lambda s: s["undo"] == 1 and not s["gesture"])
    moved = editor.ask("wait-final")
    assert position(moved, 0)[0] > position(before, 0)[0] + 1.5
    assert position(moved, 0)[1] == position(before, 0)[1]
    # The box went with the mouse.
    there = centre(moved, 0)
    assert abs(there[0] - (x + 180)) < 25

    editor.hand("key", "ctrl+z")
    back = editor.until(lambda s: s["undo"] == 0)
    assert position(back, 0) == position(before, 0)
    assert (back["undo"], back["redo"]) == (0, 1)
    editor.hand("key", "ctrl+y")
    again = editor.until(lambda s: s["undo"] == 1)
    assert position(again, 0) == position(moved, 0)


def test_the_picture_follows_the_edit(editor: Desk) -> None:
    """Pixels: the red car leaves its place and appears where it was dragged."""
    editor.ask("boxes", on=False)
    state = editor.ask("wait-final")
    x, y = (round(c) for c in centre(state, 0))
    before = editor.pixels()
    assert _reddish(before[y, x])
    editor.ask("select", track=0)
    editor.ask("move", by=[4.0, 0.0, 0.0])
    moved = editor.ask("wait-final")
    new_x, new_y = (round(c) for c in centre(moved, 0))
    after = editor.pixels()
    assert not _reddish(after[y, x])
    assert _reddish(after[new_y, new_x])
    editor.ask("undo")
    editor.ask("wait-final")
    part = np.s_[y - 3 : y + 3, x - 150 : x + 150]
    np.testing.assert_array_equal(editor.pixels()[part], before[part])
    editor.ask("boxes", on=True)


def _reddish(pixel: np.ndarray) -> bool:
    r, g, b = (int(c) for c in pixel)
    return r > 150 and g < 110 and b < 110


def test_the_selected_box_is_drawn_where_it_is(editor: Desk) -> None:
    editor.ask("select", track=0)
    editor.ask("wait-final")
    shot = editor.pixels().astype(int)
    orange = (abs(shot - (255, 168, 56)).sum(-1) < 40).nonzero()
    state = editor.state()
    view = state["viewport"]
    inside = (orange[1] > view["x"]) & (orange[1] < view["x"] + view["width"])
    above = orange[0] < view["y"] + view["height"]
    columns, rows = orange[1][inside & above], orange[0][inside & above]
    assert len(columns) > 100
    middle = (np.ptp(columns) / 2 + columns.min(), np.ptp(rows) / 2 + rows.min())
    assert middle == pytest.approx(centre(state, 0), abs=25)


def test_keys_turn_copy_remove_and_step(editor: Desk) -> None:
    start = editor.ask("select", track=1)
    editor.hand("key", "e")
    turned = editor.until(lambda s: s["undo"] == 1 and not s["gesture"])
    yaw = {o["track"]: o["degrees"] for o in turned["objects"]}
    before = {o["track"]: o["degrees"] for o in start["objects"]}
    # To the right, for the angle grows clockwise, seen from above.
    assert yaw[1] == pytest.approx(before[1] + 3.0, abs=1e-3)
    editor.hand("key", "ctrl+d")
    editor.until(lambda s: len(s["objects"]) == 3)
    editor.hand("key", "Delete")
    state = editor.until(lambda s: len(s["objects"]) == 2)
    assert state["undo"] == 3
    editor.hand("key", "Right")
    editor.until(lambda s: s["frame"] == 1)
    editor.hand("key", "Left")
    editor.until(lambda s: s["frame"] == 0)


def test_typing_a_number_moves_the_box_and_keys_stay_text(editor: Desk) -> None:
    start = editor.ask("select", track=0)
    x, y, width, height = editor.state()["fields"]["x"]
    editor.move(x + width / 2, y + height / 2)
    editor.state()
    editor.hand("keydown", "ctrl")
    editor.state()
    editor.hand("click", 1)
    editor.until(lambda s: s["typing"])
    editor.hand("keyup", "ctrl")
    editor.chord("ctrl", "a")
    # x would remove the object and f move the view if keys reached the shortcuts.
    editor.hand("type", "--delay", 60, "xf")
    editor.state()
    editor.chord("ctrl", "a")
    editor.state()
    editor.hand("type", "--delay", 60, "2.5")
    editor.state()
    editor.hand("key", "Return")
    state = editor.until(lambda s: s["undo"] == 1 and not s["gesture"])
    assert [o["track"] for o in state["objects"]] == [0, 1]
    assert state["free"] is None
    assert position(state, 0)[0] == pytest.approx(2.5)
    assert position(state, 0)[1:] == pytest.approx(position(start, 0)[1:])


def test_escape_takes_back_what_is_dragged(editor: Desk) -> None:
    start = editor.ask("wait-final")
    x, y = centre(start, 0)
    editor.move(x, y)
    editor.state()
    editor.hand("mousedown", 1)
    for i in range(1, 6):
        editor.move(x + 20 * i, y)
        editor.state()
    editor.until(lambda s: s["gesture"])
    editor.hand("key", "Escape")
    state = editor.until(lambda s: not s["gesture"])
    assert position(state, 0) == position(start, 0)
    editor.hand("mouseup", 1)
    assert editor.state()["undo"] == 0


def test_orbit_away_and_home(editor: Desk) -> None:
    view = editor.ask("wait-final")["viewport"]
    x, y = view["x"] + view["width"] / 3, view["y"] + view["height"] / 3
    editor.move(x, y)
    editor.state()
    editor.hand("mousedown", 3)
    editor.state()
    editor.move(x + 80, y + 30)
    editor.until(lambda s: s["free"] is not None)
    editor.hand("mouseup", 3)
    free = editor.ask("wait-final")
    # The free view fills its panel.
    assert free["viewport"]["height"] >= view["height"]
    editor.hand("key", "Home")
    editor.until(lambda s: s["free"] is None)


def test_scrubbing_the_timeline(editor: Desk) -> None:
    x, y, width, height = editor.state()["fields"]["strip"]
    editor.click(x + width - 10, y + height / 2)
    editor.until(lambda s: s["frame"] == 3)


def test_the_help_opens_and_closes(editor: Desk) -> None:
    editor.hand("key", "question")
    editor.until(lambda s: s["help"])
    editor.hand("key", "Escape")
    editor.until(lambda s: not s["help"])


def test_a_wrong_step_is_answered_and_harmless(editor: Desk) -> None:
    with pytest.raises(AssertionError, match="no track 77"):
        editor.ask("select", track=77)
    assert editor.state()["selection"] is None


def test_the_project_is_saved_and_opens_again(editor: Desk, tmp_path: Path) -> None:
    editor.ask("select", track=1)
    editor.ask("move", by=[1.0, 0.0, 0.0])
    path = tmp_path / "mine.nsgproj"
    assert editor.ask("save", to=str(path))["dirty"] is False
    project = load_project(path)
    assert [edit.label for edit in project.edits] == ["Move track 1 by 1.00 m"]
    assert editor.ask("undo")["dirty"]


def test_the_window_can_be_closed_in_order(tmp_path: Path) -> None:
    with desk(tmp_path, size="1280x720") as opened:
        opened.ask("wait-final")
        assert opened.close() == 0
