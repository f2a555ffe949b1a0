"""Edits of motion as values: applied, refused, and written to files and back."""

import math
from dataclasses import fields as fields_of
from dataclasses import is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.documents.scene_file import edits_from_json, edits_to_json
from nsg_core.edits.edit import Move, Turn
from nsg_core.edits.keys import DeleteKey, DrawPath, JoinKeys, MoveKeys, SetKey
from nsg_core.edits.tracks import (
    Bend,
    Extend,
    Freeze,
    Loop,
    Mirror,
    Retime,
    Reverse,
    SetTrack,
    ShiftTime,
    Smooth,
)
from nsg_core.errors import FileError, NsgError
from nsg_core.motion.ground import ground_of
from nsg_core.motion.trajectory import motion, places
from nsg_core.scene import Pose, Scene
from tests.core.drives import small_scene, vectors
from tests.core.tracks import straight, tracks

ANGLE = st.floats(-3, 3, allow_subnormal=False)
SPAN = st.tuples(st.integers(0, 9), st.integers(9, 30))
NUMBER = st.integers(0, 99)
set_tracks = st.builds(
    lambda number, track: SetTrack(number, track.frames, track.poses), NUMBER, tracks()
)
paces = st.lists(
    st.tuples(st.integers(0, 99), st.floats(0, 20)), min_size=1, max_size=4
).map(tuple)
frame_lists = st.sets(NUMBER, max_size=4).map(lambda some: tuple(sorted(some)))
points = st.lists(vectors, min_size=1, max_size=4).map(tuple)
edits = st.one_of(
    set_tracks,
    st.builds(ShiftTime, NUMBER, st.integers(-50, 50)),
    st.builds(Retime, NUMBER, paces),
    st.builds(Reverse, NUMBER, st.booleans()),
    st.builds(Mirror, NUMBER, vectors, ANGLE),
    st.builds(Loop, NUMBER, SPAN, NUMBER, st.sampled_from(["again", "back", "on"])),
    st.builds(Freeze, NUMBER, NUMBER, SPAN),
    st.builds(Extend, NUMBER, SPAN),
    st.builds(Smooth, NUMBER, NUMBER),
    st.builds(Bend, NUMBER, NUMBER, vectors, NUMBER),
    st.builds(SetKey, NUMBER, NUMBER, st.none() | vectors, st.none() | ANGLE),
    st.builds(SetKey, NUMBER, NUMBER, st.none(), st.none(), ANGLE, st.none() | ANGLE),
    st.builds(MoveKeys, NUMBER, frame_lists, NUMBER, st.booleans()),
    st.builds(DeleteKey, NUMBER, NUMBER),
    st.builds(
        JoinKeys, NUMBER, st.sampled_from(["smooth", "straight", "ease"]), st.booleans()
    ),
    st.builds(DrawPath, NUMBER, points, NUMBER, st.lists(st.floats(0, 99)).map(tuple)),
    st.builds(Move, NUMBER, vectors, SPAN, st.integers(0, 9), st.booleans()),
    st.builds(Turn, NUMBER, ANGLE, SPAN, st.integers(0, 9), st.booleans()),
)


def rounded_off(value: object) -> object:
    """A value in which numbers have nine digits after the point."""
    if isinstance(value, float):
        return round(value, 9) + 0.0
    if isinstance(value, tuple):
        return tuple(map(rounded_off, value))
    if is_dataclass(value):
        fields = (getattr(value, field.name) for field in fields_of(value))
        return (type(value).__name__, *map(rounded_off, fields))
    return value


@given(st.lists(edits, max_size=5).map(tuple))
def test_what_is_written_is_read_back(some):
    data = edits_to_json(some)
    read = edits_from_json(data, Path("edits.json"))
    # Angles are degrees in files: the last digit of radians may differ.
    assert rounded_off(read) == rounded_off(some)
    assert all(edit.label and hash(edit.merge_key) is not None for edit in some)


@given(edits)
def test_any_edit_fits_or_is_refused_in_words(edit):
    scene = small_scene(20)
    edit = replace(edit, track=edit.track % 3)
    try:
        changed = edit.apply(scene)
    except NsgError:
        return
    assert changed.objects[1:] == scene.objects[1:] or edit.track != 0
    assert scene == small_scene(20)


def test_a_file_by_hand():
    data = {
        "format": "nsg-edits/1",
        "edits": [
            {"do": "track", "track": 3, "frames": "0-1", "poses": [[1, 2, 3, 90]] * 2},
            {"do": "pace", "track": 0, "pace": [[0, 1], [20, 0.5]]},
            {"do": "hold", "track": 0, "frame": 5, "frames": "5-40"},
            {"do": "move", "track": 0, "by": [1, 0, 0], "frames": "3-5", "blend": 4},
        ],
    }
    read = edits_from_json(data, Path("edits.json"))
    assert read == (
        SetTrack(3, (0, 1), (Pose((1.0, 2.0, 3.0), math.pi / 2),) * 2),
        Retime(0, ((0, 1.0), (20, 0.5))),
        Freeze(0, 5, (5, 40)),
        Move(0, (1.0, 0.0, 0.0), (3, 5), 4),
    )


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"do": "track", "track": 0, "frames": "0-1", "poses": [[1, 2, 3]]}, "poses"),
        ({"do": "pace", "track": 0, "pace": [[0, "x"]]}, r"\[frame, factor\]"),
        ({"do": "loop", "track": 0, "frames": "0-3", "until": 9, "how": "x"}, "again"),
        ({"do": "path", "track": 0, "first": 0, "points": [[0, 1]]}, "points"),
        ({"do": "reverse", "track": 0, "around": 1}, "true or false"),
    ],
)
def test_a_broken_file_is_refused_by_name(edit, message):
    with pytest.raises(FileError, match=message):
        edits_from_json({"format": "nsg-edits/1", "edits": [edit]}, Path("edits.json"))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (SetTrack(0, (), ()), "one pose for each frame"),
        (SetTrack(0, (2, 1), (Pose((0, 0, 0), 0),) * 2), "must ascend"),
        (SetTrack(0, (99,), (Pose((0, 0, 0), 0),)), "would not be there"),
        (ShiftTime(0, 99), "Van 0 would not be there in any of the drive's frames"),
        (Retime(0, ()), "needs frames"),
        (Retime(0, ((0, 21.0),)), "20 times"),
        (Retime(0, ((0, math.nan),)), "20 times"),
        (Retime(0, ((5, 1.0), (5, 0.0))), "ascend"),
        (Freeze(0, 3, (0, 99)), "frame 99 is outside"),
        (Freeze(5, 19, (0, 5)), "Pedestrian 5: it is not there in frame 19"),
        (Loop(0, (3, 3), 9), "two frames"),
        (Extend(0, (0, 99)), "frame 99 is outside"),
        (Smooth(0, 0), "1 to 50"),
        (Bend(5, 19, (1.0, 0, 0)), "not there in frame 19"),
        (Bend(0, 3, (1.0, 0, 0), -1), "0 to 1000"),
    ],
)
def test_nonsense_is_refused_in_words(edit, message):
    with pytest.raises(NsgError, match=message):
        edit.apply(small_scene(20))


@pytest.mark.parametrize("blend", [0, 1, 4, 30])
def test_a_move_with_blending_follows_the_smooth_step(blend):
    scene = small_scene(20)
    moved = Move(0, (2.0, 0.0, 0.0), (8, 10), blend).apply(scene)
    off = (places(moved.object(0).track) - places(scene.object(0).track))[:, 0]
    for frame, x in enumerate(off.tolist()):
        u = max(0.0, 1 - max(8 - frame, frame - 10, 0) / (blend + 1))
        assert x == pytest.approx(2 * (3 * u**2 - 2 * u**3))
    assert off[8:11] == pytest.approx([2.0] * 3)


def test_a_turn_with_blending():
    scene = small_scene(20)
    turned = Turn(3, 0.8, (10, 19), 4).apply(scene)
    yaws = [p.yaw - 1.4 for p in turned.object(3).track.poses]
    assert yaws[5] == pytest.approx(0)
    assert 0 < yaws[6] < yaws[8] < 0.8
    assert yaws[10:] == pytest.approx([0.8] * 10)


def test_what_leaves_the_drive_comes_back():
    scene = small_scene(20)
    away = ShiftTime(0, 15).apply(scene)
    assert [f for f in away.object(0).track.frames if f < 20] == [15, 16, 17, 18, 19]
    assert ShiftTime(0, -15).apply(away) == scene


def test_a_bend_reaches_so_far_and_steers():
    scene = small_scene(41)
    node = replace(scene.object(0), track=straight(10.0))
    scene = scene.with_object(node)
    bent = Bend(0, 20, (1.0, 0.0, 0.0), 9).apply(scene).object(0).track
    off = (places(bent) - places(node.track))[:, 0]
    assert off[20] == pytest.approx(1.0)
    np.testing.assert_allclose(off[[0, 10, 30, 40]], 0.0)
    assert bent.poses[16].yaw > -math.pi / 2 > bent.poses[24].yaw
    assert motion(bent).speed.max() < 11


def sloped(slope: float) -> Scene:
    """A drive up a hill: everything stands on y = 1.65 - slope * z."""
    scene = small_scene(20)
    objects = []
    for node in scene.objects:
        poses = [
            replace(
                p, position=(p.position[0], 1.65 - slope * p.position[2], p.position[2])
            )
            for p in node.track.poses
        ]
        objects.append(replace(node, track=replace(node.track, poses=tuple(poses))))
    Ts = tuple(
        (*T[:7], -slope * T[11], *T[8:]) for T in scene.cameras[0].Ts_world_camera
    )
    cameras = tuple(replace(c, Ts_world_camera=Ts) for c in scene.cameras)
    return replace(scene, cameras=cameras, objects=tuple(objects))


def test_the_ground_follows_what_stands_on_it():
    ground = ground_of(sloped(0.05))
    heights = ground.height(np.array([[0.0, 9.9, 3.0], [1.0, -9.9, 20.0]]))
    np.testing.assert_allclose(heights, [1.65 - 0.15, 1.65 - 1.0], atol=0.12)


def test_without_boxes_the_ground_is_below_the_camera():
    scene = replace(small_scene(20), objects=())
    height = ground_of(scene).height(np.array([[0.0, 0.0, 5.0]]))
    np.testing.assert_allclose(height, 1.65, atol=1e-6)
