"""Camera paths that Hypothesis draws."""

import math

import numpy as np
from hypothesis import strategies as st

from nsg_core.cameras.path import CameraKey, CameraPath
from nsg_core.cameras.spline import exp, rotation

metres = st.floats(-50, 50).map(lambda x: round(x, 3))
turns = st.tuples(*[st.floats(-1.5, 1.5)] * 3)
fovs = st.floats(math.radians(5), math.radians(120))


def pose(position: tuple[float, ...], turn: tuple[float, ...]) -> tuple[float, ...]:
    """A camera's pose from where it is and a turn (rotation vector)."""
    T = np.eye(4)
    T[:3, :3], T[:3, 3] = rotation(exp(np.array(turn))), position
    return tuple(T.ravel().tolist())


@st.composite
def camera_paths(
    draw: st.DrawFn, least: int = 1, frames: int = 4, rests: bool = True
) -> CameraPath:
    """Any path of a few keys."""
    time, keys = 0.0, list[CameraKey]()
    for _ in range(draw(st.integers(least, 5))):
        where = draw(st.tuples(metres, metres, metres))
        T = pose(where, draw(turns))
        still = draw(st.booleans()) if rests else False
        frame = draw(st.integers(0, frames - 1))
        keys.append(CameraKey(T, time, draw(fovs), frame, still))
        time += draw(st.floats(0.5, 5))
    size = draw(st.tuples(st.integers(8, 800), st.integers(8, 800)))
    closing = draw(st.floats(0.5, 5))
    return CameraPath(tuple(keys), draw(st.booleans()), *size, 10.0, closing)
