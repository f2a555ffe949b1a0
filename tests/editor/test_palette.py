"""The search over all actions."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.errors import NsgError
from nsg_editor.actions.registry import people
from nsg_editor.console.palette import arguments_of, commands, matches


def first(query: str, used: tuple[str, ...] = ()) -> str:
    return matches(query, used)[0].name


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("und", "undo"),
        ("dupl", "duplicate"),
        ("copy object", "duplicate"),
        ("ctrl+z", "undo"),
        ("vnew", "variant-new"),
        ("new variant", "variant-new"),
        ("dark", "theme"),
        ("TRAIN", "train"),
    ],
)
def test_what_a_person_types_is_found(query: str, name: str) -> None:
    assert name in [command.name for command in matches(query)[:3]]


def test_nothing_fits_nonsense_and_everything_fits_nothing() -> None:
    assert matches("zzqx") == ()
    assert set(matches("")) == set(commands())


def test_what_was_used_lately_comes_first_among_equals() -> None:
    assert first("", ("redo", "train")) == "redo"
    assert first("undo", ("redo",)) == "undo"
    step = [command.name for command in matches("step", ("train", "step"))]
    assert step[0] == "step"


@given(st.sampled_from(commands()).map(lambda command: command.name))
def test_each_action_is_found_by_its_name(name: str) -> None:
    words = name.replace("-", " ")
    assert name in [command.name for command in matches(words)[:5]]


def test_steps_of_a_gesture_cannot_be_typed_and_little_else() -> None:
    typed = {command.name for command in commands()}
    missing = {action.name for action in people()} - typed
    assert {"begin", "drag-move", "pan"} <= missing
    assert {"undo", "move", "export", "camera", "help", "ui-scale"} <= typed
    assert all(action.summary for action in people())


@pytest.mark.parametrize("command", commands(), ids=lambda c: c.name)
def test_the_line_of_defaults_means_what_no_arguments_mean(command: object) -> None:
    from nsg_editor.console.palette import Command

    assert isinstance(command, Command)
    asked = {p.name for p in command.parameters if p.needed}
    paths = [p for p in command.parameters if p.needed and p.expects == "a path"]
    if paths:
        with pytest.raises(NsgError, match="a path"):
            arguments_of(command.name, command.line)
    elif not asked:
        assert arguments_of(command.name, command.line) == {}
    else:
        given = arguments_of(command.name, command.line)
        assert set(given) == asked


@pytest.mark.parametrize(
    ("name", "line", "arguments"),
    [
        ("move", "by=1,0,-2.5", {"by": (1.0, 0.0, -2.5)}),
        ("move", "by=[1, 0, 2]", None),
        ("move", "by=1,0,0 track=3", {"by": (1.0, 0.0, 0.0), "track": 3}),
        ("select", "track=-", {"track": None}),
        ("save", 'to="/a b/c.nsgproj"', {"to": Path("/a b/c.nsgproj")}),
        ("save", "to=/a/7", {"to": Path("/a/7")}),
        ("open", "path=/kitti sequence=0007", None),
        ("export", "frames=3", {"frames": "3"}),
        ("variant", "name=2", {"name": "2"}),
        ("play", "on=true", {"on": True}),
        ("show", "picture=recorded", {"picture": "recorded"}),
        ("undo", "", {}),
    ],
)
def test_arguments_are_read_from_a_line(
    name: str, line: str, arguments: dict[str, object] | None
) -> None:
    if arguments is not None:
        assert arguments_of(name, line) == arguments
    elif name == "open":
        # A number with zeros before it is no JSON, and so stays a text.
        assert arguments_of(name, line)["sequence"] == "0007"
    else:
        with pytest.raises(NsgError, match="name=value"):
            arguments_of(name, line)


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("move", "by=1,2", "3 numbers"),
        ("move", "1,2,3", "name=value"),
        ("move", "", "needs the argument"),
        ("show", "picture=blue", "recorded"),
        ("undo", "twice=true", "no argument"),
        ("drag-move", "by=1,2,3", "no action"),
    ],
)
def test_what_is_wrong_on_the_line_is_said(name: str, line: str, words: str) -> None:
    with pytest.raises(NsgError, match=words):
        arguments_of(name, line)
