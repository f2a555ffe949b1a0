"""Undo and redo over any edits, and gestures as single steps."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from nsg_core.edits import Edit, Move, replay
from nsg_editor import history
from tests.editor.scenes import SHIFTS, edit_lists, street


def _done(edits: list[Edit]) -> history.History:
    past = history.start(street())
    for edit in edits:
        past = history.do(past, (edit,), None, None)
    return past


@given(edit_lists())
def test_undo_all_is_the_start_and_redo_all_the_end(edits: list[Edit]) -> None:
    end = _done(edits)
    now = end
    while now.past:
        now = history.undo(now)
    assert now.present.scene == street()
    assert now.present.edits == ()
    while now.future:
        now = history.redo(now)
    assert now == end


@given(edit_lists())
def test_edits_replay_to_the_present_scene(edits: list[Edit]) -> None:
    end = _done(edits)
    assert replay(street(), end.present.edits) == end.present.scene


@given(st.lists(SHIFTS, min_size=1, max_size=20), SHIFTS)
def test_a_gesture_is_one_step_from_where_it_began(
    shifts: list[tuple[float, float, float]], last: tuple[float, float, float]
) -> None:
    opened = history.begin(_done([Move(0, (1.0, 0.0, 0.0))]), 1)
    for shift in (*shifts, last):
        opened = history.propose(opened, (Move(1, shift),), 1)
    closed = history.commit(opened)
    moved = last != (0.0, 0.0, 0.0)
    assert len(closed.past) == 1 + moved
    expected = replay(street(), (Move(0, (1.0, 0.0, 0.0)), Move(1, last)))
    assert closed.present.scene == expected
    assert closed.base is None


@given(st.lists(SHIFTS, max_size=5))
def test_an_aborted_gesture_leaves_no_trace(
    shifts: list[tuple[float, float, float]],
) -> None:
    before = _done([Move(0, (1.0, 0.0, 0.0))])
    opened = history.begin(before, None)
    for shift in shifts:
        opened = history.propose(opened, (Move(1, shift),), 1)
    assert history.abort(opened) == before
    # Undo within a gesture takes back the gesture, not the step before it.
    assert history.undo(opened) == before


def test_a_new_step_forgets_what_was_undone() -> None:
    undone = history.undo(_done([Move(0, (1.0, 0.0, 0.0))]))
    assert undone.future
    again = history.do(undone, (Move(0, (2.0, 0.0, 0.0)),), None, None)
    assert not again.future
    assert history.redo(again) is again


def test_a_gesture_that_comes_back_is_no_step() -> None:
    opened = history.begin(history.start(street()), 0)
    away = history.propose(opened, (Move(0, (1.0, 0.0, 0.0)),), 0)
    back = history.propose(away, (Move(0, (0.0, 0.0, 0.0)),), 0)
    assert history.commit(back).past == ()


def test_a_step_selects_again_what_was_selected() -> None:
    moved = history.do(history.start(street()), (Move(1, (1.0, 0.0, 0.0)),), 1, 1)
    assert history.undo(moved).present.selection == 1


def test_a_thousand_steps_stay_small() -> None:
    """Steps share what did not change: far below 50 MB for a thousand."""
    now = history.start(street())
    for i in range(history.STEPS + 50):
        now = history.do(now, (Move(0, (0.01 * (i + 1), 0.0, 0.0)),), 0, 0)
    assert len(now.past) == history.STEPS
    shared = now.past[10].scene.objects[1] is now.past[900].scene.objects[1]
    assert shared
    lists = sum(sys.getsizeof(step.edits) for step in now.past)
    own = sum(sys.getsizeof(step.scene.objects) + 4 * 400 for step in now.past)
    assert lists + own < 50e6
