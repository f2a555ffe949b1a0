"""Several views share one renderer: whose turn it is."""

from pathlib import Path

from nsg_editor.pictures.lanes import LaneName
from nsg_editor.pictures.worker import Failure, Rendered
from tests.editor.test_worker import Studio, request


class Views(Studio):
    """A worker that draws for more than one view."""

    def __init__(self) -> None:
        super().__init__()
        self.worker.load(Path("a"), 1)
        self.steps(1)
        self.worker.take()

    def seen(self) -> list[tuple[LaneName, int]]:
        """Lane and stride of all pictures until nothing is left to draw."""
        found: list[tuple[LaneName, int]] = []
        while self.worker.step():
            found += self.news()
        return found

    def news(self) -> list[tuple[LaneName, int]]:
        """What has come since the last look."""
        mail = self.worker.take()
        return [(r.lane, r.picture.stride) for r in mail if isinstance(r, Rendered)]


def test_first_pictures_come_before_finer_ones_and_the_main_view_first() -> None:
    views = Views()
    views.time = 1.0
    views.worker.ask(request(230), "cast")
    views.worker.ask(request(220), "before")
    views.worker.ask(request(210), "side")
    views.worker.ask(request(200))
    views.worker._lanes["side"].served_at = views.time
    views.worker._lanes["before"].served_at = views.time
    order = views.seen()
    assert order[:3] == [("main", 8), ("side", 8), ("before", 8)]
    assert [name for name, stride in order if stride == 1] == [
        *("main", "side", "before", "cast")
    ]
    assert order[-3:] == [("cast", 8), ("cast", 2), ("cast", 1)]


def test_a_second_view_is_not_starved_while_the_first_one_is_dragged() -> None:
    views = Views()
    pictures = {"main": 0, "side": 0}
    for i in range(200):
        views.time += 0.01
        views.worker.ask(request(200 + i))
        views.worker.ask(request(500 + i), "side")
        views.steps(1)
        for name, _ in views.news():
            pictures[name] += 1
    assert pictures["side"] >= 5
    assert pictures["main"] > 3 * pictures["side"]


def test_what_one_view_asks_takes_nothing_from_another() -> None:
    views = Views()
    views.worker.ask(request(200))
    views.seen()
    views.pulled.clear()
    views.worker.ask(request(300), "side")
    assert views.seen() == [("side", 8), ("side", 2), ("side", 1)]
    assert {focal for focal, _ in views.pulled} == {300}
    views.worker.ask(None, "side")
    assert views.seen() == []


def test_portraits_leave_the_machine_to_a_training() -> None:
    views = Views()
    views.worker.gentle = True
    views.worker.ask(request(200), "cast")
    views.steps(1)
    assert views.worker.rest_s(0.01) > 0
    views.worker.ask(request(210))
    views.steps(1)
    assert views.worker.rest_s(0.01) == 0


def test_newer_weights_draw_all_views_again() -> None:
    views = Views()
    for name in ("main", "side"):
        views.worker.ask(request(200), name)
    views.seen()
    views.worker.load(Path("b"), 2)
    finals = [name for name, stride in views.seen() if stride == 1]
    assert finals == ["main", "side"]


def test_a_view_that_cannot_be_drawn_is_named_and_the_others_go_on() -> None:
    views = Views()
    fine = views.render

    def render(model: object, asked: object) -> object:
        raise ValueError("too small")

    views.worker._renders["side"] = render
    views.worker._renders["main"] = fine
    views.worker.ask(request(200), "side")
    views.worker.ask(request(210))
    mail: list[object] = []
    while views.worker.step():
        mail += views.worker.take()
    (failure,) = [r for r in mail if isinstance(r, Failure)]
    assert failure.lane == "side"
    assert any(isinstance(r, Rendered) and r.picture.final for r in mail)
