"""The drive from above: boxes with headings and ids, the car's way, what it sees."""

import math

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.scene import PlacedBox
from nsg_core.view import View
from nsg_editor.derived import holding
from nsg_editor.derived.marks import Mark
from nsg_editor.derived.pointer import Pointer
from nsg_editor.derived.request import Frame, frame_of
from nsg_editor.geometry.picking import corners
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item
from nsg_editor.ui.theme import Colour, Fonts, px
from nsg_editor.ui.views import handles
from nsg_editor.ui.views.lettering import text_width
from nsg_editor.ui.views.marking import MarksLayer
from nsg_editor.ui.views.overlay import Hints, given_names
from nsg_editor.ui.views.pane import Pane
from nsg_editor.values.views import HIGH

SIGHT = 45.0
"""Metres that the camera's field of view is drawn."""
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
LEAST_CELL = 34.0
"""Pixels between two lines of the grid."""
GRID: Colour = (255, 255, 255, 13)
GRID_STRONG: Colour = (255, 255, 255, 28)
BACK: Colour = (21, 24, 29, 255)


class MapView:
    """Boxes can be dragged and turned; the map is panned and zoomed."""

    def __init__(self, store: Store, fonts: Fonts, pointer: Pointer) -> None:
        self._store, self._fonts, self._pointer = store, fonts, pointer
        self.pane = Pane("map", store.attempt, fonts)
        self._drawn_grid: object = None
        self._drawn_ways: object = None
        self._drawn_still: object = None
        self._drawn: object = None

    def build(self, parent: Item) -> None:
        """Make strip and drawing."""
        do = self._store.attempt
        self.pane.build(parent)
        self.pane.add_button(
            "Follow",
            "Keep the map on the recorded car",
            lambda: do("follow"),
            lambda s: s.views.map.centre is None,
        )
        self.pane.add_button("Fit", "Show the whole drive", lambda: do("fit-map"))
        self.pane.add_button(
            "Draw path",
            "Draw a new way for the selected object (D)",
            lambda: do("draw-path"),
            lambda s: s.timing.drawing is not None,
        )
        canvas = self.pane.canvas
        self._grid = dpg.add_draw_layer(parent=canvas)
        self._ways = dpg.add_draw_layer(parent=canvas)
        # What stands still while something is dragged, and what does not.
        self._still = dpg.add_draw_layer(parent=canvas)
        self._marks = MarksLayer(canvas)
        self._moving = dpg.add_draw_layer(parent=canvas)

    def forget(self) -> None:
        """Draw all again."""
        self._drawn_grid = self._drawn_ways = self._drawn = None
        self._drawn_still = None
        self._marks.forget()

    def tick(self, state: EditorState, hints: Hints, marks: tuple[Mark, ...]) -> bool:
        """Once a frame: draw what has changed."""
        if not self.pane.shown:
            return False
        frame = frame_of(state, "map")
        changed = False
        view = frame.view
        if view != self._drawn_grid:
            self._drawn_grid, changed = view, True
            dpg.delete_item(self._grid, children_only=True)
            draw_grid(self._grid, view)
        ways = (view, state.drive.recording, state.camera, state.frame)
        if ways != self._drawn_ways:
            self._drawn_ways, changed = ways, True
            dpg.delete_item(self._ways, children_only=True)
            _draw_ways(self._ways, view, state)
        return self._sync_things(state, frame, hints, marks) or changed

    def _sync_things(
        self, state: EditorState, frame: Frame, hints: Hints, marks: tuple[Mark, ...]
    ) -> bool:
        """Boxes, marks and handles."""
        boxes, view = state.scene.at(state.frame), frame.view
        still = tuple(box for box in boxes if box.track_id != state.selection)
        chosen = tuple(box for box in boxes if box.track_id == state.selection)
        names = given_names(state)
        key = (view, still, state.others, state.hover, names)
        changed = key != self._drawn_still
        if changed:
            self._drawn_still = key
            dpg.delete_item(self._still, children_only=True)
            for box in sorted(still, key=lambda b: b.track_id == state.hover):
                self._draw_box(self._still, state, view, box)
        changed |= self._marks.sync(frame, marks, self._pointer.hot_dot)
        seen = (state.selection, state.hover, state.boxes, state.hands)
        key = (view, chosen, seen, hints, names)
        if key != self._drawn:
            self._drawn, changed = key, True
            dpg.delete_item(self._moving, children_only=True)
            for box in chosen:
                self._draw_box(self._moving, state, view, box)
            self._draw_hands(state, frame, hints)
        return changed

    def _draw_hands(self, state: EditorState, frame: Frame, hints: Hints) -> None:
        """Handles, and what a drag does."""
        layer = self._moving
        if state.boxes:
            pen = handles.Pen(layer, frame)
            handles.draw_way(pen, state, hints.part)
            handles.draw(pen, state, hints.part, hints.dragging)
        if hints.band is not None:
            handles.draw_band(layer, hints.band)
        if hints.at is not None and state.history.base is not None:
            self._tell(frame.view, hints.at, holding.way_words(state))

    def _tell(self, view: View, at: tuple[float, float], text: str) -> None:
        """How far it has gone, beside the mouse."""
        width = text_width(text, px(14))
        right = at[0] + px(18) + width < view.width
        x = at[0] + px(14) if right else at[0] - px(14) - width
        dpg.draw_text(
            (x, max(at[1] - px(26), 4)),
            text,
            color=theme.BRIGHT,
            size=px(14),
            parent=self._moving,
        )

    def _draw_box(
        self, layer: Item, state: EditorState, view: View, box: PlacedBox
    ) -> None:
        uv = view.project(corners(box)[:4])[:, :2] + 0.5
        low, high = uv.min(0), uv.max(0)
        if high[0] < 0 or high[1] < 0 or low[0] > view.width or low[1] > view.height:
            return
        chosen = box.track_id == state.selection or box.track_id in state.others
        hot = box.track_id == state.hover
        colour = theme.SELECTED if chosen else theme.track_colour(box.track_id)
        points = uv.tolist()
        dpg.draw_polygon(
            [*points, points[0]],
            color=colour,
            fill=theme.faded(colour, 0.55 if chosen or hot else 0.3),
            thickness=2.0 if chosen or hot else 1.2,
            parent=layer,
        )
        # A wedge from the middle to the front edge says where it faces.
        middle = uv.mean(0).tolist()
        dpg.draw_triangle(
            points[0], points[1], middle, color=theme.NOTHING, fill=colour, parent=layer
        )
        size = float(max(high - low))
        if size > px(14) or chosen or hot:
            text = str(box.track_id)
            if hot or chosen:
                text = given_names(state).get(box.track_id, f"{box.category} {text}")
            _name(layer, text, (low + high) / 2, high[1], colour)


def _name(
    layer: Item, text: str, middle: np.ndarray, bottom: float, colour: Colour
) -> None:
    size = px(13)
    x = float(middle[0]) - text_width(text, size) / 2
    for shift, ink in ((1, (12, 14, 18, 230)), (0, colour)):
        dpg.draw_text(
            (x + shift, bottom + 1 + shift), text, color=ink, size=size, parent=layer
        )


def grid_step(scale: float) -> int:
    """Metres between two lines at so many pixels a metre."""
    return next((step for step in STEPS if step * scale >= LEAST_CELL), STEPS[-1])


def draw_grid(layer: Item, view: View) -> None:
    """Lines in the world's axes, every fifth or tenth stronger, and a scale."""
    width, height = view.width, view.height
    dpg.draw_rectangle(
        (0, 0), (width, height), color=theme.NOTHING, fill=BACK, parent=layer
    )
    scale = view.fx / HIGH
    step = grid_step(scale)
    strong = step * (5 if str(step)[0] == "2" else 10)
    x, z = view.T_world_camera[3], view.T_world_camera[11]
    half_w, half_h = width / scale / 2, height / scale / 2
    for i in range(math.ceil((x - half_w) / step), math.floor((x + half_w) / step) + 1):
        u = width / 2 + (i * step - x) * scale
        shade = GRID_STRONG if i * step % strong == 0 else GRID
        dpg.draw_line((u, 0), (u, height), color=shade, parent=layer)
    for i in range(math.ceil((z - half_h) / step), math.floor((z + half_h) / step) + 1):
        v = height / 2 - (i * step - z) * scale
        shade = GRID_STRONG if i * step % strong == 0 else GRID
        dpg.draw_line((0, v), (width, v), color=shade, parent=layer)
    _draw_scale(layer, height, step, scale)


def _draw_scale(layer: Item, height: int, step: int, scale: float) -> None:
    x, y, long = px(10), height - px(12), step * scale
    for a, b in (
        ((x, y), (x + long, y)),
        ((x, y - 4), (x, y + 4)),
        ((x + long, y - 4), (x + long, y + 4)),
    ):
        dpg.draw_line(a, b, color=theme.BRIGHT_DIM, thickness=1.4, parent=layer)
    dpg.draw_text(
        (x + long + px(7), y - px(8)),
        f"{step} m",
        color=theme.BRIGHT_DIM,
        size=px(13),
        parent=layer,
    )


def _draw_ways(layer: Item, view: View, state: EditorState) -> None:
    """The way of the recorded car, where it is, and what its camera sees."""
    scene = state.scene
    here = scene.view(state.camera, state.frame)
    _draw_sight(layer, view, here)
    for node in state.drive.recording.objects:
        points = np.array([pose.position for pose in node.track.poses])
        _polyline(
            layer, view, points, theme.faded(theme.track_colour(node.track_id), 0.4)
        )
    poses = scene.camera(state.camera).Ts_world_camera
    way = np.array([(T[3], T[7], T[11]) for T in poses])
    _polyline(layer, view, way, theme.faded(theme.BRIGHT_ACCENT, 0.8), 2.0)
    _draw_car(layer, view, here)


def _polyline(
    layer: Item, view: View, points: np.ndarray, colour: Colour, thick: float = 1.3
) -> None:
    if len(points) < 2 or np.ptp(points[:, [0, 2]], axis=0).max() < 0.3:
        return
    uv = view.project(points)[:, :2] + 0.5
    dpg.draw_polyline(uv.tolist(), color=colour, thickness=thick, parent=layer)


def _draw_sight(layer: Item, view: View, camera: View) -> None:
    """The field of view as a wedge."""
    T = camera.matrix()
    rim = np.linspace(-0.5 - camera.cx, camera.width - 0.5 - camera.cx, 9) / camera.fx
    rays = np.array([[edge, 0.0, 1.0] for edge in rim.tolist()])
    rays *= SIGHT / np.linalg.norm(rays, axis=1, keepdims=True)
    far = rays @ T[:3, :3].T + T[:3, 3]
    uv = view.project(np.concatenate([T[None, :3, 3], far]))[:, :2] + 0.5
    points = uv.tolist()
    dpg.draw_polygon(
        [*points, points[0]],
        color=theme.faded(theme.BRIGHT_ACCENT, 0.35),
        fill=theme.faded(theme.BRIGHT_ACCENT, 0.08),
        parent=layer,
    )


def _draw_car(layer: Item, view: View, camera: View) -> None:
    """The recorded car: an arrow of a car's size, or larger where that is too small."""
    T = camera.matrix()
    ahead = T[:3, 2] * (1.0, 0.0, 1.0)
    ahead /= max(float(np.linalg.norm(ahead)), 1e-9)
    aside = np.array([ahead[2], 0.0, -ahead[0]])
    size = max(1.0, px(9) / (4 * view.fx / HIGH))
    eye = T[:3, 3]
    tip, back = eye + 1.6 * size * ahead, eye - 2.4 * size * ahead
    points = np.stack([tip, back + 1.1 * size * aside, back - 1.1 * size * aside])
    a, b, c = (view.project(points)[:, :2] + 0.5).tolist()
    dpg.draw_triangle(
        a,
        b,
        c,
        color=(12, 14, 18, 255),
        fill=theme.BRIGHT_ACCENT,
        thickness=1.2,
        parent=layer,
    )
