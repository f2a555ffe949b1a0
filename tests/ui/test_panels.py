"""Panels without a screen: build them, change the state, press their buttons."""

from dataclasses import replace
from pathlib import Path

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from nsg_core.errors import NsgError
from nsg_editor.geometry.arrangement import Arrangement
from nsg_editor.state import (
    Dialog,
    EditorState,
    Job,
    ModelInfo,
    PictureInfo,
)
from nsg_editor.ui import theme
from nsg_editor.ui.layout import arrange
from nsg_editor.ui.panels import status, timeline, train_panel
from nsg_editor.ui.views import viewport
from nsg_editor.ui.window import beside_reports, pace, picture_size
from nsg_editor.ui.windows.dialogs import wrapped
from nsg_editor.values.plans import Point, Precheck
from tests.editor.scenes import start_state
from tests.ui.office import Office


def test_the_tree_lists_objects_and_a_click_selects(office: Office) -> None:
    rows = office.panels.tree.labels
    assert [dpg.get_item_label(rows[t]) for t in (0, 1, 2)] == [
        "Car 0",
        "Car 1",
        "Pedestrian 2",
    ]
    office.store.attempt("select", track=1)
    office.panels.sync()
    assert [dpg.get_value(rows[t]) for t in (0, 1, 2)] == [False, True, False]
    callback = dpg.get_item_callback(rows[0])
    assert callback is not None
    callback(rows[0], True, dpg.get_item_user_data(rows[0]))
    assert office.store.state.selection == 0


def test_the_tree_follows_copies_and_removals(office: Office) -> None:
    office.do("select", track=0)
    office.do("duplicate")
    assert set(office.panels.tree.labels) == {0, 1, 2, 3}
    office.do("undo")
    assert set(office.panels.tree.labels) == {0, 1, 2}


def test_typed_numbers_move_and_turn(office: Office) -> None:
    office.do("select", track=0)
    fields = office.panels.inspector.numbers
    assert dpg.get_value(fields["z"]) == pytest.approx(12.0)
    inspector = office.panels.inspector
    inspector._changed(fields["z"], 15.0, "z")
    inspector._changed(fields["z"], 16.0, "z")
    inspector._ended()
    office.panels.sync()
    state = office.store.state
    assert state.selected_pose is not None
    assert state.selected_pose.position == pytest.approx((-1.0, 1.65, 16.0))
    assert len(state.history.past) == 1
    inspector._changed(fields["yaw"], 90.0, "yaw")
    inspector._ended()
    office.panels.sync()
    assert dpg.get_value(fields["yaw"]) == pytest.approx(90.0)


def test_the_inspector_says_what_is_not_there(office: Office) -> None:
    office.do("select", track=2)
    note = dpg.get_value(office.panels.inspector.note)
    assert note == "Not there in frame 0."
    model = ModelInfo("ready", Path("a"), keys=frozenset({"object/0"}))
    office.change(model=model, frame=2)
    assert "not learned its look" in dpg.get_value(office.panels.inspector.note)


def test_buttons_name_actions(office: Office) -> None:
    bar = office.panels.toolbar
    office.do("select", track=0)
    office.do("remove")
    assert len(office.press(bar.undo).scene.objects) == 3
    assert len(office.press(bar.redo).scene.objects) == 2
    assert office.press(bar.recorded).shown == "recorded"
    assert office.press(bar.neural).shown == "neural"
    assert not office.press(bar.boxes).boxes
    assert office.press(bar.help).help
    assert office.press(bar.camera, "image_03").camera == "image_03"


def test_buttons_that_can_do_nothing_are_off(office: Office) -> None:
    bar = office.panels.toolbar
    assert not dpg.is_item_enabled(bar.undo)
    assert not dpg.is_item_enabled(bar.redo)
    office.do("select", track=0)
    office.do("move", by=(1.0, 0.0, 0.0))
    assert dpg.is_item_enabled(bar.undo)
    assert not dpg.is_item_enabled(bar.redo)
    assert dpg.get_value(bar.title) == "nowhere 0007 (not saved)"


def test_training_from_the_panel(office: Office) -> None:
    panel = office.panels.train
    office.press(panel.steps, 400)
    office.press(panel.scale, "Half")
    office.press(panel.preset, "paper")
    plan = office.store.state.train_plan
    assert (plan.preset, plan.steps, plan.scale) == ("paper", 400, 0.5)
    state = office.press(panel.start)
    assert state.train.status == "starting"
    curve = tuple(Point(i, 1 / i, 10.0 + i) for i in range(1, 9))
    office.change(train=Job("running", 8, 400, 62.0, 120e3, curve))
    assert dpg.get_value(panel.psnr[3])[1] == [p.psnr for p in curve]
    assert dpg.get_item_configuration(panel.bar)["overlay"] == "2 %   1:02 left"
    assert "18.0 dB" in dpg.get_value(panel.line)
    assert not dpg.is_item_enabled(panel.start)
    assert office.press(panel.pause).train.status == "paused"
    assert dpg.get_item_label(panel.pause) == "Go on"
    assert office.press(panel.stop).train.status == "stopping"
    assert not dpg.is_item_enabled(panel.stop)


def test_export_needs_a_model_and_right_frames(office: Office) -> None:
    panel = office.panels.export
    office.do("panel", title="Export")
    assert not dpg.is_item_enabled(panel.start)
    office.change(model=ModelInfo("ready", Path("a.safetensors")))
    assert dpg.is_item_enabled(panel.start)
    office.press(panel.to, "/tmp/somewhere")
    dpg.set_value(panel.frames, "9-12")
    state = office.press(panel.start)
    assert state.export.status == "idle"
    assert "frame 9 is outside" in state.notice.lower()
    dpg.set_value(panel.frames, "1-2")
    state = office.press(panel.start)
    assert state.precheck == Precheck("looking")
    state = office.do("export-checked", precheck=Precheck("clear"))
    assert state.export.status == "starting"
    assert state.export.out == Path("/tmp/somewhere")


def test_an_error_can_be_read_copied_and_closed(office: Office) -> None:
    office.change(dialog=Dialog("Could not save", "cannot write a.nsgproj: disk full."))
    dialogs = office.panels.dialogs
    assert dpg.is_item_shown(dialogs.error)
    assert "disk full" in dpg.get_value(dialogs.text)
    assert not dpg.is_item_shown(dialogs.remedy)
    assert office.press(dialogs.close).dialog is None
    assert not dpg.is_item_shown(dialogs.error)


def test_what_cannot_be_saved_here_can_be_saved_elsewhere(office: Office) -> None:
    office.do("save-failed", text="cannot write a.nsgproj: the disk is full.")
    dialogs = office.panels.dialogs
    assert dpg.get_item_label(dialogs.remedy) == "Save as ..."
    state = office.press(dialogs.remedy)
    assert state.dialog is None
    assert state.front.save_as
    office.do("save-as", on=False)


def test_the_status_bar_tells_level_speed_and_device() -> None:
    model = ModelInfo("ready", Path("a"), 1200, "cpu")
    picture = PictureInfo(8, False, 41.0, 2.5e5)
    state = replace(start_state(), model=model, picture=picture)
    text = status.figures(state)
    for part in ("1/8 > full", "41 ms", "250k rays/s", "model step 1200", "cpu"):
        assert part in text
    final = replace(state, picture=PictureInfo(1, True, 900.0, 2.5e6))
    assert status.figures(final).startswith("full   |")
    assert "2.5M rays/s" in status.figures(final)
    assert "no model" in status.figures(start_state())


def test_the_corner_says_which_picture_it_is() -> None:
    def words(state: EditorState) -> str:
        return " ".join(text for text, _ in viewport.badge_texts(state))

    fresh = start_state()
    assert words(fresh) == "Recorded Not trained yet: press Train"
    model = ModelInfo("ready", Path("a"), 5, "cpu")
    neural = replace(fresh, model=model, picture=PictureInfo(4, False, 9.0, 1e5))
    assert words(neural) == "Neural  1/4 ..."
    free = replace(neural, free=fresh.scene.view("image_02", 0).T_world_camera)
    assert words(free).startswith("Moved away")


SMALL = [(960, 600), (1100, 640), (1280, 720)]
LARGE = [(1600, 900), (3840, 2160)]
# Letters of twice the size are for larger windows.
SIZES = [(size, 1.0) for size in SMALL + LARGE] + [(size, 2.0) for size in LARGE]
WISHES = [
    Arrangement(),
    Arrangement(left=400, right=500, bottom=700),
    Arrangement(left=1, right=5000, bottom=1),
    Arrangement(folded=("left", "right", "bottom")),
]


@pytest.mark.parametrize(("size", "scale"), SIZES)
@pytest.mark.parametrize("wish", WISHES)
def test_panels_tile_the_window(
    size: tuple[int, int], wish: Arrangement, scale: float
) -> None:
    """No panel covers another, none leaves the window; dividers lie between them."""
    theme.use_scale(scale)
    try:
        places = arrange(*size, wish)
        dividers = places.dividers(wish)
    finally:
        theme.use_scale(1.0)
    covered = np.zeros((size[1], size[0]), dtype=np.int8)
    for name in places.__slots__:
        r = getattr(places, name)
        assert r.width > 0
        assert r.height > 0
        assert r.x >= 0
        assert r.x + r.width <= size[0]
        assert r.y + r.height <= size[1]
        covered[r.y : r.y + r.height, r.x : r.x + r.width] += 1
    assert covered.max() == 1
    assert (covered == 0).mean() < 0.025
    assert len(dividers) == 3 - len(wish.closed)
    for divider in dividers:
        r = divider.place
        assert not covered[r.y : r.y + r.height, r.x : r.x + r.width].any()
    view = places.viewport
    assert view.width >= min(420 * scale, size[0] / 3) - 8
    assert view.height >= 100


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_the_texture_holds_smaller_pictures_in_its_corner(
    office: Office, dtype: type
) -> None:
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 256, (30, 50, 3)).astype(np.uint8)
    shown = rgb if dtype is np.uint8 else rgb.astype(np.float32) / 255
    office.texture.put(shown)
    inside = office.texture._front.buffer[:31, :51]
    np.testing.assert_allclose(inside[:30, :50, :3], rgb / 255, atol=1e-6)
    np.testing.assert_array_equal(inside[30], inside[29])
    np.testing.assert_array_equal(inside[:, 50], inside[:, 49])
    assert office.texture.uv_max == (50 / 401, 30 / 201)


@pytest.mark.parametrize("shape", [(300, 50, 3), (30, 401, 3), (30, 50, 4)])
def test_a_picture_that_does_not_fit_never_reaches_the_toolkit(
    office: Office, shape: tuple[int, ...]
) -> None:
    with pytest.raises(AssertionError, match="does not fit"):
        office.texture.put(np.zeros(shape, dtype=np.float32))
    with pytest.raises(AssertionError):
        office.texture.put(np.zeros((30, 50, 3), dtype=np.float64))


def test_a_broken_picture_is_a_dialog_and_stops_playing(
    office: Office, tmp_path: Path
) -> None:
    view = office.panels.viewport
    office.change(playing=True)
    drive = office.store.state.drive
    office.change(drive=replace(drive, data=tmp_path))
    view._images._kept["image_02", 0] = NsgError("a.png: expected a picture.")
    assert view._sync_recorded(office.store.state)
    state = office.store.state
    assert state.dialog is not None
    assert "expected a picture" in state.dialog.text
    assert not state.playing
    # It is told once, not in every frame.
    assert not view._sync_recorded(state)


def test_numbers_of_the_timeline_do_not_touch() -> None:
    for count in (1, 4, 41, 154, 1000):
        for width in (200.0, 700.0, 1500.0):
            step = timeline.label_step(count, width)
            assert width / max(count / step, 1) >= 34 or step >= count


def test_times_are_written_as_people_read_them() -> None:
    assert train_panel.clock(5.2) == "0:05"
    assert train_panel.clock(725) == "12:05"
    assert train_panel.clock(3725) == "1:02:05"


def test_long_lines_are_broken_at_words() -> None:
    text = "word " * 60 + "x" * 200
    lines = wrapped(text, 80).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert "".join(lines) == text


def test_the_texture_holds_every_camera_and_the_free_view() -> None:
    assert picture_size([1242, 1242], [375, 375]) == (1242, 621)
    assert picture_size([1920], [1280]) == (1920, 1200)
    assert picture_size([400], [300]) == (400, 300)


def test_the_window_rests_when_nothing_happens() -> None:
    paces = [pace(still) for still in (0.0, 1.0, 10.0, 1000.0)]
    assert paces == sorted(paces)
    assert paces[0] < 0.02 < 0.05 < paces[-1] <= 0.1
    # What hands have asked for gets the time between two frames.
    assert paces[0] < pace(0.0, waits=True) <= 1 / 30
    assert pace(10.0, waits=True) == pace(10.0)
    # A mouse that wakes the window lets it rest sooner.
    assert pace(0.3, watched=True) > pace(0.3)
    assert pace(0.0, watched=True) == pace(0.0)


def test_reports_of_a_training_are_no_reason_to_hurry() -> None:
    state = start_state()
    running = replace(
        state, train=Job("running", 3, 10), picture=PictureInfo(8, True, 1.0, 1.0)
    )
    assert beside_reports(running) == beside_reports(state)
    turned = replace(running, frame=1)
    assert beside_reports(turned) != beside_reports(running)


def test_a_training_says_what_it_does_before_its_first_step(office: Office) -> None:
    panel = office.panels.train
    office.change(train=Job("running", 0, 400))
    assert dpg.get_item_configuration(panel.bar)["overlay"] == "Preparing ..."
    assert "Reading the pictures" in dpg.get_value(panel.line)
    told = [text for text, _ in viewport.badge_texts(office.store.state)]
    assert told == ["Recorded", "Training: its first picture follows"]


def test_a_narrow_window_shows_one_curve_or_both_under_the_settings(
    office: Office,
) -> None:
    panel = office.panels.train
    curve = (Point(1, 0.1, 17.25), Point(2, 0.1, 18.25))
    office.change(train=Job("running", 2, 400, curve=curve))
    shown = {}
    for width in (420, 700, 900):
        panel.arrange(width, 170)
        panel.sync(None, office.store.state)
        shown[width] = dpg.is_item_shown(panel.loss[0]), dpg.get_value(panel.line)
    assert shown[420][0], "both lie under the settings"
    assert shown[700] == (False, "18.2 dB")
    assert shown[900][0]
    assert shown[900][1].startswith("step 2 / 400")
