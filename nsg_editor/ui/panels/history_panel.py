"""All steps that were done, the present one marked; a click goes to any of them."""

import dearpygui.dearpygui as dpg

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.values.history import History

ROW = 24
"""Pixels from one row to the next."""


class HistoryPanel:
    """A list that grows with the history; only what changed is made anew."""

    title = "History"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._labels: list[str] = []
        self._rows: list[Item] = []
        self._now = -1
        self._seen: History | None = None

    def build(self, parent: Item) -> None:
        """Make the empty list."""
        self._done, self._undone = _text_theme(theme.TEXT), _text_theme(theme.DIM)
        self.summary = dpg.add_text("", color=theme.DIM, parent=parent)
        if self._fonts.small:
            dpg.bind_item_font(self.summary, self._fonts.small)
        self.list = dpg.add_child_window(parent=parent, border=False)

    def arrange(self, width: int, height: int) -> None:
        """The list takes all room below its summary."""
        dpg.configure_item(self.list, width=width, height=max(height - px(34), 20))

    def fields(self) -> tuple[Item, ...]:
        """Nothing is typed here."""
        return ()

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the steps of a state."""
        history = new.history
        if history is self._seen:
            return
        self._seen = history
        now = len(history.past)
        labels = [step.label for step in history.steps]
        grown = self._relabel(labels)
        self._mark(now)
        undone = len(labels) - 1 - now
        words = f"{now} step{'' if now == 1 else 's'} to undo"
        dpg.set_value(self.summary, words + (f", {undone} to redo" if undone else ""))
        if grown:
            dpg.set_y_scroll(self.list, px(ROW) * len(labels))

    def _relabel(self, labels: list[str]) -> bool:
        """Rows for these labels; True if there are more of them than before."""
        before = len(self._rows)
        for row in self._rows[len(labels) :]:
            dpg.delete_item(row)
        del self._rows[len(labels) :]
        for i, (row, label) in enumerate(zip(self._rows, labels, strict=False)):
            if label != self._labels[i]:
                dpg.set_item_label(row, _row_label(i, label))
        for i in range(len(self._rows), len(labels)):
            self._rows.append(self._row(i, labels[i]))
        self._labels = labels
        return len(labels) > before

    def _row(self, index: int, label: str) -> Item:
        return dpg.add_selectable(
            label=_row_label(index, label),
            parent=self.list,
            user_data=index,
            callback=self._clicked,
        )

    def _mark(self, now: int) -> None:
        for i, row in enumerate(self._rows):
            dpg.set_value(row, i == now)
            dpg.bind_item_theme(row, self._done if i <= now else self._undone)

    def _clicked(self, sender: Item, on: bool, index: int) -> None:
        # The mark moves with the state, not with the mouse.
        dpg.set_value(sender, index == len(self._seen.past) if self._seen else False)
        self._do("jump", to=index)


def _row_label(index: int, label: str) -> str:
    return f"{index:>4}   {label}"


def _text_theme(colour: theme.Colour) -> Item:
    with within(dpg.theme()) as made, within(dpg.theme_component(dpg.mvAll)):
        dpg.add_theme_color(dpg.mvThemeCol_Text, colour)
    return made
