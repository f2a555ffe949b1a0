"""Parameters of manoeuvres: numbers with units and limits, and words to choose from."""

import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Protocol, runtime_checkable

from nsg_core.errors import NsgError

SIDES = ("left", "right")
LANE = 3.5
"""Metres from lane to lane, as a rule."""
Value = float | int | str | bool
ANY = -1
"""In the place of a track or a frame: chosen by the manoeuvre itself."""


@runtime_checkable
class Settings(Protocol):
    """A frozen dataclass of parameters."""

    __dataclass_fields__: Mapping[str, Field[Any]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a dialog and a message need to know of a parameter."""

    name: str
    default: Value
    says: str
    unit: str = ""
    least: float = -math.inf
    most: float = math.inf
    choices: tuple[str, ...] = ()


def number(default: float, least: float, most: float, unit: str, says: str) -> Any:
    """A parameter with a unit and limits."""
    told = {"unit": unit, "least": least, "most": most, "says": says}
    return field(default=default, metadata=told)


def choice(default: str, choices: tuple[str, ...], says: str) -> Any:
    """One of a few words."""
    return field(default=default, metadata={"choices": choices, "says": says})


def yes(default: bool, says: str) -> Any:
    """Something that is so or not."""
    return field(default=default, metadata={"says": says})


def whom(says: str) -> Any:
    """An object by its track; -1: the manoeuvre chooses."""
    return number(ANY, ANY, 2**31, "track", says)


def when(says: str) -> Any:
    """A frame of the drive; -1: the manoeuvre chooses."""
    return number(ANY, ANY, 10**9, "frame", says)


def parameters(kind: type) -> tuple[Parameter, ...]:
    """What can be set, in the order of the class."""
    return tuple(
        Parameter(f.name, f.default, **f.metadata)  # pyright: ignore[reportArgumentType]
        for f in fields(kind)
    )


def make(name: str, kind: type, values: Mapping[str, object]) -> Any:
    """The parameters with these values; NsgError names what does not fit."""
    known = {p.name: p for p in parameters(kind)}
    for key in values:
        if key not in known:
            raise NsgError(
                f"{name} has no parameter {key!r}; it has {', '.join(known) or 'none'}."
            )
    return kind(**{k: _checked(name, known[k], value) for k, value in values.items()})


def _checked(name: str, parameter: Parameter, value: object) -> Value:
    key, default = parameter.name, parameter.default
    if parameter.choices:
        if value not in parameter.choices:
            words = ", ".join(parameter.choices)
            raise NsgError(f"{name}: {key} must be one of {words}; found {value!r}.")
        return str(value)
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise NsgError(f"{name}: {key} must be true or false; found {value!r}.")
        return value
    least, most, unit = parameter.least, parameter.most, parameter.unit
    whole = isinstance(default, int)
    ok = isinstance(value, int | float) and not isinstance(value, bool)
    if ok and least <= value <= most and (not whole or value == int(value)):  # pyright: ignore
        return int(value) if whole else float(value)  # pyright: ignore
    kind = "a whole number" if whole else "a number"
    high = "" if most >= 10**9 else f" to {most:g}"
    raise NsgError(
        f"{name}: {key} must be {kind} from {least:g}{high} ({unit}); found {value!r}."
    )


def values_of(settings: Any) -> tuple[tuple[str, Value], ...]:
    """All values by name, as they are kept in files."""
    return tuple((f.name, getattr(settings, f.name)) for f in fields(settings))
