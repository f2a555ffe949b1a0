"""How an object moves, frame by frame, and whether anything could move like that.

Labels jump by centimetres from frame to frame, and 5 cm are 20 m/s2 in second
differences at 10 Hz. So speed and acceleration come from a parabola that is fitted to
all poses within `REACH_S` of a moment; at the ends of a track to those on one side.
A jump is none of these: it is told apart, and speed and acceleration are those of the
way without it, which else would swing half a second before and after.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nsg_core.scene import Track

RATE = 10.0
"""Frames a second, as KITTI was recorded."""
REACH_S = 0.55
"""Poses before and after a moment that say how fast it was."""
JUMP = 0.5
"""Metres from where the neighbours in time say that it is, which nothing does."""
STANDING = 0.5
"""Below this speed (m/s) the direction of travel is the heading: the rest is noise."""


@dataclass(frozen=True, slots=True)
class Motion:
    """A track's motion in each of its frames."""

    frames: tuple[int, ...]
    speed: np.ndarray
    """Metres per second."""
    acceleration: np.ndarray
    """Along the direction of travel; braking is negative (m/s2)."""
    cornering: np.ndarray
    """Across the direction of travel (m/s2), never negative."""
    turning: np.ndarray
    """Yaw rate in radians per second."""
    jump: np.ndarray
    """Metres from where its neighbours in time say that it is, or by which it jumps."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What something of a class can do at the most."""

    speed: float
    """m/s"""
    acceleration: float
    """m/s2, also when braking"""
    cornering: float
    """m/s2"""
    turning: float
    """degrees per second"""
    jump: float = JUMP
    """m: labels tremble less, and no braking or steering reaches it within a frame"""


VEHICLE = Limits(70.0, 8.0, 8.0, 60.0)
LIMITS = {
    "Pedestrian": Limits(8.0, 5.0, 5.0, 360.0),
    "Person": Limits(8.0, 5.0, 5.0, 360.0),
    "Person_sitting": Limits(2.0, 5.0, 5.0, 360.0),
    "Cyclist": Limits(20.0, 6.0, 6.0, 120.0),
    "Truck": Limits(40.0, 7.0, 5.0, 45.0),
    "Bus": Limits(40.0, 7.0, 5.0, 45.0),
    "Tram": Limits(30.0, 4.0, 3.0, 20.0),
}
"""By class; what is not named here is a car."""

QUANTITIES = ("speed", "acceleration", "cornering", "turning", "jump")
UNITS = {
    "speed": "m/s",
    "acceleration": "m/s2",
    "cornering": "m/s2",
    "turning": "deg/s",
    "jump": "m",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch of a track on which it moves as nothing of its class can."""

    quantity: str
    first: int
    last: int
    worst: float
    limit: float

    @property
    def words(self) -> str:
        """What is wrong, for people."""
        span = (
            f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        )
        said = {
            "speed": "too fast",
            "acceleration": "brakes too hard"
            if self.worst < 0
            else "speeds up too hard",
            "cornering": "slides sideways",
            "turning": "turns too fast",
            "jump": "jumps",
        }[self.quantity]
        unit = UNITS[self.quantity]
        worst = abs(self.worst)
        digits = 1 if self.limit < 1 else 0
        most = f"{self.limit:.{digits}f}"
        return f"{said}: {worst:.{digits}f} {unit} (at most {most}), frames {span}"


def limits(category: str) -> Limits:
    """What something of a class can do."""
    return LIMITS.get(category, VEHICLE)


def places(track: Track) -> np.ndarray:
    """Positions over the frames [frames 3]."""
    return np.array([pose.position for pose in track.poses], dtype=np.float64)


def headings(track: Track) -> np.ndarray:
    """Yaws over the frames without jumps by a full turn [frames]."""
    return np.unwrap([pose.yaw for pose in track.poses])


def motion(track: Track) -> Motion:
    """Speed, acceleration and yaw rate of a track."""
    frames = np.array(track.frames)
    points, jump = _without_jumps(frames, places(track))
    values = np.column_stack([points, headings(track)])
    first, second = _derivatives(frames, values)
    velocity, pull = first[:, :3], second[:, :3]
    speed = np.linalg.norm(velocity, axis=1)
    yaw = values[:, 3]
    ahead = np.column_stack([np.cos(yaw), np.zeros(len(yaw)), -np.sin(yaw)])
    moving = speed > STANDING
    ahead[moving] = velocity[moving] / speed[moving, None]
    along = (pull * ahead).sum(1)
    across = np.linalg.norm(pull - along[:, None] * ahead, axis=1)
    return Motion(track.frames, speed, along, across, first[:, 3], jump)


def doubts(track: Track, category: str) -> tuple[Doubt, ...]:
    """Where a track moves as nothing of its class can."""
    moved, can = motion(track), limits(category)
    found = list[Doubt]()
    for quantity in QUANTITIES:
        values = getattr(moved, quantity)
        values = np.degrees(values) if quantity == "turning" else values
        limit = getattr(can, quantity)
        found += _stretches(quantity, track.frames, values, limit)
    return tuple(found)


def _without_jumps(
    frames: np.ndarray, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The way without its jumps [n 3], and how far each point jumps [n]."""
    off = _jumps(frames, points)
    if len(frames) < 4 or off.max() <= JUMP:
        return points, off
    gaps = np.diff(frames)[:, None]
    steps = np.diff(points, axis=0) / gaps
    # A step like the one before or after it is none: those beside a jump are not. At
    # the ends, where one of them is missing, the next but one stands for it.
    nearer = np.linalg.norm(steps[1:] - steps[:-1], axis=1)
    ends = np.linalg.norm(steps[[0, -1]] - steps[[2, -3]], axis=1)
    before = np.concatenate([ends[:1], nearer])
    after = np.concatenate([nearer, ends[1:]])
    unlike = np.minimum(before, after)
    jumps = (unlike > JUMP) & (np.maximum(off[:-1], off[1:]) > JUMP)
    if not jumps.any() or jumps.all():
        return points, off
    good = np.flatnonzero(~jumps)
    smooth = [np.interp(np.arange(len(steps)), good, steps[good, k]) for k in range(3)]
    by = np.where(jumps[:, None], np.column_stack(smooth), steps) * gaps
    far = np.where(jumps, np.linalg.norm(points[1:] - points[:-1] - by, axis=1), 0)
    off[:-1] = np.maximum(off[:-1], far)
    off[1:] = np.maximum(off[1:], far)
    return np.concatenate([points[:1], points[0] + np.cumsum(by, axis=0)]), off


def _jumps(frames: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Distance of each point from the line between the ones before and after it [n]."""
    found = np.zeros(len(frames))
    if len(frames) > 2:
        share = (frames[1:-1] - frames[:-2]) / (frames[2:] - frames[:-2])
        middle = points[:-2] + share[:, None] * (points[2:] - points[:-2])
        found[1:-1] = np.linalg.norm(points[1:-1] - middle, axis=1)
    return found


def _stretches(
    quantity: str, frames: tuple[int, ...], values: np.ndarray, limit: float
) -> list[Doubt]:
    """Runs of frames whose value is beyond the limit."""
    # Rounding is no reason to doubt what was planned to be just at the limit.
    over = np.abs(values) > limit * (1 + 1e-6)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], over, [False]])))
    found = list[Doubt]()
    for start, stop in edges.reshape(-1, 2).tolist():
        part = values[start:stop]
        worst = float(part[np.abs(part).argmax()])
        found.append(Doubt(quantity, frames[start], frames[stop - 1], worst, limit))
    return found


def _derivatives(
    frames: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """First and second derivative by time of values [frames n]."""
    first, second = np.zeros_like(values), np.zeros_like(values)
    reach = int(REACH_S * RATE)
    lows = np.searchsorted(frames, frames - reach)
    highs = np.searchsorted(frames, frames + reach + 1)
    # Frames whose neighbours lie alike have the same weights: nearly all of them.
    alike: dict[tuple[int, ...], list[int]] = {}
    for i, (low, high) in enumerate(zip(lows.tolist(), highs.tolist(), strict=True)):
        alike.setdefault(tuple((frames[low:high] - frames[i]).tolist()), []).append(i)
    for offsets, same in alike.items():
        rows = lows[same][:, None] + np.arange(len(offsets))
        found = np.einsum("wk,nkv->wnv", _weights(offsets), values[rows])
        first[same], second[same] = found
    return first, second


@lru_cache(maxsize=4096)
def _weights(offsets: tuple[int, ...]) -> np.ndarray:
    """Weights [2 n] that give slope and curvature at 0 of the parabola fitted there."""
    times = np.array(offsets) / RATE
    degree = min(2, len(offsets) - 1)
    fit = np.linalg.pinv(np.vander(times, degree + 1, increasing=True))
    weights = np.zeros((2, len(offsets)))
    if degree >= 1:
        weights[0] = fit[1]
    if degree >= 2:
        weights[1] = 2 * fit[2]
    return weights


def direction(track: Track) -> np.ndarray:
    """Direction of travel as yaw [frames]; the heading where it stands or is alone."""
    values = places(track)
    velocity, _ = _derivatives(np.array(track.frames), values)
    speed = np.hypot(velocity[:, 0], velocity[:, 2])
    travel = np.arctan2(-velocity[:, 2], velocity[:, 0])
    return np.where(speed > STANDING, travel, [pose.yaw for pose in track.poses])


def turned(angle: float) -> float:
    """An angle within [-pi, pi], as in KITTI labels."""
    return math.remainder(angle, math.tau)
