"""The row at the top: menus, undo, what the picture shows, the drive's name."""

from typing import Any

import dearpygui.dearpygui as dpg

from nsg_editor.console.key_sheet import tip
from nsg_editor.derived.menus import MENUS, Entry, Menu, usable
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.geometry.overflow import left_out
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import TIP_S, Item, set_shown, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.values.keymaps import Name, keys_of

HEIGHT = 31
MORE = ">>"
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
DISPENSABLE = (
    *("help", "find", "camera", "save", "boxes", "recorded", "neural", "title"),
)
"""What a narrow window does without, the first one first: all of it has a line in the
menu at the row's end."""
MEASURING = 3
"""Frames until it is known how wide everything is."""


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
        self._parts: dict[str, Item] = {}
        """What may be left out, by name."""
        self._lines: dict[str, Item] = {}
        """The same as lines of the menu at the end."""
        self._widths: dict[str, float] = {}
        self._always = 0.0
        """Where what is never left out ends."""
        self._measured: tuple[float, tuple[str, ...]] | None = None
        """For which letters and cameras the widths hold."""
        self._fitted: tuple[float, str] | None = None
        """What was fitted: the width of the window, and the title."""
        self._width, self._measuring = 1280.0, MEASURING

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
        self._overflow()

    def _overflow(self) -> None:
        """The menu of what a narrow window has no room for."""
        self._parts = {name: getattr(self, name) for name in DISPENSABLE}
        with within(dpg.menu(label=MORE, show=False)) as self.more:
            self._firsts.append(dpg.add_group())
            self._lines["title"] = dpg.add_text("", color=theme.DIM)
            for name, words, action, arguments in TIPS:
                if name in DISPENSABLE:
                    entry = Entry(words, action, arguments)
                    self._lines[name] = dpg.add_menu_item(
                        label=words, callback=self._chosen, user_data=entry
                    )
            self._lines["camera"] = dpg.add_menu(label="Camera")

    def arrange(self, width: int) -> None:
        """The row has so many pixels."""
        self._width = width

    def tick(self) -> None:
        """Once a frame: leave out what has no room, once all has been measured."""
        letters = (theme.scale(), self._cameras)
        if self._measured != letters:
            self._measured, self._measuring = letters, MEASURING
            self._fitted = None
            self._leave_out(frozenset())
        elif self._measuring:
            self._measuring -= 1
            if self._measuring == 0:
                self._measure()
        elif self._fitted != (fitted := (self._width, dpg.get_value(self.title))):
            self._fitted = fitted
            self._fit(fitted[1])

    def _measure(self) -> None:
        """How wide everything is, which only a frame that shows it knows."""
        gap = px(6)
        self._widths = {
            name: dpg.get_item_rect_size(part)[0] + gap
            for name, part in self._parts.items()
            if name != "camera" or len(self._cameras) > 1
        }
        self._always = dpg.get_item_rect_max(self.redo)[0]

    def _fit(self, title: str) -> None:
        spaces = 3 * (px(8) + px(6)) + px(18)
        size = dpg.get_text_size(title)
        self._widths["title"] = size[0] if size else px(8) * len(title)
        room = self._width - self._always - spaces
        self._leave_out(left_out(self._widths, DISPENSABLE, room, px(44)))

    def _leave_out(self, names: frozenset[str]) -> None:
        for name, part in self._parts.items():
            there = name not in names
            if name == "camera":
                there = there and len(self._cameras) > 1
            set_shown(part, there)
            set_shown(self._lines[name], name in names)
        set_shown(self.more, bool(names))

    def _button(self, name: str, label: str = "") -> Item:
        key = name.lower()
        action, arguments = next((a, b) for n, _, a, b in TIPS if n == key)
        button = dpg.add_button(
            label=label or name, callback=lambda: self._do(action, **arguments)
        )
        with within(dpg.tooltip(button, delay=TIP_S)):
            self._tips[key] = dpg.add_text("")
        return button

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Say what can be done now."""
        history = new.history.present
        variant = f", variant {history.variant}" if len(history.variants) > 1 else ""
        saved = " (not saved)" if new.dirty else ""
        named = [new.project.stem] if new.project else []
        names = " - ".join(dict.fromkeys((*named, new.drive.title)))
        for title in (self.title, self._lines["title"]):
            dpg.set_value(title, f"{names}{variant}{saved}")
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
            dpg.configure_item(self.camera, items=cameras)
            self._list_cameras()
        dpg.set_value(self.camera, new.camera)

    def _list_cameras(self) -> None:
        dpg.delete_item(self._lines["camera"], children_only=True)
        for name in self._cameras:
            dpg.add_menu_item(
                label=name,
                parent=self._lines["camera"],
                user_data=Entry(name, "camera", {"name": name}),
                callback=self._chosen,
            )

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
