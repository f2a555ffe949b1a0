"""Ways of the selected object over the views: as recorded, as edited, with handles."""

import math

import numpy as np

from nsg_core.motion.keyframes import key_frames
from nsg_core.scene import ObjectNode, Pose, Size, Track, Vec3
from nsg_editor.derived.holding import is_locked
from nsg_editor.derived.marks import Dot, Handle, Line, Mark, Word, marks
from nsg_editor.state import EditorState

TICK = 10
"""Frames between two ticks of the recorded way: a second."""
MOVING = 1.0
"""Metres: what goes less far has no way to draw."""
APART = 2.5
"""Metres between two points to drag, at the least."""


@marks("ways")
def way_marks(state: EditorState) -> tuple[Mark, ...]:
    """The recorded way (dashed), the edited one, and points to drag."""
    node = state.selected
    drawn = drawing_marks(state)
    if node is None or not state.timing.ways or state.playing:
        return drawn
    recorded = _recorded(state, node.track_id)
    found = list[Mark](drawn)
    if recorded is not None and recorded != node.track:
        found += _ghost(recorded)
    if _reach(node.track) > MOVING:
        found.append(Line(_points(node.track), "selected", 2.0))
    for frame in key_frames(node):
        pose = node.track.at(frame)
        if pose is not None and frame != state.frame:
            found.append(_outline(pose, node.size, "selected"))
    if not is_locked(node) and state.timing.drawing is None:
        found += _handles(state, node)
    return tuple(found)


def drawing_marks(state: EditorState) -> tuple[Mark, ...]:
    """The way that is being drawn."""
    drawing = state.timing.drawing
    if drawing is None or not drawing.points:
        return ()
    dots = tuple(Dot(point, "accent", 4.5) for point in drawing.points)
    line = (Line(drawing.points, "accent", 2.5),) if len(drawing.points) > 1 else ()
    return (*line, *dots)


def _recorded(state: EditorState, track: int) -> Track | None:
    nodes = state.drive.recording.objects
    return next((o.track for o in nodes if o.track_id == track), None)


def _points(track: Track) -> tuple[Vec3, ...]:
    return tuple(pose.position for pose in track.poses)


def _reach(track: Track) -> float:
    """How far apart the places of a track are at the most."""
    points = np.array(_points(track))
    return float(np.ptp(points, axis=0).max())


def _ghost(track: Track) -> list[Mark]:
    """The recorded way with a tick each second."""
    marks: list[Mark] = []
    if _reach(track) > MOVING:
        marks.append(Line(_points(track), "ghost", 1.4, dashed=True))
    for frame, pose in zip(track.frames, track.poses, strict=True):
        if frame % TICK == 0:
            marks.append(_tick(pose))
    return marks


def _tick(pose: Pose) -> Line:
    """A short line across the way."""
    x, y, z = pose.position
    dx, dz = 0.35 * math.sin(pose.yaw), 0.35 * math.cos(pose.yaw)
    return Line(((x - dx, y, z - dz), (x + dx, y, z + dz)), "ghost", 1.4)


def _outline(pose: Pose, size: Size, colour: str) -> Line:
    """Where the box stands on the ground."""
    T = pose.T_world_object()
    x, z = size.length / 2, size.width / 2
    corners = np.array([[x, 0, z], [x, 0, -z], [-x, 0, -z], [-x, 0, z], [x, 0, z]])
    points = corners @ T[:3, :3].T + T[:3, 3]
    return Line(tuple((a, b, c) for a, b, c in points.tolist()), colour, 1.2, True)


def _handles(state: EditorState, node: ObjectNode) -> list[Mark]:
    """Keys to drag; without keys, points of the way."""
    keys = key_frames(node)
    track = node.track_id
    if keys:
        return _key_handles(state, node, keys)
    if _reach(node.track) <= MOVING:
        return []
    found = list[Mark]()
    last: Vec3 | None = None
    for frame in _spread(state, node):
        pose = node.track.at(frame)
        if pose is None or (
            last is not None and math.dist(last, pose.position) < APART
        ):
            continue
        last = pose.position
        handle = Handle("drag-way", {"track": track, "frame": frame})
        found.append(Dot(pose.position, "selected", 3.5, handle))
    return found


def _key_handles(
    state: EditorState, node: ObjectNode, keys: tuple[int, ...]
) -> list[Mark]:
    found = list[Mark]()
    for frame in keys:
        pose = node.track.at(frame)
        if pose is None or frame == state.frame:
            # In this frame the box itself is dragged.
            continue
        handle = Handle("drag-key", {"track": node.track_id, "frame": frame})
        found.append(Dot(pose.position, "accent", 6.0, handle))
        found.append(Word(pose.position, str(frame), "accent"))
    return found


def _spread(state: EditorState, node: ObjectNode) -> list[int]:
    """Frames whose points can be dragged: evenly spread, and not under the box."""
    frames = node.track.frames
    step = max(1, round(len(frames) / 12))
    here = node.track.at(state.frame)
    clear = node.size.length / 2 + 0.6
    chosen = [*frames[::step], frames[-1]]
    return [
        frame
        for frame in dict.fromkeys(chosen)
        if here is None or _away(node, frame, here) > clear
    ]


def _away(node: ObjectNode, frame: int, here: Pose) -> float:
    pose = node.track.at(frame)
    return 0.0 if pose is None else math.dist(pose.position, here.position)
