"""Looks: chosen from the cast, given back, with or without the size they belong to."""

from dataclasses import replace

import pytest

from nsg_core.errors import NsgError
from nsg_editor.actions.table import perform
from nsg_editor.derived.looks import drawn, own_look, worn
from nsg_editor.state import EditorState, ModelInfo
from nsg_editor.values.cast import Guests
from tests.editor.scenes import start_state

KEYS = frozenset({"object/0", "object/1", "object/2"})
READY = ModelInfo("ready", keys=KEYS)


def ready(**changes: object) -> EditorState:
    return start_state(model=READY, selection=0, **changes)


def look(state: EditorState, track: int = 0) -> str:
    return state.scene.object(track).model


def test_a_look_is_chosen_by_its_owner_and_given_back() -> None:
    state = perform(ready(), "looks")
    assert state.front.looks
    dressed = perform(state, "set-look", look="Pedestrian 2")
    assert (look(dressed), dressed.front.looks) == ("object/2", False)
    assert worn(dressed, 0) == "Look of Pedestrian 2"
    assert dressed.scene.object(0).size == state.scene.object(0).size
    plain = perform(dressed, "set-look")
    assert (look(plain), worn(plain, 0)) == ("object/0", "Its own look")
    assert perform(plain, "set-look").history == plain.history
    assert perform(dressed, "undo").scene == state.scene


def test_with_the_size_that_belongs_to_it_as_one_step() -> None:
    state = perform(ready(), "set-look", look="object/2", size=True)
    walker = state.drive.recording.object(2)
    assert (look(state), state.scene.object(0).size) == ("object/2", walker.size)
    assert len(state.history.past) == 1


def test_all_that_are_selected_are_dressed() -> None:
    state = perform(ready(others=frozenset({1})), "set-look", look="object/1")
    assert [look(state, track) for track in (0, 1)] == ["object/1", "object/1"]
    back = perform(state, "set-look")
    assert [look(back, track) for track in (0, 1)] == ["object/0", "object/1"]


def test_copies_and_insertions_have_looks_of_their_own_too() -> None:
    state = perform(ready(), "set-look", look="object/1")
    state = perform(state, "duplicate")
    copy = state.selection
    assert copy is not None
    # A copy of somebody in disguise can take it off.
    assert own_look(state, copy) == "object/0"
    state = perform(state, "insert", model="object/2")
    assert state.selection is not None
    assert own_look(state, state.selection) == "object/2"
    jam = perform(state, "manoeuvre", name="traffic-jam", settings={"count": 1})
    assert own_look(jam, max(o.track_id for o in jam.scene.objects)) is not None


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(NsgError, match=r"nobody has the look 'x'. There are: Car 0"):
        perform(ready(), "set-look", look="x")
    with pytest.raises(NsgError, match="nothing is selected"):
        perform(replace(ready(), selection=None), "looks")
    # What was recorded can be meant before anything is trained.
    assert look(perform(start_state(), "set-look", look="object/1", track=0)) == (
        "object/1"
    )


def test_looks_of_guests_are_drawn_as_long_as_they_are_there(tmp_path) -> None:
    path = tmp_path / "far" / "c.safetensors"
    guests = Guests(path, (("object/7", "Van"),))
    state = perform(ready(), "cast-invited", guests=guests, text="")
    dressed = perform(state, "set-look", look=f"{path}#object/7")
    assert drawn(dressed, look(dressed))
    assert worn(dressed, 0) == "Look of 7 of far"
    gone = perform(
        dressed, "cast-known", guests=(Guests(path, (), f"{path} is gone."),)
    )
    assert not drawn(gone, look(gone))
    assert drawn(gone, "object/1")
    assert gone.dialog is not None
    assert "Car 0 cannot be drawn" in gone.dialog.text
