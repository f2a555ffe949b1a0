"""Lines on the ground: distances, sides, corners, and what drives along them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_core.motion.paths import drive, make_path, rounded, straight, thinned
from tests.core.tracks import metres

CORNER = make_path([(0, 0, 0), (0, 0, 10), (10, 0, 10)])


def test_distances_along_a_corner():
    assert CORNER.length == 20.0
    np.testing.assert_allclose(
        CORNER.at(np.array([5, 15, 25])), [[0, 0, 5], [5, 0, 10], [15, 0, 10]]
    )
    np.testing.assert_allclose(CORNER.at(-3.0), [[0, 0, -3]])


def test_yaw_is_that_of_an_object():
    # (cos yaw, 0, -sin yaw) is forward: ahead is -90 degrees, right is 0.
    np.testing.assert_allclose(CORNER.yaw(np.array([5, 15])), [-math.pi / 2, 0.0])


def test_right_of_the_way_ahead_is_x():
    np.testing.assert_allclose(CORNER.beside(5.0, 2.0), [[2, 0, 5]], atol=1e-12)
    s, side = CORNER.locate(np.array([[2.0, 0, 5], [5.0, 0, 13.0], [0.5, 3, -4.0]]))
    np.testing.assert_allclose(s, [5, 15, -4], atol=1e-9)
    np.testing.assert_allclose(side, [2, -3, 0.5], atol=1e-9)


@given(st.floats(-30, 30), st.floats(-5, 5), metres, metres, st.floats(-3, 3))
def test_places_beside_a_line_are_found_again(s, side, x, z, yaw):
    path = straight((x, 1.0, z), yaw)
    found = path.locate(path.beside(s, side))
    np.testing.assert_allclose(np.ravel(found), [s, side], atol=1e-6)


def test_a_rounded_line_goes_through_its_points_without_corners():
    points = np.array([(0.0, 0, 0), (0, 0, 10), (8, 0, 18), (20, 0, 18)])
    soft = rounded(make_path(points))
    for point in points:
        assert np.linalg.norm(soft.points - point, axis=1).min() < 1e-9
    turns = np.abs(np.diff(np.unwrap(soft.yaw(np.arange(0.5, soft.length, 0.5)))))
    assert turns.max() < 0.25


def test_points_in_one_place_are_no_path():
    with pytest.raises(NsgError, match="two points"):
        make_path([(1, 1, 1), (1, 1, 1)])


def test_trembling_is_thinned_out():
    spots = np.random.default_rng(1).normal(0, 0.05, (50, 3))
    assert len(thinned(spots, 1.0)) == 2
    line = np.column_stack([np.zeros(50), np.zeros(50), np.arange(50) * 0.3])
    kept = thinned(line, 1.0)
    assert np.linalg.norm(np.diff(kept, axis=0), axis=1).min() >= 1.0 - 1e-9
    np.testing.assert_allclose(kept[[0, -1]], line[[0, -1]])


def test_who_changes_sides_looks_where_it_goes():
    s, side = np.arange(40) * 1.0, np.linspace(0, 3.5, 40)
    poses = drive(straight((0, 1.6, 0), -math.pi / 2), s, side)
    assert poses[20].position == pytest.approx((side[20], 1.6, 20.0))
    way = np.subtract(poses[21].position, poses[19].position)
    assert poses[20].yaw == pytest.approx(math.atan2(-way[2], way[0]))


def test_who_stands_keeps_the_direction_of_the_line():
    poses = drive(CORNER, np.full(5, 15.0), 0.0, 4.0)
    assert [pose.yaw for pose in poses] == pytest.approx([0.0] * 5)
