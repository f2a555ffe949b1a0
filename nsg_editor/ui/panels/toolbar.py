"""The row at the top: menus, undo, what the picture shows, the drive's name."""

from typing import Any

import dearpygui.dearpygui as dpg

from nsg_editor.console.key_sheet import tip
from nsg_editor.derived.menus import MENUS, Entry, Menu, usable
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.values.keymaps import Name, keys_of

HEIGHT = 31
TIPS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("undo", "Take back the last step", "undo", {}),
    ("redo", "Do it again", "redo", {}),
    ("neural", "The picture as the model draws it", "show", {"picture": "neural"}),
    ("recorded", "The picture as it was recorded", "show", {"picture": "recorded"}),
    ("boxes", "Show or hide the boxes", "boxes", {}),
    ("save", "Keep the edits in a file", "save", {}),
    ("find", "Search all that can be done", "palette", {}),
    ("help", "All keys", "help", {}),
)


class Toolbar:
    """Menus of all actions, and buttons for those that are used all the time."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._cameras: tuple[str, ...] = ()
        self._entries: list[tuple[Entry, Item]] = []
        self._firsts: list[Item] = []
        """Something in each menu that is seen while it is open."""
        self._tips: dict[str, Item] = {}
        self._keymap: Name | None = None
        self._enabled: dict[Item, bool] = {}

    def build(self, parent: Item) -> None:
        """Make menus and buttons."""
        self._on = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_DEEP)
        self._off = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)
        self._usual = theme.button_theme(theme.RAISED, theme.HOVER)
        with (
            within(
                dpg.child_window(parent=parent, menubar=True, no_scrollbar=True)
            ) as self.panel,
            within(dpg.menu_bar()),
        ):
            for menu in MENUS:
                self._menu(menu)
            self._row()
        dpg.bind_item_theme(self.panel, _bar_theme())

    @property
    def unrolled(self) -> bool:
        """A menu lies over what is below it."""
        return any(map(dpg.is_item_visible, self._firsts))

    def _menu(self, menu: Menu) -> None:
        title, entries = menu
        with within(dpg.menu(label=title)):
            # A line of a menu cannot tell whether it is seen; an empty group can.
            self._firsts.append(dpg.add_group())
            for entry in entries:
                if entry is None:
                    dpg.add_separator()
                    continue
                item = dpg.add_menu_item(
                    label=entry.label, callback=self._chosen, user_data=entry
                )
                self._entries.append((entry, item))
                if entry.action == "open-dialog":
                    self.open = item

    def _chosen(self, sender: Item, data: object, entry: Entry) -> None:
        self._do(entry.action, **entry.arguments)

    def _row(self) -> None:
        dpg.add_spacer(width=px(8))
        self.undo, self.redo = self._button("Undo"), self._button("Redo")
        dpg.add_spacer(width=px(8))
        self.neural, self.recorded = self._button("Neural"), self._button("Recorded")
        self.boxes = self._button("Boxes")
        self.camera = dpg.add_combo(
            (), width=px(116), callback=lambda _, name: self._do("camera", name=name)
        )
        dpg.add_spacer(width=px(8))
        self.save, self.find = self._button("Save"), self._button("Find")
        self.help = self._button("Help", "?")
        dpg.add_spacer(width=px(10))
        self.title = dpg.add_text("", color=theme.DIM)

    def _button(self, name: str, label: str = "") -> Item:
        key = name.lower()
        action, arguments = next((a, b) for n, _, a, b in TIPS if n == key)
        button = dpg.add_button(
            label=label or name, callback=lambda: self._do(action, **arguments)
        )
        with within(dpg.tooltip(button, delay=0.5)):
            self._tips[key] = dpg.add_text("")
        return button

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Say what can be done now."""
        history = new.history.present
        variant = f", variant {history.variant}" if len(history.variants) > 1 else ""
        saved = " (not saved)" if new.dirty else ""
        dpg.set_value(self.title, f"{new.drive.title}{variant}{saved}")
        if new.settings.keymap != self._keymap:
            self._name_keys(new.settings.keymap)
        for entry, item in self._entries:
            self._enable(item, usable(new, entry.action))
        for button, action in ((self.undo, "undo"), (self.redo, "redo")):
            can = usable(new, action)
            if self._enable(button, can):
                dpg.bind_item_theme(button, self._usual if can else self._off)
        self._pressed(self.neural, new.neural)
        self._pressed(self.recorded, not new.neural)
        self._pressed(self.boxes, new.boxes)
        cameras = tuple(camera.name for camera in new.scene.cameras)
        if cameras != self._cameras:
            self._cameras = cameras
            dpg.configure_item(self.camera, items=cameras, show=len(cameras) > 1)
        dpg.set_value(self.camera, new.camera)

    def _name_keys(self, keymap: Name) -> None:
        """Tooltips and menus name the keys that are in use."""
        self._keymap = keymap
        for name, words, action, arguments in TIPS:
            keys = arguments if action != "show" else {}
            dpg.set_value(self._tips[name], tip(keymap, words, action, **keys))
        for entry, item in self._entries:
            keys = keys_of(keymap, entry.action, entry.arguments)
            dpg.configure_item(item, shortcut=keys[0] if keys else "")

    def _enable(self, item: Item, enabled: bool) -> bool:
        """True where that is news: hundreds of calls a frame would cost time."""
        if self._enabled.get(item) == enabled:
            return False
        self._enabled[item] = enabled
        dpg.configure_item(item, enabled=enabled)
        return True

    def _pressed(self, button: Item, pressed: bool) -> None:
        dpg.bind_item_theme(button, self._on if pressed else self._usual)


def _bar_theme() -> Item:
    with (
        within(dpg.theme()) as made,
        within(dpg.theme_component(dpg.mvAll)),
    ):
        dpg.add_theme_color(dpg.mvThemeCol_MenuBarBg, theme.PANEL)
        dpg.add_theme_style(dpg.mvStyleVar_WindowPadding, px(10), px(6))
        dpg.add_theme_style(dpg.mvStyleVar_FramePadding, px(9), px(6))
        dpg.add_theme_style(dpg.mvStyleVar_ItemSpacing, px(6), px(6))
    return made
