"""What a folder offers to whoever chooses a path."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_editor.effects import browsing
from nsg_editor.effects.browsing import (
    Entry,
    jumped,
    look_into,
    natural,
    nearest,
    typed,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("run-10", "run-2", "Archive", ".git"):
        (tmp_path / name).mkdir()
    for name in ("b.safetensors", "a.SAFETENSORS", "notes.txt", ".c.safetensors"):
        (tmp_path / name).write_bytes(b"x" * 200_000)
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    return tmp_path


def names(folder: Path, *rest: str) -> list[str]:
    return [entry.words for entry in look_into(folder, *rest).entries]


def test_folders_come_first_and_numbers_in_order(folder: Path) -> None:
    assert names(folder) == ["Archive/", "run-2/", "run-10/"]
    files = ["a.SAFETENSORS", "b.safetensors"]
    assert names(folder, ".safetensors") == ["Archive/", "run-2/", "run-10/", *files]


def test_letters_narrow_it_and_a_dot_shows_what_is_hidden(folder: Path) -> None:
    assert names(folder, "", "RUN-1") == ["run-10/"]
    assert names(folder, ".safetensors", ".") == [".git/", ".c.safetensors"]


def test_sizes_and_days_are_told(folder: Path) -> None:
    os.utime(folder / "b.safetensors", (0, 86400 * 366))
    entry = look_into(folder, ".safetensors").entries[-1]
    assert entry.details.startswith("0.2 MB   1971-01-0")


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    listing = look_into(tmp_path / "gone")
    assert not listing.entries
    assert "gone cannot be read" in listing.trouble


def test_a_long_list_is_cut_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "MOST", 2)
    listing = look_into(folder)
    assert len(listing.entries) == 2
    assert listing.more == 1


def test_typed_paths_name_a_folder_and_the_letters_after_it(tmp_path: Path) -> None:
    assert typed("", tmp_path) == (tmp_path, "")
    assert typed("ru", tmp_path) == (tmp_path, "ru")
    assert typed("sub/", tmp_path) == (tmp_path / "sub", "")
    assert typed("../x", tmp_path) == (tmp_path.parent, "x")
    assert typed("~/x", tmp_path) == (Path.home(), "x")
    assert typed("/data/kitti", tmp_path) == (Path("/data"), "kitti")


def test_a_path_that_is_gone_begins_at_what_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert nearest(tmp_path / "a" / "b") == tmp_path
    assert nearest(tmp_path / "file") == tmp_path
    assert nearest(tmp_path) == tmp_path


@given(st.lists(st.text(max_size=8), max_size=12))
def test_any_names_can_be_sorted(words: list[str]) -> None:
    keys = [natural(word) for word in sorted(words, key=natural)]
    assert all(a <= b for a, b in itertools.pairwise(keys))


def test_letters_jump_round_and_round() -> None:
    entries = [Entry(name, folder=False) for name in ("apple", "Bean", "beet", "cod")]
    assert jumped(entries, -1, "b") == 1
    assert jumped(entries, 1, "B") == 2
    assert jumped(entries, 2, "b") == 1
    assert jumped(entries, 3, "a") == 0
    assert jumped(entries, 2, "x") == 2
    assert jumped([], -1, "a") == -1
