"""The lists of steps and of variants, without a screen."""

import dearpygui.dearpygui as dpg

from nsg_editor.derived.beside import beside_names
from nsg_editor.ui.panels.history_panel import HistoryPanel
from nsg_editor.ui.panels.variants_panel import VariantsPanel
from tests.ui.office import Office


def panel(office: Office, title: str) -> HistoryPanel | VariantsPanel:
    found = next(p for d in office.panels.docks for p in d.panels if p.title == title)
    assert isinstance(found, HistoryPanel | VariantsPanel)
    office.do("panel", title=title)
    return found


def rows(office: Office, title: str) -> list[tuple[str, bool]]:
    shown = panel(office, title)
    if isinstance(shown, VariantsPanel):
        return [
            (
                " ".join(dpg.get_value(card.label).split()),
                dpg.get_item_theme(card.picture) == shown._chosen,
            )
            for card in shown._cards.values()
        ]
    items = dpg.get_item_children(shown.list, 1) or ()
    return [
        (" ".join((dpg.get_item_label(row) or "").split()), dpg.get_value(row))
        for row in items
    ]


def click(office: Office, title: str, at: int) -> None:
    items = dpg.get_item_children(panel(office, title).list, 1) or ()
    office.press(items[at], True, dpg.get_item_user_data(items[at]))


def test_the_history_marks_the_present_and_a_click_goes_elsewhere(
    office: Office,
) -> None:
    for x in (1.0, 2.0, 3.0):
        office.do("move", track=0, by=(x, 0.0, 0.0))
    assert [label for label, _ in rows(office, "History")] == [
        "0 Opened",
        *(f"{i} Move Car 0 by {i}.00 m" for i in (1, 2, 3)),
    ]
    click(office, "History", 1)
    assert len(office.store.state.edits) == 1
    assert [marked for _, marked in rows(office, "History")] == [
        *(False, True, False, False)
    ]
    click(office, "History", 3)
    assert len(office.store.state.edits) == 3
    # A new edit forgets what was undone, and so does the list.
    click(office, "History", 2)
    office.do("turn", track=1, degrees=10.0)
    assert [label for label, _ in rows(office, "History")][3:] == [
        "3 Turn Car 1 by 10.0 deg"
    ]


def test_a_drag_is_one_row_that_follows_the_hand(office: Office) -> None:
    office.do("select", track=0)
    office.do("begin")
    for x in (1.0, 2.0):
        office.do("drag-move", by=(x, 0.0, 0.0))
    office.do("end")
    assert rows(office, "History")[1:] == [("1 Move Car 0 by 2.00 m", True)]


def test_variants_are_made_named_and_deleted_in_their_panel(office: Office) -> None:
    office.do("move", track=0, by=(1.0, 0.0, 0.0))
    made = panel(office, "Variants")
    assert isinstance(made, VariantsPanel)
    assert rows(office, "Variants") == [("A 1 edit", True)]
    assert not dpg.is_item_shown(made.delete)
    office.press(made.copy)
    office.do("move", track=0, by=(1.0, 0.0, 0.0))
    assert rows(office, "Variants") == [("A 1 edit", False), ("B 2 edits", True)]
    office.press(made.name, "night")
    assert rows(office, "Variants")[1] == ("night 2 edits", True)
    # A name that is taken stays what it was.
    office.press(made.name, "A")
    assert "already" in office.store.state.notice
    assert dpg.get_value(made.name) == "night"
    first = made._cards["A"]
    office.press(first.picture, None, "A")
    assert len(office.store.state.edits) == 1
    assert not dpg.is_item_shown(first.beside)
    office.press(made._cards["night"].beside, True, "night")
    assert beside_names(office.store.state) == ("A", "night")
    office.press(made.beside)
    assert beside_names(office.store.state) == ()
    assert not dpg.get_value(made._cards["night"].beside)
    office.press(made.empty)
    assert rows(office, "Variants")[1] == ("B 0 edits", True)
    office.press(made.delete)
    assert [label for label, _ in rows(office, "Variants")] == [
        *("A 1 edit", "night 2 edits")
    ]


def test_a_frame_without_an_open_menu(office: Office) -> None:
    assert not office.panels.toolbar.unrolled
