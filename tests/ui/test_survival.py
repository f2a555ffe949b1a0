"""What may break around the editor: it says so, and editing goes on."""

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nsg_core.documents.project import load_project
from nsg_core.scene import Scene
from tests.editor.scenes import street
from tests.ui.screens import Desk, editor_on, write_kitti
from tests.ui.test_leaving import children

pytestmark = pytest.mark.screen


FRAMES = 16


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One window for all that breaks."""
    folder = tmp_path_factory.mktemp("fragile")
    data = write_kitti(folder / "data", long_street())
    weights = folder / "good.safetensors"
    weights.touch()
    arguments = (str(data), "--checkpoint", str(weights))
    program = "tests.ui.fragile_editor"
    with editor_on(folder, *arguments, size="1100x640", program=program) as opened:
        opened.ask("wait-final")
        yield opened


def long_street() -> Scene:
    """The street for more frames than are read ahead."""
    scene = street()
    cameras = tuple(
        replace(camera, Ts_world_camera=(camera.Ts_world_camera * FRAMES)[:FRAMES])
        for camera in scene.cameras
    )
    return replace(scene, frames=tuple(range(FRAMES)), cameras=cameras)


def still_edits(editor: Desk) -> None:
    """A move and its undo work, and a project can be written."""
    count = len(editor.state()["edits"])
    assert len(editor.ask("move", track=0, by=[0.5, 0.0, 0.0])["edits"]) == count + 1
    path = editor.folder / "still.nsgproj"
    editor.ask("save", to=str(path))
    editor.until(lambda s: not s["dirty"])
    assert len(load_project(path).edits) == count + 1
    assert len(editor.ask("undo")["edits"]) == count


def test_a_lost_graphics_card(editor: Desk) -> None:
    (editor.folder / "lost-gpu").touch()
    editor.ask("move", track=0, by=[1.0, 0.0, 0.0])
    state = editor.until(lambda s: s["dialog"])
    assert "graphics card has failed" in state["dialog"]
    assert "--device cpu" in state["dialog"]
    still_edits(editor)
    (editor.folder / "lost-gpu").unlink()
    editor.ask("move", track=0, by=[1.0, 0.0, 0.0])
    editor.ask("wait-final", seconds=30)
    # It draws again, so there is nothing left to be told.
    assert editor.until(lambda s: not s["dialog"])["picture"]["final"]


def test_a_broken_checkpoint(editor: Desk) -> None:
    broken, good = editor.folder / "broken.safetensors", editor.folder / "b.safetensors"
    broken.write_text("broken")
    good.touch()
    editor.ask("load-model", path=str(broken))
    state = editor.until(lambda s: s["dialog"])
    assert "is no checkpoint" in state["dialog"]
    assert state["model"]["status"] == "ready"
    still_edits(editor)
    editor.ask("load-model", path=str(good))
    editor.until(lambda s: not s["dialog"])


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc to see children")
def test_a_killed_training(editor: Desk) -> None:
    editor.ask("train", steps=5000, wait=False)
    editor.until(lambda s: s["train"]["status"] == "running", seconds=120)
    (training,) = children(editor.process.pid)
    os.kill(training, signal.SIGKILL)
    state = editor.until(lambda s: s["train"]["status"] == "failed", seconds=30)
    assert state["dialog"]
    still_edits(editor)
    editor.ask("close-dialog", every=True)


def test_a_data_folder_that_is_gone(editor: Desk) -> None:
    shutil.rmtree(editor.folder / "data")
    editor.ask("show", picture="recorded")
    # The first frames may have been read before.
    editor.ask("frame", to=FRAMES - 1)
    state = editor.until(lambda s: s["dialog"])
    assert f"{editor.folder / 'data'} is not there" in state["dialog"]
    still_edits(editor)
    editor.ask("close-dialog", every=True)
    # What needs no recording is drawn as before.
    editor.ask("show", picture="neural")
    editor.ask("wait-final", seconds=30)
    still_edits(editor)
