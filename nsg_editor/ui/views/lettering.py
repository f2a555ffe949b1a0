"""How wide words in views and along the frames will be."""

import dearpygui.dearpygui as dpg

from nsg_editor.ui import theme

MOST_WIDTHS = 4096

_widths: dict[tuple[str, float], float] = {}
"""Of texts at the size 1, by the scale of the screen: to measure one takes longer than
to draw it."""


def text_width(text: str, size: float) -> float:
    """How wide a text will be; before the first frame, about."""
    key = (text, theme.scale())
    if key not in _widths:
        measured = dpg.get_text_size(text)
        if not measured or not measured[1]:
            return len(text) * size * 0.5
        if len(_widths) > MOST_WIDTHS:
            _widths.clear()
        _widths[key] = measured[0] / measured[1]
    return _widths[key] * size
