"""Actions about the program itself: its keys, its colours, its size."""

from dataclasses import replace
from typing import Literal

from nsg_editor.actions.registry import action
from nsg_editor.geometry.transform import Hands
from nsg_editor.state import EditorState
from nsg_editor.values.settings import SCALES, Settings

KEPT = 12
"""Actions of the palette that are remembered."""


def as_liked(state: EditorState, settings: Settings) -> EditorState:
    """The state with what its user has chosen for the program, whatever is open."""
    hands = Hands(settings.axes, settings.free, settings.snap)
    return replace(state, settings=settings, hands=hands, tabs=settings.tabs)


def _chosen(state: EditorState, settings: Settings, notice: str) -> EditorState:
    return replace(state, settings=settings, notice=notice)


@action("preferences")
def preferences(state: EditorState, on: bool | None = None) -> EditorState:
    """Choose keys, colours and the size of letters."""
    front = state.front
    shown = not front.preferences if on is None else on
    return replace(state, front=replace(front, preferences=shown))


@action("palette")
def palette(
    state: EditorState, on: bool | None = None, name: str = "", line: str = ""
) -> EditorState:
    """Search all that can be done, and do it; of one action ask for its arguments."""
    front = state.front
    shown = bool(name) or (not front.palette if on is None else on)
    asks = (name, line) if name else None
    return replace(state, front=replace(front, palette=shown, asks=asks))


@action("palette-used", internal=True)
def palette_used(state: EditorState, name: str) -> EditorState:
    """The palette did something, which comes first next time."""
    used = (name, *(n for n in state.settings.used if n != name))[:KEPT]
    return replace(state, settings=replace(state.settings, used=used))


@action("keymap")
def keymap(
    state: EditorState, name: Literal["Blender", "Unreal"] | None = None
) -> EditorState:
    """Use the keys of Blender or of Unreal; without a name, the other ones."""
    now = state.settings.keymap
    name = name or ("Unreal" if now == "Blender" else "Blender")
    told = f"Keys are now as in {name}; ? lists them."
    return _chosen(state, replace(state.settings, keymap=name), told)


@action("theme")
def theme(
    state: EditorState, name: Literal["dark", "light"] | None = None
) -> EditorState:
    """Use dark or light colours; without a name, the other ones."""
    name = name or ("light" if state.settings.theme == "dark" else "dark")
    return _chosen(state, replace(state.settings, theme=name), f"Colours are {name}.")


@action("ui-scale")
def ui_scale(state: EditorState, to: float | None = None, by: int = 0) -> EditorState:
    """Make letters and buttons larger or smaller; 1 is the usual size."""
    now = state.settings.scale
    nearest = min(SCALES, key=lambda s: abs(s - (now if to is None else to)))
    at = min(max(SCALES.index(nearest) + by, 0), len(SCALES) - 1)
    scaled = replace(state.settings, scale=SCALES[at])
    return _chosen(state, scaled, f"Letters and buttons at {100 * SCALES[at]:.0f} %.")
