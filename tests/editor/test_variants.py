"""Variants: named lists of edits, in one history."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.documents.project import load_project, save_project
from nsg_core.errors import NsgError
from nsg_editor.actions.seeing import before_request
from nsg_editor.actions.table import perform
from nsg_editor.actions.variants import free_name
from nsg_editor.derived.request import resolve
from nsg_editor.effects.opening import project_of
from nsg_editor.state import EditorState, ModelInfo
from tests.editor.scenes import start_state


def moved(state: EditorState, x: float) -> EditorState:
    return perform(state, "move", track=0, by=(x, 0.0, 0.0))


def names(state: EditorState) -> str:
    return " ".join(one.name for one in state.history.present.variants)


def labels(state: EditorState) -> dict[str, list[str]]:
    variants = state.history.present.variants
    return {one.name: [edit.label for edit in one.edits] for one in variants}


def test_each_variant_keeps_its_own_edits() -> None:
    state = perform(moved(start_state(), 1.0), "variant-new")
    state = perform(moved(state, 2.0), "variant", name="A")
    assert len(state.edits) == 1
    state = perform(moved(state, 3.0), "variant-next")
    assert state.history.present.variant == "B"
    first, second, third = (f"Move track 0 by {x}.00 m" for x in (1, 2, 3))
    assert labels(state) == {"A": [first, third], "B": [first, second]}


def test_everything_about_variants_can_be_undone() -> None:
    states = [moved(start_state(), 1.0)]
    for name, arguments in (
        ("variant-new", {"empty": True}),
        ("variant-rename", {"name": "quiet"}),
        ("variant-new", {"name": "loud"}),
        ("variant-delete", {"name": "A"}),
        ("variant-delete", {}),
    ):
        states.append(perform(states[-1], name, **arguments))
    assert [names(s) for s in states] == [
        *("A", "A B", "A quiet", "A quiet loud", "quiet loud", "quiet")
    ]
    now = states[-1]
    for before in reversed(states[:-1]):
        now = perform(now, "undo")
        assert now.history.present == before.history.present
    for after in states[1:]:
        now = perform(now, "redo")
        assert now.history.present == after.history.present


def test_going_elsewhere_and_back_is_nothing_to_save_but_a_new_one_is() -> None:
    state = start_state()
    assert not state.dirty
    made = perform(state, "variant-new")
    assert made.dirty
    kept = perform(
        made, "saved", path=Path("a"), variants=made.history.present.variants
    )
    assert not perform(kept, "variant", name="A").dirty
    assert perform(kept, "variant-rename", name="x").dirty


def test_what_is_wrong_is_said() -> None:
    state = perform(start_state(), "variant-new")
    for name, arguments, words in (
        ("variant", {"name": "Z"}, "the variants are: A, B"),
        ("variant-new", {"name": "A"}, "already"),
        ("variant-rename", {"name": " "}, "needs a name"),
        ("variant-delete", {"name": "Z"}, "no variant"),
    ):
        with pytest.raises(NsgError, match=words):
            perform(state, name, **arguments)
    with pytest.raises(NsgError, match="only variant"):
        perform(start_state(), "variant-delete")


def test_a_project_keeps_all_variants(tmp_path: Path) -> None:
    state = perform(moved(start_state(), 1.0), "variant-new")
    state = moved(state, 2.0)
    save_project(tmp_path / "a.nsgproj", project_of(state))
    project = load_project(tmp_path / "a.nsgproj")
    assert project.variant == "B"
    assert project.edits == state.edits
    assert project.variants == state.history.present.variants


@given(st.sets(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ123"), max_size=29))
def test_a_free_name_is_free(taken: set[str]) -> None:
    from nsg_core.documents.project import Variant

    assert free_name(tuple(Variant(name) for name in taken)) not in taken


def test_two_variants_are_compared_in_one_picture() -> None:
    model = ModelInfo("ready", keys=frozenset({"object/0", "object/1"}))
    state = perform(start_state(model=model), "move", track=0, by=(1.0, 0.0, 0.0))
    with pytest.raises(NsgError, match="no other variant"):
        perform(state, "variant-compare")
    state = perform(perform(state, "variant-new"), "turn", track=0, degrees=30.0)
    state = perform(state, "variant-compare")
    request = resolve(state, state.panel, (400, 200))
    other = before_request(state, request)
    assert request is not None
    assert other is not None
    first = perform(state, "variant", name="A")
    assert other.boxes == first.scene.at(first.frame) != request.boxes
    # Once more, and it stops; a comparison with no edits is one with none.
    assert before_request(perform(state, "variant-compare"), request) is None
    plain = perform(state, "looking", against="before")
    unedited = before_request(plain, request)
    assert unedited is not None
    assert unedited.boxes == state.drive.recording.at(state.frame)
