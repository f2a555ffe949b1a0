"""The list of keys that `?` shows: columns by topic, as many as the window has room."""

import dearpygui.dearpygui as dpg

from nsg_editor.console.key_sheet import Row, key_sheet
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, dialog, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.values.keymaps import Name, Topic

COLUMN, KEYS, ROW, LINE = 384, 124, 24, 19
"""Pixels of a column, of the keys in it, from one row to the next, and of what a line
more takes."""
LONELY = 2
"""Rows that are not worth a column's start or end of their own."""
WORDS, SIGNS = 40, 20
"""Letters of words and of keys that fit into a line."""


class KeyList:
    """A window in front of the panels; it follows the state and the keymap."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._size = (1280, 720)
        self._built_for: object = None

    def build(self) -> None:
        """Make it, hidden."""
        with dialog(lambda: self._do("help", on=False)) as self.window:
            self.body = dpg.add_child_window(border=False)
        dpg.bind_item_theme(self.body, _dense_theme())

    def arrange(self, width: int, height: int) -> None:
        """Keep it in the middle."""
        self._size = (width, height)

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show it while the state says so."""
        if new.help:
            self._fill(new.settings.keymap)
        if old is None or new.help != old.help:
            dpg.configure_item(self.window, show=new.help)
            if new.help:
                dpg.focus_item(self.window)

    def _fill(self, name: Name) -> None:
        key = (name, self._size, theme.scale())
        if key == self._built_for:
            return
        self._built_for = key
        width, height = self._size
        columns = arranged(
            key_sheet(name), max(1, min(4, (width - px(50)) // px(COLUMN)))
        )
        highest = max(map(column_height, columns))
        wide = px(COLUMN) * len(columns) + px(40)
        high = min(px(highest + 60), height - px(40))
        dpg.configure_item(
            self.window,
            label=f"Keys and mouse, as in {name}",
            width=wide,
            height=high,
            pos=((width - wide) // 2, max((height - high) // 2, 10)),
        )
        dpg.delete_item(self.body, children_only=True)
        with within(dpg.group(horizontal=True, parent=self.body)):
            for column in columns:
                with within(dpg.group(width=px(COLUMN))):
                    for topic, rows in column:
                        self._topic(topic, rows)

    def _topic(self, topic: str, rows: tuple[Row, ...]) -> None:
        title = dpg.add_text(topic, color=theme.TEXT)
        if self._fonts.strong:
            dpg.bind_item_font(title, self._fonts.strong)
        with within(
            dpg.table(
                header_row=False,
                width=px(COLUMN - 10),
                policy=dpg.mvTable_SizingFixedFit,
            )
        ) as table:
            dpg.add_table_column(width_fixed=True, init_width_or_weight=float(px(KEYS)))
            dpg.add_table_column(width_stretch=True)
            for keys, words in rows:
                with within(dpg.table_row()):
                    dpg.add_text(keys, color=theme.ACCENT, wrap=px(KEYS))
                    dpg.add_text(words, wrap=px(COLUMN - KEYS - 24))
        dpg.add_spacer(height=px(4))
        if self._fonts.small:
            dpg.bind_item_font(table, self._fonts.small)


Section = tuple[Topic, tuple[Row, ...]]


def section_height(rows: tuple[Row, ...]) -> int:
    """Pixels of a topic with its title; long words break into two lines."""
    more = sum(max(len(words) // WORDS, len(keys) // SIGNS) for keys, words in rows)
    return 36 + ROW * len(rows) + LINE * more


def column_height(column: list[Section]) -> int:
    """Pixels of a column."""
    return sum(section_height(rows) for _, rows in column)


def arranged(sheet: dict[Topic, tuple[Row, ...]], columns: int) -> list[list[Section]]:
    """The topics in order, in columns that are about equally high, and no higher than
    they must be.

    A long topic goes on in the next column, but leaves no row or two alone.
    """
    high = sum(map(section_height, sheet.values())) / columns
    while len(filled := _filled(sheet, high)) > columns:
        high += ROW / 2
    return filled


def _filled(sheet: dict[Topic, tuple[Row, ...]], high: float) -> list[list[Section]]:
    """Columns of this height, as many as it takes."""
    filled: list[list[Section]] = [[]]
    for topic, rows in sheet.items():
        while rows:
            room = high - column_height(filled[-1])
            fits = sum(section_height(rows[: i + 1]) <= room for i in range(len(rows)))
            if fits >= len(rows):
                filled[-1].append((topic, rows))
                break
            # What goes on in the next column is no lonely row or two, nor what stays.
            fits = min(fits, len(rows) - LONELY - 1)
            if fits > LONELY:
                filled[-1].append((topic, rows[:fits]))
                rows = rows[fits:]
            elif not filled[-1]:
                filled[-1].append((topic, rows))
                break
            filled.append([])
    return filled


def _dense_theme() -> Item:
    """Rows close to each other, on the window's own ground."""
    with within(dpg.theme()) as made, within(dpg.theme_component(dpg.mvAll)):
        dpg.add_theme_color(dpg.mvThemeCol_ChildBg, theme.WINDOW)
        dpg.add_theme_style(dpg.mvStyleVar_CellPadding, px(4), 0)
        dpg.add_theme_style(dpg.mvStyleVar_ItemSpacing, px(6), px(2))
    return made
