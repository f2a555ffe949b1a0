"""``nsg bench``: every measure runs, small, and tells what it measured on."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nsg_core.benchmarks import memory
from nsg_core.benchmarks.machine import MEGABYTE, forget_peak, peak_memory
from nsg_core.benchmarks.measures import MEASURES, Result, run
from nsg_core.benchmarks.objects import crowd
from nsg_core.benchmarks.subjects import (
    FRAMES,
    HALF_STREET,
    SOLID,
    Subject,
    open_stand_in,
    stand_in,
    street_scene,
)
from nsg_core.benchmarks.timing import compared
from nsg_core.cli import MEND, STOPPED, main
from nsg_core.drawing.frame import render_picture
from nsg_core.errors import NsgError
from nsg_core.export.labels import project_box
from nsg_core.request import request_frame
from nsg_core.scene import Scene, Size

SECONDS = 0.02


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return stand_in(torch.device("cpu"), 0.05, tmp_path_factory.mktemp("street"))


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings whose memory is measured need not be long here."""
    monkeypatch.setattr(memory, "STEPS", 2)
    monkeypatch.setattr(memory, "FRAMES", 2)


@pytest.mark.usefixtures("_short")
@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_gives_a_number(subject: Subject, name: str) -> None:
    (result,) = run((name,), subject, SECONDS)
    assert result.name == name
    assert result.value > 0
    assert result.unit
    assert result.detail


def test_nothing_to_drag_is_said(subject: Subject) -> None:
    scene = replace(subject.drive.scene, objects=())
    alone = replace(subject, drive=replace(subject.drive, scene=scene))
    with pytest.raises(NsgError, match="no object"):
        list(run(("drag/first-picture",), alone, SECONDS))


def test_the_names_are_those_that_programs_know() -> None:
    wanted = """kernel/display kernel/display-torch render/fast render/paper
        train/fast train/paper drag/first-picture drag/full-picture drag/dirty-picture
        objects/500-vs-20 memory/open memory/train"""
    assert set(wanted.split()) <= set(MEASURES)


def test_the_memory_of_a_fresh_program_is_not_that_of_its_parent(
    subject: Subject,
) -> None:
    """However much this process holds."""
    ballast = np.ones(100_000_000, dtype=np.float64)
    (result,) = run(("memory/open",), subject, SECONDS)
    assert result.value < ballast.nbytes / MEGABYTE
    assert result.value > subject.checkpoint.stat().st_size / MEGABYTE
    assert "41 frames" in result.detail


def test_a_peak_is_what_was_held_since() -> None:
    before = np.ones(50_000_000, dtype=np.float64)
    assert peak_memory() > before.nbytes / MEGABYTE
    del before
    if not forget_peak():
        pytest.skip("this system does not forget a peak")
    low = peak_memory()
    again = np.ones(25_000_000, dtype=np.float64)
    assert peak_memory() - low == pytest.approx(again.nbytes / MEGABYTE, abs=20)


def test_works_are_taken_in_turn() -> None:
    order: list[str] = []

    def work(name: str) -> None:
        order.append(name)

    times = compared((lambda: work("a"), lambda: work("b")), 0.0, torch.device("cpu"))
    assert order == ["a", "b"] * 2
    assert len(times) == 2


def test_a_long_stand_in_repeats_its_pictures(subject: Subject) -> None:
    drive = open_stand_in(Path(subject.drive.root), 41)
    assert len(drive.scene.frames) == 41
    assert len(drive.images) == 82
    assert all(path.is_file() for path in drive.images.values())
    assert drive.images["image_03", 40] == drive.images["image_03", 40 % FRAMES]


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


def test_of_a_crowd_those_ahead_are_seen_and_no_others() -> None:
    """Boxes as they are drawn, which are larger than their labels."""
    scene = street_scene(7)
    frame = scene.frames[3]
    view = scene.view("image_02", frame)

    def seen(scene: Scene) -> list[bool]:
        grown = [
            replace(box, size=Size(1.5 * box.size.length, 3.0, 1.5 * box.size.width))
            for box in scene.at(frame)
        ]
        boxes = (project_box(view, box.pose, box.size) for box in grown)
        return [
            box is not None
            and (box[0] < view.width and box[2] > 0)
            and (box[1] < view.height and box[3] > 0)
            for box in boxes
        ]

    few, many = (crowd(scene, frame, 20, hidden) for hidden in (0, 480))
    assert seen(few) == [True] * 20
    assert seen(many) == [True] * 20 + [False] * 480
    assert len({node.track_id for node in many.objects}) == 500
    assert {node.model for node in many.objects} == {n.model for n in scene.objects}
    assert many.at(frame)[:20] == few.at(frame)


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


def test_what_cannot_be_measured_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, named in (
        (("render/quick",), "render/fast"),
        (("--data", str(tmp_path)), "--checkpoint"),
        (("--scale", "0"), "--scale"),
    ):
        assert main(["bench", *words]) == MEND
        said = capsys.readouterr().err
        assert said.startswith("error: ")
        assert said.count("\n") == 1
        assert named in said


def test_whoever_interrupts_keeps_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> Result:
        raise KeyboardInterrupt

    def measured(*_: object) -> Result:
        return Result("render/fast", 7.0, "rays/s", "")

    monkeypatch.setitem(MEASURES, "render/fast", measured)
    monkeypatch.setitem(MEASURES, "render/paper", interrupted)
    path = tmp_path / "numbers.json"
    words = ["bench", "render/fast", "render/paper", "--json", str(path)]
    assert main([*words, "--scale", "0.05", "--device", "cpu"]) == STOPPED
    (result,) = json.loads(path.read_text())["results"]
    assert result["value"] == 7.0
