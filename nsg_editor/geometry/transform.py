"""Moving, turning and resizing by keys: G, R or S, an axis, a number, Enter.

A small machine of frozen values. Keys constrain it and type numbers, the mouse moves it
without a button; at any moment it says what it changes and how a person would say it.
"""

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from nsg_core.scene import PlacedBox, Pose, Size, Vec3
from nsg_core.view import View
from nsg_editor.geometry import dragging
from nsg_editor.geometry.axes import AXES, Axes, AxesName, Axis, said
from nsg_editor.geometry.dragging import Change, Grab, Part, Spin
from nsg_editor.geometry.sums import begun

Kind = Literal["move", "turn", "resize"]
FINE = 0.1
"""How much of its way the mouse counts for with Shift."""
FACTOR_STEP = 0.05
"""To which a factor of sizes snaps."""
LEAST_LEVER = 16.0
"""Pixels from the object's foot that the mouse has at least when it resizes."""
MOST_TYPED = 16
_SPINS: dict[Axis | None, Spin] = {None: "yaw", "y": "yaw", "x": "roll", "z": "pitch"}
_PLANES: dict[Axis, Part] = {"x": "yz", "y": "zx", "z": "xy"}


@dataclass(frozen=True, slots=True)
class Transform:
    """One that is going on."""

    kind: Kind
    chosen: AxesName = "local"
    """The axes that were chosen before it began."""
    axis: Axis | None = None
    plane: bool = False
    """Not along the axis, but on the plane that it stands on."""
    other: bool = False
    """Along the world's axes instead of the chosen ones, or the object's own."""
    typed: str = ""
    """A number or a sum: where there is one, the mouse is not asked."""
    snap: bool = False
    view: View | None = None
    """What the mouse moves over, once it was seen, and where it was then."""
    start: tuple[float, float] = (0.0, 0.0)
    at: tuple[float, float] = (0.0, 0.0)
    """Where the mouse would be, had it not gone slowly with Shift."""
    mouse: tuple[float, float] = (0.0, 0.0)

    @property
    def axes(self) -> AxesName:
        """Along which it goes now."""
        if not self.other:
            return self.chosen
        return "local" if self.chosen == "world" else "world"


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied of an object."""

    pose: Pose
    size: Size


@dataclass(frozen=True, slots=True)
class Hands:
    """How objects are taken hold of."""

    axes: AxesName = "local"
    free: bool = False
    """Objects can be lifted and leant by the mouse, not only moved on the ground."""
    snap: bool = False
    """Drags snap, and Ctrl frees them; else the other way round."""
    sizing: bool = False
    """The selected object has handles on its faces, to resize it."""
    transform: Transform | None = None
    copied: Copied | None = None


def constrained(t: Transform, axis: Axis, plane: bool) -> Transform:
    """An axis' key: along it; again: along the other frame's; again: freely."""
    if (t.axis, t.plane) != (axis, plane):
        return replace(t, axis=axis, plane=plane, other=False)
    if t.kind == "move" and not t.other:
        return replace(t, other=True)
    return replace(t, axis=None, plane=False, other=False)


def typed(t: Transform, key: str) -> Transform:
    """A digit, a point, a sign between numbers, or a minus.

    A minus changes the sign of it all wherever it comes, but behind * and /.
    """
    if len(t.typed) >= MOST_TYPED and key != "-":
        return t
    if key in ("+", "*", "/"):
        return replace(t, typed=t.typed + key) if t.typed[-1:].isdecimal() else t
    if key == "-" and t.typed[-1:] in ("+", "*", "/"):
        return replace(t, typed=t.typed + key)
    if key == "-":
        other = t.typed[1:] if t.typed.startswith("-") else f"-{t.typed}"
        return replace(t, typed=other)
    if key == "." and "." in re.split(r"[-+*/]", t.typed)[-1]:
        return t
    return replace(t, typed=t.typed + key)


def erased(t: Transform) -> Transform:
    """Backspace; with nothing left, the mouse counts again."""
    return replace(t, typed=t.typed[:-1])


def pointed(
    t: Transform, view: View, u: float, v: float, snap: bool, fine: bool
) -> Transform:
    """The mouse is at a pixel of a view."""
    if t.view != view:
        # It is seen for the first time, or over another view: what it did so far ends.
        return replace(t, view=view, start=(u, v), at=(u, v), mouse=(u, v), snap=snap)
    way = FINE if fine else 1.0
    x, y = (a + way * (b - c) for a, b, c in zip(t.at, (u, v), t.mouse, strict=True))
    return replace(t, at=(x, y), mouse=(u, v), snap=snap)


def number(t: Transform) -> float | None:
    """What was typed; None: nothing was, so the mouse counts."""
    if not t.typed:
        return None
    if t.typed.startswith("-"):
        return -begun(t.typed[1:])
    return begun(t.typed)


def change(t: Transform, box: PlacedBox, axes: Axes, free: bool = False) -> Change:
    """What it asks for, from where the box was when it began."""
    if t.kind == "move":
        return Change(_shift(t, box, axes, free))
    if t.kind == "turn":
        return dragging.spun(_SPINS[t.axis], _angle(t, box))
    return Change(scale=_factors(t, box))


def _shift(t: Transform, box: PlacedBox, axes: Axes, free: bool) -> Vec3:
    metres = number(t)
    if metres is not None:
        x, y, z = (metres * axes.along(_line(t))).tolist()
        return (x, y, z)
    if t.view is None:
        return (0.0, 0.0, 0.0)
    by = _by_mouse(t, t.view, box, axes, free) or (0.0, 0.0, 0.0)
    return dragging.snapped_move(by, axes) if t.snap else by


def _line(t: Transform) -> Axis:
    """The axis that a number is along: of a plane the first one."""
    if t.axis is None:
        return "x"
    return "y" if t.plane and t.axis == "x" else "x" if t.plane else t.axis


def _by_mouse(
    t: Transform, view: View, box: PlacedBox, axes: Axes, free: bool
) -> Vec3 | None:
    if t.axis is None and free:
        held = Grab("move", view, box, t.start, axes)
        return dragging.moved_on(held, view.matrix()[:3, 2], *t.at)
    part: Part = "move" if t.axis is None else _PLANES[t.axis] if t.plane else t.axis
    done = dragging.changed(Grab(part, view, box, t.start, axes), *t.at)
    return None if done is None else done.by


def _angle(t: Transform, box: PlacedBox) -> float:
    degrees = number(t)
    if degrees is not None:
        return math.radians(degrees)
    if t.view is None:
        return 0.0
    # The mouse goes round the foot of the object on the screen. Seen along the axis a
    # turn is clockwise, and so it is on a screen whose v points down.
    u, v, _ = t.view.project(np.array([box.pose.position]))[0]
    before, now = (math.atan2(p[1] - v, p[0] - u) for p in (t.start, t.at))
    _, sight = t.view.ray(u, v)
    along = float(sight @ dragging.spin_axis(box, _SPINS[t.axis]))
    angle = math.remainder(now - before, math.tau) * (1 if along >= 0 else -1)
    return dragging.snapped_angle(angle) if t.snap else angle


def _factors(t: Transform, box: PlacedBox) -> Vec3:
    factor = number(t)
    if factor is None:
        factor = _lever(t, box)
    chosen = [t.axis is None or (t.axis == axis) != t.plane for axis in AXES]
    x, y, z = (factor if one else 1.0 for one in chosen)
    return (x, y, z)


def _lever(t: Transform, box: PlacedBox) -> float:
    """How much farther from the object the mouse is than it was."""
    if t.view is None:
        return 1.0
    u, v, _ = t.view.project(np.array([box.pose.position]))[0]
    before, now = (max(math.dist(p, (u, v)), LEAST_LEVER) for p in (t.start, t.at))
    factor = now / before
    return max(round(factor / FACTOR_STEP), 1) * FACTOR_STEP if t.snap else factor


def words(t: Transform, done: Change, size: Size, axes: Axes) -> str:
    """ "Move 3.50 m forward": what is going on, for the status bar."""
    if t.kind == "turn":
        spin = _SPINS[t.axis]
        degrees = math.degrees(getattr(done, spin))
        text = f"Turn {abs(degrees):.1f} degrees {dragging.SPINS[spin][degrees < 0]}"
    elif t.kind == "resize":
        edges = (size.length, size.height, size.width)
        to = [f * edge for f, edge in zip(done.scale, edges, strict=True)]
        text = f"Resize to {to[0]:.2f} x {to[2]:.2f} x {to[1]:.2f} m"
    else:
        text = f"Move {_way(t, done, axes)}"
    return f"{text}   [{t.typed}]" if t.typed else text


def _way(t: Transform, done: Change, axes: Axes) -> str:
    parts = axes.matrix() @ np.array(done.by)
    if t.axis is not None and not t.plane:
        return said(axes.name, t.axis, float(parts[AXES.index(t.axis)]))
    if t.typed:
        line = _line(t)
        return said(axes.name, line, float(parts[AXES.index(line)]))
    gone = [said(axes.name, a, m) for a, m in zip(AXES, parts.tolist(), strict=True)]
    told = [
        word for word, metres in zip(gone, parts, strict=True) if abs(metres) > 5e-3
    ]
    return ", ".join(told) or "0.00 m"
