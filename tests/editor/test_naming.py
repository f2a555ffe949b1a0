"""What a step of the history is called."""

import pytest

from nsg_editor.actions.registry import perform
from nsg_editor.state import EditorState
from tests.editor.scenes import start_state


def last(state: EditorState) -> str:
    return state.history.present.label


def test_a_step_names_its_object_and_how_many_more() -> None:
    state = perform(start_state(), "select", track=0)
    called = state.scene.object(0).label
    assert last(perform(state, "hide")) == f"Hide {called}"
    both = perform(perform(state, "select", track=2), "select", track=0, add=True)
    assert len(both.selected_tracks) == 2
    moved = perform(both, "move", by=(0.0, 0.0, 2.0))
    assert last(moved) == f"Move {called} and 1 more by 2.00 m"


@pytest.mark.parametrize("name", ["Taxi", "track 2", "7"])
def test_a_new_name_is_told_with_the_old_one(name: str) -> None:
    state = perform(start_state(), "select", track=0)
    called = state.scene.object(0).label
    state = perform(state, "rename", name=name)
    assert last(state) == f"Rename {called} to {name}"
    assert last(perform(state, "remove")) == f"Remove {name}"
    copied = perform(state, "duplicate")
    assert last(copied).startswith(f"Duplicate {name} as ")


def test_each_step_is_told_and_so_is_one_that_changes_nothing() -> None:
    state = perform(start_state(), "select", track=0)
    moved = perform(state, "move", by=(0.0, 0.0, 2.0))
    assert moved.notice == f"{last(moved)}."
    dragged = perform(perform(state, "begin"), "drag-move", by=(0.0, 0.0, 1.0))
    assert dragged.notice == ""
    ended = perform(dragged, "end")
    assert ended.notice == f"{last(ended)}."
    assert perform(ended, "select", track=2).notice == ""
    there = perform(state, "extend")
    assert there.history.past == ()
    assert state.scene.object(0).label in there.notice
