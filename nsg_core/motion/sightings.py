"""From which sides, and how near, a recording's cameras saw each object.

A model knows the sides that it was shown. The angle of a sight is where the camera
stood around the object: 0 in front of it, growing to its right (seen from above, as
yaw does), in degrees.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Track, Vec3

SECTORS = 72
"""Sides are told apart by 5 degrees."""
NEAREST = 1.0
"""Metres before a camera where an object is seen at all."""

_SIDES = (
    "front",
    "front right",
    "right side",
    "rear right",
    "rear",
    "rear left",
    "left side",
    "front left",
)


@dataclass(frozen=True, slots=True)
class Sightings:
    """The sides of one look that cameras saw."""

    seen: tuple[bool, ...]
    """By sectors; the first one is around 0 degrees."""
    nearest: float
    """Metres between the object and the camera that came nearest."""
    away: tuple[float, ...]
    """Degrees from the middle of each sector to the nearest one that was seen."""

    def gap(self, degrees: float) -> float:
        """Degrees by which a side lies away from the nearest seen one."""
        return self.away[sector(degrees)]

    def turn_to_seen(self, degrees: float) -> float:
        """The smallest turn of the eye (degrees) to a side that was seen."""
        step = 360 / SECTORS
        here = sector(degrees)
        if self.seen[here]:
            return 0.0
        both = range(-SECTORS // 2, SECTORS // 2 + 1)
        ways = [k * step for k in both if self.seen[(here + k) % SECTORS]]
        offset = here * step - degrees
        return min((math.remainder(w + offset, 360) for w in ways), key=abs)


def sector(degrees: float) -> int:
    """Which sector an angle lies in."""
    return round(degrees * SECTORS / 360) % SECTORS


def side(degrees: float) -> str:
    """In words which side of an object an angle is."""
    return _SIDES[round(degrees / 45) % 8]


def sight_angle(pose: Pose, eye: Vec3) -> float:
    """Where an eye stands around an object: degrees within [-180, 180]."""
    x, z = eye[0] - pose.position[0], eye[2] - pose.position[2]
    angle = math.atan2(-z, x) - pose.yaw
    return math.degrees(math.remainder(angle, math.tau))


def unseen(
    scene: Scene, node: ObjectNode, track: Track, sights: Mapping[str, Sightings]
) -> float:
    """How far the sides that a track would show are from seen ones.

    Degrees, the mean over the pictures of the scene's first camera that it is on; what
    is never on one shows nothing, and a look that nobody saw is as far as can be.
    """
    angles, _ = _sights(
        replace(scene, cameras=scene.cameras[:1]), replace(node, track=track)
    )
    known = sights.get(node.model)
    if not len(angles):
        return 0.0
    if known is None:
        return 180.0
    return float(np.mean([known.gap(angle) for angle in angles.tolist()]))


def sightings(scene: Scene) -> dict[str, Sightings]:
    """By model: what the cameras of a recording saw of each object."""
    found: dict[str, Sightings] = {}
    for node in scene.objects:
        angles, distances = _sights(scene, node)
        # A copy, which comes later, has its look from the one that was seen.
        if len(angles) and node.model not in found:
            found[node.model] = _summary(angles, distances)
    return found


def _sights(scene: Scene, node: ObjectNode) -> tuple[np.ndarray, np.ndarray]:
    """Angles and distances of all pictures that an object is on."""
    places = {frame: i for i, frame in enumerate(scene.frames)}
    pairs = zip(node.track.frames, node.track.poses, strict=True)
    there = [(places[frame], pose) for frame, pose in pairs if frame in places]
    if not there:
        return np.zeros(0), np.zeros(0)
    rows = np.array([i for i, _ in there])
    feet = np.array([pose.position for _, pose in there])
    yaws = np.array([pose.yaw for _, pose in there])
    middles = feet - np.array([0, node.size.height / 2, 0])
    parts = [_of_camera(camera, rows, middles, yaws) for camera in scene.cameras]
    angles = np.concatenate([angles for angles, _ in parts])
    return angles, np.concatenate([away for _, away in parts])


def _of_camera(
    camera: Camera, rows: np.ndarray, middles: np.ndarray, yaws: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    T = np.array([camera.Ts_world_camera[i] for i in rows]).reshape(-1, 4, 4)
    away = middles - T[:, :3, 3]
    local = np.einsum("nij,ni->nj", T[:, :3, :3], away)
    depth = np.maximum(local[:, 2], 1e-6)
    u = camera.fx * local[:, 0] / depth + camera.cx
    v = camera.fy * local[:, 1] / depth + camera.cy
    seen = (local[:, 2] > NEAREST) & (u > 0) & (u < camera.width)
    seen &= (v > 0) & (v < camera.height)
    angles = np.degrees(np.arctan2(away[:, 2], -away[:, 0]) - yaws)
    return angles[seen], np.linalg.norm(away[seen], axis=1)


def _summary(angles: np.ndarray, distances: np.ndarray) -> Sightings:
    seen = np.zeros(SECTORS, dtype=bool)
    seen[np.round(angles * SECTORS / 360).astype(int) % SECTORS] = True
    steps = np.abs(np.arange(SECTORS)[:, None] - np.flatnonzero(seen)[None])
    steps = np.minimum(steps, SECTORS - steps).min(1)
    away = (steps * (360 / SECTORS)).tolist()
    return Sightings(tuple(seen.tolist()), float(distances.min()), tuple(away))
