"""Keys go about in panels and dialogs, without a screen."""

import dearpygui.dearpygui as dpg
import pytest

from nsg_editor.derived.menus import MENUS
from nsg_editor.ui.containers import Item
from nsg_editor.ui.looks import kind
from nsg_editor.ui.touch import controls
from nsg_editor.values.front import AREAS, Area
from tests.ui.office import Office


def press(office: Office, *keys: str) -> None:
    """Keys go down, one a frame; what the keyboard asks before all else answers."""
    for key in keys:
        name = key.removeprefix("Shift+")
        if name == "Escape":
            office.panels._escape()
        else:
            office.panels._answered(name, name != key)
        office.panels.focus.tick()
        office.panels.sync()


def go(office: Office, area: Area) -> None:
    office.do("keys-to", area=area)
    office.panels.focus.tick()


def reach(office: Office, item: Item) -> None:
    """Tab until the ring is there."""
    for _ in range(200):
        if office.panels.focus.at == item:
            return
        press(office, "Tab")
    pytest.fail(f"Tab does not reach {dpg.get_item_label(item)!r}")


def test_f6_goes_round_the_parts_of_the_window_and_back(office: Office) -> None:
    seen = [office.do("next-panel").front.area for _ in AREAS]
    assert sorted(map(str, seen)) == sorted(AREAS)
    assert seen[0] == "left"
    assert office.do("next-panel", by=-1).front.area == seen[-2]
    # What is folded away is left out, unless somebody asks for it.
    office.do("fold", dock="left", on=True)
    office.do("keys-to")
    assert office.do("next-panel").front.area == "views"
    state = office.do("keys-to", area="left")
    assert "left" not in state.settings.arrangement.closed
    assert "Esc" in state.notice


@pytest.mark.parametrize("area", AREAS)
def test_tab_comes_to_every_control_and_shift_tab_back(
    office: Office, area: Area
) -> None:
    office.do("select", track=0)
    go(office, area)
    press(office, "Escape") if office.panels.focus.picker.shown else None
    there = [i for part in office.panels._parts(area) for i in controls(part)]
    assert there
    first, met = office.panels.focus.at, list[Item | None]()
    for _ in there:
        met.append(office.panels.focus.at)
        press(office, "Tab")
    assert set(met) == set(there)
    assert office.panels.focus.at == first
    press(office, "Shift+Tab")
    assert office.panels.focus.at == met[-1]
    press(office, "Escape")
    assert office.store.state.front.area is None


def test_space_ticks_enter_presses_and_both_are_left_to_the_drive_elsewhere(
    office: Office,
) -> None:
    office.do("select", track=0)
    go(office, "right")
    reach(office, office.panels.inspector.snap)
    press(office, "Space")
    assert office.store.state.hands.snap
    press(office, "Enter")
    assert not office.store.state.hands.snap
    reach(office, office.panels.inspector.copy)
    press(office, "Enter")
    assert office.store.state.hands.copied is not None
    press(office, "Escape")
    assert not office.panels._answered("Space", False)
    assert not office.panels._answered("Tab", False)


def test_arrows_choose_in_a_list_and_escape_leaves_it_as_it_was(
    office: Office,
) -> None:
    inspector, picker = office.panels.inspector, office.panels.focus.picker
    go(office, "right")
    reach(office, inspector.axes)
    before = office.store.state.hands.axes
    press(office, "Enter", "Down", "Escape")
    assert not picker.shown
    assert office.store.state.hands.axes == before
    press(office, "Space")
    assert picker.at == "Own axes"
    press(office, "Down", "Enter")
    assert office.store.state.hands.axes == "world"
    assert office.store.state.front.area == "right"


def test_menus_open_by_keys_and_show_what_the_mouse_would_see(office: Office) -> None:
    picker = office.panels.focus.picker
    go(office, "menus")
    assert picker.shown
    # From menu to menu; the last one is followed by the first.
    for title, entries in (*MENUS[1:], MENUS[0]):
        press(office, "Right")
        words = [line.words for line in picker._lines if not line.gap]
        assert words == [entry.label for entry in entries if entry], title
    press(office, "Escape", "Escape")
    assert office.store.state.front.area is None


def test_a_line_that_cannot_be_done_is_not_chosen(office: Office) -> None:
    picker = office.panels.focus.picker
    go(office, "menus")
    press(office, "Right")
    words = [picker._lines[i].words for i in picker._usable()]
    assert "Undo" not in words
    assert "History" in words
    press(office, "Enter")
    assert office.store.state.tabs[:1] == ("History",)


def test_enter_on_a_number_types_it_and_tab_goes_on_from_there(office: Office) -> None:
    office.do("select", track=0)
    go(office, "right")
    reach(office, office.panels.inspector.numbers["x"])
    press(office, "Enter")
    entry = office.panels.entry
    assert entry.field == office.panels.inspector.numbers["x"]
    dpg.set_value(entry.line, "1/2")
    entry.finish()
    assert office.store.state.selected_pose is not None
    assert office.store.state.selected_pose.position[0] == 0.5
    assert len(office.store.state.history.past) == 1


@pytest.mark.parametrize("name", ["preferences", "save-as", "open-dialog", "looks"])
def test_dialogs_can_be_walked_and_left(office: Office, name: str) -> None:
    office.do("select", track=0)
    office.do(name, on=True)
    window = office.panels._asked()
    assert window is not None
    there = list(controls(window))
    for _ in there:
        press(office, "Tab")
    assert office.panels.focus.at == there[-1]
    assert len(there) >= 2
    press(office, "Escape")
    assert office.panels._asked() is None


def test_a_dialog_keeps_keys_from_the_panel_below(office: Office) -> None:
    go(office, "right")
    panel = office.panels.focus.at
    office.do("preferences", on=True)
    press(office, "Tab")
    assert kind(office.panels.focus.at or 0) == "Combo"
    press(office, "Enter", "Down", "Enter", "Escape")
    assert office.store.state.settings.keymap == "Unreal"
    office.panels.focus.tick()
    assert office.panels.focus.at == panel


def test_what_goes_away_under_the_ring_leaves_it_to_its_neighbour(
    office: Office,
) -> None:
    go(office, "left")
    reach(office, office.panels.tree.labels[0])
    office.do("list-search", text="nobody is called so")
    office.panels.focus.tick()
    at = office.panels.focus.at
    assert at is None or dpg.does_item_exist(at)
    press(office, "Tab")
    assert office.panels.focus.at in [
        item for part in office.panels._parts("left") for item in controls(part)
    ]
