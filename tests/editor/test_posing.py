"""Nudging, copying, pasting and taking back; the axes along which things move."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.edits.boxes import Resize
from nsg_core.errors import NsgError
from nsg_core.scene import Pose, Track
from nsg_editor.actions.preferring import as_liked
from nsg_editor.actions.table import perform
from nsg_editor.derived.holding import axes_for, box_of, way_words
from nsg_editor.geometry.axes import axes_of, flat, lane_yaw, said
from nsg_editor.state import EditorState
from nsg_editor.values.scope import Scope
from nsg_editor.values.settings import keep_settings, load_settings, settings_file
from tests.editor.scenes import METRES, SHIFTS, start_state, street


def pose(state: EditorState, track: int = 0) -> Pose:
    found = state.scene.object(track).track.at(state.frame)
    assert found is not None
    return found


def chosen(track: int = 0, **changes: object) -> EditorState:
    return perform(start_state(**changes), "select", track=track)


def test_a_nudge_goes_as_the_view_sees_it() -> None:
    state = chosen()
    right = perform(state, "nudge", right=0.1)
    # The recorded camera looks along z, so its right is the world's x.
    by = np.subtract(pose(right).position, pose(state).position)
    np.testing.assert_allclose(by, (0.1, 0, 0), atol=1e-9)
    ahead = perform(state, "nudge", ahead=0.1)
    by = np.subtract(pose(ahead).position, pose(state).position)
    np.testing.assert_allclose(by, (0, 0, 0.1), atol=1e-9)
    assert len(right.history.past) == 1


def test_a_key_that_repeats_is_one_step() -> None:
    state = chosen()
    for i in range(1, 6):
        state = perform(state, "drag-nudge", right=0.1 * i, ahead=0.0)
    state = perform(state, "end")
    assert len(state.history.past) == 1
    assert pose(state).position[0] == pytest.approx(
        pose(start_state()).position[0] + 0.5
    )


def test_copy_here_and_paste_there() -> None:
    state = perform(chosen(0), "copy")
    pasted = perform(perform(state, "select", track=1), "paste")
    here, there = pose(state, 0), pose(pasted, 1)
    assert there.position == pytest.approx(here.position)
    assert there.yaw == pytest.approx(here.yaw)
    assert pasted.scene.object(0) is state.scene.object(0)
    assert len(pasted.history.past) == 1
    # In another frame: where it was, this object is then.
    later = perform(replace(state, frame=3), "paste")
    assert pose(later, 0).position == pytest.approx(here.position)
    assert "there already" in perform(state, "paste").notice
    with pytest.raises(NsgError, match="nothing is copied"):
        perform(chosen(), "paste")


def test_the_size_is_pasted_if_wished() -> None:
    big = perform(chosen(0), "scale", by=1.5)
    copied = perform(perform(big, "copy"), "select", track=1)
    size = copied.scene.object(0).size
    assert perform(copied, "paste").scene.object(1).size != size
    assert perform(copied, "paste", size=True).scene.object(1).size == size


@given(SHIFTS, st.floats(-170, 170), st.floats(0.6, 1.8))
def test_reset_brings_the_whole_object_back(
    by: tuple[float, float, float], degrees: float, factor: float
) -> None:
    state = chosen()
    for name, arguments in (
        ("move", {"by": by}),
        ("turn", {"degrees": degrees}),
        ("tilt", {"pitch": 5.0, "roll": -3.0}),
        ("scale", {"by": factor}),
    ):
        state = perform(state, name, **arguments)
    back = perform(state, "reset")
    assert back.scene.object(0).track == start_state().scene.object(0).track
    assert back.scene.object(0).size == start_state().scene.object(0).size
    assert len(back.history.past) == len(state.history.past) + 1
    assert "as it was recorded" in perform(back, "reset").notice


@given(st.sampled_from(["x", "y", "z"]), SHIFTS)
def test_reset_of_one_number_leaves_the_others(
    axis: str, by: tuple[float, float, float]
) -> None:
    state = perform(chosen(), "move", by=by)
    back = perform(state, "reset", number=axis)
    wanted = list(pose(state).position)
    i = "xyz".index(axis)
    wanted[i] = pose(start_state()).position[i]
    assert pose(back).position == pytest.approx(tuple(wanted), abs=1e-9)


def test_reset_of_one_edge_and_of_an_angle() -> None:
    state = perform(perform(chosen(), "scale", by=2.0), "turn", degrees=40)
    size = perform(state, "reset", number="width").scene.object(0).size
    assert (size.length, size.width) == pytest.approx((8.0, 1.8))
    back = perform(state, "reset", number="yaw")
    assert pose(back).yaw == pytest.approx(pose(start_state()).yaw)
    assert back.scene.object(0).size.length == 8.0


def test_what_was_never_recorded_cannot_be_reset() -> None:
    copy = perform(chosen(), "duplicate")
    with pytest.raises(NsgError, match="not in the recording"):
        perform(copy, "reset")


def test_a_typed_size_is_that_of_the_active_one_and_others_grow_as_much() -> None:
    state = perform(start_state(), "select-many", tracks=(1, 0))
    typed = perform(state, "place", size=(6.0, 1.6, 1.8))
    assert typed.scene.object(0).size.length == pytest.approx(6.0)
    assert typed.scene.object(1).size.length == pytest.approx(6.0)
    resized = [edit for edit in typed.edits if isinstance(edit, Resize)]
    assert len(resized) == 2
    assert len(typed.history.past) == 1


def test_edits_hold_where_the_scope_says() -> None:
    state = replace(chosen(), frame=1, scope=Scope("frame"))
    leaning = perform(state, "tilt", pitch=10.0)
    pitches = [p.pitch for p in leaning.scene.object(0).track.poses]
    assert [round(math.degrees(p)) for p in pitches] == [0, 10, 0, 0]
    nudged = perform(replace(state, scope=Scope("from-here")), "nudge", right=1.0)
    xs = [p.position[0] for p in nudged.scene.object(0).track.poses]
    assert np.subtract(xs, -1.0) == pytest.approx([0, 1, 1, 1])


def test_axes_go_round_and_say_so() -> None:
    state, names = chosen(), []
    for _ in range(3):
        state = perform(state, "axes")
        names.append(state.hands.axes)
    assert names == ["world", "lane", "local"]
    assert perform(state, "axes", name="lane").hands.axes == "lane"
    assert perform(state, "free").hands.free
    assert perform(state, "snap").hands.snap


def test_the_lane_of_what_drives_is_its_way() -> None:
    scene = street()
    node = scene.object(0)
    # It drives along z whatever its yaw: half a metre a frame.
    assert lane_yaw(scene, "image_02", node, 1) == pytest.approx(-math.pi / 2)
    parked = replace(node, track=Track((0, 1), (node.track.poses[0],) * 2))
    # The cameras drive along z as well.
    assert lane_yaw(scene, "image_02", parked, 0) == pytest.approx(-math.pi / 2)
    alone = replace(node, track=Track((1,), node.track.poses[:1]))
    assert lane_yaw(scene, "image_02", alone, 1) == pytest.approx(-math.pi / 2)


def test_along_the_lane_means_along_it() -> None:
    state = perform(chosen(), "axes", name="lane")
    for name, arguments in (
        ("transform", {"kind": "move"}),
        ("transform-axis", {"axis": "x"}),
        ("transform-type", {"key": "2"}),
    ):
        state = perform(state, name, **arguments)
    by = np.subtract(pose(state).position, pose(start_state()).position)
    np.testing.assert_allclose(by, (0, 0, 2), atol=1e-9)
    assert way_words(state) == "2.00 m along the lane"


@given(st.floats(-3.1, 3.1), METRES)
def test_axes_are_right_angled_units_with_y_up(yaw: float, metres: float) -> None:
    M = flat("local", yaw).matrix()
    np.testing.assert_allclose(M @ M.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(M[1], (0, -1, 0))
    box = box_of(start_state(), 0)
    assert box is not None
    for name in ("local", "world", "lane"):
        for free in (False, True):
            M = axes_of(name, box, yaw, free).matrix()
            np.testing.assert_allclose(M @ M.T, np.eye(3), atol=1e-12)
    word = said("local", "y", metres)
    assert word == f"{abs(metres):.2f} m {'down' if metres < 0 else 'up'}"


def test_what_is_named_left_is_to_the_left() -> None:
    """A car that drives along the world's z has its left at -x."""
    state = chosen()
    box = box_of(state, 0)
    assert box is not None
    ahead = replace(box, pose=replace(box.pose, yaw=-math.pi / 2))
    axes = axes_for(state, ahead)
    np.testing.assert_allclose(axes.x, (0, 0, 1), atol=1e-12)
    np.testing.assert_allclose(axes.z, (-1, 0, 0), atol=1e-12)
    assert said(axes.name, "z", 1.0) == "1.00 m left"


def test_how_objects_are_taken_hold_of_is_kept_over_restarts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    state = start_state()
    for name, arguments in (
        ("axes", {"name": "lane"}),
        ("free", {"on": True}),
        ("snap", {"on": True}),
    ):
        state = perform(state, name, **arguments)
    keep_settings(state.settings)
    again = as_liked(start_state(), load_settings())
    hands = again.hands
    assert (hands.axes, hands.free, hands.snap) == ("lane", True, True)
    # A file of an older program, and one that somebody spoilt, mean the usual hands.
    for spoilt in ("{}", '{"axes": "sideways", "free": 3, "snap": null}'):
        settings_file().write_text(spoilt)
        liked = as_liked(start_state(), load_settings())
        assert liked.hands == start_state().hands
