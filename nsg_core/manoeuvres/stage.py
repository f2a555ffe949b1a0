"""Where a manoeuvre is set up: a scene that grows by edits, chance from a seed."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from nsg_core.edits.edit import Duplicate, Edit, Remove
from nsg_core.edits.tracks import SetTrack
from nsg_core.errors import NsgError
from nsg_core.manoeuvres.road import REAR, VEHICLE, Road, road_of
from nsg_core.manoeuvres.settings import ANY
from nsg_core.motion.overlaps import overlaps
from nsg_core.motion.sightings import sightings, unseen
from nsg_core.motion.trajectory import RATE, doubts, motion
from nsg_core.scene import ObjectNode, PlacedBox, Pose, Scene, Size, Track

VEHICLES = frozenset({"Car", "Van", "Truck", "Bus", "Tram"})
LOOKS = ("Car", "Van", "Truck", "Bus")
"""Of which copies are made, the first choice first."""
DRIVING = 2.0
"""m/s: what is slower is parked."""
SHARES = (0.2, 0.3, 0.1, 0.4, 0.5, 0.0, 0.6, 0.7)
"""Of a drive, at which something may begin where nobody says when."""
ALIKE = 10.0
"""Degrees from a seen side that make no difference between two looks."""
Way = Callable[[ObjectNode], Track | None]
"""Where a new vehicle with somebody's look would drive; None: it could not."""
EGO = -2
"""The recorded vehicle among tracks."""


class Stage:
    """Collects the edits of one manoeuvre; each sees what those before have done."""

    def __init__(self, scene: Scene, seed: int, reserved: int = ANY) -> None:
        """`reserved`: new objects get tracks above this one."""
        self.scene = scene
        self.edits: list[Edit] = []
        self.chance = np.random.default_rng(seed)
        self.road: Road = road_of(scene)
        self.frames = np.array(scene.frames)
        self.seconds = (self.frames - self.frames[0]) / RATE
        self._reserved = reserved
        self._sights = sightings(scene)

    def do(self, edit: Edit) -> None:
        """One more edit."""
        self.scene = edit.apply(self.scene)
        self.edits.append(edit)

    def copy_of(self, node: ObjectNode) -> int:
        """A new object with the look of another; its track."""
        tracks = [o.track_id for o in self.scene.objects]
        new = max([*tracks, self._reserved]) + 1
        self.do(Duplicate(node.track_id, new))
        return new

    def put(self, track: int, poses: Iterable[Pose]) -> None:
        """Give an object a pose in each frame of the drive."""
        self.do(SetTrack(track, self.scene.frames, tuple(poses)))

    def vehicles(self, driving: bool = False) -> list[ObjectNode]:
        """Vehicles that can be seen in this drive, or those that drive."""
        found = [o for o in self.scene.objects if o.category in VEHICLES and o.visible]
        return [o for o in found if top_speed(o) > DRIVING] if driving else found

    def look(self, way: Way) -> ObjectNode:
        """A vehicle whose look a new one can have, by chance.

        Rather one that the cameras saw from the sides that its way will show: of what
        they never saw a model knows nothing.
        """
        vehicles = self.vehicles()
        for category in LOOKS:
            fitting = [o for o in vehicles if o.category == category]
            if fitting:
                order = self.chance.permutation(len(fitting)).tolist()
                return min((fitting[i] for i in order), key=lambda o: self._odd(o, way))
        raise NsgError(
            "this drive has no car, van or truck whose look a new one could have; "
            "insert one from the cast first."
        )

    def _odd(self, node: ObjectNode, way: Way) -> int:
        """How many steps the shown sides are from seen ones."""
        track = way(node)
        if track is None:
            return 0
        return round(unseen(self.scene, node, track, self._sights) / ALIKE)

    def whole(self, poses: tuple[Pose, ...] | None) -> Track | None:
        """A track with a pose in each frame of the drive."""
        return None if poses is None else Track(self.scene.frames, poses)

    def starts(self, frame: int) -> list[int]:
        """Places among the frames to try: of a chosen one, or all over the drive."""
        if frame != ANY:
            return [self.scene.index(frame)]
        last = len(self.frames) - 1
        return list(dict.fromkeys(round(share * last) for share in SHARES))

    def blockers(self, node: ObjectNode, track: Track, copy: bool) -> tuple[int, ...]:
        """Who is where this track would lead an object; `EGO` is the recorded vehicle.

        A copy can be in the way of the one that it is a copy of.
        """
        mine = None if copy else node.track_id
        found: dict[int, None] = {}
        for frame, pose in zip(track.frames, track.poses, strict=True):
            if not self.frames[0] <= frame <= self.frames[-1]:
                continue
            box = placed(node, pose)
            others = (o for o in self.scene.at(frame) if o.track_id != mine)
            ego = self.ego(self.scene.index(frame))
            near = [o for o in (*others, ego) if _close(o, box)]
            found |= {o.track_id: None for o in near if _meets(o, box)}
        return tuple(found)

    def free(self, node: ObjectNode, poses: tuple[Pose, ...], copy: bool) -> bool:
        """Nobody is where these poses would be, one in each frame of the drive."""
        return not self.blockers(node, Track(self.scene.frames, poses), copy)

    def way_for(
        self, node: ObjectNode, track: Track, copy: bool, make_way: bool
    ) -> bool:
        """Whether the way is free; who is in it is removed if that is wanted."""
        found = self.blockers(node, track, copy)
        if EGO in found or (found and not make_way):
            return False
        for one in found:
            self.do(Remove(one))
        return True

    def ego(self, i: int) -> PlacedBox:
        """The recorded vehicle as a box."""
        middle = self.road.ego[i : i + 1] + (VEHICLE.length / 2 - REAR)
        (pose,) = self.road.poses(middle, 0.0, VEHICLE.length)
        return PlacedBox(EGO, "Car", "", VEHICLE, pose)

    def plausible(self, node: ObjectNode, poses: tuple[Pose, ...]) -> bool:
        """Something of its class can move like that."""
        return not doubts(Track(self.scene.frames, poses), node.category)


def soft(values: np.ndarray, reach: int = 4) -> np.ndarray:
    """Values without their trembling [n]; ends keep their speed."""
    reach = min(reach, len(values) - 1)
    if reach < 1:
        return values
    before = 2 * values[0] - values[reach:0:-1]
    after = 2 * values[-1] - values[-2 : -reach - 2 : -1]
    width = 2 * reach + 1
    wide = np.concatenate([before, values, after])
    return np.convolve(wide, np.full(width, 1 / width), mode="valid")


def placed(node: ObjectNode, pose: Pose) -> PlacedBox:
    """An object at a pose."""
    return PlacedBox(node.track_id, node.category, node.model, node.size, pose)


def top_speed(node: ObjectNode) -> float:
    """The highest speed of an object that is not a trembling of its labels (m/s)."""
    return float(np.percentile(motion(node.track).speed, 80))


def _close(a: PlacedBox, b: PlacedBox) -> bool:
    x, _, z = np.subtract(a.pose.position, b.pose.position)
    return bool(np.hypot(x, z) < (a.size.length + b.size.length) / 2 + 2)


def _meets(a: PlacedBox, b: PlacedBox) -> bool:
    # Half a metre is kept between any two; heights do not matter on a road.
    x, _, z = b.pose.position
    level = replace(b.pose, position=(x, a.pose.position[1], z))
    wide = Size(b.size.length + 0.5, b.size.height, b.size.width + 0.3)
    return bool(overlaps((a, replace(b, size=wide, pose=level))))


def as_plausible(node: ObjectNode, track: Track) -> bool:
    """It moves no more strangely than it did."""
    before = {d.quantity for d in doubts(node.track, node.category)}
    return {d.quantity for d in doubts(track, node.category)} <= before


def meets(a: PlacedBox, b: PlacedBox) -> bool:
    """One is in the other's way; half a metre is kept between any two."""
    return _close(a, b) and _meets(a, b)


def vehicle(stage: Stage, track: int) -> ObjectNode:
    """A vehicle by its track; NsgError where it is none."""
    node = stage.scene.object(track)
    if node.category not in VEHICLES:
        raise NsgError(f"{node.label} is no vehicle; choose a car, van or truck.")
    return node


def drivers(stage: Stage, track: int, frame: int) -> list[tuple[int, ObjectNode]]:
    """Vehicles that drive, with the frame's place in which they could begin something.

    A chosen one in a chosen frame; otherwise at first the next one ahead of us.
    """
    starts = stage.starts(frame)
    if track != ANY:
        node = vehicle(stage, track)
        if top_speed(node) < 1.0:
            raise NsgError(f"{node.label} is parked; choose a vehicle that drives.")
        there = [s for s in starts if node.track.at(int(stage.frames[s])) is not None]
        if not there:
            raise NsgError(f"{node.label} is not there in frame {frame}.")
        return [(start, node) for start in there]
    moving = stage.vehicles(driving=True)
    found = [(start, o) for start in starts for o in _there(stage, moving, start)]
    if not found:
        when = "" if frame == ANY else f" in frame {frame}"
        raise NsgError(
            f"no vehicle drives{when} in this drive; a moving car, van or truck is "
            "needed. Make one with another manoeuvre, or draw a way for one."
        )
    return found


def _there(stage: Stage, nodes: list[ObjectNode], start: int) -> list[ObjectNode]:
    """Those that are there in a frame, the next one ahead of us first."""
    at, eye = int(stage.frames[start]), float(stage.road.ego[start])
    here = [o for o in nodes if o.track.at(at) is not None]
    return sorted(here, key=lambda o: _order(stage, o, at, eye))


def _order(stage: Stage, node: ObjectNode, at: int, eye: float) -> float:
    """Those ahead in our lane first, then the nearest."""
    pose = node.track.at(at)
    assert pose is not None
    s, side = stage.road.where((pose,))
    ahead = float(s[0]) - eye
    return abs(ahead) + 20 * (ahead < 0) + 10 * abs(float(side[0]))
