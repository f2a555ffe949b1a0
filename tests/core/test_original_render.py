"""From the original's weights and data to its own pictures, by two commands."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nsg_core.cli import main
from nsg_core.paper.original.scene import open_original, open_original_sequence
from tests.core.original_case import Case, case_boxes, case_view
from tests.core.original_drive import write_original_drive

CASES = {
    "class_latent": ("class_latent_weights", "all"),
    "per_object_nets": ("per_object_nets_weights", "all"),
    "opaque": ("per_object_nets_weights", "all"),
    "background_only": ("per_object_nets_weights", "background"),
    "class_latent_obj_only_white": ("class_latent_weights", "objects"),
}


def config_text(case: Case) -> str:
    """The original's configuration file of a case."""
    return f"""
expname = case
datadir = ./data/kitti/training/image_02/0000
dataset_type = kitti
first_frame = 0
last_frame = 2
near_plane = {case["near"]}
far_plane = {case["far"]}
N_samples = {case["N_samples"]}
N_samples_obj = {case["N_samples_obj"]}
latent_size = {case["latent_size"]}
plane_type = {case["plane_type"]}
sampling_method = {case["sampling"]}
object_setting = {case["object_setting"]}
obj_opaque = {case["opaque"]}
white_bkgd = {case["white_bkgd"]}
box_scale = {case["box_scale"]}
use_viewdirs = True
use_object_properties = True
"""


@pytest.fixture(params=CASES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def case(name: str, shared: Path) -> Case:
    with np.load(shared / "golden" / f"{name}.npz") as content:
        return dict(content)


@pytest.fixture
def drive(case: Case, tmp_path: Path) -> Path:
    return write_original_drive(tmp_path / "drive", case)


def test_the_drive_is_that_of_the_case(case: Case, drive: Path) -> None:
    scene = open_original(drive)
    for frame in range(3):
        view, wanted = scene.view("image_02", frame), case_view(case, frame)
        assert view.matrix() == pytest.approx(wanted.matrix(), abs=1e-6)
        assert (view.width, view.height) == (wanted.width, wanted.height)
        assert (view.fx, view.cx, view.cy) == (wanted.fx, wanted.cx, wanted.cy)
        boxes = {box.track_id: box for box in scene.at(frame)}
        for there in case_boxes(case, frame):
            here = boxes.pop(there.track_id)
            assert here.pose.position == pytest.approx(there.pose.position, abs=1e-5)
            assert here.pose.yaw == pytest.approx(there.pose.yaw, abs=1e-5)
            assert 1.9 * here.size.width == pytest.approx(there.size.width, abs=1e-5)
        assert not boxes


def test_its_pictures_are_those_of_the_original(
    name: str,
    case: Case,
    drive: Path,
    shared: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As exactly as eight bits can say."""
    weights, only = CASES[name]
    (tmp_path / "config.txt").write_text(config_text(case))
    checkpoint, data = str(tmp_path / "a.safetensors"), ("--data", str(drive))
    source = str(shared / "golden" / weights)
    config = ("--config", str(tmp_path / "config.txt"))
    assert main(["import-original", source, *config, *data, "-o", checkpoint]) == 0
    out = str(tmp_path / "out")
    assert main(["render", checkpoint, *data, "-o", out, "--only", only]) == 0
    assert "not drawn" not in capsys.readouterr().err
    for frame in range(3):
        pixels = np.asarray(Image.open(tmp_path / "out" / "rgb" / f"{frame:06d}.png"))
        wanted = np.round(np.clip(case["rgb"][frame], 0, 1) * 255)
        error = np.abs(pixels.astype(float) - wanted)
        assert error.mean() < 0.05
        # Single pixels differ where a sample lies exactly on a face of a box.
        assert (error > 1).mean() < 1e-3


@pytest.mark.parametrize("name", ["class_latent"], indirect=True)
def test_such_weights_are_for_the_originals_world_alone(
    case: Case,
    drive: Path,
    shared: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from nsg_core.checkpoint import load_checkpoint
    from nsg_core.datasets.opening import open_sequence

    (tmp_path / "config.txt").write_text(config_text(case))
    source = str(shared / "golden" / "class_latent_weights")
    words = ["import-original", source, "--config", str(tmp_path / "config.txt")]
    path = tmp_path / "a.safetensors"
    assert main([*words, "--data", str(drive), "-o", str(path)]) == 0
    checkpoint = load_checkpoint(path)
    assert checkpoint.misfit(open_original(drive), "original") == ""
    assert "original code" in checkpoint.misfit(open_sequence(drive).scene)
    # Its pictures are black here: what counts is that they are found and compared.
    words = ["eval", str(path), "--data", str(drive), "--protocol", "all", "--json"]
    assert main([*words, "--scale", "0.5"]) == 0
    assert '"pictures": [{"camera": "image_02"' in capsys.readouterr().out
    (drive / "image_03" / "0000" / "000001.png").unlink()
    images = open_original_sequence(drive, None, (0, 1)).images
    assert images.keys() == {("image_02", 0), ("image_02", 1), ("image_03", 0)}
