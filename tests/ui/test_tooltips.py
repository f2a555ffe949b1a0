"""Tooltips come with what they explain, and go with it."""

from collections.abc import Iterator

import dearpygui.dearpygui as dpg

from nsg_editor.ui.containers import Item, explain, is_tooltip, set_shown, within
from tests.ui.office import Office


def lonely(room: Item) -> Iterator[str]:
    """What tooltips say that would be seen without what they explain."""
    explained = None
    for item in dpg.get_item_children(room, 1) or ():  # pyright: ignore
        if not is_tooltip(item):
            explained = item
            if dpg.is_item_shown(item):
                yield from lonely(item)
        elif dpg.is_item_shown(item):
            words = dpg.get_item_children(item, 1) or ()
            if explained is None or not dpg.is_item_shown(explained):
                yield " ".join(str(dpg.get_value(word)) for word in words)


def windows() -> Iterator[str]:
    for root in dpg.get_windows():
        if dpg.get_item_type(root) == "mvAppItemType::mvWindowAppItem":
            yield from lonely(root)


def test_a_tooltip_is_hidden_and_shown_with_its_item(office: Office) -> None:
    with within(dpg.window()) as room:
        first, second = dpg.add_button(), dpg.add_button(show=False)
        explain(first, "one")
        explain(second, "two", "lines")
    assert not list(lonely(room))
    dpg.configure_item(first, show=False)
    assert list(lonely(room)) == ["one"]
    dpg.configure_item(first, show=True)
    set_shown(second, True)
    assert not list(lonely(room))
    set_shown(second, False)
    set_shown(first, False)
    assert not list(lonely(room))
    set_shown(first, True)
    assert not list(lonely(room))


def test_no_tooltip_is_left_of_what_is_hidden(office: Office) -> None:
    assert list(windows()) == []
    for action, arguments in (
        ("select", {"track": 0}),
        ("move", {"track": 0, "by": (1.0, 0.0, 0.0)}),
        ("scope", {"kind": "range"}),
        ("scope", {"kind": "track"}),
        ("variant-new", {}),
        ("camera-key", {}),
        ("camera-path-clear", {}),
        ("draw-path", {}),
        ("cancel", {}),
        ("stage", {"name": "lane-change"}),
        ("undo", {}),
        ("looks", {}),
        ("looks", {"on": False}),
        ("select-none", {}),
    ):
        office.do(action, **arguments)
        assert list(windows()) == [], action
