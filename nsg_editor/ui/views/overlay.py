"""Boxes, names and the ring over the picture, as 2D lines after our own projection."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.scene import PlacedBox
from nsg_core.view import View
from nsg_editor.derived import holding
from nsg_editor.derived.marks import Dot, Mark, Word
from nsg_editor.derived.pointer import Pointer
from nsg_editor.derived.request import Frame
from nsg_editor.geometry import picking
from nsg_editor.geometry.dragging import Faces, Part
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.theme import Colour, Fonts, px
from nsg_editor.ui.views import handles
from nsg_editor.ui.views.lettering import text_width
from nsg_editor.ui.views.marking import MarksLayer, named, word_places

Layer = int | str
Over = Literal["picture", "shapes", "nothing"]
"""What the overlay lies on: shapes show themselves where boxes are."""
NAME_SIZE = 15
LONGEST = 26
"""Letters of a name in a view."""


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


def given_names(state: EditorState) -> dict[int, str]:
    """By track, what people have called objects, short enough for a view."""
    named = ((o.track_id, o.name) for o in state.scene.objects if o.name)
    return {
        track: name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}..."
        for track, name in named
    }


class Overlay:
    """Draws over a picture what has changed since it last did.

    While something is dragged, all that stands still stays as it is drawn.
    """

    def __init__(self, canvas: Layer, fonts: Fonts) -> None:
        """It lies over all that is in the drawing by now."""
        self._fonts = fonts
        layers = [dpg.add_draw_layer(parent=canvas) for _ in range(2)]
        self._still, self._moving = layers
        self._marks = MarksLayer(canvas)
        self._front = dpg.add_draw_layer(parent=canvas)
        self._drawn: object = None
        self._still_drawn: object = None
        self._still_names: list[Name] = []
        self._over: Over = "picture"
        self._names: dict[int, str] = {}
        """What people have called objects."""

    def forget(self) -> None:
        """Draw again, whatever the state."""
        self._drawn = self._still_drawn = None
        self._marks.forget()

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
        names = given_names(state)
        key = (boxes, frame, hints, seen, told, over, marks, hot, names)
        if key == self._drawn:
            return False
        self._drawn, self._over, self._names = key, over, names
        self._sync_still(state, frame, boxes)
        moving = self._draw_moving(state, frame, boxes, hints)
        plated = [m for m in marks if isinstance(m, Word) and m.plate and state.boxes]
        rest = tuple(m for m in marks if not (isinstance(m, Word) and m.plate))
        self._marks.sync(frame, rest if state.boxes else (), hot)
        dpg.delete_item(self._front, children_only=True)
        shown = self._draw_names([*self._still_names, *moving])
        for name in words_clear(frame, plated, shown):
            self._draw_name(name)
        if told and hints.at is not None:
            self._draw_told(frame, hints.at, told)
        if hints.band is not None:
            handles.draw_band(self._front, hints.band)
        return True

    def _sync_still(
        self, state: EditorState, frame: Frame, boxes: tuple[PlacedBox, ...]
    ) -> None:
        """All boxes but the selected one."""
        others = tuple(box for box in boxes if box.track_id != state.selection)
        hover = None if state.hover == state.selection else state.hover
        ground = ground_under(state) if self._over == "nothing" else None
        key = (others, frame, state.others, hover, state.boxes, self._over, ground)
        key += (self._names,)
        if key == self._still_drawn:
            return
        self._still_drawn = key
        dpg.delete_item(self._still, children_only=True)
        pen, self._still_names = handles.Pen(self._still, frame), []
        if ground is not None:
            _draw_ground(pen, ground)
        if not state.boxes:
            return
        eye = frame.view.matrix()[:3, 3]
        far_first = sorted(others, key=lambda b: -math.dist(b.pose.position, eye))
        for box, edges in zip(far_first, _outlines(frame.view, far_first), strict=True):
            friend = box.track_id in state.others
            own = theme.track_colour(box.track_id)
            colour = theme.faded(theme.SELECTED, 0.75) if friend else own
            looks = (box.track_id == hover, friend)
            self._still_names += self._draw_box(pen, box, edges, colour, looks)

    def _draw_moving(
        self,
        state: EditorState,
        frame: Frame,
        boxes: tuple[PlacedBox, ...],
        hints: Hints,
    ) -> list[Name]:
        """The selected box, its handles, and what a drag does; the box's name."""
        dpg.delete_item(self._moving, children_only=True)
        names: list[Name] = []
        if not state.boxes:
            return names
        pen = handles.Pen(self._moving, frame)
        handles.draw_way(pen, state, hints.part)
        chosen = [box for box in boxes if box.track_id == state.selection]
        for box, edges in zip(chosen, _outlines(frame.view, chosen), strict=True):
            names += self._draw_box(pen, box, edges, theme.SELECTED, (True, True))
        handles.draw(pen, state, hints.part, hints.dragging)
        return names

    def _draw_box(
        self,
        pen: handles.Pen,
        box: PlacedBox,
        lines: np.ndarray,
        colour: Colour,
        looks: tuple[bool, bool],
    ) -> list[Name]:
        """A box by its projected lines; `looks`: under the mouse, selected. Its name,
        if it is large enough to have one."""
        frame = pen.frame
        if not _in_sight(lines, frame.view):
            return []
        hot, chosen = looks
        line = colour if hot else theme.faded(colour, 0.72)
        thick = 2.4 if chosen else 2.0 if hot else 1.3
        if hot:
            _fill_base(pen, picking.corners(box), theme.faded(colour, 0.16))
        if hot or self._over != "shapes":
            pen.lines(lines, line, thick)
        low, high = lines.reshape(-1, 2).min(0), lines.reshape(-1, 2).max(0)
        if max(high - low) <= 26 and not hot:
            return []
        middle = float(np.median(lines[:, :, 0]))
        text = self._names.get(box.track_id) or f"{box.category} {box.track_id}"
        return [_name(frame, middle, float(low[1]), text, colour, hot)]

    def _draw_names(self, far_first: list[Name]) -> list[Name]:
        """The nearest ones first; where two would overlap, the farther is left out."""
        placed: list[Name] = []
        near_first = far_first[::-1]
        near_first.sort(key=lambda name: not name.hot)
        for name in near_first:
            if not any(name.touches(other) for other in placed):
                placed.append(name)
                self._draw_name(name)
        return placed

    def _draw_name(self, name: Name) -> None:
        dpg.draw_rectangle(
            (name.x - 5, name.y - 1),
            (name.x + name.width + 5, name.y + px(NAME_SIZE) + 3),
            color=(0, 0, 0, 0),
            fill=(12, 14, 18, 225 if name.hot else 170),
            rounding=4,
            parent=self._front,
        )
        dpg.draw_text(
            (name.x, name.y - 1),
            name.text,
            color=name.colour,
            size=px(NAME_SIZE),
            parent=self._front,
        )

    def _draw_told(self, frame: Frame, at: tuple[float, float], text: str) -> None:
        """How far it has gone, beside the mouse."""
        width = text_width(text, px(NAME_SIZE))
        right = frame.x + frame.view.width
        x = at[0] + 18 if at[0] + 30 + width < right else at[0] - 18 - width
        y = max(at[1] - 30, 6)
        self._draw_name(Name(max(x, 8), y, width, text, theme.BRIGHT, True))


def words_clear(frame: Frame, words: list[Word], names: list[Name]) -> list[Name]:
    """Words where they belong, or a line or some above or below where names are."""
    placed: list[Name] = []
    line = px(NAME_SIZE) + 7
    for (x, y), word in word_places(frame, words):
        width = text_width(word.text, px(NAME_SIZE))
        x = min(max(x + px(8), frame.x + 6), frame.x + frame.view.width - width - 6)
        top = y - px(NAME_SIZE) / 2
        tries = [
            Name(x, top + k * line, width, word.text, named(word.colour), False)
            for k in (0, -1, 1, -2, 2, -3, 3)
            if top + k * line >= 3
        ]
        taken = (*names, *placed)
        free = (t for t in tries if not any(t.touches(other) for other in taken))
        found = next(free, tries[0] if tries else None)
        placed += [] if found is None else [found]
    return placed


def _fill_base(pen: handles.Pen, world: np.ndarray, colour: Colour) -> None:
    uvz = pen.frame.view.project(world[:4])
    if (uvz[:, 2] > picking.NEAR).all():
        points = [list(pen.place(u, v)) for u, v, _ in uvz.tolist()]
        dpg.draw_polygon(
            [*points, points[0]], color=(0, 0, 0, 0), fill=colour, parent=pen.layer
        )


def _name(
    frame: Frame, u: float, v: float, text: str, colour: Colour, hot: bool
) -> Name:
    """Above a point of the picture, but within it."""
    width = text_width(text, px(NAME_SIZE))
    x = min(max(frame.x + u - width / 2, 6), frame.x + frame.view.width - width - 6)
    return Name(x, max(frame.y + v - px(NAME_SIZE) - 8, 3), width, text, colour, hot)


def _draw_ground(pen: handles.Pen, under: tuple[float, float, float]) -> None:
    """A grid where there is no picture: one line every two metres."""
    x, y, z = under
    for colour, step, reach in ((34, 2.0, 40.0), (60, 10.0, 80.0)):
        x0, z0 = round(x / step) * step, round(z / step) * step
        marks = np.arange(-reach, reach + step / 2, step)
        lines = [[[x0 + m, y, z0 - reach], [x0 + m, y, z0 + reach]] for m in marks]
        lines += [[[x0 - reach, y, z0 + m], [x0 + reach, y, z0 + m]] for m in marks]
        segments = picking.project_segments(pen.frame.view, np.array(lines))[0]
        pen.lines(segments, (140, 160, 190, colour), 1.0)


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


_WAY = [2, 1, 0, 3, 2, 6, 5, 4, 0, 5, 1, 4, 7, 6]
_LINES = np.array([*pairwise(_WAY), (3, 7)])
"""Of a box: its edges, and a cross on the front face, which says where it faces; in
such an order that nearly all can be drawn without lifting the pen."""


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
