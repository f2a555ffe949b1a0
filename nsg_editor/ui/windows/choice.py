"""The buttons of a question: arrows and Tab choose one, Enter presses it."""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item


class Choice:
    """A row of buttons, of which one is lit: Enter means that one."""

    def __init__(self, *buttons: tuple[Item, Callable[[], object]]) -> None:
        self._buttons = buttons
        self._at = 0
        self._lit = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_HOVER)
        self._light()

    def begin(self) -> None:
        """It is asked: the first button that is there is meant."""
        self._at = next(iter(self._there()), 0)
        self._light()

    @property
    def lit(self) -> Item:
        """The button that Enter presses."""
        return self._buttons[self._at][0]

    def _there(self) -> list[int]:
        rows = enumerate(self._buttons)
        shown = (i for i, (b, _) in rows if dpg.get_item_configuration(b)["show"])
        return list(shown)

    def _light(self) -> None:
        for i, (button, _) in enumerate(self._buttons):
            dpg.bind_item_theme(button, self._lit if i == self._at else 0)

    def key(self, key: str, shift: bool) -> bool:
        """A key went down; False if it means nothing here."""
        if key == "Enter":
            self._buttons[self._at][1]()
            return True
        back = key in ("Left", "Up") or (key == "Tab" and shift)
        if key not in ("Left", "Right", "Up", "Down", "Tab"):
            return False
        there = self._there()
        at = there.index(self._at) if self._at in there else 0
        self._at = there[(at + (-1 if back else 1)) % len(there)]
        self._light()
        return True
