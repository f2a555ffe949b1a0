"""The lines between the parts of the window.

Panels lie on the bare window, which has their colour; what separates them is drawn.
"""

from collections.abc import Iterable

import dearpygui.dearpygui as dpg

from nsg_editor.geometry.arrangement import Rect
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item


class Joints:
    """Lies behind all panels."""

    def __init__(self) -> None:
        self._layer: Item = dpg.add_viewport_drawlist(front=False)

    def draw(self, places: Iterable[Rect]) -> None:
        """Fill what lies between the panels."""
        dpg.delete_item(self._layer, children_only=True)
        for place in places:
            dpg.draw_rectangle(
                (place.x, place.y),
                (place.x + place.width, place.y + place.height),
                color=theme.NOTHING,
                fill=theme.GROUND,
                parent=self._layer,
            )
