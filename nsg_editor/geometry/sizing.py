"""Handles on the faces of a box: pull one, and the face opposite to it stays.

They lie in the middle of the faces; from above, where a box is a rectangle, at its
corners as well. What is pulled is told in metres outwards, face by face.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from nsg_core.edits.boxes import LARGEST, SMALLEST
from nsg_core.scene import PlacedBox
from nsg_editor.geometry.axes import AXES, Axis, leaning
from nsg_editor.geometry.dragging import (
    METRES_STEP,
    Change,
    Faces,
    Grab,
    Side,
    moved_along,
    moved_on,
)
from nsg_editor.geometry.gizmo import NEAREST, REACH, Gizmo, across
from nsg_editor.geometry.picking import NEAR

SIDES: dict[Side, tuple[Axis, int]] = {
    **{"front": ("x", 1), "back": ("x", -1), "top": ("y", 1), "bottom": ("y", -1)},
    **{"left": ("z", 1), "right": ("z", -1)},
}
"""Of each face the axis that stands on it, and which end of it: y is up here."""
CORNERS: tuple[Faces, ...] = tuple(
    itertools.product(("front", "back"), ("left", "right"))
)
CLEAR = 16.0
"""Pixels from the middle of the box that a handle keeps, however small the box is."""
BEHIND = 0.7
"""Opacity of a handle on a face that looks away."""


@dataclass(frozen=True, slots=True)
class Knob:
    """A handle as it lies in the picture."""

    faces: Faces
    at: tuple[float, float]
    opacity: float


def knobs(gizmo: Gizmo) -> tuple[Knob, ...]:
    """All that can be seen, the nearest to the eye last."""
    if gizmo.depth < NEAREST:
        return ()
    made = [(_knob(gizmo, faces), faces) for faces in _offered(gizmo)]
    eye = gizmo.view.matrix()[:3, 3]
    found = [
        (math.dist(_point(gizmo, faces), eye), knob)
        for knob, faces in made
        if knob is not None
    ]
    return tuple(knob for _, knob in sorted(found, key=lambda pair: -pair[0]))


def _offered(gizmo: Gizmo) -> tuple[Faces, ...]:
    """The faces, of which the lowest stays on the road; the corners from above."""
    sides: list[Side] = [s for s in SIDES if s != "bottom" or gizmo.free]
    faces: tuple[Faces, ...] = tuple((side,) for side in sides)
    flat = across(gizmo, _outwards(gizmo.box, "top")) <= 0
    return (*faces, *CORNERS) if flat else faces


def _outwards(box: PlacedBox, side: Side) -> np.ndarray:
    axis, sign = SIDES[side]
    return sign * leaning(box.pose).along(axis)


def _edges(box: PlacedBox) -> tuple[float, float, float]:
    return box.size.length, box.size.height, box.size.width


def _middle(box: PlacedBox) -> np.ndarray:
    up = leaning(box.pose).along("y")
    return np.array(box.pose.position) + box.size.height / 2 * up


def _point(gizmo: Gizmo, faces: Faces) -> np.ndarray:
    """Where the handle is in the world."""
    box, point = gizmo.box, _middle(gizmo.box)
    # In a small view other handles are smaller, while these would cover each other.
    clear = gizmo.metres(CLEAR * max(1.0, 1.0 / gizmo.scale))
    for side in faces:
        half = _edges(box)[AXES.index(SIDES[side][0])] / 2
        point = point + max(half, clear) * _outwards(box, side)
    return point


def _knob(gizmo: Gizmo, faces: Faces) -> Knob | None:
    point = _point(gizmo, faces)
    u, v, z = gizmo.view.project(point[None])[0]
    if z <= NEAR:
        return None
    seen = min(across(gizmo, _outwards(gizmo.box, side)) for side in faces)
    sight = point - gizmo.view.matrix()[:3, 3]
    if len(faces) == 1 and sight @ _outwards(gizmo.box, faces[0]) > 0:
        seen *= BEHIND
    return Knob(faces, (float(u), float(v)), seen) if seen > 0 else None


def at(gizmo: Gizmo, u: float, v: float) -> Faces | None:
    """The handle under the mouse: the nearest one, of two the one in front."""
    reach = (REACH + 2) * max(gizmo.scale, 1.0)
    found = [
        (math.dist(knob.at, (u, v)), -i, knob.faces)
        for i, knob in enumerate(knobs(gizmo))
        if math.dist(knob.at, (u, v)) < reach
    ]
    return min(found)[2] if found else None


def pulled(
    held: Grab, faces: Faces, u: float, v: float, snap: bool = False
) -> dict[Side, float] | None:
    """Metres outwards for each face that is held; None: no such place."""
    point = _middle(held.box)
    for side in faces:
        half = _edges(held.box)[AXES.index(SIDES[side][0])] / 2
        point = point + half * _outwards(held.box, side)
    x, y, z = point.tolist()
    there = replace(held.box, pose=replace(held.box.pose, position=(x, y, z)))
    grab = replace(held, box=there)
    if len(faces) == 1:
        by = moved_along(grab, _outwards(held.box, faces[0]), u, v)
    else:
        by = moved_on(grab, _outwards(held.box, "top"), u, v)
    if by is None:
        return None
    return {
        side: _bounded(
            held.box, side, float(np.dot(by, _outwards(held.box, side))), snap
        )
        for side in faces
    }


def _bounded(box: PlacedBox, side: Side, metres: float, snap: bool) -> float:
    """So that the edge is one that a box may have; in steps of it, if it snaps."""
    edge = _edges(box)[AXES.index(SIDES[side][0])]
    wanted = edge + metres
    if snap:
        wanted = max(round(wanted / METRES_STEP), 1) * METRES_STEP
    return min(max(wanted, SMALLEST), LARGEST) - edge


def grown(pull: Mapping[Side, float]) -> Change:
    """What it means for the edges, and for the foot, along the box's own axes."""
    grow, slide = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    for side, metres in pull.items():
        axis, sign = SIDES[side]
        i = AXES.index(axis)
        grow[i] += metres
        if axis != "y":
            slide[i] += sign * metres / 2
        elif side == "bottom":
            # The foot is on this face, and y points down in a pose.
            slide[i] += metres
    return Change(
        grow=(grow[0], grow[1], grow[2]), slide=(slide[0], slide[1], slide[2])
    )
