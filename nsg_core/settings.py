"""Frozen dataclasses of plain values <-> JSON, strictly, by their annotations.

For configurations that are stored with weights: what is written is read back equal, and
a key or a value that does not belong there is named, not guessed at.
"""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

from nsg_core.errors import FileError

T = TypeVar("T")


def to_json(settings: Any) -> dict[str, Any]:
    """A settings value as what `json` can write."""
    return asdict(settings)


def from_json(kind: type[T], data: object, path: Path | str) -> T:
    """A settings value from what `json` read; FileError names what does not fit."""
    return cast(T, _read(kind, data, Path(path), ""))


def _read(kind: Any, data: object, path: Path, place: str) -> Any:
    if is_dataclass(kind):
        return _read_dataclass(cast(type, kind), data, path, place)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _read_optional(arguments, data, path, place)
    if origin is tuple:
        return _read_tuple(arguments, data, path, place)
    if origin is Literal:
        if data in arguments and not isinstance(data, bool):
            return data
        raise _wrong(path, place, f"one of {', '.join(map(repr, arguments))}", data)
    if origin is dict:
        if not isinstance(data, Mapping):
            raise _wrong(path, place, "an object {...}", data)
        return dict(cast(Mapping[str, Any], data))
    # JSON knows no difference between 1 and 1.0; Python takes True for a number.
    if kind is float and type(data) is int:
        return float(data)
    if type(data) is not kind:
        raise _wrong(path, place, f"a value of type {kind.__name__}", data)
    return data


def _read_optional(
    arguments: tuple[Any, ...], data: object, path: Path, place: str
) -> Any:
    if data is None and NoneType in arguments:
        return None
    rest = [argument for argument in arguments if argument is not NoneType]
    assert len(rest) == 1, "settings know only optional values, no other unions"
    return _read(rest[0], data, path, place)


def _read_dataclass(kind: type, data: object, path: Path, place: str) -> Any:
    if not isinstance(data, Mapping):
        raise _wrong(path, place, "an object {...}", data)
    known = {field.name: field for field in fields(kind)}
    for key in data:
        if key not in known:
            raise _wrong(path, place, f"no keys but {', '.join(known)}", key)
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in data:
            values[name] = _read(field.type, data[name], path, f"{place}.{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise _wrong(path, place, f'a key "{name}"', ", ".join(map(str, data)))
    return kind(**values)


def _read_tuple(
    arguments: tuple[Any, ...], data: object, path: Path, place: str
) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise _wrong(path, place, "a list", data)
    items = cast(list[object], data)
    kinds = arguments
    if arguments[-1:] == (...,):
        kinds = (arguments[0],) * len(items)
    if len(items) != len(kinds):
        raise _wrong(path, place, f"a list of {len(kinds)}", items)
    return tuple(
        _read(kind, item, path, f"{place}[{i}]")
        for i, (kind, item) in enumerate(zip(kinds, items, strict=True))
    )


def _wrong(path: Path, place: str, expected: str, found: object) -> FileError:
    where = f"{place.lstrip('.')} to be " if place else ""
    shown = repr(found)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    return FileError(path, f"{where}{expected}", shown)
