"""Typing into numbers, and answering questions by keys, without a screen."""

import dearpygui.dearpygui as dpg
import pytest

from nsg_core.edits.boxes import SMALLEST
from nsg_editor.state import Dialog
from nsg_editor.ui import entry as entries
from nsg_editor.ui.containers import Item
from nsg_editor.ui.entry import NumberEntry, part_at, unit_in, written
from nsg_editor.ui.panels.form import no_minus
from tests.ui.office import Office


def typed(office: Office, field: Item, text: str, part: int = 0) -> None:
    entry = office.panels.entry
    entry.open(field, part)
    dpg.set_value(entry.line, text)
    entry.finish()
    office.panels.sync()


def test_a_sum_is_typed_into_a_number_and_is_one_step(office: Office) -> None:
    office.do("select", track=0)
    typed(office, office.panels.inspector.numbers["x"], "2*0.5 + 50 cm")
    state = office.store.state
    assert state.selected_pose is not None
    assert state.selected_pose.position[0] == pytest.approx(1.5)
    assert len(state.history.past) == 1
    assert state.history.base is None
    typed(office, office.panels.inspector.numbers["yaw"], "1/4 turn")
    assert office.store.state.selected_pose is not None
    assert office.store.state.selected_pose.yaw == pytest.approx(1.5707963)


def test_nonsense_is_said_in_one_sentence_and_changes_nothing(office: Office) -> None:
    before = office.do("select", track=0)
    field = office.panels.inspector.numbers["x"]
    for text in ("abc", "1/0", "3 deg", ""):
        typed(office, field, text)
        state = office.store.state
        assert state.notice.endswith(".")
        assert state.scene == before.scene
        assert not state.history.past
    assert not dpg.is_item_shown(office.panels.entry.window)


def test_one_of_several_numbers_is_typed(office: Office) -> None:
    lens = office.panels.lens
    typed(office, lens.shift, "-1/2", part=1)
    assert dpg.get_value(lens.shift)[:3] == pytest.approx([0.0, -0.5, 0.0])
    assert office.store.state.edits


def test_whole_numbers_take_sums_too(office: Office) -> None:
    typed(office, office.panels.train.steps, "5*1000 + 1/4")
    assert office.store.state.train_plan.steps == 5000
    lens = office.panels.lens
    office.do("panel", title="Camera")
    typed(office, lens.size, "1000/2", part=0)
    typed(office, lens.size, "2*77", part=1)
    camera = office.store.state.scene.camera(office.store.state.camera)
    assert (camera.width, camera.height) == (500, 154)
    assert len(office.store.state.history.past) == 2
    office.do("stage", name="traffic-jam")
    seed = office.panels.moves._fields["seed"]
    typed(office, seed, "40 + 2")
    assert office.store.state.timing.staging is not None
    assert office.store.state.timing.staging.seed == 42


def test_a_number_stays_within_what_its_field_takes(office: Office) -> None:
    office.do("select", track=0)
    typed(office, office.panels.inspector.numbers["width"], "-4")
    assert office.store.state.selected is not None
    assert office.store.state.selected.size.width == SMALLEST
    assert office.store.state.dialog is None


def test_two_presses_open_it_however_long_the_frames_are(office: Office) -> None:
    now = 0.0
    entry = NumberEntry(office.store.attempt, lambda: (), lambda: now)
    entry.build()
    field = office.panels.inspector.numbers["x"]
    # Frames of a second: one press is heard in the first, one in the next but one.
    entry.pressed(field, 5, 5)
    now = 2.0
    entry.tick()
    entry.tick()
    entry.pressed(field, 6, 5)
    assert entry.field == field
    entry.finish()
    assert entry.typing
    entry.tick()
    entry.tick()
    assert not entry.typing
    # Quick frames: it is the clock that says when two presses are two clicks.
    for late, opens in ((0.3, True), (2.0, False)):
        entry.pressed(field, 5, 5)
        now += late
        for _ in range(entries.TWICE_FRAMES + 1):
            entry.tick()
        entry.pressed(field, 5, 5)
        assert (entry.field is not None) == opens
        entry.finish()
        entry.pressed(office.panels.inspector.numbers["z"], 99, 99)
    entry.pressed(field, 5, 5, ctrl=True)
    assert entry.field == field


def test_tab_goes_on_once_the_line_is_free(office: Office) -> None:
    office.do("select", track=0)
    entry, numbers = office.panels.entry, office.panels.inspector.numbers
    entry.open(numbers["x"])
    dpg.set_value(entry.line, "3")
    entry._key(0, dpg.mvKey_Tab)
    assert entry.field is None
    assert entry.typing
    assert not dpg.is_item_shown(entry.window)
    for _ in range(entries.QUIET):
        entry.tick()
    assert entry._next is None
    assert office.store.state.selected_pose is not None
    assert office.store.state.selected_pose.position[0] == 3.0


def test_each_number_leaves_typing_to_the_line(office: Office) -> None:
    office.panels.entry.tick()
    for field in office.panels.entry._numbers():
        assert dpg.get_item_configuration(field)["no_input"]
    assert part_at(office.panels.lens.shift, 0.0) in (0, 1, 2)


def test_what_is_offered_to_type_over() -> None:
    assert [written(x) for x in (1.5, -0.00001, 2.0, 100.0)] == ["1.5", "0", "2", "100"]
    assert written(100.0, 0) == "100"
    shown = ["%.1f deg", "frame %d", "%.2f", "%d frames", "%.1f m/s", "%.2f x"]
    units = ["deg", "frames", "", "frames", "m/s", "x"]
    assert [unit_in(text) for text in shown] == units


def test_nothing_is_negative_nothing() -> None:
    assert str(no_minus(-0.04, "%.1f deg")) == "0.0"
    assert str(no_minus(-0.0, "")) == "0.0"
    assert no_minus(-0.06, "%.1f") == -0.06


def test_a_question_is_answered_by_keys(office: Office) -> None:
    panels = office.panels
    office.do("select", track=0)
    office.do("move", by=(1.0, 0.0, 0.0))
    office.do("close")
    for key, lit in (
        ("", panels.question.save),
        ("Right", panels.question.discard),
        ("Tab", panels.question.stay),
        ("Tab", panels.question.save),
        ("Left", panels.question.stay),
    ):
        panels._answered(key, False)
        assert panels.question.choice.lit == lit
    assert panels._answered("Enter", False)
    assert office.store.state.wish is None
    panels.sync()
    office.do("close")
    assert panels.question.choice.lit == panels.question.save
    assert panels._answered("Enter", False)
    assert office.store.state.saving is not None


def test_a_message_is_closed_by_enter(office: Office) -> None:
    office.change(dialog=Dialog("Oh", "no"))
    choice = office.panels.dialogs.choice
    assert choice.lit == office.panels.dialogs.close
    office.panels._answered("Right", False)
    assert choice.lit == office.panels.dialogs.copy
    # The third button is for several messages.
    office.panels._answered("Right", False)
    assert choice.lit == office.panels.dialogs.close
    office.panels._answered("Enter", False)
    assert office.store.state.dialog is None


def test_a_window_in_front_counts_from_when_it_is_drawn(office: Office) -> None:
    panels = office.panels
    panels._ages.tick(panels._in_front())
    office.do("select", track=0)
    office.do("move", by=(1.0, 0.0, 0.0))
    office.do("close")
    drawn = list[bool]()
    for _ in range(4):
        panels._ages.tick(panels._in_front())
        drawn.append(panels._ages.drawn(panels.question.stay))
    assert drawn == [False, False, True, True]
    assert panels._ages.drawn(panels.toolbar.undo)
