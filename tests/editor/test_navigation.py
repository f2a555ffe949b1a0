"""Cameras moved by hand: rigid, reversible, upright."""

import math
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.scene import Matrix, Vec3
from nsg_editor.geometry import navigation
from tests.editor.scenes import SHIFTS, street

START = street().view("image_02", 0)
ANGLES = st.floats(-1.2, 1.2)


def matrix(pose: Matrix) -> np.ndarray:
    return np.array(pose).reshape(4, 4)


@given(SHIFTS, ANGLES, ANGLES)
def test_orbit_is_rigid_and_keeps_the_pivot_in_the_camera(
    pivot: Vec3, right: float, up: float
) -> None:
    turned = matrix(navigation.orbit(START.T_world_camera, pivot, right, up))
    np.testing.assert_allclose(turned[:3, :3] @ turned[:3, :3].T, np.eye(3), atol=1e-9)
    assert np.linalg.det(turned[:3, :3]) > 0
    before = np.linalg.inv(START.matrix()) @ (*pivot, 1.0)
    after = np.linalg.inv(turned) @ (*pivot, 1.0)
    np.testing.assert_allclose(after, before, atol=1e-9)


@given(SHIFTS, ANGLES, st.floats(-0.6, 0.6))
def test_orbit_and_back_is_where_it_was(pivot: Vec3, right: float, up: float) -> None:
    there = navigation.orbit(START.T_world_camera, pivot, right, up)
    back = navigation.orbit(there, pivot, -right, -up)
    np.testing.assert_allclose(back, START.T_world_camera, atol=1e-9)


@given(st.lists(st.tuples(ANGLES, ANGLES), max_size=12))
def test_the_camera_never_turns_over(turns: list[tuple[float, float]]) -> None:
    pose = START.T_world_camera
    for right, up in turns:
        pose = navigation.look(pose, right, up)
    T = matrix(pose)
    # Its x axis stays level and its y axis points down.
    assert abs(T[1, 0]) < 1e-9
    assert T[1, 1] > 0
    assert abs(navigation.elevation(pose)) <= navigation.STEEPEST + 1e-9


@given(SHIFTS)
def test_flying_there_and_back(by: Vec3) -> None:
    there = navigation.fly(START.T_world_camera, by)
    x, y, z = by
    back = navigation.fly(there, (-x, -y, -z))
    np.testing.assert_allclose(back, START.T_world_camera, atol=1e-9)


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(2, 40))
def test_pan_moves_the_pivot_with_the_mouse(du: float, dv: float, far: float) -> None:
    pivot = navigation.point_ahead(START.T_world_camera, far)
    pose = navigation.pan(START.T_world_camera, START, pivot, du, dv)
    moved = replace(START, T_world_camera=pose)
    before = START.project(np.array([pivot]))[0]
    after = moved.project(np.array([pivot]))[0]
    np.testing.assert_allclose(after[:2] - before[:2], (du, dv), atol=1e-6)


@given(st.floats(-8, 8))
def test_dolly_there_and_back(notches: float) -> None:
    pivot = (1.0, 1.0, 15.0)
    there = navigation.dolly(START.T_world_camera, pivot, notches)
    back = navigation.dolly(there, pivot, -notches)
    np.testing.assert_allclose(back, START.T_world_camera, atol=1e-9)


def test_dolly_never_reaches_the_pivot() -> None:
    pose, pivot = START.T_world_camera, (0.0, 0.0, 10.0)
    for _ in range(200):
        pose = navigation.dolly(pose, pivot, 1.0)
    assert math.dist(matrix(pose)[:3, 3], pivot) > 0.2


@given(st.floats(0.5, 6.0), SHIFTS)
def test_focus_sees_all_of_the_ball(radius: float, offset: Vec3) -> None:
    x, y, z = offset
    centre = (x, y, z + 20)
    pose = navigation.focus(START.T_world_camera, centre, radius, START)
    view = replace(START, T_world_camera=pose)
    u, v, depth = view.project(np.array([centre]))[0]
    assert depth > radius
    # The middle of the view up to the principal point's offset, and the ball within.
    assert abs(u - START.cx) < 1e-6
    assert abs(v - START.cy) < 1e-6
    assert START.fy * radius / depth < START.height / 2
