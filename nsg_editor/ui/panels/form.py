"""Rows of a panel's form: a word, fields that can be dragged or typed into, a unit."""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, within
from nsg_editor.ui.theme import Fonts, px

WORDS = 58
"""Pixels that the words before fields take."""
HINT = "Drag to change; double-click or Ctrl+click to type, also 2*0.5 or 30 cm."


class Form:
    """Makes rows, and remembers where somebody may type."""

    def __init__(self, fonts: Fonts, ended: Callable[[], object]) -> None:
        self._fonts, self._ended = fonts, ended
        self.fields: list[Item] = []

    def title(self, text: str) -> Item:
        """A heading over some rows."""
        made = dpg.add_text(text, color=theme.TEXT)
        if self._fonts.strong:
            dpg.bind_item_font(made, self._fonts.strong)
        return made

    def small(self, item: Item) -> Item:
        """In smaller letters."""
        if self._fonts.small:
            dpg.bind_item_font(item, self._fonts.small)
        return item

    def numbers(
        self,
        word: str,
        count: int,
        changed: Callable[[list[float]], object],
        speed: float = 0.02,
        digits: int = 2,
        span: tuple[float, float] = (-1e6, 1e6),
        hint: str = "",
        unit: str = "",
    ) -> Item:
        """Some numbers in a row; a drag is over with `ended`."""
        with within(dpg.group(horizontal=True)):
            dpg.add_text(word, color=theme.DIM)
            looks = {"indent": px(WORDS), "width": -1, "speed": speed}
            looks |= {"format": f"%.{digits}f{unit}", "min_value": span[0]}
            looks["max_value"] = span[1]
            if count == 1:
                field = dpg.add_drag_double(
                    callback=lambda _, value: changed([value]), **looks
                )
            else:
                field = dpg.add_drag_doublex(
                    size=count,
                    callback=lambda _, values: changed(list(values)[:count]),
                    **looks,
                )
        explain(field, f"{hint}\n{HINT}" if hint else HINT)
        with within(dpg.item_handler_registry()) as handlers:
            dpg.add_item_deactivated_after_edit_handler(callback=self._ended)
        dpg.bind_item_handler_registry(field, handlers)
        self.fields.append(field)
        return field

    def text(self, word: str, hint: str) -> Item:
        """A line of text."""
        with within(dpg.group(horizontal=True)):
            dpg.add_text(word, color=theme.DIM)
            field = dpg.add_input_text(indent=px(WORDS), width=-1, hint=hint)
        self.fields.append(field)
        return field


def show(field: Item, values: list[float]) -> None:
    """Put numbers into fields that nobody is changing now."""
    if dpg.is_item_active(field):
        return
    shown = str(dpg.get_item_configuration(field).get("format", ""))
    plain = [no_minus(value, shown) for value in values]
    single = len(plain) == 1
    dpg.set_value(field, plain[0] if single else [*plain, *[0.0] * (4 - len(plain))])


def no_minus(value: float, shown: str) -> float:
    """The value, where it is not one that would be read as a negative nothing."""
    try:
        zero = float((shown % value).split()[0]) == 0.0
    except (ValueError, TypeError, IndexError):
        zero = value == 0.0
    return 0.0 if zero else value
