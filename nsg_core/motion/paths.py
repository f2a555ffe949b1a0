"""A way through the world as a line of points, and poses along it.

``s`` is the distance along the line in metres, from its first point; ``side`` is how
far to the right of it something is. Beyond both ends the line goes straight on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nsg_core.errors import NsgError
from nsg_core.scene import Pose, Vec3

NEAREST = 1e-3
"""Points that are closer together than this (m) are one."""


@dataclass(frozen=True, eq=False)
class Path:
    """A line through at least two points of the world [n 3]."""

    points: np.ndarray
    distances: np.ndarray
    """Of each point along the line [n]."""

    @property
    def length(self) -> float:
        """Metres from the first point to the last."""
        return float(self.distances[-1])

    def at(self, s: np.ndarray | float) -> np.ndarray:
        """Points at these distances [m 3]."""
        s = np.atleast_1d(np.asarray(s, dtype=np.float64))
        i = self._segment(s)
        along = (s - self.distances[i])[:, None]
        return self.points[i] + along * self._directions()[i]

    def yaw(self, s: np.ndarray | float, over: float = 0.0) -> np.ndarray:
        """The line's direction at these distances as yaw, as a car of length `over`
        would take it, whose ends are on the line [m]."""
        s = np.atleast_1d(np.asarray(s, dtype=np.float64))
        reach = max(over / 2, 0.05)
        d = self.at(s + reach) - self.at(s - reach)
        return np.arctan2(-d[:, 2], d[:, 0])

    def beside(self, s: np.ndarray | float, side: np.ndarray | float) -> np.ndarray:
        """Points that are so far to the right of the line [m 3]."""
        yaw = self.yaw(s, 2.0)
        right = np.column_stack([-np.sin(yaw), np.zeros(len(yaw)), -np.cos(yaw)])
        return self.at(s) + np.reshape(side, (-1, 1)) * right

    def locate(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance along and to the right of the line of points [m 3]: [m], [m]."""
        points = np.atleast_2d(points)
        start, d = self.points[:-1], self._directions()
        lengths = np.diff(self.distances)
        gap = points[:, None] - start[None]
        along = (gap[..., [0, 2]] * d[:, [0, 2]]).sum(-1)
        inside = np.clip(along, 0, lengths)
        # The line goes on beyond its ends.
        inside[:, 0] = np.minimum(along[:, 0], lengths[0])
        inside[:, -1] = np.maximum(inside[:, -1], np.maximum(along[:, -1], 0))
        if len(lengths) == 1:
            inside = along
        off = gap - inside[..., None] * d
        nearest = np.hypot(off[..., 0], off[..., 2]).argmin(1)
        rows = np.arange(len(points))
        s = self.distances[nearest] + inside[rows, nearest]
        yaw = self.yaw(s, 2.0)
        aside = off[rows, nearest]
        side = -aside[:, 0] * np.sin(yaw) - aside[:, 2] * np.cos(yaw)
        return s, side

    def _segment(self, s: np.ndarray) -> np.ndarray:
        last = len(self.distances) - 2
        return np.clip(np.searchsorted(self.distances, s, "right") - 1, 0, last)

    def _directions(self) -> np.ndarray:
        steps = np.diff(self.points, axis=0)
        return steps / np.diff(self.distances)[:, None]


def make_path(points: Sequence[Vec3] | np.ndarray) -> Path:
    """The line through points; NsgError where they are all in one place."""
    kept = _apart(np.asarray(points, dtype=np.float64).reshape(-1, 3))
    if len(kept) < 2:
        raise NsgError("a path needs two points that are apart from each other.")
    steps = np.linalg.norm(np.diff(kept, axis=0), axis=1)
    return Path(kept, np.concatenate([[0.0], np.cumsum(steps)]))


def straight(start: Vec3, yaw: float) -> Path:
    """A line from a point in a direction."""
    x, y, z = start
    return make_path([start, (x + math.cos(yaw), y, z - math.sin(yaw))])


def _apart(points: np.ndarray) -> np.ndarray:
    """Points without those that repeat the one before."""
    kept = list(points[:1])
    for point in points[1:]:
        if np.linalg.norm(point - kept[-1]) > NEAREST:
            kept.append(point)
    return np.array(kept).reshape(-1, 3)


def thinned(points: np.ndarray, apart: float) -> np.ndarray:
    """Points at least so many metres apart, with the first and the last.

    Where something stands its labels dance on the spot: no line to drive along.
    """
    kept = [points[0]]
    for point in points[1:]:
        if np.linalg.norm(point - kept[-1]) >= apart:
            kept.append(point)
    if len(kept) > 1 and np.linalg.norm(points[-1] - kept[-1]) < apart:
        kept.pop()
    if np.linalg.norm(points[-1] - kept[-1]) > NEAREST:
        kept.append(points[-1])
    return np.array(kept)


def rounded(path: Path, step: float = 0.5) -> Path:
    """The path through the same points without corners (Catmull-Rom)."""
    points = path.points
    if len(points) < 3:
        return path
    before = 2 * points[0] - points[1]
    after = 2 * points[-1] - points[-2]
    p = np.concatenate([before[None], points, after[None]])
    # Knots by the root of the distance: no loops and cusps, however points lie.
    knots = np.concatenate(
        [[0.0], np.cumsum(np.sqrt(np.linalg.norm(np.diff(p, axis=0), axis=1)))]
    )
    parts = [
        _bend(p[i : i + 4], knots[i : i + 4], max(2, math.ceil((b - a) / step)))
        for i, (a, b) in enumerate(pairwise(path.distances.tolist()))
    ]
    return make_path(np.concatenate([*parts, points[-1:]]))


def _bend(p: np.ndarray, t: np.ndarray, count: int) -> np.ndarray:
    """Points from p[1] towards p[2] on the curve through four points [count 3]."""
    u = np.linspace(t[1], t[2], count, endpoint=False)[:, None]

    def mix(a: np.ndarray, b: np.ndarray, i: int, j: int) -> np.ndarray:
        return ((t[j] - u) * a + (u - t[i]) * b) / (t[j] - t[i])

    a1, a2, a3 = (mix(p[i], p[i + 1], i, i + 1) for i in range(3))
    b1, b2 = mix(a1, a2, 0, 2), mix(a2, a3, 1, 3)
    return mix(b1, b2, 1, 2)


def drive(
    path: Path, s: np.ndarray, side: np.ndarray | float = 0.0, length: float = 0.0
) -> tuple[Pose, ...]:
    """Poses of something that is at these distances along the path, one a frame.

    Its heading is the direction in which it goes along the line and across it.
    """
    s = np.asarray(s, dtype=np.float64)
    side = np.broadcast_to(np.asarray(side, dtype=np.float64), s.shape)
    points, yaw = path.beside(s, side), path.yaw(s, max(length, 2.0))
    if len(s) > 1:
        ahead, across = np.gradient(s), np.gradient(side)
        moving = np.abs(ahead) > 0.02
        slip = np.arctan(across[moving] / ahead[moving])
        yaw[moving] += slip
    return tuple(
        Pose((x, y, z), math.remainder(angle, math.tau))
        for (x, y, z), angle in zip(points.tolist(), yaw.tolist(), strict=True)
    )
