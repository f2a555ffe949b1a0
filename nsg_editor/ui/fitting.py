"""How much of a row of buttons fits, as the toolkit measures letters."""

from collections.abc import Mapping, Sequence

import dearpygui.dearpygui as dpg

from nsg_editor.geometry.overflow import left_out
from nsg_editor.ui.containers import Item
from nsg_editor.ui.theme import px

FRAME, GAP = 9, 2
"""Pixels at each side of a button's words, and from one button to the next."""
MORE = ">>"
"""What stands for all that does not fit."""


SPARE = 16
"""Pixels between two columns of fields, and behind them."""
LEAST_FIELD = 76
"""No field gets narrower as long as there is another way."""


def columns(width: int, names: int, field: int) -> tuple[int, bool]:
    """Pixels of each of two fields with names before them, and whether they stand
    beside each other; fields are as wide as the room allows, at most `field`."""
    beside = (width - 2 * px(names) - px(SPARE)) // 2
    if beside >= px(min(LEAST_FIELD, field)):
        return min(beside, px(field)), True
    return max(min(width - px(names) - px(SPARE) // 2, px(field)), px(20)), False


def word_width(text: str, font: Item = 0) -> float:
    """Pixels of some words; a guess before the first frame was drawn."""
    size = dpg.get_text_size(text, font=font) if font else dpg.get_text_size(text)
    return size[0] if size else px(8) * len(text)


def button_width(text: str, font: Item = 0) -> float:
    """Pixels that a button takes in a row."""
    return word_width(text, font) + 2 * px(FRAME) + px(GAP)


def unfit(
    labels: Mapping[str, str], dispensable: Sequence[str], room: float, font: Item = 0
) -> frozenset[str]:
    """Buttons of a row that have no room beside the others and what stands for them."""
    widths = {name: button_width(label, font) for name, label in labels.items()}
    # The last one has no gap behind it.
    return left_out(widths, dispensable, room + px(GAP), button_width(MORE, font))
