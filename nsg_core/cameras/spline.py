"""A curve through camera poses whose speed and turning never jump.

Positions and the logarithm of the focal length follow cubic Hermite curves with the
slopes of a parabola through each three neighbours (Bessel), which pass evenly spaced
and unevenly spaced keys alike. Rotations follow the same construction on the sphere of
quaternions: a cumulative Bezier curve (Kim, Kim and Shin, "A general construction
scheme for unit quaternion curves", SIGGRAPH 1995) with an angular velocity at each key.
A key that rests has no slope, so that the camera slows down to it and starts again.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A camera's pose and field of view at one moment."""

    T_world_camera: np.ndarray
    fov: float
    """From top to bottom (radians)."""


def place_at(
    places: tuple[Place, ...],
    times: list[float],
    rests: list[bool],
    closing: float | None,
    time: float,
) -> Place:
    """The place at a time within the keys' times; `closing` seconds lead back."""
    assert places, "a path without keys is nowhere"
    if len(places) == 1:
        return places[0]
    knots = _Knots(times, closing)
    segment = knots.segment(time)
    begin, end = knots.knot(segment)[1], knots.knot(segment + 1)[1]
    seconds, share = end - begin, (time - begin) / (end - begin)
    a, b = (_stop(knots, places, rests, knot) for knot in (segment, segment + 1))
    vector = hermite(a.vector, b.vector, a.slope, b.slope, seconds, share)
    q = squad(a.turned, b.turned, a.spin, b.spin, seconds, share)
    T = np.eye(4)
    T[:3, :3], T[:3, 3] = rotation(q), vector[:3]
    return Place(T, 2 * math.atan(math.exp(-vector[3])))


def way(
    places: tuple[Place, ...],
    times: list[float],
    rests: list[bool],
    closing: float | None,
    pieces: int,
) -> np.ndarray:
    """Points of the curve [n 3]: so many evenly timed pieces between two keys."""
    if len(places) == 1:
        return places[0].T_world_camera[None, :3, 3]
    knots = _Knots(times, closing)
    share = np.arange(pieces)[:, None] / pieces
    parts: list[np.ndarray] = []
    for segment in range(len(times) - (closing is None)):
        seconds = knots.knot(segment + 1)[1] - knots.knot(segment)[1]
        (a, slope_a), (b, slope_b) = (
            _leg(knots, places, rests, knot) for knot in (segment, segment + 1)
        )
        parts.append(hermite(a, b, slope_a, slope_b, seconds, share))
    last = places[knots.knot(len(parts))[0]]
    return np.concatenate([*parts, _vector(last)[None]])[:, :3]


def _leg(
    knots: "_Knots", places: tuple[Place, ...], rests: list[bool], knot: int
) -> tuple[np.ndarray, np.ndarray]:
    """Position and zoom of a key, and how fast they change there."""
    index = knots.knot(knot)[0]
    near = None if rests[index] else knots.neighbours(knot)
    slope = np.zeros(4) if near is None else _slope(knots, places, near)
    return _vector(places[index]), slope


@dataclass(frozen=True, slots=True, eq=False)
class _Stop:
    """A key as one end of a piece of the curve."""

    vector: np.ndarray
    """Position, and the logarithm of the focal length [4]."""
    turned: np.ndarray
    """Quaternion."""
    slope: np.ndarray
    """Change of the vector per second."""
    spin: np.ndarray
    """Angular velocity in the camera's own axes."""


def _stop(
    knots: "_Knots", places: tuple[Place, ...], rests: list[bool], knot: int
) -> _Stop:
    index = knots.knot(knot)[0]
    place = places[index]
    vector, slope = _leg(knots, places, rests, knot)
    near = None if rests[index] else knots.neighbours(knot)
    spin = np.zeros(3) if near is None else _spin(knots, places, near)
    turned = quaternion(place.T_world_camera[:3, :3])
    return _Stop(vector, turned, slope, spin)


class _Knots:
    """Keys over time; in a loop they go on for ever in both directions."""

    def __init__(self, times: list[float], closing: float | None) -> None:
        self.times, self.closing = times, closing
        self.period = times[-1] + (closing or 0.0)

    def segment(self, time: float) -> int:
        """The knot before (or at) a time that is not the last one."""
        last = len(self.times) - (2 if self.closing is None else 1)
        return min(max(bisect_right(self.times, time) - 1, 0), last)

    def knot(self, number: int) -> tuple[int, float]:
        """Which key a knot is, and when."""
        rounds, index = divmod(number, len(self.times))
        return index, self.times[index] + rounds * self.period

    def neighbours(self, number: int) -> tuple[int, int, int] | None:
        """The knots around one; None at an end, where the camera stands still."""
        if self.closing is None and not 0 < number < len(self.times) - 1:
            return None
        return number - 1, number, number + 1


def _vector(place: Place) -> np.ndarray:
    """Position, and the logarithm of the focal length."""
    zoom = -math.log(math.tan(place.fov / 2))
    return np.array([*place.T_world_camera[:3, 3], zoom])


def _slope(
    knots: _Knots, places: tuple[Place, ...], near: tuple[int, int, int]
) -> np.ndarray:
    """How fast position and zoom change at the middle one of three knots."""
    (a, t0), (b, t1), (c, t2) = (knots.knot(n) for n in near)
    before = (_vector(places[b]) - _vector(places[a])) / (t1 - t0)
    after = (_vector(places[c]) - _vector(places[b])) / (t2 - t1)
    return (before * (t2 - t1) + after * (t1 - t0)) / (t2 - t0)


def _spin(
    knots: _Knots, places: tuple[Place, ...], near: tuple[int, int, int]
) -> np.ndarray:
    """The angular velocity there, in the camera's own axes."""
    (a, t0), (b, t1), (c, t2) = (knots.knot(n) for n in near)
    q = [quaternion(places[i].T_world_camera[:3, :3]) for i in (a, b, c)]
    before = log(product(conjugate(q[0]), q[1])) / (t1 - t0)
    after = log(product(conjugate(q[1]), q[2])) / (t2 - t1)
    return (before * (t2 - t1) + after * (t1 - t0)) / (t2 - t0)


def hermite(
    a: np.ndarray,
    b: np.ndarray,
    slope_a: np.ndarray,
    slope_b: np.ndarray,
    seconds: float,
    s: float | np.ndarray,
) -> np.ndarray:
    """The cubic with these values and slopes at both ends, at shares of the way."""
    h = s * s * (3 - 2 * s)
    leave = s * (1 - s) ** 2 * seconds
    arrive = s * s * (s - 1) * seconds
    return a + (b - a) * h + slope_a * leave + slope_b * arrive


def squad(
    a: np.ndarray,
    b: np.ndarray,
    spin_a: np.ndarray,
    spin_b: np.ndarray,
    seconds: float,
    s: float,
) -> np.ndarray:
    """The rotation a share of the way between two, with these angular velocities."""
    first, last = spin_a * seconds / 3, spin_b * seconds / 3
    whole = product(conjugate(a), b)
    middle = log(product(product(exp(-first), whole), exp(-last)))
    shares = 1 - (1 - s) ** 3, s * s * (3 - 2 * s), s**3
    q = a
    for turn, share in zip((first, middle, last), shares, strict=True):
        q = product(q, exp(turn * share))
    return q


def quaternion(R: np.ndarray) -> np.ndarray:
    """The unit quaternion (w, x, y, z) of a rotation."""
    # The largest of four equal expressions loses the fewest digits (Shepperd).
    squares = np.array([np.trace(R), R[0, 0], R[1, 1], R[2, 2]])
    squares = np.array([1 + squares[0], *(1 + 2 * squares[1:] - squares[0])])
    k = int(squares.argmax())
    rows = (
        (squares[0], R[2, 1] - R[1, 2], R[0, 2] - R[2, 0], R[1, 0] - R[0, 1]),
        (R[2, 1] - R[1, 2], squares[1], R[0, 1] + R[1, 0], R[0, 2] + R[2, 0]),
        (R[0, 2] - R[2, 0], R[0, 1] + R[1, 0], squares[2], R[1, 2] + R[2, 1]),
        (R[1, 0] - R[0, 1], R[0, 2] + R[2, 0], R[1, 2] + R[2, 1], squares[3]),
    )
    q = np.array(rows[k])
    return q / np.linalg.norm(q)


def rotation(q: np.ndarray) -> np.ndarray:
    """The rotation [3 3] of a quaternion."""
    w, x, y, z = q / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Hamilton's product: first `b`, then `a`."""
    w = a[0] * b[0] - a[1:] @ b[1:]
    return np.array([w, *(a[0] * b[1:] + b[0] * a[1:] + _cross(a[1:], b[1:]))])


def conjugate(q: np.ndarray) -> np.ndarray:
    """The turn back."""
    return q * (1, -1, -1, -1)


def exp(turn: np.ndarray) -> np.ndarray:
    """The quaternion of a turn by |turn| radians about its direction."""
    half = math.sqrt(float(turn @ turn)) / 2
    # sin(x) / x is 1 for all that a float can tell below this.
    share = 0.5 if half < 1e-9 else 0.5 * math.sin(half) / half
    return np.array([math.cos(half), *(turn * share)])


def log(q: np.ndarray) -> np.ndarray:
    """The turn of a quaternion, the shorter way round."""
    if q[0] < 0:
        q = -q
    length = math.sqrt(float(q[1:] @ q[1:]))
    if length < 1e-12:
        return np.zeros(3)
    return q[1:] * (2 * math.atan2(length, q[0]) / length)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Much quicker for three numbers than NumPy's own, which takes any shape."""
    return np.array(
        [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ]
    )
