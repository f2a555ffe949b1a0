"""Nobody leaves unsaved edits or a running job without having been asked."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nsg_core.errors import NsgError
from nsg_editor.actions.keeping import question
from nsg_editor.actions.table import perform
from nsg_editor.app import again, parse
from nsg_editor.effects import recent as module
from nsg_editor.effects.recent import SHOWN, recent, remember, target_of
from nsg_editor.state import EditorState, Job, Target
from tests.editor.scenes import start_state

OTHER = Target(Path("/other"), "0003", (2, 9))


def edited() -> EditorState:
    """A drive with one edit that no file holds."""
    return perform(perform(start_state(), "select", track=0), "move", by=(1.0, 0, 0))


def test_a_first_save_leaves_other_projects_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = perform(edited(), "save").saving
    assert first is not None
    assert first.parent == tmp_path
    first.write_text("the work of another day")
    second = perform(edited(), "save").saving
    assert second == first.with_name(f"{first.stem}-2.nsgproj")
    # A project that is open is saved where it is, and who names a file means it.
    opened = replace(edited(), project=first)
    assert perform(opened, "save").saving == first
    assert perform(edited(), "save", to=first).saving == first


def test_a_clean_drive_is_left_at_once() -> None:
    state = perform(start_state(), "close")
    assert state.quitting
    assert state.then is None
    state = perform(start_state(), "found", target=OTHER)
    assert state.quitting
    assert state.then == OTHER


@pytest.mark.parametrize("target", [None, OTHER])
def test_unsaved_edits_are_asked_about(target: Target | None) -> None:
    leave: tuple[str, dict[str, Any]] = ("close", {})
    if target is not None:
        leave = ("found", {"target": target})
    asked = perform(edited(), leave[0], **leave[1])
    assert not asked.quitting
    assert "edits that no file holds" in question(asked)

    stayed = perform(asked, "answer", choice="stay")
    assert (stayed.wish, stayed.quitting, stayed.then) == (None, False, None)
    gone = perform(asked, "answer", choice="discard")
    assert (gone.quitting, gone.then) == (True, target)

    saving = perform(asked, "answer", choice="save")
    assert saving.saving is not None
    assert not saving.quitting
    variants = saving.history.present.variants
    done = perform(saving, "saved", path=saving.saving, variants=variants)
    assert (done.quitting, done.then, done.dirty) == (True, target, False)
    failed = perform(saving, "save-failed", text="the disk is full.")
    assert (failed.quitting, failed.wish) == (False, None)
    assert failed.dialog is not None


def test_a_running_job_is_asked_about_without_the_word_save() -> None:
    state = replace(start_state(), train=Job("running"), export=Job("paused"))
    asked = perform(state, "close")
    assert not asked.quitting
    assert question(asked).startswith("A running training and an export will be ended")
    assert "ave" not in question(asked)


def test_an_answer_to_nothing_changes_nothing() -> None:
    state = perform(start_state(), "answer", choice="discard")
    assert not state.quitting
    assert state.notice == "Nothing was asked."


def test_saving_without_a_wish_to_leave_stays() -> None:
    saving = perform(edited(), "save", to=Path("/a.nsgproj"))
    variants = saving.history.present.variants
    done = perform(saving, "saved", path=Path("/a.nsgproj"), variants=variants)
    assert not done.quitting


def test_what_shall_be_opened_is_looked_at_first() -> None:
    state = perform(start_state(), "open", path=Path("/x"), sequence="", frames="2-9")
    assert state.wanted == Target(Path("/x"), None, (2, 9))
    with pytest.raises(NsgError, match="2to9"):
        perform(start_state(), "open", path=Path("/x"), frames="2to9")
    refused = perform(replace(state, choosing=True), "not-found", text="no data.")
    assert refused.dialog is not None
    # The dialog stays, so that what was typed can be mended.
    assert (refused.wanted, refused.choosing) == (None, True)


def test_the_other_drive_is_opened_as_this_one_was() -> None:
    arguments = parse(
        ["/a", "--device", "cpu", "--size", "1280x720", "--frames", "1-2"]
    )
    words = again(arguments, OTHER)
    opened = parse(words)
    assert opened.path == OTHER.path
    assert (opened.sequence, opened.frames) == ("0003", "2-9")
    assert (opened.device, opened.size) == ("cpu", "1280x720")
    plain = parse(again(arguments, Target(Path("/b"))))
    assert (plain.sequence, plain.frames) == (None, None)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def test_recent_drives_come_newest_first_and_once(cache: Path, tmp_path: Path) -> None:
    assert recent() == ()
    targets = [Target(tmp_path / str(i), "0001", (0, i)) for i in range(SHOWN + 2)]
    for target in (*targets, targets[-2]):
        target.path.mkdir(exist_ok=True)
        remember(target)
    assert recent()[:2] == (targets[-2], targets[-1])
    assert len(recent()) == SHOWN
    targets[-1].path.rmdir()
    assert targets[-1] not in recent()
    # A disk that was away is back, and so is what lies on it.
    remember(targets[0])
    targets[-1].path.mkdir()
    assert targets[-1] in recent()


@pytest.mark.parametrize("text", ["{", "[1, {}]", '[{"path": "/", "frames": "x"}]'])
def test_a_broken_list_of_recent_drives_is_an_empty_one(cache: Path, text: str) -> None:
    cache.mkdir()
    (cache / "recent.json").write_text(text)
    assert recent() == ()


def test_a_project_is_remembered_by_its_file(cache: Path, tmp_path: Path) -> None:
    state = start_state()
    assert target_of(state) == Target(state.drive.data, "0007", None)
    project = replace(state, project=tmp_path / "a.nsgproj")
    assert target_of(project) == Target(tmp_path / "a.nsgproj")
    (tmp_path / "a.nsgproj").touch()
    remember(target_of(project))
    rows = json.loads((cache / "recent.json").read_text())
    assert rows == [{"path": str(tmp_path / "a.nsgproj")}]
