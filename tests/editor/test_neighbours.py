"""Where arrow keys go from one control to the next."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from nsg_editor.geometry.neighbours import WAYS, Box, Way, neighbour

# A form as panels have it: a wide field, two buttons, a row of three ticks.
FORM: tuple[Box, ...] = (
    (10, 0, 200, 20),
    (10, 30, 90, 50),
    (110, 30, 200, 50),
    (10, 60, 60, 78),
    (80, 60, 130, 78),
    (150, 61, 200, 79),
)


@pytest.mark.parametrize(
    ("at", "way", "to"),
    [
        *((0, "Down", 1), (1, "Right", 2), (2, "Down", 4), (1, "Down", 3)),
        *((5, "Up", 2), (4, "Left", 3), (3, "Right", 4), (2, "Up", 0)),
        # At the edges one stays; no arrow jumps to another row sideways.
        *((0, "Up", 0), (0, "Left", 0), (2, "Right", 2), (4, "Down", 4)),
    ],
)
def test_arrows_go_where_a_hand_would_point(at: int, way: Way, to: int) -> None:
    assert neighbour(FORM, at, way) == to


numbers = st.floats(0, 1000, width=32)
lengths = st.floats(1, 300, width=32)


@st.composite
def boxes(draw: st.DrawFn) -> list[Box]:
    found = draw(
        st.lists(st.tuples(numbers, numbers, lengths, lengths), min_size=1, max_size=9)
    )
    return [(x, y, x + w, y + h) for x, y, w, h in found]


@given(boxes(), st.data())
def test_an_arrow_goes_its_way_or_stays(found: list[Box], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(found) - 1))
    for way in WAYS:
        to = neighbour(found, at, way)
        axis, sign = ("LeftRight".find(way) < 0), 1 if way in ("Right", "Down") else -1
        a, b = (found[i][axis] + found[i][axis + 2] for i in (at, to))
        assert to == at or sign * (b - a) > 0


@given(boxes(), st.data())
def test_up_and_down_come_to_an_end(found: list[Box], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(found) - 1))
    for way in WAYS:
        here, steps = at, 0
        while (to := neighbour(found, here, way)) != here:
            here, steps = to, steps + 1
            assert steps <= len(found)
