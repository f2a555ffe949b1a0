"""Child processes: that end well, that die, that do not listen."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nsg_editor.actions.working import POINTS
from nsg_editor.effects.jobs import Child, News, advance, after_end, after_event
from nsg_editor.state import Job

SCRIPT = Path(__file__).parent / "child.py"


@pytest.fixture
def children() -> Iterator[Callable[[str], Child]]:
    """Starts children, and ends those that are left."""
    started: list[Child] = []

    def start(manner: str) -> Child:
        started.append(Child((sys.executable, str(SCRIPT), manner)))
        return started[-1]

    yield start
    for child in started:
        child.close(patience_s=0.2)


def follow(child: Child, job: Job, until: Callable[[Job], bool]) -> list[News]:
    """All news until the job is as wished; fails after a while."""
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


def test_a_job_that_ends_well(children: Callable[[str], Child]) -> None:
    news = follow(children("finish"), Job("starting"), ended)
    job = news[-1].job
    assert job.status == "done"
    assert job.message == "finished"
    assert (job.step, job.total) == (5, 5)
    assert [p.psnr for p in job.curve] == [11.0, 12.0, 13.0, 14.0, 15.0]
    paths = [n.checkpoint for n in news if n.checkpoint]
    assert paths == [Path("run/last.safetensors")]


def test_a_child_that_dies_leaves_its_last_words(
    children: Callable[[str], Child],
) -> None:
    job = follow(children("die"), Job("starting"), ended)[-1].job
    assert job.status == "failed"
    assert job.message == "error: no such data"


def test_stopping_is_an_order_and_what_was_done_is_kept(
    children: Callable[[str], Child],
) -> None:
    child = children("wait")
    job = follow(child, Job("starting"), lambda j: j.step == 5)[-1].job
    job = follow(child, replace(job, status="stopping"), ended)[-1].job
    assert job.status == "done"
    assert job.message == "stopped"


def test_who_does_not_listen_is_ended(children: Callable[[str], Child]) -> None:
    child = children("hang")
    job = follow(child, Job("starting"), lambda j: j.step == 5)[-1].job
    job = replace(job, status="stopping")
    child.stop()
    time.sleep(0.3)
    assert child.ended() is None
    child.insist(patience_s=0.1)
    job = follow(child, job, ended)[-1].job
    assert job.status == "failed"
    assert "did not end" in job.message


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_pause_stops_the_process_and_stop_wakes_it(
    children: Callable[[str], Child],
) -> None:
    child = children("wait")
    job = follow(child, Job("starting"), lambda j: j.step == 5)[-1].job

    def state_of() -> str:
        stat = Path(f"/proc/{child.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0]

    def wait_for(wanted: bool) -> None:
        until = time.monotonic() + 10
        while (state_of() == "T") != wanted:
            assert time.monotonic() < until, state_of()
            time.sleep(0.01)

    advance(child, replace(job, status="paused"))
    wait_for(True)
    advance(child, replace(job, status="running"))
    wait_for(False)
    advance(child, replace(job, status="paused"))
    wait_for(True)
    stopped = follow(child, replace(job, status="stopping"), ended)[-1].job
    assert stopped.status == "done"


def test_closing_leaves_no_process(children: Callable[[str], Child]) -> None:
    child = children("hang")
    follow(child, Job("starting"), lambda j: j.step == 5)
    child.close(patience_s=0.2)
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


def test_lines_that_are_no_events_do_no_harm(
    children: Callable[[str], Child],
) -> None:
    assert follow(children("noise"), Job("starting"), ended)[-1].job.status == "done"


def test_curves_stay_short_and_keep_their_ends() -> None:
    job = Job("running")
    for step in range(1, 5 * POINTS):
        event = {"event": "step", "step": step, "loss": 0.1, "psnr": 20.0}
        job = after_event(job, event)
    assert len(job.curve) <= POINTS
    assert job.curve[0].step == 1
    assert job.curve[-1].step == 5 * POINTS - 1
    steps = [p.step for p in job.curve]
    assert steps == sorted(steps)


def test_a_loss_that_is_no_number_is_left_out() -> None:
    event = {"event": "step", "step": 3, "loss": None, "psnr": 20.0}
    assert after_event(Job("running"), event).curve == ()


@pytest.mark.parametrize(
    ("job", "code", "status"),
    [
        (Job("running"), 0, "done"),
        (Job("stopping"), 130, "done"),
        (Job("stopping"), -2, "done"),
        (Job("running"), 130, "failed"),
        (Job("running"), 2, "failed"),
        (Job("running"), -9, "failed"),
        (Job("starting"), 1, "failed"),
        (Job("stopping"), -9, "done"),
        (Job("stopping", step=3), -9, "failed"),
    ],
)
def test_exit_codes(job: Job, code: int, status: str) -> None:
    done = after_end(job, code, "last words")
    assert done.status == status
    assert done.message
