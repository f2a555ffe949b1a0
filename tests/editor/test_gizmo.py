"""Dragging and turning: what is held stays under the mouse."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nsg_core.scene import PlacedBox, Pose
from nsg_editor import gizmo, picking
from tests.editor.scenes import HEIGHT, WIDTH, street

VIEW = street().view("image_02", 0)
BOX = street().at(0)[0]
PIXELS = st.tuples(st.floats(0, WIDTH - 1), st.floats(0, HEIGHT - 1))


def anchor(box: PlacedBox) -> np.ndarray:
    return VIEW.project(np.array([box.pose.position]))[0][:2]


@given(PIXELS, PIXELS)
def test_the_foot_of_the_box_keeps_its_place_under_the_mouse(
    press: tuple[float, float], now: tuple[float, float]
) -> None:
    held = gizmo.Grab("move", VIEW, BOX, press)
    by = gizmo.moved_by(held, *now)
    assume(by is not None)
    assert by is not None
    assert by[1] == 0.0
    x, y, z = (a + b for a, b in zip(BOX.pose.position, by, strict=True))
    moved = replace(BOX, pose=Pose((x, y, z), BOX.pose.yaw))
    shift = anchor(moved) - anchor(BOX)
    np.testing.assert_allclose(shift, np.subtract(now, press), atol=1e-6)


def test_a_drag_to_the_sky_goes_nowhere() -> None:
    held = gizmo.Grab("move", VIEW, BOX, (180.0, 80.0))
    assert gizmo.moved_by(held, 180.0, -200.0) is None


@given(st.floats(-3.1, 3.1), st.floats(-3.1, 3.1))
def test_the_ring_turns_with_the_mouse(start: float, turn: float) -> None:
    def on_ring(angle: float) -> tuple[float, float]:
        x, y, z = BOX.pose.position
        r = gizmo.ring_radius(BOX)
        point = (x + r * math.cos(angle), y, z - r * math.sin(angle))
        u, v, _ = VIEW.project(np.array([point]))[0]
        return float(u), float(v)

    held = gizmo.Grab("turn", VIEW, BOX, on_ring(start))
    found = gizmo.turned_by(held, *on_ring(start + turn))
    assert found is not None
    assert math.remainder(found - turn, math.tau) == pytest.approx(0, abs=1e-6)


def test_pressing_on_the_ring_grabs_it_and_on_the_box_moves_it() -> None:
    points = VIEW.project(gizmo.ring_points(BOX))[:, :2]
    outside = [
        (u, v) for u, v in points if not picking.hits(VIEW, [BOX], float(u), float(v))
    ]
    assert outside
    for u, v in outside:
        assert gizmo.ring_distance(VIEW, BOX, u, v) < 1e-6
        grabbed = gizmo.grab(VIEW, BOX, float(u), float(v))
        assert grabbed is not None
        assert grabbed.kind == "turn"
    middle = VIEW.project(picking.corners(BOX)).mean(0)
    grabbed = gizmo.grab(VIEW, BOX, float(middle[0]), float(middle[1]))
    assert grabbed is not None
    assert grabbed.kind == "move"
    assert gizmo.grab(VIEW, BOX, 5.0, 5.0) is None


def test_the_handle_is_where_the_box_looks() -> None:
    forward = gizmo.handle_point(BOX) - np.array(BOX.pose.position)
    heading = BOX.pose.T_world_object()[:3, 0]
    np.testing.assert_allclose(forward / np.linalg.norm(forward), heading, atol=1e-12)


def test_a_box_beside_the_camera_moves_by_the_point_that_is_held() -> None:
    beside = replace(BOX, pose=Pose((1.5, 1.65, 0.2), 0.0))
    held = gizmo.Grab("move", VIEW, beside, (300.0, 100.0))
    by = gizmo.moved_by(held, 310.0, 105.0)
    assert by is not None
    start = picking.ground_point(VIEW, 300.0, 100.0, 1.65)
    end = picking.ground_point(VIEW, 310.0, 105.0, 1.65)
    assert start is not None
    assert end is not None
    np.testing.assert_allclose(by, end - start, atol=1e-9)
