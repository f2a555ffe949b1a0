"""Camera paths: smooth, through their keys, and changed without surprises."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.cameras import path as flight
from nsg_core.cameras.path import CameraKey, CameraPath
from nsg_core.cameras.spline import exp, log, product, quaternion, rotation, squad
from nsg_core.errors import NsgError
from tests.core.camera_paths import camera_paths, pose, turns

FEW = settings(max_examples=20)


def key(z: float, time: float, frame: int = 0, **more: object) -> CameraKey:
    """A key on the z axis."""
    return CameraKey(pose((0, 0, z), (0, 0, 0)), time, 0.6, frame, **more)


def speed(path: CameraPath, time: float, step: float = 1e-5) -> np.ndarray:
    """Position, turning and zoom per second, from two near places."""
    a, b = path.place(time), path.place(time + step)
    qa, qb = (quaternion(p.T_world_camera[:3, :3]) for p in (a, b))
    spin = log(product(qa * (1, -1, -1, -1), qb))
    shift = b.T_world_camera[:3, 3] - a.T_world_camera[:3, 3]
    return np.array([*shift, *spin, b.fov - a.fov]) / step


@FEW
@given(turn=turns)
def test_quaternions_are_rotations(turn):
    q = exp(np.array(turn))
    R = rotation(q)
    np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(log(q), turn, atol=1e-9)
    same = quaternion(R)
    assert min(np.abs(same - q).max(), np.abs(same + q).max()) < 1e-9
    # Rodrigues: the axis stays, and what is across it turns by the angle.
    np.testing.assert_allclose(R @ turn, turn, atol=1e-9)
    assert np.trace(R) == pytest.approx(1 + 2 * math.cos(np.linalg.norm(turn)))


@FEW
@given(a=turns, b=turns)
def test_a_quaternion_product_is_one_turn_after_the_other(a, b):
    qa, qb = exp(np.array(a)), exp(np.array(b))
    both = rotation(qa) @ rotation(qb)
    np.testing.assert_allclose(rotation(product(qa, qb)), both, atol=1e-9)


@FEW
@given(turn=turns, share=st.floats(0, 1))
def test_an_even_turn_stays_even(turn, share):
    """With the turn's own speed at both ends the curve is the shortest arc."""
    start, whole = exp(np.array([0.2, -0.4, 0.1])), np.array(turn)
    end = product(start, exp(whole))
    spin = whole / 2.0
    q = squad(start, end, spin, spin, 2.0, share)
    there = product(start, exp(whole * share))
    assert min(np.abs(q - there).max(), np.abs(q + there).max()) < 1e-7


@FEW
@given(path=camera_paths())
def test_a_path_meets_its_keys(path):
    for one in path.keys:
        place = path.place(one.time)
        np.testing.assert_allclose(
            place.T_world_camera.ravel(), one.T_world_camera, atol=1e-6
        )
        assert place.fov == pytest.approx(one.fov, abs=1e-6)
        assert path.frame(one.time) == one.frame


@FEW
@given(path=camera_paths(least=2))
def test_speed_does_not_jump_at_keys(path):
    """Left and right of a key the camera moves, turns and zooms equally fast."""
    inner = path.keys if path.looping else path.keys[1:-1]
    for one in inner:
        before, after = one.time - 2e-5, one.time + 1e-5
        rates = np.array([speed(path, before), speed(path, after)])
        # Over 3e-5 s a cubic through points 170 m apart in half a second gains 0.15.
        assert np.abs(rates[0] - rates[1]).max() < 0.2


@FEW
@given(path=camera_paths(least=3, rests=False))
def test_a_key_that_rests_stands_still(path):
    still = flight.changed(path, 1, lambda k: replace(k, rest=True))
    at = still.keys[1].time
    assert np.abs(speed(still, at - 5e-6, 1e-5)).max() < 0.05


def test_evenly_spaced_keys_on_a_line_are_flown_evenly_in_between():
    path = CameraPath(tuple(key(2.0 * i, i) for i in range(5)))
    for time in (1.0, 1.3, 2.0, 2.9):
        assert path.place(time).T_world_camera[2, 3] == pytest.approx(2 * time)
    # It starts and ends at rest.
    assert abs(speed(path, 0.0)[2]) < 1e-3
    assert path.place(0.5).T_world_camera[2, 3] == pytest.approx(0.75)


def test_unevenly_spaced_keys_of_a_parabola_stay_on_it():
    """Slopes of three points of a parabola are its own, wherever they are."""
    times = (0.0, 0.5, 2.0, 3.0, 4.5)
    path = CameraPath(tuple(key(t * t, t) for t in times))
    for time in np.linspace(0.5, 3.0, 11):
        assert path.place(time).T_world_camera[2, 3] == pytest.approx(time * time)


def test_the_drives_time_goes_on_evenly_between_keys():
    path = CameraPath((key(0, 0, 0), key(1, 2, 10), key(2, 3, 10)), loop=True)
    assert [path.frame(t) for t in (0, 1, 2, 2.5, 3, 4, 5)] == [0, 5, 10, 10, 10, 5, 0]
    assert path.duration == 5
    once = replace(path, loop=False)
    assert once.duration == 3
    assert once.frame(99) == 10
    assert len(once.times()) == 91
    assert len(path.times()) == 150


def test_a_loop_is_closed():
    path = CameraPath((key(0, 0), key(3, 1), key(1, 2)), loop=True, closing_s=1.0)
    end = path.place(path.duration - 1e-9).T_world_camera
    np.testing.assert_allclose(end, path.place(0).T_world_camera, atol=1e-6)


def test_a_view_has_the_angle_of_its_key():
    path = CameraPath((key(0, 0),), width=400, height=300)
    view = path.view(0.0)
    _, top = view.ray(view.cx, -0.5)
    _, bottom = view.ray(view.cx, 299.5)
    assert math.acos(float(top @ bottom)) == pytest.approx(0.6)


@FEW
@given(path=camera_paths(least=2))
def test_the_drawn_way_is_the_one_that_is_flown(path):
    points = path.way(4)
    times = [k.time for k in path.keys] + [path.duration] * path.looping
    assert len(points) == 4 * (len(times) - 1) + 1
    for i, (a, b) in enumerate(pairwise(times)):
        for j in range(4):
            there = path.place(a + (b - a) * j / 4).T_world_camera[:3, 3]
            np.testing.assert_allclose(points[4 * i + j], there, atol=1e-6)
    np.testing.assert_allclose(
        points[-1], path.keys[0 if path.looping else -1].position, atol=1e-9
    )


def test_an_empty_path_takes_no_pictures():
    assert CameraPath().views() == ()
    assert CameraPath().duration == 0


@FEW
@given(path=camera_paths(least=2), data=st.data())
def test_changes_of_order_and_time(path, data):
    index = data.draw(st.integers(0, len(path.keys) - 1))
    to = data.draw(st.integers(0, len(path.keys) - 1))
    moved = flight.reordered(path, index, to)
    assert [k.time for k in moved.keys] == [k.time for k in path.keys]
    assert moved.keys[to].T_world_camera == path.keys[index].T_world_camera
    back = flight.reordered(moved, to, index)
    assert back == path
    long = flight.retimed(path, path.duration * 3)
    assert long.duration == pytest.approx(path.duration * 3)
    half = path.place(path.duration / 2).T_world_camera
    np.testing.assert_allclose(
        long.place(long.duration / 2).T_world_camera, half, atol=1e-6
    )
    less = flight.without(path, index)
    assert len(less.keys) == len(path.keys) - 1
    assert not less.keys or less.keys[0].time == 0


@FEW
@given(path=camera_paths(least=2), seconds=st.floats(0.1, 9))
def test_the_way_to_one_key_may_take_longer(path, seconds):
    slow = flight.with_gap(path, 1, seconds)
    assert slow.keys[1].time - slow.keys[0].time == pytest.approx(seconds)
    others = [[b.time - a.time for a, b in pairwise(p.keys[1:])] for p in (slow, path)]
    assert others[0] == pytest.approx(others[1])
    assert flight.with_gap(path, 0, seconds).closing_s == seconds


def test_even_times_go_by_distance():
    path = CameraPath((key(0, 0), key(1, 5), key(10, 6)))
    even = flight.evened(path)
    assert [k.time for k in even.keys] == pytest.approx([0, 0.6, 6])


@FEW
@given(path=camera_paths(), by=st.tuples(*[st.floats(-9, 9)] * 3))
def test_the_whole_path_can_be_shifted(path, by):
    moved = flight.shifted(path, by)
    for old, new in zip(path.keys, moved.keys, strict=True):
        np.testing.assert_allclose(new.position, np.add(old.position, by), atol=1e-9)
        assert (new.fov, new.time) == (old.fov, old.time)


def test_keys_are_added_and_inserted():
    path = flight.added(flight.added(CameraPath(), key(0, 7)), key(1, 7))
    assert [k.time for k in path.keys] == [0, 2]
    path = flight.inserted(path, key(0.5, 1))
    assert [k.position[2] for k in path.keys] == [0, 0.5, 1]
    with pytest.raises(NsgError, match="s already"):
        flight.inserted(path, key(9, 1))


MIRROR = (-1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: key(math.nan, 0), "finite"),
        (lambda: replace(key(0, 0), fov=3.1), "1 to 170"),
        (lambda: CameraKey(MIRROR, 0, 0.6, 0), "mirroring"),
        (lambda: CameraPath((key(0, 0), key(1, 0))), "ascend"),
        (lambda: CameraPath((key(0, 1),)), "begins at 0"),
        (lambda: CameraPath(width=0), "pixels"),
        (lambda: CameraPath(rate=0), "a second"),
        (lambda: flight.without(CameraPath(), 0), "none yet"),
        (lambda: flight.retimed(CameraPath((key(0, 0),)), -1), "a flight takes"),
        (lambda: flight.with_gap(CameraPath((key(0, 0),)), 0, 0), "takes 0.01"),
    ],
)
def test_nonsense_is_refused(make, words):
    with pytest.raises(NsgError, match=words):
        make()
