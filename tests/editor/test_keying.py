"""Key frames in the timeline: chosen, moved in time, copied, pasted, deleted."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_core.motion.keyframes import key_frames
from nsg_editor.actions.table import perform
from nsg_editor.derived.chosen import any_chosen, chosen_keys, diamonds
from nsg_editor.state import EditorState
from nsg_editor.ui.panels.key_row import KeyRow
from nsg_editor.values.scope import Scope
from tests.editor.scenes import start_state


def keyed() -> EditorState:
    """Car 0 with keys in frames 0, 1 and 3; in frame 1 it is a metre to the right."""
    state = perform(start_state(), "select", track=0)
    for frame in (0, 1, 3):
        state = perform(state, "key-set", frame=frame)
    state = perform(state, "frame", to=1)
    state = replace(state, scope=Scope("key"))
    return perform(state, "move", by=(1.0, 0.0, 0.0))


def keys(state: EditorState) -> tuple[int, ...]:
    return key_frames(state.scene.object(0))


def aside(state: EditorState, frame: int) -> float:
    """How far the car is to the right of where it was recorded."""
    now, was = (s.scene.object(0).track.at(frame) for s in (state, start_state()))
    assert now is not None
    assert was is not None
    return now.position[0] - was.position[0]


def test_a_key_goes_to_another_frame_and_what_it_says_with_it() -> None:
    state = perform(perform(keyed(), "key-choose", frame=1), "keys-move", by=1)
    assert keys(state) == (0, 2, 3)
    assert chosen_keys(state) == (2,)
    assert aside(state, 2) == pytest.approx(1.0)
    assert len(state.history.past) == len(keyed().history.past) + 1
    assert perform(state, "undo").scene == keyed().scene


def test_a_drag_is_one_step_and_escape_gives_it_back() -> None:
    state = perform(keyed(), "key-choose", frame=1)
    going = perform(state, "drag-keys", frames=(1,), by=1)
    going = perform(going, "drag-keys", frames=(1,), by=2)
    # A key that another one lies upon comes back when that goes on.
    assert keys(going) == (0, 3)
    assert keys(perform(going, "drag-keys", frames=(1,), by=1)) == (0, 2, 3)
    back = perform(going, "cancel")
    assert back.scene == state.scene
    assert chosen_keys(back) == (1,)
    assert back.selection == 0
    kept = perform(going, "end")
    assert len(kept.history.past) == len(state.history.past) + 1


def test_copies_are_pasted_where_one_is() -> None:
    state = perform(perform(keyed(), "key-choose", frame=1), "keys-copy")
    state = perform(perform(state, "frame", to=2), "keys-paste")
    assert keys(state) == (0, 1, 2, 3)
    assert aside(state, 1) == pytest.approx(1.0)
    assert aside(state, 2) == pytest.approx(1.0)
    other = perform(state, "select", track=1)
    with pytest.raises(NsgError, match="select it first"):
        perform(other, "keys-paste")


def test_chosen_keys_are_deleted_in_one_step() -> None:
    state = perform(keyed(), "key-choose", frame=0)
    state = perform(state, "key-choose", frame=3, add=True)
    assert chosen_keys(state) == (0, 3)
    gone = perform(state, "keys-delete")
    assert keys(gone) == (1,)
    assert not any_chosen(gone)
    assert len(gone.history.past) == len(state.history.past) + 1
    assert keys(perform(perform(state, "keys-all"), "keys-delete")) == ()
    with pytest.raises(NsgError, match="click a diamond"):
        perform(gone, "keys-delete")


def test_who_else_is_selected_has_no_chosen_keys() -> None:
    state = perform(keyed(), "key-choose", frame=1)
    other = perform(state, "select", track=1)
    assert not any_chosen(other)
    assert chosen_keys(perform(other, "select", track=0)) == (1,)


def flown() -> EditorState:
    state = start_state()
    for frame in (0, 2):
        state = perform(perform(state, "frame", to=frame), "camera-key")
    return state


def camera_frames(state: EditorState) -> list[int]:
    path = state.scene.camera_path
    assert path is not None
    return [key.frame for key in path.keys]


def test_keys_of_the_camera_path_show_another_frame_or_come_twice() -> None:
    state = perform(flown(), "camera-key-choose", key=1)
    going = perform(state, "drag-camera-frame", key=1, frame=3)
    assert camera_frames(going) == [0, 3]
    assert camera_frames(perform(going, "cancel")) == [0, 2]
    # Back where it was within the gesture is no step at all.
    there = perform(going, "drag-camera-frame", key=1, frame=2)
    assert len(perform(there, "end").history.past) == len(state.history.past)
    path = state.scene.camera_path
    assert path is not None
    copied = perform(state, "drag-camera-frame", key=0, frame=1, copies=True)
    new = perform(copied, "end").scene.camera_path
    assert new is not None
    assert camera_frames(copied) == [0, 1, 2]
    assert 0 < new.keys[1].time < path.keys[1].time
    assert copied.flight.key == 1
    gone = perform(perform(copied, "end"), "keys-delete")
    assert camera_frames(gone) == [0, 2]
    pasted = perform(perform(perform(state, "keys-copy"), "frame", to=3), "keys-paste")
    assert camera_frames(pasted) == [0, 2, 3]


class Strip:
    """Diamonds under a mouse, ten pixels from frame to frame."""

    def __init__(self, state: EditorState) -> None:
        self.state = state
        self.row = KeyRow(self._do, 16, 46)

    def _do(self, name: str, **arguments: object) -> None:
        self.state = perform(self.state, name, **arguments)

    @staticmethod
    def across(state: EditorState, frame: int) -> float:
        return 40.0 * frame

    def drag(self, start: int, *through: float, ctrl: bool = False) -> None:
        found = self.row.at(self.state, 40.0 * start, 32.0, self.across)
        assert found is not None
        self.row.press(self.state, found, 40.0 * start, ctrl, False)
        for x in through:
            self.row.follow(self.state, x, min(max(round(x / 40), 0), 3), True)
        last = through[-1] if through else 40.0 * start
        self.row.follow(self.state, last, min(max(round(last / 40), 0), 3), False)


def test_the_mouse_drags_a_diamond_and_snaps_to_frames() -> None:
    strip = Strip(keyed())
    steps = len(strip.state.history.past)
    strip.drag(1, 50.0, 70.0, 85.0)
    assert keys(strip.state) == (0, 2, 3)
    assert len(strip.state.history.past) == steps + 1
    assert strip.row.held is None
    strip.drag(2, 50.0, 40.0, ctrl=True)
    assert keys(strip.state) == (0, 1, 2, 3)


def test_the_last_bit_of_the_way_may_come_with_the_release() -> None:
    strip = Strip(keyed())
    found = strip.row.at(strip.state, 40.0, 32.0, strip.across)
    assert found is not None
    strip.row.press(strip.state, found, 40.0, False, False)
    strip.row.follow(strip.state, 80.0, 2, False)
    assert keys(strip.state) == (0, 2, 3)
    assert strip.state.history.base is None


def test_a_click_on_a_diamond_chooses_it_and_goes_there() -> None:
    strip = Strip(keyed())
    strip.drag(3)
    assert chosen_keys(strip.state) == (3,)
    assert strip.state.frame == 3
    assert keys(strip.state) == (0, 1, 3)
    assert strip.row.at(strip.state, 95.0, 32.0, strip.across) is None


def test_escape_within_a_drag_ends_it() -> None:
    strip = Strip(keyed())
    before = strip.state
    found = strip.row.at(before, 40.0, 32.0, strip.across)
    assert found is not None
    strip.row.press(before, found, 40.0, False, False)
    strip.row.follow(strip.state, 80.0, 2, True)
    assert keys(strip.state) == (0, 2, 3)
    strip.state = perform(strip.state, "cancel")
    strip.row.follow(strip.state, 120.0, 3, True)
    strip.row.follow(strip.state, 120.0, 3, False)
    assert strip.state.scene == before.scene
    assert strip.row.held is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3)), max_size=6))
def test_whatever_is_dragged_can_be_undone(drags: list[tuple[int, int]]) -> None:
    state = start = keyed()
    for frame, by in drags:
        if frame in keys(state) and 0 <= frame + by <= 3:
            state = perform(state, "key-choose", frame=frame)
            state = perform(state, "keys-move", by=by)
            assert frame + by in keys(state)
            assert {d.frame for d in diamonds(state)} == set(keys(state))
    while len(state.history.past) > len(start.history.past):
        state = perform(state, "undo")
    assert state.scene == start.scene
