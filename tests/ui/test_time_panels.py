"""Timeline, motion and manoeuvres without a screen: build, change, press, look."""

import dearpygui.dearpygui as dpg
import pytest

from nsg_core.manoeuvres.table import RECIPES, Manoeuvre
from nsg_core.motion.trajectory import Doubt
from nsg_editor.ui.panels.motion_panel import doubt_here, nearest
from tests.ui.office import Office


def press(office: Office, item: int | str, value: object = None) -> None:
    """What the toolkit does when an item is used."""
    office.press(item, value, dpg.get_item_user_data(item))


def test_the_timeline_chooses_for_which_frames_edits_hold(office: Office) -> None:
    line = office.panels.timeline
    press(office, line.scope, "Range")
    office.panels.sync()
    assert office.store.state.scope.kind == "range"
    assert dpg.get_value(line.scope) == "Range"
    press(office, line.blend, 2)
    office.panels.sync()
    assert office.store.state.scope.blend == 2
    press(office, line.scope, "Whole track")
    office.panels.sync()
    # Blending means nothing there.
    assert not dpg.get_item_configuration(line.blend)["show"]


def test_keys_are_set_and_joined_from_the_panel(office: Office) -> None:
    office.do("panel", title="Motion")
    office.do("select", track=0)
    motion = office.panels.motion.tools
    assert not dpg.get_item_configuration(motion.keys)["show"]
    buttons = {dpg.get_item_label(b): b for b in motion.buttons}
    press(office, buttons["Set key"])
    office.do("frame", to=3)
    press(office, buttons["Set key"])
    office.panels.sync()
    node = office.store.state.selected
    assert node is not None
    assert node.keys is not None
    assert dpg.get_item_configuration(motion.keys)["show"]
    press(office, motion.curve, "rest at keys")
    press(office, motion.steering, False)
    office.panels.sync()
    assert office.store.state.selected.keys.curve == "ease"  # pyright: ignore
    assert dpg.get_value(motion.curve) == "rest at keys"
    assert dpg.get_item_configuration(buttons["Delete key"])["enabled"]
    press(office, buttons["Delete key"])
    office.panels.sync()
    assert not dpg.get_item_configuration(buttons["Delete key"])["enabled"]


def test_curves_follow_the_selected_object(office: Office) -> None:
    office.do("panel", title="Motion")
    motion = office.panels.motion
    office.do("select", track=0)
    x, y = dpg.get_value(motion._plots["speed"]["new"])[:2]
    assert list(x) == [0, 1, 2, 3]
    assert list(y) == pytest.approx([5.0] * 4)
    # Nothing was edited: there is no grey curve below it.
    assert not list(dpg.get_value(motion._plots["speed"]["old"])[0])
    office.do("scope", kind="frame")
    office.do("frame", to=2)
    office.do("move", by=(3.0, 0.0, 0.0))
    assert list(dpg.get_value(motion._plots["speed"]["old"])[1]) == pytest.approx(
        [5.0] * 4
    )
    assert list(dpg.get_value(motion._plots["speed"]["bad"])[0])
    assert "Car 0" in dpg.get_value(motion.line)
    assert dpg.get_item_configuration(motion.go)["show"]
    office.do("frame", to=3)
    press(office, motion.go)
    assert office.store.state.frame < 3
    office.do("select", track=None)
    assert not dpg.get_item_configuration(motion.go)["show"]
    assert "Select an object" in dpg.get_value(motion.line)


def test_the_sentence_is_about_this_frame_and_a_place_in_a_plot_is_a_frame() -> None:
    found = (
        Doubt("speed", 2, 4, 90.0, 70.0),
        Doubt("acceleration", 8, 9, -9.0, 8.0),
        Doubt("jump", 8, 8, 3.0, 0.5),
    )
    assert "too fast" in doubt_here("Car 0", found, 0)
    assert "jumps" in doubt_here("Car 0", found, 8)
    assert "brakes" in doubt_here("Car 0", found, 9)
    assert "2 more" in doubt_here("Car 0", found, 9)
    assert nearest((3, 4, 5, 9), 6.4) == 5
    assert nearest((3, 4, 5, 9), -20.0) == 3
    assert nearest((3,), float("nan")) is None
    assert nearest((), 1.0) is None


@pytest.mark.parametrize(
    ("label", "edit"),
    [
        ("Smooth", "Smooth track 0 over 3 frames"),
        ("Later", "Shift track 0 by 5 frames later"),
        ("Pace", "Pace of track 0: 0.50x from frame 0"),
        ("Mirror", "Mirror track 0"),
        ("Reverse", "Reverse track 0"),
    ],
)
def test_buttons_do_what_they_say(office: Office, label: str, edit: str) -> None:
    office.do("panel", title="Motion")
    office.do("select", track=0)
    if label == "Later":
        # The drive has four frames only.
        dpg.set_value(office.panels.motion.tools.by, 2)
        edit = edit.replace("5", "2")
    buttons = {dpg.get_item_label(b): b for b in office.panels.motion.tools.buttons}
    press(office, buttons[label])
    assert office.store.state.edits[-1].label == edit


def test_a_manoeuvre_is_chosen_set_done_and_changed(office: Office) -> None:
    office.do("panel", title="Manoeuvres")
    panel = office.panels.moves
    assert set(panel._buttons) == set(RECIPES)
    office.do("select", track=0)
    press(office, panel._buttons["translate"])
    office.panels.sync()
    assert dpg.get_value(panel._fields["track"]) == "Car 0"
    press(office, panel._fields["right"], 1.0)
    press(office, panel._fields["track"], "Car 1")
    office.panels.sync()
    press(office, panel.apply)
    office.panels.sync()
    (made,) = office.store.state.edits
    assert isinstance(made, Manoeuvre)
    assert dict(made.settings)["track"] == 1
    assert dpg.get_item_label(panel.apply) == "Do it so"
    press(office, panel._fields["right"], 2.5)
    press(office, panel.apply)
    office.panels.sync()
    (made,) = office.store.state.edits
    assert isinstance(made, Manoeuvre)
    assert dict(made.settings)["right"] == 2.5
    press(office, panel.anew)
    assert len(office.store.state.edits) == 2


def test_when_is_said_in_words_until_a_frame_is_chosen(office: Office) -> None:
    office.do("panel", title="Manoeuvres")
    office.do("stage", name="hard-brake")
    start = office.panels.moves._fields["start"]
    assert dpg.get_item_configuration(start)["format"] == "when it fits"
    press(office, start, 2)
    office.panels.sync()
    assert dpg.get_item_configuration(start)["format"] == "frame %d"


def test_what_cannot_be_done_is_told_and_nothing_changes(office: Office) -> None:
    office.do("stage", name="oversample")
    office.do("stage-set", key="count", value=1)
    before = office.store.state.edits
    office.store.attempt("stage-set", key="count", value=-4)
    assert "from 1 to 60" in office.store.state.notice
    assert office.store.state.edits == before
