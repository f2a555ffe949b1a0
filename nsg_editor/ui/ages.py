"""How long each window in front has been shown.

In the first frame of a window the toolkit only measures it: it is drawn, and can be
clicked, from the second one on.
"""

from collections.abc import Iterable

import dearpygui.dearpygui as dpg

from nsg_editor.ui.containers import Item


class Ages:
    """Frames since each window came, by window."""

    def __init__(self) -> None:
        self._frames: dict[Item, int] = {}

    def tick(self, windows: Iterable[Item]) -> None:
        """Once a frame, with all windows that may lie in front."""
        before = self._frames
        self._frames = {
            window: before.get(window, 0) + 1 if dpg.is_item_shown(window) else 0
            for window in windows
        }

    @property
    def any(self) -> bool:
        """One of them is shown."""
        return any(self._frames.values())

    def drawn(self, item: Item) -> bool:
        """What lies in one of them, or in none, is on the screen."""
        inside: Item | None = item
        while inside and inside not in self._frames:
            inside = dpg.get_item_parent(inside)
        return not inside or self._frames[inside] > 2
