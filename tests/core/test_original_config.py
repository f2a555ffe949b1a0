"""The original's configuration files: examples of its kind, and every mistake."""

from pathlib import Path

import pytest

from nsg_core.errors import FileError
from nsg_core.paper.original.config import read_config

EXAMPLE = """\
expname = drive_6   # what the run is called
basedir = ./weights
datadir = ./data/image02/0006
dataset_type = kitti

[training]
lrate=5e-4
lrate_decay = 250
; an old kind of comment
# chunk = nonsense
N_rand = 8192
N_samples = 6
N_samples_obj : 7
latent_size=256
latent_balance = 0.0001
box_scale "1.9"
use_object_properties=True
--use_viewdirs
raw_noise_std = 1e0
sampling_method=planes
plane_type=double
near_plane=.5
far_plane=150.
first_frame=65
last_frame=120
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "config.txt"
    path.write_text(text)
    return path


def _changed(folder: Path, line: str) -> Path:
    return _write(folder, f"{EXAMPLE}{line}\n")


def test_reads_every_form_of_a_line(tmp_path: Path) -> None:
    config = read_config(_write(tmp_path, EXAMPLE))
    assert config.weights == Path("weights/drive_6")
    assert config.data == Path("data/image02/0006")
    assert config.frames == (65, 120)
    assert config.only == "all"
    assert config.decay_steps == 250_000
    paper = config.paper
    assert (paper.n_samples, paper.n_samples_obj, paper.latent_size) == (6, 7, 256)
    assert (paper.near, paper.far, paper.box_scale) == (0.5, 150, 1.9)
    assert (paper.sampling, paper.plane_type) == ("planes", "double")
    assert paper.raw_noise_std == 1.0
    assert paper.original_distances


def test_defaults_are_the_originals(tmp_path: Path) -> None:
    paper = read_config(_write(tmp_path, "use_viewdirs = True")).paper
    assert (paper.n_samples, paper.n_samples_obj, paper.latent_size) == (64, 3, 0)
    assert (paper.sampling, paper.box_scale, paper.raw_noise_std) == ("linear", 1, 0)


@pytest.mark.parametrize(
    ("line", "only"),
    [("bckg_only = True", "background"), ("obj_only=true", "objects"), ("", "all")],
)
def test_what_of_the_scene(tmp_path: Path, line: str, only: str) -> None:
    assert read_config(_changed(tmp_path, line)).only == only


@pytest.mark.parametrize(
    ("line", "attribute", "value"),
    [
        ("sampling_method = discrete", "perturb", False),
        ("sampling_method = lindisp", "sampling", "lindisp"),
        ("i_embed = -1", "multires_views", 0),
        ("multires_obj = -1", "multires_obj", 0),
        ("object_setting = 1", "object_setting", 1),
        ("obj_opaque", "opaque", True),
        ("netwidth_fine = 64", "netwidth_obj", 64),
    ],
)
def test_settings_of_the_model(
    tmp_path: Path, line: str, attribute: str, value: object
) -> None:
    assert getattr(read_config(_changed(tmp_path, line)).paper, attribute) == value


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("n_samples = 6", "found n_samples. Did you mean N_samples?"),
        ("colour = blue", "expected an option of the original code, found colour"),
        ("N_samples = six", "expected N_samples to be a whole number, found 'six'"),
        ("N_samples =", "expected N_samples to be a whole number, found nothing"),
        ("far_plane = 1,5", "expected far_plane to be a number, found '1,5'"),
        ("obj_opaque = perhaps", "expected obj_opaque to be True or False"),
        ("= 3", "expected key = value, found '= 3'"),
        ("use_viewdirs = False", "expected use_viewdirs = True, found use_viewdirs"),
        ("use_time = True", "networks that see the time are not read"),
        ("N_importance = 64", "fine networks are not read"),
        ("sampling_method = planes_plus", "found planes_plus"),
        ("plane_type = bent", "expected plane_type to be one of uniform"),
        ("first_frame = start", "expected first_frame to be a whole number"),
    ],
)
def test_mistakes_are_named_with_their_line(
    tmp_path: Path, line: str, message: str
) -> None:
    path = _changed(tmp_path, line)
    number = len(EXAMPLE.splitlines()) + 1
    with pytest.raises(FileError) as caught:
        read_config(path)
    assert str(caught.value).startswith(f"{path}:{number}: ")
    assert message in str(caught.value)


def test_settings_that_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"found near 0\.5, far 0\.2"):
        read_config(_changed(tmp_path, "far_plane = .2"))


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        read_config(tmp_path / "absent.txt")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(FileError, match="a readable text file"):
        read_config(tmp_path / "picture.txt")
