"""Actions that change what is looked at: time, camera, free view, overlays."""

import math
from dataclasses import replace
from typing import Literal

from nsg_core.scene import Matrix, Vec3
from nsg_core.view import View
from nsg_editor import navigation
from nsg_editor.registry import action
from nsg_editor.state import Dialog, EditorState

AHEAD = 12.0
"""Metres to the point that the camera orbits when nothing is selected."""


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
    """The next frame while playing; after the last one comes the first."""
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


@action("home")
def home(state: EditorState) -> EditorState:
    """Back to the recorded camera."""
    return replace(state, free=None)


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
    return replace(state, tabs=(title, *(t for t in state.tabs if t != title)))


@action("close-dialog")
def close_dialog(state: EditorState) -> EditorState:
    """Close the message."""
    return replace(state, dialog=None)


@action("resize", internal=True)
def resize(state: EditorState, panel: tuple[int, int]) -> EditorState:
    """The picture's panel has another size."""
    return state if panel == state.panel else replace(state, panel=panel)


@action("complain", internal=True)
def complain(state: EditorState, title: str, text: str) -> EditorState:
    """Tell the user what went wrong."""
    return replace(state, dialog=Dialog(title, text))


@action("tell", internal=True)
def tell(state: EditorState, notice: str) -> EditorState:
    """One line for the status bar."""
    return replace(state, notice=notice)


def camera_pose(state: EditorState) -> Matrix:
    """Where the picture is seen from."""
    recorded = state.scene.view(state.camera, state.frame)
    return state.free or recorded.T_world_camera


def pivot(state: EditorState) -> Vec3:
    """What the free view turns about: the selected object, or a point ahead."""
    pose, node = state.selected_pose, state.selected
    here = camera_pose(state)
    if pose is not None and node is not None:
        x, y, z = pose.position
        centre = (x, y - node.size.height / 2, z)
        if navigation.distance_ahead(here, centre) > 0.5:
            return centre
    return navigation.point_ahead(here, AHEAD)


@action("orbit")
def orbit(state: EditorState, right: float, up: float) -> EditorState:
    """Turn the view about the selected object (degrees); leaves the recorded camera."""
    angles = math.radians(right), math.radians(up)
    pose = navigation.orbit(camera_pose(state), pivot(state), *angles)
    return replace(state, free=pose)


@action("look")
def look(state: EditorState, right: float, up: float) -> EditorState:
    """Turn the camera where it stands (degrees)."""
    angles = math.radians(right), math.radians(up)
    return replace(state, free=navigation.look(camera_pose(state), *angles))


@action("pan")
def pan(state: EditorState, view: View, du: float, dv: float) -> EditorState:
    """Shift the view so that the scene follows the mouse by pixels of a view."""
    pose = navigation.pan(camera_pose(state), view, pivot(state), du, dv)
    return replace(state, free=pose)


@action("fly")
def fly(state: EditorState, by: Vec3) -> EditorState:
    """Shift the view by metres along its own axes: right, down, forward."""
    return replace(state, free=navigation.fly(camera_pose(state), by))


@action("dolly")
def dolly(state: EditorState, notches: float) -> EditorState:
    """Go nearer to the selected object or the point ahead, or away from it."""
    pose = navigation.dolly(camera_pose(state), pivot(state), notches)
    return replace(state, free=pose)


@action("focus")
def focus(state: EditorState) -> EditorState:
    """Look at the selected object from near by."""
    node, pose = state.selected, state.selected_pose
    if node is None:
        return replace(state, notice="Select an object first, then F looks at it.")
    if pose is None:
        return replace(state, notice=f"{node.label} is not there in this frame.")
    x, y, z = pose.position
    size = node.size
    radius = math.dist((0, 0, 0), (size.length, size.height, size.width)) / 2
    recorded = state.scene.view(state.camera, state.frame)
    there = (x, y - size.height / 2, z)
    near = navigation.focus(camera_pose(state), there, radius, recorded)
    return replace(state, free=near)
