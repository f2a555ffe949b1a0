"""After a crash: shall the edits that it left behind be taken up?"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from nsg_editor.actions.recovering import question
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui.containers import dialog, within
from nsg_editor.ui.theme import px
from nsg_editor.ui.windows.choice import Choice

WIDTH = 520


class LostDialog:
    """Recover, discard, or be asked again later."""

    def __init__(self, do: Dispatch) -> None:
        self._do = do

    def build(self) -> None:
        """Make it, hidden."""
        with dialog(
            lambda: self._do("recover", choice="later"), width=px(WIDTH)
        ) as self.window:
            self.text = dpg.add_text("", wrap=px(WIDTH - 30))
            dpg.add_spacer(height=px(6))
            with within(dpg.group(horizontal=True)):
                self.recover = self._button("Recover", "recover")
                self.discard = self._button("Discard", "discard")
                self.later = self._button("Ask later", "later")
        self.choice = Choice(
            (self.recover, self._answer("recover")),
            (self.discard, self._answer("discard")),
            (self.later, self._answer("later")),
        )

    def _answer(self, choice: str) -> Callable[[], object]:
        return lambda: self._do("recover", choice=choice)

    def _button(self, label: str, choice: str) -> int | str:
        return dpg.add_button(label=label, callback=self._answer(choice))

    def arrange(self, width: int, height: int) -> None:
        """Keep it in the middle."""
        dpg.configure_item(
            self.window, pos=(max((width - px(WIDTH)) // 2, 0), height // 3)
        )

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Ask about the first one."""
        lost = new.front.lost
        if old is not None and old.front.lost == lost:
            return
        dpg.configure_item(self.window, show=bool(lost))
        if lost:
            short, full = question(new, lost[0])
            dpg.configure_item(self.window, label=short)
            dpg.set_value(self.text, full)
            dpg.focus_item(self.window)
            self.choice.begin()
