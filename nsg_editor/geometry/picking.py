"""What is where in the picture: boxes, rays and the ground, in NumPy.

Pictures here are `View`s; a point of the picture is (u, v) with pixel centres at
integers, as everywhere. Edges are clipped at a near plane before they are projected:
a point behind the camera would otherwise be drawn mirrored, across the whole picture.
"""

import math
from collections.abc import Sequence as Items
from functools import lru_cache

import numpy as np

from nsg_core.scene import PlacedBox, Pose
from nsg_core.view import View

NEAR = 0.1
"""Nearest depth that is drawn, in metres."""
FAR = 300.0
"""Metres, on the ground, farther than which no drag puts anything from the eye."""

_ROUND = [[0, 1], [1, 2], [2, 3], [3, 0]]
_UP = [[0, 4], [1, 5], [2, 6], [3, 7]]
EDGES = np.array([*_ROUND, *([a + 4, b + 4] for a, b in _ROUND), *_UP])
"""Pairs of `corners`: bottom face, top face, uprights. Edge 0 is the front's bottom."""


@lru_cache(maxsize=4096)
def corners(box: PlacedBox) -> np.ndarray:
    """The eight corners in the world [8 3]: bottom face first, front edge first.

    To be read only: three views ask for them in each frame of the window.
    """
    x, z = box.size.length / 2, box.size.width / 2
    flat = np.array([[x, z], [x, -z], [-x, -z], [-x, z]])
    local = np.zeros((8, 3))
    local[:4, [0, 2]] = flat
    local[4:, [0, 2]] = flat
    local[4:, 1] = -box.size.height
    T = box.pose.T_world_object()
    found = local @ T[:3, :3].T + T[:3, 3]
    found.flags.writeable = False
    return found


@lru_cache(maxsize=4096)
def _T_object_world(pose: Pose) -> np.ndarray:
    return np.linalg.inv(pose.T_world_object())


def project_segments(view: View, segments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """World segments [n 2 3], clipped at the near plane, as pixels [m 2 2].

    Also which of the n segments these m are; those behind the camera are left out.
    """
    T = view.T_camera_world()
    points = segments @ T[:3, :3].T + T[:3, 3]
    z = points[..., 2]
    kept = np.flatnonzero((z > NEAR).any(-1))
    points, z = points[kept], z[kept]
    # An end behind the near plane slides along the segment onto it.
    other = points[:, ::-1]
    gap = other[..., 2] - z
    share = np.where(z < NEAR, (NEAR - z) / np.where(gap == 0, 1, gap), 0.0)
    points = points + share[..., None] * (other - points)
    uv = points[..., :2] / points[..., 2:]
    return uv * (view.fx, view.fy) + (view.cx, view.cy), kept


def project_polyline(view: View, points: np.ndarray) -> np.ndarray:
    """A line through world points [n 3] as clipped pixel segments [m 2 2]."""
    segments = np.stack([points[:-1], points[1:]], 1)
    return project_segments(view, segments)[0]


def outline(view: View, box: PlacedBox) -> np.ndarray:
    """The edges of a box as clipped pixel segments [m 2 2]."""
    return project_segments(view, corners(box)[EDGES])[0]


def ray_box(origin: np.ndarray, direction: np.ndarray, box: PlacedBox) -> float | None:
    """Where a ray enters a box (0 from within), or None; by slabs."""
    T = _T_object_world(box.pose)
    o, d = T[:3, :3] @ origin + T[:3, 3], T[:3, :3] @ direction
    half_l, half_w = box.size.length / 2, box.size.width / 2
    low = np.array([-half_l, -box.size.height, -half_w])
    high = np.array([half_l, 0.0, half_w])
    d = np.where(np.abs(d) < 1e-12, 1e-12, d)
    a, b = (low - o) / d, (high - o) / d
    near, far = float(np.minimum(a, b).max()), float(np.maximum(a, b).min())
    return max(near, 0.0) if far > max(near, 0.0) else None


def hits(view: View, boxes: Items[PlacedBox], u: float, v: float) -> tuple[int, ...]:
    """Tracks of the boxes under a pixel, nearest first.

    A box too small to hit is found from a few pixels away, after all others.
    """
    origin, direction = view.ray(u, v)
    # A box around the camera covers every pixel: it can only be selected in the tree.
    met = [
        (t, box.track_id)
        for box in boxes
        if (t := ray_box(origin, direction, box)) is not None and t > 0
    ]
    tracks = [track for _, track in sorted(met)]
    return tuple(tracks + [t for t in _close(view, boxes, u, v) if t not in tracks])


def _close(view: View, boxes: Items[PlacedBox], u: float, v: float) -> list[int]:
    """Boxes that look smaller than a fingertip, with their middle within 9 pixels."""
    found: list[tuple[float, int]] = []
    for box in boxes:
        uvz = view.project(corners(box))
        if (uvz[:, 2] < NEAR).any():
            continue
        size = np.ptp(uvz[:, :2], axis=0).max()
        distance = float(np.hypot(*(uvz[:, :2].mean(0) - (u, v))))
        if size < 18 and distance < 9:
            found.append((distance, box.track_id))
    return [track for _, track in sorted(found)]


def choose(under: tuple[int, ...], selected: int | None) -> int | None:
    """Which of the boxes under the mouse a click means: again means the one behind."""
    if not under:
        return None
    if selected in under:
        return under[(under.index(selected) + 1) % len(under)]
    return under[0]


def ground_point(view: View, u: float, v: float, height: float) -> np.ndarray | None:
    """Where the ray through a pixel meets the horizontal plane ``y = height`` [3].

    None towards or above the horizon (or farther than `FAR`).
    """
    origin, direction = view.ray(u, v)
    if abs(direction[1]) < 1e-9:
        return None
    t = (height - origin[1]) / direction[1]
    return origin + t * direction if within_reach(t, direction) else None


def within_reach(t: float, direction: np.ndarray) -> bool:
    """A point of a ray is before the eye and not too far away; from above it may."""
    return bool(t > 0 and t * math.hypot(direction[0], direction[2]) < FAR)


def touched(
    view: View, boxes: Items[PlacedBox], rect: tuple[float, float, float, float]
) -> tuple[int, ...]:
    """Tracks of the boxes that a rectangle in the picture touches, farthest first."""
    low, high = np.array(rect[:2]), np.array(rect[2:])
    eye = view.matrix()[:3, 3]
    far_first = sorted(boxes, key=lambda box: -math.dist(box.pose.position, eye))
    return tuple(
        box.track_id for box in far_first if _meets(outline(view, box), low, high)
    )


def _meets(segments: np.ndarray, low: np.ndarray, high: np.ndarray) -> bool:
    """Some of these segments [n 2 2] has a part within a rectangle; by slabs."""
    a, along = segments[:, 0], segments[:, 1] - segments[:, 0]
    along = np.where(np.abs(along) < 1e-9, 1e-9, along)
    s, t = (low - a) / along, (high - a) / along
    enter = np.minimum(s, t).max(1, initial=0.0)
    leave = np.maximum(s, t).min(1, initial=1.0)
    return bool((enter <= leave).any())
