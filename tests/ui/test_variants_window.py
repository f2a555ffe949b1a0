"""Variants side by side in a real window: a key shows them, a click edits one."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.ui.screens import Desk, desk

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("variants"), size="1280x720") as opened:
        yield opened


def test_variants_side_by_side_and_one_alone_again(at: Desk) -> None:
    at.ask("variant-new")
    at.ask("move", track=0, by=(2.5, 0.0, -3.0))
    at.ask("boxes")
    at.ask("select-none")
    camera = at.state()["panes"]["camera"]["at"]
    at.move(camera[0] + camera[2] / 2, camera[1] + camera[3] / 2)
    at.hand("key", "shift+b")
    state = at.until(lambda s: s["beside"] == ["A", "B"])
    at.ask("wait-final")
    state = at.state()
    x, y, width, height = state["panes"]["beside"]["A"]
    mine = state["panes"]["camera"]["at"]
    assert mine[2:] == [width, height]
    assert width * height < 0.6 * camera[2] * camera[3]
    # Both are drawn, and differ where the car was moved.
    pixels = at.pixels().astype(int)
    a = pixels[y : y + height, x : x + width]
    left, top = round(mine[0]), round(mine[1])
    b = pixels[top : top + height, left : left + width]
    assert a.std() > 10
    assert np.abs(a - b).max(2).mean() > 0.2
    at.click(x + width / 2, y + height / 2)
    state = at.until(lambda s: s["variant"] == "A")
    # They stay where they are; what is edited is now the other one.
    assert state["beside"] == ["A", "B"]
    assert at.state()["panes"]["camera"]["at"] == [x, y, width, height]
    at.hand("key", "shift+b")
    at.until(lambda s: s["beside"] == [])
    assert at.state()["panes"]["camera"]["at"] == camera
