"""What is under the mouse: against brute force, and lines cut where they must be."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.view import View
from nsg_editor.geometry import picking
from tests.editor.scenes import HEIGHT, WIDTH, street

VIEW = street().view("image_02", 0)
ANGLES = st.floats(-3.2, 3.2)


@st.composite
def boxes(draw: st.DrawFn) -> PlacedBox:
    """A box somewhere before or around the camera."""
    x, z = draw(st.floats(-8, 8)), draw(st.floats(-4, 40))
    length, height, width = (draw(st.floats(0.3, 6)) for _ in range(3))
    pose = Pose((x, draw(st.floats(0, 3)), z), draw(ANGLES))
    size = Size(length, height, width)
    return PlacedBox(draw(st.integers(0, 99)), "Car", "m", size, pose)


PIXELS = st.tuples(st.floats(0, WIDTH - 1), st.floats(0, HEIGHT - 1))


@given(boxes(), PIXELS)
def test_ray_box_against_marching(box: PlacedBox, pixel: tuple[float, float]) -> None:
    origin, direction = VIEW.ray(*pixel)
    t = picking.ray_box(origin, direction, box)
    steps = np.linspace(0, 60, 6001)
    T = np.linalg.inv(box.pose.T_world_object())
    local = (origin + steps[:, None] * direction) @ T[:3, :3].T + T[:3, 3]
    half = np.array([box.size.length, box.size.height, box.size.width]) / 2
    lift = np.array([0, box.size.height / 2, 0])
    centred = local + lift
    inside = (np.abs(centred) < half - 1e-9).all(1)
    if inside.any():
        assert t is not None
        assert t == pytest.approx(steps[inside.argmax()], abs=0.011)
    elif t is not None:
        # A corner that the steps jumped over: the ray is inside for less than one.
        point = (origin + (t + 1e-6) * direction) @ T[:3, :3].T + T[:3, 3]
        assert (np.abs(point + lift) < half + 1e-4).all()


@given(st.lists(boxes(), max_size=6, unique_by=lambda b: b.track_id), PIXELS)
def test_hits_come_nearest_first(
    placed: list[PlacedBox], pixel: tuple[float, float]
) -> None:
    origin, direction = VIEW.ray(*pixel)
    by_track = {b.track_id: picking.ray_box(origin, direction, b) for b in placed}
    tracks = picking.hits(VIEW, placed, *pixel)
    met = [t for track in tracks if (t := by_track[track])]
    assert met == sorted(met)
    expected = {track for track, t in by_track.items() if t}
    assert expected <= set(tracks)


def test_clicking_again_means_the_box_behind() -> None:
    assert picking.choose((), 3) is None
    assert picking.choose((4, 5), None) == 4
    assert picking.choose((4, 5), 4) == 5
    assert picking.choose((4, 5), 5) == 4
    assert picking.choose((4, 5), 9) == 4


def test_a_far_away_box_is_found_near_its_pixels() -> None:
    tiny = PlacedBox(1, "Car", "m", Size(0.5, 0.5, 0.5), Pose((0.06, 0.25, 90.0), 0.0))
    u, v, _ = VIEW.project(np.array([[0.06, 0.0, 90.0]]))[0]
    assert picking.hits(VIEW, [tiny], u + 6, v) == (1,)
    assert picking.hits(VIEW, [tiny], u + 30, v) == ()


@given(boxes())
def test_outlines_never_leave_the_front(box: PlacedBox) -> None:
    """Clipped lines are the projections of points before the near plane."""
    segments = picking.corners(box)[picking.EDGES]
    pixels, kept = picking.project_segments(VIEW, segments)
    assert np.isfinite(pixels).all()
    z = VIEW.project(segments.reshape(-1, 3))[:, 2].reshape(-1, 2)
    np.testing.assert_array_equal(kept, np.flatnonzero((z > picking.NEAR).any(1)))
    for (a, b), i in zip(pixels, kept, strict=True):
        # Points along the world segment that are in front lie on the drawn line.
        share = np.linspace(0, 1, 23)[:, None]
        points = segments[i, 0] * (1 - share) + segments[i, 1] * share
        uvz = VIEW.project(points)
        front = uvz[uvz[:, 2] > picking.NEAR]
        ab, length = b - a, np.hypot(*(b - a))
        if length < 1e-6:
            continue
        offset = front[:, :2] - a
        across = np.abs(offset[:, 0] * ab[1] - offset[:, 1] * ab[0]) / length
        # Far off the picture the numbers are large: compare relative to them.
        assert (across <= 1e-6 * (1 + np.abs(front[:, :2]).max(initial=0))).all()


@given(st.floats(-20, 20), st.floats(2, 80), st.floats(0.5, 3))
def test_the_ground_under_a_pixel_projects_back(x: float, z: float, y: float) -> None:
    u, v, _ = VIEW.project(np.array([[x, y, z]]))[0]
    assume(np.isfinite([u, v]).all())
    found = picking.ground_point(VIEW, u, v, y)
    assert found is not None
    np.testing.assert_allclose(found, (x, y, z), rtol=1e-6, atol=1e-6)


def test_there_is_no_ground_above_the_horizon() -> None:
    assert picking.ground_point(VIEW, 200, VIEW.cy - 1, 1.65) is None
    assert picking.ground_point(VIEW, 200, VIEW.cy, 1.65) is None


def test_edges_join_every_corner_three_times() -> None:
    counts = np.bincount(picking.EDGES.ravel())
    assert (counts == 3).all()
    cube = PlacedBox(0, "Car", "m", Size(2, 2, 2), Pose((0, 0, 0), 0.3))
    world = picking.corners(cube)
    lengths = np.linalg.norm(np.diff(world[picking.EDGES], axis=1), axis=-1)
    np.testing.assert_allclose(lengths, 2.0)


def test_a_box_around_the_camera_is_no_target() -> None:
    around = PlacedBox(0, "Car", "m", Size(6, 6, 6), Pose((0, 3, 0), 0.0))
    view: View = VIEW
    assert picking.hits(view, [around], 200, 60) == ()
