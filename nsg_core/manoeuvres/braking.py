"""A vehicle brakes hard, and so does everybody who would drive into it."""

from dataclasses import dataclass, replace

import numpy as np

from nsg_core.edits.tracks import SetTrack
from nsg_core.errors import NsgError
from nsg_core.manoeuvres.settings import number, when, whom
from nsg_core.manoeuvres.stage import Stage, as_plausible, drivers, meets, placed
from nsg_core.motion.retiming import extend, sample, smooth
from nsg_core.motion.trajectory import RATE, limits, motion
from nsg_core.scene import ObjectNode, Pose, Track

HARDNESS = (0.4, 0.6, 0.8, 1.0, 1.25, 1.6, 2.0, 3.0)
"""How hard those behind brake, as shares of how hard the first one does: no harder than
they must."""
CALM = (0, 3, 6)
"""Frames over which a braked way is smoothed until it is plausible."""


@dataclass(frozen=True, slots=True)
class HardBrake:
    """Let a vehicle brake until it stands; those behind it brake too."""

    track: int = whom("Who; -1: the next one ahead that drives")
    start: int = when("When it brakes")
    braking: float = number(6.0, 0.5, 7.9, "m/s2", "How hard")
    slow: float = number(0.0, 0.0, 30.0, "m/s", "Down to; 0: it stands")
    reaction: float = number(0.7, 0.0, 3.0, "s", "Those behind react so late")


Braked = dict[int, tuple[ObjectNode, int, Track]]
"""By track: who brakes, from which frame on, and its whole new track."""


def hard_brake(stage: Stage, p: HardBrake) -> None:
    """On its own way, ever slower; then those behind it, and those behind them."""
    found = drivers(stage, p.track, p.start)
    refused = ""
    for start, node in found:
        track = _braked(stage, node, start, p.braking, p.slow)
        if track is None:
            continue
        everybody = _everybody(stage, p, node, start, track)
        if isinstance(everybody, str):
            refused = refused or everybody
            continue
        # The one that was meant comes last: it is what is selected then.
        for track_id, (_, _, whole) in reversed(everybody.items()):
            stage.do(SetTrack(track_id, whole.frames, whole.poses))
        return
    start, node = found[0]
    raise NsgError(
        refused
        or f"{node.label} is slow enough in frame {stage.frames[start]}, or cannot "
        "brake like that; choose another frame, another vehicle or less braking."
    )


def _everybody(
    stage: Stage, p: HardBrake, node: ObjectNode, start: int, track: Track
) -> Braked | str:
    """Who brakes, and how; or why that is impossible."""
    first = int(stage.frames[start])
    braked: Braked = {node.track_id: (node, first, track)}
    waiting = [node]
    while waiting:
        leader = waiting.pop(0)
        for other in stage.scene.objects:
            if other.track_id in braked or not other.visible:
                continue
            now = _meeting(other, other.track, leader, braked[leader.track_id][2])
            if now is None or _meeting(other, other.track, leader, leader.track):
                continue
            answer = _answer(stage, p, other, braked)
            if answer is None:
                return (
                    f"{other.label} would drive into {leader.label} in frame {now} and "
                    f"cannot brake in time: let {node.label} brake less hard or later, "
                    "let those behind react sooner, or choose another vehicle."
                )
            braked[other.track_id] = answer
            waiting.append(other)
    return braked


def _answer(
    stage: Stage, p: HardBrake, node: ObjectNode, braked: Braked
) -> tuple[ObjectNode, int, Track] | None:
    """How somebody behind brakes in time; None: in no way."""
    earliest = min(first for _, first, _ in braked.values())
    at = earliest + round(p.reaction * RATE)
    there = [f for f in node.track.frames if f >= at]
    if not there or there[0] > stage.frames[-1]:
        return None
    start = stage.scene.index(there[0])
    most = limits(node.category).acceleration * 0.98
    for share in HARDNESS:
        hard = min(share * p.braking, most)
        track = _braked(stage, node, start, hard, p.slow)
        if track is None:
            continue
        ways = [(other, way) for other, _, way in braked.values()]
        if all(_meeting(node, track, *one) is None for one in ways):
            return node, there[0], track
    return None


def _meeting(
    node: ObjectNode, track: Track, other: ObjectNode, way: Track
) -> int | None:
    """The first frame in which one would be in the other's way."""
    places = dict(zip(way.frames, way.poses, strict=True))
    for frame, pose in zip(track.frames, track.poses, strict=True):
        if frame not in places:
            continue
        if meets(placed(other, places[frame]), placed(node, pose)):
            return frame
    return None


def _braked(
    stage: Stage, node: ObjectNode, start: int, braking: float, slow: float
) -> Track | None:
    """Its whole track if it brakes from a frame on; None where it cannot."""
    first = int(stage.frames[start])
    s, v = _progress(node.track)
    speed = float(np.interp(first, node.track.frames, v))
    if speed < max(1.0, slow):
        return None
    here = float(np.interp(first, node.track.frames, s))
    t = np.maximum(stage.frames[start:] - first, 0) / RATE
    brakes = np.minimum(t, (speed - slow) / braking)
    goal = here + speed * brakes - braking * brakes**2 / 2 + slow * (t - brakes)
    braked = _reached(stage, node, goal, start)
    for radius in CALM:
        # Labels that tremble do so more often to the metre when it goes slowly.
        calm = smooth(braked, radius)
        if as_plausible(node, calm):
            return _whole(node, calm, first)
    return None


def _reached(stage: Stage, node: ObjectNode, goal: np.ndarray, start: int) -> Track:
    """Where an object's own way leads after so many metres, one a frame."""
    track = extend(node.track, (node.track.frames[0], int(stage.frames[-1])))
    times = np.interp(goal, _progress(track)[0], track.frames)
    poses = [sample(track, float(time)) for time in times]
    return Track(
        tuple(stage.frames[start:].tolist()), tuple(pose for pose in poses if pose)
    )


def _progress(track: Track) -> tuple[np.ndarray, np.ndarray]:
    """Metres along a track's way in each frame, and m/s; trembling goes nowhere."""
    v = motion(track).speed
    frames = np.array(track.frames)
    steps = (v[1:] + v[:-1]) / 2 * np.diff(frames) / RATE
    return np.concatenate([[0.0], np.cumsum(steps)]), v


def _whole(node: ObjectNode, track: Track, first: int) -> Track:
    """The new track from a frame on; before it, the old one."""
    old = zip(node.track.frames, node.track.poses, strict=True)
    poses: dict[int, Pose] = {f: pose for f, pose in old if f < first}
    poses |= dict(zip(track.frames, track.poses, strict=True))
    frames = tuple(sorted(poses))
    return replace(node.track, frames=frames, poses=tuple(poses[f] for f in frames))
