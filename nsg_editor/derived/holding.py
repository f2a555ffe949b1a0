"""Which boxes the hands hold in a state, and by which handles."""

import math

import numpy as np

from nsg_core.scene import ObjectNode, PlacedBox
from nsg_core.view import View
from nsg_editor.geometry.axes import AXES, Axes, AxesName, Axis, axes_of, lane_yaw, said
from nsg_editor.geometry.dragging import SPINS, Faces, Part
from nsg_editor.geometry.gizmo import Gizmo
from nsg_editor.geometry.transform import change, words
from nsg_editor.state import EditorState
from nsg_editor.values.history import copied

ROOM = 440.0
"""Pixels of a view's shorter side from which on handles have their full size."""
SMALLEST = 0.4
"""How small they become at most, as a share of it."""


def box_of(state: EditorState, track: int | None) -> PlacedBox | None:
    """Where an object stands in the state's frame, if it can be seen there."""
    if track is None:
        return None
    boxes = state.scene.at(state.frame)
    return next((box for box in boxes if box.track_id == track), None)


def start_of(state: EditorState, track: int) -> PlacedBox | None:
    """Where an object stood when the open gesture began."""
    base = state.history.base
    scene = state.scene if base is None else base.scene
    copies = {copy.new_track: copy.track for copy in copied(state.history)}
    track = copies.get(track, track)
    boxes = scene.at(state.frame)
    return next((box for box in boxes if box.track_id == track), None)


def axes_for(state: EditorState, box: PlacedBox, name: AxesName | None = None) -> Axes:
    """The axes along which a box is moved, as chosen or of this name."""
    name, lane = name or state.hands.axes, 0.0
    if name == "lane":
        node = state.scene.object(box.track_id)
        lane = lane_yaw(state.scene, state.camera, node, state.frame)
    return axes_of(name, box, lane, state.hands.free)


def gizmo_of(state: EditorState, view: View) -> Gizmo | None:
    """The handles of the active object; a locked one has none."""
    node = state.selected
    box = box_of(state, state.selection)
    if node is None or box is None or is_locked(node):
        return None
    axes = axes_for(state, box)
    return Gizmo(view, box, axes, state.hands.free, room(view, state.settings.scale))


def room(view: View, scale: float = 1.0) -> float:
    """How large handles are, where letters have this scale.

    In a small view, handles of the full size would cover all that is in it.
    """
    share = min(view.width, view.height) / (ROOM * scale)
    return scale * min(max(share, SMALLEST), 1.0)


def line_of(
    state: EditorState, start: PlacedBox, part: Part | Faces | None
) -> tuple[Axis, np.ndarray] | None:
    """The axis that an object is being moved along, and its direction, if any."""
    t = state.transform
    if t is not None:
        if t.kind == "turn" or t.axis is None or t.plane:
            return None
        return t.axis, axes_for(state, start, t.axes).along(t.axis)
    if isinstance(part, tuple) or part not in AXES:
        return None
    return part, axes_for(state, start).along(part)


def is_locked(node: ObjectNode) -> bool:
    """It must not be changed by hand."""
    return bool(getattr(node, "locked", False))


def locked_words(label: str) -> str:
    """Why nothing changes an object that is called so."""
    return f"{label} is locked; Ctrl+L unlocks it."


def way_words(state: EditorState) -> str:
    """ "1.20 m forward, 0.30 m left": what the gesture did to the active object."""
    track = state.selection
    box = box_of(state, track)
    start = None if track is None else start_of(state, track)
    if box is None or start is None:
        return ""
    if box.size != start.size:
        s = box.size
        return f"{s.length:.2f} x {s.width:.2f} x {s.height:.2f} m"
    axes = axes_for(
        state, start, None if state.transform is None else state.transform.axes
    )
    by = np.subtract(box.pose.position, start.pose.position)
    parts = (axes.matrix() @ by).tolist()
    told = [
        said(axes.name, a, m) for a, m in zip(AXES, parts, strict=True) if abs(m) > 5e-3
    ]
    for spin, now, then in zip(SPINS, box.pose.angles, start.pose.angles, strict=True):
        degrees = math.degrees(math.remainder(now - then, math.tau))
        if abs(degrees) > 0.05:
            told.append(f"{abs(degrees):.1f} degrees {SPINS[spin][degrees < 0]}")
    return ", ".join(told)


def told(state: EditorState) -> str:
    """The move, turn or resize by keys that goes on, in words; empty: none does."""
    t = state.transform
    start = None if state.selection is None else start_of(state, state.selection)
    if t is None or start is None:
        return ""
    axes = axes_for(state, start, t.axes)
    done = change(t, start, axes, state.hands.free)
    said = words(t, done, start.size, axes)
    return f"{said}      Enter keeps, Esc takes back, X Y Z choose an axis"
