"""Training: it learns, repeats itself, goes on where it stopped, and stops in order."""

import json
import math
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from nsg_core.checkpoint import load_checkpoint
from nsg_core.drawing.frame import render_picture
from nsg_core.errors import FileError, NsgError
from nsg_core.evaluate import psnr_of
from nsg_core.paper.model import PaperModel
from nsg_core.request import request_frame
from nsg_core.sequence import Sequence
from nsg_core.train import loop
from nsg_core.train.batches import load_pictures
from nsg_core.train.config import TrainConfig
from nsg_core.train.loop import StepReport, train
from tests.core.tiny_drive import tiny_drive, without

MODEL = {
    "log2_rows": 12,
    "log2_object_rows": 10,
    "finest": 256,
    "cells": [32, 24, 32],
    "far": 60.0,
    "cone": 1 / 24,
    "smallest": 0.1,
}
CONFIG = TrainConfig(
    steps=30, scale=0.5, samples=2048, warm_steps=10, anneal_steps=10, model=MODEL
)


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Sequence:
    return tiny_drive(tmp_path_factory.mktemp("tiny"))


def _run(
    drive: Sequence, folder: Path, config: TrainConfig = CONFIG, resume: bool = False
) -> list[StepReport]:
    return list(train(drive, folder, config, resume))


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    """All digits of them, as a resumed run takes them up."""
    state = load_file(folder / "optimiser.safetensors")
    return {key: x for key, x in state.items() if key.startswith("weight/")}


def _equal(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


@pytest.mark.slow
def test_it_learns_a_small_drive(drive: Sequence, tmp_path: Path) -> None:
    """On held-out pictures too; and the car is learnt as a car, not as background."""
    config = replace(
        CONFIG, steps=400, scale=1.0, samples=8192, warm_steps=150, protocol="mars-75"
    )
    reports = _run(drive, tmp_path, config)
    last = reports[-1]
    assert last.finished
    assert last.step == 400
    assert last.held_out_psnr is not None
    assert last.held_out_psnr > 25
    assert last.psnr > 27
    model = load_checkpoint(tmp_path / "checkpoint.safetensors").model
    assert psnr_of(model, drive, (3,), 1.0) == pytest.approx(
        last.held_out_psnr, abs=0.3
    )
    request = request_frame(drive.scene, "image_02", 2)
    objects = render_picture(model, replace(request, only="objects"))
    centre = request.view.project(np.array([request.boxes[0].pose.position]))[0]
    u, v = round(centre[0]), round(centre[1]) - 4
    assert objects.opacity[v, u] > 0.5
    red, green, blue = objects.rgb[v, u] / objects.opacity[v, u]
    assert green > max(red, blue)


def test_the_folder_tells_of_the_run(drive: Sequence, tmp_path: Path) -> None:
    _run(drive, tmp_path, replace(CONFIG, protocol="mars-75"))
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["step"] == 30
    assert metrics["protocol"] == "mars-75"
    assert metrics["held_out_psnr"] > 5
    assert metrics["held_out_step"] == 30
    stored = json.loads((tmp_path / "config.json").read_text())
    assert stored["samples"] == 2048
    events = list((tmp_path / "tensorboard").iterdir())
    assert events
    assert all(path.stat().st_size > 100 for path in events)
    checkpoint = load_checkpoint(tmp_path / "checkpoint.safetensors")
    assert checkpoint.step == 30
    assert checkpoint.misfit(drive.scene) == ""


@pytest.fixture(scope="module")
def whole(drive: Sequence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing disturbed; tests read it and copy it."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    _run(drive, folder)
    return folder


@pytest.fixture
def copied(whole: Path, tmp_path: Path) -> Path:
    """A copy of that run, to go on with or to break."""
    return Path(shutil.copytree(whole, tmp_path / "copied"))


def test_two_runs_with_one_seed_are_equal(
    drive: Sequence, whole: Path, tmp_path: Path
) -> None:
    _run(drive, tmp_path / "b")
    assert _equal(_weights(whole), _weights(tmp_path / "b"))
    _run(drive, tmp_path / "c", replace(CONFIG, seed=1))
    assert not _equal(_weights(whole), _weights(tmp_path / "c"))


def _stop_after(
    steps: int, drive: Sequence, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ctrl-C does: pull no more once so many steps are done."""
    with monkeypatch.context() as patch:
        patch.setattr(loop, "REPORT_SECONDS", 0.0)
        reports = train(drive, folder, CONFIG)
        for report in reports:
            if report.step == steps:
                break
        reports.close()


def test_to_stop_and_go_on_is_as_good_as_one_run(
    drive: Sequence, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the last bit, with strides and occupancy at work before and after."""
    parted = tmp_path / "parted"
    _stop_after(17, drive, parted, monkeypatch)
    assert load_checkpoint(parted / "checkpoint.safetensors").step == 17
    last = _run(drive, parted, CONFIG, resume=True)[-1]
    assert last.step == 30
    assert _equal(_weights(whole), _weights(parted))


def test_what_is_left_is_told_by_the_speed_of_this_sitting(
    drive: Sequence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of earlier sittings took none of its time."""
    folder = tmp_path / "run"
    _stop_after(17, drive, folder, monkeypatch)
    spent = iter(range(10**6))
    monkeypatch.setattr(loop, "core_seconds", lambda: next(spent))
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    stored = json.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_text(json.dumps(stored | {"core_minutes": True}))
    reports = train(drive, folder, CONFIG, resume=True)
    first = next(reports)
    reports.close()
    assert first.step == 18
    # At least a second went by for the one step; twelve are left.
    assert first.eta_s >= 12


def test_an_interrupted_run_tells_of_held_out_pictures(
    drive: Sequence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its last step where there is time for it; else of the last look."""

    def metrics(seconds: float, every: float) -> dict[str, float]:
        monkeypatch.setattr(loop, "LAST_LOOK_SECONDS", seconds)
        monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
        folder = tmp_path / f"{seconds}-{every}"
        config = replace(CONFIG, protocol="mars-75", every_check=every)
        reports = train(drive, folder, config)
        for report in reports:
            if report.step == 3:
                break
        reports.close()
        return json.loads((folder / "metrics.json").read_bytes())

    there_is_time, never = metrics(1e6, 1e6), metrics(0.0, 1e6)
    assert there_is_time["held_out_step"] == there_is_time["step"] == 3
    assert there_is_time["held_out_psnr"] > 5
    assert never["held_out_psnr"] is never["held_out_step"] is None
    earlier = metrics(0.0, 0.0)
    assert earlier["held_out_step"] == 3
    assert earlier["held_out_psnr"] == pytest.approx(there_is_time["held_out_psnr"])


def test_minutes_may_be_of_the_processor(
    drive: Sequence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that does other work beside gives a run no less."""
    spent = iter(range(10**6))
    monkeypatch.setattr(loop, "core_seconds", lambda: next(spent) / 4)
    config = replace(CONFIG, steps=10**6, minutes=0.5, core_minutes=True)
    last = _run(drive, tmp_path / "run", config)[-1]
    assert last.step < 130
    assert json.loads((tmp_path / "run/metrics.json").read_bytes())["seconds"] >= 30


def test_preparing_the_first_step_can_be_ended(drive: Sequence, tmp_path: Path) -> None:
    """Before each of its parts somebody is asked, who may raise."""
    asked: list[int] = []

    def end_at(call: int) -> None:
        asked.append(call)
        if len(asked) == call:
            raise KeyboardInterrupt

    for call in (1, 2, 3, 4):
        asked.clear()
        steps = train(drive, tmp_path / f"{call}", CONFIG, check=partial(end_at, call))
        with pytest.raises(KeyboardInterrupt):
            next(steps)
        assert len(asked) == call
        assert not list(tmp_path.glob(f"{call}/*.safetensors"))


def test_a_finished_run_can_be_made_longer(drive: Sequence, copied: Path) -> None:
    report = _run(drive, copied, replace(CONFIG, steps=40), resume=True)[-1]
    assert (report.step, report.total) == (40, 40)
    assert load_checkpoint(copied / "checkpoint.safetensors").step == 40


def test_a_finished_run_has_nothing_left_to_do(drive: Sequence, copied: Path) -> None:
    before = _weights(copied)
    reports = _run(drive, copied, resume=True)
    assert [report.finished for report in reports] == [True]
    assert _equal(before, _weights(copied))
    assert json.loads((copied / "metrics.json").read_text())["training_psnr"] is None


def test_a_run_is_not_written_over(drive: Sequence, copied: Path) -> None:
    before = (copied / "checkpoint.safetensors").read_bytes()
    with pytest.raises(NsgError, match="--resume"):
        _run(drive, copied)
    assert (copied / "checkpoint.safetensors").read_bytes() == before


def test_there_must_be_a_run_to_go_on_with(drive: Sequence, tmp_path: Path) -> None:
    with pytest.raises(NsgError, match="Leave --resume out"):
        _run(drive, tmp_path / "nothing", resume=True)


def test_a_run_of_another_drive_is_not_gone_on_with(
    drive: Sequence, copied: Path
) -> None:
    other = replace(drive, scene=replace(drive.scene, sequence="other"))
    with pytest.raises(NsgError, match="made up tiny"):
        _run(other, copied, resume=True)


@pytest.mark.parametrize("harm", ["missing", "cut off", "another", "shape"])
def test_a_broken_state_is_named(drive: Sequence, copied: Path, harm: str) -> None:
    state = copied / "optimiser.safetensors"
    if harm == "missing":
        state.unlink()
    elif harm == "cut off":
        state.write_bytes(state.read_bytes()[:-100])
    elif harm == "another":
        save_file({"steps": torch.tensor(3)}, state)
    else:
        tensors = load_file(state)
        save_file(tensors | {"mean/background.weights": torch.zeros(3)}, state)
    with pytest.raises(FileError, match=r"optimiser\.safetensors"):
        _run(drive, copied, resume=True)


def test_a_loss_that_is_no_number_stops_the_run(
    drive: Sequence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the checkpoint from before stays as it is."""
    _stop_after(5, drive, tmp_path, monkeypatch)
    before = (tmp_path / "checkpoint.safetensors").read_bytes()
    whole = loop.FastFit.loss

    def broken(self, batch, step, generator):  # type: ignore[no-untyped-def]
        loss, error = whole(self, batch, step, generator)
        return (loss * math.nan if step == 8 else loss), error

    monkeypatch.setattr(loop.FastFit, "loss", broken)
    with pytest.raises(NsgError, match="nan at step 8"):
        _run(drive, tmp_path, resume=True)
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == before


def test_the_papers_model_learns_too(drive: Sequence, tmp_path: Path) -> None:
    model = {"netwidth": 32, "netdepth": 4, "netwidth_obj": 32, "netdepth_obj": 4}
    model |= {"far": 60.0, "latent_size": 4}
    config = TrainConfig(
        preset="paper", steps=60, rays=256, scale=0.5, rate=0.003, model=model
    )
    reports = _run(drive, tmp_path, config)
    trained = load_checkpoint(tmp_path / "checkpoint.safetensors").model
    assert isinstance(trained, PaperModel)
    fresh = PaperModel(trained.config).eval()
    learnt, before = (psnr_of(m, drive, (1,), 0.5) for m in (trained, fresh))
    assert reports[-1].finished
    assert learnt is not None
    assert before is not None
    assert learnt > before + 3
    assert learnt > 13
    last = _run(drive, tmp_path, replace(config, steps=62), resume=True)[-1]
    assert last.step == 62


def test_held_out_pictures_are_never_read(drive: Sequence, tmp_path: Path) -> None:
    """Not even from the disk, before the end asks how well they are met."""
    gone = [(camera.name, 3) for camera in drive.scene.cameras]
    holey = without(drive, *gone)
    last = _run(holey, tmp_path / "a", replace(CONFIG, protocol="mars-75"))[-1]
    assert last.finished
    assert last.held_out_psnr is None
    _run(drive, tmp_path / "b", replace(CONFIG, protocol="mars-75"))
    assert _equal(_weights(tmp_path / "a"), _weights(tmp_path / "b"))


def test_every_ray_comes_from_a_training_frame(drive: Sequence) -> None:
    pictures = load_pictures(drive, (0, 2), 0.5, ("image_02", "image_03"))
    batch = pictures.draw(500, 0.5, torch.Generator().manual_seed(0))
    heights = {round(0.3 * frame, 4) for frame in (0, 2)}
    found = {round(z, 4) for z in batch.rays.origins[:, 2].tolist()}
    assert found == heights


def test_a_drive_without_pictures_cannot_train(drive: Sequence, tmp_path: Path) -> None:
    with pytest.raises(NsgError, match="no pictures"):
        _run(replace(drive, images={}), tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"steps": 0},
        {"scale": 0.0},
        {"scale": -1.0},
        {"scale": math.nan},
        {"samples": 0},
        {"rays": 0},
        {"rate": 0.0},
        {"rate_end": -1.0},
        {"on_objects": 1.5},
        {"minutes": -1.0},
        {"warm_steps": -1},
        {"seed": -1},
    ],
    ids=str,
)
def test_settings_that_make_no_run_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(NsgError, match=next(iter(change))):
        replace(CONFIG, **change)


def test_what_it_should_not_know_it_says(drive: Sequence, tmp_path: Path) -> None:
    with pytest.raises(NsgError, match="suds-75"):
        _run(drive, tmp_path / "a", replace(CONFIG, protocol="half"))
    with pytest.raises(NsgError, match="wings"):
        _run(drive, tmp_path / "b", replace(CONFIG, model={"wings": 2}))
    assert not list(tmp_path.iterdir())
