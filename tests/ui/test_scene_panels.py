"""The list of the scene, the camera's panel and the checks', without a screen."""

import time
from dataclasses import replace

import dearpygui.dearpygui as dpg
import pytest

from nsg_editor.state import Job, open_drive_state
from nsg_editor.ui.panels.camera_panel import CameraPanel
from nsg_editor.ui.panels.checks_panel import ChecksPanel, stretches
from nsg_editor.ui.panels.tree_menu import row_lines
from tests.editor.scenes import drive, start_state, street
from tests.ui.office import Office


def panel(office: Office, title: str) -> object:
    """A panel that is shown."""
    office.do("panel", title=title)
    return next(p for d in office.panels.docks for p in d.panels if p.title == title)


def camera(office: Office) -> CameraPanel:
    """The camera's."""
    found = panel(office, "Camera")
    assert isinstance(found, CameraPanel)
    return found


def texts(parent: int | str) -> list[str]:
    """All that is written in a part of a panel."""
    found: list[str] = []
    for children in (dpg.get_item_children(parent) or {}).values():
        for item in children:
            kind = dpg.get_item_type(item) or ""
            words = (
                dpg.get_value(item) if "mvText" in kind else dpg.get_item_label(item)
            )
            found += [str(words)] if words else []
            found += texts(item)
    return found


def test_a_row_hides_and_locks_its_object(office: Office) -> None:
    tree = office.panels.tree
    office.press(tree.switch(1, "eye"), None, 1)
    assert not office.store.state.scene.object(1).visible
    assert dpg.get_value(tree.told) == "Show all: 1 hidden"
    office.press(tree.all)
    assert office.store.state.scene.object(1).visible
    office.press(tree.switch(1, "lock"), None, 1)
    assert office.store.state.scene.object(1).locked
    # None of it selects, and all of it can be undone.
    assert office.store.state.selection is None
    assert len(office.store.state.history.past) == 3


def test_a_name_is_typed_in_its_row(office: Office) -> None:
    tree = office.panels.tree
    office.do("list-rename", track=0)
    field = tree.fields()[1]
    assert dpg.get_value(field) == "Car 0"
    dpg.set_value(field, "Taxi")
    tree._named(0, field)
    office.panels.sync()
    assert office.store.state.scene.object(0).label == "Taxi"
    assert dpg.get_item_label(tree.labels[0]) == "Taxi"
    assert len(tree.fields()) == 1


def test_headings_fold_and_the_search_leaves_out(office: Office) -> None:
    tree = office.panels.tree
    office.press(tree.search, "ped")
    assert set(tree.labels) == {2}
    office.do("list-search", text="")
    heading = tree._rows["heading", "Car"]
    office.press(heading.label, True, dpg.get_item_user_data(heading.label))
    assert set(tree.labels) == {2}


def test_five_hundred_rows_are_kept_up_within_a_frame(office: Office) -> None:
    scene = street()
    car = scene.objects[0]
    many = tuple(
        replace(
            car,
            track_id=i,
            track=car.track.map(
                lambda p, i=i: replace(p, position=(4.0 * (i % 9), 1.65, 7.0 * i))
            ),
        )
        for i in range(500)
    )
    office.store.state = open_drive_state(drive(replace(scene, objects=many)))
    office.panels.sync()
    assert len(office.panels.tree.labels) == 500
    state = office.store.state
    taken: list[float] = []
    for i in range(9):
        new = replace(state, selection=i, frame=i % 4)
        began = time.process_time()
        office.panels.tree.sync(state, new)
        taken.append(time.process_time() - began)
        state = new
    # Types are checked at each call here, which costs more than the work.
    assert sorted(taken)[4] < 0.15, taken


def test_numbers_of_the_camera_are_one_gesture(office: Office) -> None:
    panel = camera(office)
    for up in (0.2, 0.5):
        office.press(panel.shift, [0.0, -up, 0.0, 0.0])
    office.do("end")
    assert [e.label for e in office.store.state.edits] == ["Camera image_02: 0.50 m up"]
    assert len(office.store.state.history.past) == 1
    assert dpg.get_value(panel.words) == "0.50 m up"
    office.press(panel.turn, [5.0, 0.0, 0.0, 0.0])
    office.do("end")
    assert dpg.get_value(panel.words) == "0.50 m up, 5.0 deg right"
    office.press(panel.fov, 100.0)
    office.do("end")
    assert dpg.get_value(panel.fov) == pytest.approx(100.0)
    office.press(panel.size, [200, 100, 0, 0])
    assert office.store.state.scene.camera("image_02").width == 200
    office.press(panel.preset, "Truck, cabin")
    assert "1.15 m up" in dpg.get_value(panel.words)
    office.press(panel.reset)
    assert office.store.state.scene == start_state().scene


def test_a_path_is_made_and_changed_in_the_panel(office: Office) -> None:
    panel = camera(office)
    path = panel.path
    assert not dpg.get_item_configuration(path.body)["show"]
    office.press(path.add)
    office.do("orbit", right=20.0, up=5.0, where="camera")
    office.press(path.add)
    assert dpg.get_item_configuration(path.body)["show"]
    assert len(path._rows) == 2
    assert [dpg.get_value(row) for row in path._rows] == [False, True]
    office.press(path.gap, 3.5)
    office.press(path.gap, 4.0)
    office.do("end")
    assert office.store.state.scene.camera_path.duration == 4.0
    assert len(office.store.state.history.past) == 3
    office.press(path._rows[0])
    assert office.store.state.flight.key == 0
    office.press(path.rest, True)
    assert office.store.state.scene.camera_path.keys[0].rest
    office.press(path.loop, True)
    assert office.store.state.scene.camera_path.loop
    office.press(path.play)
    assert office.store.state.playing
    assert dpg.get_item_label(path.play) == "Stop"
    office.press(path.time, 1.0)
    assert office.store.state.flight.time == 1.0
    assert not office.store.state.playing


def test_findings_have_buttons_that_mend_them(office: Office) -> None:
    checks = panel(office, "Checks")
    assert isinstance(checks, ChecksPanel)
    assert dpg.get_value(checks.heading) == "Frame 0 looks right"
    office.do("move", track=0, by=(0.0, -0.8, 0.0))
    office.panels.sync()
    words = texts(checks.list)
    assert "Car 0 floats above the road by 0.80 m." in words
    assert "Put it on the road" in words
    office.press(checks.look)
    assert dpg.get_value(checks.told) == "4 frames have something to look at."
    assert texts(checks.frames) == ["Frames 0-3: 1"]
    mend = next(
        item
        for item in dpg.get_all_items()
        if dpg.get_item_label(item) == "Put it on the road"
    )
    office.press(mend)
    assert dpg.get_value(checks.heading) == "Frame 0 looks right"
    assert dpg.get_value(checks.told).startswith("Before the last edits: ")


def test_neighbouring_frames_are_one_row() -> None:
    counts = ((0, 1), (1, 1), (2, 3), (4, 3), (5, 3))
    assert stretches(counts) == [(0, 1, 1), (2, 2, 3), (4, 5, 3)]


def test_escape_closes_the_menu_of_a_row_and_keeps_its_object_selected(
    office: Office,
) -> None:
    office.do("select", track=1)
    office.do("list-menu")
    office.panels.tick()
    picker = office.panels.focus.picker
    assert picker.shown
    assert ("Delete", "Delete") in {(line.words, line.keys) for line in picker._lines}
    office.panels._escape()
    assert not picker.shown
    assert office.store.state.selection == 1
    office.panels._escape()
    assert office.store.state.selection is None


def test_later_copies_are_asked_for_with_what_was_typed_last(office: Office) -> None:
    office.do("select", track=1)
    line = next(
        one
        for one in row_lines(office.panels.store.attempt, "Blender")
        if one.words.startswith("Duplicate later")
    )
    palette = office.panels.palette
    # The first one is what the menu offers.
    for shown, typed in (("later=5", "later=1"), ("later=1", "later=2")):
        assert line.press is not None
        line.press()
        office.panels.sync()
        assert dpg.get_item_configuration(palette.line)["show"]
        assert dpg.get_value(palette.line) == shown
        dpg.set_value(palette.line, typed)
        palette._enter()
        office.panels.sync()
        assert not office.store.state.front.palette
    assert len(office.store.state.scene.objects) == 5


def test_a_path_can_be_flown_and_filmed_once_there_is_one(office: Office) -> None:
    form = office.panels.lens.path

    def on() -> list[bool]:
        return [
            bool(dpg.get_item_configuration(button)["enabled"])
            for button in (form.play, form.film)
        ]

    office.do("panel", title="Camera")
    assert on() == [False, False]
    office.do("camera-key")
    assert on() == [True, True]
    office.do("camera-path-clear")
    assert on() == [False, False]
    # What is being made can be cancelled, whatever became of its path.
    office.change(film=Job("running", 1, 10))
    assert on() == [False, True]
