"""Actions on poses and sizes of what is selected, at once or while a hand drags."""

import math
from dataclasses import replace
from typing import Literal

from nsg_core.errors import NsgError
from nsg_core.scene import Vec3
from nsg_editor.actions.changing import active, as_step, changeable, edits_of, proposed
from nsg_editor.actions.editing import copies_of
from nsg_editor.actions.registry import action
from nsg_editor.geometry.dragging import Change
from nsg_editor.state import EditorState
from nsg_editor.values import history
from nsg_editor.values.outline import joined


@action("move")
def move(state: EditorState, by: Vec3, track: int | None = None) -> EditorState:
    """Move the selected objects by metres along the world's axes."""
    return _change(state, Change(by), track)


@action("turn")
def turn(state: EditorState, degrees: float, track: int | None = None) -> EditorState:
    """Turn the selected objects about the vertical axis."""
    return _change(state, Change(yaw=math.radians(degrees)), track)


@action("tilt")
def tilt(
    state: EditorState,
    pitch: float = 0.0,
    roll: float = 0.0,
    track: int | None = None,
) -> EditorState:
    """Lean the selected objects by degrees: to front or back, and to a side."""
    angles = math.radians(pitch), math.radians(roll)
    return _change(state, Change(pitch=angles[0], roll=angles[1]), track)


@action("scale")
def scale(state: EditorState, by: float, track: int | None = None) -> EditorState:
    """Make the selected objects so many times as large."""
    if by <= 0:
        raise NsgError(f"an object can be made 0.5 or 2 times as large, not {by:g}.")
    return _change(state, Change(scale=(by, by, by)), track)


def _change(state: EditorState, change: Change, track: int | None) -> EditorState:
    tracks = changeable(state, track)
    done = as_step(state, edits_of(state, state.scene, change, tracks))
    return done if track is None else replace(done, selection=track)


@action("place")
def place(
    state: EditorState,
    position: Vec3 | None = None,
    degrees: float | None = None,
    pitch: float | None = None,
    roll: float | None = None,
    size: Vec3 | None = None,
) -> EditorState:
    """Put the active object somewhere in this frame; others go as far as it does."""
    placed = drag_place(begin(state), position, degrees, pitch, roll, size)
    return end(placed)


@action("begin")
def begin(state: EditorState) -> EditorState:
    """Begin a gesture: all up to its end is one step to undo."""
    opened = history.begin(state.history, state.selection)
    return replace(state, history=opened, playing=False)


@action("drag-move")
def drag_move(state: EditorState, by: Vec3) -> EditorState:
    """Within a gesture: move by this much from where it began."""
    return proposed(_opened(state), Change(by))


@action("drag-copy")
def drag_copy(state: EditorState) -> EditorState:
    """Within a gesture: leave what is selected, and go on with copies of it."""
    opened = _opened(state)
    active(opened)
    copies = copies_of(opened, opened.selected_tracks)
    new = [copy.new_track for copy in copies]
    return replace(
        opened,
        history=history.propose(opened.history, copies, new[-1]),
        selection=new[-1],
        others=frozenset(new[:-1]),
        outline=joined(opened.outline, new),
    )


@action("drag-turn")
def drag_turn(
    state: EditorState,
    degrees: float,
    about: Literal["yaw", "pitch", "roll"] = "yaw",
) -> EditorState:
    """Within a gesture: turn by this much from where it began."""
    angle = math.radians(degrees)
    yaw, pitch, roll = (angle * (about == a) for a in ("yaw", "pitch", "roll"))
    return proposed(_opened(state), Change(yaw=yaw, pitch=pitch, roll=roll))


def _opened(state: EditorState) -> EditorState:
    return state if state.history.base else begin(state)


@action("drag-place")
def drag_place(
    state: EditorState,
    position: Vec3 | None = None,
    degrees: float | None = None,
    pitch: float | None = None,
    roll: float | None = None,
    size: Vec3 | None = None,
) -> EditorState:
    """Within a gesture: put the active object at a pose in this frame."""
    opened = _opened(state)
    base = opened.history.base
    assert base is not None
    node = base.scene.object(active(opened).track_id)
    pose = node.track.at(state.frame)
    if pose is None:
        raise NsgError(f"{node.label} is not there in frame {state.frame}.")
    wanted = (degrees, pitch, roll)
    pairs = zip(wanted, pose.angles, strict=True)
    yaw, lean, over = (_angle_to(now, goal) for goal, now in pairs)
    shift = tuple(
        b - a for a, b in zip(pose.position, position or pose.position, strict=True)
    )
    edges = (node.size.length, node.size.height, node.size.width)
    times = tuple(b / a for a, b in zip(edges, size or edges, strict=True))
    change = Change(shift, yaw, lean, over)  # pyright: ignore[reportArgumentType]
    resized = proposed(opened, replace(change, scale=times), around=False)
    return resized


def _angle_to(now: float, degrees: float | None) -> float:
    if degrees is None:
        return 0.0
    by = math.remainder(math.radians(degrees) - now, math.tau)
    # The screen shows tenths of a degree: less is no wish to turn.
    return by if abs(by) > 1e-6 else 0.0


@action("end")
def end(state: EditorState) -> EditorState:
    """End a gesture and keep what it did."""
    hands = replace(state.hands, transform=None) if state.transform else state.hands
    return replace(state, history=history.commit(state.history), hands=hands)


@action("cancel")
def cancel(state: EditorState) -> EditorState:
    """Take back an open gesture; without one, close the help or deselect."""
    if state.history.base is not None:
        undone = history.abort(state.history)
        hands = replace(state.hands, transform=None)
        timing, chosen = state.timing, state.timing.chosen
        if chosen is not None and chosen.before:
            back = replace(chosen, frames=chosen.before, before=())
            timing = replace(timing, chosen=back)
        undid = replace(state, history=undone, hands=hands, timing=timing)
        undid = _without_copies(state, undid)
        return replace(undid, notice="Cancelled.")
    if state.timing.drawing is not None:
        timing = replace(state.timing, drawing=None)
        return replace(state, timing=timing, notice="The way is dropped.")
    if state.help:
        return replace(state, help=False)
    if state.timing.over and state.timing.chosen is not None:
        return replace(state, timing=replace(state.timing, chosen=None))
    if state.hands.sizing:
        hands = replace(state.hands, sizing=False)
        return replace(state, hands=hands, notice="Handles move and turn.")
    return replace(state, selection=None, others=frozenset())


def _without_copies(state: EditorState, undid: EditorState) -> EditorState:
    """Copies that are gone again leave the selection to what they were copies of."""
    old = {copy.new_track: copy.track for copy in history.copied(state.history)}
    chosen, others = state.selection, state.others
    selection = None if chosen is None else old.get(chosen, chosen)
    others = frozenset(old.get(track, track) for track in others)
    return replace(undid, selection=selection, others=others)
