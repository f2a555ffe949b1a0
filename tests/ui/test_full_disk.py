"""A disk that is really full and one that is really read-only, from the editor."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nsg_core.documents.project import load_project
from nsg_editor.effects.opening import street_checkpoint
from tests.ui.screens import Desk, editor_on

pytestmark = pytest.mark.screen


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """A small file system of its own, in memory."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    mounted = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount")
    if not mounted or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("needs root on Linux, and the right to mount, for a full disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def editor(
    short_street: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """The street with its weights in a small window."""
    folder = tmp_path_factory.mktemp("disks")
    arguments = (str(short_street), "--checkpoint", str(street_checkpoint()))
    with editor_on(folder, *arguments, size="1100x640") as opened:
        opened.ask("wait-final")
        yield opened


def failed_export(editor: Desk, to: Path) -> str:
    """Export a frame to where it cannot go; what the dialog says."""
    editor.ask("export", to=str(to), frames="0", wait=False)
    state = editor.until(lambda s: s["export"]["status"] == "failed", seconds=120)
    editor.ask("close-dialog")
    return state["dialog"]


def test_a_full_disk_is_told_and_nothing_is_lost(editor: Desk, tmp_path: Path) -> None:
    with disk(tmp_path / "full", "size=200k") as full:
        words = failed_export(editor, full / "drive")
        assert str(full / "drive") in words
        assert "Free some space" in words

        project = full / "mine.nsgproj"
        editor.ask("select", track=0)
        editor.ask("move", by=[0.0, 0.0, 1.0])
        assert not editor.ask("save", to=str(project))["dirty"]
        before = project.read_bytes()
        filler = full / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(300_000))
        editor.ask("move", by=[0.0, 0.0, 1.0])
        state = editor.ask("save", to=str(project))
        assert "the disk is full" in state["dialog"]
        assert state["dirty"]
        # The old file is whole, and no half of a new one lies beside it.
        assert project.read_bytes() == before
        names = {path.name for path in full.iterdir()}
        assert names <= {"filler", "mine.nsgproj", "drive"}
        filler.unlink()
        editor.ask("close-dialog")
        assert not editor.ask("save", to=str(project))["dirty"]
        assert len(load_project(project).edits) == 2


def test_a_read_only_disk_is_told(editor: Desk, tmp_path: Path) -> None:
    with disk(tmp_path / "fixed", "ro,size=200k") as fixed:
        words = failed_export(editor, fixed / "drive")
        assert "the disk is read-only" in words
        state = editor.ask("save", to=str(fixed / "mine.nsgproj"))
        assert "the disk is read-only" in state["dialog"]
        editor.ask("close-dialog")
