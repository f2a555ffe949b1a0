"""Edits as algebra: what is done can be undone, and nothing given is touched."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.edits.edit import Duplicate, Edit, Move, Remove, SetCamera, Turn, replay
from nsg_core.errors import NsgError
from nsg_core.scene import Scene
from tests.core.drives import angles, edit_lists, scenes, small_scene, vectors

scopes = st.none() | st.tuples(st.integers(0, 3), st.integers(2, 6))


def same(a: Scene, b: Scene, tolerance: float = 1e-9) -> None:
    """Two drives are the same but for rounding."""
    assert [o.track_id for o in a.objects] == [o.track_id for o in b.objects]
    for one, other in zip(a.objects, b.objects, strict=True):
        assert one.track.frames == other.track.frames
        for p, q in zip(one.track.poses, other.track.poses, strict=True):
            np.testing.assert_allclose(
                p.T_world_object(), q.T_world_object(), atol=tolerance
            )
    for one, other in zip(a.cameras, b.cameras, strict=True):
        assert one.name == other.name
        np.testing.assert_allclose(
            one.Ts_world_camera, other.Ts_world_camera, atol=tolerance
        )


@given(scenes(), vectors, scopes)
def test_there_and_back_is_nowhere(scene, by, frames):
    track = scene.objects[-1].track_id
    back = (-by[0], -by[1], -by[2])
    moved = replay(scene, (Move(track, by, frames), Move(track, back, frames)))
    same(moved, scene, 1e-6)


@given(scenes(), vectors)
def test_a_move_moves_by_what_it_says_and_nothing_else(scene, by):
    track = scene.objects[0].track_id
    moved = Move(track, by).apply(scene)
    for before, after in zip(
        scene.object(track).track.poses, moved.object(track).track.poses, strict=True
    ):
        difference = np.subtract(after.position, before.position)
        np.testing.assert_allclose(difference, by, atol=1e-9)
        assert after.angles == before.angles
    assert moved.objects[1:] == scene.objects[1:]
    assert moved.cameras is scene.cameras


@given(scenes(), scopes)
def test_a_full_turn_is_none(scene, frames):
    turned = Turn(scene.objects[0].track_id, math.tau, frames).apply(scene)
    same(turned, scene)


@given(scenes(), angles, angles)
def test_turns_add_up(scene, a, b):
    track = scene.objects[0].track_id
    twice = replay(scene, (Turn(track, a), Turn(track, b)))
    same(twice, Turn(track, a + b).apply(scene), 1e-6)


@given(scenes(), angles)
def test_a_turned_object_keeps_its_place_and_an_angle_of_kitti(scene, by):
    track = scene.objects[0].track_id
    turned = Turn(track, by).apply(scene).object(track).track
    for before, after in zip(
        scene.object(track).track.poses, turned.poses, strict=True
    ):
        assert after.position == before.position
        assert abs(after.yaw) <= math.pi


@given(scenes(), vectors)
def test_a_copy_that_is_removed_leaves_no_trace(scene, by):
    new = max(node.track_id for node in scene.objects) + 1
    track = scene.objects[0].track_id
    assert replay(scene, (Duplicate(track, new, by), Remove(new))) == scene


def test_a_copy_keeps_look_and_track():
    scene = small_scene()
    grown = Duplicate(0, 100, (0.0, 0.0, 5.0)).apply(scene)
    copy_, original = grown.object(100), grown.object(0)
    assert (copy_.model, copy_.size) == (original.model, original.size)
    assert copy_.track.frames == original.track.frames
    assert copy_.track.poses[0].position[2] == original.track.poses[0].position[2] + 5


@given(scenes(), edit_lists)
def test_edits_never_touch_the_scene_they_are_given(scene, edits):
    before = copy.deepcopy(scene)
    for edit in edits:
        try:
            edit.apply(scene)
        except NsgError:
            continue
    assert scene == before


def test_an_edit_holds_within_its_frames_only():
    scene = small_scene(frames=4)
    moved = Move(0, (1.0, 0.0, 0.0), (1, 2)).apply(scene)
    shifts = [
        after.position[0] - before.position[0]
        for before, after in zip(
            scene.object(0).track.poses, moved.object(0).track.poses, strict=True
        )
    ]
    assert shifts == [0.0, 1.0, 1.0, 0.0]


@given(vectors, st.tuples(*[angles] * 3))
def test_a_camera_mounted_and_unmounted_is_where_it_was(shift, turn):
    scene = small_scene()
    mount = SetCamera("image_02", shift, turn)
    mounted = mount.apply(scene)
    T_old, T_new = (
        np.reshape(s.camera("image_02").Ts_world_camera[1], (4, 4))
        for s in (scene, mounted)
    )
    np.testing.assert_allclose(
        T_new @ np.linalg.inv(mount.T_old_new()), T_old, atol=1e-9
    )
    assert mounted.camera("image_03") == scene.camera("image_03")


def test_a_camera_turned_to_the_right_sees_more_of_the_right():
    scene = small_scene()
    point = np.array([[3.0, 0.0, 10.0]])
    before = scene.view("image_02", 0).project(point)[0]
    turned = SetCamera("image_02", turn=(0.1, 0.0, 0.0)).apply(scene)
    raised = SetCamera("image_02", turn=(0.0, 0.1, 0.0)).apply(scene)
    # What stood right of the middle comes nearer to it; looking up sinks the picture.
    assert turned.view("image_02", 0).project(point)[0, 0] < before[0]
    assert raised.view("image_02", 0).project(point)[0, 1] > before[1]


def test_a_longer_focal_length_and_another_size():
    scene = small_scene(size=(96, 64))
    changed = SetCamera("image_02", focal_scale=2.0, size=(192, 64)).apply(scene)
    old, new = scene.camera("image_02"), changed.camera("image_02")
    assert (new.width, new.height, new.fx) == (192, 64, 2 * old.fx)
    # The principal point keeps its place relative to the picture's edges.
    assert (new.cx + 0.5) / 192 == pytest.approx((old.cx + 0.5) / 96)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Move(77, (0.0, 0.0, 1.0)), "no track 77"),
        (Remove(77), "no track 77"),
        (Duplicate(0, 3), "track 3 exists already"),
        (Duplicate(77, 100), "no track 77"),
        (SetCamera("image_09"), "no camera 'image_09'"),
        (SetCamera("image_02", focal_scale=0.0), "focal_scale must be positive"),
        (SetCamera("image_02", focal_scale=math.nan), "focal_scale must be positive"),
    ],
)
def test_an_edit_that_does_not_fit_says_why(edit: Edit, message: str):
    with pytest.raises(NsgError, match=message):
        edit.apply(small_scene())


@given(edit_lists)
def test_every_edit_has_a_label_and_a_key(edits):
    for edit in edits:
        assert edit.label
        assert hash(edit.merge_key) == hash(copy.deepcopy(edit).merge_key)


def test_steps_of_one_gesture_merge_and_others_do_not():
    assert Move(0, (0, 0, 1)).merge_key == Move(0, (0, 0, 2)).merge_key
    assert Move(0, (0, 0, 1)).merge_key != Move(1, (0, 0, 1)).merge_key
    assert Move(0, (0, 0, 1)).merge_key != Move(0, (0, 0, 1), (0, 3)).merge_key
    assert Move(0, (0, 0, 1)).merge_key != Turn(0, 1.0).merge_key
