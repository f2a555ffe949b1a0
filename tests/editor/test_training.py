"""How to train, which trainings there are, and going on with one."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from nsg_core.checkpoint import save_checkpoint
from nsg_core.errors import NsgError
from nsg_core.measuring.protocols import NAMES
from nsg_editor.actions.keeping import question
from nsg_editor.actions.table import perform
from nsg_editor.actions.training import held_out, run_of
from nsg_editor.effects import outlook
from nsg_editor.effects.board import Board
from nsg_editor.effects.commands import train_command
from nsg_editor.effects.jobs import after_event
from nsg_editor.effects.outlook import ROOM_TO_TRAIN, check_room
from nsg_editor.state import EditorState, Job
from nsg_editor.values.plans import BoardInfo
from nsg_editor.values.runs import RunInfo, runs_of
from tests.core.fast_models import textured
from tests.editor.scenes import start_state


def words(state: EditorState) -> list[str]:
    return list(train_command(state))[3:]


def after(words: list[str], key: str) -> str:
    return words[words.index(key) + 1]


def test_a_plan_is_a_command():
    state = start_state()
    state = perform(
        state,
        "train-plan",
        preset="paper",
        steps=77,
        scale=0.5,
        protocol="suds-50",
        device="cpu",
    )
    state = perform(perform(state, "train-frames", frames="1-3"), "train")
    command = words(state)
    assert after(command, "--preset") == "paper"
    assert after(command, "--protocol") == "suds-50"
    assert after(command, "--frames") == "1-3"
    assert after(command, "--device") == "cpu"
    assert "steps=77" in command
    assert "scale=0.5" in command
    assert "--resume" not in command
    assert state.train.out is not None
    assert after(command, "-o") == str(state.train.out)


def test_held_out_frames_follow_the_plan():
    state = perform(start_state(), "train-plan", protocol="suds-50")
    assert held_out(state) == (2,)
    assert held_out(perform(state, "train-frames", frames="1-3")) == (3,)
    for name in NAMES:
        perform(state, "train-plan", protocol=name)


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("train-plan", {"steps": 0}, "at least one step"),
        ("train-plan", {"scale": 2.0}, "resolution must be"),
        ("train-plan", {"protocol": "mine"}, "there are: all, suds-75"),
        ("train-frames", {"frames": "2-9"}, "outside this drive"),
        ("train-frames", {"frames": "x"}, "frames must be A-B"),
        ("train-resume", {}, "no training to go on with"),
        ("train-resume", {"run": Path("x")}, "no training of this drive in x"),
    ],
)
def test_what_cannot_be_is_said(name, arguments, told):
    with pytest.raises(NsgError, match=told):
        perform(start_state(), name, **arguments)


RUN = RunInfo(Path("runs/a/checkpoint.safetensors"), 40, 100, 21.0, "fast", 0.25)
SHIPPED = RunInfo(Path("assets/street.safetensors"), 6000)


def test_going_on_does_what_is_left_or_as_much_again():
    state = start_state(runs=(RUN, SHIPPED))
    state = perform(state, "train-plan", steps=50)
    on = perform(state, "train-resume")
    assert on.train.resumed
    assert (on.train.step, on.train.total) == (40, 100)
    command = words(on)
    assert "--resume" in command
    assert "steps=100" in command
    assert after(command, "-o") == "runs/a"
    finished = replace(state, runs=(replace(RUN, step=100),))
    again = perform(finished, "train-resume", run=Path("runs/a"))
    assert again.train.total == 150
    with pytest.raises(NsgError, match="cannot go on"):
        perform(state, "train-resume", run=SHIPPED.checkpoint)
    assert perform(on, "train-resume").notice == "A training is running already."


def test_weights_of_an_earlier_run_are_loaded_by_its_folder():
    state = start_state(runs=(RUN, SHIPPED), shown="recorded")
    loaded = perform(state, "load-run", run=RUN.folder)
    assert loaded.model.path == RUN.checkpoint
    assert loaded.shown == "neural"
    assert run_of(state, SHIPPED.checkpoint) == SHIPPED


def write_run(folder: Path, step: int, steps: int, psnr: float | None) -> None:
    folder.mkdir(parents=True)
    save_checkpoint(folder / "checkpoint.safetensors", textured("cpu"), step)
    config = {"steps": steps, "preset": "fast", "scale": 0.25, "protocol": "nsg"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "optimiser.safetensors").write_bytes(b"")
    if psnr is not None:
        metrics = {"step": step, "held_out_psnr": psnr}
        (folder / "metrics.json").write_text(json.dumps(metrics))


def test_runs_are_found_newest_first_and_broken_ones_left_out(tmp_path: Path) -> None:
    write_run(tmp_path / "street-1", 30, 100, None)
    write_run(tmp_path / "street-2", 100, 100, 24.5)
    write_run(tmp_path / "other-3", 5, 100, None)
    broken = tmp_path / "street-4"
    broken.mkdir()
    (broken / "checkpoint.safetensors").write_bytes(b"\xff" * 40)
    (broken / "config.json").write_text("{}")
    os.utime(tmp_path / "street-1" / "checkpoint.safetensors", (1e9, 1e9))
    found = runs_of(tmp_path, "street", tmp_path / "other-3/checkpoint.safetensors")
    assert [run.folder.name for run in found] == ["street-2", "street-1", "other-3"]
    assert [run.step for run in found] == [100, 30, 5]
    assert [run.psnr for run in found] == [24.5, None, None]
    assert [run.resumable for run in found] == [True, True, False]
    assert runs_of(tmp_path / "none", "street") == ()


def test_old_numbers_say_nothing_of_a_run_that_went_on(tmp_path: Path) -> None:
    folder = tmp_path / "street-1"
    write_run(folder, 100, 100, 24.5)
    (folder / "metrics.json").write_text(json.dumps({"step": 50, "held_out_psnr": 20}))
    (run,) = runs_of(tmp_path, "street")
    assert run.psnr is None


def test_looks_at_held_out_pictures_are_a_curve():
    job = Job("running")
    for step, psnr in ((10, 20.0), (20, 21.5)):
        event = {"event": "step", "step": step, "total": 30, "held_out_psnr": psnr}
        job = after_event(job, event | {"loss": 0.1, "psnr": 19.0, "memory_mb": 900.5})
        job = after_event(job, {"event": "step", "step": step + 1, "total": 30})
    assert job.held == ((10, 20.0), (20, 21.5))
    assert job.held_out == 21.5
    assert job.memory_mb == 900.5


def test_what_an_earlier_sitting_complained_of_is_over():
    job = after_event(Job("running"), {"event": "error", "message": "no memory"})
    assert job.message == "no memory"
    assert after_event(job, {"event": "start", "step": 0, "total": 9}).message == ""


def test_one_that_goes_on_begins_where_it_was():
    """It says zero before it has read how far it came."""
    job = Job("starting", step=150, total=600)
    job = after_event(job, {"event": "start", "step": 0, "total": 600})
    assert (job.status, job.step, job.total) == ("running", 150, 600)


def test_its_end_is_said_wherever_one_looks():
    state = start_state(train=Job("running"))
    done = Job("done", step=9, message="finished")
    assert (
        "training is finished"
        in perform(state, "job-report", kind="train", job=done).notice
    )
    stopped = replace(done, message="stopped")
    told = perform(state, "job-report", kind="train", job=stopped)
    assert "stopped at 9; Resume" in told.notice
    again = perform(replace(told, notice=""), "job-report", kind="train", job=stopped)
    assert not again.notice


def test_before_one_leaves_the_training_may_be_let_go_on():
    asked = perform(start_state(train=Job("running")), "close")
    assert "will be ended" in question(asked)
    on = perform(asked, "train-plan", goes_on=True)
    assert (
        question(on) == "The training goes on; the next start of the editor finds it."
    )
    left = perform(on, "answer", choice="discard")
    assert left.quitting
    assert left.train.goes_on


def test_a_training_that_goes_on_needs_no_question():
    state = start_state(train=Job("running"))
    assert perform(state, "close").wish is not None
    on = perform(state, "train-plan", goes_on=True)
    assert on.train.goes_on
    assert perform(on, "close").quitting


def test_tensorboard_that_was_ended_from_outside_starts_again(tmp_path: Path):
    state = start_state(board=BoardInfo("there", "http://localhost:1"))
    assert perform(state, "tensorboard").board.status == "starting"
    told: list[str] = []
    board = Board(told.append)
    if not board.start(tmp_path):
        pytest.skip("TensorBoard is not installed")
    process = board._process
    assert process is not None
    board._address = "http://localhost:1"
    assert board.start(tmp_path)
    # It runs: its address is told again, at once.
    assert board._process is process
    assert told == ["http://localhost:1"]
    process.kill()
    process.wait(timeout=20)
    assert board.start(tmp_path)
    assert board._process is not process
    board.close()


def test_trainings_are_kept_where_it_was_chosen(tmp_path: Path) -> None:
    state = perform(start_state(), "train-folder", to=tmp_path / "big")
    assert state.drive.runs == tmp_path / "big"
    started = perform(state, "train")
    assert started.train.out is not None
    assert started.train.out.parent == tmp_path / "big"
    with pytest.raises(NsgError, match="stop it first"):
        perform(started, "train-folder", to=tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(NsgError, match="is a file"):
        perform(state, "train-folder", to=tmp_path / "file")
    assert state.settings.runs == str(tmp_path / "big")


def test_a_training_without_room_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_room(tmp_path / "runs" / "a")
    monkeypatch.setattr(outlook, "free_bytes", lambda folder: ROOM_TO_TRAIN - 1)
    with pytest.raises(NsgError, match="another disk"):
        check_room(tmp_path / "runs" / "a")
