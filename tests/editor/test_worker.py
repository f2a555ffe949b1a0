"""The drawing worker, pulled by hand: no thread, no sleep, a clock of our own."""

import gc
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nsg_core.drawing.frame import Picture
from nsg_core.errors import NsgError
from nsg_core.model import Model
from nsg_core.request import RenderRequest
from nsg_editor.pictures import worker as working
from nsg_editor.pictures.settling import settle
from nsg_editor.pictures.worker import STILL_S, Failure, Loaded, Rendered, Worker
from tests.editor.fakes import FakeModel
from tests.editor.scenes import street


def picture(stride: int, request: RenderRequest, seconds: float = 0.01) -> Picture:
    shape = (request.view.height, request.view.width)
    flat = np.zeros(shape, dtype=np.float32)
    return Picture(
        np.zeros((*shape, 3), dtype=np.float32),
        flat,
        flat,
        np.zeros(shape, dtype=np.int32),
        stride,
        1,
        stride == 1,
        seconds,
        int(request.view.width * request.view.height / stride**2),
    )


class Studio:
    """A worker with a renderer that notes what is pulled from it."""

    def __init__(self) -> None:
        self.time = 0.0
        self.pulled: list[tuple[float, int | None]] = []
        self.worker = Worker(self.load, self.render, lambda: self.time)

    def load(self, path: Path) -> tuple[Model, int]:
        if path.name == "broken":
            raise NsgError(f"{path}: expected weights, found nonsense.")
        return FakeModel(keys=frozenset({path.name})), 7

    def render(self, model: Model, request: RenderRequest) -> Iterator[Picture | None]:
        for stride in (8, 2, 1):
            for _ in range(2):
                self.pulled.append((request.view.fx, None))
                yield None
            self.pulled.append((request.view.fx, stride))
            yield picture(stride, request)

    def steps(self, count: int) -> None:
        """Let it work."""
        for _ in range(count):
            self.worker.step()


def request(focal: float) -> RenderRequest:
    view = replace(street().view("image_02", 0), fx=focal)
    return RenderRequest(view, street().at(0), "image_02")


def reports(studio: Studio) -> list[object]:
    return list(studio.worker.take())


def test_nothing_to_do_without_a_request_or_a_model() -> None:
    studio = Studio()
    assert not studio.worker.step()
    studio.worker.ask(request(200))
    assert not studio.worker.step()
    studio.worker.load(Path("a"), 1)
    assert studio.worker.step()
    loaded = reports(studio)[0]
    assert loaded == Loaded(1, Path("a"), 7, "cpu", frozenset({"a"}))


def test_from_coarse_to_final_and_then_rest() -> None:
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.worker.ask(request(200))
    strides: list[int] = []
    while studio.worker.step():
        strides += [
            r.picture.stride for r in studio.worker.take() if isinstance(r, Rendered)
        ]
    assert strides == [8, 2, 1]
    assert not studio.worker.step()


def test_the_newest_request_wins_after_the_first_picture_of_the_old_one() -> None:
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.worker.ask(request(200))
    studio.steps(2)
    for focal in (210, 220, 230):
        studio.worker.ask(request(focal))
    while studio.worker.step():
        pass
    # 200 is drawn up to its first picture, 210 and 220 never, 230 to the end.
    assert [f for f, stride in studio.pulled if stride] == [200, 230, 230, 230]


def test_while_the_mouse_moves_every_other_request_gets_a_picture() -> None:
    """No starvation: requests that come faster than pictures do not stop them."""
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.steps(1)
    shown = 0
    for i in range(40):
        studio.worker.ask(request(200 + i))
        studio.steps(2)
        shown += sum(isinstance(r, Rendered) for r in studio.worker.take())
    assert shown >= 20


def test_latency_counts_from_the_wish() -> None:
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.steps(1)
    studio.time = 5.0
    studio.worker.ask(request(200))
    studio.time = 5.25
    studio.steps(3)
    (report,) = [r for r in studio.worker.take() if isinstance(r, Rendered)]
    assert report.latency_s == pytest.approx(0.25)


def test_newer_weights_do_not_flash_a_coarse_picture() -> None:
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.worker.ask(request(200))
    while studio.worker.step():
        pass
    studio.worker.take()
    studio.worker.load(Path("b"), 2)
    strides: list[int] = []
    while studio.worker.step():
        strides += [
            r.picture.stride for r in studio.worker.take() if isinstance(r, Rendered)
        ]
    assert strides == [2, 1]


def test_weights_that_come_faster_than_pictures_are_seen_all_the_same() -> None:
    """A training may leave no picture the time to get beyond its first level."""
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.worker.ask(request(200))
    seen: list[int] = []
    for version in range(2, 6):
        while not (news := [r for r in reports(studio) if isinstance(r, Rendered)]):
            assert studio.worker.step()
        seen.append(news[0].picture.stride)
        studio.worker.load(Path("a"), version)
        studio.steps(1)
    assert len(set(seen)) == 1
    assert seen[0] > 2


def test_broken_weights_are_reported_and_the_old_ones_go_on() -> None:
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.steps(1)
    studio.worker.load(Path("broken"), 2)
    studio.steps(1)
    failure = reports(studio)[-1]
    assert failure == Failure(2, "broken: expected weights, found nonsense.")
    studio.worker.ask(request(200))
    studio.steps(20)
    assert any(isinstance(r, Rendered) for r in reports(studio))


def test_a_bug_in_drawing_is_reported_and_the_next_request_is_drawn() -> None:
    studio = Studio()
    fine = studio.render

    def render(model: Model, asked: RenderRequest) -> Iterator[Picture | None]:
        if asked.view.fx == 200:
            raise ValueError("no such layer")
        return fine(model, asked)

    worker = Worker(studio.load, render, lambda: 0.0)
    worker.load(Path("a"), 1)
    worker.ask(request(200))
    for _ in range(5):
        worker.step()
    (failure,) = [r for r in worker.take() if isinstance(r, Failure)]
    assert failure.version is None
    assert "no such layer" in failure.text
    worker.ask(request(210))
    for _ in range(12):
        worker.step()
    assert any(isinstance(r, Rendered) and r.picture.final for r in worker.take())


def test_the_thread_draws_and_ends() -> None:
    studio = Studio()
    studio.worker.start()
    studio.worker.load(Path("a"), 1)
    studio.worker.ask(request(200))
    until = time.monotonic() + 20
    final = False
    while not final and time.monotonic() < until:
        time.sleep(0.002)
        found = studio.worker.take()
        final = any(isinstance(r, Rendered) and r.picture.final for r in found)
    studio.worker.stop()
    assert final


def test_while_a_training_runs_only_refinement_waits() -> None:
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.worker.ask(request(200))
    studio.worker.gentle = True
    studio.steps(2)
    # The first picture is on its way: no pause.
    assert studio.worker.rest_s(0.01) == 0
    studio.steps(2)
    assert studio.worker.rest_s(0.01) == pytest.approx(0.04)
    assert studio.worker.rest_s(9.0) == 1.0
    studio.time += 1.0
    studio.worker.ask(request(210))
    studio.steps(1)
    assert studio.worker.rest_s(0.01) == 0
    studio.worker.gentle = False
    studio.steps(4)
    assert studio.worker.rest_s(0.01) == 0


def test_while_something_is_dragged_only_first_pictures_are_drawn() -> None:
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.worker.ask(request(200))
    studio.steps(4)
    assert studio.worker.rest_s(0.01) == 0, "one request is no drag"
    studio.time = 0.05
    studio.worker.ask(request(210))
    studio.steps(2)
    assert studio.worker.rest_s(0.01) == 0, "the first picture is on its way"
    studio.steps(1)
    assert studio.worker.rest_s(0.01) == pytest.approx(STILL_S)
    studio.time += STILL_S
    assert studio.worker.rest_s(0.01) == 0, "the hand has come to rest"
    studio.worker.ask(request(220))
    studio.steps(3)
    assert studio.worker.rest_s(0.01) == 0, "frames that are played come more slowly"


def test_another_view_gets_its_first_picture_in_a_drag_too() -> None:
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    for n in (0, 1):
        studio.time = 0.05 * n
        studio.worker.ask(request(200 + n))
        studio.steps(4)
    studio.worker.ask(request(300), "side")
    studio.steps(1)
    reports(studio)
    seen: set[str] = set()
    while "side" not in seen:
        assert studio.worker.rest_s(0.01) == 0
        studio.steps(1)
        seen |= {r.lane for r in reports(studio) if isinstance(r, Rendered)}
    assert studio.worker.rest_s(0.01) == pytest.approx(STILL_S)


def test_a_final_picture_grows_smooth_unless_a_training_runs() -> None:
    studio = Studio()

    def render(model: Model, asked: RenderRequest) -> Iterator[Picture | None]:
        for samples in (1, 2, 3):
            yield None
            yield replace(picture(1, asked), samples=samples)

    worker = Worker(studio.load, render, lambda: 0.0)
    worker.load(Path("a"), 1)
    worker.ask(request(200))
    worker.gentle = True
    while worker.step():
        pass
    (first,) = [r for r in worker.take() if isinstance(r, Rendered)]
    assert first.picture.final
    assert first.picture.samples == 1
    worker.gentle = False
    while worker.step():
        pass
    (last,) = [r for r in worker.take() if isinstance(r, Rendered)]
    assert last.picture.samples == 3


def test_newer_weights_are_drawn_though_the_old_picture_was_final() -> None:
    studio = Studio()
    studio.worker.gentle = True
    studio.worker.load(Path("a"), 1)
    studio.worker.ask(request(200))
    while studio.worker.step():
        pass
    studio.worker.take()
    studio.worker.load(Path("b"), 2)
    while studio.worker.step():
        pass
    assert any(isinstance(r, Rendered) and r.picture.final for r in reports(studio))


def test_once_there_is_a_final_picture_the_collector_forgets_the_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settled: list[int] = []
    monkeypatch.setattr(working, "settle", lambda: settled.append(1))
    studio = Studio()
    studio.worker.load(Path("a"), 1)
    studio.worker.ask(request(200))
    studio.steps(9)
    assert not settled, "the finest level is still to come"
    studio.steps(1)
    assert settled == [1]
    studio.worker.ask(request(300))
    studio.worker.load(Path("b"), 2)
    studio.steps(20)
    assert settled == [1]


def test_what_is_settled_is_no_work_for_the_collector() -> None:
    try:
        settle()
        assert gc.get_freeze_count() > 10_000
        assert len(gc.get_objects()) < 1000
    finally:
        gc.unfreeze()
