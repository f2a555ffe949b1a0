"""Whether something moves as nothing of its class can, and how to bring it back.

What it did in the recording already is not doubted: labels tremble.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import numpy as np

from nsg_core.edits.edit import Edit, replay
from nsg_core.edits.tracks import Retime, Smooth
from nsg_core.errors import NsgError
from nsg_core.motion.trajectory import RATE, REACH_S, Doubt, doubts, limits, motion
from nsg_core.scene import ObjectNode, Scene, Track

RADII = (3, 6, 12, 25, 50)
"""Frames over which a way is smoothed, the gentlest first."""
SLOWEST = 0.05
"""Of its pace: slower than that, it is another story."""
ROOM = 0.95
"""Below a limit, for what sampling adds."""


def around(track: Track, frame: int) -> Track:
    """The part of a track that says how something moves in a frame."""
    reach = int(REACH_S * RATE)
    low = bisect_left(track.frames, frame - reach)
    high = bisect_right(track.frames, frame + reach)
    return Track(track.frames[low:high], track.poses[low:high])


def strange(
    track: Track, frame: int, category: str, recorded: Track | None
) -> Doubt | None:
    """What is doubtful of how it moves in a frame, and was not in the recording."""
    near = around(track, frame)
    if len(near.frames) < 3:
        return None
    before = None if recorded is None else around(recorded, frame)
    for doubt in doubts(near, category):
        here = doubt.first <= frame <= doubt.last
        if here and not _known(doubt, before, category):
            return doubt
    return None


def _known(doubt: Doubt, before: Track | None, category: str) -> bool:
    """The recording itself gives the same reason to doubt."""
    if before is None or len(before.frames) < 3:
        return False
    return any(doubt.quantity == d.quantity for d in doubts(before, category))


def mend_motion(
    scene: Scene, track: int, frame: int, recorded: ObjectNode | None
) -> tuple[Edit, ...]:
    """Edits after which it moves as it can in a frame; NsgError: there are none."""
    node = scene.object(track)
    way = None if recorded is None else recorded.track
    doubt = strange(node.track, frame, node.category, way)
    if doubt is None:
        return ()
    before = _doubted(node.track, node.category)
    for edits in _ways(node, doubt):
        after = replay(scene, edits).object(track).track
        there = after.at(frame) is not None
        calm = there and strange(after, frame, node.category, way) is None
        if calm and _doubted(after, node.category) <= before:
            return edits
    raise NsgError(
        f"{node.label} {doubt.words}. Neither smoothing its way nor slowing it down "
        "brings it to what it can do; draw its way anew (D), or reset it (Alt+G)."
    )


def _doubted(track: Track, category: str) -> int:
    """How many frames something is wrong in."""
    found = doubts(track, category)
    return sum(doubt.last - doubt.first + 1 for doubt in found)


def _ways(node: ObjectNode, doubt: Doubt) -> Iterator[tuple[Edit, ...]]:
    """What may help, the gentlest first."""
    smoother = [Smooth(node.track_id, radius) for radius in RADII]
    slower = [
        Retime(node.track_id, ((node.track.frames[0], factor),))
        for factor in _paces(node.track, node.category)
    ]
    # To smooth what goes too fast all the time is no help.
    few = 2 if doubt.quantity == "speed" else len(smoother)
    for edit in (*smoother[:few], *slower, *smoother[few:]):
        yield (edit,)
    # A way that trembles and leads too far needs both.
    for pace in slower:
        for smooth in smoother:
            yield (smooth, pace)


def _paces(track: Track, category: str) -> tuple[float, ...]:
    """Shares of its pace at which it goes no faster, and pulls no harder, than it
    can."""
    moved, can = motion(track), limits(category)
    speed = can.speed / max(float(moved.speed.max()), 1e-6)
    pulls = np.hypot(moved.acceleration, moved.cornering).max()
    pull = np.sqrt(min(can.acceleration, can.cornering) / max(float(pulls), 1e-6))
    turning = np.radians(can.turning) / max(float(np.abs(moved.turning).max()), 1e-6)
    wanted = (speed, min(speed, turning), min(speed, turning, float(pull)))
    paces = dict.fromkeys(round(ROOM * float(share), 3) for share in wanted)
    return tuple(pace for pace in paces if SLOWEST <= pace < 1)
