"""Key frames: by how much an object departs from its way, and in between smoothly.

A key does not replace the recorded motion, it bends it: at a key's frame the object is
exactly where it was put, between keys the *departure* from the track below is
interpolated, and before the first and after the last key it stays. So a key where
nothing was moved changes nothing; and for something that stands, or was made by hand,
this is the interpolation of poses that other programs have.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from nsg_core.errors import NsgError
from nsg_core.motion.retiming import between, each, make_track, steer
from nsg_core.motion.trajectory import turned
from nsg_core.scene import Curve, Keys, ObjectNode, Offset, Pose, Track


def key_frames(node: ObjectNode) -> tuple[int, ...]:
    """The frames of an object's keys."""
    return () if node.keys is None else tuple(frame for frame, _ in node.keys.offsets)


def set_key(node: ObjectNode, frame: int, pose: Pose) -> ObjectNode:
    """A copy with a key that puts it at a pose in a frame.

    In a frame where it was not there, it comes into being, and in all frames between.
    """
    keys = current(node)
    base = keys.base
    if base.at(frame) is None:
        base = _filled(base, frame)
    below = base.at(frame)
    assert below is not None
    offsets = dict(keys.offsets) | {frame: _departure(below, pose)}
    return _made(node, replace(keys, base=base, offsets=tuple(sorted(offsets.items()))))


def move_keys(
    node: ObjectNode, frames: Iterable[int], by: int, copies: bool = False
) -> ObjectNode:
    """A copy whose keys of some frames are so many frames later (or earlier).

    What a key says goes with it: by how much the object departs from its way. With
    `copies` the keys stay where they are, too. Keys that were there before are gone.
    """
    chosen = tuple(frames)
    for frame in chosen:
        _check_key(node, frame)
    keys = current(node)
    known = dict(keys.offsets)
    left = {f: o for f, o in known.items() if copies or f not in chosen}
    base = keys.base
    for frame in chosen:
        if base.at(frame + by) is None:
            base = _filled(base, frame + by)
    offsets = left | {frame + by: known[frame] for frame in chosen}
    return _made(node, replace(keys, base=base, offsets=tuple(sorted(offsets.items()))))


def _departure(below: Pose, pose: Pose) -> Offset:
    x, y, z = (b - a for a, b in zip(below.position, pose.position, strict=True))
    yaw, pitch, roll = (
        turned(b - a) for a, b in zip(below.angles, pose.angles, strict=True)
    )
    return (x, y, z, yaw, pitch, roll)


def delete_key(node: ObjectNode, frame: int) -> ObjectNode:
    """A copy without the key of a frame; its neighbours say what happens there."""
    _check_key(node, frame)
    keys = current(node)
    offsets = tuple(pair for pair in keys.offsets if pair[0] != frame)
    return _made(node, replace(keys, offsets=offsets))


def _check_key(node: ObjectNode, frame: int) -> None:
    known = [known for known, _ in current(node).offsets]
    if frame not in known:
        there = ", ".join(map(str, known)) or "none"
        raise NsgError(f"{node.label} has no key in frame {frame}; its keys: {there}.")


def with_curve(node: ObjectNode, curve: Curve, steering: bool) -> ObjectNode:
    """A copy whose keys are joined in another manner."""
    return _made(node, replace(current(node), curve=curve, steering=steering))


def current(node: ObjectNode) -> Keys:
    """The keys of an object as they are now.

    Where another edit has changed the track since, that is what they bend from now on:
    nothing is lost, and keys are where they were.
    """
    keys = node.keys
    if keys is None:
        return Keys((), node.track, node.track)
    if keys.made == node.track:
        return keys
    there = [f for f, _ in keys.offsets if node.track.at(f) is not None]
    still = tuple((frame, (0.0,) * 6) for frame in there)
    return replace(keys, offsets=still, base=node.track, made=node.track)


def _made(node: ObjectNode, keys: Keys) -> ObjectNode:
    track = bent(keys)
    if not keys.offsets:
        return replace(node, track=track, keys=None)
    return replace(node, track=track, keys=replace(keys, made=track))


def bent(keys: Keys) -> Track:
    """The track with the keys' departures."""
    if not any(any(offset) for _, offset in keys.offsets):
        return keys.base
    values = dict(
        zip(keys.base.frames, departures(keys, keys.base.frames), strict=True)
    )

    def put(frame: int, pose: Pose) -> Pose:
        dx, dy, dz, *turns = values[frame]
        x, y, z = pose.position
        angles = (turned(a + b) for a, b in zip(pose.angles, turns, strict=True))
        return Pose((x + dx, y + dy, z + dz), *angles)

    moved = each(keys.base, put)
    return steered(keys, moved) if keys.steering else moved


def steered(keys: Keys, moved: Track) -> Track:
    """Turned along the bent way between keys; in a key's frame as the key says."""
    turned_too = steer(keys.base, moved)
    exact = dict(keys.offsets)
    return Track(
        moved.frames,
        tuple(
            p if f in exact else q
            for f, p, q in zip(moved.frames, moved.poses, turned_too.poses, strict=True)
        ),
    )


def departures(keys: Keys, frames: tuple[int, ...]) -> list[Offset]:
    """By how much the keys depart from the track below, in each frame.

    Linear in the keys' own offsets, so that it does not matter in which order they
    were set.
    """
    times = np.array([frame for frame, _ in keys.offsets], dtype=np.float64)
    values = np.array([offset for _, offset in keys.offsets])
    values[:, 3:] = np.unwrap(values[:, 3:], axis=0)
    at = np.clip(np.array(frames, dtype=np.float64), times[0], times[-1])
    if len(times) == 1:
        found = np.repeat(values, len(at), axis=0)
    else:
        i = np.clip(np.searchsorted(times, at, "right") - 1, 0, len(times) - 2)
        span = times[i + 1] - times[i]
        u = (at - times[i]) / span
        found = _curve(keys.curve, times, values, i, u[:, None])
    return [
        (x, y, z, turned(yaw), turned(pitch), turned(roll))
        for x, y, z, yaw, pitch, roll in found.tolist()
    ]


def _curve(
    curve: Curve, times: np.ndarray, values: np.ndarray, i: np.ndarray, u: np.ndarray
) -> np.ndarray:
    """Values at share `u` of the spans `i` between keys [frames 6]."""
    a, b = values[i], values[i + 1]
    if curve == "straight":
        return a + u * (b - a)
    if curve == "ease":
        return a + u * u * (3 - 2 * u) * (b - a)
    # Catmull-Rom over uneven spans: at a key as fast as between its neighbours.
    slopes = np.gradient(values, times, axis=0, edge_order=1)
    inner = (values[2:] - values[:-2]) / (times[2:] - times[:-2])[:, None]
    slopes[1:-1] = inner
    span = (times[i + 1] - times[i])[:, None]
    m, n = slopes[i] * span, slopes[i + 1] * span
    return (
        (2 * u**3 - 3 * u**2 + 1) * a
        + (u**3 - 2 * u**2 + u) * m
        + (3 * u**2 - 2 * u**3) * b
        + (u**3 - u**2) * n
    )


def _filled(track: Track, frame: int) -> Track:
    """There in a frame and in all between it and the nearest frames of the track."""
    poses = dict(zip(track.frames, track.poses, strict=True))
    before = [f for f in track.frames if f < frame]
    after = [f for f in track.frames if f > frame]
    low, high = before[-1:], after[:1]
    start = low[0] if low else frame
    stop = high[0] if high else frame
    for f in range(start, stop + 1):
        if f not in poses:
            poses[f] = _at(poses, low, high, f)
    return make_track(poses.items())


def _at(poses: dict[int, Pose], low: list[int], high: list[int], frame: int) -> Pose:
    if low and high:
        share = (frame - low[0]) / (high[0] - low[0])
        return between(poses[low[0]], poses[high[0]], share)
    return poses[(low or high)[0]]
