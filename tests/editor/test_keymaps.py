"""The tables of keys: what each row means can be done, and none means two things."""

import math
from typing import get_args

import dearpygui.dearpygui as dpg
import pytest

from nsg_core.errors import NsgError
from nsg_editor.actions.table import fit_arguments, perform
from nsg_editor.console.key_sheet import key_sheet, tip
from nsg_editor.state import EditorState
from nsg_editor.ui.keys import LISTENED, Keyboard, codes, grown
from nsg_editor.values.keymaps import (
    KEYMAPS,
    MODIFIERS,
    Chord,
    Key,
    Name,
    all_keys,
    bound,
    chord,
    keys_of,
)
from tests.editor.scenes import start_state

NAMES = get_args(Name)


@pytest.mark.parametrize("name", NAMES)
def test_no_key_means_two_things(name: Name) -> None:
    meant = [(chord(row.keys), row.when) for row in KEYMAPS[name]]
    twins = {m for m in meant if meant.count(m) > 1}
    assert not twins


@pytest.mark.parametrize("row", [r for m in KEYMAPS.values() for r in m], ids=repr)
def test_every_row_is_an_action_with_arguments_that_fit(row: Key) -> None:
    fit_arguments(row.action, dict(row.arguments))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Z", Chord("Z")),
        ("Ctrl+Shift+Z", Chord("Z", ctrl=True, shift=True)),
        ("Ctrl++", Chord("+", ctrl=True)),
        ("+", Chord("+")),
        ("Alt+PageUp", Chord("PageUp", alt=True)),
        ("Shift+/", Chord("/", shift=True)),
    ],
)
def test_keys_are_read_as_they_are_written(text: str, meant: Chord) -> None:
    assert chord(text) == meant


def test_an_unknown_modifier_is_a_mistake_in_the_table() -> None:
    with pytest.raises(AssertionError, match="unknown modifier"):
        chord("Strg+Z")


def test_the_keyboard_knows_every_key_of_the_tables() -> None:
    assert set(LISTENED.values()) == set(all_keys())
    numbers = [code for key in all_keys() for code in codes(key)]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_bound_is_found(name: Name) -> None:
    for row in KEYMAPS[name]:
        assert bound(name, chord(row.keys), row.when) is row
    assert bound(name, Chord("F12", ctrl=True, alt=True, shift=True)) is None


def test_letters_are_tools_in_unreal_where_blender_turns() -> None:
    assert keys_of("Blender", "drag-turn")[:1] == ("Q",)
    assert bound("Unreal", Chord("Q")) is None or (
        bound("Unreal", Chord("Q")).action != "drag-turn"  # pyright: ignore
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_list_of_keys_has_every_key_once_and_says_what_it_does(name: Name) -> None:
    sheet = key_sheet(name)
    written = [keys for rows in sheet.values() for keys, _ in rows]
    for row in KEYMAPS[name]:
        rows = [keys for keys in written if row.keys in keys.split(" or ")]
        assert rows, row
    assert all(words for rows in sheet.values() for _, words in rows)


def test_a_tooltip_names_the_keys_of_the_keymap_in_use() -> None:
    said = tip("Blender", "Take it out", "remove")
    assert said == "Take it out (Delete or X)"
    assert tip("Unreal", "Take it out", "remove") == "Take it out (Delete)"
    assert tip("Unreal", "Odd", "advance") == "Odd"


def test_repetitions_of_a_held_key_add_up() -> None:
    once = {"degrees": 3.0, "by": (0.1, 0.0, -1.0), "track": None}
    twice = grown(once, once)
    assert twice == {"degrees": 6.0, "by": (0.2, 0.0, -2.0), "track": None}


class Listener:
    """A keyboard whose keys go down and repeat as a test says, without a screen."""

    def __init__(self, state: EditorState) -> None:
        self.done: list[str] = []
        self.escapes = 0
        self.keyboard = Keyboard(
            lambda name, **_: self.done.append(name),
            lambda: state,
            lambda: False,
            lambda: False,
            self._escape,
        )

    def _escape(self) -> None:
        self.escapes += 1

    def hold(self, key: str, times: int, *held: str) -> list[str]:
        """Press a key and let it repeat; what it did."""
        self.done = []
        modifiers = tuple(name in held for name in MODIFIERS)
        code = dpg.mvKey_Escape if key == "Escape" else codes(key)[0]
        for i in range(times):
            self.keyboard.pressed(
                code,
                modifiers,  # pyright: ignore[reportArgumentType]
                repeats=i > 0,
            )
        return self.done


def test_a_key_that_is_held_switches_once_and_steps_on_and_on() -> None:
    listener = Listener(start_state())
    for key, held in (("B", ()), ("T", ()), ("Space", ()), ("S", ("Shift",))):
        assert len(listener.hold(key, 5, *held)) == 1
    assert listener.hold("X", 4) == ["remove"]
    assert listener.hold("Right", 4) == ["step"] * 4
    assert listener.hold("Z", 3, "Ctrl") == ["undo"] * 3
    assert listener.hold("Q", 3) == ["drag-turn"] * 3
    listener.hold("Escape", 4)
    assert listener.escapes == 1


def test_an_axis_key_that_is_held_chooses_once() -> None:
    moving = perform(
        perform(start_state(), "select", track=0), "transform", kind="move"
    )
    listener = Listener(moving)
    assert listener.hold("X", 5) == ["transform-axis"]
    assert listener.hold("Backspace", 3) == ["transform-erase"] * 3


def test_only_keys_that_go_on_repeat() -> None:
    """What goes on and off, and what makes something, must not flicker or pile up."""
    again = {r.action for rows in KEYMAPS.values() for r in rows if r.again or r.held}
    assert again == {
        *("undo", "redo", "step", "key-jump", "select-next"),
        *("draw-undo", "transform-erase", "drag-turn", "drag-nudge"),
    }


def test_an_unreal_hand_finds_its_keys_and_is_told_them() -> None:
    for keys, action in (
        *(("Ctrl+D", "duplicate"), ("Ctrl+W", "duplicate"), ("End", "to-ground")),
        *(("F", "focus"), ("G", "boxes"), ("H", "hide"), ("Ctrl+H", "show-all")),
        *(("W", "transform"), ("E", "transform"), ("R", "transform")),
    ):
        row = bound("Unreal", chord(keys))
        assert row is not None
        assert row.action == action
    state = perform(start_state(), "keymap", name="Unreal")
    with pytest.raises(NsgError, match="press W, E or R first"):
        perform(state, "transform-keep")


@pytest.mark.parametrize("name", KEYMAPS)
def test_no_row_of_the_list_names_a_key_twice(name: Name) -> None:
    for rows in key_sheet(name).values():
        for keys, words in rows:
            said = keys.split(" or ")
            assert len(said) == len(set(said)), words
    for row in KEYMAPS[name]:
        said = keys_of(name, row.action, row.arguments)
        assert len(said) == len(set(said)), row.action


@pytest.mark.parametrize(
    ("name", "left", "right"), [("Blender", "Q", "E"), ("Unreal", "[", "]")]
)
def test_who_turns_left_looks_further_left(name: Name, left: str, right: str) -> None:
    for key, sign in ((left, -1.0), (right, 1.0)):
        row = bound(name, Chord(key))
        assert row is not None
        state = perform(perform(start_state(), "select", track=0), "begin")
        was = state.scene.object(0).track.poses[0].yaw
        state = perform(state, row.action, **row.arguments)
        now = state.scene.object(0).track.poses[0].yaw
        # Seen from above, with x to the right and z ahead; a yaw of 0 looks along x.
        ahead, aside = (math.cos(now), -math.sin(now)), (-math.sin(was), -math.cos(was))
        assert math.copysign(1.0, ahead[0] * aside[0] + ahead[1] * aside[1]) == sign
        assert f"Turn {'left' if sign < 0 else 'right'}" == row.words
