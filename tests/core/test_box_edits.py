"""Resizing and tilting boxes: closed forms, refusals, and what a picture shows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.documents.scene_file import edits_from_json, edits_to_json
from nsg_core.edits.boxes import LARGEST, SMALLEST, Resize, Tilt
from nsg_core.edits.edit import Turn, replay
from nsg_core.edits.keys import SetKey
from nsg_core.errors import FileError, NsgError
from nsg_core.motion.keyframes import key_frames
from nsg_core.scene import ObjectNode, Pose, Size
from tests.core.drives import CAR, angles, scenes, small_scene

EDGES = st.floats(SMALLEST, LARGEST)
SIZES = st.tuples(EDGES, EDGES, EDGES)


@given(scenes(), SIZES)
def test_a_resized_object_has_that_size_and_nothing_else_changes(scene, size):
    track = scene.objects[0].track_id
    resized = Resize(track, size).apply(scene)
    before, after = scene.object(track), resized.object(track)
    assert after.size == Size(*size)
    assert (after.track, after.model) == (before.track, before.model)
    assert resized.objects[1:] == scene.objects[1:]
    edges = (before.size.length, before.size.height, before.size.width)
    assert Resize(track, edges).apply(resized) == scene


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf, 0.01, 100.0])
@pytest.mark.parametrize(("at", "name"), enumerate(("length", "height", "width")))
def test_a_size_that_no_box_has_is_refused_and_named(bad, at, name):
    size = [4.0, 1.5, 1.8]
    size[at] = bad
    with pytest.raises(NsgError, match=f"the {name} of a box must be 0.05 to 60 m"):
        Resize(0, (size[0], size[1], size[2])).apply(small_scene())


def test_who_is_not_there_cannot_be_resized_or_tilted():
    for edit in (Resize(77, (4.0, 1.5, 1.8)), Tilt(77, 0.1)):
        with pytest.raises(NsgError, match="no track 77"):
            edit.apply(small_scene())


@given(scenes(), angles, angles)
def test_a_tilt_there_and_back_is_none(scene, pitch, roll):
    track = scene.objects[0].track_id
    edits = (Tilt(track, pitch, roll), Tilt(track, -pitch, -roll))
    back = replay(scene, edits).object(track).track
    for pose, start in zip(back.poses, scene.object(track).track.poses, strict=True):
        np.testing.assert_allclose(
            pose.T_world_object(), start.T_world_object(), atol=1e-9
        )


def test_pitch_lifts_the_nose_and_roll_the_side():
    """y points down, so what is lifted gets a smaller y."""
    scene = small_scene()
    level = scene.object(0).track.poses[0]
    nose = np.array([1.0, 0.0, 0.0, 1.0])
    side = np.array([0.0, 0.0, 1.0, 1.0])

    def height(pose: Pose, point: np.ndarray) -> float:
        return float(-(pose.T_world_object() @ point)[1])

    angle = 0.2
    up = Tilt(0, pitch=-angle).apply(scene).object(0).track.poses[0]
    over = Tilt(0, roll=-angle).apply(scene).object(0).track.poses[0]
    assert height(up, nose) - height(level, nose) == pytest.approx(math.sin(angle))
    assert height(over, side) - height(level, side) == pytest.approx(-math.sin(angle))
    assert height(over, nose) == pytest.approx(height(level, nose))
    assert up.position == level.position


@given(SIZES, angles, angles, st.sampled_from([(1, 0, 0), (-1, 0, 0), (0, 0, 1)]))
def test_a_face_stays_where_it_is(size, pitch, roll, side):
    """Who slides by half of what an edge has grown keeps the opposite face."""
    scene = replay(small_scene(), (Turn(0, 0.7), Tilt(0, pitch, roll)))
    before = scene.object(0)
    old = before.size
    grown = (size[0] - old.length, size[1] - old.height, size[2] - old.width)
    x, y, z = (g / 2 * s for g, s in zip(grown, side, strict=True))
    slide = (x, y, z)
    edges = (
        size[0] if side[0] else old.length,
        old.height,
        size[2] if side[2] else old.width,
    )
    after = Resize(0, edges, slide).apply(scene).object(0)
    half = (-side[0] / 2, 0.0, -side[2] / 2)

    def opposite(node: ObjectNode) -> list[np.ndarray]:
        s = node.size
        local = np.array([half[0] * s.length, 0.0, half[2] * s.width, 1.0])
        return [pose.T_world_object() @ local for pose in node.track.poses]

    np.testing.assert_allclose(opposite(after), opposite(before), atol=1e-9)


def test_a_tilt_as_a_key_comes_and_goes_between_keys():
    scene = replay(small_scene(frames=21), (SetKey(0, 0), SetKey(0, 20)))
    leant = Tilt(0, 0.1, -0.2, (10, 10), key=True).apply(scene).object(0)
    poses = leant.track.poses
    assert key_frames(leant) == (0, 10, 20)
    assert (poses[10].pitch, poses[10].roll) == pytest.approx((0.1, -0.2))
    assert 0 < poses[5].pitch < 0.1
    assert -0.2 < poses[15].roll < 0
    for end in (poses[0], poses[20]):
        assert (end.pitch, end.roll) == pytest.approx((0, 0))


def test_a_tilt_holds_within_its_frames_only():
    track = Tilt(0, 0.1, frames=(1, 2)).apply(small_scene(frames=4)).object(0).track
    assert [pose.pitch for pose in track.poses] == pytest.approx([0, 0.1, 0.1, 0])


@given(SIZES, angles, angles)
def test_both_come_back_from_files(tmp_path_factory, size, pitch, roll):
    path = tmp_path_factory.getbasetemp() / "edits.json"
    edits = (Resize(3, size, (0.5, 0, -1)), Tilt(3, pitch, roll, (0, 4)), Tilt(1))
    back = edits_from_json(edits_to_json(edits), path)
    assert back[0] == edits[0]
    assert back[2] == edits[2]
    tilt = back[1]
    assert isinstance(tilt, Tilt)
    assert (tilt.pitch, tilt.roll) == pytest.approx((pitch, roll), rel=1e-14)


def test_a_file_with_two_edges_is_named(tmp_path):
    data = {
        "format": "nsg-edits/1",
        "edits": [{"do": "resize", "track": 0, "size": [4.0, 1.5]}],
    }
    with pytest.raises(FileError, match=r'"size" of edit 1 \(resize\)'):
        edits_from_json(data, tmp_path / "edits.json")


def test_labels_say_what_people_read():
    assert Resize(3, (4.0, 1.5, 1.8)).label == "Resize track 3 to 4.00 x 1.80 x 1.50 m"
    assert Tilt(3, math.radians(5)).label == "Tilt track 3 by 5.0, 0.0 deg"
    assert CAR.length == small_scene().object(0).size.length
