"""`nsg render` and `nsg export` with weights, and with files that are none."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nsg_core.checkpoint import drive_of, save_checkpoint
from nsg_core.cli import main
from nsg_core.datasets.opening import open_sequence
from nsg_core.documents.project import Project, save_project
from nsg_core.documents.scene_file import views_to_json, write_edits
from nsg_core.edits.edit import Move
from nsg_core.export.plan import Plan
from nsg_core.fast.model import FastModel, configure
from nsg_core.files import write_json
from tests.core.drives import small_scene
from tests.core.exports import ORIGIN, run


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small drive and weights for it (as they are before any training)."""
    folder = tmp_path_factory.mktemp("drive")
    scene = small_scene(frames=2, size=(48, 32))
    plan = Plan(scene, (), ORIGIN, scene.frames, ("image_02",), video=False)
    run(plan, folder / "data")
    found = open_sequence(folder / "data").scene
    model = FastModel(replace(configure(found), log2_rows=10, log2_object_rows=10))
    save_checkpoint(folder / "a.safetensors", model, 1, drive_of(found))
    return folder


def words(drive: Path, out: Path, *more: object) -> list[str]:
    """Arguments of a rendering."""
    data = ("--data", drive / "data")
    return [*map(str, ("render", drive / "a.safetensors", "-o", out, *data, *more))]


def test_pictures_of_every_kind_and_frame(drive, tmp_path, capsys):
    kinds = ("rgb", "depth", "instances", "opacity")
    write_edits(tmp_path / "edits.json", (Move(0, (1.0, 0.0, 0.0)),))
    more = ("--outputs", ",".join(kinds), "--scale", 0.5, "--progress", "json")
    edits = ("--edits", tmp_path / "edits.json")
    assert main(words(drive, tmp_path / "out", *more, *edits)) == 0
    for kind in kinds:
        for frame in range(2):
            path = tmp_path / "out" / kind / f"{frame:06d}.png"
            picture = np.asarray(Image.open(path))
            assert picture.shape[:2] == (16, 24)
            deep = kind in ("depth", "instances")
            assert picture.dtype == (np.uint16 if deep else np.uint8)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [e["event"] for e in events] == [
        *("start", "image", "step", "image", "step", "done")
    ]


def test_pictures_along_a_camera_path(drive, tmp_path):
    scene = open_sequence(drive / "data").scene
    views = ((scene.view("image_02", 1), None), (scene.view("image_02", 0), 1))
    write_json(tmp_path / "camera.json", views_to_json(views))
    out = tmp_path / "out"
    assert main(words(drive, out, "--camera", tmp_path / "camera.json")) == 0
    assert len(list((out / "rgb").iterdir())) == 2


def test_a_camera_that_there_is_not_is_named(drive, tmp_path, capsys):
    assert main(words(drive, tmp_path / "out", "--camera", "up")) == 2
    said = capsys.readouterr().err
    assert "--camera up: there is no such file" in said
    assert "cameras are: image_02" in said
    assert not (tmp_path / "out").exists()


def test_a_project_is_exported(drive, tmp_path):
    project = Project(drive / "data", checkpoint=drive / "a.safetensors")
    save_project(tmp_path / "a.nsgproj", project)
    out = tmp_path / "out"
    command = ["export", str(tmp_path / "a.nsgproj"), "-o", str(out)]
    assert main([*command, "--frames", "1-1"]) == 0
    assert (out / "image_02" / "0000" / "000001.png").exists()
    assert json.loads((out / "manifest.json").read_text())["frames"] == [1]
    # Once more costs nothing and harms nothing; something else is refused.
    assert main([*command, "--frames", "1-1"]) == 0
    assert main([*command, "--frames", "0-1"]) == 2


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda data: data[: len(data) // 2], "safetensors"),
        (lambda data: pickle.dumps({"weights": [1, 2]}), "safetensors"),
        (lambda data: b"", "safetensors"),
    ],
)
def test_a_file_that_is_no_checkpoint_is_named(drive, tmp_path, capsys, spoil, says):
    path = tmp_path / "b.safetensors"
    path.write_bytes(spoil((drive / "a.safetensors").read_bytes()))
    arguments = words(drive, tmp_path / "out")
    arguments[1] = str(path)
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: {path}: expected")
    assert says in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_weights_of_another_drive_are_refused(drive, tmp_path, capsys):
    other = small_scene(frames=2, size=(48, 32))
    car = replace(other.object(0), category="Tram")
    scene = replace(other.with_object(car), cameras=other.cameras[:1])
    plan = Plan(scene, (), ORIGIN, scene.frames, ("image_02",), video=False)
    run(plan, tmp_path / "data")
    arguments = words(drive, tmp_path / "out")
    arguments[arguments.index("--data") + 1] = str(tmp_path / "data")
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "was trained on" in said
    assert "Choose a checkpoint of this drive" in said
    assert not (tmp_path / "out").exists()
