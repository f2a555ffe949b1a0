"""Which control lies beside another one: where the arrow keys go in a panel."""

from collections.abc import Sequence
from typing import Literal, get_args

Way = Literal["Left", "Right", "Up", "Down"]
WAYS: tuple[Way, ...] = get_args(Way)
Box = tuple[float, float, float, float]
"""Left, top, right and bottom edge; down is more."""
OVERLAP = 0.4
"""Of the lower of two boxes: so much beside each other and they stand in one row."""


def neighbour(boxes: Sequence[Box], at: int, way: Way) -> int:
    """The nearest box in a direction; the same one where there is none.

    Left and right stay in the row; up and down go to the next row, to the box there
    that is most nearly in line.
    """
    if way in ("Left", "Right"):
        return _in_row(boxes, at, 1 if way == "Right" else -1)
    return _in_column(boxes, at, 1 if way == "Down" else -1)


def _in_row(boxes: Sequence[Box], at: int, sign: int) -> int:
    here = boxes[at]
    steps = {
        i: sign * (_middle(box, 0) - _middle(here, 0))
        for i, box in enumerate(boxes)
        if i != at and _beside(here, box)
    }
    ahead = {i: step for i, step in steps.items() if step > 0}
    return min(ahead, key=lambda i: (ahead[i], i), default=at)


def _in_column(boxes: Sequence[Box], at: int, sign: int) -> int:
    here = boxes[at]
    ahead = [
        i
        for i, box in enumerate(boxes)
        if i != at
        and sign * (_middle(box, 1) - _middle(here, 1)) > 0
        and not _beside(here, box)
    ]
    if not ahead:
        return at
    nearest = min(ahead, key=lambda i: (_gap(here, boxes[i], 1), i))
    row = [i for i in ahead if i == nearest or _beside(boxes[nearest], boxes[i])]
    return min(row, key=lambda i: (_gap(here, boxes[i], 0), _off(here, boxes[i]), i))


def _middle(box: Box, axis: int) -> float:
    return (box[axis] + box[axis + 2]) / 2


def _beside(a: Box, b: Box) -> bool:
    """They stand in one row."""
    shared = min(a[3], b[3]) - max(a[1], b[1])
    return shared > OVERLAP * min(a[3] - a[1], b[3] - b[1])


def _gap(a: Box, b: Box, axis: int) -> float:
    """What lies between them along an axis, nothing where they overlap."""
    return max(b[axis] - a[axis + 2], a[axis] - b[axis + 2], 0.0)


def _off(a: Box, b: Box) -> float:
    """How far their left edges are from each other."""
    return abs(a[0] - b[0])
