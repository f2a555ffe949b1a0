"""The same object on the same ground at other times: pure functions Track -> Track."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

import numpy as np

from nsg_core.errors import NsgError
from nsg_core.motion.trajectory import direction, headings, places, turned
from nsg_core.scene import Pose, Track, Vec3

Again = Literal["again", "back", "on"]
"""How a loop goes on: from its start, back the same way, or further the same way."""


def make_track(poses: Iterable[tuple[int, Pose]], what: str = "the object") -> Track:
    """A track of frames and poses; NsgError where nothing is left."""
    pairs = sorted(poses, key=lambda pair: pair[0])
    if not pairs:
        raise NsgError(f"{what} would not be there in any frame.")
    return Track(tuple(f for f, _ in pairs), tuple(p for _, p in pairs))


def shift(track: Track, by: int) -> Track:
    """Everything happens `by` frames later."""
    return replace(track, frames=tuple(frame + by for frame in track.frames))


def sample(track: Track, time: float) -> Pose | None:
    """The pose at a moment between frames; None where the object is not there."""
    low = math.floor(time)
    before = track.at(low)
    if before is None or time == low:
        return before
    after = track.at(low + 1)
    return None if after is None else between(before, after, time - low)


def between(a: Pose, b: Pose, share: float) -> Pose:
    """The pose on the way from one to the other, turning the shorter way round."""
    mixed = [p + share * (q - p) for p, q in zip(a.position, b.position, strict=True)]
    angles = (
        p + share * turned(q - p) for p, q in zip(a.angles, b.angles, strict=True)
    )
    yaw, pitch, roll = angles
    return Pose((mixed[0], mixed[1], mixed[2]), turned(yaw), pitch, roll)


def retime(
    track: Track, pace: tuple[tuple[int, float], ...], span: tuple[int, int]
) -> Track:
    """Faster or slower: how many recorded frames go by in each frame.

    `pace` has (frame, factor) in ascending order; between them the factor changes
    evenly, before the first and after the last it stays. Up to the first frame of
    `pace` nothing changes. `span` is the drive's first and last frame.
    """
    start = pace[0][0]
    last = max(span[1], track.frames[-1])
    if start > last:
        return track
    frames = np.arange(start, last + 1)
    factors = np.interp(frames, [f for f, _ in pace], [factor for _, factor in pace])
    # The mean of two frames' factors is what goes by between them.
    steps = (factors[1:] + factors[:-1]) / 2
    times = start + np.concatenate([[0.0], np.cumsum(steps)])
    # Sums of tenths miss whole numbers by a rounding.
    times = np.where(abs(times - times.round()) < 1e-9, times.round(), times)
    early = [(f, p) for f, p in _pairs(track) if f < start]
    late = [
        (frame, pose)
        for frame, time in zip(frames.tolist(), times.tolist(), strict=True)
        if (pose := sample(track, time)) is not None
    ]
    return make_track([*early, *late])


def reverse(track: Track, around: bool = True) -> Track:
    """The same way from its end to its start, turned around or backwards."""
    total = track.frames[0] + track.frames[-1]
    by = math.pi if around else 0.0
    return make_track(
        (total - f, replace(p, yaw=turned(p.yaw + by))) for f, p in _pairs(track)
    )


def mirror(track: Track, point: Vec3, yaw: float) -> Track:
    """On the other side of an upright plane through a point along a direction."""
    ahead = np.array([math.cos(yaw), 0.0, -math.sin(yaw)])
    origin = np.array([point[0], 0.0, point[2]])

    def flip(pose: Pose) -> Pose:
        x, y, z = pose.position
        offset = np.array([x, 0.0, z]) - origin
        across = offset - (offset @ ahead) * ahead
        x, _, z = (np.array([x, 0.0, z]) - 2 * across).tolist()
        return replace(
            pose, position=(x, y, z), yaw=turned(2 * yaw - pose.yaw), roll=-pose.roll
        )

    return track.map(flip)


def freeze(track: Track, frame: int, span: tuple[int, int]) -> Track:
    """It stands in all frames of a span where it is in `frame`."""
    pose = track.at(frame)
    if pose is None:
        raise NsgError(f"it is not there in frame {frame}, so it cannot be held there.")
    kept = {f: p for f, p in _pairs(track) if not span[0] <= f <= span[1]}
    return make_track((kept | dict.fromkeys(range(span[0], span[1] + 1), pose)).items())


def loop(track: Track, part: tuple[int, int], until: int, how: Again) -> Track:
    """What it does in frames `part` over and over, up to frame `until`."""
    pieces = [track.at(frame) for frame in range(part[0], part[1] + 1)]
    poses = [pose for pose in pieces if pose is not None]
    if len(poses) < len(pieces) or len(poses) < 2:
        raise NsgError(
            f"a loop needs an object that is there in two frames and all between; "
            f"in frames {part[0]}-{part[1]} it is there in {len(poses)}."
        )
    kept = [(f, p) for f, p in _pairs(track) if f <= part[1] or f > until]
    rest = range(part[1] + 1, until + 1)
    return make_track(
        [*kept, *((frame, _turn(poses, frame - part[0], how)) for frame in rest)]
    )


def _turn(poses: list[Pose], i: int, how: Again) -> Pose:
    """The pose of a loop after `i` frames."""
    steps = len(poses) - 1
    if how == "again":
        return poses[i % len(poses)]
    rounds, place = divmod(i, steps)
    if how == "back":
        return poses[place] if rounds % 2 == 0 else poses[steps - place]
    return _carried(poses[0], poses[-1], poses[place], rounds)


def _carried(first: Pose, last: Pose, pose: Pose, rounds: int) -> Pose:
    """A pose carried on by what leads from the first to the last, `rounds` times."""
    T_step = last.T_world_object() @ np.linalg.inv(first.T_world_object())
    turn = turned(last.yaw - first.yaw)
    T = np.linalg.matrix_power(T_step, rounds) @ pose.T_world_object()
    x, y, z = T[:3, 3].tolist()
    return replace(pose, position=(x, y, z), yaw=turned(pose.yaw + rounds * turn))


def extend(track: Track, span: tuple[int, int]) -> Track:
    """There in all frames of a span: gaps are filled, beyond its ends it goes on.

    It keeps the speed of its last half second, and its heading.
    """
    known = dict(_pairs(track))
    filled = dict(known)
    for a, b in zip(track.frames, track.frames[1:], strict=False):
        for frame in range(max(a + 1, span[0]), min(b, span[1] + 1)):
            filled[frame] = between(known[a], known[b], (frame - a) / (b - a))
    for end, step in ((track.frames[0], -1), (track.frames[-1], 1)):
        velocity = _velocity(track, end, step)
        goal = span[0] if step < 0 else span[1]
        for frame in range(end + step, goal + step, step):
            if (goal - end) * step < 0:
                break
            filled[frame] = _moved(known[end], velocity * (frame - end))
    return make_track(filled.items())


def _velocity(track: Track, end: int, step: int) -> np.ndarray:
    """Metres a frame near an end of the track; none where it only trembles."""
    near = [f for f in track.frames if abs(f - end) <= 5]
    other = near[0] if step > 0 else near[-1]
    if other == end:
        return np.zeros(3)
    a, b = track.at(other), track.at(end)
    assert a is not None
    assert b is not None
    velocity = np.subtract(b.position, a.position) / (end - other)
    return velocity if np.linalg.norm(velocity) > 0.05 else np.zeros(3)


def _moved(pose: Pose, by: np.ndarray) -> Pose:
    x, y, z = (np.array(pose.position) + by).tolist()
    return replace(pose, position=(x, y, z))


def smooth(track: Track, radius: int) -> Track:
    """Without trembling: each pose is a mean of its neighbours within `radius` frames.

    Ends stay where they are, and gaps stay gaps. Beyond its ends a track is taken as
    turned about them, so that no second difference grows: weights are positive and sum
    to one, hence every new one is a mean of old ones.
    """
    values = np.column_stack([places(track), headings(track)])
    frames = np.array(track.frames)
    runs = np.split(np.arange(len(frames)), np.flatnonzero(np.diff(frames) > 1) + 1)
    for run in runs:
        values[run] = _softened(values[run], min(radius, len(run) - 1))
    return Track(
        track.frames,
        tuple(
            replace(pose, position=(x, y, z), yaw=turned(yaw))
            for pose, (x, y, z, yaw) in zip(track.poses, values.tolist(), strict=True)
        ),
    )


def _softened(values: np.ndarray, radius: int) -> np.ndarray:
    if radius < 1:
        return values
    before = 2 * values[0] - values[radius:0:-1]
    after = 2 * values[-1] - values[-2 : -radius - 2 : -1]
    wide = np.concatenate([before, values, after])
    weights = np.hanning(2 * radius + 3)[1:-1]
    weights /= weights.sum()
    return sum(
        weight * wide[i : i + len(values)] for i, weight in enumerate(weights.tolist())
    )  # pyright: ignore[reportReturnType]


def steer(old: Track, new: Track) -> Track:
    """`new`, turned by as much as its way has turned against that of `old`.

    A car that is pulled to the side steers there; one that stands keeps its heading.
    """
    turn = dict(zip(old.frames, direction(old).tolist(), strict=True))
    after = direction(new).tolist()
    return Track(
        new.frames,
        tuple(
            replace(p, yaw=turned(p.yaw + turned(way - turn.get(f, way))))
            for f, p, way in zip(new.frames, new.poses, after, strict=True)
        ),
    )


def _pairs(track: Track) -> Iterable[tuple[int, Pose]]:
    return zip(track.frames, track.poses, strict=True)


def each(track: Track, change: Callable[[int, Pose], Pose]) -> Track:
    """A track with every pose changed by a function of its frame."""
    return replace(track, poses=tuple(change(f, p) for f, p in _pairs(track)))
