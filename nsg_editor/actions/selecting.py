"""Actions that select: one, several, all, none, the others."""

from dataclasses import replace

from nsg_editor.actions.registry import action
from nsg_editor.state import EditorState
from nsg_editor.values import history


@action("select")
def select(state: EditorState, track: int | None, add: bool = False) -> EditorState:
    """Select the object of a track, or nothing; `add` takes it in or leaves it out.

    With `add` an object that is selected already becomes the active one, and the active
    one is deselected.
    """
    if track is not None:
        state.scene.object(track)
    if not add:
        return _selected(state, () if track is None else (track,))
    chosen = state.selected_tracks
    if track is None:
        return state
    rest = tuple(one for one in chosen if one != track)
    return _selected(state, rest if track == state.selection else (*rest, track))


def _selected(state: EditorState, tracks: tuple[int, ...]) -> EditorState:
    """These tracks, the active one last; what is going on ends."""
    closed = history.commit(state.history)
    hands = replace(state.hands, transform=None) if state.transform else state.hands
    return replace(
        state,
        selection=tracks[-1] if tracks else None,
        others=frozenset(tracks[:-1]),
        history=closed,
        hands=hands,
    )


@action("select-many")
def select_many(
    state: EditorState, tracks: tuple[int, ...], add: bool = False
) -> EditorState:
    """Select several objects, or add them; the last one is the active one."""
    for track in tracks:
        state.scene.object(track)
    before = state.selected_tracks if add else ()
    kept = tuple(track for track in before if track not in tracks)
    return _selected(state, (*kept, *dict.fromkeys(tracks)))


@action("select-all")
def select_all(state: EditorState) -> EditorState:
    """Select all objects that can be seen in this frame."""
    here = [box.track_id for box in state.scene.at(state.frame)]
    if not here:
        return replace(state, notice="No object is there in this frame.")
    last = [state.selection] if state.selection in here else here[-1:]
    return _selected(state, tuple(t for t in here if t not in last) + tuple(last))


@action("select-none")
def select_none(state: EditorState) -> EditorState:
    """Select nothing."""
    return _selected(state, ())


@action("select-inverse")
def select_inverse(state: EditorState) -> EditorState:
    """Select what is not selected in this frame, and nothing else."""
    chosen = set(state.selected_tracks)
    here = (box.track_id for box in state.scene.at(state.frame))
    return _selected(state, tuple(track for track in here if track not in chosen))


@action("select-next")
def select_next(state: EditorState, by: int = 1) -> EditorState:
    """Select the next object that is there in this frame."""
    here = [box.track_id for box in state.scene.at(state.frame)]
    if not here:
        return replace(state, notice="No object is there in this frame.")
    if state.selection in here:
        return select(state, here[(here.index(state.selection) + by) % len(here)])
    return select(state, here[0 if by > 0 else -1])


@action("hover", internal=True)
def hover(state: EditorState, track: int | None) -> EditorState:
    """Point at a box without selecting it."""
    return state if state.hover == track else replace(state, hover=track)
