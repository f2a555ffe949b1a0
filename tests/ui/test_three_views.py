"""Camera, free view and map in the real window, with a real mouse."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.ui.screens import Desk, desk

pytestmark = pytest.mark.screen
Place = dict[str, Any]


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One window for all tests here."""
    with desk(tmp_path_factory.mktemp("views")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _as_it_was(editor: Desk) -> None:
    editor.move(4, 890)
    while editor.ask("undo")["undo"]:
        pass
    editor.ask("usual-layout")
    editor.ask("select", track=None)
    for where in ("camera", "free", "map"):
        editor.ask("home", where=where)


def pane(state: dict[str, Any], kind: str) -> Place:
    """Where a view is in the window, and the boxes in it."""
    return state["panes"][kind]


def position(state: dict[str, Any], track: int) -> list[float]:
    """Where an object is."""
    return next(o for o in state["objects"] if o["track"] == track)["position"]


def test_a_box_is_selected_and_dragged_on_the_map(editor: Desk) -> None:
    """It goes as many metres as the map says, and stays on the road."""
    before = editor.ask("wait-final")
    x, y = pane(before, "map")["boxes"]["0"]
    scale = before["views"]["map"]["scale"]
    editor.drag([x, y], [x + 40, y])
    state = editor.until(lambda s: s["undo"] == 1 and not s["gesture"])
    assert state["selection"] == 0
    assert state["views"]["active"] == "map"
    went = np.subtract(position(state, 0), position(before, 0))
    np.testing.assert_allclose(went, [40 / scale, 0.0, 0.0], atol=1.5 / scale)
    # All views know: the box has moved in the camera's picture, too.
    moved = (
        pane(state, "camera")["boxes"]["0"][0] - pane(before, "camera")["boxes"]["0"][0]
    )
    assert moved > 20


def test_what_is_under_the_mouse_in_one_view_is_hot_in_all(editor: Desk) -> None:
    state = editor.ask("wait-final")
    for kind, track in (("map", 1), ("free", 0), ("camera", 0)):
        editor.move(4, 890)
        editor.until(lambda s: s["hover"] is None)
        editor.move(*pane(state, kind)["boxes"][str(track)])
        editor.until(lambda s, track=track: s["hover"] == track)


def test_the_wheel_zooms_the_map_about_the_mouse(editor: Desk) -> None:
    state = editor.ask("wait-final")
    x, y = pane(state, "map")["boxes"]["1"]
    editor.move(x, y)
    editor.state()
    for _ in range(4):
        editor.hand("click", 4)
        editor.state()
    near = editor.until(
        lambda s: s["views"]["map"]["scale"] > 1.3 * state["views"]["map"]["scale"]
    )
    assert pane(near, "map")["boxes"]["1"] == pytest.approx([x, y], abs=2)
    editor.hand("key", "Home")
    editor.until(lambda s: s["views"]["map"]["centre"] is None)


def test_the_free_view_turns_alone_and_shows_shapes(editor: Desk) -> None:
    editor.ask("select", track=0)
    editor.ask("wait", seconds=1.5)
    state = editor.state()
    left, top, width, height = (round(c) for c in pane(state, "free")["at"])
    shot = editor.pixels()[top : top + height, left : left + width].astype(int)
    if not state["views"]["trouble"]:
        # The selected car's orange sides, whatever the light.
        red, green, blue = shot[..., 0], shot[..., 1], shot[..., 2]
        orange = (red > 100) & (green > 0.5 * red) & (green < 0.8 * red) & (blue < 80)
        assert orange.sum() > 150
    x, y = left + width / 2, top + height * 0.8
    editor.move(x, y)
    editor.state()
    editor.hand("mousedown", 3)
    editor.state()
    editor.move(x + 60, y)
    turned = editor.until(lambda s: s["views"]["free"]["pose"] is not None)
    editor.hand("mouseup", 3)
    assert turned["free"] is None
    after = editor.pixels()[top : top + height, left : left + width].astype(int)
    assert (abs(after - shot).sum(-1) > 30).mean() > 0.02


def test_dividers_are_dragged_and_titles_double_clicked(editor: Desk) -> None:
    state = editor.ask("wait-final")
    left, top, width, height = pane(state, "camera")["at"]
    edge = top + height + 2
    editor.drag([left + width / 2, edge], [left + width / 2, edge - 60])
    lower = editor.until(lambda s: abs(pane(s, "camera")["at"][3] - (height - 60)) < 6)
    assert lower["viewport"]["panel"][3] == pane(lower, "camera")["at"][3]

    x, y, w, h = pane(lower, "map")["title"]
    editor.move(x + w - 30, y + h / 2)
    editor.state()
    editor.hand("click", "--repeat", 2, "--delay", 60, 1)
    alone = editor.until(lambda s: not pane(s, "camera")["shown"])
    assert alone["views"]["alone"] == "map"
    assert pane(alone, "map")["at"][2] == pytest.approx(width, abs=2)
    editor.chord("ctrl", "space")
    editor.until(lambda s: s["views"]["alone"] is None and pane(s, "camera")["shown"])


def test_views_swap_and_panels_fold(editor: Desk) -> None:
    state = editor.ask("wait-final")
    swapped = editor.ask("swap-views", view="camera", other="map")
    swapped = editor.until(
        lambda s: pane(s, "map")["at"][2:] == pane(state, "camera")["at"][2:]
    )
    assert swapped["views"]["order"] == ["map", "free", "camera"]
    room = pane(swapped, "map")["at"]
    for dock in ("left", "right", "bottom"):
        editor.ask("fold", dock=dock)
    wide = editor.until(lambda s: pane(s, "map")["at"][2] > room[2] + 300)
    assert pane(wide, "map")["at"][3] > room[3]
    editor.ask("usual-layout")
    editor.until(lambda s: pane(s, "camera")["at"] == pane(state, "camera")["at"])
