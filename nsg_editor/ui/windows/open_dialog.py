"""Another drive or project: a path, what of it, and what was opened lately."""

from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_core.documents.project import SUFFIX
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.effects.recent import recent
from nsg_editor.state import EditorState, Target
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, dialog, explain, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.windows.file_window import Ask, Browse

WIDTH, LABEL, FIELD = 640, 84, 340


class OpenDialog:
    """Fields to type into, folders to browse, rows to click."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self.browse: Browse = lambda ask: None
        """Has a path chosen."""

    def build(self) -> None:
        """Make it, hidden."""
        with dialog(
            self._cancel, label="Open a drive or a project", width=px(WIDTH)
        ) as self.window:
            self._fields()
            dpg.add_spacer(height=px(4))
            title = dpg.add_text("Recently opened", color=theme.DIM)
            self.rows = dpg.add_group()
            dpg.add_spacer(height=px(6))
            with within(dpg.group(horizontal=True)):
                self.start = dpg.add_button(
                    label="Open", width=px(90), callback=self.take
                )
                dpg.add_button(label="Cancel", width=px(90), callback=self._cancel)
        dpg.bind_item_theme(
            self.start, theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_HOVER)
        )
        if self._fonts.small:
            dpg.bind_item_font(title, self._fonts.small)

    def _fields(self) -> None:
        with within(dpg.group(horizontal=True)):
            dpg.add_text("Path", color=theme.DIM)
            self.path = self._input(
                f"the folder of a data set, or a project ({SUFFIX})", px(FIELD)
            )
            for label, pick in (
                ("Folder ...", lambda: self._browse("Folder of a data set")),
                ("Project ...", lambda: self._browse("A project", SUFFIX)),
            ):
                dpg.add_button(label=label, width=px(84), callback=pick)
        with within(dpg.group(horizontal=True)):
            dpg.add_text("Sequence", color=theme.DIM)
            self.sequence = self._input("the first", px(FIELD))
        with within(dpg.group(horizontal=True)):
            dpg.add_text("Frames", color=theme.DIM)
            self.frames = self._input("all, or 0-40", px(FIELD))
        with within(dpg.group(horizontal=True)):
            dpg.add_text("Data", color=theme.DIM)
            self.data = self._input("where the project says", px(FIELD))
            explain(self.data, "Where a project's data set is now, if it was moved")
            dpg.add_button(label="Folder ...", width=px(84), callback=self._seek)

    def _input(self, hint: str, width: int) -> Item:
        return dpg.add_input_text(
            hint=hint,
            indent=px(LABEL),
            width=width,
        )

    def _browse(self, title: str, suffix: str = "") -> None:
        start = Path(dpg.get_value(self.path).strip() or Path.cwd())
        self.browse(Ask(title, start, self._picked, suffix))

    def _seek(self) -> None:
        start = Path(dpg.get_value(self.data).strip() or Path.cwd())
        self.browse(Ask("Where the data set is now", start, self._sought))

    def _sought(self, path: Path) -> None:
        dpg.set_value(self.data, str(path))

    def _picked(self, path: Path) -> None:
        dpg.set_value(self.path, str(path))

    def take(self) -> None:
        """Open what stands in the fields, as the button does."""
        words = (dpg.get_value(i).strip() for i in (self.path, *self.details))
        path, sequence, frames, data = words
        if path:
            named = {"path": Path(path), "sequence": sequence, "frames": frames}
            self._do("open", **named, data=Path(data) if data else None)

    @property
    def details(self) -> tuple[Item, ...]:
        """What of a data set, and where it is."""
        return self.sequence, self.frames, self.data

    def _cancel(self) -> None:
        self._do("open-dialog", on=False)

    def arrange(self, width: int, height: int) -> None:
        """Keep it in the middle."""
        dpg.configure_item(
            self.window, pos=(max((width - px(WIDTH)) // 2, 0), height // 5)
        )

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show it with what was opened lately."""
        if new.choosing and old is not None and old.dialog and not new.dialog:
            # What was wrong has been read: the path is typed again.
            dpg.focus_item(self.path)
        if new.choosing == dpg.is_item_shown(self.window):
            return
        if new.choosing:
            self._list(recent())
        dpg.configure_item(self.window, show=new.choosing)
        if new.choosing:
            dpg.focus_item(self.window)
            dpg.focus_item(self.path)

    def _list(self, targets: tuple[Target, ...]) -> None:
        dpg.delete_item(self.rows, children_only=True)
        for target in targets:
            dpg.add_selectable(
                label=words_of(target),
                user_data=target,
                callback=self._row_clicked,
                parent=self.rows,
            )
        if not targets:
            dpg.add_text("Nothing yet.", color=theme.DIM, parent=self.rows)

    def _row_clicked(self, sender: Item, on: bool, target: Target) -> None:
        dpg.set_value(sender, False)
        span = target.frames
        dpg.set_value(self.path, str(target.path))
        dpg.set_value(self.sequence, target.sequence or "")
        dpg.set_value(self.data, "")
        dpg.set_value(self.frames, "" if span is None else f"{span[0]}-{span[1]}")


def words_of(target: Target) -> str:
    """A target on one line."""
    parts = [str(target.path)]
    if target.sequence is not None:
        parts.append(f"sequence {target.sequence}")
    if target.frames is not None:
        parts.append(f"frames {target.frames[0]}-{target.frames[1]}")
    return "   ".join(parts)
