"""Actions in time: where edits hold, key frames, and how an object moves."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from nsg_core.edits.edit import Edit
from nsg_core.edits.keys import DeleteKey, JoinKeys, SetKey
from nsg_core.edits.tracks import (
    Bend,
    Extend,
    Freeze,
    Loop,
    Mirror,
    Pace,
    Retime,
    Reverse,
    ShiftTime,
    Smooth,
)
from nsg_core.errors import NsgError
from nsg_core.motion.keyframes import key_frames
from nsg_core.motion.retiming import Again
from nsg_core.motion.trajectory import doubts
from nsg_core.scene import Curve, ObjectNode, Vec3
from nsg_editor.actions.changing import active, as_step, changeable
from nsg_editor.actions.registry import action
from nsg_editor.derived.scope import shaded
from nsg_editor.state import EditorState
from nsg_editor.values import history
from nsg_editor.values.scope import KINDS, MOST_BLEND, WORDS, Kind

Of = Literal["road", "own"]


@action("scope")
def scope(
    state: EditorState,
    kind: Kind | None = None,
    first: int | None = None,
    last: int | None = None,
    blend: int | None = None,
) -> EditorState:
    """Choose for which frames edits hold; without an argument, the next choice."""
    now = state.scope
    if kind is None and first is None and last is None and blend is None:
        kind = KINDS[(KINDS.index(now.kind) + 1) % len(KINDS)]
    chosen = kind or ("range" if (first, last) != (None, None) else now.kind)
    frames = state.scene.frames
    whole = now.kind != "range" and (now.first, now.last) == (0, 0)
    old = (state.frame, min(state.frame + 10, frames[-1])) if whole else _span(state)
    a = old[0] if first is None else first
    b = old[1] if last is None else last
    a, b = min(a, b), max(a, b)
    for frame in (a, b) if chosen == "range" else ():
        state.scene.index(frame)
    fade = now.blend if blend is None else blend
    if not 0 <= fade <= MOST_BLEND:
        raise NsgError(f"blending takes 0 to {MOST_BLEND} frames, found {fade}.")
    changed = replace(now, kind=chosen, first=a, last=b, blend=fade)
    return replace(state, scope=changed, notice=f"Edits hold for: {_told(changed)}.")


def _span(state: EditorState) -> tuple[int, int]:
    return state.scope.first, state.scope.last


def _told(scope: object) -> str:
    kind, words = scope.kind, WORDS[scope.kind].lower()  # pyright: ignore
    if kind == "range":
        words = f"frames {scope.first}-{scope.last}"  # pyright: ignore
    fade = scope.blend if scope.fades else 0  # pyright: ignore
    return f"{words}, blended over {fade} frames" if fade else words


@action("key-set")
def key_set(state: EditorState, frame: int | None = None) -> EditorState:
    """Make a key frame of where the selected objects are in this frame."""
    at = state.frame if frame is None else frame
    state.scene.index(at)
    tracks = changeable(state)
    done = as_step(state, tuple(SetKey(track, at) for track in tracks))
    return replace(done, notice=f"Key set in frame {at}.")


@action("key-delete")
def key_delete(state: EditorState, frame: int | None = None) -> EditorState:
    """Take the selected objects' key of this frame away."""
    at = state.frame if frame is None else frame
    nodes = [state.scene.object(track) for track in changeable(state)]
    keyed = [node for node in nodes if at in key_frames(node)]
    if not keyed:
        raise NsgError(f"there is no key in frame {at} to delete.")
    done = as_step(state, tuple(DeleteKey(node.track_id, at) for node in keyed))
    return replace(done, notice=f"Key of frame {at} deleted.")


@action("key-jump")
def key_jump(state: EditorState, by: int = 1) -> EditorState:
    """Go to the selected object's next key frame, or back to the one before."""
    frames = key_frames(active(state))
    if not frames:
        raise NsgError(f"{active(state).label} has no keys; I sets one.")
    later = [f for f in frames if f > state.frame]
    earlier = [f for f in frames if f < state.frame]
    goal = (later[:1] if by > 0 else earlier[-1:]) or [state.frame]
    inside = [f for f in goal if f in state.scene.frames]
    return replace(state, frame=inside[0], playing=False) if inside else state


@action("doubt-jump")
def doubt_jump(state: EditorState) -> EditorState:
    """Go to where the selected object next moves as it cannot; after the end, again."""
    node = active(state)
    frames = state.scene.frames
    starts = sorted(
        {
            min(max(d.first, frames[0]), frames[-1])
            for d in doubts(node.track, node.category)
            if d.first <= frames[-1] and d.last >= frames[0]
        }
    )
    if not starts:
        raise NsgError(f"{node.label} moves as it could in all frames.")
    later = [f for f in starts if f > state.frame]
    return replace(state, frame=(later or starts)[0], playing=False)


@action("keys-join")
def keys_join(
    state: EditorState, curve: Curve | None = None, steering: bool | None = None
) -> EditorState:
    """Choose how the selected object gets from key to key."""
    node = active(state)
    keys = node.keys
    if keys is None:
        raise NsgError(f"{node.label} has no keys; I sets one.")
    wanted = JoinKeys(
        node.track_id,
        keys.curve if curve is None else curve,
        keys.steering if steering is None else steering,
    )
    return as_step(state, (wanted,))


@action("drag-key")
def drag_key(state: EditorState, track: int, frame: int, to: Vec3) -> EditorState:
    """Within a gesture: put the object's key of a frame somewhere else."""
    return _propose(state, track, (SetKey(track, frame, to),))


@action("drag-way")
def drag_way(state: EditorState, track: int, frame: int, to: Vec3) -> EditorState:
    """Within a gesture: pull the object's way to a point; frames near it follow."""
    opened = _opened(state)
    base = opened.history.base
    assert base is not None
    pose = base.scene.object(track).track.at(frame)
    if pose is None:
        raise NsgError(f"track {track} is not there in frame {frame}.")
    x, y, z = (b - a for a, b in zip(pose.position, to, strict=True))
    return _propose(state, track, (Bend(track, frame, (x, y, z), state.timing.reach),))


def _opened(state: EditorState) -> EditorState:
    if state.history.base is not None:
        return state
    begun = history.begin(state.history, state.selection)
    return replace(state, history=begun, playing=False)


def _propose(state: EditorState, track: int, edits: tuple[Edit, ...]) -> EditorState:
    changeable(state, track)
    opened = _opened(state)
    proposed = history.propose(opened.history, edits, state.selection)
    return replace(opened, history=proposed)


@action("reach")
def reach(state: EditorState, frames: int) -> EditorState:
    """Let so many frames follow on both sides when a point of a way is dragged."""
    if not 0 <= frames <= MOST_BLEND:
        raise NsgError(f"0 to {MOST_BLEND} frames can follow, found {frames}.")
    return replace(state, timing=replace(state.timing, reach=frames))


@action("ways")
def ways(state: EditorState, on: bool | None = None) -> EditorState:
    """Show or hide the way of the selected object, recorded and edited."""
    shown = not state.timing.ways if on is None else on
    return replace(state, timing=replace(state.timing, ways=shown))


def _each(state: EditorState, edit: Callable[[ObjectNode], Edit]) -> EditorState:
    """An edit of each selected object, all as one step."""
    nodes = [state.scene.object(track) for track in changeable(state)]
    done = as_step(state, tuple(edit(node) for node in nodes))
    if done.scene != state.scene:
        return done
    what = nodes[-1].label if len(nodes) == 1 else f"{len(nodes)} objects"
    return replace(done, notice=f"That leaves {what} as before.")


@action("time-shift")
def time_shift(state: EditorState, frames: int) -> EditorState:
    """Let the selected objects do all they do some frames later, or earlier (-)."""
    return _each(state, lambda node: ShiftTime(node.track_id, frames))


@action("pace")
def pace(state: EditorState, factor: float) -> EditorState:
    """Let the selected objects go their way faster (2) or slower (0.5)."""

    def retime(node: ObjectNode) -> Edit:
        return Retime(node.track_id, _pace(state, node, factor))

    return _each(state, retime)


def _pace(state: EditorState, node: ObjectNode, factor: float) -> Pace:
    """From the first frame in scope on, and at the old pace again after a range."""
    kind, fade = state.scope.kind, max(state.scope.blend, 1)
    if kind == "track":
        return ((node.track.frames[0], factor),)
    if kind != "range":
        start = max(state.frame, node.track.frames[0])
        return (
            ((start, factor),) if fade == 1 else ((start, 1.0), (start + fade, factor))
        )
    first, last, _ = shaded(state)
    rows = {first: 1.0, first + fade: factor, last: factor, last + fade: 1.0}
    return tuple(sorted(rows.items()))


@action("reverse")
def reverse(state: EditorState, around: bool = True) -> EditorState:
    """Let the selected objects go their way from its end to its start."""
    return _each(state, lambda node: Reverse(node.track_id, around))


@action("mirror")
def mirror(state: EditorState, about: Of = "road") -> EditorState:
    """Put the selected objects on the other side of the road, or of their own way."""
    if about == "road":
        point, yaw = road_axis(state)
        return _each(state, lambda node: Mirror(node.track_id, point, yaw))

    def over(node: ObjectNode) -> Edit:
        pose = node.track.at(state.frame)
        if pose is None:
            raise NsgError(f"{node.label} is not there in frame {state.frame}.")
        return Mirror(node.track_id, pose.position, pose.yaw)

    return _each(state, over)


def road_axis(state: EditorState) -> tuple[Vec3, float]:
    """A point and the direction of the recorded vehicle's way; where it looks."""
    Ts = state.scene.camera(state.camera).Ts_world_camera
    first, last = Ts[0], Ts[-1]
    x, z = last[3] - first[3], last[11] - first[11]
    if math.hypot(x, z) < 2.0:
        here = Ts[state.scene.index(state.frame)]
        x, z = here[2], here[10]
    return (first[3], first[7], first[11]), math.atan2(-z, x)


@action("loop")
def loop(state: EditorState, how: Again = "again") -> EditorState:
    """Repeat what the selected objects did up to here, or in the range, to the end."""
    until = state.scene.frames[-1]

    def repeat(node: ObjectNode) -> Edit:
        part = (node.track.frames[0], min(state.frame, node.track.frames[-1]))
        if state.scope.kind == "range":
            part = shaded(state)[:2]
        return Loop(node.track_id, part, until, how)

    return _each(state, repeat)


@action("hold")
def hold(state: EditorState) -> EditorState:
    """Let the selected objects stand where they are in this frame, as scope says."""
    whole = state.scope.kind in ("frame", "key")
    span = (state.frame, state.scene.frames[-1]) if whole else shaded(state)[:2]
    return _each(state, lambda node: Freeze(node.track_id, state.frame, span))


@action("extend")
def extend(state: EditorState) -> EditorState:
    """Let the selected objects be there in all frames, also where none was seen."""
    ranged = state.scope.kind == "range"
    frames = state.scene.frames
    span = shaded(state)[:2] if ranged else (frames[0], frames[-1])
    return _each(state, lambda node: Extend(node.track_id, span))


@action("smooth")
def smooth(state: EditorState, radius: int = 3) -> EditorState:
    """Take the trembling out of the selected objects' way."""
    return _each(state, lambda node: Smooth(node.track_id, radius))
