"""Which pixels of a view can see a box: those that an edit of it may change.

Conservative: a pixel that is left out sees nothing of the box with any ray through any
point of it, whatever rounding does.
"""

from collections.abc import Iterable

import numpy as np

from nsg_core.scene import PlacedBox, Vec3
from nsg_core.view import View

Region = tuple[PlacedBox, tuple[Vec3, Vec3]]
"""A box, and the corners of what is drawn of it in its own frame."""

ROUNDING = 0.01
"""Metres that rays in single precision may be off, and more than that."""
NEAREST = 1e-4
"""Metres before the camera from which on things are projected. Regions grow by more, so
what a ray meets before, it meets behind as well."""
TINY = np.float32(1e-12)
EDGES = np.array([(i, i | bit) for bit in (1, 2, 4) for i in range(8) if not i & bit])
"""Of a box: pairs of its corners, whose numbers differ in one bit."""


def touched_pixels(view: View, regions: Iterable[Region]) -> np.ndarray:
    """Mask [height width] of the pixels whose rays may meet any of the regions."""
    mask = np.zeros((view.height, view.width), dtype=bool)
    for box, (low, high) in regions:
        T_object_camera = np.linalg.inv(box.pose.T_world_object()) @ view.matrix()
        reach = _grown(view, T_object_camera, np.array(low), np.array(high))
        if reach is None:
            continue
        u, v = _window(view, T_object_camera, *reach)
        part = mask[v, u]
        if part.size:
            part |= _crossed(view, T_object_camera, *reach, u, v)
    return mask


def _grown(
    view: View, T_object_camera: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """The region with what a pixel's width and rounding add; None if it is behind.

    A ray through any point of a pixel is nowhere farther from the ray through its
    middle than half a pixel at the region's farthest depth.
    """
    deepest = _in_camera(T_object_camera, low, high)[:, 2].max()
    far = float(np.abs(T_object_camera[:3, 3]).max() + np.abs(view.matrix()).max())
    margin = ROUNDING + 1e-6 * far
    if deepest < -2 * margin:
        return None
    margin += 0.5 * max(deepest, 0.0) * float(np.hypot(1 / view.fx, 1 / view.fy))
    return low - margin, high + margin


def _in_camera(
    T_object_camera: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """The eight corners [8 3] in the camera's frame."""
    corners = np.stack(np.meshgrid(*zip(low, high, strict=True)), -1).reshape(-1, 3)
    R, origin = T_object_camera[:3, :3], T_object_camera[:3, 3]
    return (corners - origin) @ R


def _window(
    view: View, T_object_camera: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[slice, slice]:
    """Columns and rows that hold the region, as far as it is before the camera."""
    corners = _in_camera(T_object_camera, low, high)
    a, b = corners[EDGES[:, 0]], corners[EDGES[:, 1]]
    cut = (a[:, 2] < NEAREST) != (b[:, 2] < NEAREST)
    a, b = a[cut], b[cut]
    share = (NEAREST - a[:, 2]) / (b[:, 2] - a[:, 2])
    ahead = corners[corners[:, 2] >= NEAREST]
    x, y, z = np.concatenate([ahead, a + share[:, None] * (b - a)]).T
    if not len(z):
        return slice(0, 0), slice(0, 0)
    z = np.maximum(z, NEAREST)
    u = view.fx * x / z + view.cx
    v = view.fy * y / z + view.cy
    return _span(u, view.width), _span(v, view.height)


def _span(positions: np.ndarray, size: int) -> slice:
    first = int(np.clip(np.floor(positions.min()), 0, size))
    last = int(np.clip(np.ceil(positions.max()), -1, size - 1))
    return slice(first, max(first, last + 1))


def _crossed(
    view: View,
    T_object_camera: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    u: slice,
    v: slice,
) -> np.ndarray:
    """Which pixels' middle rays cross the region, by slabs (Kay and Kajiya 1986)."""
    x = (np.arange(u.start, u.stop) - view.cx) / view.fx
    y = (np.arange(v.start, v.stop) - view.cy) / view.fy
    near = np.zeros((len(y), len(x)), dtype=np.float32)
    far = np.full_like(near, np.inf)
    for R, origin, bottom, top in zip(
        T_object_camera[:3, :3], T_object_camera[:3, 3], low, high, strict=True
    ):
        # Along a ray of one metre of depth; its length does not matter here.
        across, down = R[0] * x, (R[1] * y + R[2])[:, None]
        inverse = across.astype(np.float32) + down.astype(np.float32)
        inverse[np.abs(inverse) < TINY] = TINY
        np.reciprocal(inverse, out=inverse)
        a = np.float32(bottom - origin) * inverse
        b = np.multiply(inverse, np.float32(top - origin), out=inverse)
        np.maximum(near, np.minimum(a, b), out=near)
        np.minimum(far, np.maximum(a, b, out=a), out=far)
    return near <= far
