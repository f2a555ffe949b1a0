"""Actions of the fine hand: nudge, copy and paste a pose, back to the recording."""

import math
from dataclasses import replace
from typing import Literal

from nsg_core.edits.boxes import Resize
from nsg_core.edits.edit import Edit
from nsg_core.edits.tracks import SetTrack
from nsg_core.errors import NsgError
from nsg_core.scene import ObjectNode, Pose, Scene, Vec3
from nsg_editor.actions.changing import active, as_step, changeable, edits_of, proposed
from nsg_editor.actions.registry import action
from nsg_editor.derived.request import frame_of
from nsg_editor.geometry.axes import AxesName
from nsg_editor.geometry.dragging import Change
from nsg_editor.geometry.transform import Copied, Hands
from nsg_editor.state import EditorState
from nsg_editor.values import history

Number = Literal["x", "y", "z", "yaw", "pitch", "roll", "length", "height", "width"]
_NEXT: dict[AxesName, AxesName] = {"local": "world", "world": "lane", "lane": "local"}


@action("axes")
def axes(state: EditorState, name: AxesName | None = None) -> EditorState:
    """Move along the object's own axes, the world's or its lane's; or the next ones."""
    chosen = name or _NEXT[state.hands.axes]
    words = {"local": "the object's own", "world": "the world's", "lane": "the lane's"}
    hands = replace(state.hands, axes=chosen)
    return _taken(state, hands, f"Along {words[chosen]} axes.")


@action("free")
def free(state: EditorState, on: bool | None = None) -> EditorState:
    """Let objects be lifted and leant, or keep them on the ground."""
    wanted = not state.hands.free if on is None else on
    said = "Objects can be lifted and leant." if wanted else "Objects stay on the road."
    return _taken(state, replace(state.hands, free=wanted), said)


@action("snap")
def snap(state: EditorState, on: bool | None = None) -> EditorState:
    """Move by steps of 0.1 m and 5 degrees, or smoothly; Ctrl does the other."""
    wanted = not state.hands.snap if on is None else on
    said = "Steps of 0.1 m and 5 degrees." if wanted else "No steps."
    return _taken(state, replace(state.hands, snap=wanted), said)


def _taken(state: EditorState, hands: Hands, notice: str) -> EditorState:
    """Objects are taken hold of so from now on, after the next start as well."""
    how = {"axes": hands.axes, "free": hands.free, "snap": hands.snap}
    settings = replace(state.settings, **how)
    return replace(state, hands=hands, settings=settings, notice=notice)


@action("drag-nudge")
def drag_nudge(
    state: EditorState, right: float = 0.0, ahead: float = 0.0
) -> EditorState:
    """Within a gesture: move on the ground by metres as the view sees it."""
    T = frame_of(state, state.views.active).view.matrix()
    x, z = float(T[0, 0]), float(T[2, 0])
    length = math.hypot(x, z)
    if length < 1e-6:
        raise NsgError("the view lies on its side, so nothing is right or ahead.")
    x, z = x / length, z / length
    by = (right * x - ahead * z, 0.0, right * z + ahead * x)
    opened = state
    if state.history.base is None:
        begun = history.begin(state.history, state.selection)
        opened = replace(state, history=begun, playing=False)
    return proposed(opened, Change(by))


@action("nudge")
def nudge(state: EditorState, right: float = 0.0, ahead: float = 0.0) -> EditorState:
    """Move the selected objects on the ground by metres as the view sees it."""
    done = drag_nudge(state, right, ahead)
    return replace(done, history=history.commit(done.history))


@action("copy")
def copy(state: EditorState) -> EditorState:
    """Keep place, turn and size of the active object, to paste them elsewhere."""
    node, pose = _there(state, state.scene)
    hands = replace(state.hands, copied=Copied(pose, node.size))
    said = f"Copied where {node.label} is in frame {state.frame}."
    return replace(state, hands=hands, notice=f"{said} Ctrl+V puts others there.")


@action("paste")
def paste(state: EditorState, size: bool = False) -> EditorState:
    """Put the active object, in this frame, where a copied one was; with its size."""
    copied = state.hands.copied
    if copied is None:
        raise NsgError("nothing is copied; Ctrl+C copies where an object is.")
    node, pose = _there(state, state.scene)
    track = changeable(state, node.track_id)
    change = _between(pose, copied.pose)
    edits = edits_of(state, state.scene, change, track)
    if size and copied.size != node.size:
        s = copied.size
        edits = (*edits, Resize(node.track_id, (s.length, s.height, s.width)))
    if not edits:
        return replace(state, notice=f"{node.label} is there already.")
    return as_step(state, edits)


@action("reset")
def reset(state: EditorState, number: Number | None = None) -> EditorState:
    """As it was recorded: one number in this frame, or the whole objects."""
    edits: list[Edit] = []
    for track in changeable(state):
        node = state.scene.object(track)
        old = _recorded(state, track)
        edits += _whole(node, old) if number is None else _one(state, node, old, number)
    if not edits:
        return replace(state, notice="It is as it was recorded.")
    return as_step(state, tuple(edits))


def _recorded(state: EditorState, track: int) -> ObjectNode:
    nodes = state.drive.recording.objects
    found = next((node for node in nodes if node.track_id == track), None)
    if found is None:
        label = state.scene.object(track).label
        raise NsgError(f"{label} is not in the recording: it was added here.")
    return found


def _whole(node: ObjectNode, old: ObjectNode) -> list[Edit]:
    edits: list[Edit] = []
    if node.track != old.track:
        edits.append(SetTrack(node.track_id, old.track.frames, old.track.poses))
    if node.size != old.size:
        edits.append(_sized(node, old))
    return edits


def _sized(node: ObjectNode, old: ObjectNode) -> Edit:
    size = old.size
    return Resize(node.track_id, (size.length, size.height, size.width))


def _one(
    state: EditorState, node: ObjectNode, old: ObjectNode, number: Number
) -> tuple[Edit, ...]:
    if number in ("length", "height", "width"):
        times = tuple(
            getattr(old.size, edge) / getattr(node.size, edge)
            if edge == number
            else 1.0
            for edge in ("length", "height", "width")
        )
        change = Change(scale=(times[0], times[1], times[2]))
        return edits_of(state, state.scene, change, (node.track_id,))
    pose, goal = node.track.at(state.frame), old.track.at(state.frame)
    if pose is None or goal is None:
        raise NsgError(f"{node.label} was not recorded in frame {state.frame}.")
    whole = _between(pose, goal)
    by = tuple(
        metres if axis == number else 0.0
        for axis, metres in zip("xyz", whole.by, strict=True)
    )
    yaw, pitch, roll = (
        angle if name == number else 0.0
        for name, angle in (
            ("yaw", whole.yaw),
            ("pitch", whole.pitch),
            ("roll", whole.roll),
        )
    )
    change = Change((by[0], by[1], by[2]), yaw, pitch, roll)
    return edits_of(state, state.scene, change, (node.track_id,))


def _there(state: EditorState, scene: Scene) -> tuple[ObjectNode, Pose]:
    node = scene.object(active(state).track_id)
    pose = node.track.at(state.frame)
    if pose is None:
        raise NsgError(f"{node.label} is not there in frame {state.frame}.")
    return node, pose


def _between(pose: Pose, goal: Pose) -> Change:
    x, y, z = (b - a for a, b in zip(pose.position, goal.position, strict=True))
    yaw, pitch, roll = (
        math.remainder(b - a, math.tau)
        for a, b in zip(pose.angles, goal.angles, strict=True)
    )
    by: Vec3 = (x, y, z)
    return Change(by, yaw, pitch, roll)
