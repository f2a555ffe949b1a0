"""Changes are told once, in order, also when a listener causes more."""

import pytest

from nsg_core.errors import NsgError
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from tests.editor.scenes import start_state


def test_listeners_see_every_change_in_one_order() -> None:
    store = Store(start_state())
    seen: list[tuple[int, int]] = []

    def echo(old: EditorState, new: EditorState) -> None:
        if new.frame < 3:
            store.dispatch("frame", to=new.frame + 1)

    def note(old: EditorState, new: EditorState) -> None:
        seen.append((old.frame, new.frame))

    store.listen(echo)
    store.listen(note)
    store.dispatch("frame", to=1)
    assert seen == [(0, 1), (1, 2), (2, 3)]


def test_what_changes_nothing_is_not_told() -> None:
    store = Store(start_state())
    told: list[EditorState] = []
    store.listen(lambda old, new: told.append(new))
    store.dispatch("hover", track=None)
    assert not told


def test_a_mistake_becomes_a_line_and_changes_nothing_else() -> None:
    store = Store(start_state())
    assert not store.attempt("move", by=(1.0, 0.0, 0.0))
    assert store.state.notice.startswith("Nothing is selected")
    assert store.state.scene == start_state().scene
    with pytest.raises(NsgError):
        store.dispatch("move", by=(1.0, 0.0, 0.0))
