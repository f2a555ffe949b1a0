"""Named actions: how a user's wish becomes the next state.

Every action is a pure function (state, arguments) -> state under a name. Buttons,
keys, the mouse and `--play` all go through `perform`; nothing else changes the state.
"""

import inspect
import math
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nsg_core.errors import NsgError
from nsg_editor.derived.complaints import queued
from nsg_editor.derived.locks import keep_locked
from nsg_editor.state import EditorState

Run = Callable[..., EditorState]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done, with the types of its arguments."""

    name: str
    run: Run
    summary: str
    internal: bool
    """Reports from the worker and the jobs; not for people."""


ACTIONS: dict[str, Action] = {}


def action(name: str, internal: bool = False) -> Callable[[Run], Run]:
    """Put a function into the table."""

    def enter(run: Run) -> Run:
        assert name not in ACTIONS, f"two actions are called {name!r}"
        summary = (run.__doc__ or "").partition("\n")[0]
        ACTIONS[name] = Action(name, run, summary, internal)
        return run

    return enter


def perform(state: EditorState, name: str, /, **arguments: object) -> EditorState:
    """The state after an action; NsgError where it cannot be done."""
    found = ACTIONS.get(name)
    if found is None:
        known = ", ".join(sorted(a.name for a in ACTIONS.values() if not a.internal))
        raise NsgError(f"there is no action {name!r}; the actions are: {known}.")
    fresh = replace(state, notice="") if state.notice and not found.internal else state
    done = found.run(fresh, **arguments)
    keep_locked(state, done)
    return queued(state, name, done if found.internal else _told(state, done))


def _told(old: EditorState, new: EditorState) -> EditorState:
    """A step that says nothing of itself is told by what the history calls it."""
    before, after = old.history, new.history
    ended = after.base is None and len(after.past) > len(before.past)
    if new.notice or not ended:
        return new
    return replace(new, notice=f"{after.present.label}.")


def fit_arguments(name: str, arguments: dict[str, Any]) -> dict[str, object]:
    """Check the arguments of an action that come from a file, and convert lists."""
    found = ACTIONS.get(name)
    if found is None or found.internal:
        perform_names = ", ".join(sorted(a.name for a in people()))
        raise NsgError(
            f"there is no action {name!r}; the actions are: {perform_names}."
        )
    parameters = list(inspect.signature(found.run).parameters.values())[1:]
    types_of = typing.get_type_hints(found.run)
    known = {p.name: p for p in parameters}
    for key in arguments:
        if key not in known:
            takes = ", ".join(known) or "no arguments"
            raise NsgError(f"{name!r} has no argument {key!r}; it takes {takes}.")
    for p in parameters:
        if p.default is p.empty and p.name not in arguments:
            raise NsgError(f"{name!r} needs the argument {p.name!r}.")
    return {
        key: _fit(name, key, value, types_of[key]) for key, value in arguments.items()
    }


def people() -> list[Action]:
    """The actions that a person can name."""
    return [a for a in ACTIONS.values() if not a.internal]


def _fit(name: str, key: str, value: object, wanted: Any) -> object:
    # A union with a Literal in it is of another kind than one of classes.
    union = typing.get_origin(wanted) in (types.UnionType, typing.Union)
    options = typing.get_args(wanted) if union else (wanted,)
    for option in options:
        fitted = _fit_one(value, option)
        if fitted is not _NO:
            return fitted
    words = " or ".join(map(_words, options))
    raise NsgError(f"{name!r} expects {key!r} to be {words}, found {value!r}.")


def _words(wanted: Any) -> str:
    """A type as a person calls it."""
    if wanted is types.NoneType:
        return "null"
    if typing.get_origin(wanted) is typing.Literal:
        return " or ".join(map(repr, typing.get_args(wanted)))
    if typing.get_origin(wanted) is tuple:
        parts = typing.get_args(wanted)
        return "a list of numbers" if ... in parts else f"{len(parts)} numbers"
    names = {Path: "a path", float: "a number", int: "a whole number", str: "text"}
    names[bool] = "true or false"
    return names.get(wanted, getattr(wanted, "__name__", str(wanted)))


_NO = object()


def _fit_one(value: object, wanted: Any) -> object:
    if wanted is types.NoneType:
        return None if value is None else _NO
    if typing.get_origin(wanted) is tuple:
        return _fit_tuple(value, typing.get_args(wanted))
    if typing.get_origin(wanted) is typing.Literal:
        return value if value in typing.get_args(wanted) else _NO
    if wanted is Path and isinstance(value, str) and value:
        return Path(value)
    if wanted is float and isinstance(value, int | float):
        number = not isinstance(value, bool) and math.isfinite(value)
        return float(value) if number else _NO
    exact = type(value) is wanted
    return value if exact else _NO


def _fit_tuple(value: object, parts: tuple[Any, ...]) -> object:
    if not isinstance(value, list | tuple):
        return _NO
    if parts[-1] is ...:
        parts = parts[:1] * len(value)
    if len(value) != len(parts):
        return _NO
    fitted = tuple(_fit_one(v, p) for v, p in zip(value, parts, strict=True))
    return _NO if any(f is _NO for f in fitted) else fitted
