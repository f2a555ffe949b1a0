"""Actions of moving, turning and resizing by keys: G, R, S, axes, numbers, Enter."""

from dataclasses import replace
from typing import Literal

from nsg_core.errors import NsgError
from nsg_core.view import View
from nsg_editor.actions.changing import active, changeable, proposed
from nsg_editor.actions.registry import action
from nsg_editor.derived.holding import axes_for, start_of
from nsg_editor.geometry import transform
from nsg_editor.geometry.axes import Axis
from nsg_editor.geometry.transform import Kind, Transform
from nsg_editor.state import EditorState
from nsg_editor.values import history
from nsg_editor.values.keymaps import keys_of


@action("transform")
def begin_transform(state: EditorState, kind: Kind) -> EditorState:
    """Move, turn or resize by keys and without a button: X Y Z, a number, Enter."""
    if state.transform is not None and state.transform.kind == kind:
        return _again(state, kind)
    node = active(state)
    changeable(state)
    if start_of(state, node.track_id) is None:
        raise NsgError(f"{node.label} is not there in frame {state.frame}.")
    ended = history.abort(state.history) if state.transform else state.history
    opened = history.begin(ended, state.selection)
    hands = state.hands
    begun = Transform(kind, hands.axes, snap=hands.snap)
    return replace(
        state, history=opened, hands=replace(hands, transform=begun), playing=False
    )


def _again(state: EditorState, kind: Kind) -> EditorState:
    """The same key twice: to resize, by handles on the faces; else nothing new."""
    if kind != "resize":
        return state
    undone = history.abort(state.history)
    hands = replace(state.hands, transform=None, sizing=True)
    return replace(state, history=undone, hands=hands, notice="")


@action("transform-axis")
def transform_axis(state: EditorState, axis: Axis, plane: bool = False) -> EditorState:
    """Go along one axis; again: along the world's; again: freely."""
    return _with(state, transform.constrained(_going(state), axis, plane))


@action("transform-type")
def transform_type(
    state: EditorState,
    key: Literal[
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "-", "+", "*", "/"
    ],
) -> EditorState:
    """Type a digit, the point, the sign or a sum of how far it goes."""
    return _with(state, transform.typed(_going(state), key))


@action("transform-erase")
def transform_erase(state: EditorState) -> EditorState:
    """Take back the last digit."""
    return _with(state, transform.erased(_going(state)))


@action("transform-point", internal=True)
def transform_point(
    state: EditorState,
    view: View,
    u: float,
    v: float,
    snap: bool = False,
    fine: bool = False,
) -> EditorState:
    """The mouse is at a pixel of a view."""
    before = _going(state)
    now = transform.pointed(before, view, u, v, snap != state.hands.snap, fine)
    return state if now == before else _with(state, now)


@action("transform-keep")
def transform_keep(state: EditorState) -> EditorState:
    """Keep what was moved, turned or resized by keys."""
    _going(state)
    hands = replace(state.hands, transform=None)
    return replace(state, history=history.commit(state.history), hands=hands)


def _going(state: EditorState) -> Transform:
    if state.transform is None or state.history.base is None:
        kinds = ("move", "turn", "resize")
        keymap = state.settings.keymap
        named = [keys_of(keymap, "transform", {"kind": kind})[0] for kind in kinds]
        first = f"{', '.join(named[:-1])} or {named[-1]}"
        raise NsgError(f"nothing is being moved; press {first} first.")
    return state.transform


def _with(state: EditorState, now: Transform) -> EditorState:
    box = start_of(state, active(state).track_id)
    if box is None:
        raise NsgError(f"{active(state).label} is not there in frame {state.frame}.")
    axes = axes_for(state, box, now.axes)
    done = transform.change(now, box, axes, state.hands.free)
    return proposed(replace(state, hands=replace(state.hands, transform=now)), done)
