"""What one vehicle does among others: cut in, brake, change lanes, follow."""

from dataclasses import dataclass, replace

import numpy as np

from nsg_core.errors import NsgError
from nsg_core.manoeuvres.road import FRONT, eased, grounded
from nsg_core.manoeuvres.settings import (
    ANY,
    LANE,
    SIDES,
    choice,
    number,
    when,
    whom,
    yes,
)
from nsg_core.manoeuvres.stage import Stage, driver, soft, vehicle
from nsg_core.paths import drive, make_path, thinned
from nsg_core.retiming import extend, sample, steer
from nsg_core.scene import ObjectNode, Pose, Track
from nsg_core.track_edits import SetTrack
from nsg_core.trajectory import RATE, direction, doubts, motion, places

LONGER = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0)
"""By how much a change of lanes is drawn out until a car can do it."""


@dataclass(frozen=True, slots=True)
class CutIn:
    """Let a vehicle pull in front of the recorded one."""

    track: int = whom("Who; -1: a new one")
    side: str = choice("left", SIDES, "From which side")
    start: int = when("When it pulls in")
    seconds: float = number(2.5, 0.5, 20.0, "s", "That it takes")
    ahead: float = number(4.0, 0.5, 100.0, "m", "Ahead of us before")
    gap: float = number(8.0, 1.0, 100.0, "m", "Ahead of us after")
    lane: float = number(LANE, 2.0, 6.0, "m", "From lane to lane")
    make_way: bool = yes(False, "Who is in the way is removed")


@dataclass(frozen=True, slots=True)
class HardBrake:
    """Let a vehicle brake until it stands."""

    track: int = whom("Who; -1: the next one ahead that drives")
    start: int = when("When it brakes")
    braking: float = number(6.0, 0.5, 7.9, "m/s2", "How hard")


@dataclass(frozen=True, slots=True)
class LaneChange:
    """Let a vehicle change to the lane beside it."""

    track: int = whom("Who; -1: the next one ahead that drives")
    side: str = choice("left", SIDES, "To which side")
    start: int = when("When it begins")
    seconds: float = number(3.0, 0.5, 20.0, "s", "That it takes")
    lane: float = number(LANE, 0.5, 12.0, "m", "How far aside")
    make_way: bool = yes(False, "Who is in the way is removed")


@dataclass(frozen=True, slots=True)
class Follow:
    """Let a vehicle follow another one."""

    track: int = whom("Who; -1: a new one")
    leader: int = whom("Whom; -1: the next one ahead that drives")
    distance: float = number(8.0, 1.0, 100.0, "m", "From bumper to bumper")
    delay: float = number(0.5, 0.0, 5.0, "s", "It reacts so late")
    make_way: bool = yes(False, "Who is in the way is removed")


def cut_in(stage: Stage, p: CutIn) -> None:
    """From the lane beside to the place ahead, as fast as the recorded vehicle goes."""
    mine, own = p.track, stage.road.ego
    node = stage.look() if mine == ANY else vehicle(stage, mine)
    start = stage.start(p.start, 0.2)
    seconds = stage.seconds - stage.seconds[start]
    sign = 1.0 if p.side == "right" else -1.0
    if float(np.ptp(own[start:])) < 3.0:
        raise NsgError(
            "the recorded vehicle hardly moves after that frame, so nobody can cut in "
            "ahead of it; choose an earlier one or another part of the drive."
        )
    for ahead in (p.ahead, p.ahead + 4, p.ahead + 8):
        for longer in LONGER:
            share = eased(seconds / (p.seconds * longer))
            gap = ahead + share * (max(p.gap, ahead) - ahead)
            s = own + FRONT + gap + node.size.length / 2
            poses = stage.road.poses(s, sign * p.lane * (1 - share), node.size.length)
            if not stage.plausible(node, poses):
                continue
            track = Track(stage.scene.frames, poses)
            if stage.way_for(node, track, mine == ANY, p.make_way):
                stage.put(stage.copy_of(node) if mine == ANY else mine, poses)
                return
            break
    raise NsgError(
        f"there is no room on the {p.side} to cut in from, or the recorded vehicle is "
        "too slow there; choose the other side or a later frame, or let it make way."
    )


def hard_brake(stage: Stage, p: HardBrake) -> None:
    """On its own way, ever slower, until it stands."""
    start = stage.start(p.start, 0.3)
    node = driver(stage, p.track, start)
    first = int(stage.frames[start])
    s, v = _progress(node.track)
    speed = float(np.interp(first, node.track.frames, v))
    if speed < 1.0:
        raise NsgError(f"{node.label} stands in frame {first}, so it cannot brake.")
    frames = np.arange(first, int(stage.frames[-1]) + 1)
    t = np.minimum((frames - first) / RATE, speed / p.braking)
    here = float(np.interp(first, node.track.frames, s))
    goal = here + speed * t - p.braking * t * t / 2
    track = extend(node.track, (node.track.frames[0], int(stage.frames[-1])))
    known, _ = _progress(track)
    times = np.interp(goal, known, track.frames)
    braked = {
        int(f): pose
        for f, time in zip(frames, times, strict=True)
        if (pose := sample(track, float(time))) is not None
    }
    _set(stage, node, braked, first)


def _progress(track: Track) -> tuple[np.ndarray, np.ndarray]:
    """Metres along a track's way in each frame, and m/s; trembling goes nowhere."""
    v = motion(track).speed
    frames = np.array(track.frames)
    steps = (v[1:] + v[:-1]) / 2 * np.diff(frames) / RATE
    return np.concatenate([[0.0], np.cumsum(steps)]), v


def _set(stage: Stage, node: ObjectNode, poses: dict[int, Pose], first: int) -> None:
    """A new track from a frame on; before it, the old one."""
    old = zip(node.track.frames, node.track.poses, strict=True)
    whole = {f: p for f, p in old if f < first} | poses
    frames = tuple(sorted(whole))
    stage.do(SetTrack(node.track_id, frames, tuple(whole[f] for f in frames)))


def lane_change(stage: Stage, p: LaneChange) -> None:
    """Its own way, shifted aside more and more until it is one lane over."""
    start = stage.start(p.start, 0.2)
    node = driver(stage, p.track, start)
    track, first = node.track, int(stage.frames[start])
    sign = 1.0 if p.side == "right" else -1.0
    yaw = np.unwrap(direction(track))
    right = np.column_stack([-np.sin(yaw), np.zeros(len(yaw)), -np.cos(yaw)])
    for longer in LONGER:
        share = eased((np.array(track.frames) - first) / RATE / (p.seconds * longer))
        points = places(track) + sign * p.lane * share[:, None] * right
        drift = stage.road.ground.height(points) - stage.road.ground.height(
            places(track)
        )
        points[:, 1] += share * drift
        moved = Track(
            track.frames,
            tuple(
                replace(pose, position=(x, y, z))
                for pose, (x, y, z) in zip(track.poses, points.tolist(), strict=True)
            ),
        )
        steered = steer(track, moved)
        if _as_plausible(node, steered):
            if not stage.way_for(node, steered, False, p.make_way):
                raise NsgError(
                    f"somebody is in the way on the {p.side} of {node.label}; choose "
                    "the other side or another frame, or let it make way."
                )
            _set(stage, node, dict(zip(track.frames, steered.poses, strict=True)), -1)
            return
    raise NsgError(
        f"{node.label} is too slow after frame {first} to change lanes in this drive; "
        "choose a faster one or an earlier frame."
    )


def _as_plausible(node: ObjectNode, track: Track) -> bool:
    """It moves no more strangely than it did."""
    before = {d.quantity for d in doubts(node.track, node.category)}
    return {d.quantity for d in doubts(track, node.category)} <= before


def follow(stage: Stage, p: Follow) -> None:
    """The leader's way, later and further back."""
    node = stage.look() if p.track == ANY else vehicle(stage, p.track)
    for leader in _leaders(stage, p.leader, node if p.track != ANY else None):
        for closer in (1.0, 0.6, 0.4) if p.leader == ANY else (1.0,):
            poses = _behind(stage, leader, node, p.distance * closer, p.delay)
            track = Track(stage.scene.frames, poses)
            if stage.way_for(node, track, p.track == ANY, p.make_way):
                mine = stage.copy_of(node) if p.track == ANY else p.track
                stage.put(mine, poses)
                return
    raise NsgError(
        f"somebody is in the way {p.distance:g} m behind every vehicle that could be "
        "followed; choose another distance or leader, or let it make way."
    )


def _leaders(
    stage: Stage, wanted: int, follower: ObjectNode | None
) -> list[ObjectNode]:
    """A chosen leader, or all vehicles that drive, the next one ahead first."""
    first = driver(stage, wanted, 0)
    found = [first]
    if wanted == ANY:
        found += [o for o in stage.vehicles(driving=True) if o is not first]
    if follower is not None:
        found = [o for o in found if o.track_id != follower.track_id]
    if not found:
        raise NsgError("nobody can follow itself; choose another leader or follower.")
    return found


def _behind(
    stage: Stage, leader: ObjectNode, node: ObjectNode, distance: float, delay: float
) -> tuple[Pose, ...]:
    span = (int(stage.frames[0]), int(stage.frames[-1]))
    led = extend(leader.track, span)
    path = make_path(thinned(places(led), 1.0))
    s = np.maximum.accumulate(path.locate(places(led))[0])
    times = stage.frames - delay * RATE
    late = np.interp(times, led.frames, s)
    # Before the drive began the leader went as fast as then.
    speed = (s[min(5, len(s) - 1)] - s[0]) / min(5, len(s) - 1) if len(s) > 1 else 0.0
    late = np.where(times < led.frames[0], s[0] + speed * (times - led.frames[0]), late)
    back = (leader.size.length + node.size.length) / 2 + distance
    way = soft(late - back)
    return grounded(stage.road.ground, drive(path, way, 0.0, node.size.length))
