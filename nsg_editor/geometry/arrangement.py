"""Where the three views lie in the room they share, as plain arithmetic.

One view is large; the other two share what it leaves, beside it or below it. Each can
be moved to another place, and each can have the room for itself. Docks at the edges of
the window have sizes that can be dragged, and can be folded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

Kind = Literal["camera", "free", "map"]
"""Through the camera, free in space, from above."""
KINDS: tuple[Kind, ...] = get_args(Kind)
Dock = Literal["left", "right", "bottom"]
DOCKS: tuple[Dock, ...] = get_args(Dock)
Part = Literal["large", "first", "left", "right", "bottom"]
"""What a divider changes: the share of the large view, that of the first of the two
others, or the size of a dock."""

GAP = 4
"""Pixels between two views, where the divider is taken hold of."""
LEAST_WIDTH, LEAST_HEIGHT = 150, 84
"""No view gets smaller than this by dragging, if there is room at all."""
SHARES = (0.15, 0.85)


@dataclass(frozen=True, slots=True)
class Rect:
    """A place in the window, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: float, y: float) -> bool:
        """The point is in it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a person likes it."""

    order: tuple[Kind, Kind, Kind] = ("camera", "free", "map")
    """The large one, then the two others."""
    beside: bool = False
    """The two others stand at the right of the large one, not below it."""
    large: float = 0.6
    """Of the room."""
    first: float = 0.5
    """Of what the large one leaves."""
    alone: Kind | None = None
    """The view that has the whole room."""
    left: int | None = None
    """Pixels, before they are scaled; None: as the window's size suggests."""
    right: int | None = None
    bottom: int | None = None
    folded: tuple[Dock, ...] = ()
    crowded: tuple[Dock, ...] = ()
    """Folded as well, as long as the window is too small for them."""

    def __post_init__(self) -> None:
        # Files are written by hand, too: what makes no sense becomes the usual.
        if sorted(self.order) != sorted(KINDS):
            object.__setattr__(self, "order", KINDS)
        for name in ("large", "first"):
            share = getattr(self, name)
            fine = 0 < share < 1
            object.__setattr__(self, name, _within(share, *SHARES) if fine else 0.5)
        if self.alone not in (None, *KINDS):
            object.__setattr__(self, "alone", None)
        for name in ("folded", "crowded"):
            docks = tuple(dock for dock in DOCKS if dock in getattr(self, name))
            object.__setattr__(self, name, docks)

    @property
    def closed(self) -> frozenset[Dock]:
        """Docks that are folded, for whatever reason."""
        return frozenset((*self.folded, *self.crowded))


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two views, or at a dock, that can be dragged."""

    part: Part
    place: Rect
    upright: bool
    """It is dragged to the left and the right."""
    room: Rect
    """What it divides."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Where the views lie, and where they can be made larger and smaller."""

    views: Mapping[Kind, Rect]
    """Those that are shown."""
    dividers: tuple[Divider, ...] = field(default=())


def share_room(arrangement: Arrangement, room: Rect) -> Shared:
    """The places of the views in a room."""
    if arrangement.alone is not None:
        return Shared({arrangement.alone: room})
    across = arrangement.beside
    big, rest, divider = _cut(room, arrangement.large, across, "large")
    one, two, other = _cut(rest, arrangement.first, not across, "first")
    places = dict(zip(arrangement.order, (big, one, two), strict=True))
    return Shared(places, (divider, other))


def _cut(
    room: Rect, share: float, upright: bool, part: Part
) -> tuple[Rect, Rect, Divider]:
    """Two parts of a room, and the divider between them."""
    whole, least = (room.width, LEAST_WIDTH) if upright else (room.height, LEAST_HEIGHT)
    both = whole - GAP
    a = min(max(round(both * share), least), both - least)
    if both < 2 * least:
        a = both // 2
    b = both - a
    if upright:
        first = replace(room, width=a)
        line = Rect(room.x + a, room.y, GAP, room.height)
        second = replace(room, x=room.x + a + GAP, width=b)
    else:
        first = replace(room, height=a)
        line = Rect(room.x, room.y + a, room.width, GAP)
        second = replace(room, y=room.y + a + GAP, height=b)
    return first, second, Divider(part, line, upright, room)


def dragged(arrangement: Arrangement, divider: Divider, x: float, y: float) -> float:
    """The value of a part when its divider is dragged to a point: a share, or pixels
    of a dock."""
    room = divider.room
    along = x - room.x if divider.upright else y - room.y
    whole = room.width if divider.upright else room.height
    if divider.part in ("large", "first"):
        return _within(along / max(whole, 1), *SHARES)
    return along if divider.part == "left" else whole - along


def divided(arrangement: Arrangement, part: Part, to: float) -> Arrangement:
    """With another value of a part."""
    if part in ("large", "first"):
        return replace(arrangement, **{part: _within(to, *SHARES)})
    return replace(arrangement, **{part: max(round(to), 60)})


def swapped(arrangement: Arrangement, one: Kind, other: Kind) -> Arrangement:
    """Two views change places; if one had the room for itself, the other has it."""
    exchange = {one: other, other: one}
    a, b, c = (exchange.get(kind, kind) for kind in arrangement.order)
    alone = arrangement.alone
    if alone is not None:
        alone = exchange.get(alone, alone)
    return replace(arrangement, order=(a, b, c), alone=alone)


def folded(arrangement: Arrangement, dock: Dock, on: bool | None) -> Arrangement:
    """A dock folded or unfolded; None: the other way round."""
    want = dock not in arrangement.closed if on is None else on
    others = tuple(other for other in arrangement.folded if other != dock)
    crowded = tuple(other for other in arrangement.crowded if other != dock)
    docks = (*others, dock) if want else others
    return replace(arrangement, folded=docks, crowded=crowded)


def _within(value: float, low: float, high: float) -> float:
    return max(low, min(value, high))
