"""Faces of a box under the mouse: the one that is pulled follows, the other stays."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nsg_core.edits.boxes import LARGEST, SMALLEST
from nsg_core.scene import ObjectNode, PlacedBox, Pose, Size
from nsg_core.view import View
from nsg_editor.actions.table import perform
from nsg_editor.derived import holding
from nsg_editor.derived.request import fit, frame_of
from nsg_editor.geometry import sizing
from nsg_editor.geometry.axes import AXES, leaning
from nsg_editor.geometry.dragging import Faces, Grab, Side
from nsg_editor.geometry.gizmo import Gizmo
from nsg_editor.state import EditorState
from tests.editor.scenes import start_state, street
from tests.editor.test_pointer import PANEL, Hand
from tests.editor.test_pointer_hands import drag

VIEW = street().view("image_02", 0)
SIDES: list[Side] = list(sizing.SIDES)
ANGLES = st.floats(-3.1, 3.1)
LEANS = st.floats(-0.4, 0.4)


def box_at(x: float, z: float, yaw: float, pitch: float, roll: float) -> PlacedBox:
    pose = Pose((x, 1.65, z), yaw, pitch, roll)
    return PlacedBox(0, "Car", "m", Size(4.0, 1.6, 1.8), pose)


boxes = st.builds(box_at, st.floats(-4, 4), st.floats(8, 30), ANGLES, LEANS, LEANS)


def face(box: PlacedBox | ObjectNode, pose: Pose, side: Side) -> np.ndarray:
    """The middle of a face, in the world."""
    axis, sign = sizing.SIDES[side]
    axes, s = leaning(pose), box.size
    middle = np.array(pose.position) + s.height / 2 * axes.along("y")
    half = (s.length, s.height, s.width)[AXES.index(axis)] / 2
    return middle + sign * half * axes.along(axis)


def opposite(side: Side) -> Side:
    axis, sign = sizing.SIDES[side]
    return next(s for s in SIDES if sizing.SIDES[s] == (axis, -sign))


def pixel(view: View, point: np.ndarray) -> tuple[float, float]:
    u, v, _ = view.project(point[None])[0]
    return float(u), float(v)


@given(boxes, st.sampled_from(SIDES), st.floats(-0.7, 3))
def test_a_face_follows_the_mouse(box: PlacedBox, side: Side, metres: float) -> None:
    outwards = face(box, box.pose, side) - face(box, box.pose, opposite(side))
    outwards /= np.linalg.norm(outwards)
    start = face(box, box.pose, side)
    sight = start - VIEW.matrix()[:3, 3]
    assume(abs(sight @ outwards) < 0.95 * np.linalg.norm(sight))
    goal = start + metres * outwards
    assume((goal @ VIEW.matrix()[:3, 2]) > 1.0)
    held = Grab((side,), VIEW, box, pixel(VIEW, start))
    assert sizing.pulled(held, (side,), *pixel(VIEW, goal)) == {
        side: pytest.approx(metres, abs=1e-6)
    }


@given(st.sampled_from(SIDES), st.floats(-0.5, 2), LEANS, LEANS)
def test_the_opposite_face_stays_in_every_frame(
    side: Side, metres: float, pitch: float, roll: float
) -> None:
    state = perform(start_state(), "select", track=0)
    state = perform(state, "tilt", pitch=math.degrees(pitch), roll=math.degrees(roll))
    before, done = state.scene.object(0), perform(state, "pull", **{side: metres})
    after = done.scene.object(0)
    for old, new in zip(before.track.poses, after.track.poses, strict=True):
        there = face(before, old, opposite(side))
        np.testing.assert_allclose(face(after, new, opposite(side)), there, atol=1e-9)
        pulled = face(after, new, side) - face(before, old, side)
        assert np.linalg.norm(pulled) == pytest.approx(abs(metres), abs=1e-9)


@given(boxes, st.sampled_from(SIDES), st.floats(0, 1200), st.floats(0, 370))
def test_steps_are_tenths_of_the_edge_and_no_edge_is_impossible(
    box: PlacedBox, side: Side, u: float, v: float
) -> None:
    held = Grab((side,), VIEW, box, (600.0, 180.0))
    for snap in (False, True):
        pull = sizing.pulled(held, (side,), u, v, snap)
        if pull is None:
            continue
        edges = (box.size.length, box.size.height, box.size.width)
        edge = edges[AXES.index(sizing.SIDES[side][0])] + pull[side]
        assert SMALLEST - 1e-9 <= edge <= LARGEST + 1e-9
        if snap:
            assert edge * 10 == pytest.approx(round(edge * 10), abs=1e-6)


def test_who_is_selected_besides_grows_as_far_as_it_may() -> None:
    state = perform(start_state(), "select", track=0)
    state = perform(state, "select", track=1, add=True)
    small = perform(state, "pull", front=-100.0)
    for track in (0, 1):
        node, old = small.scene.object(track), state.scene.object(track)
        assert node.size.length == pytest.approx(SMALLEST)
        pairs = zip(old.track.poses, node.track.poses, strict=True)
        for was, now in pairs:
            np.testing.assert_allclose(
                face(node, now, "back"), face(old, was, "back"), atol=1e-9
            )
    assert len(small.history.past) == len(state.history.past) + 1


def handles(state: EditorState, view: View) -> Gizmo:
    made = holding.gizmo_of(state, view)
    assert made is not None
    return made


@given(boxes, st.floats(0.75, 2), st.booleans())
def test_handles_stay_apart_and_hide_on_edge(
    box: PlacedBox, scale: float, free: bool
) -> None:
    made = Gizmo(VIEW, box, leaning(box.pose), free, scale)
    eye = VIEW.matrix()[:3, 3]
    for knob in sizing.knobs(made):
        assert 0 < knob.opacity <= 1
        assert sizing.at(made, *knob.at) is not None
        for side in knob.faces:
            axis, _ = sizing.SIDES[side]
            sight = np.array(box.pose.position) - eye
            along = sight @ leaning(box.pose).along(axis) / np.linalg.norm(sight)
            assert abs(along) < 0.998
    assert free or ("bottom",) not in [knob.faces for knob in sizing.knobs(made)]


def test_from_above_there_are_corners_and_no_way_up() -> None:
    state = perform(start_state(), "select", track=0)
    state = perform(state, "resize", panel=(500, 400), where="map")
    map_view = frame_of(state, "map").view
    found = {knob.faces for knob in sizing.knobs(handles(state, map_view))}
    assert ("front", "left") in found
    assert ("top",) not in found
    ahead = {knob.faces for knob in sizing.knobs(handles(state, VIEW))}
    assert ("top",) in ahead
    assert all(len(faces) == 1 for faces in ahead)


def test_a_corner_pulls_two_faces() -> None:
    state = perform(start_state(), "select", track=0)
    state = perform(state, "resize", panel=(500, 400), where="map")
    view = frame_of(state, "map").view
    box = handles(state, view).box
    faces: Faces = ("front", "left")
    corner = (
        face(box, box.pose, "front")
        + face(box, box.pose, "left")
        - face(box, box.pose, "right")
    )
    corner = (corner + face(box, box.pose, "front")) / 2
    axes = leaning(box.pose)
    goal = corner + 0.6 * axes.along("x") - 0.3 * axes.along("z")
    held = Grab(faces, view, box, pixel(view, corner))
    pull = sizing.pulled(held, faces, *pixel(view, goal))
    assert pull == {"front": pytest.approx(0.6), "left": pytest.approx(-0.3)}


def on_knob(hand: Hand, faces: Faces) -> tuple[float, float]:
    frame = fit(hand.store.state, PANEL)
    made = handles(hand.store.state, frame.view)
    knob = next(knob for knob in sizing.knobs(made) if knob.faces == faces)
    return knob.at[0] + frame.x + 0.5, knob.at[1] + frame.y + 0.5


def test_the_mouse_pulls_a_face_as_one_step_and_escape_gives_it_back() -> None:
    hand = Hand()
    hand.store.dispatch("select", track=0)
    hand.store.dispatch("size-handles", on=True)
    start = on_knob(hand, ("top",))
    hand.at(*start)
    assert hand.pointer.hot == ("top",)
    drag(hand, start, (0.0, -20.0))
    before, after = start_state().scene.object(0), hand.store.state.scene.object(0)
    assert after.size.height > before.size.height + 0.1
    assert replace(after.size, height=before.size.height) == before.size
    assert after.track == before.track
    assert len(hand.store.state.history.past) == 1
    hand.at(*on_knob(hand, ("top",)))
    x, y = on_knob(hand, ("top",))
    hand.at(x, y, left=True)
    hand.at(x, y + 25, left=True)
    assert hand.store.state.scene.object(0).size != after.size
    hand.pointer.drop()
    hand.store.dispatch("cancel")
    assert hand.store.state.scene.object(0) == after


def test_the_key_to_resize_twice_shows_the_handles_and_escape_puts_them_away() -> None:
    state = perform(start_state(), "select", track=0)
    once = perform(state, "transform", kind="resize")
    twice = perform(once, "transform", kind="resize")
    assert once.transform is not None
    assert twice.transform is None
    assert twice.hands.sizing
    assert (twice.edits, twice.history.base) == (state.edits, None)
    back = perform(twice, "cancel")
    assert not back.hands.sizing
    assert back.selection == 0
