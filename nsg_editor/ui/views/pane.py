"""The place of one view: a strip with its name and buttons, and a drawing below."""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.geometry.arrangement import KINDS, Kind, Rect
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, within
from nsg_editor.ui.fitting import unfit
from nsg_editor.ui.theme import Fonts, px

STRIP, MARGIN = 26, 4
"""Pixels of the strip and around its buttons, before they are scaled."""
TITLES: dict[Kind, str] = {"camera": "Camera", "free": "Free view", "map": "Map"}


class Pane:
    """Strip, menu and drawing of a view."""

    def __init__(self, kind: Kind, do: Dispatch, fonts: Fonts) -> None:
        self.kind: Kind = kind
        self._do, self._fonts = do, fonts
        self.size = (0, 0)
        self.title_place = Rect(0, 0, 0, 0)
        """Of the strip, in the window."""
        self.shown = True
        self._buttons: dict[str, tuple[Item, Callable[[EditorState], bool]]] = {}
        self._entries: dict[str, Item] = {}
        self.tips: dict[Item, Item] = {}
        """Of the menu, for buttons that have no room."""
        self._lit: dict[str, bool] = {}

    def build(self, parent: Item) -> None:
        """Make strip and drawing; `arrange` gives them their place."""
        self._plain = theme.button_theme(theme.SUNK, theme.HOVER, theme.DIM)
        self._chosen = theme.button_theme(theme.SUNK, theme.HOVER, theme.ACCENT)
        strip = dpg.child_window(
            parent=parent, always_use_window_padding=True, flattened_navigation=False
        )
        with within(strip) as self.strip:
            dpg.configure_item(self.strip, no_scrollbar=True, no_scroll_with_mouse=True)
            self._row = dpg.add_group(horizontal=True, horizontal_spacing=px(2))
        dpg.bind_item_theme(self.strip, theme.bare_theme(theme.SUNK, MARGIN, MARGIN))
        self.title = self._add(TITLES[self.kind], "Double-click: all the room for it")
        with within(dpg.popup(self.title, mousebutton=dpg.mvMouseButton_Left)) as menu:
            self.menu = menu
            self._fill_menu()
        with within(
            dpg.child_window(
                parent=parent,
                no_scrollbar=True,
                no_scroll_with_mouse=True,
                flattened_navigation=False,
            )
        ) as self.frame:
            self.canvas = dpg.add_drawlist(16, 16)

    def _fill_menu(self) -> None:
        for other in KINDS:
            if other != self.kind:
                dpg.add_menu_item(
                    label=f"Swap with: {TITLES[other]}",
                    user_data=other,
                    callback=lambda _, __, to: self._do(
                        "swap-views", view=self.kind, other=to
                    ),
                )
        dpg.add_menu_item(label="All the room, or share it", callback=self._maximise)
        dpg.add_menu_item(
            label="Small views beside or below",
            callback=lambda: self._do("arrange-views"),
        )
        dpg.add_menu_item(
            label="Back to this view's start",
            callback=lambda: self._do("home", where=self.kind),
        )
        dpg.add_menu_item(
            label="Usual layout", callback=lambda: self._do("usual-layout")
        )

    def _maximise(self) -> None:
        self._do("maximise", view=self.kind)

    def _add(
        self, label: str, tip: str, press: Callable[[], object] | None = None
    ) -> Item:
        button = dpg.add_button(label=label, parent=self._row, small=True)
        dpg.bind_item_theme(button, self._plain)
        if self._fonts.small:
            dpg.bind_item_font(button, self._fonts.small)
        if press is not None:
            dpg.configure_item(button, callback=lambda: press())
        self.tips[button] = explain(button, tip)
        return button

    def add_button(
        self,
        label: str,
        tip: str,
        press: Callable[[], object],
        lit: Callable[[EditorState], bool] = lambda _: False,
    ) -> Item:
        """One more button of the strip; it is lit while `lit` says so."""
        button = self._add(label, tip, press)
        self._buttons[label] = (button, lit)
        entry = dpg.add_menu_item(label=label, parent=self.menu, show=False)
        dpg.configure_item(entry, callback=lambda: press())
        self._entries[label] = entry
        return button

    def _fit_buttons(self, width: int) -> None:
        """Leave out the last buttons of a narrow strip; the menu has them then."""
        labels = {name: dpg.get_item_label(b) for name, (b, _) in self._buttons.items()}
        shown = {"": TITLES[self.kind]} | {n: text or n for n, text in labels.items()}
        room = width - px(MARGIN)
        gone = unfit(shown, list(reversed(self._buttons)), room, self._fonts.small)
        for name, (button, _) in self._buttons.items():
            dpg.configure_item(button, show=name not in gone)
            dpg.configure_item(self._entries[name], show=name in gone)
        sign = " ..." if gone else ""
        dpg.configure_item(self.title, label=TITLES[self.kind] + sign)

    def arrange(self, place: Rect | None, share: Rect | None = None) -> None:
        """Place it in the window; None: it is not shown. `share`: the part of its room
        that its drawing has, where others are beside it."""
        self.shown = place is not None
        for item in (self.strip, self.frame):
            dpg.configure_item(item, show=self.shown)
        if place is None:
            return
        strip, room = px(STRIP), share or below_strip(place)
        dpg.configure_item(
            self.strip, pos=(place.x, place.y), width=place.width, height=strip
        )
        dpg.configure_item(
            self.frame,
            pos=(room.x, room.y),
            width=room.width,
            height=room.height,
        )
        dpg.configure_item(self.canvas, width=room.width, height=room.height)
        self.size = (room.width, room.height)
        self._fit_buttons(place.width)
        self.title_place = Rect(place.x, place.y, place.width, strip)

    def sync(self, state: EditorState) -> None:
        """Light the buttons of what is on."""
        active = state.views.active == self.kind
        self._light("title", self.title, active)
        for label, (button, lit) in self._buttons.items():
            self._light(label, button, lit(state))

    def _light(self, name: str, button: Item, on: bool) -> None:
        if self._lit.get(name) != on:
            self._lit[name] = on
            dpg.bind_item_theme(button, self._chosen if on else self._plain)

    def titled(self, x: float, y: float) -> bool:
        """A point of the window is in the strip."""
        return self.shown and self.title_place.holds(x, y)

    def mouse(self, at: tuple[float, float] | None = None) -> tuple[float, float]:
        """Where the mouse is, or another point of the window, in the drawing."""
        left, top = dpg.get_item_rect_min(self.canvas)
        x, y = dpg.get_mouse_pos(local=False) if at is None else at
        return x - left, y - top

    def holds(self, x: float, y: float) -> bool:
        """A point of the drawing is within it."""
        return self.shown and 0 <= x < self.size[0] and 0 <= y < self.size[1]


def below_strip(place: Rect) -> Rect:
    """What a view's strip leaves of its place."""
    strip = px(STRIP)
    return Rect(place.x, place.y + strip, place.width, max(place.height - strip, 1))
