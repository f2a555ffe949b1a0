"""Save as: under which name, and a word where a file would be replaced."""

import os
from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_core.documents.project import SUFFIX
from nsg_editor.actions.keeping import default_project
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import dialog, within
from nsg_editor.ui.theme import px
from nsg_editor.ui.windows.file_window import Ask, Browse

WIDTH = 620


class SaveDialog:
    """A path to type, or a folder to choose for it."""

    def __init__(self, do: Dispatch) -> None:
        self._do = do
        self.browse: Browse = lambda ask: None
        """Has a path chosen."""

    def build(self) -> None:
        """Make it, hidden."""
        with dialog(self._cancel, label="Save as", width=px(WIDTH)) as self.window:
            with within(dpg.group(horizontal=True)):
                self.path = dpg.add_input_text(
                    width=px(WIDTH - 130),
                    hint=f"a project ({SUFFIX})",
                    callback=self._typed,
                )
                dpg.add_button(
                    label="Folder ...",
                    width=px(92),
                    callback=self._choose,
                )
            self.words = dpg.add_text("", wrap=px(WIDTH - 30))
            dpg.add_spacer(height=px(4))
            with within(dpg.group(horizontal=True)):
                self.save = dpg.add_button(
                    label="Save", width=px(90), callback=self.take
                )
                dpg.add_button(label="Cancel", width=px(90), callback=self._cancel)
        lit = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_HOVER)
        dpg.bind_item_theme(self.save, lit)

    def _choose(self) -> None:
        self.browse(Ask("Folder for the project", self._target(), self._picked))

    def _picked(self, folder: Path) -> None:
        dpg.set_value(self.path, str(folder / self._target().name))
        self._typed()

    def _typed(self) -> None:
        target = self._target()
        if os.path.exists(target):
            self._say(f"{target} exists and will be replaced.", theme.WARM)
        else:
            self._say(f"Edits, variants and where you are go to {target}.", theme.DIM)

    def _say(self, words: str, colour: theme.Colour) -> None:
        dpg.set_value(self.words, words)
        dpg.configure_item(self.words, color=colour)

    def _target(self) -> Path:
        path = Path(os.path.expanduser(dpg.get_value(self.path).strip() or "project"))
        if path.name in ("", ".."):
            # A folder is no name yet.
            path = path / "project"
        named = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
        return named.absolute()

    def take(self) -> None:
        """Save there, as the button does."""
        target = self._target()
        self._do("save-as", on=False)
        self._do("save", to=target)

    def _cancel(self) -> None:
        self._do("save-as", on=False)

    def arrange(self, width: int, height: int) -> None:
        """Keep it in the middle."""
        dpg.configure_item(
            self.window, pos=(max((width - px(WIDTH)) // 2, 0), height // 4)
        )

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show it while the state says so."""
        if new.front.save_as and old is not None and old.dialog and not new.dialog:
            # What was wrong has been read: the path is typed again.
            dpg.focus_item(self.path)
        shown = new.front.save_as
        if shown == dpg.is_item_shown(self.window):
            return
        dpg.configure_item(self.window, show=shown)
        if shown:
            now = new.project or default_project(new)
            dpg.set_value(self.path, str(now.absolute()))
            self._typed()
            dpg.focus_item(self.window)
            dpg.focus_item(self.path)
