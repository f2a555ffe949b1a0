"""What looks wrong in an edited drive, said in a sentence, and how to mend it.

What the recording itself shows is never doubted: labels of people touch, vans stand on
kerbs. Only what was edited is looked at, and what has come too near to a camera.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from nsg_core.checks.plausible import around, mend_motion, strange
from nsg_core.edits.edit import Edit, Move, Turn
from nsg_core.motion.ground import Ground, ground_of
from nsg_core.motion.overlaps import Overlap, overlaps
from nsg_core.motion.sightings import Sightings, side, sight_angle, sightings
from nsg_core.motion.trajectory import RATE
from nsg_core.scene import ObjectNode, PlacedBox, Pose, Scene, Track, Vec3

Kind = Literal["overlap", "ground", "side", "detail", "camera", "motion", "heading"]
TOUCHING = 0.05
"""Metres that boxes may stand in each other: labels are no better."""
STEP = 0.25
"""Metres that a box may float or sink, near where the road's height is known."""
SLOPE = 0.03
"""And metres more for each metre to the nearest such place."""
SEEN = 20.0
"""Degrees from a seen side where a look still holds."""
LOST = 50.0
"""Degrees from a seen side where nothing is known any more."""
DETAIL = 0.5
"""A look holds for this share of the distance from which it was seen."""
CLEAR = 1.0
"""Metres that a box should be away from the camera."""
ASKEW = 35.0
"""Degrees between where something drives and where it faces."""
ROLLING = 2.0
"""m/s from which that matters: slower, things turn and reverse."""
FEET = frozenset({"Pedestrian", "Person", "Person_sitting"})
"""Who can walk sideways."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that looks wrong with an object in one frame."""

    kind: Kind
    track: int
    words: str
    """A sentence."""
    mend: str
    """What a click does about it."""
    bad: bool
    """Nobody would believe it; else it may be meant."""
    shift: Vec3 = (0.0, 0.0, 0.0)
    """How the mend moves it (metres)."""
    turn: float = 0.0
    """How the mend turns it (radians)."""
    other: int | None = None
    """Another object that is part of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a recording tells of the world, found once."""

    recording: Scene
    nodes: Mapping[int, ObjectNode]
    ground: Ground
    sides: Mapping[str, Sightings]


def known_of(recording: Scene) -> Known:
    """What is known from a recording."""
    nodes = {node.track_id: node for node in recording.objects}
    return Known(recording, nodes, ground_of(recording), sightings(recording))


class Checker:
    """Checks frames of scenes; what did not change since is not looked at again."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._alone: dict[int, tuple[object, tuple[Finding, ...]]] = {}

    def check(self, scene: Scene, frame: int, eye: Vec3) -> tuple[Finding, ...]:
        """All findings of a frame, seen from a camera; the worst ones first."""
        boxes = scene.at(frame)
        nodes = {node.track_id: node for node in scene.objects}
        moved = self._moved(frame, eye)
        found: list[Finding] = []
        for box in boxes:
            found += self._of_one(nodes[box.track_id], box, frame, eye, moved)
        changed = [self._changed(box, frame) for box in boxes]
        for pair in overlaps(boxes, TOUCHING, changed):
            found.append(_overlap(nodes, boxes, pair, changed))
        return tuple(sorted(found, key=lambda finding: not finding.bad))

    def _changed(self, box: PlacedBox, frame: int) -> bool:
        """It stands where no label put it, or is somebody else."""
        recorded = self.known.nodes.get(box.track_id)
        if recorded is None or recorded.size != box.size:
            return True
        return recorded.track.at(frame) != box.pose

    def _of_one(
        self, node: ObjectNode, box: PlacedBox, frame: int, eye: Vec3, moved: bool
    ) -> tuple[Finding, ...]:
        key = (box, node.track, node.name, frame, eye)
        last = self._alone.get(box.track_id)
        if last is not None and last[0] == key:
            return last[1]
        found = tuple(self._look_at(node, box, frame, eye, moved))
        self._alone[box.track_id] = (key, found)
        return found

    def _look_at(
        self, node: ObjectNode, box: PlacedBox, frame: int, eye: Vec3, moved: bool
    ) -> list[Finding]:
        near = _near_camera(node, box, eye)
        found = [] if near is None else [near]
        recorded = self.known.nodes.get(box.track_id)
        dressed = recorded is not None and recorded.model != box.model
        changed = self._changed(box, frame)
        if changed:
            found += self._on_ground(node, box)
        if near is None and (changed or dressed or moved):
            found += self._seen(node, box, eye)
        if changed and (recorded is None or recorded.track != node.track):
            found += _motion(node, frame, recorded)
        return found

    def _moved(self, frame: int, eye: Vec3) -> bool:
        """No recorded camera was here in this frame."""
        recording = self.known.recording
        i = recording.index(frame)
        eyes = (camera.Ts_world_camera[i][3::4][:3] for camera in recording.cameras)
        return all(math.dist(eye, other) > 0.05 for other in eyes)

    def _on_ground(self, node: ObjectNode, box: PlacedBox) -> list[Finding]:
        place = np.array([box.pose.position])
        ground = self.known.ground
        points = ground.points
        away = np.hypot(points[:, 0] - place[0, 0], points[:, 2] - place[0, 2])
        off = float(ground.height(place)[0]) - box.pose.position[1]
        if abs(off) <= STEP + SLOPE * float(away.min()):
            return []
        what = "floats above" if off > 0 else "is sunk into"
        words = f"{node.label} {what} the road by {abs(off):.2f} m."
        return [
            Finding(
                "ground",
                node.track_id,
                words,
                "Put it on the road",
                abs(off) > 1.0,
                shift=(0.0, off, 0.0),
            )
        ]

    def _seen(self, node: ObjectNode, box: PlacedBox, eye: Vec3) -> list[Finding]:
        sights = self.known.sides.get(box.model)
        if sights is None:
            return []
        angle = sight_angle(box.pose, eye)
        gap = sights.gap(angle)
        if gap > SEEN:
            turn = sights.turn_to_seen(angle)
            words = (
                f"No camera saw the {side(angle)} of {node.label}: "
                f"the nearest seen side is {gap:.0f} degrees away."
            )
            mend = f"Turn it by {abs(turn):.0f} degrees"
            # Turning the object one way lets the eye go round it the other way.
            back = -math.radians(turn)
            return [Finding("side", node.track_id, words, mend, gap > LOST, turn=back)]
        return _detail(node, box, eye, sights)


def _detail(
    node: ObjectNode, box: PlacedBox, eye: Vec3, sights: Sightings
) -> list[Finding]:
    x, y, z = box.pose.position
    away = math.dist(eye, (x, y - box.size.height / 2, z))
    if away >= DETAIL * sights.nearest:
        return []
    words = (
        f"{node.label} is {away:.0f} m away, but was never seen from nearer than "
        f"{sights.nearest:.0f} m: it will look blurred."
    )
    shift = _away(box.pose, eye, DETAIL * sights.nearest - away + 0.1)
    return [Finding("detail", node.track_id, words, "Move it away", False, shift)]


def _near_camera(node: ObjectNode, box: PlacedBox, eye: Vec3) -> Finding | None:
    x, z = eye[0] - box.pose.position[0], eye[2] - box.pose.position[2]
    half = math.hypot(box.size.length, box.size.width) / 2
    if math.hypot(x, z) > half + CLEAR:
        return None
    T = box.pose.T_world_object()
    local = T[:3, :3].T @ (np.array(eye) - T[:3, 3])
    low = np.array([-box.size.length, -2 * box.size.height, -box.size.width]) / 2
    high = np.array([box.size.length, 0.0, box.size.width]) / 2
    gap = float(np.linalg.norm(np.maximum(np.maximum(low - local, local - high), 0)))
    if gap >= CLEAR:
        return None
    words = (
        f"The camera is inside {node.label}."
        if gap == 0
        else f"{node.label} is only {gap:.1f} m away from the camera."
    )
    shift = _away(box.pose, eye, half + 2 * CLEAR - math.hypot(x, z))
    return Finding("camera", node.track_id, words, "Move it away", gap == 0, shift)


def _away(pose: Pose, eye: Vec3, metres: float) -> Vec3:
    """A shift along the ground away from an eye."""
    x, z = pose.position[0] - eye[0], pose.position[2] - eye[2]
    length = math.hypot(x, z)
    x, z = (x / length, z / length) if length > 1e-6 else (0.0, 1.0)
    return (x * metres, 0.0, z * metres)


def _motion(node: ObjectNode, frame: int, recorded: ObjectNode | None) -> list[Finding]:
    """How it moves about now: the frames around this one tell, all others do not.

    What it did in the recording already is not doubted.
    """
    way = None if recorded is None else recorded.track
    doubt = strange(node.track, frame, node.category, way)
    if doubt is not None:
        words = f"{node.label} {doubt.words}."
        worst = abs(doubt.worst) > 2 * doubt.limit
        how = "Slow it down" if doubt.quantity == "speed" else "Smooth its way"
        return [Finding("motion", node.track_id, words, how, worst)]
    near = around(node.track, frame)
    if len(near.frames) < 3:
        return []
    before = None if way is None else around(way, frame)
    turn = _askew(near, frame)
    usual = 0.0 if before is None else _askew(before, frame)
    kept = abs(math.remainder(turn - usual, math.tau)) < math.radians(ASKEW)
    if node.category in FEET or abs(math.degrees(turn)) < ASKEW or kept:
        return []
    return [_heading(node, turn)]


def _askew(near: Track, frame: int) -> float:
    """The turn (radians) to where it drives; 0 for what hardly moves."""
    if frame not in near.frames:
        return 0.0
    way = np.subtract(near.poses[-1].position, near.poses[0].position)
    seconds = (near.frames[-1] - near.frames[0]) / RATE
    if math.hypot(way[0], way[2]) < ROLLING * seconds:
        return 0.0
    pose = near.poses[near.frames.index(frame)]
    return math.remainder(math.atan2(-way[2], way[0]) - pose.yaw, math.tau)


def _heading(node: ObjectNode, turn: float) -> Finding:
    degrees = abs(math.degrees(turn))
    how = "backwards" if degrees > 180 - ASKEW else "sideways"
    words = f"{node.label} drives {how}: it faces {degrees:.0f} degrees off its way."
    mend = "Turn it along its way"
    return Finding("heading", node.track_id, words, mend, False, turn=turn)


def _overlap(
    nodes: Mapping[int, ObjectNode],
    boxes: tuple[PlacedBox, ...],
    pair: Overlap,
    changed: list[bool],
) -> Finding:
    """The one that was edited is to blame, and moves."""
    x, _, z = pair.apart
    blamed, other, sign = pair.first, pair.second, 1.0
    if not changed[blamed]:
        blamed, other, sign = other, blamed, -1.0
    mine, theirs = (nodes[boxes[i].track_id] for i in (blamed, other))
    words = f"{mine.label} stands in {theirs.label} by {pair.depth:.2f} m."
    # A hand's breadth more than needed, so that it is not found again.
    grown = sign * (1 + 0.1 / max(math.hypot(x, z), 1e-6))
    return Finding(
        "overlap",
        mine.track_id,
        words,
        "Move it aside",
        pair.depth > 0.3,
        shift=(x * grown, 0.0, z * grown),
        other=theirs.track_id,
    )


def mend(
    finding: Finding,
    scene: Scene,
    frame: int,
    when: Mapping[str, Any],
    known: Known | None = None,
) -> tuple[Edit, ...]:
    """The edits that mend a finding; NsgError says why there are none.

    `when` says in which frames they hold.
    """
    if finding.kind == "motion":
        recorded = None if known is None else known.nodes.get(finding.track)
        return mend_motion(scene, finding.track, frame, recorded)
    shift = finding.shift
    if finding.kind == "overlap":
        shift = free_shift(scene.at(frame), finding.track, shift)
    edits: list[Edit] = []
    if shift != (0.0, 0.0, 0.0):
        edits.append(Move(finding.track, shift, **when))
    if finding.turn:
        edits.append(Turn(finding.track, finding.turn, **when))
    return tuple(edits)


def free_shift(boxes: tuple[PlacedBox, ...], track: int, shift: Vec3) -> Vec3:
    """This shift if it leads to a free place, else a short one that does.

    It looks around in rings: a push out of one box may be a push into the next.
    """
    here = next(box for box in boxes if box.track_id == track)
    others = tuple(box for box in boxes if box.track_id != track)
    rings = (
        (r * math.cos(a), 0.0, r * math.sin(a))
        for r in np.arange(0.5, 15, 0.5).tolist()
        for a in np.arange(0, math.tau, math.tau / 16).tolist()
    )
    for way in (shift, *rings):
        x, y, z = (p + s for p, s in zip(here.pose.position, way, strict=True))
        moved = replace(here, pose=replace(here.pose, position=(x, y, z)))
        near = [
            box
            for box in others
            if math.dist(box.pose.position, (x, y, z)) < _reach(box) + _reach(here)
        ]
        if not any(
            0 in (o.first, o.second) for o in overlaps((moved, *near), TOUCHING)
        ):
            return way
    return shift


def _reach(box: PlacedBox) -> float:
    """No part of a box is farther than this from its foot."""
    return math.hypot(box.size.length / 2, box.size.height, box.size.width / 2)
