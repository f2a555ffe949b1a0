"""Whom the model can draw, alone on a turntable, and where they are put."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.documents.guests import split_key
from nsg_core.drawing.frame import Picture
from nsg_core.edits.casting import Insert
from nsg_core.errors import NsgError
from nsg_core.request import RenderRequest
from nsg_core.scene import Size
from nsg_editor.actions.inserting import cast_of, on_road
from nsg_editor.actions.table import perform
from nsg_editor.derived.marks import Line, all_marks
from nsg_editor.effects.inviting import guests_of
from nsg_editor.geometry import picking
from nsg_editor.pictures.portraits import Portraits
from nsg_editor.state import EditorState, Job, ModelInfo
from nsg_editor.values.cast import (
    FIRST_TURN,
    HEIGHT,
    TURNS,
    WIDTH,
    Member,
    heading_near,
    members,
    place_ahead,
    portrait,
    seen_turn,
)
from tests.editor.scenes import start_state, street

KEYS = frozenset({"object/0", "object/1", "object/2", "object/9"})


def ready(**changes: object) -> EditorState:
    model = ModelInfo("ready", Path("a.safetensors"), 7, "cpu", KEYS, 1)
    return start_state(model=model, **changes)


edges = st.floats(0.3, 14.0)


@given(st.builds(Size, edges, edges, edges), st.integers(0, 2 * TURNS))
def test_whoever_turns_stays_whole_in_the_portrait_and_fills_it(size, turn):
    asked = portrait(Member("object/0", "Car", size, "Car 0"), turn)
    (box,) = asked.boxes
    uvz = asked.view.project(picking.corners(box))
    assert (uvz[:, 2] > 0).all()
    assert uvz[:, 0].min() > -1
    assert uvz[:, 0].max() < WIDTH
    assert uvz[:, 1].min() > -1
    assert uvz[:, 1].max() < HEIGHT
    spread = max(np.ptp(uvz[:, 0]) / WIDTH, np.ptp(uvz[:, 1]) / HEIGHT)
    # Even a pole that points at the camera.
    assert spread > 0.2
    assert asked.only == "objects"


def test_the_first_portrait_is_from_the_front():
    member = members(street(), KEYS)[0]
    asked = portrait(member, FIRST_TURN)
    eye = asked.view.matrix()[:3, 3]
    assert eye[0] > 0
    assert eye[1] < -member.size.height
    assert portrait(member, FIRST_TURN + TURNS) == asked


def test_only_whom_the_model_knows_is_in_the_cast():
    assert [m.name for m in cast_of(ready())] == ["Car 0", "Car 1", "Pedestrian 2"]
    some = members(street(), frozenset({"object/2"}))
    assert [m.model for m in some] == ["object/2"]
    # Two objects of one look are one member.
    scene = street()
    twins = tuple(replace(o, model="object/0") for o in scene.objects)
    assert len(members(replace(scene, objects=twins), KEYS)) == 1


def test_an_insertion_is_one_step_and_selects_the_new_one():
    state = perform(ready(), "insert", model="object/1")
    assert state.selection == 3
    new = state.scene.object(3)
    assert (new.model, new.category) == ("object/1", "Car")
    assert new.track.frames == state.scene.frames
    assert isinstance(state.edits[-1], Insert)
    assert len(state.history.past) == 1
    back = perform(state, "undo")
    assert back.scene == ready().scene
    again = perform(perform(back, "redo"), "insert")
    assert again.scene.object(4).model == "object/1"


def test_who_is_inserted_is_seen_while_others_are_looked_at_alone():
    alone = perform(perform(ready(), "select", track=1), "solo")
    done = perform(alone, "insert", model="object/0")
    shown = {node.track_id for node in done.scene.objects if node.visible}
    assert shown == {1, done.selection}


def test_a_name_is_as_good_as_a_key():
    state = perform(ready(), "insert", model="Pedestrian 2")
    assert state.scene.object(3).category == "Pedestrian"


def test_who_is_not_there_is_named():
    with pytest.raises(NsgError, match=r"not object/77; there are: Car 0, Car 1"):
        perform(ready(), "insert", model="object/77")
    with pytest.raises(NsgError, match="Press Train first"):
        perform(start_state(), "insert")
    with pytest.raises(NsgError, match="choose somebody"):
        perform(ready(), "insert")


@given(st.floats(-4, 4), st.floats(5, 30), st.floats(-180, 180))
def test_what_is_put_somewhere_stands_there_on_the_road(x, z, degrees):
    at = (x, -3.0, z)
    state = perform(ready(), "insert", model="object/0", at=at, degrees=degrees)
    pose = state.scene.object(3).track.poses[0]
    assert pose.position[0] == x
    assert pose.position[2] == z
    assert pose.position[1] == pytest.approx(1.65, abs=0.02)
    assert math.cos(pose.yaw - math.radians(degrees)) > 1 - 1e-9


def test_ahead_is_on_the_vehicle_s_way_or_straight_on():
    scene = street()
    pose = place_ahead(scene, "image_02", 0)
    assert pose.position[0] == pytest.approx(0.06, abs=1e-6)
    assert pose.position[2] == pytest.approx(12.0, abs=1e-6)
    # It faces forward: an object's own x axis is where it drives.
    assert pose.yaw == pytest.approx(-math.pi / 2)
    near = place_ahead(scene, "image_02", 0, away=0.5)
    assert near.position[2] == pytest.approx(0.5, abs=1e-6)


def test_cars_face_as_cars_do_there():
    scene = street()
    beside = heading_near(scene, (1.0, 0.0, 12.0), "Car")
    assert beside == pytest.approx(0.1)
    far = heading_near(scene, (90.0, 0.0, 500.0), "Car")
    assert far == pytest.approx(-math.pi / 2)
    walker = heading_near(scene, (3.0, 0.0, 10.0), "Pedestrian")
    assert walker == pytest.approx(math.pi / 2)


@given(st.floats(-3, 3), st.floats(6, 40))
def test_the_road_under_a_pixel_is_the_one_that_is_seen_there(x, z):
    scene = street()
    view = scene.view("image_02", 0)
    u, v, _ = view.project(np.array([[x, 1.65, z]]))[0]
    found = on_road(scene, view, float(u), float(v))
    assert found is not None
    assert found == pytest.approx((x, 1.65, z), abs=0.15)
    assert on_road(scene, view, float(u), 0.0) is None


def test_whom_the_mouse_carries_is_drawn_where_they_would_stand():
    state = perform(ready(), "cast-carry", model="object/0", over=(1.0, 1.65, 9.0))
    lines = [mark for mark in all_marks(state) if isinstance(mark, Line)]
    points = np.array([point for line in lines for point in line.points])
    assert points[:, 1].max() == pytest.approx(1.65, abs=0.02)
    assert abs(points[:, [0, 2]].mean(0) - [1.0, 9.0]).max() < 0.1
    assert state.scene == ready().scene
    gone = perform(state, "cast-carry", model=None)
    assert not [mark for mark in all_marks(gone) if isinstance(mark, Line)]


def drawn(final: bool = True) -> Picture:
    shape = (HEIGHT, WIDTH)
    rgb = np.full((*shape, 3), 0.5, np.float32)
    flat = np.full(shape, 0.5, np.float32)
    return Picture(rgb, flat, flat, flat.astype(np.int32), 1, 1, final, 0.1, 9)


class Sheet:
    """Portraits, and what they ask for."""

    def __init__(self) -> None:
        self.asked: list[RenderRequest | None] = []
        self.portraits = Portraits(lambda request, take: self.asked.append(request))
        self.cast = cast_of(ready())

    def draw_all(self, state: EditorState, hovered: Member | None = None) -> int:
        count = 0
        while True:
            before = len(self.asked)
            self.portraits.tick(state, self.cast, hovered)
            if len(self.asked) == before:
                return count
            request = self.asked[-1]
            assert request is not None
            assert self.portraits.take(request, drawn())
            count += 1


def test_each_portrait_is_drawn_once():
    sheet, state = Sheet(), ready()
    assert sheet.draw_all(state) == 3
    assert sheet.draw_all(state) == 0
    hovered = sheet.cast[1]
    assert sheet.draw_all(state, hovered) == TURNS - 1
    assert sheet.draw_all(state, hovered) == 0
    for turn in range(TURNS):
        found = sheet.portraits.get(hovered, turn)
        assert found is not None
        assert found.shape == (HEIGHT, WIDTH, 4)
        assert found.dtype == np.float32
        assert found.flags.c_contiguous


def test_one_at_a_time_and_nothing_that_was_not_asked():
    sheet, state = Sheet(), ready()
    sheet.portraits.tick(state, sheet.cast, None)
    sheet.portraits.tick(state, sheet.cast, None)
    assert len(sheet.asked) == 1
    other = portrait(sheet.cast[2], 7)
    assert not sheet.portraits.take(other, drawn())
    request = sheet.asked[0]
    assert request is not None
    assert not sheet.portraits.take(request, drawn(final=False))
    assert sheet.portraits.take(request, drawn())


def test_newer_weights_are_drawn_once_their_training_has_ended():
    sheet, state = Sheet(), ready()
    sheet.draw_all(state)
    newer = replace(state, model=replace(state.model, step=99))
    training = replace(newer, train=Job("running"))
    assert sheet.draw_all(training) == 0
    assert sheet.portraits.get(sheet.cast[0]) is not None
    assert sheet.draw_all(newer) == 3
    none = replace(newer, model=ModelInfo())
    assert sheet.draw_all(none) == 0


def test_at_rest_a_member_shows_the_side_that_was_seen():
    """A car that is followed is known from behind; one that comes, from the front."""
    scene = street()
    followed, coming = scene.objects[0], scene.objects[1]
    ahead = replace(
        followed,
        track=followed.track.map(lambda pose: replace(pose, yaw=-math.pi / 2)),
    )
    assert seen_turn(scene, ahead) == pytest.approx(TURNS // 2, abs=1)
    towards = replace(
        coming, track=coming.track.map(lambda pose: replace(pose, yaw=math.pi / 2))
    )
    assert seen_turn(scene, towards) in (0, 1, TURNS - 1)


def checkpoint(path: Path, kind: str = "fast") -> Path:
    """A file that says of itself what a checkpoint does."""
    objects = ["object/3 Van", "object/8 Pedestrian"]
    said = {"kind": kind, "step": 9, "drive": {"objects": objects}}
    header = json.dumps({"__metadata__": {"nsg": json.dumps(said)}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    return path


def test_guests_come_with_their_classes_and_stand_in_the_drive(tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "other.safetensors")
    guests = guests_of(path)
    assert guests.objects == (("object/3", "Van"), ("object/8", "Pedestrian"))
    asked = perform(ready(), "cast-invite", path=path)
    assert asked.cast.inviting == path
    state = perform(asked, "cast-invited", guests=guests, text="2 more.")
    assert state.cast.inviting is None
    own = len(cast_of(ready()))
    assert [m.category for m in cast_of(state)[own:]] == ["Van", "Pedestrian"]
    placed = perform(state, "insert", model=cast_of(state)[own].model)
    assert split_key(placed.scene.object(3).model) == (path, "object/3")
    assert placed.cast.guests == (guests,)
    assert "here already" in perform(state, "cast-invite", path=path).notice


def test_who_cannot_leave_their_drive_is_refused_in_words(tmp_path: Path) -> None:
    for path, told in (
        (checkpoint(tmp_path / "paper.safetensors", "paper"), "leave their drive"),
        (tmp_path / "none.safetensors", "no such file"),
    ):
        with pytest.raises(NsgError, match=told):
            guests_of(path)
    noise = tmp_path / "noise.safetensors"
    noise.write_bytes(b"\xff" * 64)
    with pytest.raises(NsgError, match="another kind of file"):
        guests_of(noise)
    asked = perform(ready(), "cast-invite", path=noise)
    told = perform(asked, "cast-invited", guests=None, text="no checkpoint")
    assert told.dialog is not None
    with pytest.raises(NsgError, match="Press Train first"):
        perform(start_state(), "cast-invite", path=noise)
