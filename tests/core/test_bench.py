"""``nsg bench``: every measure runs, small, and tells what it measured on."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from nsg_core.benchmarks.machine import MEGABYTE
from nsg_core.benchmarks.measures import MEASURES, Result, run
from nsg_core.benchmarks.subjects import (
    HALF_STREET,
    SOLID,
    Subject,
    crowd,
    stand_in,
    street_scene,
)
from nsg_core.cli import MEND
from nsg_core.frame import render_picture
from nsg_core.request import request_frame

SECONDS = 0.02


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return stand_in(torch.device("cpu"), 0.05, tmp_path_factory.mktemp("street"))


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_gives_a_number(subject: Subject, name: str) -> None:
    (result,) = run((name,), subject, SECONDS)
    assert result.name == name
    assert result.value > 0
    assert result.unit
    assert result.detail


def test_the_memory_of_a_fresh_program_is_not_that_of_its_parent(
    subject: Subject,
) -> None:
    """However much this process holds."""
    ballast = np.ones(100_000_000, dtype=np.float64)
    (result,) = run(("memory/open",), subject, SECONDS)
    assert result.value < ballast.nbytes / MEGABYTE
    assert result.value > subject.checkpoint.stat().st_size / MEGABYTE


def test_all_are_measured_if_none_is_named(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in MEASURES:
        fake = Result(name, 1.0, "s", "")
        monkeypatch.setitem(MEASURES, name, lambda *_, fake=fake: fake)
    assert [result.name for result in run((), subject, 1.0)] == list(MEASURES)


def test_the_stand_in_has_surfaces_where_a_street_has(subject: Subject) -> None:
    """Rays stop at the road, the houses and the cars, and pass to the sky between."""
    scene = subject.drive.scene
    picture = render_picture(subject.model, request_frame(scene, "image_02", 0, 0.1))
    height, width = picture.opacity.shape
    assert picture.opacity[-1].min() > 0.95
    # Road 1.65 m under the camera: a distance known from the picture's geometry. Cells
    # of the occupancy grid are as coarse as they are.
    view = request_frame(scene, "image_02", 0, 0.1).view
    _, direction = view.ray(width / 2, height - 1)
    expected = 1.65 / direction[1]
    assert picture.depth[-1, width // 2] == pytest.approx(expected, rel=0.25)
    assert len(set(picture.track.ravel().tolist()) - {-1}) > 3
    assert picture.opacity[0, width // 2] < 0.1
    side = view.ray(0, 0)[1]
    assert picture.depth[0, 0] == pytest.approx(HALF_STREET / -side[0], rel=0.3)
    assert SOLID > 1


def test_a_crowd_has_as_many_objects_as_asked_for() -> None:
    scene = street_scene(20)
    many = crowd(scene, 500)
    assert len(many.objects) == 500
    assert len({node.track_id for node in many.objects}) == 500
    positions = {node.track.poses[0].position for node in many.objects}
    assert len(positions) == 500
    assert {node.model for node in many.objects} == {n.model for n in scene.objects}


def _bench(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nsg_core.cli", "bench", *words],
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_command_writes_what_programs_expect(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    small = ("--seconds", "0.02", "--scale", "0.05", "--device", "cpu")
    done = _bench("render/fast", "drag/first-picture", "--json", str(path), *small)
    assert done.returncode == 0, done.stderr
    told = json.loads(path.read_text())
    assert told.keys() == {"machine", "results"}
    assert told["machine"]["device"] == "cpu"
    assert told["machine"]["versions"]["torch"] == torch.__version__
    assert [r["name"] for r in told["results"]] == ["render/fast", "drag/first-picture"]
    for result in told["results"]:
        assert result.keys() == {"name", "value", "unit", "detail"}
    assert done.stdout == ""
    assert done.stderr.count("\n") == 2


def test_what_cannot_be_measured_is_said_in_one_line(tmp_path: Path) -> None:
    for words, named in (
        (("render/quick",), "render/fast"),
        (("--data", str(tmp_path)), "--checkpoint"),
        (("--scale", "0"), "--scale"),
    ):
        done = _bench(*words)
        assert done.returncode == MEND, done.stderr
        assert done.stderr.startswith("error: ")
        assert done.stderr.count("\n") == 1
        assert named in done.stderr
