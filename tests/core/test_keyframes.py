"""Keys bend the recorded way: exactly there, smooth between, nothing elsewhere."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.documents.scene_file import edits_from_json
from nsg_core.edits.boxes import Tilt
from nsg_core.edits.edit import Move, Turn, replay
from nsg_core.edits.keys import DeleteKey, DrawPath, JoinKeys, MoveKeys, SetKey
from nsg_core.edits.tracks import ShiftTime
from nsg_core.errors import NsgError
from nsg_core.motion.keyframes import key_frames
from nsg_core.motion.trajectory import doubts, motion, places
from nsg_core.scene import Pose
from tests.core.drives import small_scene
from tests.core.tracks import angles, metres, straight

FRAMES = 41


def driving(speed: float = 10.0):
    """A drive whose track 0 goes straight ahead."""
    scene = small_scene(FRAMES)
    node = replace(scene.object(0), track=straight(speed, count=FRAMES))
    return scene.with_object(node)


def moved(scene):
    """By how much track 0 departs from the straight way [frames 3]."""
    return places(scene.object(0).track) - places(driving().object(0).track)


key_lists = st.lists(
    st.tuples(st.integers(0, FRAMES - 1), metres, metres, angles),
    min_size=1,
    max_size=6,
    unique_by=lambda key: key[0],
)


def set_all(scene, keys):
    return replay(
        scene, tuple(SetKey(0, f, (x, 1.65, z), yaw) for f, x, z, yaw in keys)
    )


@given(key_lists, st.sampled_from(["smooth", "straight", "ease"]), st.booleans())
def test_at_a_key_the_object_is_exactly_there(keys, curve, steering):
    scene = set_all(driving(), keys[:1])
    scene = set_all(JoinKeys(0, curve, steering).apply(scene), keys)
    node = scene.object(0)
    assert key_frames(node) == tuple(sorted(key[0] for key in keys))
    for frame, x, z, yaw in keys:
        pose = node.track.at(frame)
        np.testing.assert_allclose(pose.position, (x, 1.65, z), atol=1e-9)
        assert math.remainder(pose.yaw - yaw, math.tau) == pytest.approx(0, abs=1e-9)


@given(key_lists, st.randoms())
def test_the_order_of_keys_does_not_matter(keys, chance):
    other = list(keys)
    chance.shuffle(other)
    a, b = (places(set_all(driving(), k).object(0).track) for k in (keys, other))
    np.testing.assert_allclose(a, b, atol=1e-9)


@given(key_lists, st.integers(0, FRAMES - 1))
def test_a_key_where_nothing_is_moved_changes_no_pose_at_the_keys(keys, frame):
    scene = set_all(driving(), keys)
    again = SetKey(0, frame).apply(scene)
    for f in key_frames(scene.object(0)):
        a, b = (s.object(0).track.at(f).position for s in (scene, again))
        np.testing.assert_allclose(a, b, atol=1e-9)


@given(st.sets(st.integers(0, FRAMES - 1), min_size=1, max_size=8))
def test_keys_alone_change_nothing(frames):
    scene = driving()
    keyed = replay(scene, tuple(SetKey(0, frame) for frame in sorted(frames)))
    assert keyed.object(0).track == scene.object(0).track


@given(key_lists)
def test_all_keys_deleted_is_the_start(keys):
    scene = set_all(driving(), keys)
    for frame, *_ in keys:
        scene = DeleteKey(0, frame).apply(scene)
    assert scene == driving()


def test_before_the_first_and_after_the_last_key_the_departure_stays():
    scene = set_all(driving(), [(10, 0.0, 10.0, -1.57), (20, 3.0, 20.0, -1.57)])
    off = moved(scene)
    np.testing.assert_allclose(off[:11], 0.0, atol=1e-9)
    np.testing.assert_allclose(off[20:], [[3.0, 0, 0]] * 21, atol=1e-9)
    assert (np.diff(off[10:21, 0]) > 0).all()


def test_two_keys_are_a_line_for_what_stands():
    scene = small_scene(11)
    node = scene.object(3)
    start = node.track.poses[0].position
    scene = replay(
        scene, (SetKey(3, 0), SetKey(3, 10, (start[0] + 5, start[1], start[2])))
    )
    x = places(scene.object(3).track)[:, 0] - start[0]
    np.testing.assert_allclose(x, np.arange(11) * 0.5, atol=1e-9)


def test_smooth_keys_pass_without_a_halt_and_eased_ones_rest():
    keys = [(10, 0.0, 10.0, -1.57), (20, 1.0, 20.0, -1.57), (30, 2.0, 30.0, -1.57)]
    smooth = set_all(driving(), keys)
    eased = JoinKeys(0, "ease", False).apply(smooth)
    at_key = [np.gradient(moved(s)[:, 0])[20] for s in (smooth, eased)]
    assert at_key[0] == pytest.approx(0.1, abs=1e-6)
    assert at_key[1] < 0.03


def test_between_keys_a_car_steers_along_its_way_if_it_shall():
    keys = [(10, 0.0, 10.0, -math.pi / 2), (30, 4.0, 30.0, -math.pi / 2)]
    steering = set_all(driving(), keys)
    stiff = JoinKeys(0, "smooth", False).apply(steering)
    yaws = [s.object(0).track.at(20).yaw for s in (steering, stiff)]
    assert yaws[0] == pytest.approx(math.atan2(-20, 4), abs=0.01)
    assert yaws[1] == pytest.approx(-math.pi / 2)


def test_a_key_in_a_frame_without_the_object_brings_it_there():
    scene = small_scene(8)
    walker = scene.object(5)
    assert walker.track.at(7) is None
    scene = SetKey(5, 7, (3.0, 1.6, 7.0)).apply(scene)
    assert scene.object(5).track.at(7).position == pytest.approx((3.0, 1.6, 7.0))


def test_a_move_of_all_takes_the_keys_along():
    keys = [(10, 0.0, 10.0, -1.57), (20, 3.0, 20.0, -1.57)]
    scene = Move(0, (0.0, 0.0, 5.0)).apply(set_all(driving(), keys))
    again = SetKey(0, 30).apply(scene)
    assert key_frames(again.object(0)) == (10, 20, 30)
    np.testing.assert_allclose(
        places(again.object(0).track), places(scene.object(0).track), atol=1e-9
    )


@given(key_lists, st.integers(-40, 40), st.data())
def test_keys_moved_there_and_back_are_where_they_were(keys, by, data):
    scene = set_all(driving(), keys)
    frames = key_frames(scene.object(0))
    chosen = tuple(sorted(data.draw(st.sets(st.sampled_from(frames), min_size=1))))
    goals = tuple(frame + by for frame in chosen)
    if set(goals) & (set(frames) - set(chosen)) or not all(
        0 <= frame < FRAMES for frame in goals
    ):
        return
    moved_keys = MoveKeys(0, chosen, by).apply(scene)
    assert set(key_frames(moved_keys.object(0))) == set(frames) - set(chosen) | set(
        goals
    )
    back = MoveKeys(0, goals, -by).apply(moved_keys)
    assert back == scene


@given(key_lists, st.integers(0, FRAMES - 1))
def test_a_key_takes_its_departure_along(keys, goal):
    scene = set_all(driving(), keys)
    frame = keys[0][0]
    for copies in (False, True):
        later = MoveKeys(0, (frame,), goal - frame, copies).apply(scene)
        np.testing.assert_allclose(moved(later)[goal], moved(scene)[frame], atol=1e-9)
        assert (frame in key_frames(later.object(0))) == (copies or goal == frame)


def test_keys_hold_pitch_and_roll():
    keys = (SetKey(0, 10), SetKey(0, 30), SetKey(0, 20, None, None, 0.2, -0.1))
    poses = replay(driving(), keys).object(0).track.poses
    assert (poses[20].pitch, poses[20].roll) == pytest.approx((0.2, -0.1))
    assert poses[15].pitch > 0.05
    assert poses[30].angles == pytest.approx(poses[0].angles)


def test_a_key_of_an_older_file_keeps_the_lean_that_is_there():
    """Files from before keys held pitch and roll do what they did."""
    row = {"do": "key", "track": 0, "frame": 20, "position": [2, 1.65, 20]}
    data = {"format": "nsg-edits/1", "edits": [row | {"degrees": -80}]}
    leaning = Tilt(0, 0.1, 0.05).apply(driving())
    done = replay(leaning, edits_from_json(data, Path("old.json")))
    assert [p.angles[1:] for p in done.object(0).track.poses] == [(0.1, 0.05)] * FRAMES


def test_keys_move_in_time_with_their_object():
    scene = set_all(driving(), [(10, 0.0, 10.0, -1.57), (20, 3.0, 20.0, -1.57)])
    later = ShiftTime(0, 5).apply(scene)
    assert key_frames(later.object(0)) == (15, 25)
    assert ShiftTime(0, -5).apply(later) == scene


def test_a_move_with_a_key_bends_up_to_the_next_keys():
    scene = replay(driving(), (SetKey(0, 10), SetKey(0, 30)))
    bent = Move(0, (2.0, 0.0, 0.0), (20, 20), key=True).apply(scene)
    off = moved(bent)[:, 0]
    assert key_frames(bent.object(0)) == (10, 20, 30)
    assert off[20] == pytest.approx(2.0)
    np.testing.assert_allclose(off[[0, 5, 10, 30, 40]], 0.0, atol=1e-9)
    turned = Turn(0, 0.2, (20, 20), key=True).apply(bent)
    assert turned.object(0).track.at(20).yaw == pytest.approx(
        bent.object(0).track.at(20).yaw + 0.2
    )


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (SetKey(0, 99), "frame 99 is outside"),
        (SetKey(77, 0), "no track 77"),
        (MoveKeys(0, (3,), 2), "no key in frame 3; its keys: none"),
        (MoveKeys(0, (3,), 99), "frame 102 is outside"),
        (DeleteKey(0, 3), "no key in frame 3; its keys: none"),
        (JoinKeys(0), "has no keys"),
        (Move(0, (1.0, 0, 0), (3, 5), key=True), "set in one frame"),
        (Move(0, (1.0, 0, 0), blend=-1), "blend must be 0"),
        (DrawPath(0, ((0, 0, 0),), 0), "two points"),
        (DrawPath(0, ((0, 0, 0), (0, 0, 9)), 0, (1.0, 2.0, 3.0)), "one for each"),
        (DrawPath(0, ((0, 0, 0), (0, 0, 9)), 0, (-1.0,)), "speeds are 0 to 100"),
        (DrawPath(0, ((0, 0, 0), (0, 0, 9)), 0, (0.0, 0.0)), "speed 0"),
        (DrawPath(0, ((0, 0, 0), (0, 0, 9e9)), 0), "at most 5000 m"),
        (DrawPath(0, ((0, 0, 0), (0, 0, 9)), 70), "frame 70 is outside"),
    ],
)
def test_nonsense_is_refused_in_words(edit, message):
    with pytest.raises(NsgError, match=message):
        edit.apply(driving())


def test_a_drawn_way_is_driven_at_its_speed_and_ends_standing():
    way = ((0.0, 1.65, 10.0), (0.0, 1.65, 20.0), (6.0, 1.65, 30.0))
    scene = DrawPath(0, way, 10, (8.0,)).apply(driving())
    track = scene.object(0).track
    assert track.frames == tuple(range(FRAMES))
    assert track.poses[:10] == driving().object(0).track.poses[:10]
    assert track.at(10).position == pytest.approx(way[0])
    speed = motion(track).speed
    np.testing.assert_allclose(speed[17:28], 8.0, atol=0.3)
    assert track.poses[-1].position == pytest.approx(way[-1], abs=1e-6)


def test_speeds_at_points_change_evenly_between_them():
    way = ((0.0, 1.65, 0.0), (0.0, 1.65, 20.0))
    braking = DrawPath(0, way, 0, (10.0, 0.0)).apply(driving()).object(0).track
    # From 10 m/s to rest over 20 m: 2.5 m/s2 for 4 seconds.
    np.testing.assert_allclose(motion(braking).acceleration, -2.5, atol=1e-3)
    assert braking.poses[-1].position[2] == pytest.approx(20.0)
    assert doubts(braking, "Car") == ()


def test_without_speeds_it_goes_as_fast_as_it_did():
    way = ((0.0, 1.65, 0.0), (50.0, 1.65, 0.0))
    track = DrawPath(0, way, 0).apply(driving(7.0)).object(0).track
    np.testing.assert_allclose(motion(track).speed, 7.0, atol=1e-6)
    assert isinstance(track.poses[0], Pose)
