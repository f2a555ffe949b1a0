"""Actions on the camera path: its keys, its times, its preview, its files."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nsg_core.cameras import path as paths
from nsg_core.cameras.path import CameraKey, CameraPath
from nsg_core.edits.cameras import SetCameraPath
from nsg_core.errors import NsgError
from nsg_core.scene import Matrix, Vec3
from nsg_editor.actions.registry import action
from nsg_editor.derived.looks import no_weights
from nsg_editor.derived.request import frame_of
from nsg_editor.geometry.arrangement import Kind
from nsg_editor.state import EditorState, Job
from nsg_editor.values import history
from nsg_editor.values.flight import Flight

AFTER_S = 2.0
"""Seconds from the last key to a new one."""


def path_of(state: EditorState) -> CameraPath:
    """The drive's camera path; NsgError where there is none."""
    path = state.scene.camera_path
    if path is None:
        raise NsgError("there is no camera path yet; Add key makes its first key here.")
    return path


def with_path(
    state: EditorState, path: CameraPath | None, what: str, close: bool = True
) -> EditorState:
    """Within the open gesture, or as a step of its own: this is the path now.

    The edits before hold a path already: only the newest of them says anything.
    """
    opened = state.history
    if opened.base is None or close:
        opened = history.begin(opened, state.selection)
    base = opened.base
    assert base is not None
    kept = tuple(e for e in base.edits if not isinstance(e, SetCameraPath))
    edit = SetCameraPath(path, what)
    scene = edit.apply(base.scene)
    gone = scene.camera_path is None
    edits = kept if gone else (*kept, edit)
    step = replace(base, label=what, edits=edits, scene=scene)
    done = replace(opened, present=step)
    state = replace(state, history=history.commit(done) if close else done)
    return _refreshed(state)


def _refreshed(state: EditorState) -> EditorState:
    """What is shown of the path follows it."""
    path, flight = state.scene.camera_path, state.flight
    if path is None:
        free = None if state.flying else state.free
        return replace(state, flight=Flight(), free=free, playing=False)
    if flight.key is not None and flight.key >= len(path.keys):
        flight = replace(flight, key=len(path.keys) - 1)
    state = replace(state, flight=flight) if flight != state.flight else state
    return flown(state, flight.time) if state.flying else state


def flown(state: EditorState, time: float) -> EditorState:
    """The picture shows what the camera sees at a moment of its path."""
    path = path_of(state)
    time = path.wrapped(time)
    view, frame = path.view(time), path.frame(time)
    flight = replace(state.flight, time=time, view=view)
    return replace(state, flight=flight, free=view.T_world_camera, frame=frame)


def advanced(state: EditorState, seconds: float) -> EditorState:
    """The preview goes on; at the end of a path that is no loop it begins again."""
    path = path_of(state)
    time = state.flight.time + seconds
    over = not path.looping and state.flight.time >= path.duration
    return flown(state, 0.0 if over else time)


def _here(state: EditorState, where: Kind | None) -> tuple[Matrix, float]:
    """Pose and field of view of what is looked at."""
    if state.flying and state.flight.view is not None:
        view = state.flight.view
        return view.T_world_camera, 2 * math.atan(view.height / 2 / view.fy)
    kind = where or ("free" if state.views.active == "free" else "camera")
    pose = frame_of(state, kind).view.T_world_camera
    recorded = state.scene.view(state.camera, state.frame)
    view = frame_of(state, "free").view if kind == "free" else recorded
    fov = 2 * math.atan(view.height / 2 / view.fy)
    return pose, min(max(fov, paths.NARROWEST), paths.WIDEST)


def _new_path(state: EditorState) -> CameraPath:
    camera = state.scene.camera(state.camera)
    # Videos want even edges.
    return CameraPath(width=camera.width // 2 * 2, height=camera.height // 2 * 2)


@action("camera-key")
def camera_key(
    state: EditorState, where: Kind | None = None, seconds: float = AFTER_S
) -> EditorState:
    """Add a key to the camera path: the view as it is now."""
    path = state.scene.camera_path or _new_path(state)
    T, fov = _here(state, where)
    key = CameraKey(T, 0.0, fov, state.frame)
    between = state.flying and 0 < state.flight.time < path.duration
    on_key = any(abs(state.flight.time - k.time) < 0.05 for k in path.keys)
    if between and not on_key:
        new = paths.inserted(path, replace(key, time=state.flight.time))
        index = [k.time for k in new.keys].index(state.flight.time)
    else:
        new = paths.added(path, key, seconds)
        index = len(new.keys) - 1
    done = with_path(state, new, f"Add camera key {index + 1}")
    done = replace(done, flight=replace(done.flight, key=index))
    return replace(
        done, notice=f"Camera key {index + 1} is at {new.keys[index].time:.1f} s."
    )


def _index(state: EditorState, key: int | None) -> int:
    index = state.flight.key if key is None else key
    if index is None:
        raise NsgError("no camera key is chosen; click one in the Camera panel.")
    paths.at(path_of(state), index)
    return index


@action("camera-key-go")
def camera_key_go(state: EditorState, key: int | None = None) -> EditorState:
    """Choose a key of the camera path and look from there."""
    index = _index(state, key)
    chosen = replace(state, flight=replace(state.flight, key=index), playing=False)
    return flown(chosen, path_of(state).keys[index].time)


@action("camera-key-step")
def camera_key_step(state: EditorState, by: int = 1) -> EditorState:
    """Go to the next key of the camera path, or the one before."""
    count = len(path_of(state).keys)
    now = state.flight.key
    return camera_key_go(state, 0 if now is None else (now + by) % count)


@action("camera-key-update")
def camera_key_update(
    state: EditorState, key: int | None = None, where: Kind | None = None
) -> EditorState:
    """Move the chosen key of the camera path to the view as it is now."""
    index = _index(state, key)
    T, fov = _here(state, where)
    path = paths.changed(
        path_of(state),
        index,
        lambda k: replace(k, T_world_camera=T, fov=fov, frame=state.frame),
    )
    return with_path(state, path, f"Update camera key {index + 1}")


@action("camera-key-delete")
def camera_key_delete(state: EditorState, key: int | None = None) -> EditorState:
    """Take the chosen key out of the camera path."""
    index = _index(state, key)
    path = paths.without(path_of(state), index)
    return with_path(state, path, f"Delete camera key {index + 1}")


@action("camera-key-order")
def camera_key_order(
    state: EditorState, to: int, key: int | None = None
) -> EditorState:
    """Fly the chosen key earlier or later among the others."""
    index = _index(state, key)
    path = paths.reordered(path_of(state), index, to)
    done = with_path(state, path, f"Camera key {index + 1} is number {to + 1}")
    return replace(done, flight=replace(done.flight, key=to))


@action("camera-key-set")
def camera_key_set(
    state: EditorState,
    key: int | None = None,
    seconds: float | None = None,
    fov: float | None = None,
    frame: int | None = None,
    rest: bool | None = None,
    hold: bool = False,
) -> EditorState:
    """Change the chosen key: seconds on the way to it, degrees, frame, rest.

    With `hold` it is part of a gesture, which goes on.
    """
    index = _index(state, key)
    path = path_of(state)
    if seconds is not None:
        path = paths.with_gap(path, index, seconds)
    if frame is not None:
        state.scene.index(frame)
    changes: dict[str, Any] = {"frame": frame, "rest": rest}
    changes["fov"] = None if fov is None else math.radians(fov)
    used = {name: value for name, value in changes.items() if value is not None}
    path = paths.changed(path, index, lambda k: replace(k, **used))
    return with_path(state, path, f"Change camera key {index + 1}", not hold)


@action("camera-key-drag")
def camera_key_drag(state: EditorState, key: int, to: Vec3) -> EditorState:
    """Within a gesture: a key of the camera path is at a place of the world."""
    index = _index(state, key)

    def moved(key: CameraKey) -> CameraKey:
        T = np.reshape(key.T_world_camera, (4, 4)).copy()
        T[:3, 3] = to
        return replace(key, T_world_camera=tuple(T.ravel().tolist()))

    path = paths.changed(path_of(state), index, moved)
    state = replace(state, flight=replace(state.flight, key=index))
    return with_path(state, path, f"Move camera key {index + 1}", close=False)


@action("camera-path-drag")
def camera_path_drag(state: EditorState, to: Vec3) -> EditorState:
    """Within a gesture: the whole camera path, its first key being at a place."""
    base = state.history.base or state.history.present
    path = base.scene.camera_path or path_of(state)
    x, y, z = (b - a for a, b in zip(path.keys[0].position, to, strict=True))
    moved = paths.shifted(path, (x, y, z))
    return with_path(state, moved, "Move the camera path", close=False)


@action("camera-path-lift")
def camera_path_lift(state: EditorState, to: Vec3) -> EditorState:
    """Within a gesture: the whole camera path, held a metre over its first key."""
    x, y, z = to
    return camera_path_drag(state, (x, y + 1.0, z))


@action("camera-path-move")
def camera_path_move(state: EditorState, by: Vec3) -> EditorState:
    """Move the whole camera path by metres along the world's axes."""
    moved = paths.shifted(path_of(state), by)
    return with_path(state, moved, "Move the camera path")


@action("camera-path-set")
def camera_path_set(
    state: EditorState,
    duration: float | None = None,
    loop: bool | None = None,
    rate: float | None = None,
    size: tuple[int, int] | None = None,
    hold: bool = False,
) -> EditorState:
    """Change the camera path: its length in seconds, loop, pictures a second, size.

    With `hold` it is part of a gesture, which goes on.
    """
    path = path_of(state)
    if loop is not None:
        path = replace(path, loop=loop)
    if duration is not None:
        path = paths.retimed(path, duration)
    if rate is not None:
        path = replace(path, rate=rate)
    if size is not None:
        path = replace(path, width=size[0], height=size[1])
    return with_path(state, path, "Change the camera path", not hold)


@action("camera-path-even")
def camera_path_even(state: EditorState) -> EditorState:
    """Spread the keys' times so that the camera flies about equally fast everywhere."""
    return with_path(state, paths.evened(path_of(state)), "Even the camera's speed")


@action("camera-path-clear")
def camera_path_clear(state: EditorState) -> EditorState:
    """Remove the camera path."""
    path_of(state)
    return with_path(state, None, "Remove the camera path")


@action("preview")
def preview(state: EditorState, on: bool | None = None) -> EditorState:
    """Play the camera path in the camera view, or stop and stay there."""
    wanted = not (state.playing and state.flying) if on is None else on
    if not wanted:
        return replace(state, playing=False)
    path, time = path_of(state), state.flight.time
    over = not path.looping and time >= path.duration - 1e-6
    return replace(flown(state, 0.0 if over else time), playing=True)


@action("camera-path-time")
def camera_path_time(state: EditorState, to: float) -> EditorState:
    """Look from a moment of the camera path (seconds)."""
    return replace(flown(state, to), playing=False)


@action("film")
def film(state: EditorState, to: Path | None = None) -> EditorState:
    """Draw the camera path to a video."""
    if state.film.busy:
        return replace(state, notice="A video is being drawn already.")
    path = path_of(state)
    if state.model.path is None or state.model.status in ("none", "failed"):
        raise NsgError(f"the video cannot be drawn. {no_weights(state)}")
    name = state.drive.title.replace(" ", "-")
    out = to or Path.cwd() / f"flight-{name}"
    return replace(state, film=Job("starting", total=len(path.times()), out=out))


@action("film-stop")
def film_stop(state: EditorState) -> EditorState:
    """End the drawing of a video; finished pictures are kept."""
    if not state.film.busy:
        return replace(state, notice="No video is being drawn.")
    return replace(state, film=replace(state.film, status="stopping"))


@action("film-report", internal=True)
def film_report(state: EditorState, job: Job) -> EditorState:
    """How far the drawing of a video is."""
    return replace(state, film=job)
