"""Selecting one, some, all and the others; what is selected goes together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_editor.actions.table import fit_arguments, perform
from nsg_editor.state import EditorState
from tests.editor.scenes import start_state

TRACKS = st.sampled_from([0, 1, 2])


def after(state: EditorState, *steps: tuple[str, dict[str, object]]) -> EditorState:
    for name, arguments in steps:
        state = perform(state, name, **arguments)
    return state


def test_adding_makes_active_and_again_takes_away() -> None:
    state = after(
        start_state(),
        ("select", {"track": 0}),
        ("select", {"track": 1, "add": True}),
    )
    assert state.selected_tracks == (0, 1)
    first = perform(state, "select", track=0, add=True)
    assert first.selected_tracks == (1, 0)
    assert perform(first, "select", track=0, add=True).selected_tracks == (1,)
    assert perform(first, "select", track=2).selected_tracks == (2,)
    assert perform(first, "select", track=None, add=True).selected_tracks == (1, 0)
    assert perform(first, "select", track=None).selected_tracks == ()


@given(st.lists(st.tuples(TRACKS, st.booleans()), max_size=12))
def test_the_active_one_is_always_selected(clicks: list[tuple[int, bool]]) -> None:
    state = start_state()
    for track, add in clicks:
        before = set(state.selected_tracks)
        was_active = state.selection == track
        state = perform(state, "select", track=track, add=add)
        chosen = state.selected_tracks
        assert len(set(chosen)) == len(chosen)
        assert state.selection == (chosen[-1] if chosen else None)
        if add:
            gone = {track} if was_active else set()
            assert set(chosen) == (before | {track}) - gone
        else:
            assert chosen == (track,)


def test_all_none_and_inverse_are_of_this_frame() -> None:
    state = perform(start_state(), "select-all")
    assert set(state.selected_tracks) == {0, 1}
    assert set(perform(start_state(frame=2), "select-all").selected_tracks) == {0, 1, 2}
    assert perform(state, "select-none").selected_tracks == ()
    one = perform(state, "select", track=1)
    assert perform(one, "select-inverse").selected_tracks == (0,)
    # The active object stays the active one.
    assert perform(one, "select-all").selection == 1


def test_many_at_once_from_a_list_in_a_file() -> None:
    arguments = fit_arguments("select-many", {"tracks": [2, 0, 2]})
    assert arguments == {"tracks": (2, 0, 2)}
    state = perform(start_state(), "select-many", **arguments)
    assert state.selected_tracks == (2, 0) or state.selected_tracks == (0, 2)
    more = perform(state, "select-many", tracks=(1,), add=True)
    assert set(more.selected_tracks) == {0, 1, 2}
    assert more.selection == 1
    with pytest.raises(NsgError, match="no track 9"):
        perform(state, "select-many", tracks=(9,))
    with pytest.raises(NsgError, match="expects 'tracks' to be a list of numbers"):
        fit_arguments("select-many", {"tracks": [1, "2"]})


def test_what_is_selected_is_removed_and_copied_together() -> None:
    state = perform(start_state(), "select-many", tracks=(0, 1))
    gone = perform(state, "remove")
    assert [node.track_id for node in gone.scene.objects] == [2]
    assert gone.selected_tracks == ()
    assert "2 objects" in gone.notice
    back = perform(gone, "undo")
    assert back.scene == state.scene
    assert len(back.history.future) == 1
    twice = perform(state, "duplicate", by=(0.0, 0.0, 5.0))
    assert twice.selected_tracks == (3, 4)
    assert len(twice.scene.objects) == 5
    assert len(twice.history.past) == 1


def test_an_action_for_one_track_leaves_the_others_alone() -> None:
    state = perform(start_state(), "select-many", tracks=(0, 1))
    moved = perform(state, "move", by=(1.0, 0.0, 0.0), track=2)
    assert moved.scene.object(0) is state.scene.object(0)
    assert moved.scene.object(2) != state.scene.object(2)
