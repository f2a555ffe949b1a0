"""Where each panel lies in a window of a given size."""

from dataclasses import dataclass

from nsg_editor.geometry.arrangement import Arrangement, Divider, Dock, Rect
from nsg_editor.ui.panels import status, timeline, toolbar
from nsg_editor.ui.theme import px

GAP = 1
EDGE = 4
"""Pixels between the views and a dock, where it is taken hold of."""
FOLDED = 28
"""Pixels of a folded dock, before they are scaled."""
LEAST = {"left": 120, "right": 200, "bottom": 90}
"""No dock gets smaller by dragging, before it is scaled."""
BOTH_SIDES, WITH_BOTTOM = 800, 430
"""Pixels of a window, before they are scaled, below which two docks at the sides, or
the one at the bottom, would leave nothing to see of the drive."""
LEAST_MIDDLE = (420, 200)
"""What docks leave to the views, wherever they are dragged."""


@dataclass(frozen=True, slots=True)
class Layout:
    """All places."""

    toolbar: Rect
    left: Rect
    viewport: Rect
    """The room of all views."""
    timeline: Rect
    bottom: Rect
    right: Rect
    status: Rect

    @property
    def gaps(self) -> tuple[Rect, ...]:
        """What lies between the panels, apart from what is between two views."""
        left, right, middle = self.left, self.right, self.viewport
        wide, bottom = self.toolbar.width, self.bottom.y
        return (
            Rect(0, self.toolbar.height, wide, GAP),
            Rect(left.x + left.width, left.y, EDGE, left.height),
            Rect(right.x - EDGE, right.y, EDGE, right.height),
            Rect(middle.x, self.timeline.y - GAP, middle.width, GAP),
            Rect(middle.x, bottom - EDGE, middle.width, EDGE),
            Rect(0, self.status.y - GAP, wide, GAP),
        )

    def dividers(self, arrangement: Arrangement) -> tuple[Divider, ...]:
        """What lies between the views and docks that are not folded."""
        left, right, bottom = self.left, self.right, self.bottom
        whole = Rect(0, left.y, self.toolbar.width, left.height)
        high = Rect(left.x + left.width, left.y, EDGE, left.height)
        found = {
            "left": Divider("left", high, True, whole),
            "right": Divider(
                "right", Rect(right.x - EDGE, right.y, EDGE, right.height), True, whole
            ),
            "bottom": Divider(
                "bottom",
                Rect(bottom.x, bottom.y - EDGE, bottom.width, EDGE),
                False,
                Rect(bottom.x, left.y, bottom.width, left.height),
            ),
        }
        closed = arrangement.closed
        return tuple(line for name, line in found.items() if name not in closed)


def arrange(width: int, height: int, arrangement: Arrangement | None = None) -> Layout:
    """Docks keep their sizes as far as the window allows; views take what is left."""
    wished = arrangement or Arrangement()
    bar, line, foot = px(toolbar.HEIGHT), px(timeline.HEIGHT), px(status.HEIGHT)
    top, end = bar + GAP, height - foot
    body = max(end - top - GAP, 200)
    sides = _sides(width, wished)
    left, right = sides
    middle_x = left + EDGE
    middle = max(width - left - right - 2 * EDGE, 1)
    room = body - line - GAP - EDGE
    most = max(room - px(LEAST_MIDDLE[1]), round(0.6 * room), px(FOLDED))
    bottom = min(_size("bottom", wished, height), most)
    picture = max(room - bottom, 1)
    line_y = top + picture + GAP
    bottom_y = line_y + line + EDGE
    return Layout(
        toolbar=Rect(0, 0, width, bar),
        left=Rect(0, top, left, body),
        viewport=Rect(middle_x, top, middle, picture),
        timeline=Rect(middle_x, line_y, middle, line),
        bottom=Rect(middle_x, bottom_y, middle, max(end - bottom_y - GAP, 1)),
        right=Rect(width - right, top, right, body),
        status=Rect(0, end, width, foot),
    )


def crowded(width: int, height: int) -> frozenset[Dock]:
    """Docks that a window of this size has no room for beside the others."""
    sides: tuple[Dock, ...] = ("left",) if width < px(BOTH_SIDES) else ()
    low: tuple[Dock, ...] = ("bottom",) if height < px(WITH_BOTTOM) else ()
    return frozenset((*sides, *low))


def _sides(width: int, wished: Arrangement) -> tuple[int, int]:
    """Widths of the docks at the left and the right."""
    left, right = _size("left", wished, width), _size("right", wished, width)
    least = min(px(LEAST_MIDDLE[0]), width // 2)
    most = max(width - least, 2 * px(FOLDED))
    if left + right > most:
        left = max(round(left * most / (left + right)), 1)
        right = most - left
    return left, right


def _size(dock: Dock, wished: Arrangement, window: int) -> int:
    """Pixels of a dock as wished, or as the window's size suggests."""
    if dock in wished.closed:
        return px(FOLDED)
    own = getattr(wished, dock)
    if own is not None:
        return px(max(own, LEAST[dock]))
    if dock == "bottom":
        return min(max(round(0.28 * window), px(120)), px(232))
    roomy = window / px(100) >= 15
    usual = {"left": (206, 214), "right": (270, 290)}
    return px(usual[dock][roomy])
