"""Actions in time: scope, keys, paces, drawn ways and manoeuvres, without a screen."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.documents.scene_file import edit_list_from_json, edit_list_to_json
from nsg_core.errors import NsgError
from nsg_core.manoeuvres.table import Manoeuvre
from nsg_core.motion.keyframes import key_frames
from nsg_core.motion.trajectory import doubts, places
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track
from nsg_editor.actions.registry import people
from nsg_editor.actions.table import ACTIONS, fit_arguments, perform
from nsg_editor.console.report import describe
from nsg_editor.derived.marks import Dot, Line, all_marks
from nsg_editor.derived.motion_marks import way_marks
from nsg_editor.derived.pointer import Mouse, Pointer
from nsg_editor.derived.request import frame_of
from nsg_editor.derived.scope import shaded
from nsg_editor.state import EditorState, open_drive_state
from nsg_editor.store import Store
from nsg_editor.values.scope import KINDS
from tests.editor.scenes import drive, start_state

FRAMES = tuple(range(41))


def way(track: int, x: float, z: float, speed: float) -> ObjectNode:
    """A car that goes straight ahead."""
    poses = tuple(Pose((x, 1.65, z + speed * f / 10), -math.pi / 2) for f in FRAMES)
    return ObjectNode(
        track, "Car", Size(4.2, 1.5, 1.8), Track(FRAMES, poses), f"object/{track}"
    )


def long_drive() -> Scene:
    """Four seconds: one car ahead of us, one parked far aside."""
    Ts = tuple(
        (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.8 * f, 0, 0, 0, 1.0)
        for f in FRAMES
    )
    camera = Camera("image_02", 400, 120, 230.0, 230.0, 196.0, 55.0, Ts)
    objects = (way(0, 0.0, 22.0, 8.0), way(1, 8.0, 20.0, 0.0))
    return Scene("made-up", "0007", FRAMES, (camera,), objects)


def opened(**changes: object) -> EditorState:
    """The long drive with its first car selected."""
    state = open_drive_state(drive(long_drive()))
    return replace(state, selection=0, **changes)  # pyright: ignore


def do(state: EditorState, *steps: tuple[str, dict[str, object]]) -> EditorState:
    """Several actions in a row, as a play would name them."""
    for name, arguments in steps:
        state = perform(state, name, **fit_arguments(name, arguments))
    return state


def moved(state: EditorState, track: int = 0) -> np.ndarray:
    """By how far a track is beside its recording [frames]."""
    old = state.drive.recording.object(track).track
    return (places(state.scene.object(track).track) - places(old))[:, 0]


@pytest.mark.parametrize(
    ("scope", "frames"),
    [
        ({"kind": "track"}, range(41)),
        ({"kind": "from-here"}, range(20, 41)),
        ({"kind": "frame"}, [20]),
        ({"kind": "range", "first": 5, "last": 8}, range(5, 9)),
        ({"first": 8, "last": 5}, range(5, 9)),
    ],
)
def test_a_move_holds_for_the_chosen_frames(scope, frames):
    state = do(opened(frame=20), ("scope", scope), ("move", {"by": [1, 0, 0]}))
    assert np.flatnonzero(moved(state)).tolist() == list(frames)


def test_blending_fades_beyond_a_range():
    scope = {"kind": "range", "first": 10, "last": 20, "blend": 4}
    state = do(opened(), ("scope", scope), ("move", {"by": [1, 0, 0]}))
    off = moved(state)
    assert off[10:21] == pytest.approx(1.0)
    assert (np.diff(off[5:11]) > 0).all()
    assert off[[0, 5, 25, 40]] == pytest.approx(0.0)
    assert shaded(state) == (10, 20, 4)


def test_the_scope_goes_round():
    state = opened()
    for kind in (*KINDS[1:], KINDS[0]):
        state = do(state, ("scope", {}))
        assert state.scope.kind == kind


@pytest.mark.parametrize(
    "arguments", [{"blend": -1}, {"blend": 900}, {"first": 3, "last": 77}]
)
def test_nonsense_scopes_are_refused(arguments):
    with pytest.raises(NsgError):
        do(opened(), ("scope", arguments))


def test_keys_by_hand_bend_the_way_between_them():
    state = do(
        opened(frame=10),
        ("key-set", {}),
        ("frame", {"to": 30}),
        ("scope", {"kind": "key"}),
        ("move", {"by": [2, 0, 0]}),
    )
    node = state.scene.object(0)
    assert key_frames(node) == (10, 30)
    off = moved(state)
    assert off[[0, 10, 30, 40]] == pytest.approx([0, 0, 2, 2], abs=1e-9)
    assert describe(state)["keys"] == [10, 30]
    assert do(state, ("key-jump", {"by": -1})).frame == 10
    assert do(state, ("key-jump", {"by": 1})).frame == 30
    state = do(state, ("keys-join", {"curve": "ease", "steering": False}))
    gone = do(state, ("key-delete", {}), ("key-delete", {"frame": 10}))
    assert gone.scene.object(0).track == state.drive.recording.object(0).track
    undone = do(gone, *[("undo", {})] * 5)
    assert undone.scene == opened().scene


def test_a_drag_of_a_key_is_one_step_and_can_be_dropped():
    state = do(opened(frame=10), ("key-set", {}), ("begin", {}))
    for x in (0.5, 1.0, 1.5):
        state = do(state, ("drag-key", {"track": 0, "frame": 10, "to": [x, 1.65, 30]}))
    kept = do(state, ("end", {}))
    assert len(kept.history.past) == 2
    assert kept.selected_pose == replace(kept.selected_pose, position=(1.5, 1.65, 30))
    dropped = do(state, ("cancel", {}))
    assert len(dropped.history.past) == 1


def test_a_point_of_the_way_is_pulled_aside():
    state = do(
        opened(),
        ("reach", {"frames": 5}),
        ("drag-way", {"track": 0, "frame": 20, "to": [1.0, 1.65, 38.0]}),
        ("end", {}),
    )
    off = moved(state)
    assert off[20] == pytest.approx(1.0)
    assert off[[14, 26]] == pytest.approx([0, 0])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("time-shift", {"frames": 5}),
        ("pace", {"factor": 0.5}),
        ("reverse", {}),
        ("mirror", {"about": "own"}),
        ("smooth", {"radius": 2}),
        ("hold", {}),
        ("loop", {"how": "back"}),
        ("key-set", {}),
    ],
)
def test_each_is_one_step_for_all_that_is_selected(name, arguments):
    state = opened(frame=10, others=frozenset({1}))
    done = do(state, (name, arguments))
    assert len(done.history.past) <= 1
    assert len(done.edits) in (0, 2)
    assert do(done, ("undo", {})).scene == state.scene
    read = edit_list_from_json(edit_list_to_json(done.edits), state.drive.data)
    assert len(read) == len(done.edits)


def test_a_mirror_twice_is_the_start():
    twice = do(opened(), ("mirror", {}), ("mirror", {}))
    np.testing.assert_allclose(moved(twice), 0, atol=1e-9)
    once = do(replace(opened(), selection=1), ("mirror", {}))
    assert once.scene.object(1).track.poses[0].position[0] == pytest.approx(-8.0)


def test_an_object_comes_where_nobody_saw_it():
    state = replace(start_state(), selection=2)
    assert state.scene.object(2).track.frames == (2, 3)
    wide = do(state, ("extend", {}))
    assert wide.scene.object(2).track.frames == (0, 1, 2, 3)


def test_a_way_is_drawn_point_by_point():
    state = do(opened(frame=5), ("draw-path", {}))
    assert describe(state)["drawing"] == [[0.0, 1.65, 26.0]]
    state = do(
        state,
        ("draw-point", {"to": [0.0, 99.0, 36.0]}),
        ("draw-point", {"to": [0.0, 99.0, 36.1]}),
        ("draw-point", {"to": [3.0, 99.0, 50.0]}),
        ("draw-point", {"to": [9.0, 99.0, 50.0]}),
        ("draw-undo", {}),
        ("draw-speed", {"speed": 6.0}),
    )
    drawing = state.timing.drawing
    assert drawing is not None
    assert len(drawing.points) == 3
    # On the road, whatever height was clicked.
    assert all(abs(y - 1.65) < 0.05 for _, y, _ in drawing.points)
    done = do(state, ("draw-finish", {}))
    assert done.timing.drawing is None
    assert len(done.history.past) == 1
    assert moved(done)[5] == pytest.approx(0.0)
    assert moved(done)[40] > 1.5
    dropped = do(state, ("cancel", {}))
    assert dropped.timing.drawing is None
    assert dropped.scene == state.scene


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("draw-finish", "no way is being drawn"),
        ("draw-undo", "no way is being drawn"),
        ("key-delete", "no key in frame 0"),
        ("key-jump", "has no keys"),
        ("keys-join", "has no keys"),
        ("stage-apply", "no manoeuvre is set up"),
    ],
)
def test_what_cannot_be_done_is_said(name, message):
    with pytest.raises(NsgError, match=message):
        do(opened(), (name, {}))


def test_a_locked_object_stays():
    state = do(opened(), ("lock", {"track": 0}))
    for name in ("key-set", "reverse", "extend", "draw-path"):
        with pytest.raises(NsgError, match="locked"):
            do(state, (name, {}))


def test_points_are_drawn_with_the_mouse_on_the_map():
    store = Store(opened())
    store.dispatch("draw-path")
    pointer = Pointer(store.attempt)
    frame = frame_of(store.state, "map")
    spots = [(0.0, 34.0), (0.0, 42.0), (4.0, 48.0)]
    for x, z in spots:
        u, v, _ = frame.view.project(np.array([[x, 1.65, z]]))[0]
        for down in (False, True, False):
            mouse = Mouse(frame.x + u + 0.5, frame.y + v + 0.5, left=down, inside=True)
            pointer.feed(store.state, frame, mouse)
    drawing = store.state.timing.drawing
    assert drawing is not None
    found = [(x, z) for x, _, z in drawing.points[1:]]
    np.testing.assert_allclose(found, spots, atol=0.05)
    assert store.state.selection == 0


def test_ways_are_marked_with_ghosts_and_handles():
    state = opened(frame=0)
    before = way_marks(state)
    assert not any(isinstance(m, Line) and m.dashed for m in before)
    pulled = do(state, ("drag-way", {"track": 0, "frame": 20, "to": [2.0, 1.65, 38]}))
    marks = way_marks(do(pulled, ("end", {})))
    assert any(isinstance(m, Line) and m.dashed and m.colour == "ghost" for m in marks)
    handles = [m.handle for m in marks if isinstance(m, Dot) and m.handle]
    assert {h.action for h in handles} == {"drag-way"}
    keyed = do(state, ("key-set", {}), ("key-set", {"frame": 20}))
    handles = [m.handle for m in way_marks(keyed) if isinstance(m, Dot) and m.handle]
    assert [(h.action, h.arguments["frame"]) for h in handles] == [("drag-key", 20)]
    assert way_marks(do(keyed, ("ways", {"on": False}))) == ()
    for handle in handles:
        arguments = {**handle.arguments, "to": (1.0, 1.65, 30.0)}
        assert perform(keyed, handle.action, **arguments).history.base is not None
    assert all(mark in all_marks(keyed) for mark in way_marks(keyed))


def test_a_manoeuvre_is_one_step_whose_parameters_can_be_changed():
    state = do(opened(), ("stage", {"name": "cut-in"}))
    state = do(state, ("stage-set", {"key": "gap", "value": 6.0}), ("stage-apply", {}))
    (made,) = state.edits
    assert isinstance(made, Manoeuvre)
    assert dict(made.settings)["gap"] == 6.0
    assert len(state.history.past) == 1
    assert state.selection == 2
    # Another edit after it, and then the manoeuvre changes below it.
    state = do(state, ("move", {"by": [0, 0, 1.0]}))
    state = do(state, ("stage-set", {"key": "gap", "value": 9.0}), ("stage-apply", {}))
    first, second = state.edits
    assert isinstance(first, Manoeuvre)
    assert dict(first.settings)["gap"] == 9.0
    assert second.label.startswith("Move track 2")
    far = places(state.scene.object(2).track)[-1, 2]
    undone = do(state, ("undo", {}))
    assert far - places(undone.scene.object(2).track)[-1, 2] == pytest.approx(
        3, abs=0.1
    )
    assert do(undone, ("redo", {})).scene == state.scene
    again = do(state, ("stage", {"name": None}), ("stage-edit", {"at": 0}))
    assert describe(again)["manoeuvre"] == {
        "name": "cut-in",
        "settings": dict(first.settings),
    }


def test_who_is_selected_is_meant_by_a_manoeuvre():
    state = do(opened(), ("stage", {"name": "hard-brake"}))
    assert state.timing.staging is not None
    assert dict(state.timing.staging.settings)["track"] == 0
    done = do(state, ("manoeuvre", {"name": "hard-brake", "settings": {"braking": 4}}))
    assert isinstance(done.edits[-1], Manoeuvre)


@given(st.integers(0, 40), st.integers(-30, 30))
def test_later_and_earlier_again_is_the_start(frame, by):
    state = opened(frame=frame)
    there = do(state, ("time-shift", {"frames": by}))
    assert do(there, ("time-shift", {"frames": -by})).scene == state.scene


def test_every_action_tells_people_what_it_does():
    mine = [a for a in people() if a.run.__module__.endswith(("in_time", "staging"))]
    assert len(mine) > 15
    assert all(a.summary.endswith(".") and len(a.summary) < 88 for a in mine)
    assert "manoeuvre" in ACTIONS


def test_a_jump_goes_from_doubt_to_doubt_and_round() -> None:
    state = perform(open_drive_state(drive(long_drive())), "select", track=0)
    with pytest.raises(NsgError, match="moves as it could"):
        perform(state, "doubt-jump")
    for frame in (10, 30):
        state = perform(state, "frame", to=frame)
        state = perform(state, "scope", kind="frame")
        state = perform(state, "move", by=(4.0, 0.0, 0.0))
    node = state.selected
    assert node is not None
    starts = sorted({d.first for d in doubts(node.track, node.category)})
    assert len(starts) > 1
    state = perform(state, "frame", to=0)
    seen = list[int]()
    for _ in range(len(starts) + 1):
        state = perform(state, "doubt-jump")
        seen.append(state.frame)
    rest = starts if starts[0] > 0 else [*starts[1:], 0]
    assert seen == [*rest, rest[0]]
