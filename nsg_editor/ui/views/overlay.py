"""Boxes, names and the ring over the picture, as 2D lines after our own projection."""

import math
from dataclasses import dataclass
from typing import Literal

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.scene import PlacedBox
from nsg_core.view import View
from nsg_editor.derived import holding
from nsg_editor.derived.marks import Dot, Mark
from nsg_editor.derived.pointer import Pointer
from nsg_editor.derived.request import Frame
from nsg_editor.geometry import picking
from nsg_editor.geometry.dragging import Faces, Part
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.theme import Colour, Fonts, px
from nsg_editor.ui.views import handles
from nsg_editor.ui.views.marking import draw_marks, runs

Layer = int | str
Over = Literal["picture", "shapes", "nothing"]
"""What the overlay lies on: shapes show themselves where boxes are."""
NAME_SIZE = 15


@dataclass(frozen=True, slots=True)
class Hints:
    """What the mouse adds to the overlay."""

    part: Part | Faces | None = None
    """The handle that the mouse is at, or that it drags."""
    dragging: bool = False
    at: tuple[float, float] | None = None
    """Where the mouse is in the panel, while something is dragged."""
    band: tuple[float, float, float, float] | None = None
    """The rectangle that is drawn around objects: left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Name:
    """A word over the picture."""

    x: float
    y: float
    width: float
    text: str
    colour: Colour
    hot: bool

    def touches(self, other: "Name") -> bool:
        """The two would cover each other."""
        apart_x = abs(self.x + self.width / 2 - other.x - other.width / 2)
        return apart_x < (self.width + other.width) / 2 + 12 and (
            abs(self.y - other.y) < px(NAME_SIZE) + 6
        )


class Overlay:
    """Redraws its layer of a drawlist when something in it has changed."""

    def __init__(self, layer: Layer, fonts: Fonts) -> None:
        self._layer, self._fonts = layer, fonts
        self._drawn: object = None
        self._over: Over = "picture"
        self._names: list[Name] = []

    def forget(self) -> None:
        """Draw again, whatever the state."""
        self._drawn = None

    def sync(
        self,
        state: EditorState,
        frame: Frame,
        hints: Hints,
        over: Over,
        marks: tuple[Mark, ...] = (),
        hot: Dot | None = None,
    ) -> bool:
        """Draw what the state says; False if it is drawn already."""
        boxes = state.scene.at(state.frame)
        told = holding.way_words(state) if state.history.base else ""
        seen = (state.selection, state.others, state.hover, state.boxes, state.hands)
        key = (boxes, frame, hints, seen, told)
        if (key, over, marks, hot) == self._drawn:
            return False
        self._drawn = (key, over, marks, hot)
        self._over = over
        dpg.delete_item(self._layer, children_only=True)
        self._names = []
        if over == "nothing":
            self._draw_ground(state, frame)
        if state.boxes:
            self._draw_boxes(state, frame, boxes, hints)
            draw_marks(self._layer, frame, marks, hot)
            self._draw_names()
        if told and hints.at is not None:
            self._draw_told(frame, hints.at, told)
        if hints.band is not None:
            handles.draw_band(self._layer, hints.band)
        return True

    def _draw_boxes(
        self,
        state: EditorState,
        frame: Frame,
        boxes: tuple[PlacedBox, ...],
        hints: Hints,
    ) -> None:
        eye = frame.view.matrix()[:3, 3]
        far_first = sorted(boxes, key=lambda b: -math.dist(b.pose.position, eye))
        chosen: list[tuple[PlacedBox, np.ndarray]] = []
        for box, edges in zip(far_first, _outlines(frame.view, far_first), strict=True):
            if box.track_id == state.selection:
                chosen.append((box, edges))
                continue
            hot = box.track_id == state.hover
            if box.track_id in state.others:
                friend = theme.faded(theme.SELECTED, 0.75)
                self._draw_box(frame, box, edges, friend, (hot, True))
            else:
                own = theme.track_colour(box.track_id)
                self._draw_box(frame, box, edges, own, (hot, False))
        pen = handles.Pen(self._layer, frame)
        handles.draw_way(pen, state, hints.part)
        for box, edges in chosen:
            self._draw_box(frame, box, edges, theme.SELECTED, (True, True))
        handles.draw(pen, state, hints.part, hints.dragging)

    def _draw_box(
        self,
        frame: Frame,
        box: PlacedBox,
        lines: np.ndarray,
        colour: Colour,
        looks: tuple[bool, bool],
    ) -> None:
        """A box by its projected lines; `looks`: under the mouse, selected."""
        if not _in_sight(lines, frame.view):
            return
        hot, chosen = looks
        line = colour if hot else theme.faded(colour, 0.72)
        thick = 2.4 if chosen else 2.0 if hot else 1.3
        if hot:
            self._fill_base(frame, picking.corners(box), theme.faded(colour, 0.16))
        if hot or self._over != "shapes":
            self._lines(frame, lines, line, thick)
        top = np.median(lines[:, :, 0]), lines[:, :, 1].min()
        size = np.ptp(lines.reshape(-1, 2), axis=0).max()
        if size > 26 or hot:
            self._name(frame, *top, f"{box.category} {box.track_id}", colour, hot)

    def _fill_base(self, frame: Frame, world: np.ndarray, colour: Colour) -> None:
        uvz = frame.view.project(world[:4])
        if (uvz[:, 2] > picking.NEAR).all():
            points = [[u + frame.x + 0.5, v + frame.y + 0.5] for u, v, _ in uvz]
            dpg.draw_polygon(
                [*points, points[0]],
                color=(0, 0, 0, 0),
                fill=colour,
                parent=self._layer,
            )

    def _lines(
        self, frame: Frame, segments: np.ndarray, colour: Colour, thick: float
    ) -> None:
        # The centre of a picture's first pixel is (0, 0); on the screen it is half a
        # pixel from the corner.
        moved = segments + np.array([frame.x + 0.5, frame.y + 0.5])
        for run in runs(moved):
            dpg.draw_polyline(
                run.tolist(), color=colour, thickness=thick, parent=self._layer
            )

    def _name(
        self, frame: Frame, u: float, v: float, text: str, colour: Colour, hot: bool
    ) -> None:
        width = text_width(text, px(NAME_SIZE))
        x = min(max(frame.x + u - width / 2, 6), frame.x + frame.view.width - width - 6)
        x, y = float(x), float(max(frame.y + v - px(NAME_SIZE) - 8, 3))
        self._names.append(Name(x, y, width, text, colour, hot))

    def _draw_names(self) -> None:
        """The nearest ones first; where two would overlap, the farther is left out."""
        placed: list[Name] = []
        near_first = list(reversed(self._names))
        near_first.sort(key=lambda name: not name.hot)
        for name in near_first:
            if not any(name.touches(other) for other in placed):
                placed.append(name)
                self._draw_name(name)

    def _draw_name(self, name: Name) -> None:
        dpg.draw_rectangle(
            (name.x - 5, name.y - 1),
            (name.x + name.width + 5, name.y + px(NAME_SIZE) + 3),
            color=(0, 0, 0, 0),
            fill=(12, 14, 18, 225 if name.hot else 170),
            rounding=4,
            parent=self._layer,
        )
        dpg.draw_text(
            (name.x, name.y - 1),
            name.text,
            color=name.colour,
            size=px(NAME_SIZE),
            parent=self._layer,
        )

    def _draw_told(self, frame: Frame, at: tuple[float, float], text: str) -> None:
        """How far it has gone, beside the mouse."""
        width = text_width(text, px(NAME_SIZE))
        right = frame.x + frame.view.width
        x = at[0] + 18 if at[0] + 30 + width < right else at[0] - 18 - width
        y = max(at[1] - 30, 6)
        self._draw_name(Name(max(x, 8), y, width, text, theme.BRIGHT, True))

    def _draw_ground(self, state: EditorState, frame: Frame) -> None:
        """A grid where there is no picture: one line every two metres."""
        x, y, z = ground_under(state)
        for colour, step, reach in ((34, 2.0, 40.0), (60, 10.0, 80.0)):
            x0, z0 = round(x / step) * step, round(z / step) * step
            marks = np.arange(-reach, reach + step / 2, step)
            lines = [[[x0 + m, y, z0 - reach], [x0 + m, y, z0 + reach]] for m in marks]
            lines += [[[x0 - reach, y, z0 + m], [x0 + reach, y, z0 + m]] for m in marks]
            segments = picking.project_segments(frame.view, np.array(lines))[0]
            self._lines(frame, segments, (140, 160, 190, colour), 1.0)


def hints(pointer: Pointer, state: EditorState) -> Hints:
    """What the mouse over a view adds to its overlay."""
    press = pointer.press
    grabbed = press is not None and press.grab is not None and press.moved
    going = state.transform is not None and pointer.inside
    dragged = grabbed and state.history.base is not None
    at = pointer.at if dragged or going else None
    return Hints(pointer.hot, dragged, at, pointer.band)


def ground_under(state: EditorState) -> tuple[float, float, float]:
    """A point of the road below the recorded camera: KITTI's stands 1.65 m high."""
    T = state.scene.view(state.camera, state.frame).T_world_camera
    heights = [box.pose.position[1] for box in state.scene.at(state.frame)]
    height = sorted(heights)[len(heights) // 2] if heights else T[7] + 1.65
    return T[3], height, T[11]


def text_width(text: str, size: float) -> float:
    """How wide a text will be; before the first frame, about."""
    measured = dpg.get_text_size(text)
    if not measured or not measured[1]:
        return len(text) * size * 0.5
    return measured[0] * size / measured[1]


_CROSS = np.array([[0, 5], [1, 4]])
_LINES = np.concatenate([picking.EDGES, _CROSS])
"""Of a box: its edges, and a cross on the front face, which says where it faces."""


def _outlines(view: View, boxes: list[PlacedBox]) -> list[np.ndarray]:
    """The lines of each box as clipped pixel segments: all at once, for speed."""
    if not boxes:
        return []
    segments = np.concatenate([picking.corners(box)[_LINES] for box in boxes])
    found, kept = picking.project_segments(view, segments)
    cuts = np.searchsorted(kept // len(_LINES), np.arange(1, len(boxes)))
    return np.split(found, cuts)


def _in_sight(segments: np.ndarray, view: View) -> bool:
    """Some part of these clipped lines may be within the picture."""
    if not len(segments):
        return False
    low, high = segments.reshape(-1, 2).min(0), segments.reshape(-1, 2).max(0)
    return bool(
        high[0] > -0.5
        and high[1] > -0.5
        and low[0] < view.width
        and low[1] < view.height
    )
