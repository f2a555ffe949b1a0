"""KITTI labels of a rendered picture: what is visible, where, and how much of it.

They are computed from the pictures as written (instances and depth), so that frames of
an earlier, interrupted export get the same labels as new ones.

truncation   0, 1, 2: less than a tenth, less than half, more of the projected box lies
             outside the picture
occlusion    0, 1, 2: less than a tenth, less than half, more of the object is hidden:
             of the pixels within the projected box, those where something is nearer
             than the box against those that show the object
2D box       the projected 3D box, cut at the picture's edges (as KITTI's: it covers
             hidden parts)
"""

import math

import numpy as np
from jaxtyping import Bool, Float, UInt16

from nsg_core.datasets.instances import instance_id
from nsg_core.datasets.kitti_labels import Label
from nsg_core.export.pictures import DEPTH_SCALE
from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.view import View

LEVELS = (0.1, 0.5)
NEAR = 0.1
"""Boxes are cut at this depth (metres) before they are projected."""
Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
# Corners are the bits of 0-7: x, y, z; edges join those that differ in one bit.
_EDGES = [(i, i | 1 << bit) for i in range(8) for bit in range(3) if not i >> bit & 1]


def visible_labels(
    view: View,
    boxes: tuple[PlacedBox, ...],
    frame: int,
    instances: UInt16[np.ndarray, "height width"],
    depth: UInt16[np.ndarray, "height width"],
) -> tuple[Label, ...]:
    """Labels of the boxes that a picture shows, in the coordinates of its camera."""
    labels = (_label(view, box, frame, instances, depth) for box in boxes)
    return tuple(label for label in labels if label is not None)


def _label(
    view: View,
    box: PlacedBox,
    frame: int,
    instances: UInt16[np.ndarray, "height width"],
    depth: UInt16[np.ndarray, "height width"],
) -> Label | None:
    shown = instances == instance_id(box.category, box.track_id)
    whole = project_box(view, box.pose, box.size)
    if whole is None or not shown.any():
        return None
    inside = clip(whole, view)
    outside = 1 - area(inside) / max(area(whole), 1e-9)
    hidden = _hidden(view, box, shown, depth)
    position, yaw = to_camera(box.pose, view)
    alpha = math.remainder(yaw - math.atan2(position[0], position[2]), math.tau)
    return Label(
        frame,
        box.track_id,
        box.category,
        truncation=level(outside),
        occlusion=level(hidden),
        alpha=alpha,
        box=inside,
        height=box.size.height,
        width=box.size.width,
        length=box.size.length,
        position=position,
        yaw=yaw,
    )


def level(share: float) -> int:
    """0, 1 or 2 for a share of an object."""
    return sum(share >= limit for limit in LEVELS)


def to_camera(pose: Pose, view: View) -> tuple[tuple[float, float, float], float]:
    """Position and yaw of a world pose as a label has them, in camera coordinates.

    A label's yaw is about the camera's y axis. Readers turn (cos yaw, 0, -sin yaw) to
    the world and drop what is not horizontal; this is the yaw for which they find the
    pose's own, also where the camera is pitched or rolled.
    """
    R, t = view.matrix()[:3, :3], view.matrix()[:3, 3]
    x, y, z = (float(value) for value in R.T @ (np.array(pose.position) - t))
    horizontal = R[np.ix_([0, 2], [0, 2])]
    forward = np.array([math.cos(pose.yaw), -math.sin(pose.yaw)])
    if abs(np.linalg.det(horizontal)) > 1e-6:
        cosine, minus_sine = np.linalg.solve(horizontal, forward)
    else:
        # A camera that looks straight down sees no yaw about its own y axis.
        cosine, _, minus_sine = R.T @ np.array([forward[0], 0.0, forward[1]])
    return (x, y, z), math.atan2(-minus_sine, cosine)


def corners(pose: Pose, size: Size) -> Float[np.ndarray, "8 3"]:
    """Corners of a box in the world."""
    bits = np.array([[i & 1, i >> 1 & 1, i >> 2 & 1] for i in range(8)])
    low = np.array([-size.length / 2, -size.height, -size.width / 2])
    local = low + bits * np.array([size.length, size.height, size.width])
    T = pose.T_world_object()
    return local @ T[:3, :3].T + T[:3, 3]


def project_box(view: View, pose: Pose, size: Size) -> Rectangle | None:
    """The rectangle around a box's projection; None where it is behind the camera.

    It may reach beyond the picture. What is nearer than NEAR is cut off first.
    """
    T = np.linalg.inv(view.matrix())
    points = corners(pose, size) @ T[:3, :3].T + T[:3, 3]
    kept = [point for point in points if point[2] >= NEAR]
    for i, j in _EDGES:
        a, b = points[i], points[j]
        if (a[2] < NEAR) != (b[2] < NEAR):
            kept.append(a + (b - a) * ((NEAR - a[2]) / (b[2] - a[2])))
    if not kept:
        return None
    x, y, z = np.array(kept).T
    u, v = view.fx * x / z + view.cx, view.fy * y / z + view.cy
    return float(u.min()), float(v.min()), float(u.max()), float(v.max())


def clip(rectangle: Rectangle, view: View) -> Rectangle:
    """The part of a rectangle within the picture."""
    left, top, right, bottom = rectangle
    x, y = view.width - 1.0, view.height - 1.0
    return (
        min(max(left, 0.0), x),
        min(max(top, 0.0), y),
        min(max(right, 0.0), x),
        min(max(bottom, 0.0), y),
    )


def area(rectangle: Rectangle) -> float:
    """In square pixels."""
    left, top, right, bottom = rectangle
    return (right - left) * (bottom - top)


def _hidden(
    view: View,
    box: PlacedBox,
    shown: Bool[np.ndarray, "height width"],
    depth: UInt16[np.ndarray, "height width"],
) -> float:
    near, hit = box_depth(view, box.pose, box.size)
    surface = depth / DEPTH_SCALE
    covered = hit & ~shown & (depth > 0) & (surface < near)
    return float(covered.sum() / (covered.sum() + shown.sum()))


def box_depth(
    view: View, pose: Pose, size: Size
) -> tuple[Float[np.ndarray, "height width"], Bool[np.ndarray, "height width"]]:
    """At which depth each pixel's ray enters a box, and whether it meets it at all."""
    T = np.linalg.inv(pose.T_world_object()) @ view.matrix()
    # Directions with z = 1 in the camera: what is measured along them is depth.
    x = (np.arange(view.width) - view.cx) / view.fx
    y = (np.arange(view.height)[:, None] - view.cy) / view.fy
    low = (-size.length / 2, -size.height, -size.width / 2)
    high = (size.length / 2, 0.0, size.width / 2)
    near, far = np.zeros((view.height, view.width)), np.full((1, 1), np.inf)
    for axis in range(3):
        slope = T[axis, 0] * x + T[axis, 1] * y + T[axis, 2]
        # A slope of exactly 0 would give 0/0 on a box's face: nudge it.
        slope = np.where(np.abs(slope) < 1e-12, 1e-12, slope)
        a, b = (low[axis] - T[axis, 3]) / slope, (high[axis] - T[axis, 3]) / slope
        near, far = (
            np.maximum(near, np.minimum(a, b)),
            np.minimum(far, np.maximum(a, b)),
        )
    return near, far > near
