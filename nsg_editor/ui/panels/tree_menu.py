"""What can be done with the rows of the scene's list: a menu at the mouse."""

import dearpygui.dearpygui as dpg

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts, px

LATER = 5
"""Frames by which "the same later" is later."""

ENTRIES: tuple[tuple[str, str, dict[str, object]] | None, ...] = (
    ("Rename", "list-rename", {}),
    ("Look at", "focus", {}),
    None,
    ("Alone, or with all", "solo", {}),
    ("Hide or show", "hide", {}),
    ("Lock or unlock", "lock", {}),
    None,
    ("Duplicate", "duplicate", {}),
    (f"Duplicate {LATER} frames later", "duplicate", {"later": LATER}),
    ("Another look ...", "looks", {"on": True}),
    ("Swap looks of two", "swap-looks", {}),
    None,
    ("Delete", "remove", {}),
)


class TreeMenu:
    """A window at the mouse, which any click closes."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._opened = 0
        """In this frame of the window."""

    def build(self) -> None:
        """Make the window, and keep it out of sight."""
        with within(
            dpg.window(popup=True, show=False, no_title_bar=True, autosize=True)
        ) as self.window:
            for entry in ENTRIES:
                if entry is None:
                    dpg.add_separator()
                else:
                    self._add(*entry)
        with within(dpg.handler_registry()):
            for button in (dpg.mvMouseButton_Left, dpg.mvMouseButton_Right):
                dpg.add_mouse_click_handler(button, callback=self._clicked)

    def _add(self, label: str, action: str, arguments: dict[str, object]) -> None:
        item = dpg.add_selectable(
            label=label,
            width=px(190),
            user_data=(action, arguments),
            callback=self._chosen,
        )
        colour = theme.BAD if action == "remove" else theme.TEXT
        with within(dpg.theme()) as ink, within(dpg.theme_component(dpg.mvAll)):
            dpg.add_theme_color(dpg.mvThemeCol_Text, colour)
        dpg.bind_item_theme(item, ink)

    def open(self) -> None:
        """Show it at the mouse."""
        x, y = dpg.get_mouse_pos(local=False)
        dpg.configure_item(self.window, pos=(x, y), show=True)
        self._opened = dpg.get_frame_count()

    def close(self) -> bool:
        """Out of sight again; False if it was."""
        shown = bool(dpg.is_item_shown(self.window))
        if shown:
            dpg.configure_item(self.window, show=False)
        return shown

    def _clicked(self) -> None:
        """The toolkit's own way would miss clicks into other child windows."""
        opening = dpg.get_frame_count() <= self._opened + 1
        x, y = dpg.get_mouse_pos(local=False)
        left, top = dpg.get_item_pos(self.window)
        width, height = dpg.get_item_rect_size(self.window)
        inside = left <= x < left + width and top <= y < top + height
        if not (opening or inside):
            self.close()

    def _chosen(
        self, sender: Item, on: bool, wish: tuple[str, dict[str, object]]
    ) -> None:
        dpg.set_value(sender, False)
        self.close()
        action, arguments = wish
        self._do(action, **arguments)
