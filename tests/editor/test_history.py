"""Undo and redo over any edits, and gestures as single steps."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.documents.project import Variant
from nsg_core.edits.edit import Edit, Move, Remove, replay
from nsg_editor.values import history
from tests.any_edits import any_edits
from tests.editor.scenes import SHIFTS, edit_lists, street


def _done(edits: Sequence[Edit]) -> history.History:
    past = history.start(street())
    for edit in edits:
        past = history.do(past, (edit,), None, None)
    return past


@settings(max_examples=25, deadline=None)
@given(any_edits(street()))
def test_undo_all_is_the_start_and_redo_all_the_end(edits: tuple[Edit, ...]) -> None:
    end = _done(edits)
    now = end
    while now.past:
        now = history.undo(now)
    assert now.present.scene == street()
    assert now.present.edits == ()
    while now.future:
        now = history.redo(now)
    assert now == end


@settings(max_examples=25, deadline=None)
@given(any_edits(street()))
def test_edits_replay_to_the_present_scene(edits: tuple[Edit, ...]) -> None:
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


@pytest.fixture(scope="module")
def few_scenes() -> Iterator[None]:
    """Scenes are given away so early that even short histories have to replay."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "RECENT", 3)
        patch.setattr(history, "APART", 5)
        yield


@pytest.mark.usefixtures("few_scenes")
@settings(max_examples=30)
@given(edit_lists(40), st.lists(st.integers(0, 60), max_size=5))
def test_jumps_lead_to_any_step_and_lose_none(
    edits: list[Edit], jumps: list[int]
) -> None:
    end = _done(edits)
    labels = [step.label for step in end.steps]
    now = end
    for to in (to % len(labels) for to in jumps):
        now = history.jump(now, to)
        assert len(now.past) == to
        assert [step.label for step in now.steps] == labels
        assert now.present.scene == replay(street(), now.present.edits)
    assert history.jump(now, len(end.past)) == end


def test_another_variant_is_a_step_of_the_same_history() -> None:
    first = _done([Move(0, (1.0, 0.0, 0.0)), Remove(1)])
    shelf = (*first.present.variants, Variant("B", (Remove(0),)))
    scene = replay(street(), (Remove(0),))
    step = history.Step("To B", (Remove(0),), scene, None, "B", shelf)
    there = history.do(history.put(first, step), (Remove(2),), None, None)
    assert there.present.variant == "B"
    assert there.present.variants[1].edits == (Remove(0), Remove(2))
    assert there.present.variants[0].edits == first.present.edits
    back = history.undo(history.undo(there))
    assert back.present == first.present
    assert history.redo(history.redo(back)) == there


@pytest.mark.slow
def test_a_thousand_steps_stay_small() -> None:
    """Below 50 MB with the tracks of a long drive, and undo never lets anyone wait.

    In a process of its own, where no types are checked at run time.
    """
    command = [sys.executable, "-m", "tests.editor.many_steps"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(said.stdout)
    assert figures["steps"] == history.STEPS
    assert figures["bytes"] < 50e6
    assert figures["bytes_after_undo"] < 50e6
    # On average an undo costs as much as a few edits: a moment for thousands.
    assert figures["undo_s"] < 10 * figures["do_s"]
