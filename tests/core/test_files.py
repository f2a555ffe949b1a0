"""Files are written whole or not at all, and JSON is read strictly."""

import errno
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core import files
from nsg_core.errors import FileError, NsgError
from nsg_core.files import read_json, whole_file, write_bytes, write_json


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "deep" / "a.txt"
    with whole_file(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert os.listdir(path.parent) == ["a.txt"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), whole_file(path) as temporary:  # noqa: PT012
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "not permitted"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_a_refusal_of_the_system_is_told_in_words(tmp_path, monkeypatch, number, says):
    def refuse(source: object, target: object) -> None:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "a.json"
    path.write_text("old")
    monkeypatch.setattr(files.os, "replace", refuse)
    with pytest.raises(NsgError, match=says) as caught:
        write_json(path, {})
    assert str(path) in str(caught.value)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_disk_that_refuses_even_to_tidy_up_is_told_too(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    for name in ("write_bytes", "unlink"):
        monkeypatch.setattr(files.Path, name, refuse)
    with pytest.raises(NsgError, match="the disk is read-only"):
        write_bytes(tmp_path / "a.json", b"new")


def test_a_file_in_the_way_of_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NsgError, match=r"file.*Choose another folder"):
        write_bytes(tmp_path / "file" / "a.txt", b"")


def test_a_full_disk():
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    with (
        pytest.raises(NsgError, match="disk is full"),
        whole_file(files.Path("/tmp/never.bin")),
    ):
        files.Path("/dev/full").write_bytes(b"x")


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("1")
    link.symlink_to(real)
    write_json(link, 2)
    assert link.is_symlink()
    assert real.read_text() == "2\n"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(value=json_values)
def test_json_comes_back_as_it_was(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("json") / "a.json"
    write_json(path, value)
    assert read_json(path) == value


def test_json_is_laid_out_for_people(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"edits": [{"do": "move", "by": [0, 0, i]} for i in range(4)]})
    lines = path.read_text().splitlines()
    assert '    {"do": "move", "by": [0, 0, 2]},' in lines
    assert max(map(len, lines)) <= 88


def test_numbers_that_json_lacks_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", [float("nan")])
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{\n "a": 1,\n "b": }', ":3: expected JSON"),
        ('{"a": NaN}', "the number NaN"),
        ('{"a": -Infinity}', "the number -Infinity"),
        ('{"a": 1, "a": 2}', "the key 'a' twice"),
        ("", ":1: expected JSON"),
        ("[" * 100_000, "recursion"),
        ("1" * 5000, "integer string"),
    ],
)
def test_broken_json_is_named_with_its_place(tmp_path, text, says):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(FileError, match=says) as caught:
        read_json(path)
    assert str(path) in str(caught.value)


def test_other_files_are_named(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_json(tmp_path / "none.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(FileError, match="UTF-8"):
        read_json(tmp_path / "b.json")
    with pytest.raises(FileError, match=r"[Dd]irectory"):
        read_json(tmp_path)
    (tmp_path / "c.json").write_bytes(b"\xef\xbb\xbf" + json.dumps([1]).encode())
    assert read_json(tmp_path / "c.json") == [1]
