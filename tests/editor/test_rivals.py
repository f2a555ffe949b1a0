"""Two trainings are compared in one picture: the same view with other weights."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nsg_core.drawing.frame import Picture
from nsg_core.errors import NsgError
from nsg_core.model import Model
from nsg_core.request import RenderRequest
from nsg_editor.actions.seeing import before_request
from nsg_editor.actions.table import perform
from nsg_editor.derived.beside import rival_of
from nsg_editor.derived.request import resolve
from nsg_editor.effects.dispatch import Effects
from nsg_editor.pictures.rivals import Rivals
from nsg_editor.pictures.worker import Worker
from nsg_editor.state import EditorState, ModelInfo
from nsg_editor.store import Store
from nsg_editor.ui.views.looking_layer import sides
from nsg_editor.values.runs import RunInfo
from tests.editor.fakes import fake_load, fake_render
from tests.editor.scenes import start_state, street

ONE = RunInfo(Path("runs/one/checkpoint.safetensors"), 40, 100, 21.0, "fast", 0.25)
OTHER = RunInfo(Path("runs/other/checkpoint.safetensors"), 80, 100, 23.0, "fast", 0.25)


def shown() -> EditorState:
    model = ModelInfo("ready", ONE.checkpoint, 40, "cpu")
    return start_state(runs=(ONE, OTHER), model=model, panel=(200, 60))


def test_the_other_side_is_the_same_view_with_its_edits() -> None:
    state = perform(perform(shown(), "select", track=0), "move", by=(0.0, 0.0, 2.0))
    state = perform(state, "run-compare", run=OTHER.folder)
    assert rival_of(state) == OTHER.checkpoint
    request = resolve(state, state.panel, (1920, 1080))
    assert request is not None
    assert before_request(state, request) == request
    assert sides(state) == ("other, step 80", "one, step 40")


def test_comparing_ends_by_itself_when_something_else_is_compared() -> None:
    state = perform(shown(), "run-compare")
    assert state.rival == OTHER.checkpoint
    assert perform(state, "run-compare").looking.against == "nothing"
    assert perform(state, "run-compare").rival is None
    before = perform(state, "looking", against="before")
    assert rival_of(before) is None


def test_weights_are_not_compared_with_themselves() -> None:
    with pytest.raises(NsgError, match="is what is drawn with"):
        perform(shown(), "run-compare", run=ONE.folder)
    alone = replace(shown(), runs=(ONE,))
    with pytest.raises(NsgError, match="no other training"):
        perform(alone, "run-compare")


class Studio:
    """A worker that is pulled by hand, with what each side was drawn with."""

    def __init__(self) -> None:
        self.store = Store(shown())
        self.drawn: list[tuple[Model, RenderRequest]] = []
        self.loaded: list[Path] = []
        self.before: list[Picture | None] = []
        rivals = Rivals(self.render, self.load, lambda: rival_of(self.store.state))
        self.worker = Worker(self.load, fake_render, renders={"before": rivals})
        most = (1920, 1080)
        self.effects = Effects(self.store, self.worker, lambda _: None, most, None)
        self.effects.show_before = self.before.append

    def load(self, path: Path) -> tuple[Model, int]:
        self.loaded.append(path)
        return fake_load(path, street())

    def render(self, model: Model, request: RenderRequest) -> Iterator[Picture | None]:
        self.drawn.append((model, request))
        return fake_render(model, request)

    def draw(self) -> None:
        while self.worker.step():
            self.effects.tick()
        self.effects.tick()


@pytest.fixture
def studio() -> Iterator[Studio]:
    made = Studio()
    made.draw()
    yield made
    made.effects.close()


def test_the_worker_draws_it_with_the_other_weights(studio: Studio) -> None:
    studio.store.dispatch("run-compare")
    studio.draw()
    assert studio.loaded == [ONE.checkpoint, OTHER.checkpoint]
    assert studio.before[-1] is not None
    rival = studio.drawn[-1][0]
    studio.store.dispatch("frame", to=1)
    studio.draw()
    assert studio.drawn[-1][0] is rival, "they are read once"
    assert studio.drawn[-1][1].boxes == studio.store.state.scene.at(1)


def test_the_same_view_is_drawn_anew_for_other_weights(studio: Studio) -> None:
    # Without edits, before them and with other weights the request is the same.
    studio.store.dispatch("looking", against="before")
    studio.draw()
    screens = studio.drawn[-1][0]
    studio.store.dispatch("run-compare")
    studio.draw()
    assert studio.drawn[-1][0] is not screens
    studio.store.dispatch("looking", against="before")
    studio.draw()
    assert studio.drawn[-1][0] is screens
    assert studio.before[-1] is not None
