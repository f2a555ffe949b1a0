"""Names, hiding, locks, looks, later copies and mounts do what they say."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.documents.scene_file import edit_from_json, edit_to_json
from nsg_core.edits.cameras import composed, mounted, turn_of
from nsg_core.edits.edit import Duplicate, SetCamera, replay
from nsg_core.edits.objects import Lock, Rename, SetLook, Show, SwapLooks
from nsg_core.errors import NsgError
from tests.core.drives import small_scene

FEW = settings(max_examples=25)
small = st.floats(-1.4, 1.4)
turns = st.tuples(small, small, small)
shifts = st.tuples(*[st.floats(-3, 3)] * 3)
mounts = st.builds(
    SetCamera,
    st.just("image_02"),
    shifts,
    turns,
    st.floats(0.5, 2),
    st.none() | st.tuples(st.integers(40, 200), st.integers(40, 200)),
)


@pytest.mark.parametrize(
    "edit",
    [
        Rename(0, "Delivery van"),
        Rename(0, ""),
        Show(0, False),
        Lock(3, True),
        SetLook(0, "object/3"),
        SwapLooks(0, 3),
        Duplicate(0, 9, (1.0, 0.0, 0.0), 1),
    ],
)
def test_edits_come_back_from_files(edit):
    back = edit_from_json(json.loads(json.dumps(edit_to_json(edit))), Path("e"), "edit")
    assert back == edit
    assert back.label == edit.label
    scene = small_scene()
    assert back.apply(scene) == edit.apply(scene)
    assert scene == small_scene()


def test_a_name_is_shown_and_taken_away():
    named = Rename(0, "Delivery van").apply(small_scene())
    assert named.object(0).label == "Delivery van"
    assert Rename(0, "").apply(named) == small_scene()


def test_what_is_hidden_is_not_there():
    hidden = Show(0, False).apply(small_scene())
    assert [box.track_id for box in hidden.at(0)] == [3, 5]
    assert Show(0, True).apply(hidden) == small_scene()


def test_looks_are_swapped_and_swapped_back():
    swapped = SwapLooks(0, 3).apply(small_scene())
    assert [o.model for o in swapped.objects] == ["object/3", "object/0", "object/5"]
    assert SwapLooks(3, 0).apply(swapped) == small_scene()
    assert SetLook(5, "object/0").apply(swapped).object(5).model == "object/0"


@pytest.mark.parametrize("later", [-3, -1, 0, 1, 3])
def test_a_copy_does_the_same_later(later):
    scene = small_scene()
    copy = Duplicate(0, 9, frames_later=later).apply(scene).object(9)
    for frame in scene.frames:
        assert copy.track.at(frame) == scene.object(0).track.at(frame - later)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Rename(0, " x"), "blanks"),
        (Rename(0, "two\nlines"), "one line"),
        (Rename(0, "x" * 81), "at most 80"),
        (Rename(77, "x"), "no track 77"),
        (SetLook(0, "background"), "no look"),
        (SetLook(0, ""), "no look"),
        (SwapLooks(0, 0), "itself"),
        (SwapLooks(0, 77), "no track 77"),
        (Duplicate(0, 9, frames_later=4), "outside"),
        (Duplicate(0, 9, frames_later=-99), "99 frames away"),
    ],
)
def test_nonsense_is_refused(edit, words):
    with pytest.raises(NsgError, match=words):
        edit.apply(small_scene())


def test_a_copy_of_what_is_locked_is_free():
    scene = replay(small_scene(), (Lock(0, True), Duplicate(0, 9)))
    assert scene.object(0).locked
    assert not scene.object(9).locked


@FEW
@given(first=mounts, then=mounts)
def test_two_mounts_are_one(first, then):
    one = composed(first, then).apply(small_scene()).camera("image_02")
    two = replay(small_scene(), (first, then)).camera("image_02")
    np.testing.assert_allclose(one.Ts_world_camera, two.Ts_world_camera, atol=1e-9)
    plain = [replace(c, Ts_world_camera=()) for c in (one, two)]
    for name in ("width", "height", "fx", "fy", "cx", "cy"):
        assert getattr(plain[0], name) == pytest.approx(getattr(plain[1], name))


@FEW
@given(turn=turns)
def test_angles_of_a_mount(turn):
    R = SetCamera("x", turn=turn).T_old_new()[:3, :3]
    np.testing.assert_allclose(turn_of(R), turn, atol=1e-9)


def test_straight_up_has_angles_too():
    edit = SetCamera("x", turn=(0.4, math.pi / 2, 0.3))
    again = SetCamera("x", turn=turn_of(edit.T_old_new()[:3, :3]))
    np.testing.assert_allclose(again.T_old_new(), edit.T_old_new(), atol=1e-6)


def test_mounts_are_said_in_words():
    edit = SetCamera("image_02", (0.0, -0.5, 0.0), (math.radians(-5), 0, 0))
    assert edit.label == "Camera image_02: 0.50 m up, 5.0 deg left"
    assert SetCamera("image_02").label == "Camera image_02: as recorded"
    others = (SetCamera("image_03", (1.0, 0, 0)), replace(edit, frames=(0, 1)))
    assert mounted((edit, *others), "image_02") == edit
