"""What was done, as lines of a play: to read, to copy, to keep."""

import os
from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_core.errors import NsgError
from nsg_core.files import write_bytes
from nsg_editor.console.jotting import Jotter
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts, px

SHOWN = 200
"""Lines that are shown; copies and files have all."""
BESIDE = 330
"""Pixels of all that stands in a row with the file's name, before they are scaled."""


class LogPanel:
    """The last lines, and where to keep all of them."""

    title = "Log"

    def __init__(self, store: Store, fonts: Fonts) -> None:
        self._store, self._fonts = store, fonts
        self.jotter = Jotter()
        self.jotter.begin(store.state)
        store.hear(self.jotter.heard)
        store.listen(self._wished)
        self._seen = -1

    def build(self, parent: Item) -> None:
        """Make the text and the row of buttons."""
        with within(dpg.group(parent=parent)):
            with within(dpg.group(horizontal=True)):
                self.words = dpg.add_text("", color=theme.DIM)
                self.copy = dpg.add_button(
                    label="Copy all", width=px(90), callback=self._copy
                )
                self.path = dpg.add_input_text(default_value="play.json", width=px(220))
                self.save = dpg.add_button(
                    label="Save as a play", width=px(130), callback=self._save
                )
            self.text = dpg.add_input_text(multiline=True, readonly=True)
        if self._fonts.small:
            dpg.bind_item_font(self.words, self._fonts.small)
            dpg.bind_item_font(self.text, self._fonts.small)

    def arrange(self, width: int, height: int) -> None:
        """The text takes all room below the buttons."""
        dpg.configure_item(self.text, width=width, height=max(height - px(36), 20))
        rest = width - px(BESIDE)
        dpg.configure_item(self.path, width=min(max(rest, px(60)), px(220)))

    def fields(self) -> tuple[Item, Item]:
        """Where somebody may type."""
        return self.path, self.text

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the lines, the newest one first: nobody has to scroll for it."""
        if self.jotter.version == self._seen:
            return
        self._seen = self.jotter.version
        lines = list(self.jotter.lines)
        count = len(lines)
        dpg.set_value(self.words, f"{count} line{'' if count == 1 else 's'}")
        dpg.set_value(
            self.text, "\n".join(map(self.jotter.row, lines[: -SHOWN - 1 : -1]))
        )

    def _copy(self) -> None:
        dpg.set_clipboard_text(self.jotter.text())

    def _save(self) -> None:
        path = dpg.get_value(self.path).strip()
        if path:
            self._store.attempt("log-save", to=Path(os.path.expanduser(path)))

    def _wished(self, old: EditorState, new: EditorState) -> None:
        to = new.front.log_to
        if to is None or old.front.log_to is not None:
            return
        try:
            write_bytes(to, self.jotter.text().encode())
        except NsgError as error:
            told = str(error)
        else:
            told = f"Saved {to}: nsg-editor --play does it again."
        self._store.dispatch("log-saved", told=told[:1].upper() + told[1:])
