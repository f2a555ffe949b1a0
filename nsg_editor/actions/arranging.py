"""Actions that say where the views lie, and how much room panels have."""

from dataclasses import replace
from typing import Literal

from nsg_editor.actions.registry import action
from nsg_editor.geometry.arrangement import (
    Arrangement,
    Dock,
    Kind,
    divided,
    folded,
    swapped,
)
from nsg_editor.state import EditorState


@action("maximise")
def maximise(state: EditorState, view: Kind | None = None) -> EditorState:
    """Give the room of all views to one, or share it again."""
    now = state.settings.arrangement
    kind = view or state.views.active
    shared = now.alone == kind or (view is None and now.alone is not None)
    return _arranged(state, replace(now, alone=None if shared else kind))


@action("swap-views")
def swap_views(state: EditorState, view: Kind, other: Kind) -> EditorState:
    """Let two views change their places."""
    return _arranged(state, swapped(state.settings.arrangement, view, other))


@action("arrange-views")
def arrange_views(state: EditorState, beside: bool | None = None) -> EditorState:
    """Put the two small views beside the large one or below it."""
    now = state.settings.arrangement
    want = not now.beside if beside is None else beside
    return _arranged(state, replace(now, beside=want, alone=None))


@action("divide")
def divide(
    state: EditorState,
    part: Literal["large", "first", "left", "right", "bottom"],
    to: float,
) -> EditorState:
    """Size views (a share of the room) and docks (pixels)."""
    return _arranged(state, divided(state.settings.arrangement, part, to))


@action("fold")
def fold(
    state: EditorState,
    dock: Literal["left", "right", "bottom"],
    on: bool | None = None,
) -> EditorState:
    """Fold the panels at an edge of the window away, or unfold them."""
    return _arranged(state, folded(state.settings.arrangement, dock, on))


@action("crowd", internal=True)
def crowd(state: EditorState, docks: tuple[Dock, ...]) -> EditorState:
    """The window is too small for these panels, or not any more."""
    return _arranged(state, replace(state.settings.arrangement, crowded=docks))


@action("usual-layout")
def usual_layout(state: EditorState) -> EditorState:
    """All views and panels where they were at first."""
    crowded = state.settings.arrangement.crowded
    return _arranged(state, Arrangement(crowded=crowded))


def _arranged(state: EditorState, arrangement: Arrangement) -> EditorState:
    if arrangement == state.settings.arrangement:
        return state
    settings = replace(state.settings, arrangement=arrangement)
    return replace(state, settings=settings)
