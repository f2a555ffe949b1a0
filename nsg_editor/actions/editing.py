"""Actions on whole objects, and on what was done: remove, copy, undo, redo."""

import math
from dataclasses import replace

from nsg_core.edits.edit import Duplicate, Remove
from nsg_core.scene import ObjectNode, Vec3
from nsg_editor.actions.changing import active, changeable
from nsg_editor.actions.registry import action
from nsg_editor.state import EditorState
from nsg_editor.values import history
from nsg_editor.values.outline import joined


@action("remove")
def remove(state: EditorState, track: int | None = None) -> EditorState:
    """Take the selected objects out of the scene."""
    gone = changeable(state, track)
    kept = state.selection if state.selection not in gone else None
    edits = tuple(Remove(one) for one in gone)
    done = history.do(state.history, edits, state.selection, kept)
    named = [state.scene.object(one).label for one in gone]
    what = named[0] if len(named) == 1 else f"{len(named)} objects"
    return replace(
        state,
        history=done,
        selection=kept,
        others=state.others - set(gone),
        hover=None,
        notice=f"Removed {what}. Ctrl+Z brings {_them(named)} back.",
    )


def _them(named: list[str]) -> str:
    return "it" if len(named) == 1 else "them"


@action("duplicate")
def duplicate(
    state: EditorState,
    by: Vec3 | None = None,
    track: int | None = None,
    later: int = 0,
) -> EditorState:
    """Copy the selected objects, beside them unless told otherwise; select the copies.

    The copies of several keep their places to each other. Copies that do the same some
    frames later go where the originals went.
    """
    node = active(state, track)
    tracks = (node.track_id,) if track is not None else state.selected_tracks
    beside = (0.0, 0.0, 0.0) if later else _beside(state, node)
    shift = by if by is not None else beside
    edits = copies_of(state, tracks, shift, later)
    new = [edit.new_track for edit in edits]
    done = history.do(state.history, edits, state.selection, new[-1])
    copy = done.present.scene.object(new[-1])
    said = copy.label if len(new) == 1 else f"tracks {new[0]}-{new[-1]}"
    what = node.label if len(new) == 1 else f"{len(new)} objects"
    if copy.track.at(state.frame) is None:
        said += f", there from frame {copy.track.frames[0]} on"
    return replace(
        state,
        history=done,
        selection=new[-1],
        others=frozenset(new[:-1]),
        outline=joined(state.outline, new),
        notice=f"{what} copied as {said}.",
    )


def copies_of(
    state: EditorState,
    tracks: tuple[int, ...],
    by: Vec3 = (0.0, 0.0, 0.0),
    later: int = 0,
) -> tuple[Duplicate, ...]:
    """What copies these objects, under track ids that nobody has or had."""
    ids = [o.track_id for o in (*state.scene.objects, *state.drive.recording.objects)]
    first = max(ids) + 1
    return tuple(Duplicate(one, first + i, by, later) for i, one in enumerate(tracks))


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
