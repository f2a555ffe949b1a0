"""A list to choose from by keys: the lines of a menu, the values of a field.

The toolkit's own menus and lists open for the mouse alone; their lines are read from
them, so that both have the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from nsg_editor.geometry.neighbours import Box
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.looks import kind
from nsg_editor.ui.theme import px
from nsg_editor.ui.touch import push, tell

LEAST = 120
"""Pixels that a list is wide."""
BAR = 16
"""Pixels that a bar for scrolling takes."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something to choose; `press` None: it cannot be chosen now."""

    words: str
    press: Callable[[], object] | None = None
    keys: str = ""
    gap: bool = False
    """Stands between two groups."""


class PickWindow:
    """One list for all fields and menus; it lies below what it belongs to."""

    def __init__(self) -> None:
        self.sideways: Callable[[int], object] = lambda by: None
        """What arrows to the left and right do: the next menu."""
        self._lines: tuple[Line, ...] = ()
        self._rows: dict[int, Item] = {}
        self._at = -1
        self._box: Box = (0, 0, 0, 0)
        self._size = (1280, 720)
        self._frames = 0

    def build(self) -> None:
        """Make it, hidden."""
        with within(
            dpg.window(
                show=False,
                no_title_bar=True,
                autosize=True,
                no_move=True,
                no_saved_settings=True,
                min_size=(10, 10),
            )
        ) as self.window:
            pass
        # Or the keys lie lower than the words before them.
        dpg.bind_item_theme(self.window, _level_theme())
        with within(dpg.handler_registry()):
            dpg.add_mouse_click_handler(callback=self._clicked)

    def arrange(self, width: int, height: int) -> None:
        """The window has this size; the list is opened anew for it."""
        self._size = (width, height)
        self.close()

    @property
    def shown(self) -> bool:
        """It is open."""
        return bool(dpg.is_item_shown(self.window))

    @property
    def at(self) -> str:
        """The words of the line that Enter takes."""
        return self._lines[self._at].words if self._at >= 0 else ""

    def open(self, box: Box, lines: Sequence[Line], now: int = -1) -> None:
        """Show these lines below a control, beginning with one of them."""
        self._lines, self._box, self._frames = tuple(lines), box, 0
        self._rows = {}
        dpg.delete_item(self.window, children_only=True)
        wide = max(round(box[2] - box[0]) - 2 * px(12), px(LEAST))
        if any(line.keys for line in lines):
            widths = [(_width(line.words), _width(line.keys)) for line in lines]
            words, keys = (max(column) for column in zip(*widths, strict=True))
            column = words + px(24)
            wide = max(wide, column + keys)
        else:
            column = wide
        for i, line in enumerate(lines):
            with within(dpg.group(parent=self.window, horizontal=True, xoffset=column)):
                self._row(i, line, wide)
        room = self._size[1] - px(60)
        # Without a place of its own a list stays where the last one was shifted to.
        dpg.configure_item(
            self.window,
            pos=(round(box[0]), round(box[3]) + px(2)),
            max_size=(self._size[0], room),
            show=True,
        )
        dpg.focus_item(self.window)
        usable = self._usable()
        self._choose(now if now in usable else next(iter(usable), -1))

    def _row(self, index: int, line: Line, wide: int) -> None:
        if line.gap:
            dpg.add_separator()
        elif line.press is None:
            dpg.add_text(line.words, color=theme.FAINT)
        else:
            self._rows[index] = dpg.add_selectable(
                label=line.words,
                # The list is as wide as its field, and for longer words wider.
                width=max(wide, _width(line.words)),
                user_data=index,
                callback=lambda _, __, at: self._take(at),
            )
        if line.keys:
            dpg.add_text(line.keys, color=theme.DIM)

    def _usable(self) -> list[int]:
        return sorted(self._rows)

    def _choose(self, at: int) -> None:
        self._at = at
        for i, row in self._rows.items():
            dpg.set_value(row, i == at)

    def close(self) -> bool:
        """Out of sight again; False if it was."""
        was = self.shown
        if was:
            dpg.configure_item(self.window, show=False)
        return was

    def _take(self, at: int) -> None:
        press = self._lines[at].press
        self.close()
        if press is not None:
            press()

    def key(self, key: str, shift: bool) -> bool:
        """A key went down; False if it means nothing here."""
        usable = self._usable()
        if key in ("Enter", "Space"):
            if self._at >= 0:
                self._take(self._at)
            else:
                self.close()
        elif key in ("Left", "Right"):
            self.sideways(1 if key == "Right" else -1)
        elif key in ("Up", "Down", "Tab") and usable:
            back = key == "Up" or (key == "Tab" and shift)
            at = usable.index(self._at) if self._at in usable else -1
            self._choose(usable[(at + (-1 if back else 1)) % len(usable)])
        elif key in ("Home", "End") and usable:
            self._choose(usable[0 if key == "Home" else -1])
        else:
            return False
        return True

    def tick(self) -> None:
        """Once a frame: within the window, and the chosen line in sight."""
        if not self.shown:
            return
        self._frames += 1
        width, height = dpg.get_item_rect_size(self.window)
        left, top, _, bottom = self._box
        if self._frames > 2:
            below = bottom + px(2)
            # Above its control where there is more room than below.
            if below + height > self._size[1]:
                below = max(min(top - px(2), self._size[1] - px(2)) - height, px(2))
            x = min(left, max(self._size[0] - width - px(2), 0))
            dpg.set_item_pos(self.window, [round(x), round(below)])
        most = dpg.get_y_scroll_max(self.window)
        if most > 0 and len(self._lines) > 1:
            share = max(self._at, 0) / (len(self._lines) - 1)
            dpg.set_y_scroll(self.window, share * most)

    def _clicked(self) -> None:
        """A click elsewhere closes it."""
        x, y = dpg.get_mouse_pos(local=False)
        left, top = dpg.get_item_pos(self.window)
        width, height = dpg.get_item_rect_size(self.window)
        inside = left <= x < left + width and top <= y < top + height
        if self.shown and self._frames > 1 and not inside:
            self.close()


def _level_theme() -> Item:
    """Texts are as high as lines that can be chosen."""
    with within(dpg.theme()) as made, within(dpg.theme_component(dpg.mvAll)):
        dpg.add_theme_style(dpg.mvStyleVar_FramePadding, px(4), 0)
    return made


def _width(words: str) -> int:
    """Pixels that words take; before anything was drawn nobody knows."""
    size = dpg.get_text_size(words)
    return round(size[0]) if size else 8 * len(words)


def lines_of(item: Item) -> Iterator[Line]:
    """What a menu, or a field with a list, offers."""
    if kind(item) == "Combo":
        for value in dpg.get_item_configuration(item)["items"]:
            yield Line(value, lambda value=value: _fill(item, value))
        return
    for child in dpg.get_item_children(item, 1) or ():  # pyright: ignore
        looks = dpg.get_item_configuration(child)
        made = kind(child)
        if not looks.get("show", True):
            continue
        if made == "Separator":
            yield Line("", gap=True)
        elif made == "MenuItem":
            press = (lambda child=child: push(child)) if looks["enabled"] else None
            yield Line(str(looks["label"]), press, str(looks["shortcut"] or ""))
        elif made == "Menu":
            for line in lines_of(child):
                yield Line(f"{looks['label']}: {line.words}", line.press, line.keys)


def _fill(combo: Item, value: str) -> None:
    dpg.set_value(combo, value)
    tell(combo, value)


def chosen_of(item: Item) -> int:
    """Which line a field shows now."""
    if kind(item) != "Combo":
        return -1
    items = list(dpg.get_item_configuration(item)["items"])
    now = dpg.get_value(item)
    return items.index(now) if now in items else -1
