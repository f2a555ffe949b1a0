"""Hands on objects in the real window: handles, keys with numbers, rectangles."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from nsg_editor.derived.holding import room
from nsg_editor.geometry import gizmo, sizing
from nsg_editor.geometry.axes import flat
from nsg_editor.geometry.dragging import Part
from nsg_editor.geometry.gizmo import Gizmo
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


def place_of(state: dict[str, Any], track: int) -> np.ndarray:
    return np.array(
        next(o["position"] for o in state["objects"] if o["track"] == track)
    )


def knob(state: dict[str, Any], part: Part) -> list[float]:
    """Where a handle of car 0 is in the window."""
    place = state["viewport"]
    recorded = street().view("image_02", 0)
    view = recorded.scaled(place["width"] / recorded.width)
    box = street().at(0)[0]
    axes = flat("local", box.pose.yaw)
    made = Gizmo(view, box, axes, scale=room(view))
    shape = next(shape for shape in gizmo.shapes(made) if shape.part == part)
    assert shape.knob is not None
    return [place["x"] + shape.knob[0] + 0.5, place["y"] + shape.knob[1] + 0.5]


def test_keys_and_a_number_move_it(editor: Desk) -> None:
    before = editor.ask("select", track=0)
    x, y, width, height = before["viewport"]["panel"]
    editor.move(x + 0.7 * width, y + 0.4 * height)
    for key in ("g", "x", "2", "period", "5"):
        editor.hand("key", key)
        editor.state()
    going = editor.until(lambda s: "[2.5]" in s["transform"])
    assert going["transform"].startswith("Move 2.50 m forward")
    assert going["gesture"]
    editor.hand("key", "Return")
    kept = editor.until(lambda s: s["undo"] == 1)
    yaw = street().at(0)[0].pose.yaw
    forward = np.array([math.cos(yaw), 0, -math.sin(yaw)])
    np.testing.assert_allclose(
        place_of(kept, 0) - place_of(before, 0), 2.5 * forward, atol=1e-6
    )
    editor.hand("key", "ctrl+z")
    editor.until(lambda s: s["undo"] == 0)


def test_the_mouse_carries_it_and_escape_puts_it_back(editor: Desk) -> None:
    before = editor.ask("select", track=0)
    x, y = before["viewport"]["boxes"]["0"]
    editor.move(x, y)
    editor.state()
    editor.hand("key", "g")
    editor.until(lambda s: s["gesture"])
    for i in range(1, 6):
        editor.move(x + 20 * i, y + 2 * i)
        editor.state()
    moved = editor.until(
        lambda s: abs(place_of(s, 0)[0] - place_of(before, 0)[0]) > 0.5
    )
    assert moved["undo"] == 0
    editor.hand("key", "Escape")
    back = editor.until(lambda s: not s["gesture"])
    np.testing.assert_allclose(place_of(back, 0), place_of(before, 0))
    assert back["selection"] == 0


def test_arm_and_ring_are_where_they_are_drawn(editor: Desk) -> None:
    before = editor.ask("select", track=0)
    x, y = knob(before, "z")
    editor.drag([x, y], [x - 60, y])
    moved = editor.until(lambda s: s["undo"] == 1 and not s["gesture"])
    yaw = street().at(0)[0].pose.yaw
    along = np.array([math.sin(yaw), 0, math.cos(yaw)])
    by = place_of(moved, 0) - place_of(before, 0)
    assert abs(by @ along) > 0.3
    np.testing.assert_allclose(by - (by @ along) * along, 0, atol=1e-6)
    editor.ask("undo")

    x, y = knob(before, "yaw")
    editor.drag([x, y], [x + 25, y + 4])
    turned = editor.until(lambda s: s["undo"] == 1 and not s["gesture"])
    degrees = [
        next(o["degrees"] for o in s["objects"] if o["track"] == 0)
        for s in (before, turned)
    ]
    assert abs(degrees[1] - degrees[0]) > 3
    np.testing.assert_allclose(place_of(turned, 0), place_of(before, 0))


def test_a_rectangle_selects_and_they_go_together(editor: Desk) -> None:
    before = editor.ask("select", track=None)
    x, y, width, height = before["viewport"]["panel"]
    editor.drag([x + 6, y + height - 6], [x + width - 60, y + 40])
    chosen = editor.until(lambda s: len(s["selected"]) == 2)
    assert set(chosen["selected"]) == {0, 1}
    editor.hand("key", "alt+Right")
    nudged = editor.until(lambda s: s["undo"] == 1 and not s["gesture"])
    for track in (0, 1):
        by = place_of(nudged, track) - place_of(before, track)
        assert by[0] >= 0.1 - 1e-9
        np.testing.assert_allclose(by[1:], 0, atol=1e-9)


def test_a_face_is_dragged_and_the_opposite_one_stays(editor: Desk) -> None:
    """The key to resize twice; then the square over the top."""
    before = editor.ask("select", track=0)
    place = before["viewport"]
    editor.move(place["x"] + 0.7 * place["width"], place["y"] + 0.4 * place["height"])
    editor.state()
    for _ in range(2):
        editor.hand("key", "s")
        editor.state()
    recorded = street().view("image_02", 0)
    view = recorded.scaled(place["width"] / recorded.width)
    box = street().at(0)[0]
    made = Gizmo(view, box, flat("local", box.pose.yaw), scale=room(view))
    u, v = next(k.at for k in sizing.knobs(made) if k.faces == ("top",))
    at = [place["x"] + u + 0.5, place["y"] + v + 0.5]
    editor.drag(at, [at[0], at[1] - 30])
    grown = editor.until(lambda s: s["undo"] == 1 and not s["gesture"])
    sizes = [
        next(o["size"] for o in s["objects"] if o["track"] == 0)
        for s in (before, grown)
    ]
    assert sizes[1][1] > sizes[0][1] + 0.2
    assert [sizes[1][0], sizes[1][2]] == [sizes[0][0], sizes[0][2]]
    np.testing.assert_allclose(place_of(grown, 0), place_of(before, 0))
    editor.hand("key", "Escape")
    assert editor.until(lambda s: s["notice"].startswith("Handles"))["selection"] == 0


@pytest.mark.parametrize("opens", ["axes", "menu"])
def test_escape_closes_a_list_that_the_mouse_opened_and_nothing_else(
    editor: Desk, opens: str
) -> None:
    editor.ask("select", track=0)
    state = editor.state()
    x, y, width, height = state["fields"]["axes"] if opens == "axes" else (0, 0, 34, 28)
    here = np.s_[round(y + height) + 8 : round(y + height) + 60, round(x) + 8 :][:2]

    def below() -> np.ndarray:
        return editor.pixels()[here][:, :100]

    closed = below()
    editor.click(x + width / 2, y + height / 2)
    editor.state()
    assert (below() != closed).any()
    editor.hand("key", "Escape")
    assert editor.state()["selected"] == state["selected"]
    assert np.array_equal(below(), closed)
    # Opened, closed by the mouse: then Escape means the selection.
    for _ in range(2):
        editor.click(x + width / 2, y + height / 2)
        editor.state()
    assert np.array_equal(below(), closed)
    editor.hand("key", "Escape")
    editor.until(lambda now: now["selected"] != state["selected"])
