"""The handles of the selected box: arms, planes and rings of a constant size.

All is arithmetic on pixels: which parts there are, where they lie in the picture, and
which of them the mouse is at. An arm that points at the eye and a plane or ring that is
seen from its edge are left out, for a pixel there means metres.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nsg_core.scene import PlacedBox
from nsg_core.view import View
from nsg_editor.geometry.axes import AXES, Axes
from nsg_editor.geometry.dragging import (
    ARM,
    RING,
    Part,
    Spin,
    circle,
    reach,
)
from nsg_editor.geometry.picking import NEAR, project_polyline

NEAREST = 0.8
"""Metres of depth below which there are no handles: they would fill the picture."""
REACH = 7.0
"""How many pixels from a handle still grab it."""
HIDDEN, CLEAR = 0.07, 0.16
"""Shares of an arm's length on the screen: below the first it is gone, above clear."""
SQUARE = (0.24, 0.46)
"""From where to where on the arms the squares of the planes lie."""
_CIRCLE = np.linspace(0, math.tau, 65)

Colour = Literal["x", "y", "z", "ring", "hot"]
_COLOURS: dict[Part, Colour] = {
    **{"x": "x", "y": "y", "z": "z", "yz": "x", "zx": "y", "xy": "z"},
    **{"yaw": "ring", "pitch": "z", "roll": "x"},
}


@dataclass(frozen=True, slots=True)
class Gizmo:
    """The handles of a box in a view."""

    view: View
    box: PlacedBox
    axes: Axes
    free: bool = False
    """It can be lifted and leant, too."""
    scale: float = 1.0
    """Of the whole screen."""

    @property
    def depth(self) -> float:
        """Of the box's foot, where all handles meet, in metres."""
        T = self.view.T_camera_world()
        return float(T[2, :3] @ np.array(self.box.pose.position) + T[2, 3])

    def metres(self, pixels: float) -> float:
        """How long something is that has this size on the screen."""
        return reach(self.view, self.depth, pixels * self.scale)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What may be there, the last one on top."""
        rings: tuple[Part, ...] = ("roll", "pitch", "yaw") if self.free else ("yaw",)
        planes: tuple[Part, ...] = ("xy", "yz", "zx") if self.free else ("zx",)
        arms: tuple[Part, ...] = ("y", "z", "x") if self.free else ("z", "x")
        return (*rings, *planes, *arms)


@dataclass(frozen=True, slots=True)
class Shape:
    """A part as it lies in the picture."""

    part: Part
    lines: np.ndarray
    """Clipped pixel segments [n 2 2]; of a plane, its outline."""
    colour: Colour
    opacity: float
    knob: tuple[float, float] | None = None
    """Where an arm's arrow or a ring's handle is."""
    filled: bool = False


def shapes(gizmo: Gizmo, only: tuple[object, ...] | None = None) -> tuple[Shape, ...]:
    """All parts that can be seen, or some of them; the last one on top."""
    if gizmo.depth < NEAREST:
        return ()
    made = (_shape(gizmo, part) for part in gizmo.parts if _meant(part, only))
    return tuple(shape for shape in made if shape is not None)


def _meant(part: Part, only: tuple[object, ...] | None) -> bool:
    return only is None or part in only


def _shape(gizmo: Gizmo, part: Part) -> Shape | None:
    if part in ("yaw", "pitch", "roll"):
        return _ring(gizmo, part)
    return _arm(gizmo, part) if len(part) == 1 else _square(gizmo, part)


def _arm(gizmo: Gizmo, part: Part) -> Shape | None:
    foot = np.array(gizmo.box.pose.position)
    axis = gizmo.axes.matrix()[AXES.index(part)]  # pyright: ignore[reportArgumentType]
    tip = foot + gizmo.metres(ARM) * axis
    lines = project_polyline(gizmo.view, np.stack([foot, tip]))
    seen = across(gizmo, axis)
    if not len(lines) or seen <= 0:
        return None
    u, v, z = gizmo.view.project(tip[None])[0]
    knob = (float(u), float(v)) if z > NEAR else None
    return Shape(part, lines, _COLOURS[part], seen, knob)


def across(gizmo: Gizmo, axis: np.ndarray) -> float:
    """1 for an arm across the view, 0 for one that points at the eye."""
    sight = np.array(gizmo.box.pose.position) - gizmo.view.matrix()[:3, 3]
    sight /= max(float(np.linalg.norm(sight)), 1e-9)
    across = math.sqrt(max(1 - float(sight @ axis) ** 2, 0.0))
    return float(np.clip((across - HIDDEN) / (CLEAR - HIDDEN), 0, 1))


def _square(gizmo: Gizmo, part: Part) -> Shape | None:
    foot = np.array(gizmo.box.pose.position)
    matrix = gizmo.axes.matrix()
    a, b = (matrix["xyz".index(name)] for name in part)
    near, far = (gizmo.metres(ARM * share) for share in SQUARE)
    corners = [(near, near), (far, near), (far, far), (near, far), (near, near)]
    points = np.array([foot + s * a + t * b for s, t in corners])
    seen = _facing(gizmo, np.cross(a, b))
    if seen <= 0 or (gizmo.view.project(points)[:, 2] < NEAR).any():
        return None
    lines = project_polyline(gizmo.view, points)
    return Shape(part, lines, _COLOURS[part], seen, filled=True)


def _facing(gizmo: Gizmo, normal: np.ndarray) -> float:
    """1 for a plane that faces the eye enough to be used, 0 for one on edge."""
    sight = np.array(gizmo.box.pose.position) - gizmo.view.matrix()[:3, 3]
    sight /= max(float(np.linalg.norm(sight)), 1e-9)
    return float(np.clip((abs(float(sight @ normal)) - 0.03) / 0.05, 0, 1))


def _ring(gizmo: Gizmo, spin: Spin) -> Shape | None:
    foot = np.array(gizmo.box.pose.position)
    e1, e2 = circle(gizmo.box, spin)
    radius = gizmo.metres(RING)
    around = np.cos(_CIRCLE)[:, None] * e1 + np.sin(_CIRCLE)[:, None] * e2
    lines = project_polyline(gizmo.view, foot + radius * around)
    if not len(lines):
        return None
    u, v, z = gizmo.view.project((foot + radius * e1)[None])[0]
    knob = (float(u), float(v)) if z > NEAR else None
    return Shape(spin, lines, _COLOURS[spin], 1.0, knob)


def at(gizmo: Gizmo, u: float, v: float) -> Part | None:
    """The part under the mouse; of several the smallest target."""
    met: dict[tuple[int, float], Part] = {}
    for shape in shapes(gizmo):
        rank = _rank(shape, u, v)
        if rank is not None:
            met[rank] = shape.part
    return met[min(met)] if met else None


def _rank(shape: Shape, u: float, v: float) -> tuple[int, float] | None:
    """How a part stands among those at the mouse; None: the mouse is not at it."""
    if shape.opacity < 0.2:
        return None
    if shape.knob is not None and math.dist(shape.knob, (u, v)) < REACH + 3:
        return (0, math.dist(shape.knob, (u, v)))
    away = distance(shape.lines, u, v)
    if shape.filled:
        inside = _inside(shape.lines[:, 0], u, v)
        return (1, 0.0) if inside else (2, away) if away < REACH / 2 else None
    order = 4 if shape.part in ("yaw", "pitch", "roll") else 3
    return (order, away) if away < REACH else None


def distance(segments: np.ndarray, u: float, v: float) -> float:
    """Pixels from a point to the nearest of some segments [n 2 2]."""
    if not len(segments):
        return math.inf
    a, b = segments[:, 0], segments[:, 1]
    along = b - a
    length = np.maximum((along**2).sum(-1), 1e-12)
    t = np.clip((((u, v) - a) * along).sum(-1) / length, 0, 1)
    return float(np.hypot(*(a + t[:, None] * along - (u, v)).T).min())


def _inside(corners: np.ndarray, u: float, v: float) -> bool:
    """A point within a convex polygon [n 2]."""
    edge = np.roll(corners, -1, axis=0) - corners
    to = np.array([u, v]) - corners
    turn = edge[:, 0] * to[:, 1] - edge[:, 1] * to[:, 0]
    return bool((turn >= 0).all() or (turn <= 0).all())
