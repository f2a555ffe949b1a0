"""What the state wants done is done: with a fake renderer and stand-ins for `nsg`."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nsg_core.documents.project import load_project
from nsg_core.drawing.frame import Picture
from nsg_editor.effects import dispatch as module
from nsg_editor.effects.dispatch import Effects
from nsg_editor.effects.following import Follower
from nsg_editor.effects.jobs import Child, News
from nsg_editor.pictures.worker import Worker
from nsg_editor.state import EditorState, Job, ModelInfo
from nsg_editor.store import Store
from tests.editor.fakes import fake_load, fake_render
from tests.editor.scenes import start_state, street

CHILD = (sys.executable, str(Path(__file__).parent / "child.py"))


class StandIn(Child):
    """A child process that is none; what it does is said elsewhere."""

    last_words = ""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.command = command

    def stop(self) -> None: ...

    def close(self, patience_s: float = 0.0) -> None: ...


class Workshop:
    """Effects with a worker that is pulled by hand."""

    def __init__(self, state: EditorState) -> None:
        self.store = Store(state)
        self.worker = Worker(lambda path: fake_load(path, street()), fake_render)
        self.shown: list[Picture] = []
        self.effects = Effects(
            self.store, self.worker, self.shown.append, (1920, 1080), None
        )

    def draw(self) -> None:
        """Until the worker rests."""
        while self.worker.step():
            self.effects.tick()
        self.effects.tick()

    def until(self, seen: Callable[[EditorState], bool]) -> EditorState:
        """Tick until the state is as wished."""
        deadline = time.monotonic() + 30
        while not seen(self.store.state):
            assert time.monotonic() < deadline, self.store.state
            time.sleep(0.01)
            self.effects.tick()
        return self.store.state


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    """An untrained street."""
    state = start_state(panel=(200, 60))
    drive = replace(state.drive, runs=tmp_path / "runs", data=tmp_path)
    made = Workshop(replace(state, drive=drive))
    yield made
    made.effects.close()


def trained(shop: Workshop) -> EditorState:
    """Weights are loaded and the picture is final."""
    shop.store.dispatch("load-model", path=Path("a.safetensors"))
    shop.draw()
    assert shop.effects.settled(shop.store.state)
    return shop.store.state


def test_loading_a_model_brings_a_picture(shop: Workshop) -> None:
    assert shop.effects.settled(shop.store.state)
    state = trained(shop)
    assert state.model.status == "ready"
    assert state.model.step == 1234
    assert state.picture is not None
    assert state.picture.final
    assert shop.shown[-1].stride == 1
    assert shop.effects.shown is not None
    assert shop.effects.shown.boxes == state.scene.at(0)


def test_a_picture_is_not_final_from_the_moment_another_one_is_asked_for(
    shop: Workshop,
) -> None:
    trained(shop)
    asked = shop.store.dispatch("frame", to=2)
    state = shop.store.state
    assert asked is None or state.frame == 2
    assert state.picture is not None
    assert not state.picture.final, "no tick has passed, and it is known already"
    shop.draw()
    state = shop.store.state
    assert state.picture is not None
    assert state.picture.final


def test_an_edit_asks_for_another_picture_and_a_click_does_not(shop: Workshop) -> None:
    trained(shop)
    count = len(shop.shown)
    shop.store.dispatch("select", track=0)
    shop.draw()
    assert len(shop.shown) == count
    shop.store.dispatch("move", by=(1.0, 0.0, 0.0))
    assert not shop.effects.settled(shop.store.state)
    shop.draw()
    assert len(shop.shown) > count
    assert shop.effects.settled(shop.store.state)


def test_training_reports_curves_and_its_weights_are_loaded(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "train_command", lambda s, d: (*CHILD, "finish"))
    shop.store.dispatch("train", steps=5)
    assert shop.worker.gentle
    state = shop.until(lambda s: s.train.status == "done")
    assert len(state.train.curve) == 5
    assert not shop.worker.gentle
    assert state.model.path == Path("run/last.safetensors")
    assert (tmp_path / "runs").is_dir()
    shop.draw()
    assert shop.store.state.model.status == "ready"


def test_weights_are_seen_before_newer_ones_are_loaded(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However fast checkpoints come: or a picture begun would never be finished."""
    trained(shop)
    loaded = list[str]()
    load = shop.worker.load
    monkeypatch.setattr(
        shop.worker, "load", lambda p, v: (loaded.append(p.name), load(p, v))
    )
    written = [Path(name) for name in "abc"]
    monkeypatch.setattr(Follower, "start", lambda command, folder: StandIn(command))

    def advance(child: object, job: Job) -> News:
        path = written.pop(0) if written else None
        return News(replace(job, status="running"), path)

    monkeypatch.setattr(module, "advance", advance)
    shop.store.dispatch("train")
    shop.effects.tick()
    shop.effects.tick()
    shop.effects.tick()
    assert loaded == ["a"]
    assert not shop.effects.settled(shop.store.state)
    count = len(shop.shown)
    while len(shop.shown) == count:
        assert shop.worker.step()
        assert loaded == ["a"]
        shop.effects.tick()
    # What was written in between is forgotten: only the newest is of interest.
    assert loaded == ["a", "c"]
    shop.draw()
    assert shop.effects.settled(shop.store.state)
    assert shop.store.state.model.path == Path("c")


def test_a_training_that_dies_leaves_the_editor_running(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "train_command", lambda s, d: (*CHILD, "die"))
    shop.store.dispatch("train")
    state = shop.until(lambda s: s.train.status == "failed")
    assert state.dialog is not None
    assert state.dialog.title == "The training failed"
    assert state.dialog.text == "error: no such data"
    monkeypatch.setattr(module, "train_command", lambda s, d: (*CHILD, "finish"))
    shop.store.dispatch("train")
    shop.until(lambda s: s.train.status == "done")


def test_a_program_that_is_not_there(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "train_command", lambda s, d: ("/no/such/program",))
    shop.store.dispatch("train")
    assert shop.store.state.train.status == "failed"
    assert shop.store.state.dialog is not None


def test_an_export_is_given_the_edits(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: list[tuple[str, ...]] = []

    def command(state: EditorState, project: Path, device: str | None) -> object:
        edits = load_project(project).edits
        given.append(tuple(edit.label for edit in edits))
        return (*CHILD, "finish")

    monkeypatch.setattr(module, "export_command", command)
    trained(shop)
    shop.store.dispatch("select", track=0)
    shop.store.dispatch("move", by=(0.0, 0.0, 3.0))
    shop.store.dispatch("export", to=tmp_path / "out")
    shop.until(lambda s: s.export.status == "done")
    assert given == [("Move track 0 by 3.00 m",)]


def test_saving_writes_a_project_and_a_folder_that_refuses_is_told(
    shop: Workshop, tmp_path: Path
) -> None:
    shop.store.dispatch("select", track=0)
    shop.store.dispatch("move", by=(0.0, 0.0, 3.0))
    assert shop.store.state.dirty
    path = tmp_path / "mine.nsgproj"
    shop.store.dispatch("save", to=path)
    state = shop.store.state
    assert not state.dirty
    assert state.project == path
    assert load_project(path).edits == state.edits
    (tmp_path / "file").touch()
    shop.store.dispatch("undo")
    shop.store.dispatch("save", to=tmp_path / "file" / "other.nsgproj")
    state = shop.store.state
    assert state.dialog is not None
    assert state.dirty
    assert state.project == path
    assert state.saving is None


def test_going_back_to_the_recording_drops_the_picture(shop: Workshop) -> None:
    trained(shop)
    shop.store.dispatch("show", picture="recorded")
    assert shop.store.state.picture is None
    assert shop.effects.settled(shop.store.state)


def test_late_pictures_of_an_older_edit_are_shown_but_not_final(
    shop: Workshop,
) -> None:
    """While dragging, a picture one step behind is better than none."""
    trained(shop)
    shop.store.dispatch("select", track=0)
    shop.store.dispatch("drag-move", by=(1.0, 0.0, 0.0))
    while not shop.worker.take():
        shop.worker.step()
    shop.worker.step()
    shop.store.dispatch("drag-move", by=(2.0, 0.0, 0.0))
    assert not shop.effects.settled(shop.store.state)
    shop.draw()
    assert shop.effects.settled(shop.store.state)


def test_a_model_given_at_the_start_is_loaded() -> None:
    model = ModelInfo("loading", Path("a.safetensors"), version=1)
    made = Workshop(start_state(model=model, panel=(200, 60)))
    assert not made.effects.settled(made.store.state)
    made.draw()
    assert made.store.state.model.status == "ready"
    made.effects.close()
