"""Moving a camera by hand: arithmetic on a pose, without a toolkit.

Poses are ``T_world_camera`` as 16 numbers. Up is the world's -y; orbiting and looking
turn about it first, so the horizon keeps its tilt.
"""

import math

import numpy as np

from nsg_core.scene import Matrix, Vec3
from nsg_core.view import View

STEEPEST = math.radians(89)


def _matrix(pose: Matrix) -> np.ndarray:
    return np.array(pose, dtype=np.float64).reshape(4, 4)


def _tuple(T: np.ndarray) -> Matrix:
    return tuple(T.ravel().tolist())


def yaw_rotation(angle: float) -> np.ndarray:
    """Rotation [3 3] about the world's +y (which points down)."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def _axis_rotation(axis: np.ndarray, angle: float) -> np.ndarray:
    """Rodrigues' formula."""
    x, y, z = axis
    K = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * K + (1 - math.cos(angle)) * (K @ K)


def elevation(pose: Matrix) -> float:
    """How far the camera looks up (radians)."""
    return math.asin(float(np.clip(-_matrix(pose)[1, 2], -1, 1)))


def _turned(T: np.ndarray, right: float, up: float) -> np.ndarray:
    """The rotation that turns a camera's axes: about the vertical, then its x axis."""
    now = math.asin(float(np.clip(-T[1, 2], -1, 1)))
    up = float(np.clip(now + up, -STEEPEST, STEEPEST)) - now
    yaw = yaw_rotation(right)
    return yaw @ _axis_rotation(T[:3, 0], up)


def orbit(pose: Matrix, pivot: Vec3, right: float, up: float) -> Matrix:
    """Turn the camera about a point that stays where it is in the picture."""
    T = _matrix(pose)
    R = _turned(T, right, up)
    T[:3, :3] = R @ T[:3, :3]
    T[:3, 3] = np.array(pivot) + R @ (T[:3, 3] - np.array(pivot))
    return _tuple(T)


def look(pose: Matrix, right: float, up: float) -> Matrix:
    """Turn the camera where it stands."""
    T = _matrix(pose)
    T[:3, :3] = _turned(T, right, up) @ T[:3, :3]
    return _tuple(T)


def fly(pose: Matrix, by: Vec3) -> Matrix:
    """Shift the camera by metres along its own axes: right, down, forward."""
    T = _matrix(pose)
    T[:3, 3] += T[:3, :3] @ np.array(by)
    return _tuple(T)


def pan(pose: Matrix, view: View, pivot: Vec3, du: float, dv: float) -> Matrix:
    """Shift the camera so that what is as far as the pivot follows the mouse."""
    depth = max(distance_ahead(pose, pivot), 0.5)
    return fly(pose, (-du * depth / view.fx, -dv * depth / view.fy, 0.0))


def dolly(pose: Matrix, pivot: Vec3, notches: float) -> Matrix:
    """Go a share of the way towards a point (or away, for negative notches)."""
    T = _matrix(pose)
    away = T[:3, 3] - np.array(pivot)
    distance = float(np.linalg.norm(away))
    if notches > 0 and distance < 0.5:
        return pose
    T[:3, 3] = np.array(pivot) + away * 0.88**notches
    return _tuple(T)


def distance_ahead(pose: Matrix, point: Vec3) -> float:
    """Depth of a point in a camera, in metres."""
    T = _matrix(pose)
    return float(T[:3, 2] @ (np.array(point) - T[:3, 3]))


def point_ahead(pose: Matrix, distance: float) -> Vec3:
    """The point in the middle of the view at a distance."""
    T = _matrix(pose)
    x, y, z = (T[:3, 3] + distance * T[:3, 2]).tolist()
    return (x, y, z)


def ground_ahead(pose: Matrix, height: float, distance: float) -> Vec3:
    """Where the middle of the view meets the plane ``y = height``; a point at a
    distance where it does not, or far away."""
    T = _matrix(pose)
    fall = T[1, 2]
    along = (height - T[1, 3]) / fall if abs(fall) > 0.05 else -1.0
    return point_ahead(pose, along if 0.5 < along < 150 else distance)


def focus(pose: Matrix, centre: Vec3, radius: float, view: View) -> Matrix:
    """See a ball about a point well: keep the direction, change the distance.

    A camera that looks flat over the ground is lifted to look down a little.
    """
    T = _matrix(pose)
    down = math.radians(12) + elevation(pose)
    if down > 0:
        T[:3, :3] = _turned(T, 0.0, -down) @ T[:3, :3]
    half = math.atan(min(view.width / view.fx, view.height / view.fy) / 2)
    distance = 1.35 * radius / math.sin(half)
    T[:3, 3] = np.array(centre) - distance * T[:3, 2]
    return _tuple(T)
