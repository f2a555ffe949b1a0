"""Trainings that go on by themselves, and editors that find them again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nsg_editor.effects.following import PROCESS, PROGRESS, Follower
from nsg_editor.effects.jobs import News, advance
from nsg_editor.state import Job

SCRIPT = Path(__file__).parent / "child.py"
pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGSTOP"), reason="processes are told by signals here"
)


class Yard:
    """Trainings that are started, each in a folder, and ended at last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Follower] = []

    def start(self, manner: str, name: str = "run") -> Follower:
        folder = self.folder / name
        # As in a real command, the folder is among the arguments.
        command = (sys.executable, str(SCRIPT), manner, str(folder))
        self.started.append(Follower.start(command, folder))
        return self.started[-1]


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    made = Yard(tmp_path)
    yield made
    for follower in made.started:
        process = follower._process
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()


def follow(child: Follower, job: Job, until: Callable[[Job], bool]) -> list[News]:
    news: list[News] = []
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        news.append(advance(child, job))
        job = news[-1].job
        if until(job):
            return news
        time.sleep(0.01)
    raise AssertionError(f"still {job}")


def ended(job: Job) -> bool:
    return not job.busy


def test_a_training_is_followed_to_its_end(yard: Yard) -> None:
    news = follow(yard.start("finish"), Job("starting"), ended)
    job = news[-1].job
    assert (job.status, job.message) == ("done", "finished")
    assert [p.psnr for p in job.curve] == [11.0, 12.0, 13.0, 14.0, 15.0]
    assert [n.checkpoint for n in news if n.checkpoint] == [
        Path("run/last.safetensors")
    ]


def test_last_words_of_one_that_dies(yard: Yard) -> None:
    job = follow(yard.start("die"), Job("starting"), ended)[-1].job
    assert (job.status, job.message) == ("failed", "error: no such data")


def test_another_editor_finds_it_with_all_of_its_curve_and_stops_it(yard: Yard) -> None:
    first = yard.start("wait")
    follow(first, Job("starting"), lambda j: j.step == 5)
    found = Follower.find(yard.folder / "run")
    assert found is not None
    assert found.pid == first.pid
    assert not found.resting
    job = follow(found, Job("running"), lambda j: j.step == 5)[-1].job
    assert len(job.curve) == 5
    found.stop()
    # Whoever started it must take note of its end; here that is this test.
    assert first._process is not None
    first._process.wait(timeout=20)
    job = follow(found, replace(job, status="stopping"), ended)[-1].job
    assert (job.status, job.message) == ("done", "stopped")
    assert Follower.find(yard.folder / "run") is None


def test_it_rests_and_goes_on(yard: Yard) -> None:
    child = yard.start("wait")
    follow(child, Job("starting"), lambda j: j.step == 5)
    child.pause(True)
    deadline = time.monotonic() + 10
    while not child.resting and time.monotonic() < deadline:
        time.sleep(0.01)
    if sys.platform == "linux":
        assert child.resting
    child.leave()
    deadline = time.monotonic() + 10
    while child.resting and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not child.resting
    os.kill(child.pid, signal.SIGKILL)


def test_who_does_not_listen_is_ended(yard: Yard) -> None:
    child = yard.start("hang")
    follow(child, Job("starting"), lambda j: j.step == 5)
    child.close(patience_s=0.2)
    assert child.ended() is not None


def test_a_number_that_others_have_now_is_nobody_s_training(yard: Yard) -> None:
    folder = yard.folder / "old"
    folder.mkdir()
    (folder / PROCESS).write_text(json.dumps({"pid": os.getpid()}))
    assert Follower.find(folder) is None
    (folder / PROCESS).write_text(json.dumps({"pid": 2**22 - 3}))
    assert Follower.find(folder) is None
    (folder / PROCESS).write_text("no JSON")
    assert Follower.find(folder) is None
    assert Follower.find(yard.folder / "none") is None


def test_one_that_vanished_is_told(yard: Yard) -> None:
    first = yard.start("wait")
    follow(first, Job("starting"), lambda j: j.step == 5)
    found = Follower.find(yard.folder / "run")
    assert found is not None
    os.kill(first.pid, signal.SIGKILL)
    assert first._process is not None
    first._process.wait(timeout=20)
    job = follow(found, Job("running"), ended)[-1].job
    assert job.status == "failed"
    assert "Resume goes on" in job.message


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    follower = Follower(tmp_path, None, 0)
    line = json.dumps({"event": "step", "step": 3})
    (tmp_path / PROGRESS).write_text(f"{line}\nnoise\n{line[:9]}")
    assert [e["step"] for e in follower.take()] == [3]
    assert follower.take() == []
    with (tmp_path / PROGRESS).open("a") as file:
        file.write(line[9:] + "\n")
    assert [e["step"] for e in follower.take()] == [3]


def test_it_outlives_whoever_started_it(tmp_path: Path) -> None:
    """As when the editor is closed, or killed."""
    folder = tmp_path / "run"
    command = (sys.executable, str(SCRIPT), "wait", str(folder))
    code = (
        "import os; from pathlib import Path;"
        "from nsg_editor.effects.following import Follower;"
        f"print(Follower.start({command!r}, Path({str(folder)!r})).pid, flush=True);"
        "os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    pid = int(done.stdout)
    try:
        found = Follower.find(folder)
        assert found is not None
        assert found.pid == pid
        job = follow(found, Job("running"), lambda j: j.step == 5)[-1].job
        job = follow(found, replace(job, status="stopping"), ended)[-1].job
        assert job.status == "done"
    finally:
        if Follower.find(folder):
            os.kill(pid, signal.SIGKILL)


def test_how_it_ended_is_known_though_it_was_said_at_the_last_moment(
    tmp_path: Path,
) -> None:
    follower = Follower(tmp_path, None, 0)
    (tmp_path / PROGRESS).write_text(json.dumps({"event": "step", "step": 3}) + "\n")
    assert len(follower.take()) == 1
    with (tmp_path / PROGRESS).open("a") as file:
        file.write(json.dumps({"event": "done", "reason": "interrupted"}) + "\n")
    assert follower.ended() == 130
    assert [e["event"] for e in follower.take()] == ["done"]
    assert follower.take() == []


def test_weights_that_are_told_of_at_the_very_end_are_not_missed(
    tmp_path: Path,
) -> None:
    class Late(Follower):
        def ended(self) -> int | None:
            with (tmp_path / PROGRESS).open("a") as file:
                event = {"event": "checkpoint", "step": 9, "path": "last.safetensors"}
                file.write(json.dumps(event) + "\n")
            return 0

    (tmp_path / PROGRESS).write_text("")
    news = advance(Late(tmp_path, None, 0), Job("running"))
    assert news.checkpoint == Path("last.safetensors")
    assert news.job.status == "done"
