"""Moving, turning and resizing by keys: axes, numbers, the mouse, one step each."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_core.scene import Pose
from nsg_editor.actions.table import perform
from nsg_editor.derived.holding import told
from nsg_editor.derived.request import fit
from nsg_editor.geometry import transform
from nsg_editor.geometry.transform import Transform
from nsg_editor.state import EditorState
from nsg_editor.values.keymaps import KEYMAPS, Chord, Name, bound
from tests.editor.scenes import start_state

PANEL = (800, 300)


def started(kind: str, **changes: object) -> EditorState:
    """A car is selected, and a key was pressed."""
    state = perform(start_state(**changes), "select", track=0)
    return perform(state, "transform", kind=kind)


def press(state: EditorState, keys: str) -> EditorState:
    """Keys one after the other, as the Blender table reads them."""
    for word in keys.split():
        shift = word.startswith("Shift+")
        when = "transform" if state.transform else "usual"
        row = bound("Blender", Chord(word.removeprefix("Shift+"), shift=shift), when)
        assert row is not None, word
        state = perform(state, row.action, **row.arguments)
    return state


def point(state: EditorState, x: float, y: float, **how: bool) -> EditorState:
    """The mouse over the picture."""
    view = fit(state, PANEL).view
    return perform(state, "transform-point", view=view, u=x, v=y, **how)


def pose(state: EditorState, track: int = 0) -> Pose:
    found = state.scene.object(track).track.at(state.frame)
    assert found is not None
    return found


def shift(state: EditorState, track: int = 0) -> np.ndarray:
    return np.subtract(pose(state, track).position, pose(start_state(), track).position)


def test_g_x_and_a_number_move_along_the_car() -> None:
    state = perform(start_state(), "select", track=0)
    state = press(state, "G X 3 . 5")
    assert told(state).startswith("Move 3.50 m forward   [3.5]")
    state = press(state, "Enter")
    assert state.transform is None
    yaw = pose(start_state()).yaw
    forward = (math.cos(yaw), 0, -math.sin(yaw))
    np.testing.assert_allclose(shift(state), np.multiply(3.5, forward), atol=1e-9)
    assert len(state.history.past) == 1
    assert perform(state, "undo").scene == start_state().scene


def test_the_same_axis_again_means_the_worlds_and_then_none() -> None:
    state = press(started("move"), "X 2")
    assert shift(state)[2] != pytest.approx(0, abs=1e-6)
    state = press(state, "X")
    np.testing.assert_allclose(shift(state), (2, 0, 0), atol=1e-9)
    assert "right" in told(state)
    state = press(state, "X")
    assert state.transform is not None
    assert state.transform.axis is None


def test_up_is_up_and_minus_is_the_other_way() -> None:
    state = press(started("move"), "Y 1")
    np.testing.assert_allclose(shift(state), (0, -1, 0), atol=1e-9)
    assert "1.00 m up" in told(state)
    state = press(state, "-")
    np.testing.assert_allclose(shift(state), (0, 1, 0), atol=1e-9)
    assert "1.00 m down" in told(state)
    state = press(state, "- . 5 Backspace Backspace Backspace")
    np.testing.assert_allclose(shift(state), 0, atol=1e-9)


def test_a_number_that_is_only_begun_moves_nothing() -> None:
    for begun in ("-", ".", "- ."):
        state = press(started("move"), f"X {begun}")
        np.testing.assert_allclose(shift(state), 0, atol=1e-9)
    assert transform.typed(Transform("move", typed="1.5"), ".").typed == "1.5"


@pytest.mark.parametrize(
    ("axis", "name", "words"),
    [
        ("", "yaw", "right"),
        ("Y", "yaw", "right"),
        ("X", "roll", "over"),
        ("Z", "pitch", "nose"),
    ],
)
def test_r_and_a_number_turn_by_degrees(axis: str, name: str, words: str) -> None:
    state = press(started("turn"), f"{axis} 3 0")
    turned = getattr(pose(state), name) - getattr(pose(start_state()), name)
    assert math.degrees(turned) == pytest.approx(30)
    assert "Turn 30.0 degrees" in told(state)
    assert words in told(state)


def test_s_and_a_factor_resize_one_edge_or_all() -> None:
    size = start_state().scene.object(0).size
    whole = press(started("resize"), "1 . 5 Enter").scene.object(0).size
    assert (whole.length, whole.height, whole.width) == pytest.approx(
        (1.5 * size.length, 1.5 * size.height, 1.5 * size.width)
    )
    longer = press(started("resize"), "X 2 Enter").scene.object(0).size
    assert (longer.length, longer.height) == (2 * size.length, size.height)
    flat = press(started("resize"), "Shift+X 2 Enter").scene.object(0).size
    assert (flat.length, flat.height) == (size.length, 2 * size.height)
    nothing = press(started("resize"), "0 Enter").scene.object(0).size
    assert nothing.length == pytest.approx(0.05)


def test_the_mouse_moves_it_without_a_button_and_a_number_outweighs_it() -> None:
    state = point(started("move"), 300, 200)
    np.testing.assert_allclose(shift(state), 0, atol=1e-9)
    moved = point(state, 330, 205)
    frame = fit(state, PANEL)
    feet = [
        frame.view.project(np.array([pose(s).position]))[0][:2]
        for s in (start_state(), moved)
    ]
    np.testing.assert_allclose(feet[1] - feet[0], (30, 5), atol=1e-6)
    assert shift(press(moved, "X 1"))[1] == pytest.approx(0)
    assert np.linalg.norm(shift(press(moved, "X 1"))) == pytest.approx(1)
    back = point(moved, 300, 200)
    np.testing.assert_allclose(shift(back), 0, atol=1e-9)


def test_shift_goes_slowly_and_ctrl_in_steps() -> None:
    state = point(press(started("move"), "Z"), 300, 200)
    fast, slow = point(state, 340, 200), point(state, 340, 200, fine=True)
    assert np.linalg.norm(shift(slow)) < 0.2 * np.linalg.norm(shift(fast))
    stepped = np.linalg.norm(shift(point(state, 340, 200, snap=True)))
    assert stepped / 0.1 == pytest.approx(round(stepped / 0.1), abs=1e-6)
    turned = point(point(started("turn"), 300, 200), 310, 260, snap=True)
    degrees = math.degrees(pose(turned).yaw - pose(start_state()).yaw)
    assert degrees / 5 == pytest.approx(round(degrees / 5), abs=1e-6)


def test_the_mouse_turns_clockwise_as_seen_from_above() -> None:
    state = started("turn")
    u, v, _ = fit(state, PANEL).view.project(np.array([pose(state).position]))[0]
    state = point(state, float(u) + 50, float(v))
    quarter = point(state, float(u), float(v) + 50)
    assert pose(quarter).yaw - pose(state).yaw == pytest.approx(math.pi / 2)
    assert "90.0 degrees right" in told(quarter)


def test_twice_as_far_from_its_foot_is_twice_as_large() -> None:
    state = started("resize")
    u, v, _ = fit(state, PANEL).view.project(np.array([pose(state).position]))[0]
    state = point(point(state, float(u) + 60, float(v)), float(u) + 120, float(v))
    assert state.scene.object(0).size.length == pytest.approx(8.0)


@given(
    st.sampled_from(["move", "turn", "resize"]),
    st.lists(
        st.sampled_from(
            [
                "X",
                "Y",
                "Z",
                "Shift+X",
                "Shift+Y",
                "1",
                "5",
                ".",
                "-",
                "Backspace",
                "G",
                "R",
                "S",
            ]
        ),
        max_size=12,
    ),
)
def test_escape_takes_all_back_and_enter_is_one_step(
    kind: str, keys: list[str]
) -> None:
    """Whatever is pressed, Esc leaves no trace, and undo takes back what Enter kept."""
    going = started(kind)
    for key in keys:
        # The key to resize twice ends it, in favour of handles.
        assert going.transform is not None
        if key != "S" or going.transform.kind != "resize":
            going = press(going, key)
    gone = perform(going, "cancel")
    assert gone.scene == start_state().scene
    assert gone.transform is None
    assert gone.selection == 0
    assert not gone.history.past
    kept = perform(going, "transform-keep")
    assert len(kept.history.past) <= 1
    assert (len(kept.history.past) == 1) == (kept.scene != start_state().scene)
    assert perform(kept, "undo").scene == start_state().scene


def test_several_turn_about_the_active_one_and_keep_their_distances() -> None:
    state = perform(start_state(), "select-many", tracks=(1, 0))
    turned = perform(state, "turn", degrees=90)
    apart = [
        np.subtract(pose(s, 1).position, pose(s, 0).position) for s in (state, turned)
    ]
    assert pose(turned).position == pose(state).position
    assert np.linalg.norm(apart[1]) == pytest.approx(np.linalg.norm(apart[0]))
    # A quarter turn to the right: what was ahead is to the left of the world's ahead.
    np.testing.assert_allclose(apart[1], (apart[0][2], 0, -apart[0][0]), atol=1e-9)
    assert len(turned.history.past) == 1
    moved = press(perform(state, "transform", kind="move"), "X X 2 Enter")
    for track in (0, 1):
        np.testing.assert_allclose(shift(moved, track), (2, 0, 0), atol=1e-9)
    assert len(moved.history.past) == 1


def test_a_key_that_is_held_down_begins_once_and_another_one_anew() -> None:
    going = press(started("move"), "X 2")
    assert press(going, "G") is going
    turning = press(going, "R 9 0")
    assert shift(turning) == pytest.approx((0, 0, 0))
    assert "Turn 90.0 degrees" in told(turning)


def test_nothing_selected_or_not_there_is_said() -> None:
    with pytest.raises(NsgError, match="nothing is selected"):
        perform(start_state(), "transform", kind="move")
    with pytest.raises(NsgError, match="press G, R or S first"):
        perform(start_state(), "transform-axis", axis="x")
    away = perform(start_state(), "select", track=2)
    with pytest.raises(NsgError, match="not there in frame 0"):
        perform(away, "transform", kind="move")


def test_a_locked_object_stays() -> None:
    state = perform(start_state(), "select", track=0)
    node = replace(state.scene.object(0), locked=True)
    scene = state.scene.with_object(node)
    history = replace(
        state.history, present=replace(state.history.present, scene=scene)
    )
    locked = replace(state, history=history)
    for name, arguments in (
        ("move", {"by": (1.0, 0.0, 0.0)}),
        ("transform", {"kind": "move"}),
        ("remove", {}),
        ("reset", {}),
    ):
        with pytest.raises(NsgError, match="Car 0 is locked"):
            perform(locked, name, **arguments)


def test_both_tables_lead_in_and_out_again() -> None:
    tables: tuple[tuple[Name, str], ...] = (("Blender", "GRS"), ("Unreal", "WER"))
    for name, keys in tables:
        rows: dict[Any, Any] = {
            (row.keys, row.when): row.action for row in KEYMAPS[name]
        }
        assert {rows[key, "usual"] for key in keys} == {"transform"}
        assert rows["Enter", "transform"] == "transform-keep"


def test_a_sum_is_typed_while_something_moves() -> None:
    t = Transform("move")
    seen = list[float | None]()
    for key in "1.5*.5-":
        t = transform.typed(t, key)
        seen.append(transform.number(t))
    assert seen == [1, 1, 1.5, 1.5, 1.5, 0.75, -0.75]
    assert transform.typed(Transform("move"), "*").typed == ""
    assert transform.typed(Transform("move", typed="2*"), "-").typed == "2*-"
    assert transform.number(Transform("move", typed="1/0")) == 1.0
