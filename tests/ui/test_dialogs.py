"""Windows in front of the panels, and keys, without a screen."""

from pathlib import Path

import dearpygui.dearpygui as dpg
import pytest

from nsg_editor.state import Dialog, Job, Target
from nsg_editor.ui.window import call
from nsg_editor.ui.windows import open_dialog
from tests.ui.office import Office


def test_a_dialog_is_as_high_as_its_text(office: Office) -> None:
    heights: list[int] = []
    for lines in (1, 8, 100):
        office.change(dialog=Dialog("Oh", "\n".join("x" * lines)))
        text = office.panels.dialogs.text
        heights.append(dpg.get_item_configuration(text)["height"])
    assert heights == sorted(heights)
    assert heights[0] < 100
    assert heights[-1] < 400


def test_the_question_before_leaving(office: Office) -> None:
    asks = office.panels.question
    office.do("select", track=0)
    office.do("move", by=(1.0, 0.0, 0.0))
    office.do("close")
    assert dpg.is_item_shown(asks.window)
    assert dpg.get_item_label(asks.save) == "Save and quit"
    assert dpg.get_item_label(asks.discard) == "Quit without saving"
    state = office.press(asks.stay)
    assert not state.quitting
    assert not dpg.is_item_shown(asks.window)
    office.do("close")
    assert office.press(asks.save).saving is not None
    office.change(saving=None)
    assert office.press(asks.discard).quitting


def test_a_running_training_can_only_be_ended(office: Office) -> None:
    office.change(train=Job("running", 3, 10))
    office.do("close")
    asks = office.panels.question
    assert not dpg.is_item_shown(asks.save)
    assert dpg.get_item_label(asks.discard) == "Quit"
    assert "training will be ended" in dpg.get_value(asks.text)


def test_another_drive_is_named_in_the_dialog(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = Target(tmp_path, "0003", (2, 9))
    monkeypatch.setattr(open_dialog, "recent", lambda: (other,))
    opener = office.panels.opener
    item = office.panels.toolbar.open
    office.press(item, None, dpg.get_item_user_data(item))
    assert dpg.is_item_shown(opener.window)
    (row,) = dpg.get_item_children(opener.rows, 1) or ()
    assert dpg.get_item_label(row) == f"{tmp_path}   sequence 0003   frames 2-9"
    call((dpg.get_item_callback(row), row, True, dpg.get_item_user_data(row)))
    assert office.press(opener.start).wanted == other
    office.change(wanted=None)
    opener._picked(Path("/elsewhere"))
    for item in opener.details:
        dpg.set_value(item, "")
    assert office.press(opener.start).wanted == Target(Path("/elsewhere"))
    # Enter is the button.
    dpg.set_value(opener.path, "/typed")
    assert office.panels._answered("Enter", False)
    assert office.store.state.wanted == Target(Path("/typed"))
    # Keys do not reach what lies behind it.
    office.do("select", track=0)
    for key in ("Delete", "H", "?"):
        assert office.panels._answered(key, False)
    assert office.store.state.scene.object(0).visible
    office.panels._escape()
    assert not office.store.state.choosing


def test_keys_that_come_within_a_frame_of_each_other(office: Office) -> None:
    """Ctrl+D and at once Delete: the release of Ctrl is heard after both presses."""
    keyboard = office.panels.keyboard
    office.do("select", track=0)
    ctrl = dpg.mvKey_LControl
    keyboard._modifier_down(0, ctrl)
    keyboard._heard(0, dpg.mvKey_D)
    keyboard.tick()
    assert len(office.store.state.scene.objects) == 4
    keyboard._heard(0, dpg.mvKey_Delete)
    keyboard._modifier_up(0, ctrl)
    keyboard.tick()
    assert len(office.store.state.scene.objects) == 3
    # Ctrl let go in the very frame in which Z went down is still Ctrl+Z.
    keyboard._modifier_down(0, ctrl)
    keyboard._heard(0, dpg.mvKey_Z)
    keyboard._modifier_up(0, ctrl)
    keyboard.tick()
    assert len(office.store.state.scene.objects) == 4


NONE, CTRL = (False, False, False), (True, False, False)


@pytest.mark.parametrize("front", ["dialog", "question", "open", "save-as"])
def test_keys_do_not_reach_the_scene_behind_what_is_asked(
    office: Office, front: str
) -> None:
    office.do("select", track=0)
    moved = office.do("move", by=(1.0, 0.0, 0.0))
    keyboard = office.panels.keyboard
    if front == "dialog":
        office.do("complain", title="Oh", text="no")
    else:
        office.do({"question": "close", "open": "open-dialog"}.get(front, front))
    for key, modifiers in (
        *((k, NONE) for k in (dpg.mvKey_H, dpg.mvKey_Delete, dpg.mvKey_Slash)),
        *((k, CTRL) for k in (dpg.mvKey_Z, dpg.mvKey_D)),
    ):
        keyboard.pressed(key, modifiers)
        office.panels.sync()
    assert office.store.state.scene == moved.scene
    assert office.store.state.history == moved.history
    keyboard.pressed(dpg.mvKey_Escape, NONE)
    office.panels.sync()
    keyboard.pressed(dpg.mvKey_Z, CTRL)
    assert office.store.state.history.future
