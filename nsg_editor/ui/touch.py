"""What a key does with a control, by its kind: as the mouse would have it."""

import inspect
from collections.abc import Callable, Iterator, Mapping

import dearpygui.dearpygui as dpg

from nsg_editor.ui.containers import Item
from nsg_editor.ui.looks import kind

NUMBERS = ("DragDouble", "DragDoubleMulti", "DragInt", "DragIntMulti", "SliderDouble")
TEXTS = ("InputText",)
LISTS = ("Combo", "Menu")
"""What opens a list."""
INTO = (
    *("ChildWindow", "Group", "MenuBar", "Table", "TableRow", "WindowAppItem"),
    *("CollapsingHeader", "TreeNode"),
)
"""What holds other controls in it."""


def tell(item: Item, value: object) -> None:
    """Call what a control calls when a hand gives it this value."""
    changed = dpg.get_item_callback(item)
    if changed is None:
        return
    told = dpg.get_item_user_data(item)
    takes = len(inspect.signature(changed).parameters)
    changed(*(item, value, told)[:takes])


def push(item: Item) -> None:
    """Press a button, or choose a line."""
    tell(item, None)


def tick(item: Item) -> None:
    """Tick a box, or take the tick away; so with rows that are chosen."""
    on = not dpg.get_value(item)
    dpg.set_value(item, on)
    tell(item, on)


TOUCHED: Mapping[str, Callable[[Item], None]] = {
    "Button": push,
    "ImageButton": push,
    "MenuItem": push,
    "Checkbox": tick,
    "Selectable": tick,
}
KINDS = frozenset((*TOUCHED, *NUMBERS, *TEXTS, *LISTS))
"""All that keys can go to."""


def controls(root: Item) -> Iterator[Item]:
    """What keys can go to in a part of the window, as it was made one after another."""
    if not dpg.get_item_configuration(root).get("show", True):
        return
    made = kind(root)
    if made in KINDS:
        if _usable(root, made):
            yield root
    elif made in INTO:
        for child in dpg.get_item_children(root, 1) or ():  # pyright: ignore
            # Windows that a button opens hang in the row of the button.
            if kind(child) != "WindowAppItem":
                yield from controls(child)


def _usable(item: Item, made: str) -> bool:
    looks = dpg.get_item_configuration(item)
    if made in ("Button", "ImageButton"):
        # One whose list of lines opens at the mouse has no callback of its own.
        handled = dpg.get_item_info(item)["handlers"] is not None
        return looks["enabled"] and (handled or dpg.get_item_callback(item) is not None)
    return looks.get("enabled", True)
