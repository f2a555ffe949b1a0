"""Before a drive is left: shall its edits be saved?"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from nsg_editor.actions.keeping import question
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui.containers import dialog, within
from nsg_editor.ui.theme import px
from nsg_editor.ui.windows.choice import Choice

WIDTH = 520


class Question:
    """Save, leave without, or stay."""

    def __init__(self, do: Dispatch) -> None:
        self._do = do
        self._goes_on = False

    def build(self) -> None:
        """Make it, hidden."""
        with dialog(
            lambda: self._do("answer", choice="stay"),
            label="Before you quit",
            width=px(WIDTH),
        ) as self.window:
            self.text = dpg.add_text("", wrap=px(WIDTH - 30))
            dpg.add_spacer(height=px(2))
            self.train = dpg.add_button(callback=self._turn)
            dpg.add_spacer(height=px(6))
            with within(dpg.group(horizontal=True)):
                self.save = self._button("save")
                self.discard = self._button("discard")
                self.stay = self._button("stay")
                dpg.configure_item(self.stay, label="Cancel")
        self.choice = Choice(
            (self.save, self._answer("save")),
            (self.discard, self._answer("discard")),
            (self.stay, self._answer("stay")),
            (self.train, self._turn),
        )

    def _answer(self, choice: str) -> Callable[[], object]:
        return lambda: self._do("answer", choice=choice)

    def _turn(self) -> None:
        """The training shall go on without the editor, or end with it after all."""
        self._do("train-plan", goes_on=not self._goes_on)

    def _button(self, choice: str) -> int | str:
        return dpg.add_button(callback=self._answer(choice))

    def arrange(self, width: int, height: int) -> None:
        """Keep it in the middle."""
        dpg.configure_item(
            self.window, pos=(max((width - px(WIDTH)) // 2, 0), height // 3)
        )

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Ask where something would be lost."""
        asked = new.wish is not None and new.saving is None
        if asked != dpg.is_item_shown(self.window):
            dpg.configure_item(self.window, show=asked)
            if asked:
                dpg.focus_item(self.window)
        if new.wish is None:
            return
        last = "quit" if new.wish.target is None else "open the other"
        without = f"{last.capitalize()} without saving"
        title = f"Before you {last}"
        if dpg.get_item_label(self.window) != title:
            # Another title is another window to the toolkit, which is laid out anew.
            dpg.configure_item(self.window, label=title)
        dpg.configure_item(self.save, label=f"Save and {last}", show=new.dirty)
        dpg.configure_item(
            self.discard, label=without if new.dirty else last.capitalize()
        )
        self._goes_on = new.train.goes_on
        label = "End the training, too" if self._goes_on else "Let the training go on"
        dpg.configure_item(self.train, label=label, show=new.train.busy)
        dpg.set_value(self.text, question(new))
        if old is None or old.wish is None:
            self.choice.begin()
