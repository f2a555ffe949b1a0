"""Looking and casting in the real window, with a real mouse."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.ui.screens import Desk, desk

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One window for all tests here."""
    with desk(tmp_path_factory.mktemp("work")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _as_it_was(editor: Desk) -> None:
    editor.hand("mouseup", 1)
    editor.move(4, 890)
    while editor.ask("undo")["undo"]:
        pass
    editor.ask("usual-layout")
    editor.ask("looking", mode="colour", against="nothing", wipe=0.5)
    editor.ask("panel", title="Cast")
    editor.until(lambda s: "cast:object/0" in s["fields"])


def middle(state: dict[str, Any], field: str) -> list[float]:
    """Where to click it."""
    x, y, width, height = state["fields"][field]
    return [x + width / 2, y + height / 2]


def new_object(state: dict[str, Any]) -> list[float]:
    """Where the inserted object stands."""
    return next(o for o in state["objects"] if o["track"] == 3)["position"]


def test_somebody_is_dragged_from_the_sheet_onto_the_road(editor: Desk) -> None:
    start = editor.ask("wait-final")
    view = start["viewport"]
    down = [view["x"] + view["width"] * 0.7, view["y"] + view["height"] * 0.8]
    editor.drag(middle(start, "cast:object/1"), down)
    state = editor.until(lambda s: s["undo"] == 1)
    assert state["edits"] == ["Insert Car 3"]
    assert state["selection"] == 3
    assert state["cast"] == {"chosen": "object/1", "carried": None}
    x, y, z = new_object(state)
    assert x > 0.3
    assert y == pytest.approx(1.65, abs=0.05)
    assert 2 < z < 60
    # The middle of its foot is under the mouse.
    again = editor.ask("wait-final")
    u, v = again["viewport"]["boxes"]["3"]
    assert abs(u - down[0]) < 30
    assert v < down[1] + 10


def test_onto_the_map(editor: Desk) -> None:
    start = editor.ask("wait-final")
    left, top, width, height = start["panes"]["map"]["at"]
    editor.drag(
        middle(start, "cast:object/0"), [left + width * 0.6, top + height * 0.4]
    )
    state = editor.until(lambda s: s["undo"] == 1)
    assert state["edits"] == ["Insert Car 3"]
    scale = state["views"]["map"]["scale"]
    u, v = state["panes"]["map"]["boxes"]["3"]
    off = np.hypot(u - (left + width * 0.6), v - (top + height * 0.4))
    assert off / scale < 1.0


def test_nobody_is_dropped_beside_the_views_or_after_esc(editor: Desk) -> None:
    start = editor.ask("wait-final")
    card = middle(start, "cast:object/0")
    editor.drag(card, [card[0] + 30, card[1] + 40])
    assert editor.state()["undo"] == 0
    view = start["viewport"]
    editor.move(*card)
    editor.state()
    editor.hand("mousedown", 1)
    editor.state()
    for share in (0.3, 0.6, 0.8):
        editor.move(view["x"] + view["width"] * share, view["y"] + view["height"] * 0.8)
        editor.state()
    editor.until(lambda s: s["cast"]["carried"] is not None)
    editor.hand("key", "Escape")
    editor.until(lambda s: s["cast"]["carried"] is None)
    editor.hand("mouseup", 1)
    assert editor.state()["undo"] == 0


def test_a_double_click_inserts_ahead(editor: Desk) -> None:
    start = editor.ask("wait-final")
    editor.move(*middle(start, "cast:object/1"))
    editor.state()
    editor.hand("click", "--repeat", 2, "--delay", 120, 1)
    state = editor.until(lambda s: s["undo"] == 1)
    assert new_object(state)[2] == pytest.approx(12.0, abs=0.1)


def test_the_divider_follows_the_mouse_and_nothing_else_moves(editor: Desk) -> None:
    editor.ask("wait-final")
    state = editor.ask("looking", against="recorded", wipe=0.5)
    state = editor.ask("wait-final")
    view = state["viewport"]
    y = view["y"] + view["height"] * 0.15
    x = view["x"] + view["width"] / 2
    editor.drag([x, y], [x + view["width"] * 0.25, y])
    state = editor.until(lambda s: s["looking"]["wipe"] > 0.7)
    assert state["looking"]["wipe"] == pytest.approx(0.75, abs=0.03)
    assert state["undo"] == 0
    assert state["selection"] is None


def test_keys_look_and_compare(editor: Desk) -> None:
    editor.ask("wait-final")
    editor.hand("key", "l")
    editor.until(lambda s: s["looking"]["mode"] == "depth")
    editor.hand("key", "c")
    editor.until(lambda s: s["looking"]["against"] == "recorded")
    editor.hand("key", "c")
    editor.until(lambda s: s["looking"]["against"] == "nothing")


def test_the_corner_opens_its_choices(editor: Desk) -> None:
    state = editor.ask("wait-final")
    editor.click(*middle(state, "looking"))
    editor.until(lambda s: s["looking"]["menu"])
    editor.click(*middle(state, "looking"))
    editor.until(lambda s: not s["looking"]["menu"])
