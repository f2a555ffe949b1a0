"""Dear PyGui's containers as what they are: context managers that give an item."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import takewhile
from typing import Any, cast

import dearpygui.dearpygui as dpg

Item = int | str
"""How Dear PyGui names everything on the screen."""


def within(container: object) -> AbstractContextManager[Item]:
    """`with within(dpg.group()):`; to the toolkit's types this is an int."""
    return cast("AbstractContextManager[Item]", container)


def panel(parent: Item, scroll: bool = False) -> AbstractContextManager[Item]:
    """A part of the window, with room at its edges as its theme says.

    Tab, which selects the next object, does not leave it: the toolkit would go to the
    first text field of the whole window otherwise, and take all further keys for text.
    """
    made = dpg.child_window(
        parent=parent,
        always_use_window_padding=True,
        no_scrollbar=not scroll,
        no_scroll_with_mouse=not scroll,
        flattened_navigation=False,
    )
    return within(made)


def dialog(
    on_close: Callable[[], object], label: str = "", **how: Any
) -> AbstractContextManager[Item]:
    """A window in front of all others, hidden; it cannot be resized or folded."""
    made = dpg.window(
        label=label,
        show=False,
        no_resize=True,
        no_collapse=True,
        on_close=on_close,
        **how,
    )
    return within(made)


TIP_S = 0.5
"""From the moment that the mouse rests until a tooltip comes."""


def explain(item: Item, *lines: str) -> Item:
    """What something is for, once the mouse rests on it."""
    shown = bool(dpg.is_item_shown(item))
    with within(dpg.tooltip(item, delay=TIP_S, show=shown)) as made:
        for line in lines:
            dpg.add_text(line)
    return made


def set_shown(item: Item, on: bool) -> None:
    """Show or hide an item, and what explains it.

    The toolkit's tooltips belong to whatever was drawn before them: one of a hidden
    item would come with its neighbour's.
    """
    if dpg.is_item_shown(item) == on:
        return
    dpg.configure_item(item, show=on)
    room = dpg.get_item_parent(item)
    after = dpg.get_item_children(room, 1) if room else ()
    for made in takewhile(is_tooltip, after[after.index(item) + 1 :]):  # pyright: ignore
        dpg.configure_item(made, show=on)


def is_tooltip(item: Item) -> bool:
    """It explains what was made before it."""
    return dpg.get_item_type(item) == "mvAppItemType::mvTooltip"
