"""Camera paths <-> JSON: inside projects, as ``nsg-camera/1``, and as nerfstudio's.

In an edit and in a file of views a path is::

    {"keys": [{"T_world_camera": [16 numbers, row by row], "time": 0, "fov": 29,
               "frame": 3, "rest": true}],
     "loop": false, "size": [1242, 376], "rate": 30, "closing": 2}

``fov`` is the angle from top to bottom in degrees. A file written for
``nsg render --camera`` holds its pictures as ``views`` and, beside them, the ``path``
they were taken from, so that it opens again with its keys.

nerfstudio's files have cameras with OpenGL's axes (y up, z backwards) in a world whose
z points up: metres stay metres, and ``(x, y, z)`` there is ``(x, -z, y)`` here. Where
nerfstudio has turned and shrunk the world before it trained, `Shrunk` undoes that.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from nsg_core.cameras.path import SHORTEST_S, CameraKey, CameraPath
from nsg_core.documents.record import (
    ANGLE,
    INTEGER,
    LIST,
    MATRIX,
    NUMBER,
    PIXELS,
    YES,
    Kind,
    Record,
    shown,
)
from nsg_core.errors import FileError, NsgError

_WORLD = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
"""From this program's world to nerfstudio's."""
Up = Literal["z", "y", "minus-y"]
"""The axis that points up in the world of a data set of nerfstudio; `minus-y`: y points
down, as in COLMAP's cameras."""
_FROM_Z: dict[Up, np.ndarray] = {
    "z": np.eye(4),
    "y": np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]]),
    "minus-y": np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]),
}
"""From a world whose z is up to one whose other axis is."""
_CAMERA = np.diag([1.0, -1, -1, 1])
_WHERE = Path("camera path")


@dataclass(frozen=True, slots=True)
class Shrunk:
    """What nerfstudio does to the world of a data set before it trains."""

    transform: tuple[float, ...]
    """From the data set's world to a turned and shifted one, 16 numbers row by row."""
    scale: float
    """By which all places are multiplied after that."""

    def __post_init__(self) -> None:
        M = np.reshape(self.transform, (4, 4))
        R = M[:3, :3]
        turns = np.abs(R.T @ R - np.eye(3)).max() < 1e-3 and np.linalg.det(R) > 0
        if not (turns and math.isfinite(self.scale) and self.scale > 0):
            raise NsgError(
                "a world is turned and shifted without bending it, and made a positive "
                f"number of times as large; found a scale of {self.scale:g}."
            )

    def done(self, T: np.ndarray) -> np.ndarray:
        """A camera of the data set, in nerfstudio's world [4 4]."""
        there = np.reshape(self.transform, (4, 4)) @ T
        there[:3, 3] *= self.scale
        return there

    def undone(self, T: np.ndarray) -> np.ndarray:
        """A camera of nerfstudio's world, in the data set's [4 4]."""
        T = T.copy()
        T[:3, 3] /= self.scale
        return np.linalg.inv(np.reshape(self.transform, (4, 4))) @ T


AS_IT_IS = Shrunk(tuple(np.eye(4).ravel().tolist()), 1.0)


def upright(world: Shrunk, up: Up) -> Shrunk:
    """The same for a data set in whose world another axis than z points up."""
    whole = np.reshape(world.transform, (4, 4)) @ _FROM_Z[up]
    return Shrunk(tuple(whole.ravel().tolist()), world.scale)


def path_to_json(path: CameraPath) -> dict[str, object]:
    """A path as part of a file."""
    return {
        "keys": [_key_to_json(key) for key in path.keys],
        "loop": path.loop,
        "size": [path.width, path.height],
        "rate": path.rate,
        "closing": path.closing_s,
    }


def path_from_json(data: object, file: Path, place: str) -> CameraPath:
    """A path from part of a file; `place` says in messages which part."""
    record = Record(data, file, place)
    items = record.take("keys", LIST)
    keys = (
        _key_from_json(item, file, f"key {i} of {place}")
        for i, item in enumerate(items, 1)
    )
    width, height = record.take("size", PIXELS)
    try:
        path = CameraPath(
            tuple(keys),
            record.take_or("loop", YES, False),
            width,
            height,
            record.take_or("rate", NUMBER, 30.0),
            record.take_or("closing", NUMBER, 2.0),
        )
    except FileError:
        raise
    except NsgError as error:
        raise FileError(
            file, f"{place} to be one that can be flown", str(error)
        ) from None
    record.end("keys, loop, size, rate, closing")
    return path


def _key_to_json(key: CameraKey) -> dict[str, object]:
    content: dict[str, object] = {
        "T_world_camera": list(key.T_world_camera),
        "time": key.time,
        "fov": ANGLE.write(key.fov),
        "frame": key.frame,
    }
    return content | {"rest": True} if key.rest else content


def _key_from_json(data: object, file: Path, place: str) -> CameraKey:
    record = Record(data, file, place)
    T, time = record.take("T_world_camera", MATRIX), record.take("time", NUMBER)
    fov, frame = record.take("fov", ANGLE), record.take("frame", INTEGER)
    rest = record.take_or("rest", YES, False)
    record.end("T_world_camera, time, fov, frame, rest")
    try:
        return CameraKey(T, time, fov, frame, rest)
    except NsgError as error:
        raise FileError(file, f"{place} to be a camera", str(error)) from None


def _read_path(value: object) -> CameraPath | None:
    return None if value is None else path_from_json(value, _WHERE, "the path")


def _write_path(path: CameraPath | None) -> object:
    return None if path is None else path_to_json(path)


PATH = Kind(
    'a camera path {"keys": [...], "size": [...]} or null', _read_path, _write_path
)


def to_nerfstudio(
    path: CameraPath, frames: tuple[int, ...], world: Shrunk = AS_IT_IS
) -> dict[str, object]:
    """A path as nerfstudio's viewer saves it and ``ns-render camera-path`` reads it.

    ``render_time`` goes from 0 at the drive's first frame to 1 at its last. That a
    camera rests at a key cannot be said there.
    """
    aspect = path.width / path.height
    last = max(len(frames) - 1, 1)
    gaps = [path.closing_s, *(b.time - a.time for a, b in pairwise(path.keys))]
    keyframes = [
        {
            "matrix": _to_gl(np.reshape(key.T_world_camera, (4, 4)), world),
            "fov": math.degrees(key.fov),
            "aspect": aspect,
            "override_transition_enabled": True,
            "override_transition_sec": gap,
            "render_time": frames.index(key.frame) / last,
            "override_time_enabled": True,
        }
        for key, gap in zip(path.keys, gaps, strict=False)
    ]
    pictures = [
        {
            "camera_to_world": _to_gl(place.T_world_camera, world),
            "fov": math.degrees(place.fov),
            "aspect": aspect,
            "render_time": _share(path.frame(time), frames),
        }
        for time in path.times()
        for place in (path.place(time),)
    ]
    return {
        "default_fov": math.degrees(path.keys[0].fov) if path.keys else 50.0,
        "default_transition_sec": 2.0,
        "keyframes": keyframes,
        "camera_type": "perspective",
        "render_height": path.height,
        "render_width": path.width,
        "fps": path.rate,
        "seconds": path.duration,
        "is_cycle": path.loop,
        "smoothness_value": 0.0,
        "camera_path": pictures,
    }


def from_nerfstudio(
    data: object, file: Path, frames: tuple[int, ...], world: Shrunk = AS_IT_IS
) -> CameraPath:
    """The path of a file of nerfstudio; its key frames, else all its pictures."""
    if not isinstance(data, dict):
        raise FileError(file, "an object {...}", shown(data))
    given = cast(dict[str, Any], data)
    if given.get("camera_type", "perspective") != "perspective":
        found = shown(given["camera_type"])
        raise FileError(file, '"camera_type" to be "perspective"', found)
    rate = _number(given, "fps", file, 30.0)
    looped = given.get("is_cycle") is True
    items, gaps = _stops(given, file, rate, looped)
    times = np.cumsum([0.0, *gaps[1:]]).tolist()
    keys = tuple(
        _gl_key(item, file, f"camera {i}", frames, (time, world))
        for i, (item, time) in enumerate(zip(items, times, strict=True), 1)
    )
    size = (int(_number(given, f"render_{edge}", file)) for edge in ("width", "height"))
    width, height = size
    try:
        return CameraPath(keys, looped, width, height, rate, gaps[0])
    except NsgError as error:
        raise FileError(file, "a camera path that can be flown", str(error)) from None


def _stops(
    given: dict[str, Any], file: Path, rate: float, looped: bool
) -> tuple[list[dict[str, Any]], list[float]]:
    """The cameras to take as keys, and how long the way to each one takes."""
    keyframes, pictures = given.get("keyframes"), given.get("camera_path")
    if isinstance(keyframes, list) and keyframes:
        items = [_object(item, file, f"keyframe {i}") for i, item in _count(keyframes)]
        seconds = _number(given, "seconds", file, 2.0 * len(items))
        even = seconds / max(len(items) - (not looped), 1)
        usual = _number(given, "default_transition_sec", file, even)
        own = [item.get("override_transition_sec") for item in items]
        used = [item.get("override_transition_enabled") is True for item in items]
        gaps = [
            float(gap) if use and isinstance(gap, int | float) else usual
            for gap, use in zip(own, used, strict=True)
        ]
        return items, [max(gap, SHORTEST_S) for gap in gaps]
    if isinstance(pictures, list) and pictures:
        items = [_object(item, file, f"camera {i}") for i, item in _count(pictures)]
        return items, [max(1 / rate, SHORTEST_S)] * len(items)
    raise FileError(
        file, '"keyframes" or "camera_path" with at least one camera', "none"
    )


def _count(items: Iterable[object]) -> Iterable[tuple[int, object]]:
    return enumerate(items, 1)


def _object(item: object, file: Path, place: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise FileError(file, f"{place} to be an object {{...}}", shown(item))
    return cast(dict[str, Any], item)


def _number(
    given: dict[str, Any], key: str, file: Path, default: float | None = None
) -> float:
    value = given.get(key, default)
    try:
        return NUMBER.read(value)
    except ValueError:
        raise FileError(file, f'"{key}" to be a number', shown(value)) from None


def _gl_key(
    item: dict[str, Any],
    file: Path,
    place: str,
    frames: tuple[int, ...],
    there: tuple[float, Shrunk],
) -> CameraKey:
    time, world = there
    found = item.get("matrix", item.get("camera_to_world"))
    try:
        # The older viewer in the browser wrote a text, with columns one by one.
        numbers = MATRIX.read(json.loads(found) if isinstance(found, str) else found)
    except ValueError:
        raise FileError(
            file, f"{place} to have {MATRIX.expected}", shown(found)
        ) from None
    T = np.reshape(numbers, (4, 4))
    T = T.T if np.abs(T[3, :3]).max() > np.abs(T[:3, 3]).max() else T
    share = item.get("render_time")
    known = isinstance(share, int | float) and not isinstance(share, bool)
    part = min(max(float(cast(float, share)), 0.0), 1.0) if known else 0.0
    index = round(part * (len(frames) - 1))
    fov = math.radians(_number(item, "fov", file))
    mine = _WORLD.T @ world.undone(T) @ _CAMERA
    try:
        return CameraKey(tuple(mine.ravel().tolist()), time, fov, frames[index])
    except NsgError as error:
        raise FileError(file, f"{place} to be a camera", str(error)) from None


def _to_gl(T: np.ndarray, world: Shrunk) -> list[float]:
    return world.done(_WORLD @ T @ _CAMERA).ravel().tolist()


def _share(frame: int, frames: tuple[int, ...]) -> float:
    nearest = min(range(len(frames)), key=lambda i: abs(frames[i] - frame))
    return nearest / max(len(frames) - 1, 1)


def from_views(
    views: tuple[tuple[Any, int | None], ...], frames: tuple[int, ...], rate: float
) -> CameraPath:
    """A path whose keys are the views of a file that has no keys."""
    keys: list[CameraKey] = []
    for i, (view, frame) in enumerate(views):
        fov = 2 * math.atan(view.height / 2 / view.fy)
        shown_frame = frames[min(i, len(frames) - 1)] if frame is None else frame
        keys.append(CameraKey(view.T_world_camera, i / rate, fov, shown_frame))
    first = views[0][0]
    return replace(
        CameraPath(tuple(keys), rate=rate), width=first.width, height=first.height
    )
