"""Settings from files and from the command line."""

import pytest

from nsg_core.commands.overrides import merge, parse_sets, read_toml
from nsg_core.errors import FileError, NsgError


def test_a_file_is_read(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("steps = 10\n[field]\nlevels = 8\n")
    assert read_toml(path) == {"steps": 10, "field": {"levels": 8}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("steps = 10\nlevels 8\n", ":2: expected TOML"),
        ("steps = 10\nsteps = 11\n", "expected TOML"),
        ("steps = ", "expected TOML, found Invalid value"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path, text, says):
    path = tmp_path / "a.toml"
    path.write_text(text)
    with pytest.raises(FileError, match=says):
        read_toml(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_toml(tmp_path / "a.toml")


@pytest.mark.parametrize(
    ("word", "settings"),
    [
        ("steps=2000", {"steps": 2000}),
        ("rate=1e-3", {"rate": 0.001}),
        ("field.levels=8", {"field": {"levels": 8}}),
        ("sky=true", {"sky": True}),
        ("cameras=['image_02']", {"cameras": ["image_02"]}),
        ("protocol=suds-75", {"protocol": "suds-75"}),
        ("name=", {"name": ""}),
        ("expression=a=b", {"expression": "a=b"}),
    ],
)
def test_words_become_settings(word, settings):
    assert parse_sets([word]) == settings


def test_the_last_word_wins_and_tables_grow_together():
    words = ["field.levels=8", "steps=1", "field.size=2", "steps=3"]
    assert parse_sets(words) == {"field": {"levels": 8, "size": 2}, "steps": 3}


@pytest.mark.parametrize("word", ["steps", "=3", "a b=3", "field..x=1", "-x=1"])
def test_words_without_a_key_are_refused(word):
    with pytest.raises(NsgError, match="--set takes key=value"):
        parse_sets([word])


def test_laying_over_changes_neither():
    below, above = {"a": {"b": 1}, "c": 2}, {"a": {"d": 3}}
    assert merge(below, above) == {"a": {"b": 1, "d": 3}, "c": 2}
    assert (below, above) == ({"a": {"b": 1}, "c": 2}, {"a": {"d": 3}})
