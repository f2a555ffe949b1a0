"""Reading JSON objects strictly: every key known, every value of its kind.

A `Kind` says in words what it expects, so that one `FileError` can tell a user which
key of which part of a file is wrong, what was expected there and what was found.
"""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from nsg_core.errors import FileError, NsgError

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What a value in a file may be, and its form in memory."""

    expected: str
    """In words, for messages."""
    read: Callable[[object], T]
    """From JSON; raises ValueError where the value is of another kind."""
    write: Callable[[T], object]
    """To JSON."""


class Record:
    """A JSON object of which keys are taken one by one, and none may be left over."""

    def __init__(self, data: object, path: Path, place: str):
        """`place` says in words which part of the file this is."""
        self.path, self.place = path, place
        if not isinstance(data, dict):
            raise FileError(path, f"{place} to be an object {{...}}", shown(data))
        self.rest = dict(cast(dict[str, object], data))

    def take(self, key: str, kind: Kind[T]) -> T:
        """The value of a key that must be there."""
        if key not in self.rest:
            raise FileError(self.path, f'{self.place} to have "{key}"', "no such key")
        value = self.rest.pop(key)
        try:
            return kind.read(value)
        except ValueError:
            expected = f'"{key}" of {self.place} to be {kind.expected}'
            raise FileError(self.path, expected, shown(value)) from None

    def take_or(self, key: str, kind: Kind[T], default: D) -> T | D:
        """The value of a key that may be missing."""
        return self.take(key, kind) if key in self.rest else default

    def end(self, known: str) -> None:
        """Refuse keys that nobody took; `known` lists those that there are."""
        for key in self.rest:
            raise FileError(
                self.path, f"{self.place} to have no keys but {known}", f'"{key}"'
            )


def check_format(record: Record, *names: str) -> str:
    """The file's "format"; refused where it is none of `names`, as ``nsg-edits/1``."""
    found = record.take("format", TEXT)
    if found in names:
        return found
    kind = names[-1].partition("/")[0]
    newer = found.startswith(f"{kind}/")
    fix = "A newer nsg-editor wrote it: update this one." if newer else ""
    known = " or ".join(f'"{name}"' for name in names)
    expected = f'"format" of {record.place} to be {known}'
    raise FileError(record.path, expected, shown(found), fix)


def shown(value: object) -> str:
    """A value as a message shows it: as JSON, and not too long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def frames_from_text(text: str) -> tuple[int, int]:
    """First and last frame of "A-B" (inclusive) or of "A"."""
    match = re.fullmatch(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?", text, re.ASCII)
    first, last = (match[1], match[2] or match[1]) if match else ("1", "0")
    if int(last) < int(first):
        raise NsgError(
            f"frames must be A-B with A <= B, for example 0-40; found {text!r}."
        )
    return int(first), int(last)


def frames_to_text(frames: tuple[int, int]) -> str:
    """ "A-B", both inclusive."""
    return f"{frames[0]}-{frames[1]}"


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _same(value: Any) -> object:
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise ValueError
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    try:
        number = float(value)
    except OverflowError:
        raise ValueError from None
    if not math.isfinite(number):
        raise ValueError
    return number


def _items(value: object, count: int | None = None) -> list[object]:
    if not isinstance(value, list):
        raise ValueError
    items = cast(list[object], value)
    if count is not None and len(items) != count:
        raise ValueError
    return items


def _vector(value: object) -> tuple[float, float, float]:
    x, y, z = map(_number, _items(value, 3))
    return x, y, z


def _angle(value: object) -> float:
    return math.radians(_number(value))


def _angles(value: object) -> tuple[float, float, float]:
    a, b, c = map(_angle, _items(value, 3))
    return a, b, c


def _pixels(value: object) -> tuple[int, int]:
    width, height = map(_integer, _items(value, 2))
    if not (0 < width <= 16384 and 0 < height <= 16384):
        raise ValueError
    return width, height


def _frames(value: object) -> tuple[int, int]:
    try:
        return frames_from_text(_text(value))
    except NsgError:
        raise ValueError from None


def _matrix(value: object) -> tuple[float, ...]:
    return tuple(map(_number, _items(value, 16)))


def degrees(radians: float) -> float:
    """Degrees for a file: the roundest number that reads back as the same angle."""
    exact = math.degrees(radians)
    rounded = (round(exact, digits) for digits in range(13))
    return next((d for d in rounded if math.radians(d) == radians), exact)


TEXT = Kind("a text", _text, _same)
YES = Kind("true or false", _yes, _same)
INTEGER = Kind("a whole number", _integer, _same)
NUMBER = Kind("a number", _number, _same)
VECTOR = Kind("three numbers [x, y, z]", _vector, list)
ANGLE = Kind("a number (degrees)", _angle, degrees)
ANGLES = Kind(
    "three numbers (degrees)", _angles, lambda angles: list(map(degrees, angles))
)
PIXELS = Kind("two whole numbers of pixels [width, height]", _pixels, list)
FRAMES = Kind(
    'frames as "A-B" with A <= B, for example "0-40"', _frames, frames_to_text
)
MATRIX = Kind("16 numbers (a 4x4 matrix, row by row)", _matrix, list)
LIST = Kind("a list [...]", _items, list)
