"""Choosing a path by clicks, keys and typing, without a screen."""

from pathlib import Path

import dearpygui.dearpygui as dpg
import pytest

from nsg_editor.ui.theme import px
from nsg_editor.ui.windows.file_window import AROUND, Ask, FileWindow
from tests.ui.office import Office


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "two" / "a.json").write_text("{}")
    return tmp_path


@pytest.fixture
def files(office: Office) -> FileWindow:
    return office.panels.files


def ask(files: FileWindow, start: Path, suffix: str = "") -> list[Path]:
    taken: list[Path] = []
    files.open(Ask("Which?", start, taken.append, suffix))
    return taken


def test_keys_go_into_folders_and_take_a_file(files: FileWindow, folder: Path) -> None:
    taken = ask(files, folder, ".json")
    assert dpg.get_value(files.path) == f"{folder}/"
    for key in ("Down", "Down", "Enter"):
        files.key(key, typing=False)
    assert dpg.get_value(files.path) == f"{folder}/two/"
    files.key("Left", typing=False)
    # Back where it came from, so that Enter returns.
    assert dpg.get_value(files.path) == f"{folder}/two"
    for key in ("Enter", "End", "Enter"):
        files.key(key, typing=False)
    assert taken == [folder / "two" / "a.json"]
    assert not files.shown
    assert not dpg.is_item_shown(files.window)


def test_a_folder_is_taken_by_its_button_and_may_be_new(
    office: Office, files: FileWindow, folder: Path
) -> None:
    taken = ask(files, folder / "gone" / "x")
    assert dpg.get_value(files.path) == f"{folder}/"
    dpg.set_value(files.path, str(folder / "new"))
    office.press(files.take)
    assert taken == [folder / "new"]


def test_the_second_click_opens_and_one_alone_chooses(
    files: FileWindow, folder: Path
) -> None:
    taken = ask(files, folder)
    files._clicked(0)
    assert dpg.get_value(files.path) == f"{folder}/one"
    files._clicked(1)
    assert dpg.get_value(files.path) == f"{folder}/two"
    files._clicked(1)
    assert dpg.get_value(files.path) == f"{folder}/two/"
    assert not taken


def test_what_does_not_fit_is_said_and_it_stays_open(
    office: Office, files: FileWindow, folder: Path
) -> None:
    taken = ask(files, folder, ".json")
    dpg.set_value(files.path, str(folder / "no.json"))
    files.key("Enter", typing=True)
    assert "is not there" in dpg.get_value(files.words)
    ask(files, folder)
    dpg.set_value(files.path, str(folder / "two" / "a.json"))
    office.press(files.take)
    assert "is a file" in dpg.get_value(files.words)
    assert files.shown
    assert not taken


def test_typing_narrows_the_list(files: FileWindow, folder: Path) -> None:
    ask(files, folder)
    files._typed(files.path, f"{folder}/tw")
    assert [e.name for e in files._listing.entries] == ["two"]
    files._typed(files.path, f"{folder}/zz")
    assert "No folders that begin so" in dpg.get_value(files.words)


def test_no_other_key_means_anything_meanwhile(office: Office, folder: Path) -> None:
    office.do("select", track=0)
    ask(office.panels.files, folder)
    assert office.panels._answered("X", False)
    assert office.panels._answered("Escape", False)
    assert not office.panels.files.shown
    assert office.store.state.selection == 0


def test_every_button_that_wants_a_path_asks_here(office: Office) -> None:
    panels = office.panels
    asked: list[str] = []
    for press in (
        panels.runs._choose_folder,
        panels.runs._choose_weights,
        panels.cast._invite,
        panels.export._choose_folder,
        panels.lens.path._choose_file,
        panels.saver._choose,
        lambda: panels.opener._browse("A project", ".nsgproj"),
    ):
        press()
        assert panels.files._ask is not None
        asked.append(panels.files._ask.title)
        panels.files.close()
    assert len(set(asked)) == 7


@pytest.mark.parametrize("size", [(1280, 720), (1600, 900), (1100, 400)])
def test_its_buttons_stay_within_the_window(
    files: FileWindow, size: tuple[int, int]
) -> None:
    files.arrange(*size)
    looks = dpg.get_item_configuration(files.window)
    left, top = dpg.get_item_pos(files.window)
    assert left >= 0
    assert left + looks["width"] <= size[0]
    high = dpg.get_item_configuration(files.list)["height"]
    assert top >= 0
    assert top + high + px(AROUND) <= size[1]
