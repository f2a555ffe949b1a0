"""What moves as nothing can is brought back to what it can, or it is said why not."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.checks.checker import Checker, known_of, mend
from nsg_core.checks.plausible import mend_motion, strange
from nsg_core.edits.edit import Edit, Move, replay
from nsg_core.edits.tracks import Retime, SetTrack, Smooth
from nsg_core.errors import NsgError
from nsg_core.motion.trajectory import limits, motion
from nsg_core.scene import Scene
from tests.core.test_manoeuvres import drive, node

EYE = (0.0, -1.0, -40.0)


def street() -> Scene:
    """A car at 8 m/s, and one beside it."""
    return drive(node(0, 0.0, 25.0, 8.0), node(1, 6.0, 25.0, 12.0))


def mended(edited: Scene, frame: int, track: int = 0) -> Scene:
    recorded = street().object(track)
    return replay(edited, mend_motion(edited, track, frame, recorded))


def top(scene: Scene, track: int = 0) -> float:
    return float(motion(scene.object(track).track).speed.max())


def test_too_fast_for_all_time_is_slowed_below_the_limit() -> None:
    edited = replay(street(), (Retime(1, ((0, 9.0),)),))
    assert top(edited, 1) > 100
    after = mended(edited, 2, 1)
    assert 55 < top(after, 1) < limits("Car").speed
    # Smoothing alone, which keeps the timing, would have changed nothing.
    smoothed = replay(edited, (Smooth(1, 50),))
    assert top(smoothed, 1) > limits("Car").speed


@pytest.mark.parametrize("metres", [1.0, 3.0])
def test_a_jump_in_one_frame_is_smoothed_away(metres: float) -> None:
    edited = replay(street(), (Move(0, (metres, 0.0, 0.0), (30, 30)),))
    assert strange(edited.object(0).track, 30, "Car", None) is not None
    after = mended(edited, 30)
    assert strange(after.object(0).track, 30, "Car", None) is None


def test_what_nothing_can_mend_is_said_with_the_reason() -> None:
    scene = street()
    first = scene.object(0).track.poses[0]
    away = replace(first, position=(0.0, 1.65, 4000.0))
    edited = replay(scene, (SetTrack(0, (0, 1, 2), (first, away, first)),))
    with pytest.raises(NsgError, match=r"Car 0 .* anew \(D\), or reset it"):
        mended(edited, 1)


def test_nothing_is_done_about_what_is_fine() -> None:
    assert mend_motion(street(), 0, 10, None) == ()


def test_the_button_does_what_it_says() -> None:
    scene = street()
    edited = replay(scene, (Retime(1, ((0, 9.0),)),))
    checker = Checker(known_of(scene))
    (finding,) = (f for f in checker.check(edited, 2, EYE) if f.kind == "motion")
    assert (finding.track, finding.mend) == (1, "Slow it down")
    edits = mend(finding, edited, 2, {}, checker.known)
    after = checker.check(replay(edited, edits), 2, EYE)
    assert not [f for f in after if f.kind == "motion"]


SHIFTS = st.tuples(
    st.floats(-30, 30), st.integers(0, 60), st.integers(0, 60), st.integers(0, 8)
)


@settings(max_examples=20)
@given(st.lists(SHIFTS, min_size=1, max_size=3), st.integers(0, 60))
def test_after_a_mend_it_is_fine_or_there_is_a_reason(
    shifts: list[tuple[float, int, int, int]], frame: int
) -> None:
    edits: tuple[Edit, ...] = tuple(
        Move(0, (metres, 0.0, 0.0), (min(a, b), max(a, b)), fade)
        for metres, a, b, fade in shifts
    )
    edited = replay(street(), edits)
    recorded = street().object(0).track
    try:
        after = mended(edited, frame)
    except NsgError:
        # The words are looked at above.
        return
    track = after.object(0).track
    assert track.at(frame) is not None
    assert strange(track, frame, "Car", recorded) is None
    assert all(map(math.isfinite, track.at(frame).position))
