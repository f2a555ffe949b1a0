"""What one vehicle does among others: cut in, change lanes, follow."""

from dataclasses import dataclass, replace

import numpy as np

from nsg_core.edits.tracks import SetTrack
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
from nsg_core.manoeuvres.stage import (
    Stage,
    as_plausible,
    drivers,
    soft,
    top_speed,
    vehicle,
)
from nsg_core.motion.paths import drive, make_path, thinned
from nsg_core.motion.retiming import extend, steer
from nsg_core.motion.trajectory import RATE, direction, places
from nsg_core.scene import ObjectNode, Pose, Track

EITHER = ("either", *SIDES)
LONGER = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0)
"""By how much a change of lanes is drawn out until a car can do it."""


@dataclass(frozen=True, slots=True)
class CutIn:
    """Let a vehicle pull in front of the recorded one."""

    track: int = whom("Who; -1: a new one")
    side: str = choice("either", EITHER, "From which side")
    start: int = when("When it pulls in")
    seconds: float = number(2.5, 0.5, 20.0, "s", "That it takes")
    ahead: float = number(4.0, 0.5, 100.0, "m", "Ahead of us before")
    gap: float = number(8.0, 1.0, 100.0, "m", "Ahead of us after")
    lane: float = number(LANE, 2.0, 6.0, "m", "From lane to lane")
    make_way: bool = yes(False, "Who is in the way is removed")


@dataclass(frozen=True, slots=True)
class LaneChange:
    """Let a vehicle change to the lane beside it."""

    track: int = whom("Who; -1: the next one ahead that drives")
    side: str = choice("either", EITHER, "To which side")
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


def signs(side: str) -> tuple[float, ...]:
    """To the right is positive; either side is the left one first."""
    return {"left": (-1.0,), "right": (1.0,)}.get(side, (-1.0, 1.0))


def cut_in(stage: Stage, p: CutIn) -> None:
    """From the lane beside to the place ahead, as fast as the recorded vehicle goes."""
    own = stage.road.ego
    starts = [s for s in stage.starts(p.start) if float(np.ptp(own[s:])) >= 3.0]
    if not starts:
        raise NsgError(
            "the recorded vehicle hardly moves after that frame, so nobody can cut in "
            "ahead of it; choose an earlier one or another part of the drive."
        )

    def way(node: ObjectNode) -> Track | None:
        first = signs(p.side)[0]
        return stage.whole(_cutting(stage, p, node, starts[0], first, p.ahead))

    node = stage.look(way) if p.track == ANY else vehicle(stage, p.track)
    for start in starts[:4]:
        for sign in signs(p.side):
            for ahead in (p.ahead, p.ahead + 4, p.ahead + 8):
                poses = _cutting(stage, p, node, start, sign, ahead)
                if poses is None:
                    continue
                track = Track(stage.scene.frames, poses)
                if stage.way_for(node, track, p.track == ANY, p.make_way):
                    mine = stage.copy_of(node) if p.track == ANY else p.track
                    stage.put(mine, poses)
                    return
    where = "" if p.side == "either" else f" on the {p.side}"
    raise NsgError(
        f"there is no room{where} to cut in from, or the recorded vehicle is too slow "
        "there; choose another side or a later frame, or let others make way."
    )


def _cutting(
    stage: Stage, p: CutIn, node: ObjectNode, start: int, sign: float, ahead: float
) -> tuple[Pose, ...] | None:
    """Poses of a cut-in that a car can drive; None where there are none."""
    seconds = stage.seconds - stage.seconds[start]
    for longer in LONGER:
        share = eased(seconds / (p.seconds * longer))
        gap = ahead + share * (max(p.gap, ahead) - ahead)
        s = stage.road.ego + FRONT + gap + node.size.length / 2
        poses = stage.road.poses(s, sign * p.lane * (1 - share), node.size.length)
        if stage.plausible(node, poses):
            return poses
    return None


def _set(stage: Stage, node: ObjectNode, poses: dict[int, Pose], first: int) -> None:
    """A new track from a frame on; before it, the old one."""
    old = zip(node.track.frames, node.track.poses, strict=True)
    whole = {f: p for f, p in old if f < first} | poses
    frames = tuple(sorted(whole))
    stage.do(SetTrack(node.track_id, frames, tuple(whole[f] for f in frames)))


def lane_change(stage: Stage, p: LaneChange) -> None:
    """Its own way, shifted aside more and more until it is one lane over."""
    found = drivers(stage, p.track, p.start)
    blocked = False
    for start, node in found:
        for sign in signs(p.side):
            track = _changing(stage, p, node, start, sign)
            if track is None:
                continue
            if stage.way_for(node, track, False, p.make_way):
                poses = dict(zip(track.frames, track.poses, strict=True))
                _set(stage, node, poses, track.frames[0])
                return
            blocked = True
    start, node = found[0]
    if blocked:
        where = "" if p.side == "either" else f" on the {p.side}"
        raise NsgError(
            f"somebody is in the way{where} of {node.label}; choose another side or "
            "frame, or let others make way."
        )
    raise NsgError(
        f"{node.label} is too slow after frame {stage.frames[start]} to change lanes "
        "in this drive; choose a faster one or an earlier frame."
    )


def _changing(
    stage: Stage, p: LaneChange, node: ObjectNode, start: int, sign: float
) -> Track | None:
    """Its track with a change of lanes that a car can drive; None: there is none."""
    track, ground = node.track, stage.road.ground
    yaw = np.unwrap(direction(track))
    right = np.column_stack([-np.sin(yaw), np.zeros(len(yaw)), -np.cos(yaw)])
    before = places(track)
    seconds = (np.array(track.frames) - int(stage.frames[start])) / RATE
    for longer in LONGER:
        share = eased(seconds / (p.seconds * longer))
        if share[-1] < 0.5:
            # It is gone before it has reached the other lane.
            return None
        points = before + sign * p.lane * share[:, None] * right
        points[:, 1] += share * (ground.height(points) - ground.height(before))
        steered = steer(track, _moved(track, points))
        if as_plausible(node, steered):
            return steered
    return None


def _moved(track: Track, points: np.ndarray) -> Track:
    """The track with other positions."""
    poses = zip(track.poses, points.tolist(), strict=True)
    return Track(
        track.frames,
        tuple(replace(pose, position=(x, y, z)) for pose, (x, y, z) in poses),
    )


def follow(stage: Stage, p: Follow) -> None:
    """The leader's way, later and further back, as long as the leader is there."""
    leaders = _leaders(stage, p.leader, p.track)

    def way(node: ObjectNode) -> Track:
        return _behind(stage, leaders[0], node, p.distance, p.delay)

    node = stage.look(way) if p.track == ANY else vehicle(stage, p.track)
    for leader in leaders:
        for closer in (1.0, 0.6, 0.4) if p.leader == ANY else (1.0,):
            track = _behind(stage, leader, node, p.distance * closer, p.delay)
            if not as_plausible(node, track):
                continue
            if stage.way_for(node, track, p.track == ANY, p.make_way):
                mine = stage.copy_of(node) if p.track == ANY else p.track
                stage.do(SetTrack(mine, track.frames, track.poses))
                return
    raise NsgError(
        f"somebody is in the way {p.distance:g} m behind every vehicle that could be "
        "followed; choose another distance or leader, or let others make way."
    )


def _leaders(stage: Stage, wanted: int, follower: int) -> list[ObjectNode]:
    """A chosen leader, or all vehicles that drive, those ahead and early ones first."""
    if wanted != ANY:
        node = vehicle(stage, wanted)
        if top_speed(node) < 1.0:
            raise NsgError(f"{node.label} is parked; choose a vehicle that drives.")
        found = [node]
    else:
        pairs = drivers(stage, ANY, ANY)
        found = list({node.track_id: node for _, node in pairs}.values())
    found = [node for node in found if node.track_id != follower]
    if not found:
        raise NsgError("nobody can follow itself; choose another leader or follower.")
    return found


def _behind(
    stage: Stage, leader: ObjectNode, node: ObjectNode, distance: float, delay: float
) -> Track:
    inside = [f for f in leader.track.frames if f in stage.scene.frames]
    led = extend(leader.track, (inside[0], inside[-1]))
    frames = np.array(led.frames)
    path = make_path(thinned(places(led), 1.0))
    s = np.maximum.accumulate(path.locate(places(led))[0])
    times = frames - delay * RATE
    late = np.interp(times, frames, s)
    # Before it was seen the leader went as fast as then.
    speed = (s[min(5, len(s) - 1)] - s[0]) / max(min(5, len(s) - 1), 1)
    late = np.where(times < frames[0], s[0] + speed * (times - frames[0]), late)
    back = (leader.size.length + node.size.length) / 2 + distance
    poses = drive(path, soft(late - back), 0.0, node.size.length)
    return Track(led.frames, grounded(stage.road.ground, poses))
