"""Tracks by formula and by Hypothesis, for tests of motion."""

import math
from collections.abc import Callable

from hypothesis import strategies as st

from nsg_core.scene import Pose, Track

metres = st.floats(-50, 50, allow_subnormal=False).map(lambda x: round(x, 3))
angles = st.floats(-math.pi, math.pi).map(lambda x: round(x, 4))


def made(count: int, where: Callable[[float], Pose], first: int = 0) -> Track:
    """A track whose pose is a function of seconds since its first frame, at 10 Hz."""
    frames = tuple(range(first, first + count))
    return Track(frames, tuple(where(i / 10) for i in range(count)))


def straight(speed: float, pull: float = 0.0, count: int = 41) -> Track:
    """Forwards along z from rest or not, evenly speeding up."""
    return made(
        count,
        lambda t: Pose((0.0, 1.65, speed * t + pull * t * t / 2), -math.pi / 2),
    )


@st.composite
def tracks(draw: st.DrawFn, gaps: bool = True, least: int = 1) -> Track:
    """Any track of up to 16 frames."""
    first = draw(st.integers(0, 5))
    count = draw(st.integers(least, 16))
    frames = list(range(first, first + count))
    if gaps and count > least:
        gone = draw(st.sets(st.sampled_from(frames), max_size=count - least))
        frames = [frame for frame in frames if frame not in gone]
    poses = [
        Pose((draw(metres), draw(metres), draw(metres)), draw(angles)) for _ in frames
    ]
    return Track(tuple(frames), tuple(poses))
