"""The paper's manipulations: rotate, dance, move, switch, oversample, translate."""

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from nsg_core.edits.edit import Move, Turn
from nsg_core.edits.tracks import SetTrack
from nsg_core.errors import NsgError
from nsg_core.manoeuvres.road import grounded
from nsg_core.manoeuvres.settings import ANY, number, whom
from nsg_core.manoeuvres.stage import Stage, soft
from nsg_core.motion.paths import drive, make_path, straight, thinned
from nsg_core.motion.retiming import each, extend
from nsg_core.motion.trajectory import RATE, places, turned
from nsg_core.scene import ObjectNode, Pose, Track

WHO = "Who; -1: the nearest vehicle"
STILL = 2.0
"""Metres: what goes less far stands, and has a heading instead of a way."""


@dataclass(frozen=True, slots=True)
class Rotate:
    """Turn an object about its vertical axis, at once or on and on."""

    track: int = whom(WHO)
    degrees: float = number(90.0, -360.0, 360.0, "degrees", "At once")
    spin: float = number(0.0, -720.0, 720.0, "degrees/s", "On and on")


@dataclass(frozen=True, slots=True)
class Dance:
    """Let an object sway to and fro on its way."""

    track: int = whom(WHO)
    sway: float = number(0.5, 0.0, 5.0, "m", "To each side")
    degrees: float = number(20.0, 0.0, 180.0, "degrees", "Turn to each side")
    seconds: float = number(2.0, 0.3, 30.0, "s", "For once to and fro")


@dataclass(frozen=True, slots=True)
class MoveAlong:
    """Move an object along its own way, or along that of another one."""

    track: int = whom(WHO)
    onto: int = whom("Whose way; -1: its own")
    metres: float = number(5.0, -200.0, 200.0, "m", "Forwards")


@dataclass(frozen=True, slots=True)
class Switch:
    """Let two objects change places in all frames."""

    track: int = whom("Who; -1: by chance")
    other: int = whom("With whom; -1: by chance")


@dataclass(frozen=True, slots=True)
class Oversample:
    """Fill the drive with copies of its vehicles, on the ways that vehicles took."""

    count: int = number(5, 1, 60, "vehicles", "How many")
    spread: float = number(40.0, 2.0, 200.0, "m", "Along those ways at the most")


@dataclass(frozen=True, slots=True)
class Translate:
    """Move an object by metres, as it sees them."""

    track: int = whom(WHO)
    ahead: float = number(0.0, -200.0, 200.0, "m", "Forwards")
    right: float = number(2.0, -200.0, 200.0, "m", "To its right")
    up: float = number(0.0, -20.0, 20.0, "m", "Upwards")


def nearest(stage: Stage, wanted: int) -> ObjectNode:
    """A chosen object, or the vehicle that comes nearest to the camera."""
    if wanted != ANY:
        return stage.scene.object(wanted)
    vehicles = stage.vehicles()
    if not vehicles:
        raise NsgError("this drive has no vehicle; choose an object by its track.")
    eyes = stage.road.path.at(stage.road.ego)

    def distance(node: ObjectNode) -> float:
        gap = places(node.track)[:, None] - eyes[None]
        return float(np.hypot(gap[..., 0], gap[..., 2]).min())

    return min(vehicles, key=distance)


def rotate(stage: Stage, p: Rotate) -> None:
    """By an angle, and by more in each frame."""
    node = nearest(stage, p.track)
    if p.degrees:
        stage.do(Turn(node.track_id, math.radians(p.degrees)))
    if p.spin:
        rate = math.radians(p.spin) / RATE
        track = stage.scene.object(node.track_id).track
        first = track.frames[0]
        spun = each(
            track, lambda f, q: replace(q, yaw=turned(q.yaw + rate * (f - first)))
        )
        stage.do(SetTrack(node.track_id, spun.frames, spun.poses))
    if not stage.edits:
        raise NsgError("a turn by 0 degrees changes nothing; set degrees or spin.")


def dance(stage: Stage, p: Dance) -> None:
    """A sine to the side, and with it a turn."""
    node = nearest(stage, p.track)
    first = node.track.frames[0]

    def step(frame: int, pose: Pose) -> Pose:
        beat = math.tau * (frame - first) / RATE / p.seconds
        aside = p.sway * math.sin(beat)
        x, y, z = pose.position
        x, z = x - aside * math.sin(pose.yaw), z - aside * math.cos(pose.yaw)
        turn = math.radians(p.degrees) * math.cos(beat)
        return replace(pose, position=(x, y, z), yaw=turned(pose.yaw + turn))

    danced = each(node.track, step)
    stage.do(SetTrack(node.track_id, danced.frames, danced.poses))


def move_along(stage: Stage, p: MoveAlong) -> None:
    """Each pose further along the way; beyond its end straight on."""
    node = nearest(stage, p.track)
    host = node if p.onto == ANY else stage.scene.object(p.onto)
    poses = along(stage, host, p.metres, node.size.length)
    stage.do(SetTrack(node.track_id, host.track.frames, poses))


def _way_along(
    stage: Stage, host: ObjectNode, metres: float, node: ObjectNode
) -> Track:
    return Track(host.track.frames, along(stage, host, metres, node.size.length))


def along(
    stage: Stage, host: ObjectNode, metres: float, length: float
) -> tuple[Pose, ...]:
    """Poses of what is so far ahead of an object on its way, in its frames."""
    points = places(host.track)
    first = host.track.poses[0]
    if np.linalg.norm(points[-1] - points[0]) < STILL:
        path = straight(first.position, first.yaw)
    else:
        path = make_path(thinned(points, 1.0))
    s, side = path.locate(points)
    return grounded(
        stage.road.ground, drive(path, soft(s) + metres, soft(side), length)
    )


def switch(stage: Stage, p: Switch) -> None:
    """Each gets the other's track."""
    a, b = _pair(stage, p)
    if a.track_id == b.track_id:
        raise NsgError(f"{a.label} cannot change places with itself.")
    stage.do(SetTrack(a.track_id, b.track.frames, b.track.poses))
    stage.do(SetTrack(b.track_id, a.track.frames, a.track.poses))


def _pair(stage: Stage, p: Switch) -> tuple[ObjectNode, ObjectNode]:
    wanted = [w for w in (p.track, p.other) if w != ANY]
    chosen = [stage.scene.object(w) for w in wanted]
    others = [o for o in stage.vehicles() if o.track_id not in wanted]
    while len(chosen) < 2:
        if not others:
            raise NsgError(
                "two vehicles are needed to change places; name the objects by track."
            )
        chosen.append(others.pop(int(stage.chance.integers(len(others)))))
    return chosen[0], chosen[1]


def oversample(stage: Stage, p: Oversample) -> None:
    """Copies ahead of and behind vehicles, where there is room in every frame."""
    hosts = stage.vehicles()
    if not hosts:
        raise NsgError(
            "this drive has no vehicle to copy; a car, van or truck is needed."
        )
    span = (int(stage.frames[0]), int(stage.frames[-1]))
    placed = 0
    for _ in range(30 * p.count):
        if placed == p.count:
            break
        host = hosts[int(stage.chance.integers(len(hosts)))]
        whole = replace(host, track=extend(host.track, span))
        metres = float(stage.chance.uniform(-p.spread, p.spread))
        node = stage.look(partial(_way_along, stage, whole, metres))
        poses = along(stage, whole, metres, node.size.length)
        whole_drive = len(poses) == len(stage.frames)
        if not whole_drive or not stage.plausible(node, poses):
            continue
        if stage.free(node, poses, copy=True):
            stage.put(stage.copy_of(node), poses)
            placed += 1
    if not placed:
        raise NsgError("there is no free room for one more vehicle; spread them wider.")


def translate(stage: Stage, p: Translate) -> None:
    """Along its own axes in its first frame."""
    node = nearest(stage, p.track)
    if not (p.ahead or p.right or p.up):
        raise NsgError("a move by 0 m changes nothing; set ahead, right or up.")
    yaw = node.track.poses[0].yaw
    x = p.ahead * math.cos(yaw) - p.right * math.sin(yaw)
    z = -p.ahead * math.sin(yaw) - p.right * math.cos(yaw)
    stage.do(Move(node.track_id, (x, -p.up, z)))
