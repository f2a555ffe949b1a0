"""Plays: lists of named actions, that wait, look and fail clearly."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nsg_core.errors import NsgError
from nsg_editor.console.play import Performer, Play, read_play
from nsg_editor.state import Job, ModelInfo
from nsg_editor.store import Store
from tests.editor.scenes import start_state


class FakeStage:
    """A window that settles when told so."""

    def __init__(self) -> None:
        self.is_settled = False
        self.shots: list[Path] = []

    def settled(self) -> bool:
        return self.is_settled

    def screenshot(self, path: Path) -> None:
        self.shots.append(path)

    def screenshot_done(self) -> bool:
        return True

    def measures(self) -> dict[str, object]:
        return {"fields": {}}

    def log(self) -> list[dict[str, object]]:
        return [{"began": 1.0}]


class Theatre:
    """A play with its store, stage and clock."""

    def __init__(self, steps: list[dict[str, Any]]) -> None:
        self.store, self.stage = Store(start_state()), FakeStage()
        self.time = 0.0
        performer = Performer(self.store, self.stage, lambda: self.time)
        self.play = Play(steps, performer)


def test_actions_run_one_after_the_other_without_waiting() -> None:
    theatre = Theatre(
        [
            {"do": "select", "track": 0},
            {"do": "move", "by": [0, 0, 3]},
            {"do": "turn", "degrees": 30},
            {"do": "undo"},
        ]
    )
    assert theatre.play.tick()
    state = theatre.store.state
    pose = state.scene.object(0).track.at(0)
    assert pose is not None
    assert pose.position == (-1.0, 1.65, 15.0)
    assert len(state.history.past) == 1
    assert len(state.history.future) == 1


def test_waiting_for_the_final_picture() -> None:
    theatre = Theatre([{"do": "wait-final"}, {"do": "frame", "to": 2}])
    assert not theatre.play.tick()
    assert theatre.store.state.frame == 0
    theatre.stage.is_settled = True
    assert theatre.play.tick()
    assert theatre.store.state.frame == 2


def test_waiting_has_an_end() -> None:
    theatre = Theatre([{"do": "wait-final", "seconds": 5}])
    theatre.play.tick()
    theatre.time = 5.1
    with pytest.raises(NsgError, match=r"step 1 .*not done within 5 s"):
        theatre.play.tick()


def test_waiting_for_frames_of_the_window() -> None:
    theatre = Theatre([{"do": "wait", "seconds": 1, "frames": 2}])
    theatre.time = 0.0
    assert not theatre.play.tick()
    theatre.time = 2.0
    assert not theatre.play.tick()
    assert theatre.play.tick()
    with pytest.raises(NsgError, match="'frames' must be a whole number"):
        Theatre([{"do": "wait", "frames": 1.5}]).play.tick()


def test_the_log_can_be_written_down(tmp_path: Path) -> None:
    out = tmp_path / "log.json"
    assert Theatre([{"do": "log", "to": str(out)}]).play.tick()
    assert json.loads(out.read_text()) == [{"began": 1.0}]


def test_a_training_is_waited_for_and_its_failure_is_ours() -> None:
    theatre = Theatre([{"do": "train", "steps": 5}, {"do": "frame", "to": 1}])
    assert not theatre.play.tick()
    running = Job("running", 2, 5)
    theatre.store.dispatch("job-report", kind="train", job=running)
    assert not theatre.play.tick()
    failed = replace(running, status="failed", message="no disk")
    theatre.store.dispatch("job-report", kind="train", job=failed)
    with pytest.raises(NsgError, match=r"step 1 .*no disk"):
        theatre.play.tick()


def test_a_training_need_not_be_waited_for() -> None:
    theatre = Theatre([{"do": "train", "wait": False}, {"do": "frame", "to": 1}])
    assert theatre.play.tick()
    assert theatre.store.state.train.status == "starting"


def test_a_failing_step_is_named() -> None:
    theatre = Theatre([{"do": "select", "track": 0}, {"do": "select", "track": 9}])
    with pytest.raises(NsgError, match=r"step 2 .*no track 9; this drive has: 0, 1, 2"):
        theatre.play.tick()


def test_a_broken_model_fails_the_wait() -> None:
    theatre = Theatre([{"do": "wait-final"}])
    theatre.store.state = replace(theatre.store.state, model=ModelInfo("failed"))
    with pytest.raises(NsgError, match="model could not be loaded"):
        theatre.play.tick()


def test_the_state_can_be_written_down(tmp_path: Path) -> None:
    out = tmp_path / "state.json"
    theatre = Theatre([{"do": "select", "track": 1}, {"do": "state", "to": str(out)}])
    assert theatre.play.tick()
    told = json.loads(out.read_text())
    assert told["selection"] == 1
    assert told["objects"][0]["position"] == [-1.0, 1.65, 12.0]


def test_screenshots_are_asked_of_the_window() -> None:
    theatre = Theatre([{"do": "screenshot", "to": "a.png"}])
    assert theatre.play.tick()
    assert theatre.stage.shots == [Path("a.png")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"do": "undo"}, "a JSON list of steps"),
        ([{"do": "undo"}, {"undo": 1}], "step 2"),
        ([{"do": "fly-away"}], "no action 'fly-away'"),
        ([{"do": "move", "by": [0, 0]}], "step 1: 'move' expects 'by'"),
        ([{"do": "move"}], "needs the argument 'by'"),
        (["undo"], "a step is written"),
    ],
)
def test_a_wrong_file_is_refused_before_anything_happens(
    tmp_path: Path, content: object, message: str
) -> None:
    path = tmp_path / "play.json"
    path.write_text(json.dumps(content))
    with pytest.raises(NsgError, match=message):
        read_play(path)


def test_the_play_of_the_manual_is_right(tmp_path: Path) -> None:
    path = tmp_path / "play.json"
    path.write_text(
        """[{"do": "select", "track": 0}, {"do": "move", "by": [0, 0, 3]},
        {"do": "wait-final"}, {"do": "screenshot", "to": "a.png"}, {"do": "undo"},
        {"do": "export", "to": "out", "frames": "0-1"}, {"do": "quit"}]"""
    )
    assert len(read_play(path)) == 7
