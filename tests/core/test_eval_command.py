"""`nsg eval`: held-out frames alone are judged, and what is missing is said."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import copy

import pytest

from nsg_core.checkpoint import Trained, drive_of, save_checkpoint
from nsg_core.cli import main
from nsg_core.datasets.opening import open_sequence
from nsg_core.evaluate import METRICS, evaluate, mean
from nsg_core.export.plan import Plan
from nsg_core.fast.model import FastModel, configure
from nsg_core.files import write_json
from nsg_core.measuring.protocols import NAMES
from nsg_core.paper.config import PaperConfig
from nsg_core.paper.model import PaperModel
from nsg_core.train.config import TrainConfig
from nsg_core.train.run import Run
from tests.core.drives import small_scene
from tests.core.exports import ORIGIN, run

SMALL = PaperConfig(netwidth=16, netwidth_obj=16, latent_size=4, far=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drive of nine frames and two cameras, and weights as before any training."""
    folder = tmp_path_factory.mktemp("drive")
    scene = small_scene(frames=9, size=(48, 32))
    cameras = ("image_02", "image_03")
    run(Plan(scene, (), ORIGIN, scene.frames, cameras, video=False), folder / "data")
    found = open_sequence(folder / "data").scene
    fast = FastModel(replace(configure(found), log2_rows=10, log2_object_rows=10))
    seen = (0, 1, 2, 3, 5, 6, 7)
    for name, model in (("fast", fast), ("paper", PaperModel(SMALL, found))):
        trained = Trained("suds-75", seen, 0.5)
        path = folder / f"{name}.safetensors"
        save_checkpoint(path, model, 7, drive_of(found), trained)
    save_checkpoint(folder / "silent.safetensors", fast, 7, drive_of(found))
    return folder


@pytest.fixture(autouse=True)
def _no_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine has downloaded."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub._hub_dir", None)


def judge(folder: Path, name: str, *more: object) -> int:
    data = ("--data", folder / "data")
    return main(
        [*map(str, ("eval", folder / f"{name}.safetensors", *data, "--json", *more))]
    )


@pytest.mark.parametrize("kind", ["fast", "paper"])
def test_held_out_frames_are_judged_as_trained(folder, capsys, kind):
    assert judge(folder, kind) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["format"] == "nsg-eval/1"
    assert (told["kind"], told["step"]) == (kind, 7)
    assert (told["protocol"], told["scale"]) == ("suds-75", 0.5)
    assert told["frames"] == [4, 8]
    assert told["cameras"].keys() == {"image_02", "image_03"}
    assert len(told["pictures"]) == 4
    assert told["mean"].keys() == {"psnr", "ssim", "box_psnr"}
    assert told["missing"].keys() == {"lpips", "lpips_vgg", "tlp", "tof"}
    assert told["missing"]["tof"] == "no two neighbours are judged"
    assert err == ""
    each = [picture["psnr"] for picture in told["pictures"]]
    assert told["mean"]["psnr"] == pytest.approx(sum(each) / 4)
    left = [p["psnr"] for p in told["pictures"] if p["camera"] == "image_02"]
    assert told["cameras"]["image_02"]["psnr"] == pytest.approx(sum(left) / 2)


def test_the_numbers_are_those_of_the_library(folder, capsys):
    from nsg_core.checkpoint import load_checkpoint

    assert judge(folder, "fast", "--scale", 1.0) == 0
    told = json.loads(capsys.readouterr().out)
    model = load_checkpoint(folder / "fast.safetensors").model
    drive = open_sequence(folder / "data")
    scores = [s for s in evaluate(model, drive, (4, 8)) if s is not None]
    assert told["mean"] == pytest.approx(mean(scores))


def test_frames_that_were_trained_on_are_refused(folder, capsys):
    assert judge(folder, "fast", "--protocol", "suds-50") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: {folder / 'fast.safetensors'} was trained on 2 of")
    assert "(2, 6)" in err
    assert "--protocol suds-75" in err
    assert err.count("\n") == 1


def test_counting_from_another_frame_does_not_deceive_it(folder, capsys):
    """The range shifts which frames the protocol holds out."""
    assert judge(folder, "fast", "--frames", "1-8", "--protocol", "suds-75") == 2
    assert "was trained on 1 of" in capsys.readouterr().err
    assert judge(folder, "fast", "--frames", "4-8", "--protocol", "suds-75") == 0


def test_the_data_are_where_they_were_if_nobody_says(folder, tmp_path, capsys):
    Run(tmp_path / "run").begin(TrainConfig(), folder / "data")
    weights = tmp_path / "run" / "checkpoint.safetensors"
    copy(folder / "fast.safetensors", weights)
    assert main(["eval", str(weights), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert judge(folder, "fast") == 0
    again = json.loads(capsys.readouterr().out)
    assert again["pictures"] == told["pictures"]
    words = ["render", str(weights), "--frames", "3-3"]
    assert main([*words, "-o", str(tmp_path / "out"), "--scale", "0.25"]) == 0
    assert [p.name for p in (tmp_path / "out/rgb").iterdir()] == ["000003.png"]
    capsys.readouterr()
    alone = str(folder / "fast.safetensors")
    assert main(["render", alone, "-o", str(tmp_path / "none")]) == 2
    assert "Name it with --data" in capsys.readouterr().err
    write_json(Run(tmp_path / "run").data, {"data": str(tmp_path / "moved")})
    assert main(["eval", str(weights)]) == 2
    assert f"no longer at {tmp_path / 'moved'}" in capsys.readouterr().err


def test_a_part_of_a_drive_is_judged_by_that_part(folder, tmp_path, capsys):
    """Frames count from where the training began."""
    scene = open_sequence(folder / "data", None, (2, 7)).scene
    model = FastModel(replace(configure(scene), log2_rows=10, log2_object_rows=10))
    trained = Trained("suds-75", (2, 3, 4, 5, 7), 0.5)
    path = tmp_path / "part.safetensors"
    save_checkpoint(path, model, 7, drive_of(scene), trained)
    words = ["eval", str(path), "--json", "--data", str(folder / "data")]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["frames"] == [6]


def test_reconstruction_says_that_it_is_one(folder, capsys):
    assert judge(folder, "fast", "--protocol", "all", "--scale", 0.25) == 0
    out, err = capsys.readouterr()
    assert len(json.loads(out)["pictures"]) == 18
    assert "not what unseen ones look like" in err


def test_weights_that_do_not_say_what_they_saw(folder, capsys):
    assert judge(folder, "silent") == 2
    assert "Name them with --protocol: all, suds-75" in capsys.readouterr().err
    assert judge(folder, "silent", "--protocol", "suds-75") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["scale"] == 1.0
    assert "does not say what it was trained on" in err


def test_a_protocol_that_holds_nothing_out_here(folder, capsys):
    words = ("--frames", "0-3", "--protocol", "nsg")
    assert judge(folder, "fast", *words) == 2
    assert "holds none of the 4 frames out" in capsys.readouterr().err
    assert judge(folder, "fast", "--protocol", "suds-90") == 2
    assert "there is no protocol 'suds-90'" in capsys.readouterr().err


def test_people_get_a_table(folder, capsys):
    words = ("eval", folder / "fast.safetensors", "--data", folder / "data")
    assert main([*map(str, words)]) == 0
    out = capsys.readouterr().out
    for said in ("psnr (dB)", "image_03", "mean", "missing: lpips:", "suds-75"):
        assert said in out


def test_programs_are_told_how_far_it_is(folder, capsys):
    assert judge(folder, "fast", "--progress", "json") == 0
    *events, told = map(json.loads, capsys.readouterr().out.splitlines())
    assert [e["event"] for e in events] == ["start", *["step"] * 4, "done"]
    assert events[1]["camera"] == "image_02"
    assert events[1]["frame"] == 4
    assert told["format"] == "nsg-eval/1"
    assert told["pictures"][0]["psnr"] == events[1]["psnr"]


def test_the_documentation_knows_every_protocol_and_metric():
    text = (Path(__file__).parents[2] / "docs/evaluation.md").read_text()
    assert all(f"| `{name}` |" in text for name in NAMES)
    assert all(f"`{name}`" in text for name in METRICS)
