"""Draws the gizmo: arms, planes and rings, and what a drag does while it lasts."""

from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.scene import PlacedBox, Vec3
from nsg_editor.derived import holding
from nsg_editor.derived.request import Frame
from nsg_editor.geometry import gizmo, picking, sizing
from nsg_editor.geometry.dragging import Faces, Part
from nsg_editor.geometry.gizmo import Shape
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item
from nsg_editor.ui.theme import Colour
from nsg_editor.ui.views.marking import runs

COLOURS: dict[str, Colour] = {
    "x": (244, 98, 92, 255),
    "y": (124, 206, 88, 255),
    "z": (84, 158, 255, 255),
    "ring": (222, 227, 235, 255),
    "hot": (255, 224, 92, 255),
}
OUTLINE: Colour = (12, 14, 18, 190)
LONG = 60.0
"""Metres to both sides that an axis is drawn while something moves along it."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Where to draw: a layer, and where the picture lies in it."""

    layer: Item
    frame: Frame

    def place(self, u: float, v: float) -> tuple[float, float]:
        """A picture's pixel; the centre of its first one is (0, 0)."""
        return (u + self.frame.x + 0.5, v + self.frame.y + 0.5)

    def lines(self, segments: np.ndarray, colour: Colour, thick: float) -> None:
        """Pixel segments [n 2 2]."""
        moved = segments + np.array([self.frame.x + 0.5, self.frame.y + 0.5])
        for run in runs(moved):
            dpg.draw_polyline(
                run.tolist(), color=colour, thickness=thick, parent=self.layer
            )


def draw(
    pen: Pen, state: EditorState, hot: Part | Faces | None, dragging: bool
) -> None:
    """The handles of the active object; while one is dragged, that one alone."""
    made = holding.gizmo_of(state, pen.frame.view)
    if made is None or state.transform is not None:
        return
    if state.hands.sizing:
        _draw_knobs(pen, made, hot, dragging)
        return
    for shape in gizmo.shapes(made, (hot,) if dragging else None):
        _draw_shape(pen, shape, shape.part == hot)


def _draw_knobs(
    pen: Pen, made: gizmo.Gizmo, hot: Part | Faces | None, dragging: bool
) -> None:
    """Squares on the faces, as red, green and blue as the axes that stand on them."""
    for knob in sizing.knobs(made):
        lit = knob.faces == hot
        if dragging and not lit:
            continue
        axis = sizing.SIDES[knob.faces[0]][0] if len(knob.faces) == 1 else "ring"
        colour = COLOURS["hot" if lit else axis]
        half = (6.5 if lit else 5.0) * theme.scale()
        x, y = pen.place(*knob.at)
        dpg.draw_rectangle(
            (x - half, y - half),
            (x + half, y + half),
            color=theme.BRIGHT if lit else OUTLINE,
            fill=theme.faded(colour, knob.opacity),
            thickness=1.5,
            parent=pen.layer,
        )


def _draw_shape(pen: Pen, shape: Shape, hot: bool) -> None:
    colour = theme.faded(COLOURS["hot" if hot else shape.colour], shape.opacity)
    thick = 1.6 if shape.part in ("yaw", "pitch", "roll") else 2.6
    thick = (thick + 1.0 if hot else thick) * theme.scale()
    if shape.filled:
        points = [list(pen.place(*uv)) for uv in shape.lines[:, 0].tolist()]
        dpg.draw_polygon(
            [*points, points[0]],
            color=colour,
            fill=theme.faded(colour, 0.65 if hot else 0.35),
            thickness=1.0,
            parent=pen.layer,
        )
        return
    # A dark line beneath keeps it readable over a bright road.
    pen.lines(shape.lines, theme.faded(OUTLINE, shape.opacity), thick + 2.0)
    pen.lines(shape.lines, colour, thick)
    if shape.knob is None:
        return
    if shape.part in ("x", "y", "z"):
        _draw_arrow(pen, shape, colour)
    else:
        _draw_knob(pen, shape.knob, colour, 6.5 if hot else 5.0)


def _draw_arrow(pen: Pen, shape: Shape, colour: Colour) -> None:
    (a, b), size = shape.lines[-1], 6.0 * theme.scale()
    along = b - a
    length = float(np.hypot(*along))
    if length < 1e-6:
        return
    # A short arm has a small arrow, or it would hide where it points to.
    size = min(size, 0.45 * length + 2.0)
    along = along / length
    across = np.array([-along[1], along[0]])
    tips = (b + 1.6 * size * along, b + 0.8 * size * across, b - 0.8 * size * across)
    p, q, r = (pen.place(float(u), float(v)) for u, v in tips)
    dpg.draw_triangle(p, q, r, color=OUTLINE, fill=colour, parent=pen.layer)


def _draw_knob(
    pen: Pen, at: tuple[float, float], colour: Colour, radius: float
) -> None:
    dpg.draw_circle(
        pen.place(*at),
        radius * theme.scale(),
        color=OUTLINE,
        fill=colour,
        thickness=1.5,
        parent=pen.layer,
    )


def draw_way(pen: Pen, state: EditorState, part: Part | Faces | None) -> None:
    """While an object is on its way: the line it moves on, and where it came from."""
    if state.history.base is None or state.selection is None:
        return
    box = holding.box_of(state, state.selection)
    start = holding.start_of(state, state.selection)
    if box is None or start is None:
        return
    line = holding.line_of(state, start, part)
    if line is not None:
        axis, direction = line
        ends = np.array([start.pose.position] * 2) + np.outer((-LONG, LONG), direction)
        segments = picking.project_polyline(pen.frame.view, ends)
        pen.lines(segments, theme.faded(COLOURS[axis], 0.55), 1.2 * theme.scale())
    if box.pose.position != start.pose.position and box.size == start.size:
        _draw_trail(pen, start.pose.position, box)


def _draw_trail(pen: Pen, start: Vec3, box: PlacedBox) -> None:
    ends = np.array([start, box.pose.position])
    segments = picking.project_polyline(pen.frame.view, ends)
    pen.lines(segments, theme.faded(theme.BRIGHT, 0.85), 1.4 * theme.scale())
    u, v, z = pen.frame.view.project(ends[:1])[0]
    if z > picking.NEAR:
        _draw_knob(pen, (float(u), float(v)), theme.BRIGHT, 3.0)


def draw_band(layer: Item, band: tuple[float, float, float, float]) -> None:
    """The rectangle that is drawn around objects."""
    left, top, right, bottom = band
    dpg.draw_rectangle(
        (left, top),
        (right, bottom),
        color=theme.SELECTED,
        fill=theme.faded(theme.SELECTED, 0.1),
        thickness=1.0,
        parent=layer,
    )
