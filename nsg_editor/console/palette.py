"""The search over all actions: what fits some letters, and arguments on one line."""

import inspect
import json
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nsg_core.errors import NsgError
from nsg_editor.actions.registry import Action, people
from nsg_editor.actions.table import ACTIONS, fit_arguments
from nsg_editor.values.keymaps import Name, keys_of

PARTS = ("drag-", "transform-", "list-", "cast-carry", "camera-path-drag")
"""Steps of a gesture: to do one alone would begin what nothing ends."""
ALONE = frozenset(
    {
        *("begin", "end", "palette", "answer", "mount-at", "camera-key-drag"),
        *("apply", "look-from"),
    }
)
LATELY = 6
"""Actions that come first for having been used."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument, as it is asked for."""

    name: str
    default: str
    """As it is written on the line."""
    needed: bool
    expects: str
    """In words."""


@dataclass(frozen=True, slots=True)
class Command:
    """An action, as the palette lists it."""

    name: str
    summary: str
    parameters: tuple[Parameter, ...]

    @property
    def title(self) -> str:
        """Its name as words."""
        return self.name.replace("-", " ").capitalize()

    @property
    def asks(self) -> bool:
        """It cannot be done without something being typed."""
        return any(parameter.needed for parameter in self.parameters)

    @property
    def line(self) -> str:
        """All arguments with their defaults, to be edited."""
        return " ".join(f"{p.name}={p.default}" for p in self.parameters)

    @property
    def hint(self) -> str:
        """What each argument may be."""
        return "; ".join(f"{p.name}: {p.expects}" for p in self.parameters)


@cache
def commands() -> tuple[Command, ...]:
    """All actions that can be typed, in the order of their names."""
    found = (_command(action) for action in people() if _typed(action))
    return tuple(sorted(found, key=lambda command: command.name))


def _typed(action: Action) -> bool:
    if action.name in ALONE or action.name.startswith(PARTS):
        return False
    return all(_simple(kind) for kind in _types(action).values())


def _types(action: Action) -> dict[str, Any]:
    hints = typing.get_type_hints(action.run)
    names = list(inspect.signature(action.run).parameters)[1:]
    return {name: hints[name] for name in names}


def _simple(kind: Any) -> bool:
    """It can be typed: a number, a text, a choice, a list of those."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal or kind is Ellipsis:
        return True
    if arguments:
        return all(map(_simple, arguments))
    return kind in (int, float, str, bool, Path, type(None))


def _command(action: Action) -> Command:
    signature = inspect.signature(action.run).parameters
    parameters = tuple(
        _parameter(name, kind, signature[name]) for name, kind in _types(action).items()
    )
    return Command(action.name, action.summary.rstrip("."), parameters)


def _parameter(name: str, kind: Any, given: inspect.Parameter) -> Parameter:
    needed = given.default is given.empty
    default = _blank(kind) if needed else given.default
    return Parameter(name, written(default), needed, expected(kind))


def _blank(kind: Any) -> object:
    """A value to begin with where there is no default."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return arguments[0]
    if typing.get_origin(kind) is tuple:
        return tuple(_blank(a) for a in arguments if a is not Ellipsis)
    if arguments:
        return _blank(arguments[0])
    blanks: dict[Any, object] = {int: 0, float: 0.0, bool: False}
    return blanks.get(kind, "")


def written(value: object) -> str:
    """A value as it stands on the line."""
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return ",".join(map(written, value))
    if isinstance(value, str | Path):
        text = str(value)
        return json.dumps(text) if not text or " " in text else text
    return f"{value:g}" if isinstance(value, float) else json.dumps(value)


def expected(kind: Any) -> str:
    """What may be typed, in words."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return " or ".join(map(str, arguments))
    if typing.get_origin(kind) is tuple:
        several = Ellipsis in arguments
        return "numbers with commas" if several else f"{len(arguments)} numbers"
    if arguments:
        parts = [expected(a) for a in arguments if a is not type(None)]
        empty = type(None) in arguments
        return " or ".join(parts) + (", or - for none" if empty else "")
    words = {int: "a whole number", float: "a number", bool: "true or false"}
    return words.get(kind, "a path" if kind is Path else "text")


def arguments_of(name: str, line: str) -> dict[str, object]:
    """The arguments that a line names, checked; those left at their defaults are not
    told, so that the action chooses."""
    command = next((one for one in commands() if one.name == name), None)
    if command is None:
        raise NsgError(f"there is no action {name!r} to be typed.")
    usual = {p.name: p.default for p in command.parameters if not p.needed}
    given: dict[str, object] = {}
    for word in _words(line):
        key, sign, text = word.partition("=")
        if not sign:
            raise NsgError(f"arguments are written name=value, found {word!r}.")
        if usual.get(key) != text:
            given[key] = _value(text)
    return fit_arguments(name, _to_fit(name, given))


def _words(line: str) -> list[str]:
    """Parts of a line with spaces between them; a text in quotes is one."""
    return re.findall(r'(?:"(?:[^"\\]|\\.)*"|\S)+', line)


def _value(text: str) -> Any:
    if text == "-":
        return None
    try:
        return json.loads(text)
    except ValueError:
        pass
    if "," in text:
        try:
            return json.loads(f"[{text}]")
        except ValueError:
            return text
    return text


def _to_fit(name: str, given: Mapping[str, object]) -> dict[str, Any]:
    """Texts that look like numbers are texts all the same; one number may be a list."""
    types = _types(ACTIONS[name])
    fitted = dict(given)
    for key, value in given.items():
        kinds = typing.get_args(types.get(key)) or (types.get(key),)
        text = str in kinds or Path in kinds
        if text and isinstance(value, int | float) and not {int, float} & set(kinds):
            fitted[key] = json.dumps(value)
        elif isinstance(value, int | float) and Ellipsis in kinds:
            fitted[key] = [value]
    return fitted


def matches(
    query: str, used: tuple[str, ...] = (), keymap: Name = "Blender"
) -> tuple[Command, ...]:
    """What fits the letters, the best first; with none, what was used lately first."""
    ranks = {name: i for i, name in enumerate(used[:LATELY])}
    words = query.lower().split()
    found: list[tuple[float, int, str, Command]] = []
    for command in commands():
        score = _fits(words, command, keymap)
        if score is not None:
            rank = ranks.get(command.name, LATELY)
            # A recent one goes before another that fits as well, not before a better.
            found.append((score, rank, command.name, command))
    return tuple(row[-1] for row in sorted(found, key=lambda row: row[:3]))


def _fits(words: list[str], command: Command, keymap: Name) -> float | None:
    """How badly it fits: 0 is best; None: not at all."""
    name = command.name.replace("-", " ")
    keys = [key.lower() for key in keys_of(keymap, command.name)]
    total = 0.0
    for word in words:
        score = _word(word, name, command.summary.lower(), keys)
        if score is None:
            return None
        total += score
    return total


def _word(word: str, name: str, summary: str, keys: list[str]) -> float | None:
    if name.startswith(word) or word in keys:
        return 0.0
    if f" {word}" in f" {name}":
        return 1.0
    if f" {word}" in f" {summary}":
        return 2.0
    if word in name:
        return 3.0
    if _scattered(word, name):
        return 4.0
    return 5.0 if word in summary else None


def _scattered(word: str, text: str) -> bool:
    """The letters come in this order, with others between them."""
    letters = iter(text)
    return all(letter in letters for letter in word)
