"""How edits of motion stand in files::

    {"do": "track", "track": 0, "frames": "0-1", "poses": [[0, 1.6, 9, -90], ...]}
    {"do": "shift-time", "track": 0, "by": 10}
    {"do": "pace", "track": 0, "pace": [[0, 1], [20, 0.5]]}
    {"do": "reverse", "track": 0, "around": false}
    {"do": "mirror", "track": 0, "point": [0, 0, 0], "degrees": -90}
    {"do": "loop", "track": 0, "frames": "0-9", "until": 40, "how": "back"}
    {"do": "hold", "track": 0, "frame": 5, "frames": "5-40"}
    {"do": "extend", "track": 0, "frames": "0-40"}
    {"do": "smooth", "track": 0, "radius": 3}
    {"do": "bend", "track": 0, "frame": 5, "by": [0.5, 0, 0], "reach": 8}
    {"do": "key", "track": 0, "frame": 5, "position": [1, 1.6, 12], "degrees": -90,
     "pitch": 4, "roll": 0}
    {"do": "move-keys", "track": 0, "frames": [5, 9], "by": 3, "copies": true}
    {"do": "delete-key", "track": 0, "frame": 5}
    {"do": "join-keys", "track": 0, "curve": "ease", "steering": false}
    {"do": "path", "track": 0, "first": 0, "points": [[0, 1.6, 9], ...], "speeds": [8]}

A pose is [x, y, z, yaw] or [x, y, z, yaw, pitch, roll] in metres and degrees.
"""

from typing import Any

from nsg_core.documents.record import (
    ANGLE,
    FRAMES,
    INTEGER,
    LIST,
    NUMBER,
    TEXT,
    VECTOR,
    Kind,
    degrees,
    frames_from_text,
    frames_to_text,
)
from nsg_core.edits.keys import DeleteKey, DrawPath, JoinKeys, MoveKeys, SetKey
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
from nsg_core.scene import Pose, Vec3

MOST = 100_000
"""Frames of a track; a file that names more is broken."""


def _poses(value: object) -> tuple[Pose, ...]:
    return tuple(map(_pose, LIST.read(value)))


def _pose(value: object) -> Pose:
    numbers = [NUMBER.read(number) for number in LIST.read(value)]
    if len(numbers) not in (4, 6):
        raise ValueError
    angles = [ANGLE.read(number) for number in numbers[3:]]
    return Pose((numbers[0], numbers[1], numbers[2]), *angles)


def _pose_row(pose: Pose) -> list[float]:
    angles = pose.angles if pose.pitch or pose.roll else (pose.yaw,)
    return [*pose.position, *map(degrees, angles)]


def _frames(value: object) -> tuple[int, ...]:
    if isinstance(value, str):
        try:
            first, last = frames_from_text(value)
        except NsgError:
            raise ValueError from None
        if last - first >= MOST:
            raise ValueError
        return tuple(range(first, last + 1))
    return tuple(map(INTEGER.read, LIST.read(value)))


def _frame_list(frames: tuple[int, ...]) -> object:
    whole = frames and frames[0] >= 0
    if whole and frames == tuple(range(frames[0], frames[-1] + 1)):
        return frames_to_text((frames[0], frames[-1]))
    return list(frames)


def _points(value: object) -> tuple[Vec3, ...]:
    return tuple(map(VECTOR.read, LIST.read(value)))


def _speeds(value: object) -> tuple[float, ...]:
    return tuple(map(NUMBER.read, LIST.read(value)))


def _pace(value: object) -> tuple[tuple[int, float], ...]:
    rows = [LIST.read(row) for row in LIST.read(value)]
    if any(len(row) != 2 for row in rows):
        raise ValueError
    return tuple((INTEGER.read(row[0]), NUMBER.read(row[1])) for row in rows)


def one_of(*names: str) -> Kind[Any]:
    """One of a few words."""

    def read(value: object) -> str:
        word = TEXT.read(value)
        if word not in names:
            raise ValueError
        return word

    return Kind(f"one of {', '.join(names)}", read, str)


FRAME_LIST = Kind('frames as "A-B" or as a list', _frames, _frame_list)
POSES = Kind(
    "a list of poses [x, y, z, yaw] or [x, y, z, yaw, pitch, roll] (m, degrees)",
    _poses,
    lambda poses: list(map(_pose_row, poses)),
)
POINTS = Kind(
    "a list of points [x, y, z]", _points, lambda points: list(map(list, points))
)
SPEEDS = Kind("a list of speeds (m/s)", _speeds, list)
PACE = Kind(
    "a list of [frame, factor]", _pace, lambda pace: [list(row) for row in pace]
)
CURVE = one_of("smooth", "straight", "ease")
AGAIN = one_of("again", "back", "on")


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError
    return {str(key): item for key, item in value.items()}


FLAG = Kind("true or false", _yes, bool)
OBJECT = Kind("an object {...}", _object, dict)

Row = tuple[str, str, Kind[Any]]
"""A key in a file, the edit's attribute that it holds, and what it may be."""
_TRACK: Row = ("track", "track", INTEGER)
_FRAME: Row = ("frame", "frame", INTEGER)
_SPAN: Row = ("frames", "frames", FRAMES)

TRACK_EDITS: dict[str, tuple[type, tuple[Row, ...]]] = {
    "track": (
        SetTrack,
        (_TRACK, ("frames", "frames", FRAME_LIST), ("poses", "poses", POSES)),
    ),
    "shift-time": (ShiftTime, (_TRACK, ("by", "by", INTEGER))),
    "pace": (Retime, (_TRACK, ("pace", "pace", PACE))),
    "reverse": (Reverse, (_TRACK, ("around", "around", FLAG))),
    "mirror": (
        Mirror,
        (_TRACK, ("point", "point", VECTOR), ("degrees", "yaw", ANGLE)),
    ),
    "loop": (
        Loop,
        (_TRACK, _SPAN, ("until", "until", INTEGER), ("how", "how", AGAIN)),
    ),
    "hold": (Freeze, (_TRACK, _FRAME, _SPAN)),
    "extend": (Extend, (_TRACK, _SPAN)),
    "smooth": (Smooth, (_TRACK, ("radius", "radius", INTEGER))),
    "bend": (
        Bend,
        (_TRACK, _FRAME, ("by", "by", VECTOR), ("reach", "reach", INTEGER)),
    ),
    "key": (
        SetKey,
        (
            _TRACK,
            _FRAME,
            ("position", "position", VECTOR),
            ("degrees", "yaw", ANGLE),
            ("pitch", "pitch", ANGLE),
            ("roll", "roll", ANGLE),
        ),
    ),
    "move-keys": (
        MoveKeys,
        (
            _TRACK,
            ("frames", "frames", FRAME_LIST),
            ("by", "by", INTEGER),
            ("copies", "copies", FLAG),
        ),
    ),
    "delete-key": (DeleteKey, (_TRACK, _FRAME)),
    "join-keys": (
        JoinKeys,
        (_TRACK, ("curve", "curve", CURVE), ("steering", "steering", FLAG)),
    ),
    "path": (
        DrawPath,
        (
            _TRACK,
            ("points", "points", POINTS),
            ("first", "first", INTEGER),
            ("speeds", "speeds", SPEEDS),
        ),
    ),
}
