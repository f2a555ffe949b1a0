"""Settings from a TOML file and from ``--set key=value``, laid over each other."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from nsg_core.errors import FileError, NsgError

Table = dict[str, Any]


def read_toml(path: Path) -> Table:
    """The settings of a file; FileError names the line where it is broken."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileError(path, "a TOML file of settings", "no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(path, "a readable TOML file", str(error)) from None
    except tomllib.TOMLDecodeError as error:
        place = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|.*)\)", str(error))
        found = place[1] if place else str(error)
        line = int(place[2]) if place and place[2] else None
        raise FileError(path, "TOML", found, line=line) from None


def parse_sets(words: Iterable[str]) -> Table:
    """Settings from words like ``steps=2000`` or ``field.levels=8``.

    A value is read as TOML (numbers, true, false, lists, quoted text); what is none of
    these is a text, so that nobody has to quote quotes for the shell.
    """
    settings: Table = {}
    for word in words:
        key, equals, value = word.partition("=")
        path = [part.strip() for part in key.split(".")]
        if not equals or not all(re.fullmatch(r"\w+", part) for part in path):
            raise NsgError(f"--set takes key=value, as in steps=2000; found {word!r}.")
        nested: Any = _value(value.strip())
        for part in reversed(path):
            nested = {part: nested}
        settings = merge(settings, nested)
    return settings


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> Table:
    """Settings laid over others, table by table; neither is changed."""
    merged: Table = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            value = merge(cast(Table, under), cast(Table, value))
        merged[key] = value
    return merged


def _value(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
