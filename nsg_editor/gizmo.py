"""Dragging a box on the ground and turning it by its ring.

A `Grab` remembers the box and the mouse as they were when the button went down; each
later mouse position is turned into one edit from there, so nothing adds up wrongly.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nsg_core.scene import PlacedBox, Vec3
from nsg_core.view import View
from nsg_editor.picking import NEAR, ground_point, project_polyline, ray_box

RING_REACH = 8.0
"""How many pixels from the ring still grab it."""

_CIRCLE = np.linspace(0, math.tau, 65)


@dataclass(frozen=True, slots=True)
class Grab:
    """What the mouse took hold of."""

    kind: Literal["move", "turn"]
    view: View
    box: PlacedBox
    press: tuple[float, float]


def ring_radius(box: PlacedBox) -> float:
    """The ring lies around the whole box."""
    return math.hypot(box.size.length, box.size.width) / 2 + 0.35


def ring_points(box: PlacedBox) -> np.ndarray:
    """The ring on the ground around a box, as world points [65 3]."""
    x, y, z = box.pose.position
    r = ring_radius(box)
    flat = np.full_like(_CIRCLE, y)
    return np.stack([x + r * np.cos(_CIRCLE), flat, z - r * np.sin(_CIRCLE)], 1)


def handle_point(box: PlacedBox) -> np.ndarray:
    """Where the ring carries its handle: in front of the box [3]."""
    x, y, z = box.pose.position
    r, yaw = ring_radius(box), box.pose.yaw
    return np.array([x + r * math.cos(yaw), y, z - r * math.sin(yaw)])


def ring_distance(view: View, box: PlacedBox, u: float, v: float) -> float:
    """Pixels between the mouse and the ring; infinite where it cannot be seen."""
    segments = project_polyline(view, ring_points(box))
    if not len(segments):
        return math.inf
    a, b = segments[:, 0], segments[:, 1]
    along = b - a
    length = np.maximum((along**2).sum(-1), 1e-12)
    t = np.clip((((u, v) - a) * along).sum(-1) / length, 0, 1)
    return float(np.hypot(*(a + t[:, None] * along - (u, v)).T).min())


def grab(view: View, box: PlacedBox, u: float, v: float) -> Grab | None:
    """What pressing here takes hold of: the ring, the box or nothing."""
    on_ring = ring_distance(view, box, u, v) < RING_REACH
    origin, direction = view.ray(u, v)
    # The box is drawn over the far half of its ring, and is the larger target: the
    # ring wins only where no box is under the mouse.
    on_box = ray_box(origin, direction, box) is not None
    if on_ring and not on_box:
        return Grab("turn", view, box, (u, v))
    return Grab("move", view, box, (u, v)) if on_box else None


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


def turned_by(held: Grab, u: float, v: float) -> float | None:
    """By how much (radians) the ring is turned when the mouse is at (u, v)."""
    x, height, z = held.box.pose.position
    angles: list[float] = []
    for place in (
        ground_point(held.view, *held.press, height),
        ground_point(held.view, u, v, height),
    ):
        if place is None:
            return None
        angles.append(math.atan2(-(place[2] - z), place[0] - x))
    return math.remainder(angles[1] - angles[0], math.tau)
