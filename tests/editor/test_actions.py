"""Actions as old state -> new state, and the table that names them."""

import inspect
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_core.scene import Pose, Vec3
from nsg_editor.actions.table import ACTIONS, fit_arguments, perform
from nsg_editor.state import EditorState, ExportPlan, Job, ModelInfo
from tests.editor.scenes import METRES, SHIFTS, start_state


def do(state: EditorState, *steps: tuple[str, dict[str, Any]]) -> EditorState:
    """Several actions in a row."""
    for name, arguments in steps:
        state = perform(state, name, **arguments)
    return state


def pose_of(state: EditorState, track: int) -> Pose:
    """Where an object is in the state's frame."""
    pose = state.scene.object(track).track.at(state.frame)
    assert pose is not None
    return pose


@given(st.sampled_from([0, 1]), SHIFTS)
def test_move_moves_the_selected_object(track: int, by: Vec3) -> None:
    old = do(start_state(), ("select", {"track": track}))
    new = perform(old, "move", by=by)
    expected = [a + b for a, b in zip(pose_of(old, track).position, by, strict=True)]
    assert list(pose_of(new, track).position) == expected
    assert pose_of(new, 1 - track) == pose_of(old, 1 - track)
    assert new.dirty == (by != (0.0, 0.0, 0.0))


@given(METRES, METRES, st.floats(-179, 179))
def test_place_puts_the_object_where_it_says(x: float, z: float, yaw: float) -> None:
    old = do(start_state(frame=2), ("select", {"track": 1}))
    new = perform(old, "place", position=(x, 1.5, z), degrees=yaw)
    pose = pose_of(new, 1)
    assert pose.position == pytest.approx((x, 1.5, z), abs=1e-9)
    assert math.degrees(pose.yaw) == pytest.approx(yaw, abs=1e-4)
    assert len(new.history.past) == 1
    assert perform(new, "undo").scene == old.scene


def test_typing_a_number_is_one_step() -> None:
    state = do(start_state(), ("select", {"track": 0}))
    for x in (1.0, 1.5, 2.0):
        state = perform(state, "drag-place", position=(x, 1.65, 12.0))
    state = perform(state, "end")
    assert len(state.history.past) == 1
    assert pose_of(state, 0).position[0] == pytest.approx(2.0)


def test_escape_takes_back_a_drag_then_deselects() -> None:
    before = do(start_state(), ("select", {"track": 0}))
    dragged = perform(before, "drag-move", by=(3.0, 0.0, 0.0))
    assert dragged.scene != before.scene
    back = perform(dragged, "cancel")
    assert back.scene == before.scene
    assert back.selection == 0
    assert perform(back, "cancel").selection is None


def test_remove_and_undo_bring_back_the_selection() -> None:
    state = do(start_state(), ("select", {"track": 1}))
    gone = perform(state, "remove")
    assert gone.selection is None
    assert [o.track_id for o in gone.scene.objects] == [0, 2]
    back = perform(gone, "undo")
    assert back.scene == state.scene
    assert back.selection == 1


def test_duplicate_stands_beside_and_is_selected() -> None:
    state = do(start_state(), ("select", {"track": 0}))
    new = perform(state, "duplicate")
    assert new.selection == 3
    copy, original = pose_of(new, 3), pose_of(new, 0)
    apart = math.dist(copy.position, original.position)
    assert apart == pytest.approx(1.8 + 0.5)
    assert copy.yaw == original.yaw
    # A removed track's number is not given to another object.
    again = do(new, ("remove", {}), ("select", {"track": 2}), ("remove", {}))
    newest = do(again, ("select", {"track": 0}), ("duplicate", {}))
    assert newest.selection == 3


def test_frames_stop_at_the_ends_and_playing_goes_round() -> None:
    state = start_state()
    assert perform(state, "step", by=-1).frame == 0
    assert perform(state, "step", by=10).frame == 3
    assert perform(replace(state, frame=3), "advance").frame == 0
    with pytest.raises(NsgError, match="frame 99 is outside"):
        perform(state, "frame", to=99)


def test_tab_goes_through_those_that_are_there() -> None:
    state = start_state()
    seen: list[int | None] = []
    for _ in range(3):
        state = perform(state, "select-next")
        seen.append(state.selection)
    # The walker (2) is not there in frame 0.
    assert seen == [0, 1, 0]


def test_the_free_view_leaves_the_camera_and_comes_home() -> None:
    state = start_state()
    moved = perform(state, "orbit", right=20.0, up=0.0)
    assert moved.free is not None
    assert perform(moved, "home").free is None


def test_focus_needs_an_object_in_this_frame() -> None:
    assert "Select" in perform(start_state(), "focus").notice
    far = do(start_state(), ("select", {"track": 2}), ("focus", {}))
    assert far.free is None
    assert "not there" in far.notice
    near = do(start_state(frame=2), ("select", {"track": 2}), ("focus", {}))
    assert near.free is not None


def test_training_is_asked_for_once() -> None:
    state = perform(start_state(), "train", steps=50)
    assert state.train.status == "starting"
    assert state.train.total == 50
    assert perform(state, "train").train is state.train
    stopped = perform(replace(state, train=Job("running")), "train-stop")
    assert stopped.train.status == "stopping"


def test_pause_and_go_on() -> None:
    state = replace(start_state(), train=Job("running"))
    paused = perform(state, "train-pause")
    assert paused.train.status == "paused"
    assert perform(paused, "train-pause").train.status == "running"


def test_export_without_a_model_says_what_to_do() -> None:
    with pytest.raises(NsgError, match="press Train first"):
        perform(start_state(), "export")
    ready = replace(start_state(), model=ModelInfo("ready", Path("a.safetensors")))
    state = perform(ready, "export", to=Path("out"), frames="1-2")
    assert state.export_plan == ExportPlan(Path("out"), (1, 2))
    for wrong in ("2-1", "x", "0-99", "-3"):
        with pytest.raises(NsgError):
            perform(ready, "export", frames=wrong)


def test_a_late_model_does_not_replace_a_newer_wish() -> None:
    state = perform(start_state(), "load-model", path=Path("a"))
    state = perform(state, "load-model", path=Path("b"))
    late = ModelInfo("ready", Path("a"), version=1)
    assert perform(state, "model-loaded", info=late).model.status == "loading"
    right = ModelInfo("ready", Path("b"), version=2)
    assert perform(state, "model-loaded", info=right).model == right


def test_a_broken_model_leaves_the_old_one_drawing() -> None:
    old = ModelInfo("ready", Path("a"), 10, "cpu", version=1)
    state = perform(replace(start_state(), model=old), "load-model", path=Path("b"))
    failed = perform(state, "model-failed", version=2, text="broken")
    assert failed.model.status == "ready"
    assert failed.dialog is not None


def test_unknown_actions_and_arguments_are_named() -> None:
    with pytest.raises(NsgError, match="no action 'hop'"):
        perform(start_state(), "hop")
    with pytest.raises(NsgError, match="no argument 'speed'; it takes by, track"):
        fit_arguments("move", {"by": [0, 0, 1], "speed": 1})
    with pytest.raises(NsgError, match="needs the argument 'by'"):
        fit_arguments("move", {})
    with pytest.raises(NsgError, match="no action 'picture-arrived'"):
        fit_arguments("picture-arrived", {})


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("move", {"by": [0, 0]}),
        ("move", {"by": [0, 0, "3"]}),
        ("move", {"by": [0, 0, float("nan")]}),
        ("turn", {"degrees": True}),
        ("select", {"track": "0"}),
        ("frame", {"to": 1.5}),
        ("show", {"picture": "depth"}),
        ("export", {"to": 3}),
    ],
)
def test_arguments_of_a_wrong_type_are_refused(
    name: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(NsgError, match="expects"):
        fit_arguments(name, arguments)


def test_arguments_from_a_file_are_converted() -> None:
    assert fit_arguments("move", {"by": [0, 1, 2]}) == {"by": (0.0, 1.0, 2.0)}
    assert fit_arguments("export", {"to": "out"}) == {"to": Path("out")}
    assert fit_arguments("select", {"track": None}) == {"track": None}
    shown = {"picture": "recorded"}
    assert fit_arguments("show", shown) == shown


def test_every_action_says_what_it_does() -> None:
    for action in ACTIONS.values():
        assert action.summary.endswith((".", ";")), action.name
        first = next(iter(inspect.signature(action.run).parameters))
        assert first == "state", action.name


def test_weights_that_cannot_be_read_leave_the_others_in_use() -> None:
    model = ModelInfo("ready", Path("good"), 5, "cpu", version=1)
    state = perform(start_state(model=model), "load-model", path=Path("bad"))
    state = perform(state, "load-model", path=Path("worse"))
    failed = perform(state, "model-failed", version=3, text="broken")
    # Exports draw with what is seen.
    assert failed.model.path == Path("good")
    assert failed.model.status == "ready"
    info = ModelInfo("ready", Path("worse"), 9, "cpu", version=3)
    assert perform(state, "model-loaded", info=info).model.before is None
