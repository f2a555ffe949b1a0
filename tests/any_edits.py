"""Edits of every kind, as people might make them, one after the other."""

import math
from collections.abc import Callable

from hypothesis import strategies as st

from nsg_core.cameras.path import CameraKey, CameraPath
from nsg_core.edits.boxes import Resize, Tilt
from nsg_core.edits.cameras import SetCameraPath
from nsg_core.edits.casting import Insert
from nsg_core.edits.edit import Duplicate, Edit, Move, Remove, SetCamera, Turn
from nsg_core.edits.keys import DeleteKey, DrawPath, JoinKeys, MoveKeys, SetKey
from nsg_core.edits.objects import Lock, Rename, SetLook, Show, SwapLooks
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
from nsg_core.errors import NsgError
from nsg_core.manoeuvres.table import RECIPES, Manoeuvre, plan
from nsg_core.scene import Pose, Scene

METRES = st.floats(-5, 5).map(lambda x: round(x, 3))
ANGLES = st.floats(-7, 7)
STEEP = st.floats(-1, 1)
VECTORS = st.tuples(METRES, METRES, METRES)
SIZES = st.tuples(*[st.floats(0.2, 9).map(lambda x: round(x, 3))] * 3)
POSES = st.builds(Pose, VECTORS, ANGLES)
NAMES = st.sampled_from(("Taxi", "Löwe 2", "a car"))
PACES = st.floats(0.3, 3)
NAMED = st.sampled_from(sorted(RECIPES))
YES = st.booleans()


Made = dict[type, Callable[[], st.SearchStrategy[Edit | None]]]


def edits_of(kind: type, scene: Scene) -> st.SearchStrategy[Edit | None]:
    """Edits of a kind that suit a scene; None where nothing can be planned.

    A scene may still refuse one, as it may refuse its user.
    """
    return (_of_things(scene) | _of_ways(scene))[kind]()


def _of_things(scene: Scene) -> Made:
    """Edits of objects and cameras."""
    tracks = _tracks(scene)
    track, new = st.sampled_from(tracks), st.just(max(tracks) + 1)
    frames = _frames(scene)
    held = {"frames": st.none() | frames, "blend": st.integers(0, 2), "key": YES}
    looks = st.sampled_from([node.model for node in scene.objects] or ["object/0"])
    cameras = st.sampled_from([camera.name for camera in scene.cameras])
    build = st.builds
    return {
        Move: lambda: build(Move, track, VECTORS, **held),
        Turn: lambda: build(Turn, track, ANGLES, **held),
        Tilt: lambda: build(Tilt, track, STEEP, STEEP, **held),
        Resize: lambda: build(Resize, track, SIZES, VECTORS),
        Remove: lambda: build(Remove, track),
        Duplicate: lambda: build(Duplicate, track, new, VECTORS, st.integers(-2, 2)),
        Rename: lambda: build(Rename, track, NAMES),
        Show: lambda: build(Show, track, YES),
        Lock: lambda: build(Lock, track, YES),
        SetLook: lambda: build(SetLook, track, looks),
        SwapLooks: lambda: build(SwapLooks, track, track),
        SetCameraPath: lambda: build(SetCameraPath, st.none() | _paths(scene)),
        Insert: lambda: build(
            Insert, new, looks, st.just("Car"), SIZES, VECTORS, ANGLES, held["frames"]
        ),
        SetCamera: lambda: build(
            SetCamera,
            cameras,
            VECTORS,
            st.tuples(STEEP, STEEP, STEEP),
            st.floats(0.5, 2),
            st.none() | st.just((160, 90)),
            held["frames"],
        ),
    }


def _of_ways(scene: Scene) -> Made:
    """Edits of where objects are in time."""
    track = st.sampled_from(_tracks(scene))
    frame, frames = st.sampled_from(scene.frames), _frames(scene)
    few = st.lists(frame, min_size=1, max_size=3, unique=True)
    some = few.map(lambda chosen: tuple(sorted(chosen)))
    points = st.lists(VECTORS, min_size=2, max_size=4).map(tuple)
    build = st.builds
    return {
        SetTrack: lambda: some.flatmap(
            lambda chosen: build(
                SetTrack, track, st.just(chosen), st.tuples(*[POSES] * len(chosen))
            )
        ),
        ShiftTime: lambda: build(ShiftTime, track, st.integers(-2, 2)),
        Retime: lambda: build(
            Retime, track, st.tuples(st.tuples(frame, st.floats(0.3, 3)))
        ),
        Reverse: lambda: build(Reverse, track, YES),
        Mirror: lambda: build(Mirror, track, VECTORS, ANGLES),
        Loop: lambda: build(
            Loop, track, frames, frame, st.sampled_from(("again", "back", "on"))
        ),
        Freeze: lambda: build(Freeze, track, frame, frames),
        Extend: lambda: build(Extend, track, frames),
        Smooth: lambda: build(Smooth, track, st.integers(1, 4)),
        Bend: lambda: build(Bend, track, frame, VECTORS, st.integers(1, 4)),
        SetKey: lambda: build(SetKey, track, frame, *[st.none() | x for x in _KEPT]),
        DeleteKey: lambda: build(DeleteKey, track, frame),
        MoveKeys: lambda: build(MoveKeys, track, some, st.integers(-2, 2), YES),
        JoinKeys: lambda: build(
            JoinKeys, track, st.sampled_from(("smooth", "straight", "ease")), YES
        ),
        DrawPath: lambda: build(DrawPath, track, points, frame),
        Manoeuvre: lambda: st.sampled_from(sorted(RECIPES)).map(
            lambda n: _planned(scene, n)
        ),
    }


def _tracks(scene: Scene) -> list[int]:
    return [node.track_id for node in scene.objects] or [0]


def _frames(scene: Scene) -> st.SearchStrategy[tuple[int, int]]:
    frame = st.sampled_from(scene.frames)
    return st.tuples(frame, frame).map(lambda pair: (min(pair), max(pair)))


KINDS: tuple[type, ...] = (
    *(Move, Turn, Tilt, Resize, Remove, Duplicate, Rename, Show, Lock, SetLook),
    *(SwapLooks, SetCameraPath, Insert, SetCamera, SetTrack, ShiftTime, Retime),
    *(Reverse, Mirror, Loop, Freeze, Extend, Smooth, Bend, SetKey, DeleteKey),
    *(MoveKeys, JoinKeys, DrawPath, Manoeuvre),
)
NEED_A_KEY = (DeleteKey, MoveKeys, JoinKeys)
_KEPT = (VECTORS, ANGLES, STEEP, STEEP)
"""Of a key frame: position, yaw, pitch, roll."""


def _paths(scene: Scene) -> st.SearchStrategy[CameraPath]:
    T = scene.view(scene.cameras[0].name, scene.frames[0]).T_world_camera
    keys = tuple(
        CameraKey(T, float(time), math.radians(40), scene.frames[0]) for time in (0, 1)
    )
    return st.builds(CameraPath, st.sampled_from((keys, keys[:1])), YES)


def _planned(scene: Scene, name: str) -> Manoeuvre | None:
    try:
        return plan(scene, name)
    except NsgError:
        return None


@st.composite
def any_edits(
    draw: st.DrawFn, scene: Scene, most: int = 8, ends_with: type | None = None
) -> tuple[Edit, ...]:
    """Edits that a scene accepts, one after the other; the last of a chosen kind."""
    done = list[Edit]()
    for kind in draw(st.lists(st.sampled_from(KINDS), max_size=most)):
        edit = draw(edits_of(kind, scene))
        changed = _after(scene, edit)
        if edit is not None and changed is not None:
            done.append(edit)
            scene = changed
    if ends_with in NEED_A_KEY:
        for node in scene.objects:
            key = SetKey(node.track_id, node.track.frames[-1])
            changed = _after(scene, key)
            if changed is not None:
                done.append(key)
                scene = changed
    if ends_with is not None:
        last = edits_of(ends_with, scene).filter(lambda e: _after(scene, e) is not None)
        found = draw(last)
        assert found is not None
        done.append(found)
    return tuple(done)


def _after(scene: Scene, edit: Edit | None) -> Scene | None:
    """The scene after an edit; None where it refuses."""
    try:
        return None if edit is None else edit.apply(scene)
    except NsgError:
        return None
