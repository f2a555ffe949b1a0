"""The numbers of the selected object: typed, resized, taken back, for several too."""

from dataclasses import replace

import dearpygui.dearpygui as dpg
import pytest

from nsg_editor.ui.panels import inspector
from tests.editor.scenes import start_state
from tests.ui.office import Office


def shown(office: Office, item: int | str) -> bool:
    return bool(dpg.get_item_configuration(item)["show"])


def test_a_typed_size_resizes_and_can_be_taken_back(office: Office) -> None:
    panel = office.panels.inspector
    office.do("select", track=0)
    field = panel.numbers["length"]
    assert dpg.get_value(field) == pytest.approx(4.0)
    assert not shown(office, panel.resets["length"])
    panel._changed(field, 5.0, "length")
    panel._changed(field, 5.5, "length")
    panel._ended()
    office.panels.sync()
    size = office.store.state.scene.object(0).size
    assert (size.length, size.height, size.width) == pytest.approx((5.5, 1.6, 1.8))
    assert len(office.store.state.history.past) == 1
    assert shown(office, panel.resets["length"])
    assert not shown(office, panel.resets["width"])
    state = office.press(panel.resets["length"], None, "length")
    assert state.scene.object(0).size.length == pytest.approx(4.0)
    assert not shown(office, panel.resets["length"])


def test_angles_that_do_not_matter_are_not_shown(office: Office) -> None:
    panel = office.panels.inspector
    office.do("select", track=0)
    assert not shown(office, panel._rows["pitch"])
    office.press(panel.free, True)
    office.panels.sync()
    assert shown(office, panel._rows["pitch"])
    panel._changed(panel.numbers["pitch"], 12.0, "pitch")
    panel._ended()
    office.press(panel.free, False)
    # It leans now, so there is something to say.
    assert shown(office, panel._rows["pitch"])
    assert dpg.get_value(panel.numbers["pitch"]) == pytest.approx(12.0)


def test_copy_then_paste_on_another(office: Office) -> None:
    panel = office.panels.inspector
    office.do("select", track=0)
    assert not dpg.get_item_configuration(panel.paste)["enabled"]
    office.press(panel.copy)
    office.do("select", track=1)
    state = office.press(panel.paste)
    poses = [state.scene.object(track).track.at(0) for track in (0, 1)]
    assert poses[0] is not None
    assert poses[1] is not None
    assert poses[1].position == pytest.approx(poses[0].position)
    assert poses[1].yaw == pytest.approx(poses[0].yaw)
    state = office.press(panel.reset)
    assert state.scene.object(1).track == start_state().scene.object(1).track


def test_several_are_named_and_change_together(office: Office) -> None:
    panel = office.panels.inspector
    office.do("select-many", tracks=(1, 0))
    assert dpg.get_value(panel.heading) == "Car 0 and 1 more"
    assert "the others do too" in dpg.get_value(panel.note)
    before = office.store.state.scene
    panel._changed(panel.numbers["x"], 2.0, "x")
    panel._ended()
    after = office.store.state.scene
    moved = [
        after.object(t).track.poses[0].position[0]
        - before.object(t).track.poses[0].position[0]
        for t in (0, 1)
    ]
    assert moved == pytest.approx([3.0, 3.0])


def test_axes_and_steps_are_chosen_by_hand(office: Office) -> None:
    panel = office.panels.inspector
    state = office.press(panel.axes, "Lane")
    assert state.hands.axes == "lane"
    assert dpg.get_value(panel.axes) == "Lane"
    office.do("axes", name="world")
    assert dpg.get_value(panel.axes) == "World"
    assert office.press(panel.snap, True).hands.snap


def test_facts_say_class_frames_look_and_speed() -> None:
    node = start_state().scene.object(0)
    assert inspector.facts(node, 10.0) == ("Car, track 0, frames 0-3\n36 km/h")
    assert "km/h" not in inspector.facts(node, None)
    state = replace(start_state(), selection=0)
    locked = replace(node, locked=True)
    assert "Locked" in inspector.note(state, locked, node.track.poses[0])
    assert inspector.number(node, None, "x") is None
    assert inspector.number(node, None, "width") == 1.8


def test_a_name_is_typed_over_the_old_one(office: Office) -> None:
    panel = office.panels.inspector
    office.do("select", track=0)
    assert dpg.get_value(panel.name) == "Car 0"
    panel._spelled(panel.name, "Taxi")
    # A click on another one comes before the field has told that it was left.
    office.do("select", track=1)
    panel._named()
    assert office.store.state.scene.object(0).label == "Taxi"
    assert office.store.state.scene.object(1).label == "Car 1"
    assert len(office.store.state.history.past) == 1
    panel._named()
    assert len(office.store.state.history.past) == 1
