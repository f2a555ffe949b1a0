"""Edits and views as JSON: versioned, strict, readable and writable by hand.

A file of edits (``edits.json``)::

    {"format": "nsg-edits/1", "edits": [
      {"do": "move", "track": 0, "by": [0, 0, 3], "frames": "0-10"},
      {"do": "turn", "track": 0, "degrees": 30},
      {"do": "tilt", "track": 0, "pitch": 5, "roll": -2},
      {"do": "resize", "track": 0, "size": [4.5, 1.6, 1.9], "slide": [0.1, 0, 0]},
      {"do": "remove", "track": 3},
      {"do": "duplicate", "track": 0, "as": 100, "by": [0, 0, 8], "frames_later": 5},
      {"do": "rename", "track": 0, "name": "Delivery van"},
      {"do": "show", "track": 2, "visible": false},
      {"do": "lock", "track": 2, "locked": true},
      {"do": "look", "track": 0, "look": "object/3"},
      {"do": "swap-looks", "track": 0, "with": 3},
      {"do": "insert", "as": 101, "look": "object/3", "class": "Van",
       "size": [4.4, 1.9, 1.8], "position": [2, 1.6, 15], "degrees": -90},
      {"do": "camera", "camera": "image_02", "shift": [0, -0.5, 0],
       "degrees": [5, 0, 0], "focal_scale": 1.2, "size": [1242, 375]},
      {"do": "camera-path", "path": {...}},
      {"do": "manoeuvre", "name": "cut-in", "settings": {"gap": 6}, "seed": 0,
       "edits": [...]}]}

Metres along the world's axes (x right, y down, z forward at the first frame); a
camera's ``shift`` is along its own axes and its ``degrees`` are yaw, pitch and roll.
A ``size`` is length, height and width; angles are degrees, because people write these
files too. ``frames`` (first and last, inclusive) may be left out: the whole track.
Other keys with a default may be left out as well. A camera path is described in
`camera_file`. The look of another checkpoint is ``"PATH#KEY"``, where a relative path
starts at the file's folder.

A file of views (``--camera``)::

    {"format": "nsg-camera/1", "views": [
      {"T_world_camera": [16 numbers, row by row], "width": 1242, "height": 375,
       "fx": 721.5, "fy": 721.5, "cx": 609.6, "cy": 172.9, "frame": 3}]}

``frame`` says at which moment of the drive the objects stand; without it, the first
view sees the first frame to be drawn, the second the second, and so on. A ``path``
beside the views says from which keys they were taken (`camera_file`).
"""

import os
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from nsg_core.cameras.path import CameraPath
from nsg_core.documents.camera_file import PATH, path_from_json, path_to_json
from nsg_core.documents.guests import from_file, to_file
from nsg_core.documents.record import (
    ANGLE,
    ANGLES,
    FRAMES,
    INTEGER,
    LIST,
    MATRIX,
    NUMBER,
    PIXELS,
    TEXT,
    VECTOR,
    YES,
    Kind,
    Record,
    check_format,
    shown,
)
from nsg_core.documents.track_file import FLAG, OBJECT, TRACK_EDITS
from nsg_core.edits.boxes import Resize, Tilt
from nsg_core.edits.cameras import SetCameraPath
from nsg_core.edits.casting import Insert
from nsg_core.edits.edit import Duplicate, Edit, Move, Remove, SetCamera, Turn
from nsg_core.edits.objects import Lock, Rename, SetLook, Show, SwapLooks
from nsg_core.errors import FileError, NsgError
from nsg_core.files import read_json, write_json
from nsg_core.manoeuvres.settings import make, values_of
from nsg_core.manoeuvres.table import Manoeuvre, recipe
from nsg_core.view import View

EDITS_FORMAT = "nsg-edits/1"
CAMERA_FORMAT = "nsg-camera/1"
MANOEUVRE = "manoeuvre"


@dataclass(frozen=True, slots=True)
class _Key:
    """One key of an edit in a file, and the edit's attribute that it holds."""

    name: str
    attribute: str
    kind: Kind[Any]


_TRACK = _Key("track", "track", INTEGER)
_FRAMES = _Key("frames", "frames", FRAMES)
_BY = _Key("by", "by", VECTOR)
_BLEND = _Key("blend", "blend", INTEGER)
_KEY = _Key("key", "key", FLAG)

# A new kind of edit is one more row here; keys whose attribute has a default may be
# missing from a file and are left out of it where the edit has that default.
_EDITS: dict[str, tuple[type, tuple[_Key, ...]]] = {
    "move": (Move, (_TRACK, _BY, _FRAMES, _BLEND, _KEY)),
    "turn": (Turn, (_TRACK, _Key("degrees", "by", ANGLE), _FRAMES, _BLEND, _KEY)),
    "tilt": (
        Tilt,
        (
            _TRACK,
            _Key("pitch", "pitch", ANGLE),
            _Key("roll", "roll", ANGLE),
            _FRAMES,
            _BLEND,
            _KEY,
        ),
    ),
    "resize": (
        Resize,
        (_TRACK, _Key("size", "size", VECTOR), _Key("slide", "slide", VECTOR)),
    ),
    "remove": (Remove, (_TRACK,)),
    "duplicate": (
        Duplicate,
        (
            _TRACK,
            _Key("as", "new_track", INTEGER),
            _BY,
            _Key("frames_later", "frames_later", INTEGER),
        ),
    ),
    "rename": (Rename, (_TRACK, _Key("name", "name", TEXT))),
    "show": (Show, (_TRACK, _Key("visible", "visible", YES))),
    "lock": (Lock, (_TRACK, _Key("locked", "locked", YES))),
    "look": (SetLook, (_TRACK, _Key("look", "model", TEXT))),
    "swap-looks": (SwapLooks, (_TRACK, _Key("with", "other", INTEGER))),
    "camera-path": (
        SetCameraPath,
        (_Key("path", "path", PATH), _Key("what", "what", TEXT)),
    ),
    "insert": (
        Insert,
        (
            _Key("as", "new_track", INTEGER),
            _Key("look", "model", TEXT),
            _Key("class", "category", TEXT),
            _Key("size", "size", VECTOR),
            _Key("position", "position", VECTOR),
            _Key("degrees", "yaw", ANGLE),
            _FRAMES,
        ),
    ),
    "camera": (
        SetCamera,
        (
            _Key("camera", "camera", TEXT),
            _Key("shift", "shift", VECTOR),
            _Key("degrees", "turn", ANGLES),
            _Key("focal_scale", "focal_scale", NUMBER),
            _Key("size", "size", PIXELS),
            _FRAMES,
        ),
    ),
}

_EDITS.update(
    (name, (type_, tuple(_Key(*row) for row in rows)))
    for name, (type_, rows) in TRACK_EDITS.items()
)


def edit_to_json(edit: Edit) -> dict[str, object]:
    """One edit as an object with the key "do"."""
    for name, (type_, keys) in _EDITS.items():
        if type(edit) is type_:
            values = {key.name: (key, getattr(edit, key.attribute)) for key in keys}
            default = _defaults(type_)
            return {"do": name} | {
                name: key.kind.write(value)
                for name, (key, value) in values.items()
                if key.attribute not in default or value != default[key.attribute]
            }
    if isinstance(edit, Manoeuvre):
        return _manoeuvre_to_json(edit)
    raise TypeError(f"no form in files for {type(edit).__name__}")


def edit_from_json(data: object, path: Path, place: str) -> Edit:
    """One edit; `place` says in messages which one of the file it is."""
    record = Record(data, path, place)
    name = record.take("do", TEXT)
    if name == MANOEUVRE:
        return _manoeuvre_from_json(record, path, place)
    if name not in _EDITS:
        known = ", ".join(f'"{known}"' for known in (*_EDITS, MANOEUVRE))
        raise FileError(path, f'"do" of {place} to be one of {known}', shown(name))
    type_, keys = _EDITS[name]
    record.place = f"{place} ({name})"
    default = _defaults(type_)
    values = {
        key.attribute: record.take_or(key.name, key.kind, default[key.attribute])
        if key.attribute in default
        else record.take(key.name, key.kind)
        for key in keys
    }
    record.end(", ".join(("do", *(key.name for key in keys))))
    return type_(**values)


def _manoeuvre_to_json(edit: Manoeuvre) -> dict[str, object]:
    """The settings, to plan it anew, and the edits, to do just what was seen."""
    return {
        "do": MANOEUVRE,
        "name": edit.name,
        "settings": dict(edit.settings),
        "seed": edit.seed,
        "edits": edit_list_to_json(edit.edits),
    }


def _manoeuvre_from_json(record: Record, path: Path, place: str) -> Manoeuvre:
    name = record.take("name", TEXT)
    record.place = f"{place} ({name})"
    settings = record.take_or("settings", OBJECT, None) or {}
    seed = record.take_or("seed", INTEGER, 0)
    items = record.take("edits", LIST)
    record.end("do, name, settings, seed, edits")
    try:
        values = values_of(make(name, recipe(name).settings, settings))
    except NsgError as error:
        raise FileError(path, f"{place} to be a known manoeuvre", str(error)) from None
    edits = tuple(
        edit_from_json(item, path, f"edit {i} of {place}")
        for i, item in enumerate(items, start=1)
    )
    return Manoeuvre(name, values, seed, edits)


def edit_list_to_json(
    edits: tuple[Edit, ...], folder: Path | None = None
) -> list[object]:
    """Edits as a list, for use inside another file; paths relative to its folder."""
    rows: list[object] = [edit_to_json(edit) for edit in edits]
    return rows if folder is None else [to_file(row, folder) for row in rows]


def edit_list_from_json(data: list[object], path: Path) -> tuple[Edit, ...]:
    """Edits from a list inside another file; messages count them from 1."""
    folder = Path(os.path.abspath(path)).parent
    data = [from_file(item, folder) for item in data]
    return tuple(
        edit_from_json(item, path, f"edit {number}")
        for number, item in enumerate(data, start=1)
    )


def edits_to_json(
    edits: tuple[Edit, ...], folder: Path | None = None
) -> dict[str, object]:
    """A list of edits as the content of a file in a folder."""
    return {"format": EDITS_FORMAT, "edits": edit_list_to_json(edits, folder)}


def edits_from_json(data: object, path: Path) -> tuple[Edit, ...]:
    """Edits from the content of a file; FileError names the edit and the key."""
    record = Record(data, path, "the file")
    check_format(record, EDITS_FORMAT)
    items = record.take("edits", LIST)
    record.end("format, edits")
    return edit_list_from_json(items, path)


def read_edits(path: Path) -> tuple[Edit, ...]:
    """The edits of a file."""
    return edits_from_json(read_json(path), path)


def write_edits(path: Path, edits: tuple[Edit, ...]) -> None:
    """Write a file of edits, whole or not at all."""
    write_json(path, edits_to_json(edits, Path(os.path.abspath(path)).parent))


def views_to_json(
    views: tuple[tuple[View, int | None], ...], path: CameraPath | None = None
) -> dict[str, object]:
    """Views and their frames as the content of a file, and the path they come from."""
    content: dict[str, object] = {
        "format": CAMERA_FORMAT,
        "views": [
            {
                "T_world_camera": list(view.T_world_camera),
                "width": view.width,
                "height": view.height,
                "fx": view.fx,
                "fy": view.fy,
                "cx": view.cx,
                "cy": view.cy,
            }
            | ({} if frame is None else {"frame": frame})
            for view, frame in views
        ],
    }
    return content if path is None else content | {"path": path_to_json(path)}


def views_from_json(data: object, path: Path) -> tuple[tuple[View, int | None], ...]:
    """Views, and the frame of each one that names it, from the content of a file."""
    record = Record(data, path, "the file")
    check_format(record, CAMERA_FORMAT)
    items = record.take("views", LIST)
    # Who only draws the views does not need to know their path.
    record.rest.pop("path", None)
    record.end("format, views, path")
    views = tuple(_view(item, path, f"view {i}") for i, item in enumerate(items, 1))
    if not views:
        raise FileError(path, "at least one view", "none")
    return views


def camera_path_from_json(data: object, path: Path) -> CameraPath | None:
    """The keys from which the views of a file were taken, where it names them."""
    record = Record(data, path, "the file")
    check_format(record, CAMERA_FORMAT)
    if "path" not in record.rest:
        return None
    return path_from_json(record.rest["path"], path, "the path")


def _view(data: object, path: Path, place: str) -> tuple[View, int | None]:
    record = Record(data, path, place)
    T = record.take("T_world_camera", MATRIX)
    width, height = (record.take(key, INTEGER) for key in ("width", "height"))
    fx, fy, cx, cy = (record.take(key, NUMBER) for key in ("fx", "fy", "cx", "cy"))
    frame = record.take_or("frame", INTEGER, None)
    record.end("T_world_camera, width, height, fx, fy, cx, cy, frame")
    if min(width, height) < 1 or min(fx, fy) <= 0:
        found = f"{width}x{height}, fx {fx}, fy {fy}"
        raise FileError(path, f"{place} to have a positive size and fx, fy", found)
    return View(T, width, height, fx, fy, cx, cy), frame


def _defaults(type_: type) -> dict[str, object]:
    return {f.name: f.default for f in fields(type_) if f.default is not MISSING}
