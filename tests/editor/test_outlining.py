"""Names, hiding, locks and solo: in the list, in the picture, in one step each."""

from dataclasses import replace

import pytest

from nsg_core.documents.project import Project, load_project, save_project
from nsg_core.edits.edit import replay
from nsg_core.errors import NsgError
from nsg_editor.actions.table import perform
from nsg_editor.derived.request import resolve
from nsg_editor.derived.rows import listed, rows
from nsg_editor.state import EditorState, ModelInfo
from tests.editor.scenes import start_state


def after(
    *steps: tuple[str, dict[str, object]], state: EditorState | None = None
) -> EditorState:
    """The state after some actions."""
    state = state or start_state()
    for name, arguments in steps:
        state = perform(state, name, **arguments)
    return state


def labels(state: EditorState) -> list[str]:
    """What the list says."""
    return [row.label for row in rows(state)]


def test_the_list_goes_by_class():
    assert labels(start_state()) == [
        *("Cameras", "image_02", "image_03"),
        *("Car", "Car 0", "Car 1", "Pedestrian", "Pedestrian 2"),
    ]


def test_who_comes_later_is_listed_and_dim():
    there = {
        row.label: row.there for row in rows(start_state()) if row.kind == "object"
    }
    assert there == {"Car 0": True, "Car 1": True, "Pedestrian 2": False}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("car", ["Car", "Car 0", "Car 1"]),
        ("1", ["Car", "Car 1"]),
        ("PED", ["Pedestrian", "Pedestrian 2"]),
        ("image_03", ["Cameras", "image_03"]),
        ("tram", []),
    ],
)
def test_searching(text, found):
    assert labels(after(("list-search", {"text": text}))) == found


def test_folding():
    state = after(("list-fold", {"heading": "Car"}))
    assert labels(state)[3:] == ["Car", "Pedestrian", "Pedestrian 2"]
    assert listed(state) == [2]
    assert labels(after(("list-fold", {"heading": "Car"}), state=state)) == labels(
        start_state()
    )


def test_several_are_hidden_in_one_step_and_shown_again():
    state = after(("select-many", {"tracks": (0, 1)}), ("hide", {}))
    assert [o.visible for o in state.scene.objects] == [False, False, True]
    assert len(state.history.past) == 1
    assert after(("undo", {}), state=state).scene == start_state().scene
    assert after(("show-all", {}), state=state).scene == start_state().scene
    assert after(("hide", {}), state=state).scene == start_state().scene


def test_a_copy_with_another_name():
    state = after(("select", {"track": 0}), ("rename", {"name": " Delivery van "}))
    assert "Delivery van" in labels(state)
    assert state.notice == "Car 0 is called Delivery van now."
    assert after(("rename", {"name": "Delivery van"}), state=state).edits == state.edits
    assert after(("rename", {"name": ""}), state=state).scene == start_state().scene
    same = after(("select", {"track": 0}), ("rename", {"name": "Car 0"}))
    assert same.edits == ()


@pytest.mark.parametrize(
    "step",
    [
        ("move", {"by": (0.0, 0.0, 1.0)}),
        ("turn", {"degrees": 5.0}),
        ("remove", {}),
        ("set-look", {"look": "object/1"}),
    ],
)
def test_what_is_locked_stays(step):
    state = after(("select", {"track": 0}), ("lock", {}))
    with pytest.raises(NsgError, match="Car 0 is locked"):
        perform(state, step[0], **step[1])
    freed = after(("lock", {}), step, state=state)
    assert len(freed.edits) == 3
    # Steps back to before the lock, and on again, are no changes of what is locked.
    back = after(("undo", {}), ("undo", {}), ("undo", {}), state=freed)
    again = after(("redo", {}), ("redo", {}), ("redo", {}), state=back)
    assert again.edits == freed.edits


def test_what_is_locked_may_be_named_and_hidden():
    state = after(
        ("lock", {"track": 0}),
        ("rename", {"name": "x", "track": 0}),
        ("hide", {"track": 0}),
    )
    assert len(state.edits) == 3


def test_solo_is_a_way_of_looking():
    ready = replace(start_state(), model=ModelInfo("ready"))
    state = after(("select", {"track": 0}), ("solo", {}), state=ready)
    assert [box.track_id for box in state.scene.at(0)] == [0]
    assert state.edits == ()
    assert [box.track_id for box in resolve(state, (400, 120), (999, 999)).boxes] == [0]
    assert [row.visible for row in rows(state) if row.kind == "object"] == [True] * 3
    more = after(("solo", {"track": 1}), state=state)
    assert [box.track_id for box in more.scene.at(0)] == [0, 1]
    moved = after(("move", {"by": (1.0, 0.0, 0.0)}), ("undo", {}), state=more)
    assert moved.history.present.scene == start_state().scene
    assert after(("solo", {"on": False}), state=more).scene == start_state().scene
    # It is over with the last of them.
    assert after(("remove", {}), state=state).scene.at(0) != ()


def test_a_copy_of_what_is_alone_is_seen_beside_it():
    state = after(("select", {"track": 0}), ("solo", {}), ("duplicate", {"later": 1}))
    assert [box.track_id for box in state.scene.at(1)] == [0, 3]
    copy = state.scene.object(3).track
    assert copy.at(2) == state.scene.object(0).track.at(1)


def test_all_of_it_is_in_the_project(tmp_path):
    state = after(
        ("rename", {"name": "Taxi", "track": 0}),
        ("hide", {"track": 1}),
        ("lock", {"track": 2}),
        ("swap-looks", {"track": 0, "other": 1}),
        ("mount", {"shift": (0.0, -0.5, 0.0)}),
        ("camera-key", {"where": "camera"}),
    )
    file = tmp_path / "drive.nsgproj"
    save_project(file, Project(tmp_path, edits=state.edits))
    again = replay(start_state().scene, load_project(file).edits)
    assert again == state.scene


def test_looks_are_swapped_in_one_step():
    state = after(("select-many", {"tracks": (0, 1)}), ("swap-looks", {}))
    assert [o.model for o in state.scene.objects[:2]] == ["object/1", "object/0"]
    assert after(("undo", {}), state=state).scene == start_state().scene
    with pytest.raises(NsgError, match="select two"):
        after(("select", {"track": 0}), ("swap-looks", {}))


def test_reaching_over_rows():
    state = after(("select", {"track": 0}), ("list-reach", {"track": 2}))
    assert state.selected_tracks == (0, 1, 2)
    assert state.selection == 2
    assert after(("list-reach", {"track": 1})).selected_tracks == (1,)


def test_who_wants_to_rename_sees_the_row() -> None:
    state = perform(start_state(), "list-fold", heading="Car", on=True)
    state = perform(state, "list-search", text="Pedestrian")
    state = perform(perform(state, "fold", dock="left"), "select", track=0)
    state = perform(state, "list-rename")
    assert state.outline.renaming == 0
    assert 0 in listed(state)
    assert "left" not in state.settings.arrangement.closed
    # What was put away stays so where it is not in the way.
    walker = perform(
        perform(start_state(), "list-search", text="2"), "list-rename", track=2
    )
    assert walker.outline.search == "2"


def test_the_menu_of_a_row_is_asked_for_with_somebody_selected() -> None:
    with pytest.raises(NsgError):
        perform(start_state(), "list-menu")
    state = perform(start_state(), "select", track=0)
    asked = perform(state, "list-menu")
    assert asked.outline.menus == state.outline.menus + 1
    assert asked.history == state.history


def test_arguments_of_one_action_can_be_asked_for() -> None:
    state = perform(start_state(), "palette", name="duplicate", line="later=5")
    assert state.front.palette
    assert state.front.asks == ("duplicate", "later=5")
    assert perform(state, "palette", on=False).front.asks is None
