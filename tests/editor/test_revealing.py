"""Folders of what was written open in the system's program, or it is said why not."""

import stat
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from nsg_core.errors import NsgError
from nsg_editor.actions.preferring import as_liked
from nsg_editor.actions.table import perform
from nsg_editor.effects.revealing import Revealing, open_in_system
from nsg_editor.store import Store
from nsg_editor.values.plans import BoardInfo, Job
from tests.editor.scenes import start_state

linux = pytest.mark.skipif(sys.platform != "linux", reason="xdg-open is Linux's")


def program(folder: Path, lines: str) -> None:
    """A program that opens folders."""
    path = folder / "xdg-open"
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@linux
def test_a_folder_is_given_to_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, f'echo "$1" > {tmp_path}/told')
    monkeypatch.setenv("PATH", str(tmp_path))
    assert open_in_system(tmp_path) == ""
    assert (tmp_path / "told").read_text().strip() == str(tmp_path)


@linux
def test_where_nothing_opens_folders_it_says_so_and_where_the_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    told = open_in_system(tmp_path)
    assert str(tmp_path) in told
    assert "install xdg-open" in told
    program(tmp_path, "echo no browser >&2; exit 3")
    told = open_in_system(tmp_path)
    assert str(tmp_path) in told
    assert "no browser" in told
    assert "not there" in open_in_system(tmp_path / "gone")


@linux
def test_the_editor_does_not_wait_and_shows_what_went_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    store = Store(replace(start_state(), export=Job("done", 3, 3, out=tmp_path)))
    revealing = Revealing(store)
    store.dispatch("open-folder", what="export")
    assert store.state.front.revealing == tmp_path
    deadline = time.monotonic() + 10
    while store.state.dialog is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
        revealing.tick()
    assert str(tmp_path) in store.state.dialog.text
    assert store.state.front.revealing is None, "it can be tried again"


def test_what_was_never_written_cannot_be_shown() -> None:
    with pytest.raises(NsgError, match="press Export"):
        perform(start_state(), "open-folder")
    with pytest.raises(NsgError, match="Render video"):
        perform(start_state(), "open-folder", what="video")


def test_chosen_panels_are_chosen_after_a_restart() -> None:
    state = perform(start_state(), "panel", title="Export")
    state = perform(state, "panel", title="Cast")
    assert as_liked(start_state(), state.settings).tabs == ("Cast", "Export")


def test_tensorboards_page_opens_without_the_window_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    shown = [False]
    monkeypatch.setattr("webbrowser.open", lambda url: asked.append(url) or shown[0])
    with pytest.raises(NsgError, match="not running"):
        perform(start_state(), "open-board")
    board = BoardInfo("there", "http://localhost:6006")
    store = Store(start_state(board=board))
    revealing = Revealing(store)
    store.dispatch("open-board")
    deadline = time.monotonic() + 10
    while store.state.front.revealing and time.monotonic() < deadline:
        revealing.tick()
        time.sleep(0.01)
    assert asked == ["http://localhost:6006"]
    assert store.state.dialog is not None
    assert "http://localhost:6006" in store.state.dialog.text
