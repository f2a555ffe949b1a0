"""What the status line calls a picture on its way to being smooth."""

from dataclasses import replace

import pytest

from nsg_editor.actions.table import perform
from nsg_editor.state import ModelInfo, PictureInfo
from nsg_editor.ui.panels import status
from nsg_editor.ui.views.badges import badge_texts
from tests.editor.scenes import start_state


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        (PictureInfo(8, False, 41.0, 2.5e5), "1/8 > full"),
        (PictureInfo(1, False, 90.0, 2.5e6, samples=0), "preview > full"),
        (PictureInfo(1, True, 900.0, 2.5e6), "full"),
        (PictureInfo(1, True, 9000.0, 2.5e6, samples=8), "full x8"),
        (PictureInfo(1, False, 900.0, 2.5e6), "full > a newer one"),
    ],
)
def test_the_status_line_names_the_level(picture: PictureInfo, told: str) -> None:
    model = ModelInfo("ready", step=5, device="cpu")
    state = replace(start_state(), model=model, picture=picture)
    assert status.figures(state).split("   |   ")[0] == told


def corner(picture: PictureInfo, now: float) -> str:
    model = ModelInfo("ready", step=5, device="cpu")
    state = replace(start_state(), model=model, picture=picture)
    return badge_texts(state, now=now)[0][0]


def test_the_corner_counts_the_seconds_down() -> None:
    coarse = PictureInfo(8, False, 41.0, 2.5e5, left_s=12.0, arrived=100.0)
    assert corner(coarse, 100.0) == "Neural  1/8   12 s to full"
    assert corner(coarse, 105.2) == "Neural  1/8   7 s to full"
    slow = replace(coarse, left_s=1097.0)
    assert corner(slow, 100.0) == "Neural  1/8   18 min to full"
    # It took longer than its speed had promised.
    assert corner(coarse, 140.0) == "Neural  1/8 ..."


def test_nothing_is_full_once_another_picture_is_asked_for() -> None:
    done = PictureInfo(1, True, 900.0, 2.5e6)
    assert corner(done, 0.0) == "Neural  full"
    model = ModelInfo("ready", step=5, device="cpu")
    state = replace(start_state(), model=model, picture=done)
    later = perform(state, "picture-outdated")
    assert later.picture is not None
    assert corner(later.picture, 0.0) == "Neural  full ..."
    assert perform(later, "picture-outdated") is later
