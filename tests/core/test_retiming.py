"""What is done to a track's time can be undone, and does nothing else."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_core.motion import retiming
from nsg_core.motion.trajectory import motion, places
from nsg_core.scene import Pose, Track
from tests.core.tracks import angles, made, metres, straight, tracks


def same(a: Track, b: Track, tolerance: float = 1e-6) -> None:
    """Two tracks are equal but for rounding."""
    assert a.frames == b.frames
    for p, q in zip(a.poses, b.poses, strict=True):
        np.testing.assert_allclose(
            p.T_world_object(), q.T_world_object(), atol=tolerance
        )


@given(tracks(), st.integers(-500, 500))
def test_later_and_earlier_again_is_the_start(track, by):
    assert retiming.shift(retiming.shift(track, by), -by) == track


@given(tracks(), metres, metres, angles)
def test_mirrored_twice_is_the_start(track, x, z, yaw):
    once = retiming.mirror(track, (x, 0.0, z), yaw)
    same(retiming.mirror(once, (x, 7.0, z), yaw), track)


@given(tracks(), st.booleans())
def test_reversed_twice_is_the_start(track, around):
    same(retiming.reverse(retiming.reverse(track, around), around), track)


def test_a_mirrored_car_drives_forwards_still():
    bend = made(20, lambda t: Pose((3 + t * t, 1.6, 8 * t), math.atan2(-8, 2 * t)))
    over = retiming.mirror(bend, (0.0, 0.0, 0.0), -math.pi / 2)
    assert [p.position[0] for p in over.poses] == pytest.approx(
        [-p.position[0] for p in bend.poses]
    )
    for a, b in zip(over.poses, over.poses[1:], strict=False):
        way = np.subtract(b.position, a.position)
        ahead = np.array([math.cos(a.yaw), 0, -math.sin(a.yaw)])
        assert way @ ahead > 0.99 * np.linalg.norm(way)


@given(tracks(), st.integers(0, 20))
def test_the_recorded_pace_changes_nothing(track, start):
    assert retiming.retime(track, ((start, 1.0),), (0, 20)) == track


def test_half_the_pace_is_half_the_speed_for_twice_the_time():
    slow = retiming.retime(straight(8.0, count=11), ((0, 0.5),), (0, 30))
    assert slow.frames == tuple(range(21))
    np.testing.assert_allclose(motion(slow).speed, 4.0, atol=1e-9)


def test_twice_the_pace_from_a_frame_on():
    fast = retiming.retime(straight(8.0, count=21), ((10, 2.0),), (0, 20))
    assert fast.frames == tuple(range(16))
    steps = np.diff(places(fast)[:, 2])
    np.testing.assert_allclose(steps, [0.8] * 10 + [1.6] * 5, atol=1e-9)


def test_a_pace_that_falls_to_nothing_brakes_evenly_and_stands():
    braked = retiming.retime(straight(10.0), ((5, 1.0), (25, 0.0)), (0, 40))
    assert braked.frames == tuple(range(41))
    pulled = motion(braked).acceleration[11:20]
    np.testing.assert_allclose(pulled, -5.0, atol=1e-6)
    assert braked.poses[26:] == (braked.poses[40],) * 15


@given(tracks(gaps=False, least=3), st.integers(1, 20))
def test_smoothing_never_raises_the_greatest_second_difference(track, radius):
    before, after = places(track), places(retiming.smooth(track, radius))
    was, now = (np.abs(np.diff(p, 2, axis=0)).max(0) for p in (before, after))
    assert (now <= was + 1e-6).all()
    np.testing.assert_allclose(after[[0, -1]], before[[0, -1]], atol=1e-9)


@given(tracks(), st.integers(1, 9))
def test_smoothing_keeps_frames_and_what_is_even(track, radius):
    assert retiming.smooth(track, radius).frames == track.frames
    even = straight(6.0)
    same(retiming.smooth(even, radius), even)


def test_smoothing_is_not_confused_by_a_full_turn():
    spin = made(30, lambda t: Pose((0, 0, 5 * t), math.remainder(3 * t, math.tau)))
    same(retiming.smooth(spin, 4), spin)


@given(tracks(), st.data())
def test_who_is_held_stands(track, data):
    frame = data.draw(st.sampled_from(track.frames))
    held = retiming.freeze(track, frame, (frame, frame + 5))
    assert {held.at(f) for f in range(frame, frame + 6)} == {track.at(frame)}
    outside = [f for f in track.frames if not frame <= f <= frame + 5]
    assert all(held.at(f) == track.at(f) for f in outside)


def test_who_is_not_there_cannot_be_held():
    with pytest.raises(NsgError, match="not there in frame 50"):
        retiming.freeze(straight(1.0), 50, (50, 60))


@pytest.mark.parametrize(
    ("how", "z"),
    [
        ("again", [0, 1, 2, 0, 1, 2, 0, 1]),
        ("back", [0, 1, 2, 1, 0, 1, 2, 1]),
        ("on", [0, 1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_loops(how, z):
    part = made(3, lambda t: Pose((0, 0, 10 * t), 0.2), first=4)
    looped = retiming.loop(part, (4, 6), 11, how)
    assert looped.frames == tuple(range(4, 12))
    assert [p.position[2] for p in looped.poses] == pytest.approx(z)


def test_a_loop_onwards_goes_on_around_a_bend():
    v, r = 6.0, 10.0

    def circle(t: float) -> Pose:
        a = v / r * t
        return Pose((r * math.sin(a), 0.0, -r * math.cos(a)), math.remainder(-a, 6.3))

    looped = retiming.loop(made(11, circle), (0, 10), 30, "on")
    same(looped, made(31, circle), 0.2)


def test_a_loop_needs_something_to_repeat():
    with pytest.raises(NsgError, match="two frames"):
        retiming.loop(straight(1.0), (3, 3), 20, "on")


@given(tracks(), st.integers(0, 10), st.integers(0, 20))
def test_who_is_extended_is_there_in_every_frame_and_unchanged_before(track, a, more):
    span = (a, a + more)
    wide = retiming.extend(track, span)
    assert set(range(a, a + more + 1)) <= set(wide.frames)
    assert all(wide.at(f) == p for f, p in zip(track.frames, track.poses, strict=True))


def test_who_is_extended_keeps_its_speed():
    wide = retiming.extend(straight(12.0, count=10), (0, 30))
    np.testing.assert_allclose(motion(wide).speed, 12.0, atol=1e-6)
    early = retiming.extend(retiming.shift(straight(12.0, count=10), 20), (0, 29))
    np.testing.assert_allclose(motion(early).speed, 12.0, atol=1e-6)


def test_a_car_that_is_pulled_aside_steers_there():
    track = straight(10.0)
    pulled = track.blend(
        lambda p, w: Pose((2 * w, p.position[1], p.position[2]), p.yaw), (30, 40), 20
    )
    steered = retiming.steer(track, pulled)
    assert steered.poses[0].yaw == pytest.approx(-math.pi / 2, abs=0.02)
    assert steered.poses[-1].yaw == pytest.approx(-math.pi / 2, abs=0.05)
    # To the right is a smaller angle, for yaw turns z towards -x.
    assert steered.poses[20].yaw > -math.pi / 2 + 0.05
    way = np.subtract(pulled.poses[21].position, pulled.poses[19].position)
    ahead = math.atan2(-way[2], way[0])
    assert steered.poses[20].yaw == pytest.approx(ahead, abs=0.02)
