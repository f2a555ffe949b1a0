"""Keys go from control to control in a panel or a dialog, with a ring around the one.

The toolkit's own way of going about by keys can only be on for the whole life of the
window, and would take arrows, Space and Alt from the drive; so this is the editor's
own. Tab goes on in order, arrows to what lies there, Space and Enter do what a click
would do.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

import dearpygui.dearpygui as dpg

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.geometry.neighbours import WAYS, Box, Way, neighbour
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.entry import NumberEntry
from nsg_editor.ui.fitting import word_width
from nsg_editor.ui.looks import kind
from nsg_editor.ui.theme import px
from nsg_editor.ui.touch import LISTS, NUMBERS, TEXTS, TOUCHED, controls
from nsg_editor.ui.windows.pick_window import PickWindow, chosen_of, lines_of
from nsg_editor.values.front import AREAS, Area

GAP, WEIGHT = 3, 2
"""Pixels from a control to its ring, and of the ring."""
KEYS = ("Tab", *WAYS, "Enter", "Space")
FREE_IN = 3
"""Frames after which the toolkit forgets the field that was left."""
LIST_HEIGHT = 25
"""Pixels of a field that opens a list."""
REMEMBERED = 8
"""Clicks, to know whether a list is open."""
SEARCH = 60
"""Frames for which a control that is out of sight is scrolled to."""
ROOMS = ("ChildWindow", "WindowAppItem")
"""What has a place of its own for what is in it."""
Parts = Callable[[Area], Iterable[Item]]
"""What belongs to a part of the window."""


class Focus:
    """Where keys are, in which part of the window."""

    def __init__(
        self,
        do: Dispatch,
        area: Callable[[], Area | None],
        parts: Parts,
        front: Callable[[], Item | None],
        entry: NumberEntry,
    ) -> None:
        self._do, self._area, self._parts, self._front = do, area, parts, front
        self._entry = entry
        self.picker = PickWindow()
        self.menus: dict[Item, Item] = {}
        """What a button opens that has no callback: a window with lines."""
        self.root: Item = 0
        """The window itself, which takes no keys."""
        self.at: Item | None = None
        """The control with the ring."""
        self._clicks: list[tuple[float, float]] = []
        """Where the last clicks were."""
        self._index = 0
        self._where: object = None
        self._last: dict[object, tuple[Item, int]] = {}
        self._free_in = self._search = 0

    def build(self) -> None:
        """Make the ring, and the list; a click of the mouse takes the keys back."""
        self._ink = dpg.add_viewport_drawlist(front=True)
        self._ring: Item | None = None
        self._drawn: object = None
        self.picker.build()
        self.picker.sideways = self._next_menu
        with within(dpg.handler_registry()):
            dpg.add_mouse_click_handler(callback=self._clicked)

    def _clicked(self) -> None:
        x, y = dpg.get_mouse_pos(local=False)
        self._clicks = [*self._clicks, (x, y)][-REMEMBERED:]
        if self.picker.shown:
            return
        if self._where == self._area():
            self._do("keys-to", area=None)
        self.at = None

    def _now(self) -> object:
        """The window in front, or the part of the window, that keys are in."""
        return self._front() or self._area()

    def _controls(self) -> list[Item]:
        front, area = self._front(), self._area()
        if front is not None:
            return list(controls(front))
        parts = self._parts(area) if area is not None else ()
        return [item for part in parts for item in controls(part)]

    def key(self, key: str, shift: bool) -> bool:
        """A key went down; False if it means nothing here."""
        if self.picker.shown:
            return self.picker.key(key, shift)
        if key not in KEYS or self._now() is None or self._entry.typing:
            return False
        self._follow()
        found = self._controls()
        typing = next((i for i in found if _writes(i)), None)
        if typing is not None:
            if key != "Tab":
                return False
            self.at = typing
        if not found:
            return False
        return self._walk(found, key, shift, typing is not None)

    def _walk(
        self, found: list[Item], key: str, shift: bool, typing: bool = False
    ) -> bool:
        there = self.at in found
        if key in ("Enter", "Space"):
            if there and self.at is not None:
                self.touch(self.at)
            return there
        if not there:
            # What was deleted has a follower in its place.
            self._put(found, min(self._index, len(found) - 1))
            return True
        at = found.index(cast("Item", self.at))
        if key == "Tab":
            to = (at + (-1 if shift else 1)) % len(found)
        else:
            to = neighbour([box_of(item) for item in found], at, cast("Way", key))
        self._put(found, to, typing)
        return True

    def _put(self, found: Sequence[Item], to: int, typing: bool = False) -> None:
        """The ring goes there."""
        self.at, self._index, self._search = found[to], to, SEARCH
        writes = kind(self.at) in TEXTS and self._front() is not None
        if typing or writes:
            # This ends what was typed; a field of a dialog can be typed into at once.
            dpg.focus_item(self.at)
            self._free_in = 0 if writes else FREE_IN

    def touch(self, item: Item) -> None:
        """Do what a click on it would do."""
        made = kind(item)
        if made in TOUCHED and item not in self.menus:
            TOUCHED[made](item)
        elif made in NUMBERS:
            self._entry.open(item)
        elif made in TEXTS:
            dpg.focus_item(item)
        else:
            self._open(item)

    def _open(self, item: Item) -> None:
        lines = list(lines_of(self.menus.get(item, item)))
        if lines:
            self.picker.open(box_of(item), lines, chosen_of(item))

    def open_menus(self) -> None:
        """The first menu opens."""
        found = self._controls()
        if found and kind(found[0]) in LISTS:
            self._put(found, 0)
            self._open(found[0])

    def _next_menu(self, by: int) -> None:
        """From an open menu to the one beside it."""
        if self.at is None or kind(self.at) != "Menu":
            return
        menus = [item for item in self._controls() if kind(item) == "Menu"]
        to = menus[(menus.index(self.at) + by) % len(menus)]
        self.at = to
        self._open(to)

    def fold(self) -> bool:
        """Close a list that the mouse opened; False if there is none.

        The toolkit closes its lists by mouse alone, and does not tell which are open:
        a click opens one, and a second on the same control closes it.
        """
        clicks, self._clicks = self._clicks, []
        for item in self._lists() if clicks else ():
            onto = [_inside(_list_box(item), click) for click in reversed(clicks)]
            if (*onto, False).index(False) % 2 == 1:
                dpg.focus_item(self._front() or self.root)
                return True
        return False

    def _lists(self) -> Iterator[Item]:
        """All controls in sight that open a list."""
        front = self._front()
        shown = (part for area in AREAS for part in self._parts(area))
        for part in shown if front is None else (front,):
            yield from (i for i in controls(part) if kind(i) in LISTS)

    def escape(self) -> bool:
        """Close the list, or go back to the views; False if keys are there."""
        if self.picker.close():
            return True
        if self._front() is None and self._area() is not None:
            self._do("keys-to", area=None)
            return True
        return False

    def tick(self) -> None:
        """Once a frame: the ring follows its control."""
        self._follow()
        if self._entry.field is not None and self._area() is not None:
            self.at = self._entry.field
        if self._free_in > 0:
            self._free_in -= 1
            if self._free_in == 0 and self._front() is None:
                dpg.focus_item(self.root)
        if self.at is not None and not dpg.does_item_exist(self.at):
            found = self._controls()
            self.at = found[min(self._index, len(found) - 1)] if found else None
        self.picker.tick()
        self._reveal()
        self._draw()

    def _follow(self) -> None:
        now = self._now()
        if now != self._where:
            self._entered(now)

    def _entered(self, now: object) -> None:
        """Keys are somewhere else now: where they were there the last time."""
        if self.at is not None:
            self._last[self._where] = self.at, self._index
        self._where, self.at, self._index = now, None, 0
        if now is None or now != self._area():
            return
        dpg.focus_item(self.root)
        found = self._controls()
        item, index = self._last.get(now, (0, 0))
        if item in found:
            self._put(found, found.index(item))
        elif found:
            self._put(found, min(index, len(found) - 1))
        if now == "menus":
            self.open_menus()

    def _reveal(self) -> None:
        """Scroll to the control."""
        if self.at is None or self._search == 0:
            return
        self._search -= 1
        room = _scrolled(self.at)
        if room is None:
            self._search = 0
        elif not _seen(self.at):
            # Where it lies is known only once it is drawn.
            found = [i for i in controls(room) if _seen(i)]
            order = list(controls(room))
            below = not found or order.index(self.at) > order.index(found[-1])
            _scroll(room, px(60) if below else -px(60))
        else:
            self._show_whole(room)

    def _show_whole(self, room: Item) -> None:
        _, top, _, bottom = box_of(self.at) if self.at is not None else (0, 0, 0, 0)
        _, first, _, last = box_of(room)
        margin = px(2 * GAP)
        if top - margin < first:
            _scroll(room, top - margin - first)
        elif bottom + margin > last:
            _scroll(room, bottom + margin - last)
        else:
            self._search = 0

    def _draw(self) -> None:
        box = None
        if self.at is not None and _seen(self.at):
            box = box_of(self.at)
        looks = box, theme.ACCENT, theme.scale()
        if looks == self._drawn:
            return
        self._drawn = looks
        dpg.delete_item(self._ink, children_only=True)
        if box is not None:
            gap = px(GAP)
            dpg.draw_rectangle(
                (box[0] - gap, box[1] - gap),
                (box[2] + gap, box[3] + gap),
                color=theme.ACCENT,
                thickness=max(px(WEIGHT), 2),
                rounding=px(5),
                parent=self._ink,
            )


def box_of(item: Item) -> Box:
    """Where an item is in the window."""
    state = dpg.get_item_state(item)
    if "rect_min" in state:
        left, top = state["rect_min"]
        width, height = state["rect_size"]
    else:
        left, top = _corner(item)
        width, height = _size(item)
    return left, top, left + width, top + height


def _corner(item: Item) -> tuple[float, float]:
    """Of what the toolkit knows only where it lies in its own window."""
    x, y = dpg.get_item_pos(item)
    room = _room(item)
    if not room or kind(item) == "WindowAppItem":
        return x, y
    left, top = _corner(room)
    return left + x, top + y - dpg.get_y_scroll(room)


def _room(item: Item) -> Item | None:
    """What an item has its place in."""
    room: Item | None = dpg.get_item_parent(item)
    while room and kind(room) not in ROOMS:
        room = dpg.get_item_parent(room)
    return room


def _size(item: Item) -> tuple[float, float]:
    if kind(item) == "Menu":
        return word_width(dpg.get_item_label(item) or "") + 2 * px(4), px(26)
    width, height = dpg.get_item_rect_size(item)
    return width, height


def _list_box(item: Item) -> Box:
    """Where what opens a list is; the toolkit does not tell it of one that is open."""
    if kind(item) == "Menu":
        return box_of(item)
    room = _room(item)
    left, top = box_of(room)[:2] if room else (0.0, 0.0)
    x, y = dpg.get_item_pos(item)
    x, y = left + x, top + y - (dpg.get_y_scroll(room) if room else 0)
    return x, y, x + dpg.get_item_rect_size(item)[0], y + px(LIST_HEIGHT)


def _inside(box: Box, point: tuple[float, float]) -> bool:
    left, top, right, bottom = box
    return left <= point[0] < right and top <= point[1] < bottom


def _seen(item: Item) -> bool:
    """It is not scrolled out of sight; of menus the toolkit does not tell."""
    return bool(dpg.get_item_state(item).get("visible", True))


def _writes(item: Item) -> bool:
    return kind(item) in TEXTS and bool(dpg.is_item_active(item))


def _scrolled(item: Item) -> Item | None:
    """What an item scrolls in."""
    inside: Item | None = dpg.get_item_parent(item)
    while inside:
        if kind(inside) in ROOMS and dpg.get_y_scroll_max(inside) > 0:
            return inside
        inside = dpg.get_item_parent(inside)
    return None


def _scroll(room: Item, by: float) -> None:
    to = dpg.get_y_scroll(room) + by
    dpg.set_y_scroll(room, min(max(to, 0), dpg.get_y_scroll_max(room)))
