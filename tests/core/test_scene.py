"""The scene graph as values: look-ups, gaps, and clear refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_core.scene import Pose, Size, Track
from nsg_core.view import View
from tests.core.drives import matrix, numbers, small_scene


def test_a_frame_shows_the_objects_that_are_there():
    scene = small_scene(frames=4)
    assert [box.track_id for box in scene.at(0)] == [0, 3, 5]
    # The person's track ends one frame early.
    assert [box.track_id for box in scene.at(3)] == [0, 3]


def test_a_track_has_gaps():
    poses = (Pose((0, 0, 1), 0.0), Pose((0, 0, 2), 0.0))
    track = Track((2, 5), poses)
    assert [track.at(frame) for frame in (1, 2, 3, 5, 9)] == [
        None,
        poses[0],
        None,
        poses[1],
        None,
    ]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda s: s.camera("image_04"), "image_02, image_03"),
        (lambda s: s.object(7), "this drive has: 0, 3, 5"),
        (lambda s: s.index(99), "frame 99 is outside this drive's frames 0-3"),
        (lambda s: s.view("image_02", -1), "outside this drive's frames"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(ask, message):
    with pytest.raises(NsgError, match=message):
        ask(small_scene(frames=4))


@pytest.mark.parametrize("edge", [0.0, -1.0, math.nan, math.inf])
def test_a_box_needs_positive_edges(edge):
    with pytest.raises(NsgError, match="positive edge lengths"):
        Size(4.0, edge, 2.0)


def test_a_pose_needs_finite_numbers():
    with pytest.raises(NsgError, match="finite"):
        Pose((0.0, math.nan, 0.0), 0.0)


def test_yaw_points_forward_as_in_kitti_labels():
    T = Pose((1.0, 2.0, 3.0), 0.5).T_world_object()
    np.testing.assert_allclose(T[:3, 0], [math.cos(0.5), 0, -math.sin(0.5)])
    np.testing.assert_allclose(T[:3, 3], [1, 2, 3])


@given(st.tuples(*[st.floats(-math.pi, math.pi)] * 3), st.tuples(*[numbers] * 3))
def test_a_pose_is_rigid(angles, position):
    T = Pose(position, *angles).T_world_object()
    np.testing.assert_allclose(T[:3, :3] @ T[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(T[:3, :3]) == pytest.approx(1.0)


def test_replacing_an_object_leaves_the_others_shared():
    scene = small_scene()
    node = scene.object(3)
    changed = scene.with_object(node)
    assert changed == scene
    assert changed.objects[0] is scene.objects[0]


@pytest.mark.parametrize("focal", [0.0, -5.0, math.nan])
def test_a_view_needs_a_focal_length(focal):
    with pytest.raises(NsgError, match="focal length"):
        View(matrix(), 10, 10, focal, 10.0, 5.0, 5.0)


def test_a_view_needs_pixels():
    with pytest.raises(NsgError, match="at least one pixel"):
        View(matrix(), 0, 10, 10.0, 10.0, 5.0, 5.0)
