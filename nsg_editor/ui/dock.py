"""A part of the window that shows one of several panels, chosen by tabs."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import dearpygui.dearpygui as dpg

from nsg_editor.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.layout import Rect
from nsg_editor.ui.theme import Fonts

TABS = 34
"""Pixels that the row of tabs takes."""
PADDING = (14, 8)


@runtime_checkable
class Panel(Protocol):
    """What a dock can show."""

    title: str

    def build(self, parent: Item) -> None:
        """Make its items."""
        ...

    def arrange(self, width: int, height: int) -> None:
        """It has this much room, padding left out."""
        ...

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show a state; `old` is None where it was not shown before."""
        ...

    def fields(self) -> tuple[Item, ...]:
        """Where somebody may type, so that keys are no shortcuts meanwhile."""
        ...


class Dock:
    """Tabs and the panel of the chosen one; the others rest.

    The tabs are buttons: Dear PyGui's own stretch the first one over the whole row.
    """

    def __init__(self, do: Dispatch, fonts: Fonts, *panels: Panel) -> None:
        self._do, self._fonts = do, fonts
        self.panels: Sequence[Panel] = panels
        self.tabs: list[Item] = []
        self._rooms: list[Item] = []
        self._shown: int | None = None
        self._seen: EditorState | None = None

    def build(self, parent: Item) -> None:
        """Make the tabs and all panels."""
        self._chosen = theme.button_theme(theme.RAISED, theme.HOVER)
        self._others = theme.button_theme(theme.SUNK, theme.HOVER, theme.DIM)
        bar = theme.bare_theme(theme.SUNK, 6, 4)
        padded = theme.bare_theme(theme.PANEL, *PADDING)
        frame = dpg.child_window(parent=parent, always_use_window_padding=True)
        with within(frame) as self.frame:
            dpg.configure_item(self.frame, no_scrollbar=True, no_scroll_with_mouse=True)
            with within(dpg.group(horizontal=True, horizontal_spacing=2)):
                for panel in self.panels:
                    self._build_tab(panel)
        dpg.bind_item_theme(self.frame, bar)
        for panel in self.panels:
            room = dpg.add_child_window(parent=parent, always_use_window_padding=True)
            dpg.bind_item_theme(room, padded)
            self._rooms.append(room)
            panel.build(room)

    def _build_tab(self, panel: Panel) -> None:
        tab = dpg.add_button(
            label=panel.title,
            user_data=panel.title,
            callback=lambda _, __, title: self._do("panel", title=title),
        )
        if self._fonts.strong:
            dpg.bind_item_font(tab, self._fonts.small)
        self.tabs.append(tab)

    def arrange(self, place: Rect) -> None:
        """Place it in the window."""
        dpg.configure_item(
            self.frame, pos=(place.x, place.y), width=place.width, height=TABS
        )
        height = max(place.height - TABS, 20)
        for room, panel in zip(self._rooms, self.panels, strict=True):
            dpg.configure_item(
                room,
                pos=(place.x, place.y + TABS),
                width=place.width,
                height=height,
            )
            panel.arrange(place.width - 2 * PADDING[0], height - 2 * PADDING[1])
        self._seen = None

    def sync(self, state: EditorState) -> None:
        """Bring the tabs and the shown panel up to the state."""
        titles = [panel.title for panel in self.panels]
        wanted = next((t for t in state.tabs if t in titles), titles[0])
        index = titles.index(wanted)
        if index != self._shown:
            self._shown, self._seen = index, None
            for i, (tab, room) in enumerate(zip(self.tabs, self._rooms, strict=True)):
                look = self._chosen if i == index else self._others
                dpg.bind_item_theme(tab, look)
                dpg.configure_item(room, show=i == index)
        self.panels[index].sync(self._seen, state)
        self._seen = state

    def fields(self) -> tuple[Item, ...]:
        """Where somebody may type."""
        return tuple(item for panel in self.panels for item in panel.fields())
