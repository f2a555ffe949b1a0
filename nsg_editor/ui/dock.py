"""A part of the window that shows one of several panels, chosen by tabs."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import dearpygui.dearpygui as dpg

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.geometry.arrangement import Dock as Name
from nsg_editor.geometry.arrangement import Rect
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, within
from nsg_editor.ui.fitting import MORE, unfit
from nsg_editor.ui.theme import Fonts, px

TABS = 34
"""Pixels that the row of tabs takes, before they are scaled."""
PADDING = (14, 8)
MARGIN = (6, 4)
"""Around the tabs."""
FOLD = 22
"""Pixels of the button that folds."""
SIGNS: dict[Name, tuple[str, str]] = {
    "left": ("<", ">"),
    "right": (">", "<"),
    "bottom": ("v", "^"),
}
"""On that button: to fold, and to unfold."""


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
    """Tabs and the panel of the chosen one; the others rest. It can be folded.

    The tabs are buttons: Dear PyGui's own stretch the first one over the whole row.
    """

    def __init__(self, name: Name, do: Dispatch, fonts: Fonts, *panels: Panel) -> None:
        self._name: Name = name
        self._do, self._fonts = do, fonts
        self.panels: Sequence[Panel] = panels
        self.tabs: list[Item] = []
        self._rooms: list[Item] = []
        self._folded = False
        self._shown: tuple[int, bool] | None = None
        self._seen: EditorState | None = None
        self._tabs: tuple[str, ...] | None = None
        self._width = 0

    def build(self, parent: Item) -> None:
        """Make the tabs and all panels."""
        self._chosen = theme.button_theme(theme.RAISED, theme.HOVER)
        self._others = theme.button_theme(theme.SUNK, theme.HOVER, theme.DIM)
        bar = theme.bare_theme(theme.SUNK, *MARGIN)
        padded = theme.bare_theme(theme.NOTHING, *PADDING)
        frame = dpg.child_window(
            parent=parent, always_use_window_padding=True, flattened_navigation=False
        )
        with within(frame) as self.frame:
            dpg.configure_item(self.frame, no_scrollbar=True, no_scroll_with_mouse=True)
            with within(dpg.group(horizontal=True, horizontal_spacing=px(2))) as row:
                self._row = row
                for panel in self.panels:
                    self._build_tab(panel)
                self._build_more()
            self._build_fold()
        dpg.bind_item_theme(self.frame, bar)
        for panel in self.panels:
            room = dpg.add_child_window(
                parent=parent,
                always_use_window_padding=True,
                flattened_navigation=False,
            )
            dpg.bind_item_theme(room, padded)
            self._rooms.append(room)
            panel.build(room)

    def _build_tab(self, panel: Panel) -> None:
        tab = dpg.add_button(
            label=panel.title,
            user_data=panel.title,
            callback=lambda _, __, title: self._choose(title),
        )
        if self._fonts.strong:
            dpg.bind_item_font(tab, self._fonts.small)
        self.tabs.append(tab)

    def _build_more(self) -> None:
        """The menu of tabs that have no room."""
        self.more = dpg.add_button(label=MORE, show=False)
        dpg.bind_item_theme(self.more, self._others)
        if self._fonts.strong:
            dpg.bind_item_font(self.more, self._fonts.small)
        with within(dpg.popup(self.more, mousebutton=dpg.mvMouseButton_Left)) as menu:
            self.menu = menu
            self._entries = [
                dpg.add_menu_item(
                    label=panel.title,
                    user_data=panel.title,
                    callback=lambda _, __, title: self._choose(title),
                )
                for panel in self.panels
            ]

    def _fit_tabs(self, chosen: int) -> None:
        """Leave out the last tabs where the row is too narrow, but not the chosen."""
        titles = [panel.title for panel in self.panels]
        others = [title for title in reversed(titles) if title != titles[chosen]]
        font = self._fonts.small if self._fonts.strong else 0
        room = self._width - 2 * px(MARGIN[0]) - px(FOLD)
        gone = unfit({title: title for title in titles}, others, room, font)
        rows = zip(titles, self.tabs, self._entries, strict=True)
        for title, tab, entry in rows:
            dpg.configure_item(tab, show=title not in gone)
            dpg.configure_item(entry, show=title in gone)
        dpg.configure_item(self.more, show=bool(gone))

    def _choose(self, title: str) -> None:
        self._do("panel", title=title)
        self._do("fold", dock=self._name, on=False)

    def _build_fold(self) -> None:
        with within(dpg.group(pos=(0, px(MARGIN[1])))) as self._corner:
            self.fold = dpg.add_button(
                label=SIGNS[self._name][0],
                width=px(FOLD),
                callback=lambda: self._do("fold", dock=self._name),
            )
            dpg.bind_item_theme(self.fold, self._others)
            if self._fonts.strong:
                dpg.bind_item_font(self.fold, self._fonts.small)
            explain(self.fold, "Fold these panels away, or unfold them")

    def arrange(self, place: Rect, folded: bool = False) -> None:
        """Place it in the window."""
        self._folded, self._width = folded, place.width
        tabs = px(TABS)
        narrow = folded and self._name != "bottom"
        dpg.configure_item(
            self.frame,
            pos=(place.x, place.y),
            width=place.width,
            height=place.height if narrow else min(tabs, place.height),
        )
        dpg.configure_item(self._row, show=not narrow)
        dpg.configure_item(self.fold, label=SIGNS[self._name][folded])
        right = px(MARGIN[0] // 2) if narrow else place.width - px(FOLD + MARGIN[0])
        dpg.configure_item(self._corner, pos=(max(right, 0), px(MARGIN[1])))
        height = max(place.height - tabs, 20)
        for room, panel in zip(self._rooms, self.panels, strict=True):
            dpg.configure_item(
                room,
                pos=(place.x, place.y + tabs),
                width=place.width,
                height=height,
            )
            across, down = (2 * px(padding) for padding in PADDING)
            if not folded:
                panel.arrange(place.width - across, height - down)
        self._seen = self._shown = None

    def sync(self, state: EditorState) -> None:
        """Bring the tabs and the shown panel up to the state."""
        titles = [panel.title for panel in self.panels]
        self._open_for(state.tabs, titles)
        wanted = next((t for t in state.tabs if t in titles), titles[0])
        index = titles.index(wanted)
        if (index, self._folded) != self._shown:
            self._shown, self._seen = (index, self._folded), None
            self._fit_tabs(index)
            for i, (tab, room) in enumerate(zip(self.tabs, self._rooms, strict=True)):
                look = self._chosen if i == index else self._others
                dpg.bind_item_theme(tab, look)
                dpg.configure_item(room, show=i == index and not self._folded)
        if not self._folded:
            self.panels[index].sync(self._seen, state)
            self._seen = state

    def _open_for(self, tabs: tuple[str, ...], titles: list[str]) -> None:
        """Whoever asks for a panel sees it, also where its dock was folded."""
        before, self._tabs = self._tabs, tabs
        asked = before is not None and tabs != before and tabs[0] in titles
        if asked and self._folded:
            self._do("fold", dock=self._name, on=False)

    @property
    def parts(self) -> tuple[Item, ...]:
        """The tabs, and the room of the panel that is chosen."""
        chosen = () if self._shown is None else (self._rooms[self._shown[0]],)
        return (self.frame, *chosen)

    def fields(self) -> tuple[Item, ...]:
        """Where somebody may type."""
        return tuple(item for panel in self.panels for item in panel.fields())

    def shown_fields(self) -> tuple[Item, ...]:
        """Those of them that are to be seen."""
        if self._shown is None or self._folded:
            return ()
        return tuple(self.panels[self._shown[0]].fields())
