"""Actions that move what a view looks from: turn, pan, fly, nearer, focus.

Each takes the view that it is meant for; without one it is the view that the mouse was
over last.
"""

import math
from dataclasses import replace
from typing import Literal

from nsg_core.scene import Matrix, Vec3
from nsg_core.view import View
from nsg_editor.actions.registry import action
from nsg_editor.derived.request import frame_of, with_views
from nsg_editor.geometry import navigation
from nsg_editor.geometry.arrangement import Kind
from nsg_editor.state import EditorState
from nsg_editor.values.views import (
    MapLook,
    ground_height,
    map_fitted,
    map_panned,
    map_scale,
    map_zoomed,
)

AHEAD = 12.0
"""Metres to the point that a camera turns about when nothing is selected."""


def _free(state: EditorState, pose: Matrix | None) -> EditorState:
    return with_views(state, free=replace(state.views.free, pose=pose))


def _map(state: EditorState, look: MapLook) -> EditorState:
    return with_views(state, map=look)


def camera_pose(state: EditorState, where: Kind = "camera") -> Matrix:
    """Where a picture is seen from."""
    if where != "camera":
        return frame_of(state, where).view.T_world_camera
    recorded = state.scene.view(state.camera, state.frame)
    return state.free or recorded.T_world_camera


def _moved(state: EditorState, where: Kind, pose: Matrix) -> EditorState:
    return _free(state, pose) if where == "free" else replace(state, free=pose)


def pivot(state: EditorState, where: Kind = "camera") -> Vec3:
    """What a view turns about: the selected object, or a point ahead."""
    pose, node = state.selected_pose, state.selected
    here = camera_pose(state, where)
    if pose is not None and node is not None:
        x, y, z = pose.position
        centre = (x, y - node.size.height / 2, z)
        if navigation.distance_ahead(here, centre) > 0.5:
            return centre
    if where == "free":
        road = ground_height(state.scene, state.camera, state.frame)
        return navigation.ground_ahead(here, road, AHEAD)
    return navigation.point_ahead(here, AHEAD)


@action("home")
def home(state: EditorState, where: Kind | None = None) -> EditorState:
    """Back to the recorded camera; the free view and the map follow it again."""
    kind = where or state.views.active
    if kind == "free":
        return _free(state, pose=None)
    if kind == "map":
        return _map(state, replace(state.views.map, centre=None, scale=None))
    return replace(state, free=None)


@action("orbit")
def orbit(
    state: EditorState, right: float, up: float, where: Kind | None = None
) -> EditorState:
    """Turn the view about the selected object (degrees)."""
    kind = where or state.views.active
    if kind == "map":
        return state
    angles = math.radians(right), math.radians(up)
    here = camera_pose(state, kind)
    return _moved(state, kind, navigation.orbit(here, pivot(state, kind), *angles))


@action("look")
def look(
    state: EditorState, right: float, up: float, where: Kind | None = None
) -> EditorState:
    """Turn the camera where it stands (degrees)."""
    kind = where or state.views.active
    if kind == "map":
        return state
    angles = math.radians(right), math.radians(up)
    return _moved(state, kind, navigation.look(camera_pose(state, kind), *angles))


@action("pan")
def pan(
    state: EditorState, view: View, du: float, dv: float, where: Kind | None = None
) -> EditorState:
    """Shift the view so that the scene follows the mouse by pixels of a view."""
    kind = where or state.views.active
    if kind == "map":
        return _map(state, map_panned(state.views.map, view, du, dv))
    here = camera_pose(state, kind)
    pose = navigation.pan(here, view, pivot(state, kind), du, dv)
    return _moved(state, kind, pose)


@action("fly")
def fly(state: EditorState, by: Vec3, where: Kind | None = None) -> EditorState:
    """Shift the view by metres along its own axes: right, down, forward."""
    kind = where or state.views.active
    if kind == "map":
        view = frame_of(state, kind).view
        scale = map_scale(state.views.map)
        look = map_panned(state.views.map, view, -by[0] * scale, by[2] * scale)
        return _map(state, look)
    return _moved(state, kind, navigation.fly(camera_pose(state, kind), by))


@action("dolly")
def dolly(
    state: EditorState,
    notches: float,
    where: Kind | None = None,
    at: tuple[float, float] | None = None,
) -> EditorState:
    """Go nearer to the selected object or the point ahead, or away from it."""
    kind = where or state.views.active
    if kind == "map":
        view = frame_of(state, kind).view
        return _map(state, map_zoomed(state.views.map, view, notches, at))
    here = camera_pose(state, kind)
    pose = navigation.dolly(here, pivot(state, kind), notches)
    return _moved(state, kind, pose)


@action("focus")
def focus(state: EditorState, where: Kind | None = None) -> EditorState:
    """Look at the selected object from near by."""
    node, pose = state.selected, state.selected_pose
    kind = where or state.views.active
    if node is None:
        return replace(state, notice="Select an object first, then F looks at it.")
    if pose is None:
        return replace(state, notice=f"{node.label} is not there in this frame.")
    x, y, z = pose.position
    if kind == "map":
        near = max(map_scale(state.views.map), min(state.views.map.room) / 25)
        look = replace(state.views.map, centre=(x, z), scale=near)
        return _map(state, look)
    size = node.size
    radius = math.dist((0, 0, 0), (size.length, size.height, size.width)) / 2
    there = (x, y - size.height / 2, z)
    recorded = state.scene.view(state.camera, state.frame)
    view = recorded if kind == "camera" else frame_of(state, kind).view
    near = navigation.focus(camera_pose(state, kind), there, radius, view)
    return _moved(state, kind, near)


@action("fit-map")
def fit_map(state: EditorState) -> EditorState:
    """Show the whole drive on the map."""
    return _map(state, map_fitted(state.views.map, state.scene))


@action("follow")
def follow(state: EditorState, on: bool | None = None) -> EditorState:
    """Keep the map on the recorded car, or hold it where it is."""
    look = state.views.map
    if on is None:
        on = look.centre is not None
    view = frame_of(state, "map").view
    here = (view.T_world_camera[3], view.T_world_camera[11])
    return _map(state, replace(look, centre=None if on else here))


@action("free-picture")
def free_picture(
    state: EditorState, fill: Literal["shaded", "neural"] | None = None
) -> EditorState:
    """Fill the free view with shapes or with the neural picture; or the other way."""
    look = state.views.free
    other = "neural" if look.fill == "shaded" else "shaded"
    return with_views(state, free=replace(look, fill=fill or other))
