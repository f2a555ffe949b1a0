"""Motion against closed forms, and what is taken for impossible."""

import math

import numpy as np
import pytest
from hypothesis import given

from nsg_core.motion.trajectory import direction, doubts, limits, motion
from nsg_core.scene import Pose, Track
from tests.core.tracks import made, straight, tracks


def test_even_acceleration_is_found_exactly():
    moved = motion(straight(5.0, 2.0))
    seconds = np.arange(41) / 10
    np.testing.assert_allclose(moved.speed, 5 + 2 * seconds, atol=1e-9)
    np.testing.assert_allclose(moved.acceleration, 2.0, atol=1e-8)
    np.testing.assert_allclose(moved.cornering, 0.0, atol=1e-8)
    np.testing.assert_allclose(moved.turning, 0.0, atol=1e-9)


def test_braking_is_negative():
    assert (motion(straight(10.0, -2.0)).acceleration < -1.9).all()


def test_a_circle_pulls_sideways_by_v_squared_over_r():
    v, r = 10.0, 20.0
    circle = made(
        60,
        lambda t: Pose(
            (r * math.sin(v / r * t), 0.0, -r * math.cos(v / r * t)),
            math.remainder(v / r * t, math.tau) * -1,
        ),
    )
    moved = motion(circle)
    inner = slice(6, -6)
    np.testing.assert_allclose(moved.speed[inner], v, rtol=0.02)
    np.testing.assert_allclose(moved.cornering[inner], v * v / r, rtol=0.02)
    np.testing.assert_allclose(abs(moved.acceleration[inner]), 0.0, atol=0.1)
    # Past half a circle the yaw jumps from -pi to pi; the rate does not.
    np.testing.assert_allclose(moved.turning, -v / r, atol=1e-9)


def test_gaps_are_counted_by_their_time():
    whole = straight(7.0, 1.0)
    kept = [i for i in range(41) if i % 3 != 1]
    thin = Track(tuple(kept), tuple(whole.poses[i] for i in kept))
    np.testing.assert_allclose(motion(thin).speed, motion(whole).speed[kept], atol=1e-8)


@given(tracks())
def test_any_track_has_a_finite_motion(track):
    moved = motion(track)
    for values in (moved.speed, moved.acceleration, moved.cornering, moved.turning):
        assert values.shape == (len(track.frames),)
        assert np.isfinite(values).all()
    assert (moved.speed >= 0).all()


def test_one_frame_stands():
    moved = motion(straight(9.0, count=1))
    assert moved.speed[0] == moved.acceleration[0] == 0.0


def test_labels_that_tremble_are_not_impossible():
    noise = np.random.default_rng(0).normal(0, 0.03, (41, 3))
    track = straight(8.0)
    poses = [
        Pose(tuple((np.array(p.position) + n).tolist()), p.yaw)
        for p, n in zip(track.poses, noise, strict=True)
    ]
    assert doubts(Track(track.frames, tuple(poses)), "Car") == ()


def test_a_full_braking_within_the_limit_is_not_doubted_and_beyond_it_is():
    assert doubts(straight(40.0, -7.9), "Car") == ()
    (doubt,) = doubts(straight(40.0, -9.0), "Car")
    assert (doubt.quantity, doubt.first, doubt.last) == ("acceleration", 0, 40)
    assert "brakes too hard: 9 m/s2 (at most 8), frames 0-40" in doubt.words


@pytest.mark.parametrize(
    ("track", "category", "quantity", "said"),
    [
        (straight(75.0), "Car", "speed", "too fast: 75 m/s"),
        (straight(9.0), "Pedestrian", "speed", "too fast: 9 m/s"),
        (straight(0.0, 9.0), "Van", "acceleration", "speeds up too hard: 9 m/s2"),
        (
            made(9, lambda t: Pose((0, 0, 10 * t), math.radians(70) * t)),
            "Car",
            "turning",
            "turns too fast: 70 deg/s",
        ),
        (
            made(9, lambda t: Pose((5 * t * t, 0, 10 * t), -math.pi / 2)),
            "Car",
            "cornering",
            "slides sideways",
        ),
    ],
)
def test_what_is_impossible_is_said_in_words(track, category, quantity, said):
    found = [d for d in doubts(track, category) if d.quantity == quantity]
    assert found
    assert any(said in doubt.words for doubt in found)


def test_a_jump_is_marked_around_its_frame_only():
    track = straight(5.0)
    poses = list(track.poses)
    x, y, z = poses[20].position
    poses[20] = Pose((x + 1.5, y, z), poses[20].yaw)
    found = doubts(Track(track.frames, tuple(poses)), "Car")
    assert [(d.quantity, d.first, d.last) for d in found] == [("jump", 19, 21)]
    assert found[0].worst == pytest.approx(1.5)
    np.testing.assert_allclose(
        motion(Track(track.frames, tuple(poses))).speed, motion(track).speed, atol=1e-9
    )


@pytest.mark.parametrize("first", [0, 1, 2, 17, 28])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 99])
def test_each_jump_is_one_doubt_and_the_speed_does_not_swing(
    first: int, count: int
) -> None:
    """As an edit of some frames only makes them, without blending."""
    still = made(40, lambda t: Pose((0.3 * t * t, 1.6, 6.0 * t), -math.pi / 2))
    poses = [
        Pose((x + 2.5 * (first <= i < first + count), y, z), -math.pi / 2)
        for i, (x, y, z) in enumerate(p.position for p in still.poses)
    ]
    track = Track(still.frames, tuple(poses))
    ends = [first] if first else []
    ends += [first + count] if first + count < 40 else []
    found = doubts(track, "Car")
    assert {d.quantity for d in found} <= {"jump"}
    # Jumps with less than a frame between them are one.
    assert len(found) == (1 if len(ends) == 2 and count <= 2 else len(ends))
    assert all(d.worst == pytest.approx(2.5, abs=0.1) for d in found)
    np.testing.assert_allclose(motion(track).speed, motion(still).speed, atol=0.1)


def test_hard_braking_is_no_jump() -> None:
    def braking(t: float) -> Pose:
        s = min(t, 2.0)
        return Pose((0.0, 1.6, 20.0 * s - 5.0 * s * s), -math.pi / 2)

    track = made(40, braking)
    assert motion(track).jump.max() < 0.2
    assert [d.quantity for d in doubts(track, "Car")] == ["acceleration"]


def test_unknown_classes_are_cars():
    assert limits("Misc") is limits("Car")


def test_who_stands_goes_where_it_looks():
    parked = made(10, lambda t: Pose((1.0, 1.6, 5.0), 1.3))
    np.testing.assert_allclose(direction(parked), 1.3)
    np.testing.assert_allclose(direction(straight(5.0)), -math.pi / 2, atol=1e-9)
