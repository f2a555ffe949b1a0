"""The mouse on handles, dots and the road: what is dragged, and what is selected."""

import math
from dataclasses import replace

import numpy as np
import pytest

from nsg_core.scene import Vec3
from nsg_editor.derived import holding
from nsg_editor.derived.marks import MARKERS, Dot, Handle, Mark
from nsg_editor.derived.request import fit
from nsg_editor.geometry import gizmo
from nsg_editor.geometry.dragging import Part
from nsg_editor.state import EditorState
from tests.editor.scenes import start_state
from tests.editor.test_pointer import PANEL, Hand


def on_handle(hand: Hand, part: Part) -> tuple[float, float]:
    """Where the knob of a part is in the panel, or the middle of a square."""
    state = hand.store.state
    frame = fit(state, PANEL)
    made = holding.gizmo_of(state, frame.view)
    assert made is not None
    shape = next(shape for shape in gizmo.shapes(made) if shape.part == part)
    u, v = shape.knob or shape.lines[:, 0].mean(0)
    return float(u) + frame.x + 0.5, float(v) + frame.y + 0.5


def chosen(track: int = 0) -> Hand:
    """A hand over a street in which a car is selected."""
    hand = Hand()
    hand.store.dispatch("select", track=track)
    return hand


def drag(
    hand: Hand, start: tuple[float, float], by: tuple[float, float], **keys: bool
) -> None:
    """Press, move in steps, release."""
    hand.at(*start, **keys)
    for i in range(9):
        x, y = (a + b * i / 8 for a, b in zip(start, by, strict=True))
        hand.at(x, y, left=True, **keys)
    hand.at(start[0] + by[0], start[1] + by[1], **keys)


def moved(hand: Hand, track: int = 0) -> np.ndarray:
    poses = [
        s.scene.object(track).track.poses[0].position
        for s in (start_state(), hand.store.state)
    ]
    return np.subtract(poses[1], poses[0])


def test_the_arm_to_the_side_moves_along_it() -> None:
    hand = chosen()
    start = on_handle(hand, "z")
    hand.at(*start)
    assert hand.pointer.hot == "z"
    assert hand.store.state.hover is None
    drag(hand, start, (-40.0, 0.0))
    yaw = start_state().scene.object(0).track.poses[0].yaw
    along = np.array([math.sin(yaw), 0.0, math.cos(yaw)])
    assert abs(moved(hand) @ along) > 0.5
    np.testing.assert_allclose(np.cross(moved(hand), along), 0, atol=1e-9)
    assert len(hand.store.state.history.past) == 1


def test_the_ring_turns_and_ctrl_makes_steps() -> None:
    hand = chosen()
    drag(hand, on_handle(hand, "yaw"), (30.0, 6.0), ctrl=True)
    before, after = (
        s.scene.object(0).track.poses[0].yaw for s in (start_state(), hand.store.state)
    )
    degrees = math.degrees(math.remainder(after - before, math.tau))
    assert degrees != 0
    assert degrees / 5 == pytest.approx(round(degrees / 5), abs=1e-6)
    np.testing.assert_allclose(moved(hand), 0)


def test_with_shift_it_goes_a_tenth_of_the_way() -> None:
    fast, slow = chosen(), chosen()
    start = on_handle(fast, "z")
    drag(fast, start, (-30.0, 0.0))
    drag(slow, start, (-30.0, 0.0), shift=True)
    ratio = np.linalg.norm(moved(slow)) / np.linalg.norm(moved(fast))
    assert ratio == pytest.approx(0.1, rel=0.3)


def test_pressing_a_handle_without_moving_selects_what_is_there() -> None:
    hand = chosen(1)
    hand.click(*on_handle(hand, "yaw"))
    assert not hand.store.state.history.past


def test_shift_click_adds_and_takes_away() -> None:
    hand = Hand(frame=2)
    hand.store.dispatch("select", track=0)
    before = hand.store.state.scene
    x, y = hand.place(2)
    for expected in ((0, 2), (0,)):
        hand.at(x, y, shift=True)
        hand.at(x, y, left=True, shift=True)
        hand.at(x, y, shift=True)
        assert hand.store.state.selected_tracks == expected
    assert hand.store.state.scene == before


def test_a_rectangle_selects_what_it_touches() -> None:
    hand = Hand()
    drag(hand, (5.0, 295.0), (790.0, -290.0))
    assert set(hand.store.state.selected_tracks) == {0, 1}
    drag(hand, (5.0, 295.0), (40.0, -20.0))
    assert hand.store.state.selected_tracks == ()
    assert not hand.store.state.history.past


def test_the_rectangle_is_there_while_it_is_drawn_and_escape_ends_it() -> None:
    hand = Hand()
    hand.at(5, 295)
    hand.at(5, 295, left=True)
    assert hand.pointer.band is None
    hand.at(105, 195, left=True)
    assert hand.pointer.band == (5, 195, 105, 295)
    hand.pointer.drop()
    assert hand.pointer.band is None
    hand.at(700, 10, left=True)
    hand.at(700, 10)
    assert hand.store.state.selected_tracks == ()


def test_with_shift_the_rectangle_adds() -> None:
    hand = chosen(0)
    drag(hand, (5.0, 295.0), (790.0, -290.0), shift=True)
    assert set(hand.store.state.selected_tracks) == {0, 1}
    drag(hand, (5.0, 295.0), (20.0, -10.0), shift=True)
    assert set(hand.store.state.selected_tracks) == {0, 1}


def test_all_that_is_selected_goes_with_the_one_that_is_dragged() -> None:
    hand = chosen(0)
    hand.store.dispatch("select", track=1, add=True)
    x, y = hand.place(0)
    drag(hand, (x, y), (30.0, 4.0))
    assert np.linalg.norm(moved(hand, 0)) > 0.3
    np.testing.assert_allclose(moved(hand, 0), moved(hand, 1))
    assert set(hand.store.state.selected_tracks) == {0, 1}
    assert len(hand.store.state.history.past) == 1


def test_with_alt_a_copy_is_dragged_away_in_one_step() -> None:
    for start in (chosen().place(0), on_handle(chosen(), "z")):
        hand = chosen()
        drag(hand, start, (-40.0, 3.0), alt=True)
        state = hand.store.state
        (new,) = {o.track_id for o in state.scene.objects} - {
            o.track_id for o in start_state().scene.objects
        }
        assert state.selection == new
        np.testing.assert_allclose(moved(hand), 0)
        ways = [state.scene.object(t).track.poses[0].position for t in (0, new)]
        assert np.linalg.norm(np.subtract(ways[0], ways[1])) > 0.3
        assert len(state.history.past) == 1
        assert state.history.present.label == f"Duplicate Car 0 as Car {new}"
        hand.store.dispatch("undo")
        assert hand.store.state.scene == start_state().scene
        assert hand.store.state.selection == 0
        hand.store.dispatch("redo")
        assert hand.store.state.selection == new


def test_all_that_is_selected_is_copied_and_escape_takes_it_back() -> None:
    hand = chosen(0)
    hand.store.dispatch("select", track=1, add=True)
    start, before = hand.place(0), hand.store.state
    hand.at(*start, alt=True)
    hand.at(*start, alt=True, left=True)
    hand.at(start[0] + 30, start[1], alt=True, left=True)
    state = hand.store.state
    assert len(state.scene.objects) == len(before.scene.objects) + 2
    assert not {0, 1} & set(state.selected_tracks)
    assert holding.way_words(state)
    hand.store.dispatch("cancel")
    assert hand.store.state.scene == before.scene
    assert hand.store.state.selected_tracks == before.selected_tracks


def test_a_locked_box_is_not_dragged() -> None:
    hand = chosen(0)
    state = hand.store.state
    scene = state.scene.with_object(replace(state.scene.object(0), locked=True))
    present = replace(state.history.present, scene=scene)
    hand.store.state = replace(state, history=replace(state.history, present=present))
    drag(hand, hand.place(0), (40.0, 0.0))
    np.testing.assert_allclose(moved(hand), 0)
    # It says so, and a rectangle does not take its neighbours instead.
    assert "is locked" in hand.store.state.notice
    assert hand.store.state.selected_tracks == (0,)
    assert hand.pointer.band is None
    assert not hand.store.state.history.past


def test_the_mouse_carries_what_g_took_up_and_a_click_keeps_it() -> None:
    hand = chosen()
    hand.at(300, 150)
    hand.store.dispatch("transform", kind="move")
    for i in range(6):
        hand.at(300 + 8 * i, 150 + i)
    assert np.linalg.norm(moved(hand)) > 0.3
    hand.at(340, 155, left=True)
    hand.at(342, 155, left=True)
    hand.at(342, 155)
    state = hand.store.state
    assert state.transform is None
    assert state.selection == 0
    assert len(state.history.past) == 1


def test_the_right_button_puts_it_back() -> None:
    hand = chosen()
    hand.at(300, 150)
    hand.store.dispatch("transform", kind="move")
    hand.at(300, 150)
    hand.at(350, 160)
    hand.at(350, 160, right=True)
    hand.at(420, 190, right=True)
    hand.at(420, 190)
    assert hand.store.state.transform is None
    assert hand.store.state.free is None
    np.testing.assert_allclose(moved(hand), 0)


def test_dots_are_dragged_by_the_action_that_they_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    point: Vec3 = (0.5, 1.65, 8.0)
    handle = Handle("path-point", {"index": 3})

    def marker(state: EditorState) -> tuple[Mark, ...]:
        return (Dot(point, "accent", handle=handle), Dot((0.0, 1.65, 8.0), "accent"))

    monkeypatch.setitem(MARKERS, "test", marker)
    hand = Hand()
    told: list[tuple[str, dict[str, object]]] = []

    def hear(name: str, **arguments: object) -> None:
        told.append((name, arguments))

    hand.pointer._dispatch = hear
    frame = fit(hand.store.state, PANEL)
    u, v, _ = frame.view.project(np.array([point]))[0]
    start = float(u) + frame.x + 0.5, float(v) + frame.y + 0.5
    hand.at(*start)
    assert hand.pointer.hot_dot is not None
    told.clear()
    drag(hand, start, (32.0, 8.0))
    names = [name for name, _ in told]
    assert names[1:] == ["begin", *["path-point"] * 8, "end"]
    last = told[-2][1]
    assert last["index"] == 3
    to = last["to"]
    assert isinstance(to, tuple)
    found = frame.view.project(np.array([to]))[0][:2]
    np.testing.assert_allclose(found, (u + 32, v + 8), atol=1e-6)
    assert to[1] == pytest.approx(1.65)


def test_dots_of_a_way_yield_to_the_box_that_they_lie_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a car whose way goes through its middle could not be taken there."""
    hand = Hand()
    hand.store.attempt("select", track=0)
    pose = hand.store.state.selected_pose
    assert pose is not None
    x, y, z = pose.position
    mine = Handle("drag-way", {"track": 0, "frame": 1})
    dots = (Dot((x, y - 0.7, z), "accent", handle=mine),)
    monkeypatch.setitem(MARKERS, "test", lambda _: dots)
    frame = fit(hand.store.state, PANEL)
    u, v, _ = frame.view.project(np.array([dots[0].point]))[0]
    hand.at(float(u) + frame.x + 0.5, float(v) + frame.y + 0.5)
    assert hand.pointer.hot_dot is None
    other = Handle("drag-way", {"track": 1, "frame": 1})
    dots = (Dot((x, y - 0.7, z), "accent", handle=other),)
    hand.store.attempt("frame", to=1)
    hand.store.attempt("frame", to=0)
    hand.at(float(u) + frame.x + 1.5, float(v) + frame.y + 0.5)
    assert hand.pointer.hot_dot is not None
