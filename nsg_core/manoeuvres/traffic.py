"""What traffic does as a whole: it is gone, jams, or comes the other way."""

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from nsg_core.edits.edit import Remove
from nsg_core.errors import NsgError
from nsg_core.manoeuvres.road import FRONT
from nsg_core.manoeuvres.settings import ANY, LANE, SIDES, choice, number, whom, yes
from nsg_core.manoeuvres.stage import DRIVING, VEHICLES, Stage, top_speed, vehicle
from nsg_core.motion.trajectory import turned
from nsg_core.scene import ObjectNode, Pose, Track

TRIES = 5
"""Places further away that are tried where somebody is in the way."""


@dataclass(frozen=True, slots=True)
class RemoveTraffic:
    """Take all traffic out of the drive."""

    who: str = choice("vehicles", ("vehicles", "everybody"), "Who goes")
    parked: bool = yes(True, "Parked vehicles go too")
    keep: int = whom("One that stays")


@dataclass(frozen=True, slots=True)
class TrafficJam:
    """Fill the lanes with vehicles that hardly move."""

    count: int = number(8, 1, 60, "vehicles", "How many")
    gap: float = number(2.5, 1.0, 50.0, "m", "From bumper to bumper")
    distance: float = number(8.0, 2.0, 200.0, "m", "To the first one ahead")
    where: str = choice("all", ("all", "ahead", "left", "right"), "In which lanes")
    speed: float = number(1.0, 0.0, 8.0, "m/s", "Of the lanes beside")
    lane: float = number(LANE, 2.0, 6.0, "m", "From lane to lane")


@dataclass(frozen=True, slots=True)
class Oncoming:
    """Let vehicles come the other way."""

    track: int = whom("Who; -1: new ones")
    count: int = number(1, 1, 20, "vehicles", "How many")
    speed: float = number(8.0, 0.5, 50.0, "m/s", "How fast")
    distance: float = number(45.0, 5.0, 500.0, "m", "To the first one, at first")
    gap: float = number(15.0, 3.0, 200.0, "m", "From one to the next")
    side: str = choice("left", SIDES, "In the lane on which side")
    lane: float = number(LANE, 2.0, 12.0, "m", "From lane to lane")
    make_way: bool = yes(False, "Who is in the way is removed")


def remove_traffic(stage: Stage, p: RemoveTraffic) -> None:
    """All vehicles, or everybody, but one that stays."""
    gone = [o for o in stage.scene.objects if o.track_id != p.keep]
    if p.who == "vehicles":
        gone = [o for o in gone if o.category in VEHICLES]
    if not p.parked:
        gone = [o for o in gone if o.category not in VEHICLES or drives(o)]
    if not gone:
        raise NsgError("there is no traffic in this drive to remove.")
    for node in gone:
        stage.do(Remove(node.track_id))


def drives(node: ObjectNode) -> bool:
    """It is not parked."""
    return top_speed(node) > DRIVING


def traffic_jam(stage: Stage, p: TrafficJam) -> None:
    """Queues: ahead at the recorded vehicle's own pace, beside it creeping."""
    lanes = {"all": ("ahead", "left", "right")}.get(p.where, (p.where,))
    queues = {name: _queue_start(p, name) for name in lanes}
    placed = tries = 0
    while placed < p.count and tries < 6 * p.count + 12:
        lane = lanes[tries % len(lanes)]
        tries += 1
        wobble = float(stage.chance.uniform(-0.15, 0.15))
        way = partial(_queued, stage, p, lane, queues[lane], wobble)
        node = stage.look(way)
        poses = way(node).poses
        queues[lane] += node.size.length + p.gap * float(stage.chance.uniform(0.9, 1.4))
        if stage.free(node, poses, copy=True):
            stage.put(stage.copy_of(node), poses)
            placed += 1
    if not placed:
        raise NsgError(
            "there is no free room for a jam in these lanes; remove the traffic first "
            "or choose others."
        )


def _queued(
    stage: Stage,
    p: TrafficJam,
    lane: str,
    start: float,
    wobble: float,
    node: ObjectNode,
) -> Track:
    """The way of a vehicle in a queue; `start`: metres along the road to its end."""
    length = node.size.length
    s, side = _queue_ways(stage, p, lane, start + length / 2, wobble)
    return Track(stage.scene.frames, stage.road.poses(s, side, length))


def _queue_start(p: TrafficJam, lane: str) -> float:
    return FRONT + p.distance if lane == "ahead" else -8.0


def _queue_ways(
    stage: Stage, p: TrafficJam, lane: str, start: float, wobble: float
) -> tuple[np.ndarray, np.ndarray | float]:
    """Distances along the road and beside it of one vehicle in a queue."""
    if lane == "ahead":
        return stage.road.ego + start, 0.0
    side = p.lane if lane == "right" else -p.lane
    return stage.road.ego[0] + start + p.speed * stage.seconds, side + wobble


def oncoming(stage: Stage, p: Oncoming) -> None:
    """Towards the recorded vehicle in the lane beside."""
    sign = 1.0 if p.side == "right" else -1.0
    start = float(stage.road.ego[0]) + FRONT + p.distance
    count = 1 if p.track != ANY else p.count
    done = 0
    for _ in range(count):
        way = partial(_way_towards, stage, p, start, sign)
        node = stage.look(way) if p.track == ANY else vehicle(stage, p.track)
        for _ in range(TRIES):
            poses = _towards(stage, p, node, start, sign)
            start += node.size.length + p.gap
            track = Track(stage.scene.frames, poses)
            if not stage.plausible(node, poses):
                # Where the road bends tightly they would be too fast.
                continue
            if stage.way_for(node, track, p.track == ANY, p.make_way):
                stage.put(stage.copy_of(node) if p.track == ANY else p.track, poses)
                done += 1
                break
    if not done:
        raise NsgError(
            f"somebody is in the lane on the {p.side}; choose the other side, another "
            "distance or speed, or let them make way."
        )


def _way_towards(
    stage: Stage, p: Oncoming, start: float, sign: float, node: ObjectNode
) -> Track | None:
    return stage.whole(_towards(stage, p, node, start, sign))


def _towards(
    stage: Stage, p: Oncoming, node: ObjectNode, start: float, sign: float
) -> tuple[Pose, ...]:
    s = start + node.size.length / 2 - p.speed * stage.seconds
    ways = stage.road.poses(s, sign * p.lane, node.size.length)
    return tuple(replace(w, yaw=turned(w.yaw + math.pi)) for w in ways)
