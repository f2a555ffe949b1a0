"""``nsg train`` as a program and a person meet it: events, Ctrl-C, and going on."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nsg_core.checkpoint import load_checkpoint
from nsg_core.cli import MEND, STOPPED
from tests.core.kitti_folder import write_kitti

SMALL = (
    *("model.log2_rows=10", "model.log2_object_rows=8", "model.finest=64"),
    *("model.cells=[16,12,16]", "samples=1024", "scale=0.5", "warm_steps=10"),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_kitti(tmp_path_factory.mktemp("kitti"))


def _command(data: Path, run: Path, *words: str) -> list[str]:
    start = [sys.executable, "-m", "nsg_core.cli", "train", str(data), "-o", str(run)]
    sets = [word for one in SMALL for word in ("--set", one)]
    return [*start, "--device", "cpu", "--progress", "json", *sets, *words]


def _events(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_it_trains_stops_and_goes_on(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    child = subprocess.Popen(
        _command(data, run, "--set", "steps=200000"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    said: list[str] = []
    while not any('"step"' in line and '"loss"' in line for line in said):
        said.append(child.stdout.readline())
        assert child.poll() is None, said
    child.send_signal(signal.SIGINT)
    rest, stderr = child.communicate(timeout=60)
    events = _events("".join(said) + rest)
    assert child.returncode == STOPPED, stderr
    assert events[0]["event"] == "start"
    assert events[0]["total"] == 200000
    assert [event["event"] for event in events[-2:]] == ["checkpoint", "done"]
    assert events[-1]["reason"] == "interrupted"
    step = next(event for event in events if event["event"] == "step")
    assert step.keys() >= {"step", "total", "eta_s", "loss", "psnr", "rays_per_s"}
    assert "Traceback" not in stderr
    reached = load_checkpoint(Path(str(events[-2]["path"]))).step
    assert reached >= int(str(step["step"]))

    more = f"steps={reached + 5}"
    done = subprocess.run(
        _command(data, run, "--resume", "--set", more),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    events = _events(done.stdout)
    assert events[-1]["event"] == "done"
    assert events[-1]["reason"] == "finished"
    assert load_checkpoint(run / "checkpoint.safetensors").step == reached + 5
    assert json.loads((run / "metrics.json").read_text())["step"] == reached + 5


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--set", "steps=0"), "steps"),
        (("--set", "wings=2"), "wings"),
        (("--set", "model.wings=2"), "wings"),
        (("--protocol", "half"), "suds-75"),
        (("--sequence", "0042"), "0000"),
        (("--frames", "2-99"), "99"),
        (("--resume",), "--resume"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)
def test_what_cannot_be_is_said_in_one_line(
    data: Path, tmp_path: Path, words: tuple[str, ...], named: str
) -> None:
    done = subprocess.run(
        _command(data, tmp_path / "run", *words),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == MEND, (done.stdout, done.stderr)
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert named in done.stderr
    last = _events(done.stdout)[-1]
    assert last["event"] == "error"
    assert named in str(last["message"])
    assert not (tmp_path / "run").exists()
