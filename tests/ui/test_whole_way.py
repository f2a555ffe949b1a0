"""The whole way through the real program: train, move, undo, export, open again.

A small street, few steps and small pictures: what is tested is that every part meets
the next one, not how good the picture is.
"""

import json
import subprocess
import sys
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest

from nsg_core.datasets.opening import open_sequence
from tests.ui.screens import play

pytestmark = [pytest.mark.screen, pytest.mark.slow]

STEPS = 15


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three frames of the synthetic street."""
    folder = tmp_path_factory.mktemp("street") / "street"
    command = [sys.executable, "-m", "nsg_core.cli", "demo", str(folder)]
    options = ["--frames", "3", "--size", "160x48"]
    subprocess.run([*command, *options], check=True, timeout=300)
    return folder


def test_from_a_folder_to_an_exported_drive(drive: Path, tmp_path: Path) -> None:
    export = tmp_path / "edited"
    plan: list[dict[str, object]] = [
        {"do": "train-plan", "scale": 0.5},
        {"do": "train", "steps": STEPS},
        {"do": "wait-final"},
        {"do": "select", "track": 0},
        {"do": "move", "by": [1.5, 0, 3]},
        {"do": "wait-final"},
        {"do": "state", "to": "moved.json"},
        {"do": "screenshot", "to": "moved.png"},
        {"do": "undo"},
        {"do": "state", "to": "undone.json"},
        {"do": "redo"},
        {"do": "export-plan", "scale": 0.5},
        {"do": "export", "to": str(export), "frames": "0-1"},
        {"do": "save", "to": "mine.nsgproj"},
        {"do": "state", "to": "end.json"},
        {"do": "quit"},
    ]
    assert play(tmp_path, plan, str(drive), size="1280x720") == 0

    told = {
        name: json.loads((tmp_path / f"{name}.json").read_text())
        for name in ("moved", "undone", "end")
    }
    assert told["moved"]["train"]["status"] == "done"
    assert told["moved"]["train"]["step"] == STEPS
    assert told["moved"]["model"] == {"status": "ready", "step": STEPS}
    assert told["moved"]["picture"] == {"stride": 1, "final": True}
    recorded = open_sequence(drive).scene.object(0).track.at(0)
    assert recorded is not None
    moved = np.add(recorded.position, (1.5, 0, 3))
    assert told["moved"]["objects"][0]["position"] == pytest.approx(moved)
    back = told["undone"]["objects"][0]["position"]
    assert back == pytest.approx(recorded.position)
    assert told["end"]["export"]["status"] == "done"
    assert not told["end"]["dirty"]

    shot = imageio.imread(tmp_path / "moved.png")
    assert shot.shape[:2] == (720, 1280)
    again = open_sequence(export)
    assert again.scene.frames == (0, 1)
    # So short a training leaves its objects too faint to be labelled.
    edits = json.loads((export / "edits.json").read_text())["edits"]
    assert edits == [{"do": "move", "track": 0, "by": [1.5, 0.0, 3.0]}]
    drawn = again.image("image_02", 0).astype(float)
    real = open_sequence(drive).image("image_02", 0).astype(float)
    assert np.ptp(drawn) > 5
    assert abs(drawn.mean() - real.mean()) < 40


def test_a_play_that_fails_ends_with_two(drive: Path, tmp_path: Path) -> None:
    plan: list[dict[str, object]] = [{"do": "select", "track": 0}, {"do": "export"}]
    assert play(tmp_path, plan, str(drive), size="1280x720") == 2
