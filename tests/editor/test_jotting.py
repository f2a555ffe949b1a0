"""The log: played again it gives the same scene."""

import inspect
import json
import typing
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsg_core.documents.scene_file import edit_list_to_json
from nsg_core.edits.edit import Edit
from nsg_core.errors import NsgError
from nsg_editor.actions.registry import fit_arguments, people
from nsg_editor.actions.table import ACTIONS
from nsg_editor.console.jotting import (
    LEAVING,
    LOOKING,
    PARTS,
    PASSING,
    Jotter,
    Line,
)
from nsg_editor.store import Store
from tests.any_edits import any_edits
from tests.editor.scenes import METRES, SHIFTS, start_state


def jotted() -> tuple[Store, Jotter]:
    store, jotter = Store(start_state()), Jotter()
    jotter.begin(store.state)
    store.hear(jotter.heard)
    return store, jotter


def played(lines: list[Line]) -> Store:
    store = Store(start_state())
    for line in json.loads(json.dumps(lines)):
        name = line.pop("do")
        store.dispatch(name, **fit_arguments(name, line))
    return store


def names(jotter: Jotter) -> list[str]:
    return [line["do"] for line in jotter.lines]


def test_a_gesture_is_one_line_and_hovering_none() -> None:
    store, jotter = jotted()
    store.dispatch("hover", track=1)
    store.dispatch("select", track=0)
    store.dispatch("begin")
    for x in (1.0, 2.0, 3.0):
        store.dispatch("drag-move", by=(x, 0.0, 0.0))
    store.dispatch("end")
    assert list(jotter.lines) == [
        {"do": "select", "track": 0},
        {
            "do": "apply",
            "edits": [{"do": "move", "track": 0, "by": [3.0, 0.0, 0.0]}],
        },
    ]


def test_a_copy_that_was_dragged_away_is_selected_again() -> None:
    store, jotter = jotted()
    store.dispatch("select", track=0)
    store.dispatch("drag-copy")
    store.dispatch("drag-move", by=(3.0, 0.0, 0.0))
    store.dispatch("end")
    again = played(list(jotter.lines)).state
    assert again.selection == store.state.selection != 0
    assert again.history == store.state.history


def test_a_cancelled_gesture_leaves_no_line() -> None:
    store, jotter = jotted()
    store.dispatch("select", track=0)
    for end in ("cancel", "undo"):
        store.dispatch("begin")
        store.dispatch("drag-turn", degrees=20.0)
        store.dispatch(end)
    assert names(jotter) == ["select"]


def test_letting_go_is_noted_but_not_as_what_it_was_meant_for_then() -> None:
    store, jotter = jotted()
    store.dispatch("select", track=0)
    store.dispatch("help")
    store.dispatch("cancel")
    store.dispatch("cancel")
    store.dispatch("cancel")
    assert names(jotter) == ["select", "select-none"]


def test_looking_around_is_noted_once_something_is_done_there() -> None:
    store, jotter = jotted()
    for _ in range(5):
        store.dispatch("step", by=1)
        store.dispatch("orbit", right=3.0, up=1.0)
    assert names(jotter) == []
    store.dispatch("duplicate", track=0)
    assert names(jotter) == ["frame", "look-from", "duplicate"]
    store.dispatch("home")
    store.dispatch("camera", name="image_03")
    store.dispatch("turn", track=0, degrees=5.0)
    assert names(jotter)[3:] == ["camera", "turn"]
    again = played(list(jotter.lines))
    assert again.state.scene == store.state.scene
    assert (again.state.camera, again.state.frame) == ("image_03", 3)


def test_the_log_is_a_play_in_a_file(tmp_path: Path) -> None:
    from nsg_editor.console.play import read_play

    store, jotter = jotted()
    (tmp_path / "empty.json").write_text(jotter.text())
    assert read_play(tmp_path / "empty.json") == []
    store.dispatch("move", track=0, by=(1.0, 0.0, 0.5))
    store.dispatch("save", to=Path("a.nsgproj"))
    (tmp_path / "play.json").write_text(jotter.text())
    assert read_play(tmp_path / "play.json") == list(jotter.lines)
    assert jotter.lines[-1] == {"do": "save", "to": "a.nsgproj"}


TRACKS = st.sampled_from([0, 1, 2, 10])
STEPS: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(st.just("select"), st.fixed_dictionaries({"track": TRACKS})),
    st.tuples(st.just("move"), st.fixed_dictionaries({"by": SHIFTS})),
    st.tuples(st.just("turn"), st.fixed_dictionaries({"degrees": METRES})),
    st.tuples(st.just("drag-move"), st.fixed_dictionaries({"by": SHIFTS})),
    st.tuples(st.just("drag-turn"), st.fixed_dictionaries({"degrees": METRES})),
    st.tuples(st.just("orbit"), st.just({"right": 2.0, "up": 1.0})),
    st.tuples(st.just("frame"), st.fixed_dictionaries({"to": st.integers(0, 3)})),
    st.tuples(
        st.sampled_from(
            [
                *("begin", "end", "cancel", "undo", "redo", "duplicate", "remove"),
                *("home", "variant-new", "variant-next", "play", "advance", "boxes"),
            ]
        ),
        st.just({}),
    ),
)


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=25))
def test_whatever_is_done_its_log_does_it_again(
    steps: list[tuple[str, dict[str, Any]]],
) -> None:
    store, jotter = jotted()
    for name, arguments in steps:
        try:
            store.dispatch(name, **arguments)
        except NsgError:
            # As for a person: it is said, and nothing has changed.
            continue
    store.dispatch("end")
    again = played(list(jotter.lines))
    assert again.state.scene == store.state.scene
    assert again.state.edits == store.state.edits
    assert again.state.selection == store.state.selection
    assert len(again.state.history.past) == len(store.state.history.past)
    assert again.state.history.present.variant == store.state.history.present.variant


START = start_state()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(any_edits(START.scene, most=5), st.lists(st.sampled_from("urd"), max_size=4))
def test_any_edits_and_jumps_are_played_again(
    edits: tuple[Edit, ...], after: list[str]
) -> None:
    store, jotter = jotted()
    for edit in edits:
        rows = edit_list_to_json((edit,))
        # What an earlier edit has locked is refused, here as in the window.
        with suppress(NsgError):
            store.dispatch("apply", **fit_arguments("apply", {"edits": rows}))
    for letter in after:
        try:
            if letter == "d":
                store.dispatch("select-next", by=1)
            else:
                store.dispatch({"u": "undo", "r": "redo"}[letter])
        except NsgError:
            continue
    again = played(list(jotter.lines)).state
    state = store.state
    assert again.scene == state.scene
    assert again.edits == state.edits
    assert again.selection == state.selection
    assert again.others == state.others
    for one in ("past", "future"):
        steps = (len(getattr(s.history, one)) for s in (again, state))
        assert next(steps) == next(steps)


PLAIN = (int, float, str, bool, list, dict, Path, type(None))


def plain(kind: Any) -> bool:
    """JSON can say it, and a play reads it again."""
    parts = [part for part in typing.get_args(kind) if part is not Ellipsis]
    if typing.get_origin(kind) is typing.Literal:
        return True
    return all(map(plain, parts)) if parts else kind in PLAIN


def test_what_is_noted_of_any_action_can_be_written_and_read() -> None:
    quiet = LOOKING | PASSING | LEAVING | PARTS
    assert quiet <= set(ACTIONS)
    noted = [a for a in people() if a.name not in quiet]
    for action in (a for a in noted if not a.name.startswith("drag-")):
        kinds = typing.get_type_hints(action.run)
        arguments = list(inspect.signature(action.run).parameters)[1:]
        assert all(plain(kinds[name]) for name in arguments), action.name
