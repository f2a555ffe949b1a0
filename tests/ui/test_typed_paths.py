"""Whatever is typed where a path is asked for is a path or a word, never a failure."""

from pathlib import Path

import dearpygui.dearpygui as dpg
import pytest

from nsg_editor.ui.containers import Item
from nsg_editor.ui.looks import kind
from nsg_editor.ui.touch import tell
from nsg_editor.ui.windows.file_window import Ask
from tests.ui.office import Office

TYPED = (
    *("", " ", "/", "//", ".", "..", "~", "~/", "~nobody", "~nobody/a", "a/", "/a/.."),
    *("x" * 300, "/" + "x" * 5000, "a.nsgproj/", "a\tb", "ä/ö", "/dev/null/a", "-"),
)


def fields() -> list[Item]:
    found = [item for item in dpg.get_all_items() if kind(item) == "InputText"]
    return [item for item in found if dpg.get_item_callback(item) is not None]


@pytest.mark.parametrize("text", TYPED)
def test_no_field_fails_whatever_is_typed(
    office: Office, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    office.do("select", track=0)
    office.do("save-as")
    office.do("open-dialog")
    office.panels.files.open(Ask("A folder", tmp_path, lambda path: None))
    assert len(fields()) >= 8
    for field in fields():
        dpg.set_value(field, text)
        tell(field, text)
        office.panels.sync()


@pytest.mark.parametrize("text", TYPED)
def test_a_project_is_always_a_file_with_its_ending(
    office: Office, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    saver = office.panels.saver
    office.do("save-as")
    dpg.set_value(saver.path, text)
    target = saver._target()
    assert target.is_absolute()
    assert target.suffix == ".nsgproj"
    assert target.stem


@pytest.mark.parametrize("text", [t for t in TYPED if t.strip()])
def test_a_camera_path_of_any_name_is_a_word_at_most(
    office: Office, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = office.panels.lens.path
    for what in ("load", "save"):
        dpg.set_value(path.file, text)
        path._with_file(what)
        office.panels.sync()
