"""A camera's flight through a drive: keys on a smooth curve, as plain values.

Between two keys the camera follows a curve without corners (`camera_spline`), the
drive's own time goes on evenly from one key's frame to the next one's: the same frame
on both holds the traffic still while the camera flies around it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from nsg_core.cameras.spline import Place, place_at, way
from nsg_core.errors import NsgError
from nsg_core.view import View

SHORTEST_S = 0.01
"""Two keys are at least this far apart in time."""
LONGEST_S = 3600.0
WIDEST = math.radians(170)
NARROWEST = math.radians(1)


@dataclass(frozen=True, slots=True)
class CameraKey:
    """Where the camera is at one moment of its flight."""

    T_world_camera: tuple[float, ...]
    """16 numbers, row-major."""
    time: float
    """Seconds since the flight began."""
    fov: float
    """Field of view from top to bottom (radians)."""
    frame: int
    """At which frame of the drive the objects stand."""
    rest: bool = False
    """The camera slows down, stands still for a moment and starts again."""

    def __post_init__(self) -> None:
        numbers = (*self.T_world_camera, self.time, self.fov)
        if len(self.T_world_camera) != 16 or not all(map(math.isfinite, numbers)):
            raise NsgError(f"a camera key needs finite numbers, found {numbers}.")
        if not NARROWEST <= self.fov <= WIDEST:
            found = f"{math.degrees(self.fov):.1f}"
            raise NsgError(f"a field of view is 1 to 170 degrees, found {found}.")
        R = np.reshape(self.T_world_camera, (4, 4))[:3, :3]
        if np.abs(R.T @ R - np.eye(3)).max() > 1e-3 or np.linalg.det(R) < 0:
            raise NsgError(
                "a camera key's pose must turn without bending or mirroring."
            )

    @property
    def position(self) -> tuple[float, float, float]:
        """Where the camera is."""
        T = self.T_world_camera
        return T[3], T[7], T[11]


@dataclass(frozen=True, slots=True)
class CameraPath:
    """Keys in the order of their times, and the pictures to take on the way."""

    keys: tuple[CameraKey, ...] = ()
    loop: bool = False
    """After the last key the camera flies back to the first."""
    width: int = 1242
    height: int = 376
    rate: float = 30.0
    """Pictures a second."""
    closing_s: float = 2.0
    """In a loop: how long the way back to the first key takes."""

    def __post_init__(self) -> None:
        if not (0 < self.width <= 16384 and 0 < self.height <= 16384):
            size = f"{self.width}x{self.height}"
            raise NsgError(f"pictures of a flight are 1 to 16384 pixels, found {size}.")
        if not 1 <= self.rate <= 240:
            raise NsgError(f"pictures a second are 1 to 240, found {self.rate}.")
        if not SHORTEST_S <= self.closing_s <= LONGEST_S:
            raise NsgError(
                f"the way back takes 0.01 to 3600 s, found {self.closing_s}."
            )
        times = [key.time for key in self.keys]
        if times and times[0] != 0.0:
            raise NsgError(f"a flight begins at 0 s, found {times[0]}.")
        if any(b - a < SHORTEST_S * 0.999 for a, b in pairwise(times)):
            raise NsgError(f"times of camera keys must ascend, found {times}.")
        if times and times[-1] > LONGEST_S:
            raise NsgError(f"a flight takes at most an hour, found {times[-1]} s.")

    @property
    def duration(self) -> float:
        """Seconds from the first key to the last, or back to the first in a loop."""
        if not self.keys:
            return 0.0
        return self.keys[-1].time + (self.closing_s if self.looping else 0.0)

    @property
    def looping(self) -> bool:
        """It is a loop of more than one key."""
        return self.loop and len(self.keys) > 1

    def place(self, time: float) -> Place:
        """Pose and field of view at a moment."""
        return place_at(*self._curve(), self.wrapped(time))

    def way(self, pieces: int = 16) -> np.ndarray:
        """Points of the way [n 3], so many between two keys; for drawing it."""
        return way(*self._curve(), pieces)

    def _curve(
        self,
    ) -> tuple[tuple[Place, ...], list[float], list[bool], float | None]:
        places = tuple(
            Place(np.reshape(k.T_world_camera, (4, 4)), k.fov) for k in self.keys
        )
        times = [key.time for key in self.keys]
        rests = [key.rest for key in self.keys]
        return places, times, rests, self.closing_s if self.looping else None

    def wrapped(self, time: float) -> float:
        """The same moment within the flight: round again in a loop, else its ends."""
        if self.looping:
            return time % self.duration
        return min(max(time, 0.0), self.duration)

    def frame(self, time: float) -> int:
        """The drive's frame at a moment."""
        time = self.wrapped(time)
        frames = [(key.time, key.frame) for key in self.keys]
        if self.looping:
            frames.append((self.duration, self.keys[0].frame))
        if time <= frames[0][0]:
            return frames[0][1]
        for (t0, f0), (t1, f1) in pairwise(frames):
            if time <= t1:
                return math.floor(f0 + (f1 - f0) * (time - t0) / (t1 - t0) + 0.5)
        return frames[-1][1]

    def view(self, time: float) -> View:
        """What the camera sees at a moment."""
        place = self.place(time)
        focal = self.height / 2 / math.tan(place.fov / 2)
        T = tuple(place.T_world_camera.ravel().tolist())
        middle = (self.width - 1) / 2, (self.height - 1) / 2
        return View(T, self.width, self.height, focal, focal, *middle)

    def times(self) -> tuple[float, ...]:
        """When the pictures are taken; a loop does not take its first one twice."""
        count = round(self.duration * self.rate)
        if not self.keys:
            return ()
        return tuple(i / self.rate for i in range(count + (not self.looping)))

    def views(self) -> tuple[tuple[View, int], ...]:
        """All pictures of the flight, with the drive's frame of each."""
        return tuple((self.view(t), self.frame(t)) for t in self.times())


def added(path: CameraPath, key: CameraKey, after_s: float = 2.0) -> CameraPath:
    """With one more key at the end, some seconds after the last one."""
    time = path.keys[-1].time + after_s if path.keys else 0.0
    return replace(path, keys=(*path.keys, replace(key, time=time)))


def inserted(path: CameraPath, key: CameraKey) -> CameraPath:
    """With one more key at its own time, on top of none."""
    times = [k.time for k in path.keys]
    if any(abs(key.time - t) < SHORTEST_S for t in times):
        raise NsgError(f"there is a camera key at {key.time:.2f} s already.")
    keys = sorted((*path.keys, key), key=lambda k: k.time)
    return replace(path, keys=_from_zero(tuple(keys)))


def copied(path: CameraPath, index: int, frame: int) -> CameraPath:
    """With a key twice, the copy at another frame of the drive.

    It comes half-way to the next key, or some seconds after the last one.
    """
    key = replace(at(path, index), frame=frame)
    if index + 1 == len(path.keys):
        return added(path, key)
    later = path.keys[index + 1].time
    return inserted(path, replace(key, time=(key.time + later) / 2))


def changed(
    path: CameraPath, index: int, change: Callable[[CameraKey], CameraKey]
) -> CameraPath:
    """With one key changed; its time stays."""
    key = at(path, index)
    new = replace(change(key), time=key.time)
    return replace(path, keys=(*path.keys[:index], new, *path.keys[index + 1 :]))


def at(path: CameraPath, index: int) -> CameraKey:
    """One key; NsgError where there is none."""
    if not 0 <= index < len(path.keys):
        held = f"0 to {len(path.keys) - 1}" if path.keys else "none yet"
        raise NsgError(f"there is no camera key {index}; the keys are: {held}.")
    return path.keys[index]


def without(path: CameraPath, index: int) -> CameraPath:
    """With one key less; the others keep their distances in time."""
    at(path, index)
    keys = (*path.keys[:index], *path.keys[index + 1 :])
    return replace(path, keys=_from_zero(keys))


def reordered(path: CameraPath, index: int, to: int) -> CameraPath:
    """With a key at another place of the order; the moments stay where they are."""
    at(path, index)
    at(path, to)
    keys = [*path.keys]
    keys.insert(to, keys.pop(index))
    times = [key.time for key in path.keys]
    pairs = zip(keys, times, strict=True)
    return replace(path, keys=tuple(replace(k, time=t) for k, t in pairs))


def with_gap(path: CameraPath, index: int, seconds: float) -> CameraPath:
    """Let the way to a key take this long; all later keys follow later or earlier.

    The way to the first key is the one back to it in a loop.
    """
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise NsgError(f"the way to a key takes 0.01 to 3600 s, found {seconds}.")
    at(path, index)
    if index == 0:
        return replace(path, closing_s=seconds)
    shift = path.keys[index - 1].time + seconds - path.keys[index].time
    later = (replace(k, time=k.time + shift) for k in path.keys[index:])
    return replace(path, keys=(*path.keys[:index], *later))


def retimed(path: CameraPath, duration: float) -> CameraPath:
    """The same flight within another time."""
    if not SHORTEST_S * len(path.keys) <= duration <= LONGEST_S:
        raise NsgError(f"a flight takes a moment to an hour, found {duration} s.")
    if path.duration == 0:
        return path
    factor = duration / path.duration
    keys = tuple(replace(k, time=k.time * factor) for k in path.keys)
    return replace(path, keys=keys, closing_s=path.closing_s * factor)


def evened(path: CameraPath) -> CameraPath:
    """Times by distance, so that the camera flies about equally fast everywhere."""
    stops = [*path.keys, *([path.keys[0]] if path.looping else [])]
    # A turn on the spot takes time as well: a radian as much as two metres.
    ways = [max(_way(a, b), 1e-3) for a, b in pairwise(stops)]
    if not ways:
        return path
    scale = path.duration / sum(ways)
    gaps = [max(way * scale, SHORTEST_S) for way in ways]
    times = np.cumsum([0.0, *gaps]).tolist()
    pairs = zip(path.keys, times, strict=False)
    keys = tuple(replace(key, time=time) for key, time in pairs)
    closing = gaps[-1] if path.looping else path.closing_s
    return replace(path, keys=keys, closing_s=closing)


def shifted(path: CameraPath, by: tuple[float, float, float]) -> CameraPath:
    """The whole path moved along the world's axes."""

    def moved(key: CameraKey) -> CameraKey:
        T = np.reshape(key.T_world_camera, (4, 4)).copy()
        T[:3, 3] += by
        return replace(key, T_world_camera=tuple(T.ravel().tolist()))

    return replace(path, keys=tuple(map(moved, path.keys)))


def _way(a: CameraKey, b: CameraKey) -> float:
    R = [np.reshape(k.T_world_camera, (4, 4))[:3, :3] for k in (a, b)]
    cosine = (np.trace(R[0].T @ R[1]) - 1) / 2
    turn = math.acos(float(np.clip(cosine, -1, 1)))
    return math.dist(a.position, b.position) + 2 * turn


def _from_zero(keys: tuple[CameraKey, ...]) -> tuple[CameraKey, ...]:
    if not keys:
        return ()
    first = keys[0].time
    return tuple(replace(key, time=key.time - first) for key in keys)
