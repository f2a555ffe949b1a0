"""Actions of drawing a way on the ground: point by point, then Enter."""

from dataclasses import replace

import numpy as np

from nsg_core.edits.keys import FASTEST, DrawPath
from nsg_core.errors import NsgError
from nsg_core.motion.ground import Ground, ground_of
from nsg_core.scene import Scene, Vec3
from nsg_editor.actions.changing import active, as_step, changeable
from nsg_editor.actions.registry import action
from nsg_editor.state import EditorState
from nsg_editor.values import history
from nsg_editor.values.timing import Drawing

HINT = "Click points on the road, or drag along it; Enter ends the way, Esc drops it."
CLOSE = 0.3
"""Metres from the last point that a new one must have: a hand trembles too."""
_GROUNDS: dict[int, tuple[Scene, Ground]] = {}


@action("draw-path")
def draw_path(state: EditorState) -> EditorState:
    """Draw a new way for the selected object, from this frame on."""
    node = active(state)
    changeable(state, node.track_id)
    pose = node.track.at(state.frame)
    start = () if pose is None else (pose.position,)
    drawing = Drawing(node.track_id, start)
    ended = history.commit(state.history)
    timing = replace(state.timing, drawing=drawing)
    return replace(state, timing=timing, history=ended, playing=False, notice=HINT)


@action("draw-point")
def draw_point(state: EditorState, to: Vec3) -> EditorState:
    """Add a point of the ground to the way that is being drawn."""
    drawing = _drawing(state)
    x, _, z = to
    y = float(road(state.drive.recording).height(np.array([to]))[0])
    if drawing.points and np.hypot(*_apart(drawing.points[-1], to)) < CLOSE:
        return state
    return _with(state, replace(drawing, points=(*drawing.points, (x, y, z))))


def _apart(a: Vec3, b: Vec3) -> tuple[float, float]:
    return b[0] - a[0], b[2] - a[2]


def road(recording: Scene) -> Ground:
    """The road of a recording, which never changes: looked at once."""
    found = _GROUNDS.get(id(recording))
    if found is None or found[0] is not recording:
        _GROUNDS.clear()
        found = _GROUNDS[id(recording)] = (recording, ground_of(recording))
    return found[1]


@action("draw-undo")
def draw_undo(state: EditorState) -> EditorState:
    """Take the last point of the way that is being drawn back."""
    drawing = _drawing(state)
    return _with(state, replace(drawing, points=drawing.points[:-1]))


@action("draw-speed")
def draw_speed(state: EditorState, speed: float | None) -> EditorState:
    """Let the way be driven at so many m/s; null: as fast as the object was."""
    if speed is not None and not 0 < speed <= FASTEST:
        raise NsgError(f"a speed is above 0 and at most {FASTEST:.0f} m/s.")
    return _with(state, replace(_drawing(state), speed=speed))


@action("draw-finish")
def draw_finish(state: EditorState) -> EditorState:
    """Let the object drive along the way that was drawn."""
    drawing = _drawing(state)
    if len(drawing.points) < 2:
        raise NsgError("a way needs two points at least; click the road first.")
    speeds = () if drawing.speed is None else (drawing.speed,)
    edit = DrawPath(drawing.track, drawing.points, state.frame, speeds)
    done = as_step(drawing_dropped(state), (edit,))
    return replace(done, notice="The way is drawn; drag its points to change it.")


@action("draw-drop")
def draw_drop(state: EditorState) -> EditorState:
    """Forget the way that is being drawn."""
    return drawing_dropped(state)


def drawing_dropped(state: EditorState) -> EditorState:
    """A state in which nothing is being drawn."""
    return replace(state, timing=replace(state.timing, drawing=None))


def _drawing(state: EditorState) -> Drawing:
    drawing = state.timing.drawing
    if drawing is None:
        raise NsgError("no way is being drawn; press D first.")
    return drawing


def _with(state: EditorState, drawing: Drawing) -> EditorState:
    timing = replace(state.timing, drawing=drawing)
    return replace(state, timing=timing, notice=HINT)
