"""Edits outlive their editor, whenever it is killed, and none are mixed up."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import pytest

from nsg_core.documents.project import Variant, save_project
from nsg_core.edits.edit import Move
from nsg_core.errors import NsgError
from nsg_editor.actions.recovering import ago, moment, question
from nsg_editor.actions.table import perform
from nsg_editor.effects import autosave
from nsg_editor.effects.autosave import Autosave, journals
from nsg_editor.effects.opening import open_path, project_of
from nsg_editor.state import Target
from nsg_editor.store import Store
from nsg_editor.values.journal import SUFFIX, Lost, read_journal
from tests.editor.scenes import start_state, street
from tests.ui.screens import write_kitti


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is written to the real home."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def edit(store: Store, x: float) -> None:
    store.dispatch("move", track=0, by=(x, 0.0, 0.0))


def files() -> list[str]:
    return sorted(path.suffix for path in journals().iterdir())


def until(true: object) -> None:
    assert callable(true)
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def left_behind(edits: int = 1) -> Path:
    """A journal whose editor is no more."""
    store = Store(start_state())
    keeper = Autosave(store, every_s=0.0)
    for x in range(edits):
        edit(store, x + 1.0)
    until(lambda: SUFFIX in files())
    keeper.close(keep=True)
    (path,) = journals().glob(f"*{SUFFIX}")
    return path


def test_a_journal_is_there_as_long_as_edits_are_unsaved() -> None:
    store = Store(start_state())
    keeper = Autosave(store, every_s=0.0)
    assert files() == [".lock"]
    edit(store, 1.0)
    until(lambda: SUFFIX in files())
    variants = store.state.history.present.variants
    store.dispatch("saved", path=Path("a.nsgproj"), variants=variants)
    until(lambda: files() == [".lock"])
    edit(store, 2.0)
    until(lambda: SUFFIX in files())
    keeper.close(keep=False)
    assert files() == []


def test_what_was_left_behind_is_found_and_taken_up() -> None:
    path = left_behind(3)
    store = Store(start_state())
    keeper = Autosave(store, every_s=0.0)
    (lost,) = keeper.find()
    assert (lost.path, lost.title, lost.count) == (path, "nowhere 0007", 3)
    store.dispatch("lost-found", lost=(lost,))
    store.dispatch("recover", choice="recover")
    assert [edit.label for edit in store.state.edits][-1] == "Move track 0 by 3.00 m"
    assert store.state.dirty
    # The old journal goes only once the new one holds its edits.
    until(lambda: not path.exists())
    (own,) = journals().glob(f"*{SUFFIX}")
    assert read_journal(own).count == 3
    store.dispatch("undo")
    assert store.state.edits == ()
    keeper.close(keep=False)
    assert files() == []


def test_discarding_takes_it_away_and_later_does_not() -> None:
    path = left_behind()
    for choice, there in (("later", True), ("discard", False)):
        store = Store(start_state())
        keeper = Autosave(store, every_s=0.0)
        store.dispatch("lost-found", lost=keeper.find())
        assert len(store.state.front.lost) == 1
        store.dispatch("recover", choice=choice)
        assert store.state.front.lost == ()
        assert path.exists() == there
        keeper.close(keep=False)
    store.dispatch("recover")
    assert store.state.notice == "No edits were left behind."


def test_another_drive_is_opened_instead_of_mixed_into_this_one() -> None:
    left_behind()
    elsewhere = start_state()
    elsewhere = replace(elsewhere, drive=replace(elsewhere.drive, data=Path("/else")))
    store = Store(elsewhere)
    keeper = Autosave(store, every_s=0.0)
    (lost,) = keeper.find()
    store.dispatch("lost-found", lost=(lost,))
    store.dispatch("recover")
    assert store.state.edits == ()
    assert store.state.wanted is not None
    assert store.state.wanted.path == lost.path
    keeper.close(keep=False)
    assert lost.path.exists()


def test_the_journal_of_a_running_editor_is_nobody_elses() -> None:
    store, other = Store(start_state()), Store(start_state())
    running, second = Autosave(store, every_s=0.0), Autosave(other, every_s=0.0)
    edit(store, 1.0)
    edit(other, 5.0)
    until(lambda: files().count(SUFFIX) == 2)
    assert second.find() == ()
    running.close(keep=True)
    (lost,) = second.find()
    assert lost.project.edits == store.state.edits
    # It has a claim now: a third one does not find it too.
    third = Autosave(Store(start_state()), every_s=0.0)
    assert third.find() == ()
    third.close(keep=False)
    second.close(keep=False)


def test_an_opened_journal_is_unsaved_and_belongs_to_its_project(home: Path) -> None:
    data = write_kitti(home / "kitti", street())
    state = open_path(data, "0007")
    project = home / "a.nsgproj"
    save_project(project, project_of(state))
    store = Store(open_path(project))
    keeper = Autosave(store, every_s=0.0)
    edit(store, 1.0)
    store.dispatch("variant-new")
    until(lambda: any(journals().glob(f"*{SUFFIX}")))
    until(lambda: keeper._written is store.state.history.present)
    keeper.close(keep=True)
    (path,) = journals().glob(f"*{SUFFIX}")

    opened = Store(open_path(path))
    assert opened.state.project == project
    assert opened.state.dirty
    assert opened.state.history.present.variant == "B"
    again = Autosave(opened, every_s=0.0)
    until(lambda: not path.exists())
    assert again.find() == ()
    again.close(keep=False)


def test_a_broken_journal_disturbs_nobody_and_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = left_behind()
    path.write_text('{"format": "nsg-journal/1"')
    keeper = Autosave(Store(start_state()))
    assert keeper.find() == ()
    assert "lost edits cannot be read" in capsys.readouterr().err
    keeper.close(keep=False)
    assert path.exists()


def test_a_journal_that_cannot_be_written_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*arguments: object) -> None:
        raise NsgError("the disk is full.")

    monkeypatch.setattr(autosave, "write_journal", full)
    store = Store(start_state())
    keeper = Autosave(store, every_s=0.0)
    edit(store, 1.0)
    until(lambda: keeper._problem)
    for _ in range(3):
        keeper.tick()
        assert store.state.dialog is not None
        assert "the disk is full" in store.state.dialog.text
    store.dispatch("close-dialog")
    keeper.tick()
    assert store.state.dialog is None
    keeper.close(keep=False)


def test_the_question_says_what_and_when() -> None:
    state = perform(start_state(), "move", track=0, by=(1.0, 0.0, 0.0))
    at = datetime(2026, 5, 1, 12, 31)
    lost = Lost(Path("a"), at, "street", project_of(state), Path("/b.nsgproj"))
    short, full = question(state, lost, at + timedelta(minutes=10))
    assert short == "Recover edits of 12:31?"
    name = state.scene.object(0).label
    assert f'street: 1 edit, the last one "Move {name} by 1.00 m"' in full
    assert "before they were saved, 10 minutes ago." in full
    # Another drive's names are not known before it is open.
    other = replace(lost, project=replace(lost.project, data=Path("/else")))
    assert '"Move track 0 by 1.00 m"' in question(state, other, at)[1]
    assert "/b.nsgproj" in full
    assert moment(at, datetime(2026, 5, 2).date()) == "12:31 on 1 May"
    move = Move(0, (1.0, 0.0, 0.0))
    variants = (Variant("A", (move,) * 2), Variant("B"), Variant("C", (move,)))
    several = replace(lost, project=replace(lost.project, variants=variants))
    assert "3 edits (2 in A, 1 in C)" in question(state, several, at)[1]
    unedited = (Variant("A"), Variant("B"))
    none = replace(lost, project=replace(lost.project, variants=unedited, edits=()))
    assert "street: 0 edits.\n" in question(state, none, at)[1]


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(days=2, hours=5), "2 days ago"),
    ],
)
def test_how_long_ago(since: timedelta, words: str) -> None:
    assert ago(since) == words


def listen(lines: IO[str], said: list[tuple[float, int]]) -> None:
    """When each number came; the last line may be cut off."""
    for line in lines:
        if line.endswith("\n"):
            said.append((time.monotonic(), json.loads(line)))


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_kill_at_any_moment_loses_five_seconds_at_the_most(home: Path) -> None:
    """The child counts its edits aloud; whatever it had done in time is found."""
    chance = random.Random(7)
    for _ in range(2):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.editor.busy_editor"],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        assert child.stdout is not None
        said: list[tuple[float, int]] = []
        # From the first edit on, for a time that nobody chose.
        said.append((time.monotonic(), json.loads(child.stdout.readline())))
        listener = threading.Thread(target=listen, args=(child.stdout, said))
        listener.start()
        time.sleep(chance.uniform(3.0, 6.0))
        child.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        child.wait(timeout=10)
        listener.join(timeout=10)
        child.stdout.close()

        finder = Autosave(Store(start_state()))
        (lost,) = finder.find()
        in_time = [count for at, count in said if at < killed - 5.0]
        assert lost.count >= max(in_time, default=1)
        # And in truth hardly more than the second between two writings.
        recent = [count for at, count in said if at < killed - 3.0]
        assert lost.count >= max(recent, default=1)
        finder._forget(lost.path)
        finder.close(keep=False)


def test_work_of_one_project_does_not_come_under_the_name_of_another() -> None:
    """Saving would put it into the other's file."""
    edited = perform(start_state(), "move", track=0, by=(1.0, 0.0, 0.0))
    at, path = datetime(2026, 5, 1, 12, 31), Path("/j.nsgjournal")
    for file, here, taken in (
        (Path("/b.nsgproj"), None, True),
        (Path("/b.nsgproj"), Path("/b.nsgproj"), True),
        (None, None, True),
        (Path("/b.nsgproj"), Path("/a.nsgproj"), False),
        (None, Path("/a.nsgproj"), False),
    ):
        lost = Lost(path, at, "street", project_of(edited), file)
        state = perform(start_state(project=here), "lost-found", lost=(lost,))
        done = perform(state, "recover")
        assert bool(done.edits) is taken
        assert (done.wanted == Target(path)) is not taken
        assert done.project == (file if taken else here)
