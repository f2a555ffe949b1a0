"""Those who draw yield to the window while hands are at work, and pictures come."""

import os
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_editor.pictures.manners import INSISTS_S, LATE_S, Manners, Wait
from nsg_editor.pictures.priority import step_back, yield_all


def test_they_yield_while_hands_are_at_work_and_once_each_time() -> None:
    told: list[bool] = []
    manners = Manners(told.append)
    for now, hands in enumerate((False, True, True, False, False, True)):
        manners.turn(float(now), hands, 0.0)
    assert told == [True, False, True]


def test_a_late_picture_ends_it_for_a_while() -> None:
    told: list[bool] = []
    manners = Manners(told.append)
    manners.turn(0.0, True, 0.0)
    manners.turn(0.2, True, LATE_S * 1.01)
    manners.turn(0.3, True, 0.0)
    assert told == [True, False]
    manners.turn(0.2 + INSISTS_S, True, 0.0)
    assert told == [True, False, True]


@given(
    st.lists(
        st.tuples(st.floats(0.001, 0.1), st.booleans(), st.booleans()), max_size=80
    )
)
def test_nobody_yields_longer_than_a_picture_may_be_late(
    frames: list[tuple[float, bool, bool]],
) -> None:
    """Whatever hands do: while they yield, a picture is not older than that."""
    state = [False]
    manners, wait = Manners(lambda on: state.__setitem__(0, on)), Wait()
    now, picture, wanted_at = 1.0, 0, 1.0
    wait.waited(now, True, picture)
    for seconds, hands, comes in frames:
        now += seconds
        if comes:
            picture, wanted_at = picture + 1, now
        manners.turn(now, hands, wait.waited(now, True, picture))
        assert not state[0] or (hands and now - wanted_at <= LATE_S)


def test_who_wants_nothing_has_not_waited() -> None:
    wait = Wait()
    assert wait.waited(5.0, False, None) == 0.0
    assert wait.waited(6.0, True, None) == 1.0
    assert wait.waited(7.0, True, "a picture") == 0.0
    assert wait.waited(7.5, True, "a picture") == 0.5


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has idle threads")
def test_only_threads_that_stepped_back_yield_and_their_niceness_stays() -> None:
    seen: dict[str, list[int]] = {"drawing": [], "other": []}
    turns = [threading.Event() for _ in range(2)]
    ready = threading.Barrier(3)

    def look(name: str, nice: bool) -> None:
        if nice:
            step_back()
        for turn in turns:
            ready.wait(10)
            turn.wait(10)
            own = threading.get_native_id()
            seen[name].append(os.sched_getscheduler(own))

    threads = [
        threading.Thread(target=look, args=(name, nice))
        for name, nice in (("drawing", True), ("other", False))
    ]
    for thread in threads:
        thread.start()
    for yielding, turn in zip((True, False), turns, strict=True):
        ready.wait(10)
        yield_all(yielding)
        turn.set()
    for thread in threads:
        thread.join()
    assert seen["drawing"] == [os.SCHED_IDLE, os.SCHED_OTHER]
    assert seen["other"] == [os.SCHED_OTHER] * 2
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
