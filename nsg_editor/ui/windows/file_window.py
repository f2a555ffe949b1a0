"""A window to choose a folder or a file: by mouse, by keys, by typing its path."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_editor.effects.browsing import Listing, jumped, look_into, nearest, typed
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, dialog, explain, within
from nsg_editor.ui.theme import Fonts, px

WIDTH, HIGH = 700, 320
LEAST, AROUND = 60, 170
"""Pixels of the list, and of all that is above and below it."""
DOUBLE_S = 0.6
"""Between the two clicks of a double click, at most."""
GOING = {"Up": -1, "Down": 1}


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be chosen."""

    title: str
    start: Path
    """A folder, or something in it; it need not exist."""
    taken: Callable[[Path], object]
    suffix: str = ""
    """Of the files; empty: a folder is wanted."""
    verb: str = "Choose"


Browse = Callable[[Ask], object]


class FileWindow:
    """One for all; whoever asks is told the path, or nothing."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._ask: Ask | None = None
        self._listing = Listing(Path())
        self._rows: list[Item] = []
        self._at = -1
        self._last: tuple[int, float] = (-1, 0.0)
        """The row of the last click, and when."""

    def build(self) -> None:
        """Make it, hidden."""
        with dialog(
            self.close, label="Choose", no_scrollbar=True, width=px(WIDTH)
        ) as self.window:
            with within(dpg.group(horizontal=True)):
                self.up = dpg.add_button(label="Up", callback=self._go_up)
                explain(self.up, "To the folder above (Left)")
                home = dpg.add_button(
                    label="Home", callback=lambda: self._go(Path.home())
                )
                self.path = dpg.add_input_text(
                    width=-1, callback=self._typed, hint="a path"
                )
            with within(dpg.child_window(height=px(HIGH))) as self.list:
                pass
            self.words = dpg.add_text("", color=theme.DIM, wrap=px(WIDTH - 30))
            with within(dpg.group(horizontal=True)):
                self.take = dpg.add_button(
                    label="Choose", width=px(100), callback=self._take
                )
                dpg.add_button(label="Cancel", width=px(100), callback=self.close)
        lit = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_HOVER)
        dpg.bind_item_theme(self.take, lit)
        if self._fonts.small:
            for item in (self.up, home, self.path, self.list, self.words):
                dpg.bind_item_font(item, self._fonts.small)

    def open(self, ask: Ask) -> None:
        """Ask for a path, beginning where the last one was."""
        self._ask = ask
        dpg.configure_item(self.window, label=ask.title, show=True)
        dpg.set_item_label(self.take, ask.verb)
        self._go(nearest(ask.start))
        dpg.focus_item(self.window)

    @property
    def shown(self) -> bool:
        """It asks."""
        return self._ask is not None

    def close(self) -> None:
        """Without an answer."""
        self._ask = None
        dpg.configure_item(self.window, show=False)

    def arrange(self, width: int, height: int) -> None:
        """Keep it in the middle."""
        wide = min(px(WIDTH), width)
        high = max(min(px(HIGH), height - px(AROUND)), px(LEAST))
        left, top = (width - wide) // 2, max((height - high - px(AROUND)) // 2, 0)
        dpg.configure_item(self.window, pos=(left, top), width=wide)
        dpg.configure_item(self.list, height=high)
        dpg.configure_item(self.words, wrap=wide - px(30))

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Nothing of the state is shown here."""

    def _go(self, folder: Path) -> None:
        """List a folder."""
        dpg.set_value(self.path, _as_folder(folder))
        self._list(folder, "")

    def _go_up(self) -> None:
        came_from = self._listing.folder.name
        self._go(self._listing.folder.parent)
        names = [entry.name for entry in self._listing.entries]
        if came_from in names:
            self._choose(names.index(came_from))

    def _typed(self, sender: Item, text: str) -> None:
        self._list(*typed(text, self._listing.folder))

    def _list(self, folder: Path, begins: str) -> None:
        assert self._ask is not None
        self._listing = look_into(folder, self._ask.suffix, begins)
        self._at, self._last = -1, (-1, 0.0)
        dpg.delete_item(self.list, children_only=True)
        self._rows = []
        with within(
            dpg.table(
                parent=self.list,
                header_row=False,
                policy=dpg.mvTable_SizingStretchProp,
            )
        ):
            dpg.add_table_column()
            dpg.add_table_column(width_fixed=True)
            for i, entry in enumerate(self._listing.entries):
                with within(dpg.table_row()):
                    row = dpg.add_selectable(
                        label=entry.words,
                        span_columns=True,
                        user_data=i,
                        callback=lambda _, __, at: self._clicked(at),
                    )
                    self._rows.append(row)
                    dpg.add_text(entry.details, color=theme.DIM)
        dpg.set_y_scroll(self.list, 0)
        self._say(self._told(begins))

    def _told(self, begins: str) -> str:
        assert self._ask is not None
        listing, suffix = self._listing, self._ask.suffix
        if listing.trouble:
            return listing.trouble
        if listing.more:
            return f"{listing.more} more; type how the name begins."
        if listing.entries:
            return ""
        kind = f"files {suffix}" if suffix else "folders"
        return f"No {kind} that begin so." if begins else f"No {kind} in here."

    def _say(self, words: str) -> None:
        dpg.set_value(self.words, words)

    def _clicked(self, at: int) -> None:
        now = time.monotonic()
        again = self._last[0] == at and now - self._last[1] < DOUBLE_S
        self._choose(at)
        self._last = (at, now)
        if again:
            self._enter()

    def _choose(self, at: int) -> None:
        entries = self._listing.entries
        self._at = min(max(at, 0), len(entries) - 1)
        for i, row in enumerate(self._rows):
            dpg.set_value(row, i == self._at)
        if self._at >= 0:
            path = self._listing.folder / entries[self._at].name
            dpg.set_value(self.path, str(path))
            self._say("")
        most = dpg.get_y_scroll_max(self.list)
        if most > 0 and len(entries) > 1:
            dpg.set_y_scroll(self.list, most * self._at / (len(entries) - 1))

    def _enter(self) -> None:
        """Into a folder; a file is what was meant."""
        if self._at >= 0 and self._listing.entries[self._at].folder:
            self._go(self._listing.folder / self._listing.entries[self._at].name)
        else:
            self._take()

    def _take(self) -> None:
        """What stands in the field."""
        ask = self._ask
        text = dpg.get_value(self.path).strip()
        if ask is None or not text:
            return
        folder, name = typed(text, self._listing.folder)
        path = folder / name
        if ask.suffix and os.path.isdir(path):
            self._go(path)
        elif ask.suffix and not os.path.isfile(path):
            self._say(f"{path} is not there.")
        elif not ask.suffix and os.path.exists(path) and not os.path.isdir(path):
            self._say(f"{path} is a file; a folder is wanted.")
        else:
            self.close()
            ask.taken(path)

    def key(self, key: str, typing: bool) -> bool:
        """A key went down while it asks; nobody else is to hear it."""
        if key == "Escape":
            self.close()
        elif key == "Enter":
            self._take() if typing else self._enter()
        elif typing:
            pass
        elif key in GOING:
            self._choose(self._at + GOING[key])
        elif key in ("Home", "End"):
            self._choose(0 if key == "Home" else len(self._rows) - 1)
        elif key in ("Left", "Backspace"):
            self._go_up()
        elif key == "Right" and self._at >= 0:
            self._enter()
        elif key == "Tab":
            dpg.focus_item(self.path)
        elif len(key) == 1 and self._rows:
            self._choose(jumped(self._listing.entries, self._at, key))
        return True


def _as_folder(folder: Path) -> str:
    text = str(folder)
    return text if text.endswith(os.sep) else text + os.sep
