"""Actions that change the scene: select, move, turn, copy, remove, undo."""

import math
from dataclasses import replace

from nsg_core.edits import Duplicate, Edit, Move, Remove, Turn
from nsg_core.errors import NsgError
from nsg_core.scene import ObjectNode, Vec3
from nsg_editor import history
from nsg_editor.registry import action
from nsg_editor.state import EditorState


def _selected(state: EditorState, track: int | None = None) -> ObjectNode:
    wanted = state.selection if track is None else track
    if wanted is None:
        raise NsgError("nothing is selected; click a box or a row of the scene first.")
    return state.scene.object(wanted)


def _do(state: EditorState, edit: Edit, selection: int | None) -> EditorState:
    """One edit as one step of the history."""
    done = history.do(state.history, (edit,), state.selection, selection)
    return replace(state, history=done, selection=selection)


@action("select")
def select(state: EditorState, track: int | None) -> EditorState:
    """Select the object of a track, or nothing."""
    if track is not None:
        state.scene.object(track)
    closed = history.commit(state.history)
    return replace(state, selection=track, history=closed)


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


@action("move")
def move(state: EditorState, by: Vec3, track: int | None = None) -> EditorState:
    """Move the selected object by metres along the world's axes."""
    node = _selected(state, track)
    return _do(state, Move(node.track_id, by), node.track_id)


@action("turn")
def turn(state: EditorState, degrees: float, track: int | None = None) -> EditorState:
    """Turn the selected object about its vertical axis."""
    node = _selected(state, track)
    return _do(state, Turn(node.track_id, math.radians(degrees)), node.track_id)


@action("place")
def place(
    state: EditorState,
    position: Vec3 | None = None,
    degrees: float | None = None,
) -> EditorState:
    """Put the selected object somewhere in this frame; its whole track follows."""
    return history_proposal(begin(state), position, degrees, close=True)


def history_proposal(
    state: EditorState, position: Vec3 | None, degrees: float | None, close: bool
) -> EditorState:
    """Propose the edits that bring the gesture's object to a pose in this frame."""
    node = _selected(state)
    base = state.history.base
    assert base is not None
    pose = base.scene.object(node.track_id).track.at(state.frame)
    if pose is None:
        raise NsgError(f"{node.label} is not there in frame {state.frame}.")
    edits: list[Edit] = []
    if position is not None and position != pose.position:
        x, y, z = (b - a for a, b in zip(pose.position, position, strict=True))
        edits.append(Move(node.track_id, (x, y, z)))
    if degrees is not None:
        by = math.remainder(math.radians(degrees) - pose.yaw, math.tau)
        # The screen shows tenths of a degree: less is no wish to turn.
        if abs(by) > 1e-6:
            edits.append(Turn(node.track_id, by))
    proposed = history.propose(state.history, tuple(edits), node.track_id)
    return replace(state, history=history.commit(proposed) if close else proposed)


@action("begin")
def begin(state: EditorState) -> EditorState:
    """Begin a gesture: all up to its end is one step to undo."""
    _selected(state)
    opened = history.begin(state.history, state.selection)
    return replace(state, history=opened, playing=False)


@action("drag-move")
def drag_move(state: EditorState, by: Vec3) -> EditorState:
    """Within a gesture: move by this much from where it began."""
    return _drag(state, Move(_selected(state).track_id, by))


@action("drag-turn")
def drag_turn(state: EditorState, degrees: float) -> EditorState:
    """Within a gesture: turn by this much from where it began."""
    return _drag(state, Turn(_selected(state).track_id, math.radians(degrees)))


def _drag(state: EditorState, edit: Edit) -> EditorState:
    opened = state if state.history.base else begin(state)
    proposed = history.propose(opened.history, (edit,), state.selection)
    return replace(opened, history=proposed)


@action("drag-place")
def drag_place(
    state: EditorState,
    position: Vec3 | None = None,
    degrees: float | None = None,
) -> EditorState:
    """Within a gesture: put the object at a pose in this frame."""
    opened = state if state.history.base else begin(state)
    return history_proposal(opened, position, degrees, close=False)


@action("end")
def end(state: EditorState) -> EditorState:
    """End a gesture and keep what it did."""
    return replace(state, history=history.commit(state.history))


@action("cancel")
def cancel(state: EditorState) -> EditorState:
    """Take back an open gesture; without one, close the help or deselect."""
    if state.history.base is not None:
        undone = history.abort(state.history)
        return replace(state, history=undone, notice="Cancelled.")
    if state.help:
        return replace(state, help=False)
    return replace(state, selection=None)


@action("remove")
def remove(state: EditorState, track: int | None = None) -> EditorState:
    """Take the selected object out of the scene."""
    node = _selected(state, track)
    kept = state.selection if state.selection != node.track_id else None
    done = _do(state, Remove(node.track_id), kept)
    return replace(
        done, hover=None, notice=f"Removed {node.label}. Ctrl+Z brings it back."
    )


@action("duplicate")
def duplicate(
    state: EditorState,
    by: Vec3 | None = None,
    track: int | None = None,
) -> EditorState:
    """Copy the selected object, beside it unless told otherwise; select the copy."""
    node = _selected(state, track)
    ids = [o.track_id for o in (*state.scene.objects, *state.drive.recording.objects)]
    new = max(ids) + 1
    shift = by if by is not None else _beside(state, node)
    done = _do(state, Duplicate(node.track_id, new, shift), new)
    return replace(done, notice=f"{node.label} copied as track {new}.")


def _beside(state: EditorState, node: ObjectNode) -> Vec3:
    """One width and a half metre to the side, towards the picture's middle."""
    pose = node.track.at(state.frame) or node.track.poses[0]
    reach = node.size.width + 0.5
    side = (-math.sin(pose.yaw) * reach, 0.0, -math.cos(pose.yaw) * reach)
    camera = state.scene.view(state.camera, state.frame).matrix()
    right, eye = camera[:3, 0], camera[:3, 3]
    to_object = sum(
        r * (p - e) for r, p, e in zip(right, pose.position, eye, strict=True)
    )
    along = sum(r * s for r, s in zip(right, side, strict=True))
    sign = -1.0 if to_object * along > 0 else 1.0
    return (sign * side[0], 0.0, sign * side[2])


@action("undo")
def undo(state: EditorState) -> EditorState:
    """Take back the last step."""
    if not state.history.past and state.history.base is None:
        return replace(state, notice="Nothing to undo.")
    label = state.history.present.label
    back = history.undo(state.history)
    return _after_time_travel(state, back, f"Undone: {label}.")


@action("redo")
def redo(state: EditorState) -> EditorState:
    """Do the last undone step again."""
    if not state.history.future:
        return replace(state, notice="Nothing to redo.")
    forward = history.redo(state.history)
    return _after_time_travel(state, forward, f"Redone: {forward.present.label}.")


def _after_time_travel(
    state: EditorState, new: history.History, notice: str
) -> EditorState:
    """Select what was selected then, if it is there."""
    present = {o.track_id for o in new.present.scene.objects}
    wanted = new.present.selection
    if wanted is None:
        wanted = state.selection
    kept = wanted if wanted in present else None
    return replace(state, history=new, selection=kept, hover=None, notice=notice)
