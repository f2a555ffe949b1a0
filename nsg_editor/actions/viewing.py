"""Actions that change what is looked at: time, camera, overlays, messages."""

from dataclasses import replace
from typing import Literal

from nsg_editor.actions.flying import advanced
from nsg_editor.actions.registry import action
from nsg_editor.derived.complaints import shown
from nsg_editor.derived.request import with_views
from nsg_editor.geometry.arrangement import Kind
from nsg_editor.state import Dialog, EditorState

MOST_TABS = 12
"""Panels whose order is kept; there are not many more."""
PREVIEW_S = 0.1
"""The camera path goes on by so much with each step: ten of them are a second."""


@action("frame")
def frame(state: EditorState, to: int) -> EditorState:
    """Go to a frame of the recording."""
    state.scene.index(to)
    return state if to == state.frame else replace(state, frame=to)


@action("step")
def step(state: EditorState, by: int = 1) -> EditorState:
    """Go some frames on or back; stops at the ends."""
    frames = state.scene.frames
    i = min(max(state.scene.index(state.frame) + by, 0), len(frames) - 1)
    return replace(state, frame=frames[i], playing=False)


@action("advance")
def advance(state: EditorState) -> EditorState:
    """The next frame while playing; after the last one comes the first.

    Who looks from the camera path sees it go on.
    """
    if state.flying:
        return advanced(state, PREVIEW_S)
    frames = state.scene.frames
    i = (state.scene.index(state.frame) + 1) % len(frames)
    return replace(state, frame=frames[i])


@action("play")
def play(state: EditorState, on: bool | None = None) -> EditorState:
    """Play the drive, or stop."""
    return replace(state, playing=not state.playing if on is None else on)


@action("camera")
def camera(state: EditorState, name: str) -> EditorState:
    """Look through another recorded camera."""
    state.scene.camera(name)
    return replace(state, camera=name, free=None)


@action("show")
def show(
    state: EditorState, picture: Literal["neural", "recorded"] | None = None
) -> EditorState:
    """Show the neural or the recorded picture; without a name, the other one."""
    other = "recorded" if state.shown == "neural" else "neural"
    shown = picture or other
    if shown == "neural" and state.model.status == "none":
        return replace(state, shown=shown, notice="Not trained yet: press Train.")
    return replace(state, shown=shown)


@action("boxes")
def boxes(state: EditorState, on: bool | None = None) -> EditorState:
    """Draw the boxes over the picture, or leave them out."""
    return replace(state, boxes=not state.boxes if on is None else on)


@action("help")
def show_help(state: EditorState, on: bool | None = None) -> EditorState:
    """Show all keys, or close the list."""
    return replace(state, help=not state.help if on is None else on)


@action("panel")
def panel(state: EditorState, title: str) -> EditorState:
    """Show a panel of the window by its title, as Train or Object."""
    tabs = (title, *(t for t in state.tabs if t != title))[:MOST_TABS]
    settings = replace(state.settings, tabs=tabs)
    return replace(state, tabs=tabs, settings=settings)


@action("close-dialog")
def close_dialog(state: EditorState, every: bool = False) -> EditorState:
    """Close the message; the one before it, if there is one, shows again."""
    return shown(state, () if every else state.older)


@action("resize", internal=True)
def resize(
    state: EditorState, panel: tuple[int, int], where: Kind = "camera"
) -> EditorState:
    """A view has another size on the screen."""
    views = state.views
    if where == "free":
        return with_views(state, free=replace(views.free, room=panel))
    if where == "map":
        return with_views(state, map=replace(views.map, room=panel))
    return state if panel == state.panel else replace(state, panel=panel)


@action("complain", internal=True)
def complain(state: EditorState, title: str, text: str) -> EditorState:
    """Tell the user what went wrong."""
    return replace(state, dialog=Dialog(title, text))


@action("recording-read", internal=True)
def recording_read(state: EditorState) -> EditorState:
    """A recorded picture that could not be read is there again."""
    return replace(state, notice="The recorded picture is there again.")


@action("tell", internal=True)
def tell(state: EditorState, notice: str) -> EditorState:
    """One line for the status bar."""
    return replace(state, notice=notice)


@action("point-at-view", internal=True)
def point_at_view(state: EditorState, view: Kind) -> EditorState:
    """The mouse is over this view: keys are meant for it."""
    return with_views(state, active=view)


@action("no-shading", internal=True)
def no_shading(state: EditorState, why: str) -> EditorState:
    """There can be no shaded picture: lines will do."""
    notice = f"The free view is drawn with lines only: {why}"
    return replace(with_views(state, trouble=why), notice=notice)
