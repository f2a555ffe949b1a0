"""What a drag changes, from where it began to where the mouse is: closed forms.

A `Grab` remembers the box and the mouse as they were when the button went down; each
later position of the mouse becomes one `Change` from there, so nothing adds up wrongly
and going back to the start takes everything back.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nsg_core.scene import PlacedBox, Vec3
from nsg_core.view import View
from nsg_editor.geometry.axes import WORLD, Axes, Axis
from nsg_editor.geometry.picking import FAR, NEAR, ground_point, within_reach

Part = Literal["move", "x", "y", "z", "yz", "zx", "xy", "yaw", "pitch", "roll"]
"""Of a gizmo; "move" is the box itself, which goes along the ground."""
Side = Literal["front", "back", "left", "right", "top", "bottom"]
Faces = tuple[Side, ...]
"""Of a box that is resized: one face, or the two that meet at a corner."""
Spin = Literal["yaw", "pitch", "roll"]
SPINS: dict[Spin, tuple[str, str]] = {
    "yaw": ("right", "left"),
    "pitch": ("nose down", "nose up"),
    "roll": ("over to the left", "over to the right"),
}
"""What people call the positive and the negative turn by each angle of a pose."""

METRES_STEP = 0.1
DEGREES_STEP = 5.0
"""Steps of a drag that snaps."""
EDGE_ON = 0.05
"""Sine of the angle between a plane and the view below which rays do not meet it."""

_ARMS: dict[str, Axis] = {"x": "x", "y": "y", "z": "z"}
_FLATS: dict[str, tuple[Axis, Axis, Axis]] = {
    "yz": ("y", "z", "x"),
    "zx": ("z", "x", "y"),
    "xy": ("x", "y", "z"),
}
"""Two axes of a plane, and the one that stands on it."""


@dataclass(frozen=True, slots=True)
class Grab:
    """What the mouse took hold of."""

    part: Part | Faces
    view: View
    box: PlacedBox
    press: tuple[float, float]
    axes: Axes = WORLD


@dataclass(frozen=True, slots=True)
class Change:
    """From where an object was: metres in the world, angles, changes of its edges."""

    by: Vec3 = (0.0, 0.0, 0.0)
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    scale: Vec3 = (1.0, 1.0, 1.0)
    """Factors of its edges, about its foot."""
    grow: Vec3 = (0.0, 0.0, 0.0)
    """Metres that its edges become longer."""
    slide: Vec3 = (0.0, 0.0, 0.0)
    """Metres that its foot goes along its own axes while they do."""


def changed(held: Grab, u: float, v: float, snap: bool = False) -> Change | None:
    """What the mouse at (u, v) asks for; None: nothing that has a meaning."""
    if held.part in ("yaw", "pitch", "roll"):
        angle = turned_by(held, u, v)
        if angle is None:
            return None
        return spun(held.part, snapped_angle(angle) if snap else angle)
    by = _moved(held, u, v)
    if by is None:
        return None
    return Change(snapped_move(by, held.axes) if snap else by)


def spun(spin: Spin, angle: float) -> Change:
    """A turn by one angle (radians)."""
    yaw, pitch, roll = (angle * (spin == name) for name in ("yaw", "pitch", "roll"))
    return Change(yaw=yaw, pitch=pitch, roll=roll)


def _moved(held: Grab, u: float, v: float) -> Vec3 | None:
    if held.part in _ARMS:
        return moved_along(held, held.axes.along(_ARMS[held.part]), u, v)
    if held.part in _FLATS:
        return moved_on(held, held.axes.along(_FLATS[held.part][2]), u, v)
    return moved_by(held, u, v)


def snapped_move(by: Vec3, axes: Axes) -> Vec3:
    """A shift of whole steps along each axis."""
    M = axes.matrix()
    steps = np.round(M @ np.array(by) / METRES_STEP) * METRES_STEP
    x, y, z = (steps @ M).tolist()
    return (x, y, z)


def snapped_angle(angle: float) -> float:
    """The nearest whole step."""
    return math.radians(round(math.degrees(angle) / DEGREES_STEP) * DEGREES_STEP)


def moved_by(held: Grab, u: float, v: float) -> Vec3 | None:
    """How far the box goes along the ground when the mouse is at (u, v).

    The middle of its bottom face keeps its distance in pixels from the mouse. That
    point lies lower than any other of the box, so its plane is seen at the steepest
    angle and a pixel means the least metres. None: no such place on the ground.
    """
    height = held.box.pose.position[1]
    anchor = np.array([held.box.pose.position])
    au, av, z = held.view.project(anchor)[0]
    if z < 5 * NEAR:
        return _moved_at_press(held, u, v)
    du, dv = u - held.press[0], v - held.press[1]
    place = ground_point(held.view, au + du, av + dv, height)
    if place is None:
        return None
    x, _, z = (place - anchor[0]).tolist()
    return (x, 0.0, z)


def _moved_at_press(held: Grab, u: float, v: float) -> Vec3 | None:
    """For a box whose middle is beside or behind the camera: by the point taken."""
    height = held.box.pose.position[1]
    start = ground_point(held.view, *held.press, height)
    place = ground_point(held.view, u, v, height)
    if start is None or place is None:
        return None
    x, _, z = (place - start).tolist()
    return (x, 0.0, z)


def moved_along(held: Grab, axis: np.ndarray, u: float, v: float) -> Vec3 | None:
    """How far the box goes along an axis.

    Its foot follows the mouse as far as the mouse goes along the axis's line on the
    screen. With depth z0 at the foot and zs a metre's gain of depth, s metres are
    ``k s / (z0 + s zs)`` pixels along that line, which is solved for s.
    """
    view = held.view
    T = view.T_camera_world()
    x, y, z0 = T[:3, :3] @ np.array(held.box.pose.position) + T[:3, 3]
    ax, ay, az = T[:3, :3] @ axis
    if z0 < 5 * NEAR:
        return None
    k = np.array([view.fx * (ax - az * x / z0), view.fy * (ay - az * y / z0)])
    length = float(np.hypot(*k))
    du, dv = u - held.press[0], v - held.press[1]
    if length < EDGE_ON * view.fx:
        # It points at the eye: the mouse goes up and down along it.
        return _vector(axis, -dv * z0 / view.fy)
    pixels = float(k @ (du, dv)) / length
    rest = length - pixels * az
    # Beyond the vanishing point, or behind the eye, there is no such place.
    s = pixels * z0 / rest if rest > 1e-9 * length else math.inf
    if abs(s) > FAR or z0 + s * az < NEAR:
        return None
    return _vector(axis, s)


def moved_on(held: Grab, normal: np.ndarray, u: float, v: float) -> Vec3 | None:
    """How far the box goes on a plane through its foot, which follows the mouse."""
    foot = np.array(held.box.pose.position)
    au, av, z = held.view.project(foot[None])[0]
    if z < 5 * NEAR:
        return None
    du, dv = u - held.press[0], v - held.press[1]
    place = plane_point(held.view, au + du, av + dv, foot, normal)
    if place is None:
        return None
    x, y, z = (place - foot).tolist()
    return (x, y, z)


def plane_point(
    view: View, u: float, v: float, point: np.ndarray, normal: np.ndarray
) -> np.ndarray | None:
    """Where the ray through a pixel meets a plane [3], if it does within reach."""
    origin, direction = view.ray(u, v)
    slope = float(direction @ normal)
    if abs(slope) < 1e-9:
        return None
    t = float((point - origin) @ normal) / slope
    return origin + t * direction if within_reach(t, direction) else None


def pixels_between(view: View, point: Vec3, u: float, v: float) -> float:
    """How far a pixel is from a point of the world; infinite for one behind."""
    pu, pv, z = view.project(np.array([point]))[0]
    return math.hypot(pu - u, pv - v) if z > NEAR else math.inf


def dot_at(view: View, point: Vec3, u: float, v: float) -> Vec3 | None:
    """Where a point goes that is dragged to a pixel.

    It stays at its height; one near the height of the eye stays at its depth.
    """
    place = np.array(point)
    sight = place - view.matrix()[:3, 3]
    steep = abs(float(sight[1])) > 0.08 * float(np.linalg.norm(sight))
    normal = np.array([0.0, 1.0, 0.0]) if steep else view.matrix()[:3, 2]
    found = plane_point(view, u, v, place, normal)
    if found is None:
        return None
    x, y, z = found.tolist()
    return (x, y, z)


def spin_axis(box: PlacedBox, spin: Spin) -> np.ndarray:
    """The axis in the world about which an angle of a pose turns [3].

    Yaw comes first, so it turns about the world's vertical; roll comes last and turns
    about the object's own length.
    """
    if spin == "yaw":
        return np.array([0.0, 1.0, 0.0])
    if spin == "roll":
        return box.pose.T_world_object()[:3, 0]
    return np.array([math.sin(box.pose.yaw), 0.0, math.cos(box.pose.yaw)])


def circle(box: PlacedBox, spin: Spin) -> tuple[np.ndarray, np.ndarray]:
    """Where the ring of an angle is at 0 and at 90 degrees from the box's own."""
    axis = spin_axis(box, spin)
    T = box.pose.T_world_object()
    start = -T[:3, 1] if spin == "roll" else T[:3, 0]
    # What the box leans is not in the plane of the ring.
    start = start - (start @ axis) * axis
    start /= max(float(np.linalg.norm(start)), 1e-9)
    return start, np.cross(axis, start)


def turned_by(held: Grab, u: float, v: float) -> float | None:
    """By how much (radians) a ring is turned when the mouse is at (u, v)."""
    spin: Spin = held.part if held.part in ("pitch", "roll") else "yaw"
    foot = np.array(held.box.pose.position)
    axis = spin_axis(held.box, spin)
    _, sight = held.view.ray(*held.press)
    if abs(float(sight @ axis)) < EDGE_ON:
        return _rolled(held, axis, u, v)
    e1, e2 = circle(held.box, spin)
    angles: list[float] = []
    for pixel in (held.press, (u, v)):
        place = plane_point(held.view, *pixel, foot, axis)
        if place is None:
            return None
        angles.append(math.atan2((place - foot) @ e2, (place - foot) @ e1))
    return math.remainder(angles[1] - angles[0], math.tau)


def _rolled(held: Grab, axis: np.ndarray, u: float, v: float) -> float:
    """A ring that is seen from its edge turns like a wheel under a thumb.

    Its near side is touched, so the mouse goes along it as far as it turns.
    """
    foot = np.array(held.box.pose.position)
    T = held.view.T_camera_world()
    depth = max(float((T[:3, :3] @ foot + T[:3, 3])[2]), 5 * NEAR)
    eye = held.view.matrix()[:3, 3] - foot
    near = eye - (eye @ axis) * axis
    ahead = np.cross(axis, near / max(float(np.linalg.norm(near)), 1e-9))
    on_screen = (T[:3, :3] @ ahead)[:2]
    moved = np.array([u - held.press[0], v - held.press[1]])
    radius = reach(held.view, depth, RING)
    return float(moved @ on_screen) * depth / (held.view.fx * radius)


ARM, RING = 84.0, 104.0
"""Pixels of a gizmo's arms and of its rings' radius, whatever the distance."""


def reach(view: View, depth: float, pixels: float) -> float:
    """Metres that so many pixels are at a depth."""
    return pixels * depth / view.fx


def _vector(axis: np.ndarray, metres: float) -> Vec3:
    x, y, z = (metres * axis).tolist()
    return (x, y, z)
