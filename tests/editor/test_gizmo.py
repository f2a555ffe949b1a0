"""The handles: as large at any distance, gone on edge, found where they are drawn."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nsg_core.scene import PlacedBox, Pose, Size
from nsg_editor.derived.holding import ROOM, SMALLEST, room
from nsg_editor.geometry import gizmo
from nsg_editor.geometry.axes import WORLD, flat
from nsg_editor.geometry.dragging import ARM, RING
from nsg_editor.geometry.gizmo import Gizmo
from tests.editor.scenes import street

VIEW = street().view("image_02", 0)
BOX = street().at(0)[0]
YAWS = st.floats(-3.1, 3.1)


def at(x: float, y: float, z: float, yaw: float = 0.0) -> PlacedBox:
    return PlacedBox(7, "Car", "m", Size(4.0, 1.6, 1.8), Pose((x, y, z), yaw))


def handles(box: PlacedBox = BOX, free: bool = False, scale: float = 1.0) -> Gizmo:
    return Gizmo(VIEW, box, flat("local", box.pose.yaw), free, scale)


@given(st.floats(-4, 4), st.floats(0, 3), st.floats(2, 150), st.floats(0.75, 2))
def test_it_is_as_large_on_the_screen_at_any_distance(
    x: float, y: float, z: float, scale: float
) -> None:
    """An arm across the view has its pixels exactly; the ring is as wide as it is."""
    made = Gizmo(VIEW, at(x, y, z), WORLD, scale=scale)
    shapes = {shape.part: shape for shape in gizmo.shapes(made)}
    a, b = shapes["x"].lines[0][0], shapes["x"].lines[-1][1]
    assert np.linalg.norm(b - a) == pytest.approx(ARM * scale, rel=1e-6)
    ring = shapes["yaw"].lines
    if len(ring) == 64:
        # From its right to its left, which are as deep as its middle.
        across = ring[0][0] - ring[32][0]
        assert np.linalg.norm(across) == pytest.approx(2 * RING * scale, rel=1e-6)


def test_on_the_ground_there_is_no_way_up() -> None:
    parts = [shape.part for shape in gizmo.shapes(handles(at(1, 1.65, 8, 0.6)))]
    assert set(parts) == {"x", "z", "zx", "yaw"}
    free = [shape.part for shape in gizmo.shapes(handles(at(1, 1.65, 8, 0.6), True))]
    assert {"x", "y", "z", "zx", "xy", "yz", "yaw", "pitch", "roll"} >= set(free)
    assert {"y", "pitch", "roll"} <= set(free)


def test_an_arm_that_points_at_the_eye_is_hidden() -> None:
    sight = np.subtract(BOX.pose.position, VIEW.matrix()[:3, 3])
    sight /= np.linalg.norm(sight)
    across = np.cross(sight, [0.0, 1.0, 0.0])
    across /= np.linalg.norm(across)
    up = np.cross(across, sight)
    axes = replace(
        WORLD,
        x=tuple(sight.tolist()),
        y=tuple(up.tolist()),
        z=tuple(across.tolist()),
    )
    made = Gizmo(VIEW, BOX, axes, free=True)
    seen = {shape.part: shape.opacity for shape in gizmo.shapes(made)}
    assert "x" not in seen
    assert seen["z"] == seen["y"] == 1.0
    # The planes that hold the hidden arm are seen from their edge, the third in full.
    assert "xy" not in seen
    assert "zx" not in seen
    assert seen["yz"] == 1.0


def test_in_a_small_view_it_is_smaller_and_with_large_letters_larger() -> None:
    large, small, tiny = (VIEW.scaled(f) for f in (6.0, 2.0, 0.5))
    assert room(large) == 1.0
    assert room(small) == pytest.approx(2 * 120 / ROOM)
    assert room(tiny) == SMALLEST
    assert room(VIEW.scaled(12.0), 2.0) == 2.0
    assert room(large, 2.0) == pytest.approx(6 * 120 / ROOM)


def test_behind_the_eye_and_in_the_face_there_is_none() -> None:
    assert gizmo.shapes(handles(at(0, 1.65, -5))) == ()
    assert gizmo.shapes(handles(at(0, 1.65, 0.5))) == ()


@settings(max_examples=30)
@given(st.floats(-3, 3), st.floats(5, 40), YAWS, st.booleans())
def test_every_part_is_found_where_it_is_drawn(
    x: float, z: float, yaw: float, free: bool
) -> None:
    made = handles(at(x, 1.65, z, yaw), free)
    for shape in gizmo.shapes(made):
        if shape.opacity < 0.2:
            continue
        u, v = shape.lines.reshape(-1, 4).mean(0)[:2]
        if shape.filled:
            u, v = shape.lines[:, 0].mean(0)
            assert gizmo.at(made, u, v) is not None
            continue
        for a, b in shape.lines[:: max(len(shape.lines) // 8, 1)]:
            found = gizmo.at(made, *((a + b) / 2))
            assert found is not None
        if shape.knob is not None:
            assert gizmo.at(made, *shape.knob) is not None


def test_arms_win_over_the_ring_and_squares_over_arms() -> None:
    made = handles(at(0.5, 1.65, 7.0, 0.7))
    shapes = {shape.part: shape for shape in gizmo.shapes(made)}
    inside = shapes["zx"].lines[:, 0].mean(0)
    assert gizmo.at(made, *inside) == "zx"
    assert shapes["x"].knob is not None
    assert gizmo.at(made, *shapes["x"].knob) == "x"
    assert shapes["yaw"].knob is not None
    assert gizmo.at(made, *shapes["yaw"].knob) == "yaw"
    assert gizmo.at(made, 5.0, 5.0) is None


def test_the_knob_of_the_ring_is_where_the_box_looks() -> None:
    made = handles(at(0.5, 1.65, 9.0, 0.8))
    ring = next(s for s in gizmo.shapes(made) if s.part == "yaw")
    heading = made.box.pose.T_world_object()[:3, 0]
    there = np.array(made.box.pose.position) + made.metres(RING) * heading
    u, v, _ = VIEW.project(there[None])[0]
    assert ring.knob == pytest.approx((u, v))


@given(st.floats(0, 400), st.floats(0, 120))
def test_distance_to_lines_against_many_points(u: float, v: float) -> None:
    segments = np.array([[[10.0, 10.0], [300.0, 90.0]], [[300.0, 90.0], [20.0, 100.0]]])
    share = np.linspace(0, 1, 2001)[:, None, None]
    points = segments[:, 0] * (1 - share) + segments[:, 1] * share
    brute = np.hypot(points[..., 0] - u, points[..., 1] - v).min()
    assume(brute > 0)
    assert gizmo.distance(segments, u, v) == pytest.approx(brute, abs=0.1)
    assert gizmo.distance(segments[:0], u, v) == math.inf
