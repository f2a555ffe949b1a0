"""Views share a room without overlaps; what is dragged stays within reason."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.settings import from_json, to_json
from nsg_editor.actions.table import perform
from nsg_editor.geometry.arrangement import (
    GAP,
    KINDS,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    Arrangement,
    Rect,
    divided,
    dragged,
    folded,
    share_room,
    swapped,
)
from nsg_editor.geometry.overflow import left_out
from tests.editor.scenes import start_state

SHARES = st.floats(0.01, 0.99)
ARRANGEMENTS = st.builds(
    Arrangement,
    order=st.permutations(KINDS).map(tuple),
    beside=st.booleans(),
    large=SHARES,
    first=SHARES,
    alone=st.sampled_from((None, *KINDS)),
)
ROOMS = st.builds(
    Rect, st.just(187), st.just(47), st.integers(500, 3300), st.integers(230, 1900)
)


@given(ARRANGEMENTS, ROOMS)
def test_views_tile_their_room(arrangement: Arrangement, room: Rect) -> None:
    shared = share_room(arrangement, room)
    covered = np.zeros((room.height, room.width), dtype=np.int8)
    for place in (*shared.views.values(), *(d.place for d in shared.dividers)):
        assert place.width >= 1
        assert place.height >= 1
        x, y = place.x - room.x, place.y - room.y
        assert x >= 0
        assert y >= 0
        covered[y : y + place.height, x : x + place.width] += 1
    assert (covered == 1).all()
    for place in shared.views.values():
        assert place.width >= min(LEAST_WIDTH, (room.width - GAP) // 2)
        assert place.height >= min(LEAST_HEIGHT, (room.height - GAP) // 2)


@given(ARRANGEMENTS, ROOMS)
def test_a_view_alone_has_the_whole_room(arrangement: Arrangement, room: Rect) -> None:
    for kind in KINDS:
        shared = share_room(replace(arrangement, alone=kind), room)
        assert shared.views == {kind: room}
        assert not shared.dividers


@given(ARRANGEMENTS, st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))
def test_a_divider_follows_the_mouse(
    arrangement: Arrangement, u: float, v: float
) -> None:
    """Within bounds the divider is where the mouse has dragged it."""
    room = Rect(200, 50, 1200, 800)
    arrangement = replace(arrangement, alone=None)
    x, y = room.x + u * room.width, room.y + v * room.height
    for i, divider in enumerate(share_room(arrangement, room).dividers):
        to = dragged(arrangement, divider, x, y)
        after = divided(arrangement, divider.part, to)
        place = share_room(after, room).dividers[i].place
        along, low, high = (
            (x, divider.room.x, divider.room.width)
            if divider.upright
            else (y, divider.room.y, divider.room.height)
        )
        least = LEAST_WIDTH if divider.upright else LEAST_HEIGHT
        reach = max(least, 0.15 * high) + GAP
        if low + reach <= along <= low + high - reach:
            at = place.x if divider.upright else place.y
            assert abs(at - along) <= GAP + 1


@given(ARRANGEMENTS, st.permutations(KINDS))
def test_swapping_twice_changes_nothing(
    arrangement: Arrangement, kinds: list[str]
) -> None:
    one, other = kinds[:2]
    once = swapped(arrangement, one, other)  # pyright: ignore[reportArgumentType]
    assert once.order.index(one) == arrangement.order.index(other)  # pyright: ignore
    assert swapped(once, one, other) == arrangement  # pyright: ignore


@given(ARRANGEMENTS)
def test_it_is_kept_in_files(arrangement: Arrangement) -> None:
    again = from_json(Arrangement, to_json(arrangement), Path("settings.json"))
    assert again == arrangement


def test_nonsense_in_a_file_becomes_the_usual() -> None:
    strange = Arrangement(("map", "map", "free"), large=float("nan"), first=7.0)
    assert strange.order == KINDS
    assert (strange.large, strange.first) == (0.5, 0.5)


def test_actions_arrange_and_say_nothing_of_the_project() -> None:
    state = start_state()
    state = perform(state, "maximise", view="map")
    assert state.settings.arrangement.alone == "map"
    assert perform(state, "maximise").settings.arrangement.alone is None
    state = perform(state, "swap-views", view="camera", other="map")
    assert state.settings.arrangement.order == ("map", "free", "camera")
    assert state.settings.arrangement.alone == "camera"
    state = perform(state, "divide", part="large", to=0.7)
    assert state.settings.arrangement.large == pytest.approx(0.7)
    state = perform(state, "divide", part="left", to=240.0)
    assert state.settings.arrangement.left == 240
    state = perform(state, "fold", dock="bottom")
    assert state.settings.arrangement.folded == ("bottom",)
    assert perform(state, "fold", dock="bottom").settings.arrangement.folded == ()
    assert not state.dirty
    back = perform(state, "usual-layout")
    assert back.settings.arrangement == Arrangement()
    assert perform(back, "usual-layout") is back


@given(st.permutations(("left", "right", "bottom")))
def test_folding_and_unfolding(docks: list[str]) -> None:
    arrangement = Arrangement()
    for dock in docks:
        arrangement = folded(arrangement, dock, None)  # pyright: ignore
    assert set(arrangement.folded) == set(docks)
    for dock in docks:
        arrangement = folded(arrangement, dock, False)  # pyright: ignore
    assert arrangement == Arrangement()


def test_what_does_not_fit_is_left_out_in_order() -> None:
    widths = {"a": 100.0, "b": 50.0, "c": 30.0}
    assert left_out(widths, ("c", "b"), 180, 20) == frozenset()
    assert left_out(widths, ("c", "b"), 179, 20) == {"c"}
    assert left_out(widths, ("c", "b"), 150, 20) == {"c", "b"}
    assert left_out(widths, ("c", "b"), 0, 20) == {"c", "b"}, "the rest stays"


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.floats(1, 300), min_size=1),
    st.floats(0, 900),
)
def test_what_is_left_fits_if_anything_can(
    widths: dict[str, float], room: float
) -> None:
    gone = left_out(widths, tuple(widths), room, 20)
    kept = sum(width for name, width in widths.items() if name not in gone)
    assert kept <= room or len(gone) == len(widths)
    # Nothing is left out for nothing.
    assert not gone or sum(widths.values()) > room
