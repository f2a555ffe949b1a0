"""The built-in street with the shipped weights: from the first picture to an export."""

import json
from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import numpy as np
import pytest

from nsg_core.datasets.opening import open_sequence
from nsg_editor.effects.opening import street_checkpoint
from tests.ui.screens import play

pytestmark = pytest.mark.screen

SIZE = "1000x640"
TRACK = 2
"""A parked car near the camera, which stands alone."""
BY = (0.0, 0.0, 3.0)


@pytest.fixture(scope="module")
def played(short_street: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which one play has left its pictures, states and its export."""
    folder = tmp_path_factory.mktemp("played")
    steps: list[dict[str, object]] = [
        {"do": "maximise", "view": "camera"},
        {"do": "boxes", "on": False},
        {"do": "wait-final"},
        {"do": "state", "to": "before.json"},
        {"do": "screenshot", "to": "before.png"},
        {"do": "show", "picture": "recorded"},
        {"do": "wait-final"},
        {"do": "screenshot", "to": "recorded.png"},
        {"do": "show", "picture": "neural"},
        {"do": "select", "track": TRACK},
        {"do": "move", "by": list(BY)},
        {"do": "wait-final"},
        {"do": "state", "to": "moved.json"},
        {"do": "screenshot", "to": "moved.png"},
        {"do": "undo"},
        {"do": "wait-final"},
        {"do": "state", "to": "undone.json"},
        {"do": "screenshot", "to": "undone.png"},
        {"do": "redo"},
        {"do": "export-plan", "scale": 0.25},
        {"do": "export", "to": "edited", "frames": "0-1"},
        {"do": "state", "to": "end.json"},
        {"do": "quit"},
    ]
    weights = street_checkpoint()
    assert weights is not None
    arguments = (str(short_street), "--checkpoint", str(weights))
    assert play(folder, steps, *arguments, size=SIZE) == 0
    return folder


def told(folder: Path, name: str) -> dict[str, Any]:
    """A state that was written down."""
    return json.loads((folder / f"{name}.json").read_text())


def picture(folder: Path, name: str) -> np.ndarray:
    """The drive's picture cut out of a screenshot, without its badges [h w 3].

    They are at its upper and at its lower edge.
    """
    view = told(folder, "before")["viewport"]
    x, y, width, height = (round(view[k]) for k in ("x", "y", "width", "height"))
    shot = imageio.imread(folder / f"{name}.png")
    return shot[y + 36 : y + height - 37, x : x + width].astype(float) / 255


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """In dB."""
    return float(-10 * np.log10(max(np.mean((a - b) ** 2), 1e-12)))


def patch(folder: Path, state: str) -> tuple[slice, slice]:
    """The middle of the car in the cut-out picture, as it stands in a state."""
    view = told(folder, state)["viewport"]
    x, y = view["boxes"][str(TRACK)]
    row, column = round(y - view["y"]) - 36, round(x - view["x"])
    return np.s_[row - 8 : row + 8, column - 12 : column + 12]


def test_the_picture_is_near_the_recorded_one(played: Path) -> None:
    assert psnr(picture(played, "before"), picture(played, "recorded")) > 20


def test_moving_the_car_changes_the_picture_where_it_was_and_is(played: Path) -> None:
    before, moved = picture(played, "before"), picture(played, "moved")
    for state in ("before", "moved"):
        there = patch(played, state)
        assert before[there].size
        assert psnr(before[there], moved[there]) < 25
    # The other side of the street is none of its business.
    half = before.shape[1] // 3
    assert psnr(before[:, :half], moved[:, :half]) > 35


def test_undo_brings_the_picture_back(played: Path) -> None:
    before, undone = picture(played, "before"), picture(played, "undone")
    # A picture that rests grows smoother, so edges may differ a little.
    assert psnr(before, undone) > 35
    assert told(played, "undone")["objects"] == told(played, "before")["objects"]


def test_the_export_opens_with_the_car_where_it_was_put(
    played: Path, short_street: Path
) -> None:
    assert told(played, "end")["export"]["status"] == "done"
    real, again = open_sequence(short_street), open_sequence(played / "edited")
    assert again.scene.frames == (0, 1)
    for frame in (0, 1):
        was = real.scene.object(TRACK).track.at(frame)
        now = again.scene.object(TRACK).track.at(frame)
        assert was is not None
        assert now is not None
        assert np.subtract(now.position, was.position) == pytest.approx(BY, abs=0.02)
    # Only the car has moved, so most of the picture is as it was recorded.
    drawn = again.image("image_02", 0).astype(float) / 255
    height, width = drawn.shape[:2]
    recorded = real.image("image_02", 0).astype(float) / 255
    rows = np.linspace(0, recorded.shape[0] - 1, height).round().astype(int)
    columns = np.linspace(0, recorded.shape[1] - 1, width).round().astype(int)
    assert psnr(drawn, recorded[rows][:, columns]) > 16
    assert (played / "edited" / "video.mp4").stat().st_size > 1000
