"""Guests and variants stay with their project: saved, moved, killed, recovered."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nsg_core.documents.guests import checkpoints_of, guest_key, split_key
from nsg_core.documents.project import load_project, save_project
from nsg_core.documents.scene_file import read_edits, write_edits
from nsg_core.edits.objects import SetLook
from nsg_core.errors import FileError, NsgError
from nsg_core.manoeuvres.table import Manoeuvre
from nsg_editor.actions.inserting import cast_of
from nsg_editor.actions.table import perform
from nsg_editor.derived.looks import drawn
from nsg_editor.effects.autosave import Autosave
from nsg_editor.effects.dispatch import Effects
from nsg_editor.effects.inviting import guests_of
from nsg_editor.effects.opening import open_path, project_of
from nsg_editor.pictures.worker import Worker
from nsg_editor.state import EditorState, ModelInfo
from nsg_editor.store import Store
from nsg_editor.values.cast import Guests
from tests.editor.fakes import fake_load, fake_render
from tests.editor.scenes import street
from tests.editor.test_cast import checkpoint
from tests.ui.screens import write_kitti

READY = ModelInfo("ready", keys=frozenset({"object/0", "object/1"}))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is written to the real home; weights and data that a project can name."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    work = tmp_path / "work"
    (work / "runs").mkdir(parents=True)
    for name in ("own", "guest", "idle"):
        checkpoint(work / "runs" / f"{name}.safetensors")
    write_kitti(work / "data", street())
    return work


def busy(work: Path) -> EditorState:
    """Three variants; a guest plays in two of them, another is only invited."""
    state = open_path(work / "data", checkpoint=work / "runs" / "own.safetensors")
    state = replace(state, model=replace(READY, path=state.model.path))
    for name in ("guest", "idle"):
        path = work / "runs" / f"{name}.safetensors"
        guests = Guests(path, (("object/3", "Van"), ("object/8", "Pedestrian")))
        state = perform(state, "cast-invited", guests=guests, text="")
    state = perform(state, "insert", model=guest_key(_guest(work), "object/3"))
    state = perform(perform(state, "variant-new"), "move", track=0, by=(1, 0, 0))
    state = perform(perform(state, "variant-new", empty=True), "remove", track=1)
    return perform(state, "variant", name="B")


def _guest(work: Path) -> Path:
    return work / "runs" / "guest.safetensors"


class Desk:
    """An editor without a window."""

    def __init__(self, state: EditorState) -> None:
        self.store = Store(state)
        self.worker = Worker(lambda path: fake_load(path, street()), fake_render)
        self.effects = Effects(self.store, self.worker, lambda _: None, (400, 200))


@pytest.fixture
def desks() -> Iterator[list[Desk]]:
    opened: list[Desk] = []
    yield opened
    for desk in opened:
        desk.effects.close()


def names(state: EditorState) -> dict[str, str]:
    return {g.checkpoint.name: g.problem for g in state.cast.guests}


def test_a_project_moved_with_its_checkpoints_finds_all_of_them(
    home: Path, desks: list[Desk]
) -> None:
    state = busy(home)
    save_project(home / "a.nsgproj", project_of(state))
    text = (home / "a.nsgproj").read_text()
    assert str(home) not in text
    assert json.loads(text)["guests"] == [
        *("runs/guest.safetensors", "runs/idle.safetensors")
    ]
    moved = home.rename(home.with_name("elsewhere"))
    opened = Desk(open_path(moved / "a.nsgproj"))
    desks.append(opened)
    there = opened.store.state
    assert there.dialog is None
    assert names(there) == {"guest.safetensors": "", "idle.safetensors": ""}
    assert split_key(there.scene.object(3).model) == (_guest(moved), "object/3")
    assert len(there.history.present.variants) == 3
    assert not there.dirty
    # Saved under another name, elsewhere, it is the same project.
    opened.store.dispatch("save", to=moved / "deep" / "b.nsgproj")
    again = load_project(moved / "deep" / "b.nsgproj")
    assert again.guests == load_project(moved / "a.nsgproj").guests
    assert again.variants == there.history.present.variants


def test_a_guest_that_is_gone_is_told_once_and_nothing_is_lost(
    home: Path, desks: list[Desk]
) -> None:
    save_project(home / "a.nsgproj", project_of(busy(home)))
    before = load_project(home / "a.nsgproj")
    _guest(home).unlink()
    opened = Desk(open_path(home / "a.nsgproj"))
    desks.append(opened)
    state = opened.store.state
    assert state.dialog is not None
    assert "no such file" in state.dialog.text
    assert "Van 3 cannot be drawn" in state.dialog.text
    assert len(state.edits) == 2
    assert names(state)["idle.safetensors"] == ""
    assert all(_guest(home).name not in m.model for m in cast_of(state))
    # When the renderer misses it too, nobody has to read that again.
    opened.store.dispatch("close-dialog")
    gone = Guests(_guest(home), (), "no such file")
    opened.store.dispatch("cast-known", guests=(gone,))
    assert opened.store.state.dialog is None
    opened.store.dispatch("save", to=home / "a.nsgproj")
    assert load_project(home / "a.nsgproj") == before
    # Once it is back it can be invited again.
    checkpoint(_guest(home))
    opened.store.state = replace(opened.store.state, model=READY)
    opened.store.dispatch("cast-invite", path=_guest(home))
    assert set(names(opened.store.state).values()) == {""}


def test_who_plays_is_on_the_list_even_if_a_file_forgot_it(home: Path) -> None:
    save_project(home / "a.nsgproj", project_of(busy(home)))
    content = json.loads((home / "a.nsgproj").read_text())
    del content["guests"]
    (home / "a.nsgproj").write_text(json.dumps(content))
    assert open_path(home / "a.nsgproj").cast.expected == (_guest(home),)
    content["guests"] = [3]
    (home / "a.nsgproj").write_text(json.dumps(content))
    with pytest.raises(FileError, match="list of paths"):
        load_project(home / "a.nsgproj")


def test_without_guests_older_programs_can_read_the_file(home: Path) -> None:
    state = open_path(home / "data")
    save_project(home / "a.nsgproj", project_of(state))
    assert json.loads((home / "a.nsgproj").read_text())["format"] == "nsg-project/1"


def test_looks_within_manoeuvres_are_relative_too(home: Path) -> None:
    look = SetLook(0, guest_key(_guest(home), "object/3"))
    edits = (Manoeuvre("rotate", (), 0, (look,)), SetLook(1, "object/0"))
    assert checkpoints_of(edits) == (_guest(home),)
    write_edits(home / "edits.json", edits)
    content = json.loads((home / "edits.json").read_text())
    assert content["edits"][0]["edits"][0]["look"] == "runs/guest.safetensors#object/3"
    inner, outer = read_edits(home / "edits.json")
    assert isinstance(inner, Manoeuvre)
    assert (inner.edits[0], outer) == (look, edits[1])


def test_guests_leave_the_sheet_unless_a_variant_needs_them(home: Path) -> None:
    state = busy(home)
    # It is variant A, and B that was copied from it, not the empty C.
    with pytest.raises(NsgError, match=r"variant A and B use its looks; undo them"):
        perform(state, "cast-dismiss", path=_guest(home))
    idle = guest_key(home / "runs" / "idle.safetensors", "object/8")
    chosen = perform(state, "cast-choose", model=idle)
    gone = perform(chosen, "cast-dismiss")
    assert gone.cast.chosen is None
    assert gone.history == state.history
    assert {split_key(m.model)[0] for m in cast_of(gone)} == {None, _guest(home)}
    assert project_of(gone).guests == (_guest(home),)
    with pytest.raises(NsgError, match="is not on the casting sheet"):
        perform(gone, "cast-dismiss", path=home / "runs" / "idle.safetensors")
    with pytest.raises(NsgError, match="choose somebody of another checkpoint"):
        perform(gone, "cast-dismiss")
    # It can be invited again, which begins with looking into the file.
    path = home / "runs" / "idle.safetensors"
    assert perform(gone, "cast-invite", path=path).cast.inviting == path
    back = perform(gone, "cast-invited", guests=guests_of(path), text="")
    assert project_of(back).guests == project_of(state).guests
    # Whom an undone step brings back is drawn as before.
    alone = perform(state, "variant-delete", name="A")
    alone = perform(alone, "variant-delete", name="B")
    alone = perform(alone, "cast-dismiss", path=_guest(home))
    again = perform(alone, "undo")
    assert drawn(again, guest_key(_guest(home), "object/3"))


WORKING = """
import sys, time
from pathlib import Path
from nsg_editor.derived.looks import drawn
from nsg_editor.effects.autosave import Autosave
from nsg_editor.store import Store
from tests.editor.test_guests import busy
store = Store(busy(Path(sys.argv[1])))
keeper = Autosave(store, every_s=0.01)
for x in range(1, 100000):
    store.dispatch("move", track=0, by=(x, 0, 0))
    if x % 5 == 0:
        store.dispatch("variant-next")
    print(x, flush=True)
    time.sleep(0.02)
"""


def test_a_killed_editor_leaves_variants_and_guests_behind(
    home: Path, desks: list[Desk]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WORKING, str(home)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        text=True,
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) == 40:
                child.send_signal(signal.SIGKILL)
                break
    opened = Desk(open_path(home / "data"))
    desks.append(opened)
    keeper = Autosave(opened.store, every_s=0.0)
    (lost,) = keeper.find()
    opened.store.dispatch("lost-found", lost=(lost,))
    opened.store.dispatch("recover")
    state = opened.store.state
    keeper.close(keep=False)
    variants = {one.name: one.edits for one in state.history.present.variants}
    assert set(variants) == {"A", "B", "C"}
    assert sum(map(len, variants.values())) >= 25
    assert names(state) == {"guest.safetensors": "", "idle.safetensors": ""}
    assert checkpoints_of(variants["A"]) == checkpoints_of(variants["B"])
    assert checkpoints_of(variants["B"]) == (_guest(home),)
