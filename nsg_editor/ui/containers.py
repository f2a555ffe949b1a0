"""Dear PyGui's containers as what they are: context managers that give an item."""

from contextlib import AbstractContextManager
from typing import cast

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
