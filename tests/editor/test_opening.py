"""From folders and projects to the first state."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nsg_core.documents.project import load_project, save_project
from nsg_core.edits.edit import Move
from nsg_core.errors import NsgError
from nsg_editor import app
from nsg_editor.actions.table import perform
from nsg_editor.effects import opening
from nsg_editor.effects.opening import is_kept, keep_unsaved, open_path, project_of
from nsg_editor.state import Target
from nsg_editor.values.settings import keep_settings
from tests.editor.scenes import street
from tests.ui.screens import write_kitti


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The street as KITTI data, in a folder that is ours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return write_kitti(tmp_path / "data", street())


def test_a_folder_opens_untrained(data: Path) -> None:
    state = open_path(data)
    assert state.model.status == "none"
    assert not state.neural
    assert [o.track_id for o in state.scene.objects] == [0, 1, 2]
    here = state.scene.object(0).track.at(0)
    recorded = street().object(0).track.at(0)
    assert here is not None
    assert recorded is not None
    assert here.position == pytest.approx(recorded.position, abs=1e-6)
    assert state.drive.title == "data 0007"


def test_the_newest_weights_trained_here_are_used(data: Path, tmp_path: Path) -> None:
    for name in ("data-0007-1", "data-0007-2", "other-0007-3"):
        run = tmp_path / "runs" / name
        run.mkdir(parents=True)
        (run / "optimiser.safetensors").touch()
        (run / "checkpoint.safetensors").touch()
    state = open_path(data)
    assert state.model.status == "loading"
    assert state.model.path is not None
    assert state.model.path.parent.name.startswith("data-0007")
    assert state.model.path.name == "checkpoint.safetensors"


def test_a_missing_checkpoint_is_named(data: Path) -> None:
    with pytest.raises(NsgError, match=r"no checkpoint nothing\.safetensors"):
        open_path(data, checkpoint=Path("nothing.safetensors"))


def test_a_project_opens_where_it_was_left(data: Path, tmp_path: Path) -> None:
    state = perform(open_path(data), "frame", to=2)
    state = perform(perform(state, "select", track=0), "move", by=(1.0, 0.0, 0.0))
    path = tmp_path / "mine.nsgproj"
    save_project(path, project_of(state))
    again = open_path(path)
    assert again.scene == state.scene
    assert again.frame == 2
    assert again.project == path
    assert not again.dirty
    # What was done before is the beginning: there is nothing to undo.
    assert not again.history.past
    assert is_kept(perform(again, "frame", to=1))
    chosen = perform(again, "select", track=0)
    assert not is_kept(perform(chosen, "move", by=(1.0, 0.0, 0.0)))
    assert not is_kept(perform(again, "load-model", path=Path("other")))
    path.unlink()
    assert not is_kept(again)


def test_a_project_with_an_edit_that_does_not_fit(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.nsgproj"
    edit = {"do": "move", "track": 77, "by": [0, 0, 1]}
    project = {"format": "nsg-project/1", "data": "data", "edits": [edit]}
    path.write_text(json.dumps(project))
    with pytest.raises(NsgError, match="no track 77"):
        open_path(path)


def test_unsaved_edits_survive_the_end(data: Path, tmp_path: Path) -> None:
    state = open_path(data)
    assert keep_unsaved(state) is None
    moved = perform(perform(state, "select", track=1), "move", by=(0.0, 0.0, 2.0))
    kept = keep_unsaved(moved)
    assert kept is not None
    assert kept.is_relative_to(tmp_path / "cache")
    assert load_project(kept).edits == (Move(1, (0.0, 0.0, 2.0)),)
    assert open_path(kept).scene == moved.scene


def test_the_street_is_looked_for_in_the_cache(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not opening.street_is_there()
    folder = opening.street_folder()
    folder.parent.mkdir(parents=True)
    data.rename(folder)
    assert opening.street_is_there()
    monkeypatch.setattr(opening, "street_checkpoint", lambda: None)
    state = opening.open_street()
    assert state.drive.title == "street"
    assert state.model.status == "none"
    weights = tmp_path / "street.safetensors"
    monkeypatch.setattr(opening, "street_checkpoint", lambda: weights)
    assert opening.open_street().model.path == weights


def test_a_camera_that_is_gone_is_no_obstacle(data: Path, tmp_path: Path) -> None:
    state = open_path(data)
    project = replace(project_of(state), camera="image_99", frame=77)
    path = tmp_path / "old.nsgproj"
    save_project(path, project)
    again = open_path(path)
    assert again.camera == "image_02"
    assert again.frame == 0


def test_the_chosen_folder_is_there_after_a_restart(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    before = open_path(data)
    assert before.drive.runs == Path.cwd() / "runs"
    keep_settings(replace(before.settings, runs=str(tmp_path / "kept")))
    assert open_path(data).drive.runs == tmp_path / "kept"


def test_a_project_whose_data_was_moved_is_told_where_it_is_now(
    data: Path, tmp_path: Path
) -> None:
    state = perform(open_path(data), "move", track=0, by=(1.0, 0.0, 0.0))
    path = tmp_path / "work" / "a.nsgproj"
    path.parent.mkdir()
    save_project(path, project_of(state))
    now = data.rename(tmp_path / "elsewhere")
    with pytest.raises(NsgError, match=r"no such folder.*--data FOLDER") as told:
        open_path(path)
    assert str(path) in str(told.value)
    assert str(data) in str(told.value)
    again = open_path(path, data=now)
    assert again.scene.objects == state.scene.objects
    assert again.drive.data == now
    # The file names the old folder until it is saved.
    assert again.dirty
    save_project(path, project_of(again))
    assert not open_path(path).dirty
    # And a command for the same editor in another process says it, too.
    wanted = perform(state, "open", path=path, data=now).wanted
    assert wanted == Target(path, data=now)
    words = app.again(app.parse([]), wanted)
    assert app.parse(words).data == now
    with pytest.raises(NsgError, match="no project"):
        open_path(now, data=now)
