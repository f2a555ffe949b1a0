"""What looks wrong is found in the state's frame, and mended in one step."""

import pytest

from nsg_core.errors import NsgError
from nsg_editor.actions.checking import doubtful, findings
from nsg_editor.actions.table import perform
from nsg_editor.derived.marks import Line, Word, all_marks
from nsg_editor.state import EditorState
from tests.editor.scenes import start_state


def moved(*by: float, track: int = 0) -> EditorState:
    """The street with an object elsewhere."""
    return perform(perform(start_state(), "select", track=track), "move", by=by)


def test_nothing_is_wrong_with_a_recording():
    assert findings(start_state()) == ()
    with pytest.raises(NsgError, match="nothing looks wrong"):
        perform(start_state(), "mend")


def test_a_floating_car_is_put_back_in_one_step():
    state = moved(0.0, -1.0, 0.0)
    assert [f.kind for f in findings(state)] == ["ground"]
    mended = perform(state, "mend")
    assert findings(mended) == ()
    assert len(mended.history.past) == 2
    assert mended.notice == "Put it on the road: done."
    assert perform(mended, "undo").scene == state.scene


def test_all_is_mended_in_one_step():
    state = perform(moved(-0.4, -1.0, 10.0), "turn", degrees=80.0)
    assert len(findings(state)) >= 3
    mended = perform(state, "mend-all")
    assert len(findings(mended)) < len(findings(state))
    assert len(mended.history.past) == len(state.history.past) + 1
    assert "overlap" not in {f.kind for f in findings(mended)}


def test_a_mend_holds_where_edits_hold():
    state = moved(0.0, -1.0, 0.0)
    state = perform(perform(state, "scope", kind="frame"), "mend")
    heights = [state.scene.object(0).track.at(f).position[1] for f in (0, 1)]
    assert heights[0] > heights[1] + 0.9


def test_what_is_locked_is_not_mended():
    state = perform(moved(0.0, -1.0, 0.0), "lock")
    assert perform(state, "mend-all").scene == state.scene
    with pytest.raises(NsgError, match="Car 0 is locked"):
        perform(state, "mend")


def test_all_mends_are_one_step_that_says_so():
    state = perform(moved(0.0, -1.0, 0.0), "move", track=1, by=(0.0, -1.0, 0.0))
    done = perform(state, "mend-all")
    assert done.history.present.label.startswith("Mend what looked wrong in frame 0")
    assert len(done.history.past) == len(state.history.past) + 1


def test_the_whole_drive_is_looked_through():
    state = perform(moved(0.0, -1.0, 0.0), "check-all")
    assert [frame for frame, _ in state.survey.counts] == [0, 1, 2, 3]
    assert state.survey.edits == state.edits
    assert perform(start_state(), "check-all").notice == "All good."


def test_doubts_are_words_in_the_views():
    state = moved(0.0, -1.0, 0.0)
    words = [m.text for m in all_marks(state) if isinstance(m, Word)]
    assert "not on the road" in words
    assert doubtful(state) == {0: False}


def test_a_ring_tells_the_sides_that_were_seen():
    state = perform(start_state(), "select", track=0)
    lines = [m for m in all_marks(state) if isinstance(m, Line)]
    colours = {line.colour for line in lines}
    assert {"good", "warning", "bad"} <= colours


def test_it_is_put_down_on_the_road_where_it_floats() -> None:
    state = perform(start_state(), "select", track=0)
    said = perform(state, "to-ground")
    assert said.scene == state.scene
    assert "stands on the road" in said.notice
    lifted = perform(state, "move", by=(0.0, -3.0, 0.0))
    down = perform(lifted, "to-ground")
    poses = [s.selected_pose for s in (state, lifted, down)]
    heights = [pose.position[1] for pose in poses if pose is not None]
    assert abs(heights[2] - heights[0]) < 0.3 < abs(heights[1] - heights[0])
    with pytest.raises(NsgError, match="nothing is selected"):
        perform(start_state(), "to-ground")
