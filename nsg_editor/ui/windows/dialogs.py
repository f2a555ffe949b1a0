"""Windows in front of all others: what went wrong, and the list of keys."""

from collections.abc import Iterable

import dearpygui.dearpygui as dpg

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui.containers import Item, dialog, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.windows.choice import Choice
from nsg_editor.ui.windows.key_list import KeyList

WIDTH, LINE = 620, 19
"""Pixels of a message, and from a line of text to the next."""
REMEDIES = {"save-as": "Save as ..."}
"""What the buttons of actions say that may help."""


class Dialogs:
    """At most one error and one help window; both follow the state."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self.keys = KeyList(do, fonts)
        self._remedy = ""

    def build(self) -> None:
        """Make both, hidden."""
        with dialog(lambda: self._do("close-dialog"), label="Error") as self.error:
            self.text = dpg.add_input_text(
                multiline=True, readonly=True, width=px(WIDTH), height=px(170)
            )
            dpg.add_spacer(height=px(2))
            with within(dpg.group(horizontal=True)):
                self.close = dpg.add_button(
                    label="Close",
                    width=px(90),
                    callback=lambda: self._do("close-dialog"),
                )
                self.copy = dpg.add_button(
                    label="Copy text", width=px(110), callback=self._copy
                )
                self.remedy = dpg.add_button(
                    width=px(110), show=False, callback=self._help
                )
                self.close_all = dpg.add_button(
                    label="Close all",
                    width=px(90),
                    callback=lambda: self._do("close-dialog", every=True),
                )
        self.choice = Choice(
            (self.close, lambda: self._do("close-dialog")),
            (self.copy, self._copy),
            (self.remedy, self._help),
            (self.close_all, lambda: self._do("close-dialog", every=True)),
        )
        self.keys.build()

    def _copy(self) -> None:
        dpg.set_clipboard_text(dpg.get_value(self.text))

    def _help(self) -> None:
        remedy = self._remedy
        self._do("close-dialog")
        self._do(remedy)

    def arrange(self, width: int, height: int) -> None:
        """Keep both in the middle."""
        left = max((width - px(WIDTH + 24)) // 2, 0)
        dpg.configure_item(self.error, pos=(left, height // 4))
        self.keys.arrange(width, height)

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show what the state says."""
        wrong = new.dialog
        if old is None or wrong is not old.dialog or new.older != old.older:
            dpg.configure_item(self.error, show=wrong is not None)
            if wrong is not None:
                more = f" (and {len(new.older)} more)" if new.older else ""
                dpg.configure_item(self.error, label=wrong.title + more)
                dpg.configure_item(self.close_all, show=bool(new.older))
                self._remedy = wrong.remedy
                words = REMEDIES.get(wrong.remedy, "")
                dpg.configure_item(self.remedy, show=bool(words), label=words)
                text = wrapped(wrong.text)
                dpg.set_value(self.text, text)
                dpg.configure_item(self.text, height=text_height(text))
                dpg.focus_item(self.error)
                self.choice.begin()
        self.keys.sync(old, new)

    @staticmethod
    def open(state: EditorState) -> bool:
        """One of them is open."""
        return state.dialog is not None or state.help

    @property
    def windows(self) -> tuple[Item, Item]:
        """Both, for who wants to know what lies under the mouse."""
        return self.error, self.keys.window


def covered(windows: Iterable[Item], x: float, y: float) -> bool:
    """One of these lies under the mouse, so the picture is not meant."""
    for window in windows:
        if dpg.is_item_shown(window):
            left, top = dpg.get_item_pos(window)
            width, height = dpg.get_item_rect_size(window)
            if left <= x <= left + width and top <= y <= top + height:
                return True
    return False


def text_height(text: str) -> int:
    """Pixels for a text's lines; a long one is scrolled."""
    lines = text.count("\n") + 1
    return px(14 + LINE * min(max(lines, 3), 14))


def wrapped(text: str, columns: int = 84) -> str:
    """Lines that fit the dialog: Dear PyGui does not break lines that can be copied."""
    lines: list[str] = []
    for line in text.splitlines():
        while len(line) > columns:
            cut = line.rfind(" ", 20, columns)
            cut = columns if cut < 0 else cut + 1
            lines.append(line[:cut])
            line = line[cut:]
        lines.append(line)
    return "\n".join(lines)
