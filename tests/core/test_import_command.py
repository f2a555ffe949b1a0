"""`nsg import-original`: weights of the original code become a checkpoint."""

from pathlib import Path

import pytest

from nsg_core.checkpoint import load_checkpoint
from nsg_core.cli import main
from nsg_core.paper.model import PaperModel

CONFIG = """
expname = class_latent
datadir = ./data/kitti/training/image_02/0000
dataset_type = kitti
first_frame = 0
last_frame = 40
N_samples = 6
N_samples_obj = 7
latent_size = 256
sampling_method = planes
use_viewdirs = True
use_object_properties = True
"""


@pytest.fixture
def words(shared: Path, tmp_path: Path) -> list[str]:
    """Arguments that import the golden weights."""
    (tmp_path / "config.txt").write_text(CONFIG)
    return [
        *("import-original", str(shared / "golden" / "class_latent_weights")),
        *("--config", str(tmp_path / "config.txt")),
        *("--data", str(shared / "kitti"), "-o", str(tmp_path / "a.safetensors")),
    ]


def test_weights_of_the_original_become_a_checkpoint(words, tmp_path):
    assert main(words) == 0
    checkpoint = load_checkpoint(tmp_path / "a.safetensors")
    assert isinstance(checkpoint.model, PaperModel)
    assert checkpoint.model.keys == {"object/3", "object/5", "object/9"}
    assert checkpoint.model.config.n_samples == 6


def test_without_data_it_says_which(words, capsys):
    at = words.index("--data")
    assert main(words[:at] + words[at + 2 :]) == 2
    assert "Name it with --data" in capsys.readouterr().err


def test_without_a_configuration_it_says_so(words, capsys):
    at = words.index("--config")
    assert main(words[:at] + words[at + 2 :]) == 2
    assert "Name it with --config" in capsys.readouterr().err


def test_a_folder_without_weights_is_named(words, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    words[1] = str(tmp_path / "empty")
    assert main(words) == 2
    said = capsys.readouterr().err
    assert str(tmp_path / "empty") in said
    assert said.count("\n") == 1
    assert not (tmp_path / "a.safetensors").exists()
