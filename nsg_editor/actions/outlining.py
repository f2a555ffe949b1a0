"""Actions of the scene's list: names, hiding, locks, solo, the list itself."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nsg_core.edits.edit import Edit
from nsg_core.edits.objects import Lock, Rename, Show
from nsg_core.errors import NsgError
from nsg_core.scene import ObjectNode
from nsg_editor.actions.arranging import fold
from nsg_editor.actions.changing import active
from nsg_editor.actions.registry import action
from nsg_editor.derived.rows import listed, matches
from nsg_editor.state import EditorState
from nsg_editor.values import history


def _tracks(state: EditorState, track: int | None) -> tuple[int, ...]:
    """This object, or all that are selected."""
    if track is not None:
        return (state.scene.object(track).track_id,)
    if not state.selected_tracks:
        raise NsgError("nothing is selected; click a box or a row of the scene first.")
    return state.selected_tracks


def _done(state: EditorState, edits: tuple[Edit, ...], notice: str) -> EditorState:
    """Edits as one step, which leaves the selection alone."""
    if not edits:
        return state
    done = history.do(state.history, edits, state.selection, state.selection)
    return replace(state, history=done, notice=notice)


def _named(state: EditorState, tracks: tuple[int, ...]) -> str:
    if len(tracks) == 1:
        return state.scene.object(tracks[0]).label
    return f"{len(tracks)} objects"


def _node(state: EditorState, track: int) -> ObjectNode:
    """As the project has it, whatever is looked at alone."""
    return state.history.present.scene.object(track)


def _switch(
    state: EditorState,
    tracks: tuple[int, ...],
    on: bool | None,
    now: Callable[[ObjectNode], bool],
    edit: Callable[[int, bool], Edit],
) -> tuple[tuple[Edit, ...], bool]:
    """The edits that switch objects on or off, or all as the last one is not."""
    wanted = not now(_node(state, tracks[-1])) if on is None else on
    changed = (track for track in tracks if now(_node(state, track)) != wanted)
    return tuple(edit(track, wanted) for track in changed), wanted


@action("hide")
def hide(
    state: EditorState, on: bool | None = None, track: int | None = None
) -> EditorState:
    """Hide the selected objects from all pictures, or show them again."""
    tracks = _tracks(state, track)
    edits, hidden = _switch(
        state, tracks, on, lambda node: not node.visible, lambda t, h: Show(t, not h)
    )
    done = _done(
        state, edits, f"{'Hidden' if hidden else 'Shown'}: {_named(state, tracks)}."
    )
    return replace(done, hover=None)


@action("show-all")
def show_all(state: EditorState) -> EditorState:
    """Show everything that is hidden, and end solo."""
    hidden = [o.track_id for o in state.history.present.scene.objects if not o.visible]
    state = replace(state, outline=replace(state.outline, solo=frozenset()))
    if not hidden:
        return replace(state, notice="Nothing is hidden.")
    edits = tuple(Show(track, True) for track in hidden)
    return _done(state, edits, f"Shown: {_named(state, tuple(hidden))}.")


@action("lock")
def lock(
    state: EditorState, on: bool | None = None, track: int | None = None
) -> EditorState:
    """Lock the selected objects so that no hand moves them, or unlock them."""
    tracks = _tracks(state, track)
    edits, locked = _switch(state, tracks, on, lambda node: node.locked, Lock)
    word = "Locked" if locked else "Unlocked"
    return _done(state, edits, f"{word}: {_named(state, tracks)}.")


@action("solo")
def solo(
    state: EditorState, on: bool | None = None, track: int | None = None
) -> EditorState:
    """Look at the selected objects alone, or at everything again."""
    now = state.outline.solo
    if on is False and track is None:
        return _soloed(state, frozenset())
    tracks = frozenset(_tracks(state, track))
    wanted = not tracks <= now if on is None else on
    # A row's button adds to what is alone; the key means what is selected.
    if track is None:
        return _soloed(state, tracks if wanted else frozenset())
    return _soloed(state, now | tracks if wanted else now - tracks)


def _soloed(state: EditorState, tracks: frozenset[int]) -> EditorState:
    alone = _named(state, tuple(tracks)) if tracks else "everything"
    shown = replace(state, outline=replace(state.outline, solo=tracks), hover=None)
    return replace(shown, notice=f"Showing {alone}.")


@action("rename")
def rename(state: EditorState, name: str, track: int | None = None) -> EditorState:
    """Call the selected object something else; nothing gives it its own name back."""
    (track,) = _tracks(state, track)[-1:]
    state = replace(state, outline=replace(state.outline, renaming=None))
    name = name.strip()
    node = _node(state, track)
    # Its own name typed again is no name of its own.
    if name == node.name or (not node.name and name == node.label):
        return state
    edit = Rename(track, name)
    return _done(state, (edit,), f"{node.label} is called {name or 'as before'} now.")


def _outline(state: EditorState, **changes: Any) -> EditorState:
    outline = replace(state.outline, **changes)
    return state if outline == state.outline else replace(state, outline=outline)


@action("list-search")
def list_search(state: EditorState, text: str = "") -> EditorState:
    """List only objects whose name, class or number has these letters."""
    return _outline(state, search=text)


@action("list-fold")
def list_fold(state: EditorState, heading: str, on: bool | None = None) -> EditorState:
    """Put the rows under a heading of the list away, or bring them back."""
    folded = state.outline.folded
    wanted = heading not in folded if on is None else on
    rest = folded - {heading}
    return _outline(state, folded=rest | {heading} if wanted else rest)


@action("list-rename")
def list_rename(
    state: EditorState, track: int | None = None, on: bool = True
) -> EditorState:
    """Type another name for the selected object, in the list."""
    if not on:
        return _outline(state, renaming=None)
    track = _tracks(state, track)[-1]
    tabs = ("Scene", *(tab for tab in state.tabs if tab != "Scene"))
    seen = replace(fold(_listing(state, track), "left", on=False), tabs=tabs)
    return _outline(seen, renaming=track)


def _listing(state: EditorState, track: int) -> EditorState:
    """The list with this object's row in it."""
    node, now = _node(state, track), state.outline
    search = now.search if matches(node, now.search) else ""
    return _outline(state, search=search, folded=now.folded - {node.category})


@action("list-reach")
def list_reach(state: EditorState, track: int) -> EditorState:
    """Select all rows of the list from the active object to this one."""
    order = listed(state)
    if state.selection not in order or track not in order:
        return replace(state, selection=track, others=frozenset())
    a, b = sorted((order.index(state.selection), order.index(track)))
    rest = frozenset(order[a : b + 1]) | state.others
    closed = history.commit(state.history)
    return replace(state, selection=track, others=rest - {track}, history=closed)


@action("list-menu")
def list_menu(state: EditorState) -> EditorState:
    """What can be done with the selected object, as a list at its row."""
    active(state)
    return replace(state, outline=replace(state.outline, menus=state.outline.menus + 1))
