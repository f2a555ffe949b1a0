"""What a drag changes: what is held stays under the mouse, and back is back."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nsg_core.scene import PlacedBox, Pose
from nsg_core.view import View
from nsg_editor.geometry import dragging, picking
from nsg_editor.geometry.axes import Axes, flat, leaning
from nsg_editor.geometry.dragging import Change, Grab, Part, Spin
from tests.editor.scenes import HEIGHT, WIDTH, street

VIEW = street().view("image_02", 0)
BOX = street().at(0)[0]
ABOVE = replace(
    VIEW, T_world_camera=(1, 0, 0, -1, 0, 0, 1, -30.0, 0, -1, 0, 12, 0, 0, 0, 1.0)
)
"""Straight down onto the box from thirty metres above it."""
PIXELS = st.tuples(st.floats(0, WIDTH - 1), st.floats(0, HEIGHT - 1))
WAYS = st.tuples(st.floats(-60, 60), st.floats(-40, 40))
YAWS = st.floats(-3.1, 3.1)
PARTS: tuple[Part, ...] = ("move", "x", "y", "z", "yz", "zx", "xy")


def anchor(box: PlacedBox, view: View = VIEW) -> np.ndarray:
    return view.project(np.array([box.pose.position]))[0][:2]


def moved(box: PlacedBox, by: tuple[float, float, float]) -> PlacedBox:
    x, y, z = (a + b for a, b in zip(box.pose.position, by, strict=True))
    return replace(box, pose=replace(box.pose, position=(x, y, z)))


@given(PIXELS, PIXELS)
def test_the_foot_of_the_box_keeps_its_place_under_the_mouse(
    press: tuple[float, float], now: tuple[float, float]
) -> None:
    by = dragging.moved_by(Grab("move", VIEW, BOX, press), *now)
    assume(by is not None)
    assert by is not None
    assert by[1] == 0.0
    shift = anchor(moved(BOX, by)) - anchor(BOX)
    np.testing.assert_allclose(shift, np.subtract(now, press), atol=1e-6)


def test_a_drag_to_the_sky_goes_nowhere() -> None:
    assert dragging.moved_by(Grab("move", VIEW, BOX, (180.0, 80.0)), 180, -200) is None


@given(st.sampled_from(PARTS), YAWS, PIXELS, st.sampled_from([VIEW, ABOVE]))
def test_a_mouse_that_is_back_has_changed_nothing(
    part: Part, yaw: float, press: tuple[float, float], view: View
) -> None:
    change = dragging.changed(Grab(part, view, BOX, press, flat("local", yaw)), *press)
    if change is not None:
        np.testing.assert_allclose(change.by, 0, atol=1e-9)


@given(st.sampled_from("xyz"), YAWS, PIXELS, WAYS)
def test_along_an_axis_the_foot_goes_as_far_as_the_mouse_along_its_line(
    part: Part, yaw: float, press: tuple[float, float], way: tuple[float, float]
) -> None:
    axes = flat("local", yaw)
    now = (press[0] + way[0], press[1] + way[1])
    change = dragging.changed(Grab(part, VIEW, BOX, press, axes), *now)
    assume(change is not None)
    assert change is not None
    metres = axes.matrix() @ np.array(change.by)
    others = [i for i, name in enumerate("xyz") if name != part]
    np.testing.assert_allclose(metres[others], 0, atol=1e-9)
    # The line of the axis on the screen, from two of its points.
    a, b = (anchor(moved(BOX, tuple(s * axes.along(part)))) for s in (-0.01, 0.01))  # pyright: ignore
    line = (b - a) / np.linalg.norm(b - a)
    length = float(np.linalg.norm(b - a)) / 0.02
    assume(length > 2 * dragging.EDGE_ON * VIEW.fx / BOX.pose.position[2])
    gone = anchor(moved(BOX, change.by)) - anchor(BOX)
    assert gone @ line == pytest.approx(np.dot(way, line), abs=1e-2)


@given(st.sampled_from(["yz", "zx", "xy"]), YAWS, WAYS)
def test_on_a_plane_the_foot_follows_the_mouse(
    part: Part, yaw: float, way: tuple[float, float]
) -> None:
    axes = flat("local", yaw)
    press = (200.0, 80.0)
    now = (press[0] + way[0], press[1] + way[1])
    change = dragging.changed(Grab(part, VIEW, BOX, press, axes), *now)
    assume(change is not None)
    assert change is not None
    normal = axes.matrix()["xyz".index(({"x", "y", "z"} - set(part)).pop())]
    assert float(normal @ np.array(change.by)) == pytest.approx(0, abs=1e-9)
    gone = anchor(moved(BOX, change.by)) - anchor(BOX)
    np.testing.assert_allclose(gone, way, atol=1e-5)


def test_an_axis_that_points_at_the_eye_follows_the_mouse_up_and_down() -> None:
    eye = VIEW.matrix()[:3, 3]
    sight = np.subtract(BOX.pose.position, eye)
    sight /= np.linalg.norm(sight)
    by = dragging.moved_along(Grab("x", VIEW, BOX, (200.0, 80.0)), sight, 230.0, 70.0)
    assert by is not None
    np.testing.assert_allclose(by, sight * 10 * 12.0 / VIEW.fy, rtol=0.01)


def test_nothing_goes_beyond_the_vanishing_point() -> None:
    ahead = np.array([0.0, 0.0, 1.0])
    press = (float(anchor(BOX)[0]), float(anchor(BOX)[1]))
    vanishing = (VIEW.cx, VIEW.cy)
    held = Grab("x", VIEW, BOX, press)
    near = tuple(a + 0.9 * (b - a) for a, b in zip(press, vanishing, strict=True))
    by = dragging.moved_along(held, ahead, *near)
    assert by is not None
    # Nine tenths of the way to the vanishing point is ten times as far away.
    assert by[2] == pytest.approx(9 * 12.0, rel=1e-6)
    far = tuple(a + 1.1 * (b - a) for a, b in zip(press, vanishing, strict=True))
    assert dragging.moved_along(held, ahead, *far) is None


@given(YAWS, YAWS, st.sampled_from(["yaw", "pitch", "roll"]))
def test_a_ring_turns_with_the_mouse(start: float, turn: float, spin: Spin) -> None:
    box = replace(BOX, pose=Pose(BOX.pose.position, 0.7, 0.1, -0.2))
    e1, e2 = dragging.circle(box, spin)
    # From above and beside, so that no ring is seen from its edge.
    view = replace(
        VIEW, T_world_camera=looking_from((4.0, -5.0, 4.0), box.pose.position)
    )

    def on_ring(angle: float) -> tuple[float, float]:
        point = np.array(box.pose.position)
        point = point + 0.8 * (math.cos(angle) * e1 + math.sin(angle) * e2)
        u, v, _ = view.project(point[None])[0]
        return float(u), float(v)

    held = Grab(spin, view, box, on_ring(start))
    found = dragging.turned_by(held, *on_ring(start + turn))
    assert found is not None
    assert math.remainder(found - turn, math.tau) == pytest.approx(0, abs=1e-6)


def looking_from(eye: tuple[float, ...], at: tuple[float, ...]) -> tuple[float, ...]:
    """A camera's pose that has a point in the middle of its picture."""
    z = np.subtract(at, eye)
    z = z / np.linalg.norm(z)
    x = np.cross([0.0, 1.0, 0.0], z)
    x /= np.linalg.norm(x)
    T = np.eye(4)
    T[:3, :3] = np.stack([x, np.cross(z, x), z], 1)
    T[:3, 3] = eye
    return tuple(T.ravel().tolist())


@pytest.mark.parametrize("spin", ["yaw", "pitch", "roll"])
def test_the_ring_of_an_angle_turns_the_box_as_the_pose_does(spin: Spin) -> None:
    """The axis of a ring is the axis about which the pose's angle turns."""
    pose = Pose((1.0, 1.65, 12.0), 0.7, 0.2, -0.3)
    box = replace(BOX, pose=pose)
    angle = 0.4
    turned = replace(pose, **{spin: getattr(pose, spin) + angle})
    R = turned.T_world_object()[:3, :3] @ pose.T_world_object()[:3, :3].T
    axis = dragging.spin_axis(box, spin)
    np.testing.assert_allclose(R @ axis, axis, atol=1e-12)
    e1, e2 = dragging.circle(box, spin)
    expected = math.cos(angle) * e1 + math.sin(angle) * e2
    np.testing.assert_allclose(R @ e1, expected, atol=1e-12)
    assert np.cross(e1, e2) @ axis == pytest.approx(1)


def test_a_ring_seen_from_its_edge_turns_like_a_wheel_under_a_thumb() -> None:
    box = replace(BOX, pose=Pose((0.06, 0.0, 12.0), 0.0))
    level = replace(VIEW, cy=VIEW.cy)
    u, v, _ = level.project(np.array([box.pose.position]))[0]
    held = Grab("yaw", level, box, (float(u), float(v)))
    right = dragging.turned_by(held, float(u) + 30, float(v))
    assert right is not None
    # The near side goes to the right: seen from above, against the clock.
    assert right == pytest.approx(-30 / dragging.RING, rel=1e-6)
    assert dragging.turned_by(held, float(u), float(v)) == pytest.approx(0)


@given(st.floats(-3, 3), st.floats(-3, 3), YAWS)
def test_snapped_moves_are_whole_steps_along_the_axes(
    x: float, z: float, yaw: float
) -> None:
    axes = flat("local", yaw)
    by = dragging.snapped_move((x, 0.0, z), axes)
    steps = axes.matrix() @ np.array(by) / dragging.METRES_STEP
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-6)
    assert np.linalg.norm(np.subtract(by, (x, 0, z))) < 0.1


@given(st.floats(-7, 7))
def test_snapped_angles_are_whole_steps(angle: float) -> None:
    degrees = math.degrees(dragging.snapped_angle(angle))
    assert degrees / 5 == pytest.approx(round(degrees / 5), abs=1e-9)
    assert abs(degrees - math.degrees(angle)) <= 2.5 + 1e-9


def test_a_snapping_drag_asks_for_steps() -> None:
    held = Grab("zx", VIEW, BOX, (200.0, 80.0), flat("local", 0.3))
    smooth, stepped = (
        dragging.changed(held, 231.0, 77.0, snap) for snap in (False, True)
    )
    assert smooth is not None
    assert stepped is not None
    assert smooth.by != stepped.by
    assert stepped == Change(dragging.snapped_move(smooth.by, held.axes))


def test_a_box_beside_the_camera_moves_by_the_point_that_is_held() -> None:
    beside = replace(BOX, pose=Pose((1.5, 1.65, 0.2), 0.0))
    by = dragging.moved_by(Grab("move", VIEW, beside, (300.0, 100.0)), 310.0, 105.0)
    assert by is not None
    start = picking.ground_point(VIEW, 300.0, 100.0, 1.65)
    end = picking.ground_point(VIEW, 310.0, 105.0, 1.65)
    assert start is not None
    assert end is not None
    np.testing.assert_allclose(by, end - start, atol=1e-9)


def test_leaning_axes_are_those_of_the_box() -> None:
    pose = Pose((0.0, 0.0, 0.0), 0.5, 0.2, 0.1)
    axes: Axes = leaning(pose)
    M = axes.matrix()
    np.testing.assert_allclose(M @ M.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(M[0], pose.T_world_object()[:3, 0])
    assert M[1][1] < 0


@given(PIXELS)
def test_a_dragged_dot_stays_at_its_height(pixel: tuple[float, float]) -> None:
    point = (1.0, 1.65, 14.0)
    to = dragging.dot_at(VIEW, point, *pixel)
    if to is None:
        assert pixel[1] <= VIEW.cy + 1.5
        return
    assert to[1] == pytest.approx(1.65)
    u, v, _ = VIEW.project(np.array([to]))[0]
    assert (u, v) == pytest.approx(pixel, abs=1e-6)


def test_a_dot_at_the_height_of_the_eye_stays_at_its_depth() -> None:
    point = (1.0, 0.1, 14.0)
    to = dragging.dot_at(VIEW, point, 100.0, 20.0)
    assert to is not None
    assert to[2] == pytest.approx(14.0)
