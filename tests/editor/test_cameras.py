"""Cameras elsewhere and on paths: one readable edit, one step, what is seen."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.cameras.path import CameraPath
from nsg_core.edits.edit import SetCamera
from nsg_core.errors import NsgError
from nsg_editor.actions.mounts import PRESETS, mount_of, wide
from nsg_editor.actions.table import perform
from nsg_editor.derived.marks import Dot, all_marks
from nsg_editor.derived.request import fit, frame_of
from nsg_editor.geometry.arrangement import Kind
from nsg_editor.geometry.dragging import dot_at
from nsg_editor.state import EditorState
from tests.editor.scenes import HEIGHT, WIDTH, start_state


def after(
    *steps: tuple[str, dict[str, object]], state: EditorState | None = None
) -> EditorState:
    """The state after some actions."""
    state = state or start_state()
    for name, arguments in steps:
        state = perform(state, name, **arguments)
    return state


UP = ("mount", {"shift": (0.0, -0.5, 0.0)})
numbers = st.floats(-3, 3)
mounts = st.fixed_dictionaries(
    {},
    optional={
        "shift": st.tuples(numbers, numbers, numbers),
        "degrees": st.tuples(*[st.floats(-60, 60)] * 3),
        "fov": st.floats(20, 120),
        "size": st.tuples(st.integers(50, 500), st.integers(50, 300)),
    },
)


@settings(max_examples=30)
@given(many=st.lists(mounts, max_size=4))
def test_however_often_it_is_moved_one_edit_tells_where_it_is(many):
    state = after(*(("mount", one) for one in many))
    assert len(state.edits) <= 1
    direct: dict[str, object] = {}
    for one in many:
        direct |= one
    both = (state, after(("mount", direct)) if direct else start_state())
    views = [s.scene.view("image_02", 2) for s in both]
    np.testing.assert_allclose(
        views[0].T_world_camera, views[1].T_world_camera, atol=1e-9
    )
    assert views[0].width == views[1].width
    if "fov" in direct and many[-1].get("fov") is not None:
        assert wide(state) == pytest.approx(direct["fov"])
    assert after(("mount-reset", {}), state=state).scene == start_state().scene


def test_a_mount_is_said_in_words_and_undone_in_one_step():
    state = after(UP, ("mount", {"degrees": (0.0, -3.0, 0.0)}))
    assert [e.label for e in state.edits] == [
        "Camera image_02: 0.50 m up, 3.0 deg down"
    ]
    once = after(("undo", {}), state=state)
    assert [e.label for e in once.edits] == ["Camera image_02: 0.50 m up"]
    again = after(("redo", {}), state=once)
    assert again.scene == state.scene
    assert after(("undo", {}), ("undo", {}), state=state).scene == start_state().scene


def test_edits_of_objects_between_stay():
    move = ("move", {"by": (1.0, 0.0, 0.0), "track": 0})
    state = after(UP, move, ("mount", {"shift": (0.0, -1.0, 0.0)}))
    assert [type(e).__name__ for e in state.edits] == ["Move", "SetCamera"]
    assert state.scene.object(0).track.at(0).position[0] == 0.0
    assert after(("undo", {}), state=state).scene == after(UP, move).scene


def test_a_camera_is_dragged_by_its_dot():
    dots = [m for m in all_marks(after(UP)) if isinstance(m, Dot) and m.handle]
    dot = next(d for d in dots if d.handle.arguments.get("camera") == "image_02")
    assert dot.point == pytest.approx((0.06, -0.5, 0.0))
    begun = after(UP)
    to = (dot.point[0] + 1.0, dot.point[1], dot.point[2] + 2.0)
    for share in (0.5, 1.0):
        at = tuple(a + share * (b - a) for a, b in zip(dot.point, to, strict=True))
        begun = perform(begun, dot.handle.action, **dot.handle.arguments, to=at)
    ended = perform(begun, "end")
    assert ended.scene.view("image_02", 3).T_world_camera[3::4][:3] == pytest.approx(
        (1.06, -0.5, 2.9)
    )
    assert len(ended.history.past) == 2
    assert len(ended.edits) == 1
    assert perform(begun, "cancel").scene == after(UP).scene


@pytest.mark.parametrize("preset", PRESETS)
def test_other_vehicles(preset):
    state = after(("mount-preset", {"name": preset.name}))
    y = state.scene.view("image_02", 0).T_world_camera[7]
    assert y == pytest.approx(1.65 - preset.height)
    if preset.name == "Car, roof":
        assert mount_of(state) == SetCamera("image_02")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (("mount", {"shift": (0.0, 999.0, 0.0)}), "200 m"),
        (("mount", {"shift": (math.nan, 0.0, 0.0)}), "finite"),
        (("mount", {"fov": 180.0}), "1 to 170"),
        (("mount", {"size": (0, 9)}), "pixels"),
        (("mount-preset", {"name": "Zeppelin"}), "there are"),
        (("camera-key-go", {"key": 0}), "no camera path yet"),
        (("preview", {}), "no camera path yet"),
        (("film", {"to": None}), "no camera path yet"),
    ],
)
def test_nonsense_is_refused(step, words):
    with pytest.raises(NsgError, match=words):
        after(step)


TURNED = ("orbit", {"right": 12.0, "up": 4.0, "where": "camera"})
KEYS = (("camera-key", {}), TURNED, ("step", {"by": 2}), ("camera-key", {}))


def test_keys_are_made_from_what_is_seen():
    state = after(*KEYS)
    path = state.scene.camera_path
    assert [k.time for k in path.keys] == [0.0, 2.0]
    assert [k.frame for k in path.keys] == [0, 2]
    assert (
        path.keys[0].T_world_camera
        == start_state().scene.view("image_02", 0).T_world_camera
    )
    assert path.keys[1].T_world_camera == state.free
    assert (path.width, path.height) == (WIDTH, HEIGHT)
    assert [e.label for e in state.edits] == ["Add camera key 2"]
    assert after(("undo", {}), ("undo", {}), state=state).scene == start_state().scene


def test_the_preview_shows_the_path_and_the_drives_time():
    state = after(*KEYS, ("camera-key-go", {"key": 0}), ("preview", {}))
    assert state.playing
    seen = [state.frame]
    for _ in range(20):
        state = perform(state, "advance")
        assert state.flying
        seen.append(state.frame)
    assert seen[0] == 0
    assert seen[-1] == 2
    assert seen == sorted(seen)
    assert state.flight.time == pytest.approx(2.0)
    view = fit(state, (800, 800)).view
    assert view.T_world_camera == pytest.approx(
        state.scene.camera_path.keys[1].T_world_camera
    )
    # Whoever turns the view away has left the path, and Home leads back.
    away = perform(state, "look", right=3.0, up=0.0, where="camera")
    assert not away.flying
    assert after(("home", {"where": "camera"}), state=state).free is None


def test_the_preview_sees_the_keys_angle():
    state = after(
        *KEYS,
        ("camera-key-set", {"key": 0, "fov": 80.0}),
        ("camera-key-go", {"key": 0}),
    )
    view = fit(state, (500, 300)).view
    assert 2 * math.atan(view.height / 2 / view.fy) == pytest.approx(math.radians(80))


def test_keys_are_changed_one_step_each():
    state = after(*KEYS)
    changes = (
        ("camera-key-set", {"key": 1, "seconds": 5.0, "rest": True, "frame": 3}),
        ("camera-key-order", {"key": 0, "to": 1}),
        ("camera-key-update", {"key": 0}),
        (
            "camera-path-set",
            {"duration": 8.0, "loop": True, "size": (640, 360), "rate": 24.0},
        ),
        ("camera-path-even", {}),
        ("camera-path-move", {"by": (0.0, -1.0, 0.0)}),
        ("camera-key-delete", {"key": 0}),
        ("camera-path-clear", {}),
    )
    for change in changes:
        before = state
        state = after(change, state=state)
        assert len(state.history.past) == len(before.history.past) + 1
        assert after(("undo", {}), state=state).scene == before.scene
    assert state.scene == start_state().scene
    assert state.edits == ()


def test_keys_and_the_path_are_dragged():
    state = after(*KEYS)
    begun = perform(state, "camera-key-drag", key=1, to=(1.0, 2.0, 3.0))
    begun = perform(begun, "camera-key-drag", key=1, to=(2.0, 2.0, 3.0))
    ended = perform(begun, "end")
    assert ended.scene.camera_path.keys[1].position == (2.0, 2.0, 3.0)
    assert len(ended.history.past) == len(state.history.past) + 1
    assert perform(begun, "cancel").scene == state.scene
    moved = perform(perform(state, "camera-path-drag", to=(5.0, 0.0, 0.0)), "end")
    old, new = (s.scene.camera_path.keys for s in (state, moved))
    for a, b in zip(old, new, strict=True):
        assert np.subtract(b.position, a.position) == pytest.approx((4.94, 0, 0))


def test_a_key_between_two_is_put_between_them():
    state = after(*KEYS, ("camera-path-time", {"to": 1.0}))
    before = [state.scene.camera_path.place(t).T_world_camera for t in (0.0, 1.0, 2.0)]
    state = after(("camera-key", {}), state=state)
    path = state.scene.camera_path
    assert [k.time for k in path.keys] == [0.0, 1.0, 2.0]
    assert state.flight.key == 1
    for time, T in zip((0.0, 1.0, 2.0), before, strict=True):
        np.testing.assert_allclose(path.place(time).T_world_camera, T, atol=1e-9)


def test_a_removed_path_is_not_looked_at():
    state = after(*KEYS, ("preview", {}), ("camera-path-clear", {}))
    assert (state.flying, state.playing, state.free) == (False, False, None)
    assert isinstance(after(("undo", {}), state=state).scene.camera_path, CameraPath)


@pytest.mark.parametrize("kind", ["map", "free"])
def test_a_camera_that_is_dragged_goes_where_the_mouse_is(kind: Kind) -> None:
    """The view that follows it stays with the recorded vehicle meanwhile."""
    state = perform(start_state(), "resize", panel=(500, 300), where=kind)
    before = frame_of(state, kind).view
    T = state.scene.view(state.camera, state.frame).T_world_camera
    for i in range(1, 6):
        goal = (T[3] + 0.4 * i, T[7], T[11])
        u, v, _ = frame_of(state, kind).view.project(np.array([goal]))[0]
        place = dot_at(frame_of(state, kind).view, (T[3], T[7], T[11]), u, v)
        assert place is not None
        state = perform(state, "mount-at", camera=state.camera, to=place)
        assert frame_of(state, kind).view == before
    there = state.scene.view(state.camera, state.frame).T_world_camera
    np.testing.assert_allclose((there[3], there[11]), (T[3] + 2.0, T[11]), atol=1e-6)
