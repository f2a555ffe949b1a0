"""What a change of the selected objects is in edits: the same for each, in one step."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nsg_core.edits.boxes import LARGEST, SMALLEST, Resize, Tilt
from nsg_core.edits.edit import Edit, Move, Turn, replay
from nsg_core.errors import NsgError
from nsg_core.scene import ObjectNode, Pose, Scene, Size, Vec3
from nsg_editor.derived.holding import is_locked, locked_words
from nsg_editor.derived.scope import held
from nsg_editor.geometry.dragging import Change
from nsg_editor.state import EditorState
from nsg_editor.values import history

NOBODY = "nothing is selected; click a box or a row of the scene first."


def active(state: EditorState, track: int | None = None) -> ObjectNode:
    """The object of a track, or the active one; NsgError where there is none."""
    wanted = state.selection if track is None else track
    if wanted is None:
        raise NsgError(NOBODY)
    return state.scene.object(wanted)


def changeable(state: EditorState, track: int | None = None) -> tuple[int, ...]:
    """The tracks that an edit is for, the active one last; locked ones stay."""
    node = active(state, track)
    tracks = (node.track_id,) if track is not None else state.selected_tracks
    free = tuple(t for t in tracks if not is_locked(state.scene.object(t)))
    if not free:
        raise NsgError(locked_words(node.label))
    return free


def edits_of(
    state: EditorState,
    scene: Scene,
    change: Change,
    tracks: Iterable[int],
    around: bool = True,
) -> tuple[Edit, ...]:
    """What changes these objects so, from how they are in a scene.

    They turn about the last one's foot, or (not `around`) each about its own.
    """
    nodes = [scene.object(track) for track in tracks]
    pivot = nodes[-1].track.at(state.frame) if around and len(nodes) > 1 else None
    edits: list[Edit] = []
    for node in nodes:
        by = change.by
        pose = node.track.at(state.frame)
        if pivot is not None and pose is not None and change.yaw:
            by = _around(pose, pivot, change)
        edits += _edits(state, node, replace(change, by=by))
    return tuple(edits)


def _edits(state: EditorState, node: ObjectNode, change: Change) -> list[Edit]:
    track = node.track_id
    when: dict[str, Any] = dict(held(state))
    edits: list[Edit] = []
    if change.by != (0.0, 0.0, 0.0):
        edits.append(Move(track, change.by, **when))
    if change.yaw:
        edits.append(Turn(track, change.yaw, **when))
    if change.pitch or change.roll:
        edits.append(Tilt(track, change.pitch, change.roll, **when))
    if change.scale != (1.0, 1.0, 1.0):
        edits.append(Resize(track, scaled(node.size, change.scale)))
    if any(change.grow):
        edits.append(_grown(node, change))
    return edits


def _grown(node: ObjectNode, change: Change) -> Resize:
    """Edges so much longer; the foot slides as far as its share of what they grew."""
    s = node.size
    old = (s.length, s.height, s.width)
    new = [
        min(max(edge + grow, SMALLEST), LARGEST)
        for edge, grow in zip(old, change.grow, strict=True)
    ]
    x, y, z = (
        slide * (b - a) / grow if grow else 0.0
        for a, b, grow, slide in zip(old, new, change.grow, change.slide, strict=True)
    )
    return Resize(node.track_id, (new[0], new[1], new[2]), (x, y, z))


def _around(pose: Pose, pivot: Pose, change: Change) -> Vec3:
    """A shift, and the way that a turn about another object's foot takes one."""
    x, z = (pose.position[i] - pivot.position[i] for i in (0, 2))
    c, s = math.cos(change.yaw), math.sin(change.yaw)
    dx, dz = x * c + z * s - x, -x * s + z * c - z
    return (change.by[0] + dx, change.by[1], change.by[2] + dz)


def scaled(size: Size, by: Vec3) -> Vec3:
    """Edges times factors, within what a box may have; a factor has no sign."""
    edges = (size.length, size.height, size.width)
    a, b, c = (
        min(max(edge * abs(f), SMALLEST), LARGEST)
        for edge, f in zip(edges, by, strict=True)
    )
    return (a, b, c)


def proposed(state: EditorState, change: Change, around: bool = True) -> EditorState:
    """The open gesture does this to what is selected, instead of what it did."""
    base = state.history.base
    assert base is not None, "a gesture is open"
    copies = history.copied(state.history)
    scene = replay(base.scene, copies)
    edits = (*copies, *edits_of(state, scene, change, changeable(state), around))
    return replace(
        state, history=history.propose(state.history, edits, state.selection)
    )


def as_step(state: EditorState, edits: tuple[Edit, ...]) -> EditorState:
    """Some edits as one step of the history."""
    if not edits:
        return state
    done = history.do(state.history, edits, state.selection, state.selection)
    return replace(state, history=done)
