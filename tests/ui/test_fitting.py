"""Rows that are too narrow give their last buttons to a menu; sizes follow letters."""

from collections.abc import Iterator

import dearpygui.dearpygui as dpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_editor.effects.display import fitted
from nsg_editor.ui import theme
from nsg_editor.ui.containers import within
from nsg_editor.ui.dock import FOLD, MARGIN, PADDING
from nsg_editor.ui.fitting import LEAST_FIELD, MORE, button_width, columns, unfit
from nsg_editor.ui.icons import Icons
from nsg_editor.ui.looks import stretch
from nsg_editor.ui.panels import export_panel, train_panel
from nsg_editor.ui.theme import px
from nsg_editor.ui.views.pane import Pane
from nsg_editor.values.settings import SCALES
from tests.ui.office import Office


@pytest.fixture
def office() -> Iterator[Office]:
    dpg.create_context()
    yield Office()
    theme.use_scale(1.0)
    dpg.destroy_context()


def shown(items: list[int | str]) -> list[int | str]:
    return [item for item in items if dpg.is_item_shown(item)]


@pytest.mark.parametrize("scale", SCALES)
def test_tabs_stay_clear_of_the_button_that_folds(office: Office, scale: float) -> None:
    theme.use_scale(scale)
    office.panels.arrange(1280, 720)
    for dock, title in (("bottom", "Log"), ("left", "Variants"), ("right", "Checks")):
        office.do("fold", dock=dock, on=False)
        office.do("panel", title=title)
        office.panels.arrange(1280, 720)
        office.panels.sync()
        found = getattr(office.panels, dock)
        width = found._width
        words = [dpg.get_item_label(tab) for tab in shown(found.tabs)]
        assert title in words, "the chosen tab is always there"
        if len(words) < len(found.tabs):
            words.append(MORE)
            assert dpg.is_item_shown(found.more)
        row = sum(button_width(str(word)) for word in words)
        assert row <= width - 2 * px(MARGIN[0]) - px(FOLD) + px(2)
        entries = {dpg.get_item_label(e) for e in shown(found._entries)}
        assert entries == {dpg.get_item_label(t) for t in found.tabs} - set(words)


def test_what_a_strip_has_no_room_for_is_in_its_menu(office: Office) -> None:
    pane: Pane = office.panels.views.panes["map"]
    asked = list(pane._buttons)
    for width, all_there in ((600, True), (150, False)):
        pane._fit_buttons(width)
        there = [n for n in asked if dpg.is_item_shown(pane._buttons[n][0])]
        assert (there == asked) is all_there
        menu = [n for n in asked if dpg.is_item_shown(pane._entries[n])]
        assert [*there, *menu] == asked
        marked = (dpg.get_item_label(pane.title) or "").endswith("...")
        assert marked is not all_there


@given(
    words=st.lists(
        st.text("Mil ", min_size=1, max_size=12), min_size=1, max_size=8, unique=True
    ),
    room=st.integers(0, 1500),
)
def test_what_is_left_fits_or_nothing_can_be_left_out(
    words: list[str], room: int
) -> None:
    dpg.create_context()
    gone = unfit({w: w for w in words}, words[::-1], room)
    kept = [w for w in words if w not in gone]
    assert kept == words[: len(kept)], "the last ones go first"
    if kept:
        more = button_width(MORE) if gone else 0
        assert sum(map(button_width, kept)) + more <= room + px(2)
    dpg.destroy_context()


def test_texts_that_report_a_width_are_not_given_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with within(dpg.window()):
        text = dpg.add_text("words", wrap=100)
    found = dpg.get_item_configuration(text) | {"width": 800}
    monkeypatch.setattr(dpg, "get_item_configuration", lambda item: found)
    stretch(text, 2.0)
    monkeypatch.undo()
    assert dpg.get_item_configuration(text)["wrap"] == 200


def test_icons_follow_letters(office: Office) -> None:
    icons = Icons()
    small, side = icons["eye"], icons.side
    theme.use_scale(2.0)
    assert icons.side == 2 * side
    assert dpg.get_item_configuration(icons["eye"])["width"] == 2 * side
    assert icons["eye"] != small


def test_a_window_is_no_larger_than_its_screen() -> None:
    assert fitted((1600, 900), (1280, 720)) == (1280, 720)
    assert fitted((1600, 900), (1920, 800)) == (1600, 800)
    assert fitted((1600, 900), None) == (1600, 900)


@given(
    width=st.integers(150, 2000),
    names=st.integers(40, 120),
    field=st.integers(60, 160),
    scale=st.sampled_from(SCALES),
)
def test_fields_in_columns_fit_their_room(
    width: int, names: int, field: int, scale: float
) -> None:
    theme.use_scale(scale)
    each, beside = columns(width, names, field)
    count = 2 if beside else 1
    assert each <= px(field)
    assert count * (each + px(names)) <= width or each == px(20)
    if beside:
        assert each >= px(min(LEAST_FIELD, field))
    theme.use_scale(1.0)


@pytest.mark.parametrize("scale", SCALES)
def test_settings_are_no_wider_than_their_panel(office: Office, scale: float) -> None:
    theme.use_scale(scale)
    office.panels.arrange(1280, 1000)
    room = office.panels.bottom._width - 2 * px(PADDING[0])
    train, export = office.panels.train, office.panels.export

    def wide(item: int | str) -> int:
        width = dpg.get_item_width(item)
        assert width is not None
        return width

    for rows, names, left, right in (
        (train._columns, train_panel.NAMES, train.steps, train.protocol),
        (export._columns, export_panel.NAMES, export.frames, export.cameras),
    ):
        assert px(names) + wide(left) <= room
        if dpg.get_item_configuration(rows)["horizontal"]:
            assert 2 * px(names) + wide(left) + wide(right) <= room
    assert sum(map(wide, train._buttons)) + 3 * px(6) <= room
    assert px(export_panel.NAMES) + wide(export.to) <= room
    # In usual letters nothing has to give way.
    if scale == 1.0:
        assert wide(train.steps) == train_panel.FIELD
        assert wide(export.frames) == export_panel.FIELD
