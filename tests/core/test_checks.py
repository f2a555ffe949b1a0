"""Checks find what is wrong, leave the recording alone, and their mends mend."""

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.checks.checker import Checker, Finding, known_of, mend
from nsg_core.edits.edit import Duplicate, Edit, Move, SetCamera, Turn, replay
from nsg_core.motion.overlaps import overlaps, solids
from nsg_core.motion.sightings import side, sight_angle, sightings
from nsg_core.scene import PlacedBox, Pose, Size, Vec3
from tests.core.drives import small_scene

FEW = settings(max_examples=30)
EYE = (0.0, 0.0, 0.0)
ROOT = Path(__file__).resolve().parents[2]


def found(*edits: Edit, frame: int = 0, eye: Vec3 = EYE) -> tuple[Finding, ...]:
    """What is found in the small scene after some edits."""
    scene = small_scene()
    return Checker(known_of(scene)).check(replay(scene, edits), frame, eye)


def kinds(*edits: Edit, **more: object) -> set[str]:
    """Only of which kinds."""
    return {finding.kind for finding in found(*edits, **more)}


def mended(finding: Finding, *edits: Edit) -> set[str]:
    """What is found once a finding is mended."""
    scene = replay(small_scene(), edits)
    return kinds(*edits, *mend(finding, scene, 0, {}))


@pytest.mark.parametrize("frame", [0, 1, 2, 3])
def test_a_recording_is_never_doubted(frame):
    scene = small_scene()
    eye = (0.0, 0.0, 0.4 * frame)
    assert Checker(known_of(scene)).check(scene, frame, eye) == ()


def test_one_box_in_another():
    into = Move(0, (5.0, 0.0, 5.0))
    overlap = next(f for f in found(into) if f.kind == "overlap")
    assert (overlap.track, overlap.other, overlap.bad) == (0, 3, True)
    assert overlap.words.startswith("Van 0 stands in Car 3 by ")
    assert "overlap" not in mended(overlap, into)


def test_the_one_that_was_not_edited_is_not_to_blame():
    into = Move(3, (-5.0, 0.0, -5.0))
    overlap = next(f for f in found(into) if f.kind == "overlap")
    assert (overlap.track, overlap.other) == (3, 0)
    assert "overlap" not in mended(overlap, into)


@pytest.mark.parametrize(("up", "word"), [(0.8, "floats"), (-0.8, "sunk")])
def test_floating_and_sinking(up, word):
    lift = Move(0, (0.0, -up, 0.0))
    (finding,) = (f for f in found(lift) if f.kind == "ground")
    assert word in finding.words
    assert "0.80 m" in finding.words
    assert "ground" not in mended(finding, lift)
    assert "ground" not in kinds(Move(0, (0.0, 0.1, 0.0)))


def test_a_side_that_no_camera_saw():
    # The van was seen from its rear only, for it drives ahead of the cameras.
    around = Turn(0, math.pi)
    (finding,) = (f for f in found(around) if f.kind == "side")
    assert "the front" in finding.words
    assert finding.bad
    assert "side" not in mended(finding, around)
    assert math.degrees(abs(finding.turn)) == pytest.approx(180, abs=40)
    assert "side" not in kinds(Turn(0, math.radians(10)))


def test_a_camera_elsewhere_sees_other_sides():
    assert "side" in kinds(eye=(-2.5, 0.0, 30.0))
    assert kinds(eye=(0.0, -0.02, 0.0)) == set()


def test_something_in_the_way_of_the_camera():
    on_top = Move(5, (-0.8, 0.0, -7.0))
    (finding,) = (f for f in found(on_top) if f.kind == "camera")
    assert finding.words == "The camera is inside Pedestrian 5."
    assert "camera" not in mended(finding, on_top)
    beside = Move(5, (-0.1, 0.0, -7.0))
    (finding,) = (f for f in found(beside) if f.kind == "camera")
    assert "only 0.3 m" in finding.words
    assert not finding.bad


def test_something_nearer_than_it_ever_was():
    near = Move(3, (0.0, 0.0, -9.0))
    (finding,) = (f for f in found(near) if f.kind == "detail")
    assert "blurred" in finding.words
    assert "detail" not in mended(finding, near)


def test_a_jump_in_its_way():
    jump = Move(0, (0.0, 0.0, 25.0), (1, 1))
    (finding,) = (f for f in found(jump, frame=1) if f.kind == "motion")
    assert "Van 0" in finding.words
    after = mend(finding, replay(small_scene(), (jump,)), 1, {})
    assert not [f for f in found(jump, *after, frame=1) if f.kind == "motion"]


def test_driving_sideways():
    # One metre a frame towards the cameras' front, which its front is turned from.
    aside = Turn(0, math.radians(80))
    (finding,) = (f for f in found(aside) if f.kind == "heading")
    assert "sideways" in finding.words
    assert "heading" not in mended(finding, aside)
    assert "heading" not in kinds(Turn(5, 1.5))


def test_a_copy_is_looked_at_like_the_original():
    assert "overlap" in kinds(Duplicate(3, 9, (0.5, 0.0, 0.0)))
    # A copy beside the van, seen as the van was.
    assert "side" not in kinds(Duplicate(0, 9, (-3.0, 0.0, 0.0)))


def test_the_worst_comes_first():
    bad = [f.bad for f in found(Move(0, (5.0, -0.5, 5.0)), Turn(3, 3.0))]
    assert bad == sorted(bad, reverse=True)
    assert {True, False} <= set(bad)


def test_mends_hold_where_they_are_told_to():
    (finding,) = (f for f in found(Move(0, (0, -0.8, 0))) if f.kind == "ground")
    assert mend(finding, small_scene(), 0, {"frames": (2, 3)})[0].frames == (2, 3)


angles = st.floats(-math.pi, math.pi)
places = st.tuples(*[st.floats(-3, 3)] * 3)
boxes = st.builds(
    PlacedBox,
    st.just(0),
    st.just("Car"),
    st.just("object/0"),
    st.builds(Size, *[st.floats(0.5, 4)] * 3),
    st.builds(Pose, places, angles, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
)


@FEW
@given(box=boxes)
def test_boxes_as_arrays(box):
    solid = solids([box])
    T = box.pose.T_world_object()
    np.testing.assert_allclose(solid.axes[0], T[:3, :3], atol=1e-12)
    middle = T @ (0, -box.size.height / 2, 0, 1)
    np.testing.assert_allclose(solid.middles[0], middle[:3], atol=1e-12)


@FEW
@given(a=boxes, b=boxes, seed=st.integers(0, 99))
def test_overlaps_agree_with_points(a, b, seed):
    """Points of one box that lie in the other one: brute force."""
    apart = not overlaps((a, b))
    share = np.random.default_rng(seed).random((4000, 3)) - (0.5, 1.0, 0.5)
    edges = [(x.size.length, x.size.height, x.size.width) for x in (a, b)]
    T = [x.pose.T_world_object() for x in (a, b)]
    world = (share * edges[0]) @ T[0][:3, :3].T + T[0][:3, 3]
    local = (world - T[1][:3, 3]) @ T[1][:3, :3] / edges[1]
    low, high = np.array((-0.5, -1, -0.5)), np.array((0.5, 0, 0.5))
    inside = ((local > low) & (local < high)).all(1).any()
    assert not (apart and inside)
    if not apart and not inside:
        # So little overlap that no point met it.
        assert overlaps((a, b))[0].depth < 0.5


@FEW
@given(a=boxes, b=boxes)
def test_boxes_that_were_pushed_are_apart(a, b):
    for pair in overlaps((a, b)):
        x, y, z = (
            p + 1.001 * s for p, s in zip(a.pose.position, pair.apart, strict=True)
        )
        moved = replace(a, pose=replace(a.pose, position=(x, y, z)))
        assert not overlaps((moved, b), 1e-3)


@pytest.mark.parametrize(
    ("eye", "angle", "name"),
    [
        ((5, 0, 0), 0, "front"),
        ((0, 0, -5), 90, "right side"),
        ((-5, 0, 0), 180, "rear"),
        ((0, 0, 5), -90, "left side"),
        ((5, 0, -5), 45, "front right"),
    ],
)
def test_sides_of_a_box_that_faces_right(eye, angle, name):
    """Ahead of the viewer is z: what faces right shows its right side to them."""
    seen = sight_angle(Pose((0.0, 0.0, 0.0), 0.0), eye)
    assert abs(math.remainder(seen - angle, 360)) < 1e-9
    assert side(seen) == name


def test_sightings_are_of_what_cameras_had_in_the_picture():
    scene = small_scene()
    behind = replace(scene.object(3), track_id=8, model="object/8")
    behind = replace(
        behind, track=behind.track.map(lambda p: replace(p, position=(0, 1.6, -9)))
    )
    known = sightings(replace(scene, objects=(*scene.objects, behind)))
    assert set(known) == {"object/0", "object/3", "object/5"}
    van = known["object/0"]
    assert van.gap(164) == 0
    assert van.gap(0) > 150
    assert van.nearest == pytest.approx(math.dist((0, 0, 0), (2.5, 0.85, 9)), abs=0.01)


@FEW
@given(angle=st.floats(-180, 180))
def test_turning_to_a_seen_side(angle):
    van = sightings(small_scene())["object/0"]
    turn = van.turn_to_seen(angle)
    assert van.gap(angle + turn) == 0
    assert abs(turn) <= van.gap(angle) + 5


def test_a_drag_among_thirty_objects_is_checked_within_two_milliseconds():
    # In a process of its own, for here each call is checked for its types too.
    command = [sys.executable, "-m", "tests.core.check_times"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert float(done.stdout) < 2.0, f"{done.stdout} ms"


def test_a_mounted_camera_is_the_eye():
    scene = SetCamera("image_02", (0.0, 0.0, 6.4)).apply(small_scene())
    x, y, z = (scene.view("image_02", 0).matrix()[:3, 3]).tolist()
    assert "camera" in {
        f.kind for f in Checker(known_of(small_scene())).check(scene, 0, (x, y, z))
    }
