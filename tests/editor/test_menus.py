"""The menus: every line can be done, and is switched off where it makes no sense."""

import pytest

from nsg_editor.actions.registry import fit_arguments
from nsg_editor.actions.table import ACTIONS, perform
from nsg_editor.derived.menus import MENUS, SELECTED, Entry, usable
from tests.editor.scenes import start_state

ENTRIES = [entry for _, rows in MENUS for entry in rows if entry is not None]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.label)
def test_every_line_is_an_action_whose_arguments_fit(entry: Entry) -> None:
    fit_arguments(entry.action, dict(entry.arguments))


def test_no_two_lines_of_a_menu_say_the_same() -> None:
    for _, rows in MENUS:
        labels = [entry.label for entry in rows if entry is not None]
        assert len(labels) == len(set(labels))


def test_what_needs_an_object_is_off_without_one() -> None:
    assert set(ACTIONS) >= SELECTED
    state = start_state()
    off = {e.action for e in ENTRIES if not usable(state, e.action)}
    assert {"duplicate", "remove", "undo", "redo", "export"} <= off
    state = perform(perform(state, "select", track=0), "move", by=(1.0, 0.0, 0.0))
    on = {e.action for e in ENTRIES if usable(state, e.action)}
    assert {"duplicate", "remove", "undo"} <= on
    assert "redo" not in on
