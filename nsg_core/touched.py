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
NEAREST = 0.05
"""Metres before the camera under which a projection says nothing."""


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
    """Columns and rows that hold the projected corners; all if some are behind."""
    x, y, z = _in_camera(T_object_camera, low, high).T
    if z.min() < NEAREST:
        return slice(0, view.width), slice(0, view.height)
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
    near = np.zeros((len(y), len(x)))
    far = np.full_like(near, np.inf)
    for R, origin, bottom, top in zip(
        T_object_camera[:3, :3], T_object_camera[:3, 3], low, high, strict=True
    ):
        # Along a ray of one metre of depth; its length does not matter here.
        direction = R[0] * x + (R[1] * y + R[2])[:, None]
        direction[np.abs(direction) < 1e-12] = 1e-12
        inverse = 1 / direction
        a, b = (bottom - origin) * inverse, (top - origin) * inverse
        np.maximum(near, np.minimum(a, b), out=near)
        np.minimum(far, np.maximum(a, b), out=far)
    return near <= far
