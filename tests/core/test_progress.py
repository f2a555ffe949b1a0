"""Progress as events and as a bar, and an orderly end on a signal."""

import io
import json
import math
import os
import signal
import subprocess
import sys
import time

import pytest

from nsg_core.errors import NsgError
from nsg_core.progress import BarWriter, Interrupted, JsonWriter, Report, reporting


def events(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_run_is_told_as_json_lines(capsys):
    with reporting("json", "Work") as report:
        report.start(2)
        report.step(1, loss=0.5)
        report.file("checkpoint", "runs/a/last.safetensors")
        report.step(2, loss=math.nan)
    start, step, file, last, done = events(capsys.readouterr().out)
    assert start == {"event": "start", "step": 0, "total": 2}
    assert (step["event"], step["step"], step["loss"]) == ("step", 1, 0.5)
    assert step["eta_s"] >= 0
    assert file["path"] == "runs/a/last.safetensors"
    # JSON has no NaN: a reader gets null, not a line that it cannot parse.
    assert last["loss"] is None
    assert (done["event"], done["reason"]) == ("done", "finished")


def test_time_left_counts_from_where_a_run_goes_on():
    report = Report(JsonWriter(stream := io.StringIO()))
    report.start(100, step=90)
    report.began -= 10.0
    report.step(95)
    assert events(stream.getvalue())[-1]["eta_s"] == pytest.approx(10.0, abs=0.5)


def test_an_error_is_the_last_event(capsys):
    with pytest.raises(NsgError), reporting("json", "Work"):
        raise NsgError("the disk is full.")
    (error,) = events(capsys.readouterr().out)
    assert (error["event"], error["message"]) == ("error", "the disk is full.")


def test_a_bug_is_told_too(capsys):
    with pytest.raises(ZeroDivisionError), reporting("json", "Work"):
        raise ZeroDivisionError("a bug")
    (error,) = events(capsys.readouterr().out)
    assert error["message"] == "ZeroDivisionError: a bug"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_step_at_hand_first(number, capsys):
    before = signal.getsignal(number)
    finished = []
    with pytest.raises(Interrupted), reporting("json", "Work") as report:  # noqa: PT012
        report.start(3)
        for step in (1, 2, 3):
            if step == 2:
                signal.raise_signal(number)
            finished.append(step)
            report.step(step)
    assert finished == [1, 2]
    done = events(capsys.readouterr().out)[-1]
    assert (done["event"], done["reason"], done["step"]) == ("done", "interrupted", 2)
    assert signal.getsignal(number) == before


def test_a_second_signal_does_not_wait():
    with pytest.raises(KeyboardInterrupt), reporting("json", "Work"):  # noqa: PT012
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)


def test_the_bar_writes_nothing_to_stdout(capsys):
    report = Report(writer := BarWriter("Work"))
    report.start(2)
    report.step(1, loss=0.25)
    report.done("finished")
    writer.close()
    assert capsys.readouterr().out == ""


def test_the_bar_shows_values_and_time_left(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    report = Report(writer := BarWriter("Work"))
    report.start(2)
    report.step(1, loss=0.25)
    writer.close()
    assert "Work" in stream.getvalue()
    assert "loss 0.25" in stream.getvalue()
    assert "left" in stream.getvalue()


CHILD = """
import sys, time
from nsg_core.cli import COMMANDS, main
from nsg_core.progress import reporting
from dataclasses import dataclass

@dataclass(frozen=True)
class Wait:
    "Wait until told to end."
    def run(self) -> None:
        with reporting("json", "Wait") as report:
            report.start(1000)
            for step in range(1, 1001):
                time.sleep(0.02)
                report.step(step)

COMMANDS["wait"] = Wait
sys.exit(main(["wait"]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_told_to_end_exits_with_130(number):
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    while '"step": 2,' not in child.stdout.readline():
        assert child.poll() is None
    began = time.monotonic()
    os.kill(child.pid, number)
    out, err = child.communicate(timeout=20)
    assert time.monotonic() - began < 10
    assert child.returncode == 130
    assert events(out)[-1]["reason"] == "interrupted"
    assert err.count("\n") == 1
    assert "Traceback" not in err
