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
from nsg_editor.values.front import AREA_NAMES, AREAS, Area


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


@action("keys-to")
def keys_to(
    state: EditorState,
    area: Literal["menus", "left", "views", "time", "bottom", "right"] | None = None,
) -> EditorState:
    """Let Tab, arrows and Enter work in the menus or a panel, or in the views again."""
    if area is None:
        return replace(state, front=replace(state.front, area=None))
    notice = f"Keys go to {AREA_NAMES[area]}: Tab, arrows, Enter; Esc goes back."
    # Whoever asks for a panel sees it, also where its dock was folded.
    dock = area if area in ("left", "right", "bottom") else None
    seen = state if dock is None else fold(state, dock, on=False)
    front = replace(seen.front, area=area)
    return replace(seen, front=front, notice=notice)


@action("next-panel")
def next_panel(state: EditorState, by: int = 1) -> EditorState:
    """Let Tab, arrows and Enter work in the next panel."""
    closed = state.settings.arrangement.closed
    there: list[Area] = [area for area in AREAS if area not in closed]
    # From the views they go to the first panel, or back to the last one.
    at = there.index(state.front.area) if state.front.area in there else 0
    return keys_to(state, there[(at + by) % len(there)])


def _arranged(state: EditorState, arrangement: Arrangement) -> EditorState:
    if arrangement == state.settings.arrangement:
        return state
    settings = replace(state.settings, arrangement=arrangement)
    return replace(state, settings=settings)
