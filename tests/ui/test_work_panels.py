"""Looking, casting, runs and exports on the screen, without a screen."""

from dataclasses import replace
from pathlib import Path

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from nsg_core.documents.project import save_project
from nsg_core.drawing.frame import Picture
from nsg_core.request import RenderRequest
from nsg_editor.effects.opening import project_of
from nsg_editor.pictures.validation import Validation
from nsg_editor.state import ModelInfo, PictureInfo
from nsg_editor.ui.panels.cast_panel import CastPanel
from nsg_editor.ui.panels.runs_panel import cells
from nsg_editor.ui.views.looking_layer import told_text
from nsg_editor.ui.views.looking_menu import WORDS, short
from nsg_editor.values.cast import HEIGHT, WIDTH
from nsg_editor.values.looking import MODES, Scores
from nsg_editor.values.plans import BoardInfo, Job, Precheck
from nsg_editor.values.runs import RunInfo
from tests.ui.office import Office

MODEL = ModelInfo(
    "ready", Path("a.safetensors"), 7, "cpu", frozenset({"object/0", "object/2"}), 1
)
FINAL = PictureInfo(1, True, 20.0, 1e6)
RUN = RunInfo(
    Path("runs/street-1/checkpoint.safetensors"), 40, 100, 21.04, "fast", 0.25, "nsg"
)


def pressed(office: Office, item: int | str) -> None:
    """What a click on a button that means a value calls."""
    callback = dpg.get_item_callback(item)
    assert callback is not None
    callback(item, None, dpg.get_item_user_data(item))
    office.panels.sync()


def test_every_kind_of_picture_has_a_button_that_lights(office: Office) -> None:
    office.change(model=MODEL, picture=FINAL)
    menu = office.panels.viewport.menu
    assert office.press(menu.button).looking.menu
    menu.sync(office.store.state)
    assert dpg.is_item_shown(menu.window)
    for mode in MODES:
        pressed(office, menu._choices["mode", mode])
        menu.sync(office.store.state)
        assert office.store.state.looking.mode == mode
        lit = {
            value
            for (key, value), item in menu._choices.items()
            if key == "mode" and dpg.get_item_theme(item) == menu._on
        }
        assert lit == {mode}
    pressed(office, menu._choices["against", "before"])
    menu.sync(office.store.state)
    assert dpg.get_item_label(menu.button) == f"{WORDS[MODES[-1]]} vs. before edits"
    pressed(office, menu._choices["mode", "colour"])
    assert short(office.store.state) == "vs. before edits"
    pressed(office, menu._choices["only", "background"])
    assert short(office.store.state) == "Background only vs. before edits"
    pressed(office, menu._choices["only", "all"])


def test_the_picture_tells_its_scores_or_why_it_has_none(office: Office) -> None:
    state = office.change(model=MODEL, picture=FINAL, selection=0)
    assert told_text(state, "nothing") == ""
    scored = replace(state, looking=replace(state.looking, scores=Scores(24.25, 19.0)))
    assert told_text(scored, "nothing") == "PSNR 24.2 dB   Car 0: 19.0 dB"
    asked = office.do("looking", against="before")
    assert "No edits yet" in told_text(asked, "waiting")
    office.do("move", by=(1.0, 0.0, 0.0))
    moved = office.do("looking", against="recorded")
    assert "objects were changed" in told_text(moved, "there")


def test_the_divider_is_taken_hold_of_and_dragged(office: Office) -> None:
    office.change(model=MODEL, picture=FINAL)
    state = office.do("looking", against="recorded", wipe=0.5)
    viewport = office.panels.viewport
    frame = viewport_frame(office)
    layer = viewport._looking
    at = layer.divider(state, frame)
    assert at == pytest.approx(frame.x + frame.view.width / 2)
    assert layer.grab(state, frame, at + 40, True, False) == (False, None)
    assert layer.grab(state, frame, at + 3, True, False) == (True, None)
    held, share = layer.grab(state, frame, at + 3, True, True)
    assert held
    assert share == pytest.approx(0.5, abs=0.02)
    # Once it is held it follows, wherever the mouse goes, and stays in the picture.
    assert layer.grab(state, frame, frame.x - 500, False, True) == (True, 0.0)
    assert layer.grab(state, frame, at + 900, False, False) == (False, None)
    # Who presses elsewhere and comes by does not take it along.
    assert layer.grab(state, frame, at + 60, True, True) == (False, None)
    assert layer.grab(state, frame, at, True, True) == (False, None)


def viewport_frame(office: Office):
    from nsg_editor.derived.request import fit

    return fit(office.store.state, (800, 300))


def test_the_sheet_has_a_card_for_each_of_the_cast(office: Office) -> None:
    office.do("panel", title="Cast")
    panel: CastPanel = office.panels.cast
    assert "press Train first" in dpg.get_value(panel.told).replace("Press", "press")
    office.change(model=MODEL)
    assert [card.member.name for card in panel._cards] == ["Car 0", "Pedestrian 2"]
    textures = list(panel._textures)
    assert not dpg.is_item_enabled(panel.insert)
    office.do("cast-choose", model="object/2")
    assert dpg.is_item_enabled(panel.insert)
    state = office.press(panel.insert)
    assert state.scene.object(3).category == "Pedestrian"
    # A model of fewer objects gives their places to others, and makes none anew.
    office.change(model=replace(MODEL, keys=frozenset({"object/1"})))
    assert [card.member.name for card in panel._cards] == ["Car 1"]
    office.change(model=MODEL)
    assert panel._textures == textures


def test_a_portrait_that_comes_is_put_on_its_card(office: Office) -> None:
    office.do("panel", title="Cast")
    office.change(model=MODEL)
    panel, asked = office.panels.cast, list[RenderRequest | None]()
    office.panels.errands.ask = asked.append
    panel.portraits.tick(office.store.state, panel._who, None)
    (request,) = asked
    assert request is not None
    flat = np.full((HEIGHT, WIDTH), 0.5, np.float32)
    rgb = np.full((HEIGHT, WIDTH, 3), 0.25, np.float32)
    picture = Picture(rgb, flat, flat, flat.astype(np.int32), 1, 1, True, 0.1, 1)
    office.panels.errands.take(request, picture)
    card = panel._cards[0]
    panel._turn(card, False)
    assert card.shown is panel.portraits.get(card.member)
    assert card.shown is not None


def test_runs_are_rows_and_their_buttons_mean_them(office: Office) -> None:
    office.do("panel", title="Runs")
    panel = office.panels.runs
    assert dpg.is_item_shown(panel.none)
    shipped = RunInfo(Path("assets/street.safetensors"), 6000, date="as shipped")
    office.change(runs=(RUN, shipped))
    assert not dpg.is_item_shown(panel.none)
    assert cells(RUN) == ("street-1", "", "40 / 100", "21.0 dB", "fast", "x 0.25")
    assert cells(shipped)[:3] == ("street.safetensors", "as shipped", "6000")
    show, compare, _ = row_buttons(panel.table)
    assert dpg.get_item_label(compare) == "Compare"
    pressed(office, show)
    assert office.store.state.model.path == RUN.checkpoint
    # The table says now that this one is shown.
    show, resume = row_buttons(panel.table)
    assert dpg.get_item_label(show) == "Shown"
    pressed(office, resume)
    assert office.store.state.train.resumed
    assert office.store.state.train.out == RUN.folder


def row_buttons(table: int | str) -> list[int]:
    """Those of the first run."""
    (inner,) = dpg.get_item_children(table, 1) or ()
    rows = dpg.get_item_children(inner, 1) or []
    assert len(rows) == 2
    group = (dpg.get_item_children(rows[0], 1) or [])[-1]
    items = dpg.get_item_children(group, 1) or []
    return [item for item in items if "Button" in (dpg.get_item_type(item) or "")]


def test_tensorboard_shows_its_address_or_the_command(office: Office) -> None:
    office.do("panel", title="Runs")
    panel = office.panels.runs
    assert office.press(panel.board).board.status == "starting"
    office.do("board-found", text="http://localhost:6006", there=True)
    assert dpg.get_value(panel.told) == "http://localhost:6006"
    assert dpg.is_item_shown(panel.visit)
    office.change(board=BoardInfo("missing", "tensorboard --logdir runs"))
    assert not dpg.is_item_shown(panel.visit)
    assert dpg.is_item_shown(panel.copy)


def test_training_settings_all_reach_the_plan(office: Office) -> None:
    panel = office.panels.train
    office.press(panel.protocol, "suds-50")
    office.press(panel.device, "CPU")
    office.press(panel.frames, "1-2")
    office.press(panel.goes_on, True)
    plan = office.store.state.train_plan
    assert (plan.protocol, plan.device, plan.frames) == ("suds-50", "cpu", (1, 2))
    assert plan.goes_on
    office.press(panel.device, "as the editor")
    assert office.store.state.train_plan.device is None
    held = ((10, 20.0), (20, 21.5))
    office.change(train=Job("running", 20, 30, held=held, held_out=21.5))
    office.change(train=Job("running", 20, 30, curve=(), held=held, memory_mb=812.0))
    assert not dpg.is_item_enabled(panel.resume)
    office.change(train=Job("done", 20, 30), runs=(RUN,))
    assert dpg.is_item_enabled(panel.resume)


def test_size_and_command_follow_the_frames_that_were_typed(office: Office) -> None:
    office.do("panel", title="Export")
    panel = office.panels.export
    office.change(model=MODEL)
    for typed, span in (("1-2", (1, 2)), ("2-", (1, 2)), ("0-999", (1, 2)), ("", None)):
        dpg.set_value(panel.frames, typed)
        panel.frames_typed()
        office.panels.sync()
        assert office.store.state.export_plan.frames == span
        assert office.store.state.dialog is None
        shown = "--frames 1-2" in dpg.get_value(panel.command)
        assert shown == (span is not None)


def test_the_command_is_copied_once_the_project_is_saved(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the command reads is what is seen, or it is not given."""
    copied: list[str] = []
    monkeypatch.setattr(dpg, "set_clipboard_text", copied.append)
    office.do("panel", title="Export")
    panel = office.panels.export
    office.change(model=MODEL)
    assert dpg.get_item_label(panel.copy) == "Save and copy"
    asked = office.press(panel.copy)
    assert asked.saving is not None
    assert not copied
    office.do("save-failed", text="The disk is full.")
    assert not copied
    asked = office.press(panel.copy)
    assert asked.saving is not None
    path = tmp_path / "a.nsgproj"
    save_project(path, project_of(asked))
    variants = asked.history.present.variants
    told = office.do("saved", path=path, variants=variants)
    assert f"nsg export {path} -o" in copied.pop()
    assert "copied" in told.notice
    assert dpg.get_item_label(panel.copy) == "Copy"
    assert office.press(panel.copy).saving is None
    assert copied.pop()
    # With other weights the file says something else than what is seen.
    office.change(model=replace(MODEL, path=tmp_path / "other.safetensors"))
    assert office.press(panel.copy).saving == path
    assert not copied


def test_a_failed_export_says_that_it_can_go_on(office: Office) -> None:
    office.do("panel", title="Export")
    line = office.panels.export.line
    office.change(model=MODEL, export=Job("failed", 4, 30, message="full"))
    assert dpg.get_value(line).startswith("4 of 30 frames are finished; the same")
    office.change(export=Job("failed", 0, 0, message="no such file"))
    assert dpg.get_value(line) == ""


def test_a_question_stands_where_the_export_would_begin(office: Office) -> None:
    office.do("panel", title="Export")
    panel = office.panels.export
    office.change(model=MODEL, precheck=Precheck("ask", "2 of 4 frames are there."))
    assert dpg.is_item_shown(panel.question)
    assert dpg.get_value(panel.told) == "2 of 4 frames are there."
    assert not dpg.is_item_enabled(panel.start)
    assert office.press(panel.forget).precheck is None
    assert not dpg.is_item_shown(panel.question)
    office.change(precheck=Precheck("refuse", "The disk is full.", beside=False))
    assert not dpg.get_item_configuration(panel.other)["show"]
    office.change(precheck=Precheck("refuse", "out is a file."))
    assert dpg.get_item_configuration(panel.other)["show"]
    assert not dpg.is_item_shown(panel.anyway)
    office.change(precheck=Precheck("ask", "2 of 4 frames are there."))
    assert office.press(panel.anyway).export.status == "starting"


def test_what_is_exported_is_chosen_and_shown_as_a_command(office: Office) -> None:
    office.do("panel", title="Export")
    panel = office.panels.export
    office.change(model=MODEL)
    office.press(panel.to, "/tmp/somewhere")
    office.press(panel.samples, "4")
    office.press(panel.cameras, "image_02 and image_03")
    dpg.set_value(panel.outputs["instances"], False)
    state = office.press(panel.outputs["instances"])
    # Labels are computed from instances: they go with them.
    assert state.export_plan.outputs == ("depth", "video")
    words = dpg.get_value(panel.command)
    assert "-o /tmp/somewhere --cameras image_02,image_03 --samples 4" in words
    assert "--outputs depth" in words
    dpg.set_value(panel.outputs["labels"], True)
    state = office.press(panel.outputs["labels"])
    assert state.export_plan.outputs == ("depth", "instances", "labels", "video")
    assert "400x120" in dpg.get_value(panel.size)


class Album:
    """Recorded pictures that are there."""

    def get(self, key: object) -> np.ndarray:
        return np.full((120, 400, 3), 51, np.uint8)

    def want(self, *keys: object) -> None: ...


def test_the_picture_never_seen_is_drawn_anew_for_newer_weights(
    office: Office,
) -> None:
    state = office.change(model=MODEL)
    asked: list[tuple[RenderRequest, object]] = []
    validation = Validation(
        office.panels.train.validation._images,
        lambda request, take: asked.append((request, take)),
    )
    validation._images = Album()  # pyright: ignore
    assert not validation.tick(state)
    assert not validation.tick(state)
    assert len(asked) == 1
    request, _ = asked[0]
    shape = (request.view.height, request.view.width)
    flat = np.zeros(shape, np.float32)
    rgb = np.full((*shape, 3), 0.9, np.float32)
    done = Picture(rgb, flat, flat, flat.astype(np.int32), 1, 1, True, 0.1, 1)
    validation._take(request, done)
    assert validation.tick(state)
    pixels = validation.pixels
    assert pixels is not None
    assert pixels.shape == (2 * shape[0], shape[1], 4)
    assert pixels[0, 0, 0] == pytest.approx(0.2)
    assert pixels[-1, 0, 0] == pytest.approx(0.9)
    assert not validation.tick(state)
    newer = replace(state, model=replace(MODEL, step=90, version=2))
    validation.tick(newer)
    assert len(asked) == 2
