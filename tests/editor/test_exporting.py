"""What an export is to be, and what is asked before it begins."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.commands.export import Export
from nsg_core.errors import NsgError
from nsg_core.export.drive import export_drive
from nsg_editor.actions.exporting import ticked
from nsg_editor.actions.table import perform
from nsg_editor.effects import outlook
from nsg_editor.effects.commands import export_command, export_words
from nsg_editor.effects.outlook import beside, estimate, look_ahead, plan_of
from nsg_editor.state import EditorState, ModelInfo
from nsg_editor.values.plans import OUTPUTS, Precheck
from tests.core.fakes import FlatModel
from tests.editor.scenes import start_state


@pytest.fixture
def ready(tmp_path: Path) -> EditorState:
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(b"weights")
    model = ModelInfo("ready", weights, 7, "cpu", frozenset({"object/0"}), 1)
    state = start_state(model=model)
    return perform(state, "export-plan", to=tmp_path / "out", scale=0.25)


def test_a_plan_is_a_command_and_the_command_is_understood(ready: EditorState) -> None:
    state = perform(
        ready,
        "export-plan",
        samples=4,
        cameras="image_03,image_02",
        outputs="depth",
    )
    state = perform(state, "export-frames", frames="1-2")
    started = perform(state, "export")
    words = list(export_command(started, Path("a.nsgproj"), "cpu"))[3:]
    assert words[0] == "export"
    assert words[words.index("--cameras") + 1] == "image_03,image_02"
    assert words[words.index("--samples") + 1] == "4"
    assert words[words.index("--outputs") + 1] == "depth"
    assert words[words.index("--frames") + 1] == "1-2"
    assert "--no-video" in words
    import tyro

    parsed = tyro.cli(Export, args=words[1:])
    assert (parsed.samples, parsed.outputs, parsed.video) == (4, "depth", False)
    assert parsed.scale == 0.25


def test_a_plan_with_everything_is_a_short_command(ready: EditorState) -> None:
    saved = replace(ready, project=Path("my drive.nsgproj"))
    plain = perform(saved, "export-plan", to=Path("out"), scale=1.0)
    here = Path.cwd()
    told = ["nsg", "export", f"{here}/my drive.nsgproj", "-o", f"{here}/out"]
    assert shlex.split(export_words(plain)) == told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"scale": 9.0}, "resolution must be"),
        ({"samples": 0}, "rays a pixel must be"),
        ({"cameras": "image_09"}, "there is no camera 'image_09'"),
        ({"outputs": "smell"}, "there is no output 'smell'"),
        ({"outputs": "labels"}, "labels are computed from"),
    ],
)
def test_what_cannot_be_is_said(ready: EditorState, arguments, told) -> None:
    with pytest.raises(NsgError, match=told):
        perform(ready, "export-plan", **arguments)


@given(st.sets(st.sampled_from(OUTPUTS)), st.sampled_from(OUTPUTS))
def test_any_ticks_make_a_plan(on, changed):
    before = ticked((), set(on))
    after = ticked(before, set(before) ^ {changed})
    # What was ticked is as it was wished, whatever else follows from it.
    assert (changed in after) == (changed not in before)
    assert "labels" not in after or {"depth", "instances"} <= set(after)


def test_what_several_processes_write_is_not_replaced_by_each() -> None:
    both = Export(Path("a.nsgproj"), Path("out"), replace=True, shard="2/3")
    with pytest.raises(NsgError, match="--replace cannot be given with --shard"):
        both._plan()


def test_an_empty_place_needs_no_question(ready: EditorState) -> None:
    assert look_ahead(ready) == Precheck("clear")
    asked = perform(ready, "export-check")
    assert asked.precheck == Precheck("looking")
    assert asked.export.status == "idle"
    started = perform(asked, "export-checked", precheck=Precheck("clear"))
    assert started.export.status == "starting"
    assert started.precheck is None


def test_a_question_waits_for_its_answer(ready: EditorState) -> None:
    asked = perform(ready, "export-check")
    asked = perform(asked, "export-checked", precheck=Precheck("ask", "2 of 4"))
    assert asked.export.status == "idle"
    assert perform(asked, "export-anyway").export.status == "starting"
    assert perform(asked, "export-forget").precheck is None
    refused = perform(ready, "export-check")
    refused = perform(refused, "export-checked", precheck=Precheck("refuse", "full"))
    assert perform(refused, "export-anyway").export.status == "idle"
    # Only another export can be replaced, and only once that was asked.
    assert perform(refused, "export-replace").export.status == "idle"
    taken = Precheck("refuse", "other edits", replaces=True)
    refused = perform(perform(ready, "export-check"), "export-checked", precheck=taken)
    replaced = perform(refused, "export-replace")
    assert replaced.export.status == "starting"
    assert "--replace" in export_command(replaced, Path("a.nsgproj"))
    assert "--replace" not in export_words(replaced)
    # With another plan the question is another.
    assert perform(asked, "export-plan", scale=0.5).precheck is None


def test_an_interrupted_export_is_seen_to_go_on(ready: EditorState) -> None:
    plan = plan_of(ready)
    frames = export_drive(
        FlatModel(frozenset({"object/0"})), plan, ready.export_plan.to
    )
    for done in frames:
        if done is not None and done.step == 2:
            break
    frames.close()
    found = look_ahead(ready)
    assert found == Precheck("ask", "2 of 4 frames are there; 2 are left.")
    for _ in export_drive(
        FlatModel(frozenset({"object/0"})), plan, ready.export_plan.to
    ):
        pass
    assert "All 4 frames" in look_ahead(ready).text
    other = look_ahead(perform(ready, "export-plan", samples=2))
    assert other.status == "refuse"
    assert "with other samples" in other.text
    place = ready.export_plan.to
    assert beside(place) == place.with_name("out-2")
    moved = perform(ready, "export-plan", to=beside(place), samples=2)
    assert look_ahead(moved).status == "clear"


def test_other_peoples_files_are_left_alone(ready: EditorState, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "holiday.txt").write_text("mine")
    assert look_ahead(ready).status == "refuse"
    file = perform(ready, "export-plan", to=tmp_path / "out" / "holiday.txt")
    assert "is a file" in look_ahead(file).text


def test_room_on_the_disk_is_looked_at_first(
    ready: EditorState, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = plan_of(ready).needed_bytes * 4
    monkeypatch.setattr(outlook, "free_bytes", lambda folder: int(needed * 0.5))
    assert look_ahead(ready).status == "refuse"
    monkeypatch.setattr(outlook, "free_bytes", lambda folder: int(needed * 1.05))
    assert look_ahead(ready).status == "ask"
    assert "are free" in look_ahead(ready).text
    assert estimate(ready).startswith("4 frames of 100x30: about")


def test_vanished_weights_are_a_refusal(ready: EditorState) -> None:
    assert ready.model.path is not None
    ready.model.path.unlink()
    assert look_ahead(ready).status == "refuse"
