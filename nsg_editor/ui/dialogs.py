"""Windows in front of all others: what went wrong, and the list of keys."""

from collections.abc import Iterable

import dearpygui.dearpygui as dpg

from nsg_editor.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.keys import KEYS
from nsg_editor.ui.theme import Fonts

LINE = 19
"""Pixels from a line of text to the next."""


class Dialogs:
    """At most one error and one help window; both follow the state."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._size = (1280, 720)

    def build(self) -> None:
        """Make both, hidden."""
        with within(
            dpg.window(
                label="Error",
                show=False,
                no_resize=True,
                no_collapse=True,
                no_move=False,
                on_close=lambda: self._do("close-dialog"),
            )
        ) as self.error:
            self.text = dpg.add_input_text(
                multiline=True, readonly=True, width=620, height=170
            )
            dpg.add_spacer(height=2)
            with within(dpg.group(horizontal=True)):
                self.close = dpg.add_button(
                    label="Close", width=90, callback=lambda: self._do("close-dialog")
                )
                self.copy = dpg.add_button(
                    label="Copy text", width=110, callback=self._copy
                )
        with within(
            dpg.window(
                label="Keys and mouse",
                show=False,
                no_resize=True,
                no_collapse=True,
                on_close=lambda: self._do("help", on=False),
            )
        ) as self.help:
            self._table()

    def _table(self) -> None:
        with within(dpg.table(header_row=False, borders_innerH=True, width=560)):
            dpg.add_table_column(width_fixed=True, init_width_or_weight=220)
            dpg.add_table_column()
            for keys, meaning in KEYS:
                with within(dpg.table_row()):
                    dpg.add_text(keys, color=theme.ACCENT)
                    dpg.add_text(meaning)

    def _copy(self) -> None:
        dpg.set_clipboard_text(dpg.get_value(self.text))

    def arrange(self, width: int, height: int) -> None:
        """Keep both in the middle."""
        self._size = (width, height)
        dpg.configure_item(self.error, pos=((width - 644) // 2, height // 4))
        dpg.configure_item(
            self.help, pos=((width - 584) // 2, max(height // 2 - 300, 10))
        )

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show what the state says."""
        dialog = new.dialog
        if old is None or dialog is not old.dialog:
            dpg.configure_item(self.error, show=dialog is not None)
            if dialog is not None:
                dpg.configure_item(self.error, label=dialog.title)
                text = wrapped(dialog.text)
                dpg.set_value(self.text, text)
                dpg.configure_item(self.text, height=text_height(text))
                dpg.focus_item(self.error)
        if old is None or new.help != old.help:
            dpg.configure_item(self.help, show=new.help)
            if new.help:
                dpg.focus_item(self.help)

    @property
    def windows(self) -> tuple[Item, Item]:
        """Both, for who wants to know what lies under the mouse."""
        return self.error, self.help


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
    return 14 + LINE * min(max(lines, 3), 14)


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
