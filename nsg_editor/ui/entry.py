"""Typing into numbers: a double click, or Ctrl+click, opens a line over the number.

The toolkit tells a double click by the time between two presses alone, which long
frames stretch, and reads ``2*0.5`` as 2. Here presses are counted as they are heard,
and what is typed is a sum, with units.
"""

import time
from collections.abc import Callable, Iterable

import dearpygui.dearpygui as dpg

from nsg_core.errors import NsgError
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.geometry.sums import value_of
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.keys import CTRL, SHIFT, held
from nsg_editor.ui.looks import kind
from nsg_editor.ui.theme import px
from nsg_editor.ui.touch import NUMBERS, tell

TWICE_S, TWICE_FRAMES, NEAR = 0.45, 5, 5.0
"""Two presses are one double click: within so many seconds, or so few frames, however
long these are; and so many pixels from each other."""
WIDTH = 128
"""Pixels that the line has at least."""
QUIET = 2
"""Frames after which keys are shortcuts again: that which closed the line is none."""


class NumberEntry:
    """One line for all numbers; it lies over the one that is being typed."""

    def __init__(
        self,
        do: Dispatch,
        fields: Callable[[], Iterable[Item]],
        clock: Callable[[], float] = time.monotonic,
        shift: Callable[[], bool] = lambda: held(*SHIFT),
    ) -> None:
        """`shift`: it was held when the last key went down; quick hands let go of it
        before the key is heard here."""
        self._do, self._fields, self._clock = do, fields, clock
        self._shift = shift
        self.units: dict[Item, str] = {}
        """Of fields whose format does not tell it."""
        self.field: Item | None = None
        """The one that is being typed."""
        self.room = 1280
        """Pixels of the window's width."""
        self._part, self._before = 0, ""
        self._frame, self._focus_in, self._closed = 0, 0, -QUIET
        self._press: tuple[Item, int, float, float, float, int] | None = None
        self._taken: set[Item] = set()
        self._next: tuple[tuple[Item, int], int] | None = None
        """From where Tab goes on, and in which direction, once the line is free."""

    def build(self) -> None:
        """Make the line, hidden."""
        with within(
            dpg.window(
                show=False,
                no_title_bar=True,
                no_resize=True,
                no_move=True,
                no_scrollbar=True,
                no_saved_settings=True,
                min_size=(10, 10),
            )
        ) as self.window:
            self.line = dpg.add_input_text()
        dpg.bind_item_theme(self.window, theme.bare_theme())
        with within(dpg.item_handler_registry()) as self._left:
            dpg.add_item_deactivated_handler(callback=self._deactivated)
        with within(dpg.handler_registry()):
            dpg.add_mouse_click_handler(dpg.mvMouseButton_Left, callback=self._clicked)
            for key in (dpg.mvKey_Escape, dpg.mvKey_Tab):
                dpg.add_key_press_handler(key, callback=self._key)

    def _new_line(self, width: int) -> Item:
        """Another line for each number: of an old one the toolkit may still hold what
        was typed, and would put it into the new number."""
        dpg.delete_item(self.window, children_only=True)
        line = dpg.add_input_text(
            parent=self.window,
            width=width,
            auto_select_all=True,
            on_enter=True,
            callback=lambda: self.finish(),
        )
        dpg.bind_item_handler_registry(line, self._left)
        return line

    def _deactivated(self, sender: Item, line: Item) -> None:
        if line == self.line:
            self.finish()

    @property
    def typing(self) -> bool:
        """The line is open, or was a moment ago."""
        open_or_soon = self.field is not None or self._next is not None
        return open_or_soon or self._frame - self._closed < QUIET

    def tick(self) -> None:
        """Once a frame."""
        self._frame += 1
        self._adopt(set(self._fields()) - self._taken)
        if self._next is not None and self._frame - self._closed >= QUIET:
            # While it is active the toolkit keeps letters of its own for the line.
            (here, by), self._next = self._next, None
            self.step(here, by)
        if self._focus_in > 0:
            self._focus_in -= 1
            if not dpg.is_item_active(self.line):
                dpg.focus_item(self.line)

    def _adopt(self, fields: set[Item]) -> None:
        """The toolkit's own way of typing into new numbers would come before ours."""
        for field in numbers_among(fields):
            dpg.configure_item(field, no_input=True)
        self._taken |= fields

    def _numbers(self) -> list[Item]:
        return numbers_among(self._fields())

    def _clicked(self) -> None:
        x, y = dpg.get_mouse_pos(local=False)
        for field in self._numbers():
            if dpg.is_item_hovered(field) or dpg.is_item_active(field):
                self.pressed(field, x, y, held(*CTRL))
                return
        self._press = None

    def pressed(self, field: Item, x: float, y: float, ctrl: bool = False) -> None:
        """The mouse went down on a number."""
        part, now = part_at(field, x), self._clock()
        before = self._press
        self._press = field, part, x, y, now, self._frame
        if ctrl or (before is not None and self._twice(before, self._press)):
            self._press = None
            self.open(field, part)

    @staticmethod
    def _twice(
        a: tuple[Item, int, float, float, float, int],
        b: tuple[Item, int, float, float, float, int],
    ) -> bool:
        near = abs(a[2] - b[2]) <= NEAR and abs(a[3] - b[3]) <= NEAR
        soon = b[4] - a[4] <= TWICE_S or b[5] - a[5] <= TWICE_FRAMES
        return a[:2] == b[:2] and near and soon

    def open(self, field: Item, part: int = 0) -> None:
        """Type into this number."""
        looks = dpg.get_item_configuration(field)
        if not looks.get("enabled", True):
            return
        self.field, self._part, self._focus_in = field, part, 4
        values = values_of(field)
        digits = 0 if "Int" in dpg.get_item_type(field) else 4
        self._before = written(values[part], digits)
        x, y = dpg.get_item_rect_min(field)
        width, height = dpg.get_item_rect_size(field)
        each = width / len(values)
        wide = max(int(each), px(WIDTH))
        left = min(x + part * each, self.room - wide)
        self.line = self._new_line(wide)
        dpg.set_value(self.line, self._before)
        at = (max(int(left), 0), int(y))
        dpg.configure_item(
            self.window, pos=at, width=wide, height=max(int(height), 1), show=True
        )
        dpg.focus_item(self.window)
        dpg.focus_item(self.line)

    def _close(self) -> Item | None:
        field, self.field = self.field, None
        self._focus_in, self._closed = 0, self._frame
        dpg.configure_item(self.window, show=False)
        return field

    def finish(self) -> None:
        """Take what was typed; nonsense is named, and changes nothing."""
        text = dpg.get_value(self.line)
        part, field = self._part, self._close()
        if field is None or text == self._before:
            return
        try:
            self._take(field, part, value_of(text, self._unit(field)))
        except NsgError as error:
            self._do("tell", notice=str(error))

    def _take(self, field: Item, part: int, value: float) -> None:
        looks = dpg.get_item_configuration(field)
        value = min(max(value, looks["min_value"]), looks["max_value"])
        values = values_of(field)
        whole = "Int" in dpg.get_item_type(field)
        values[part] = round(value) if whole else value
        several = dpg.get_item_type(field).endswith("Multi")
        dpg.set_value(field, values if several else values[0])
        if dpg.get_item_callback(field) is not None:
            tell(field, values if several else values[0])
            self._do("end")

    def _unit(self, field: Item) -> str:
        shown = str(dpg.get_item_configuration(field).get("format", ""))
        return self.units.get(field) or unit_in(shown)

    def _key(self, sender: Item, key: int) -> None:
        if self.field is None:
            return
        if key == dpg.mvKey_Escape:
            self._close()
            return
        back, here = self._shift(), (self.field, self._part)
        self.finish()
        self._next = here, -1 if back else 1

    def step(self, here: tuple[Item, int] | None, by: int) -> None:
        """Go on to the next number that is on the screen; from none, to the first."""
        places = [
            (field, part)
            for field in self._numbers()
            if dpg.is_item_visible(field)
            for part in range(len(values_of(field)))
        ]
        if places:
            at = places.index(here) + by if here in places else 0
            self.open(*places[at % len(places)])


def values_of(field: Item) -> list[float]:
    """The numbers of a field; several ones stand beside each other."""
    value = dpg.get_value(field)
    if not isinstance(value, list | tuple):
        return [value]
    return list(value)[: dpg.get_item_configuration(field).get("size", len(value))]


def part_at(field: Item, x: float) -> int:
    """Which of several numbers is there."""
    count = len(values_of(field))
    left, width = dpg.get_item_rect_min(field)[0], dpg.get_item_rect_size(field)[0]
    return min(max(int((x - left) / max(width, 1) * count), 0), count - 1)


def written(value: float, digits: int = 4) -> str:
    """A number as it is offered to be typed over."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def unit_in(shown: str) -> str:
    """The unit that a format ends with: of ``%.1f deg`` it is deg."""
    last = shown.replace("degrees", "deg").split(" ")[-1]
    if shown.startswith(("frame ", "blend ")):
        return "frames"
    return "" if "%" in last and len(last) > 1 else last


def numbers_among(fields: Iterable[Item]) -> list[Item]:
    """Those of the fields that are dragged."""
    return [field for field in fields if kind(field) in NUMBERS]
