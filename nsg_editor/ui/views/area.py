"""The three views and what they share: one mouse, one selection, the lines between."""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from nsg_editor.derived.beside import beside_names
from nsg_editor.derived.marks import Mark, all_marks
from nsg_editor.derived.pointer import DEGREES_PER_PIXEL, Mouse, Pointer
from nsg_editor.derived.request import Frame, frame_of
from nsg_editor.geometry.arrangement import (
    KINDS,
    Divider,
    Kind,
    Rect,
    dragged,
    share_room,
)
from nsg_editor.geometry.tiles import tiles
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.ahead import Ahead, corner
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.keys import ALT, CTRL, SHIFT, held
from nsg_editor.ui.theme import Fonts
from nsg_editor.ui.views.beside import Beside
from nsg_editor.ui.views.free_view import FreeView
from nsg_editor.ui.views.map_view import MapView
from nsg_editor.ui.views.overlay import Hints, hints
from nsg_editor.ui.views.pane import Pane, below_strip
from nsg_editor.ui.views.texture import PictureTexture
from nsg_editor.ui.views.viewport import Viewport, centres

MOVES = ("orbit", "look", "pan", "fly", "dolly")
"""Actions that move the view under the mouse."""
HELD = (dpg.mvMouseButton_Left, dpg.mvMouseButton_Right, dpg.mvMouseButton_Middle)
SLACK = 3
"""Pixels beside a divider that still take hold of it."""


class ViewArea:
    """Camera, free view and map."""

    def __init__(self, store: Store, texture: PictureTexture, fonts: Fonts) -> None:
        self._store = store
        self.pointer = Pointer(self._aimed)
        self.ahead = Ahead()
        self.camera = Viewport(store, texture, fonts, self.pointer)
        self.free = FreeView(store, fonts, self.pointer)
        self.map = MapView(store, fonts, self.pointer)
        self.beside = Beside(store, _rgb, texture.another)
        self.panes: dict[Kind, Pane] = {
            "camera": self.camera.pane,
            "free": self.free.pane,
            "map": self.map.pane,
        }
        self._at: Kind = "camera"
        """The view that the mouse is over, or that it was pressed in."""
        self._mouse, self._last = Mouse(), Mouse()
        self._wheel = 0.0
        self._told: tuple[EditorState | None, object] = (None, None)
        self._turn = 0
        self._marks: tuple[EditorState | None, tuple[Mark, ...]] = (None, ())
        self._late_marks: tuple[Mark, ...] = ()
        self._placed: tuple[Rect, tuple[Divider, ...]] | None = None
        self._beside_shown: object = ((), "")
        self._dividers: tuple[Divider, ...] = ()
        self._held: Divider | None = None
        self._near: Divider | None = None

    def build(self, parent: Item) -> None:
        """Make the views."""
        for view in (self.camera, self.free, self.map, self.beside):
            view.build(parent)
        with within(dpg.handler_registry()):
            dpg.add_mouse_wheel_handler(callback=self._wheeled)
        self._lines = dpg.add_viewport_drawlist(front=True)

    def _wheeled(self, sender: int, notches: float) -> None:
        self._wheel += notches

    def arrange(self, room: Rect, docks: tuple[Divider, ...]) -> None:
        """Share a room of the window; `docks`: what lies between it and the docks."""
        shared = share_room(self._store.state.settings.arrangement, room)
        self._dividers = (*shared.dividers, *docks)
        self._placed = (room, docks)
        self._beside_shown = beside_names(self._store.state), self._here
        for kind, pane in self.panes.items():
            place = shared.views.get(kind)
            pane.arrange(place, self._share(place) if kind == "camera" else None)
            if pane.shown:
                self._store.dispatch("resize", panel=pane.size, where=kind)
        for view in (self.camera, self.free, self.map):
            view.forget()
        if not self.panes[self._at].shown:
            self._at = next(kind for kind, pane in self.panes.items() if pane.shown)

    @property
    def _here(self) -> str:
        return self._store.state.history.present.variant

    def _share(self, place: Rect | None) -> Rect | None:
        """The camera's share of its room, where other variants have the rest."""
        state = self._store.state
        names = beside_names(state) if place is not None else ()
        if place is None or not names:
            self.beside.arrange(())
            return None
        camera = state.scene.camera(state.camera)
        room = below_strip(place)
        parts = tiles(room, len(names), camera.width / camera.height)
        pairs = dict(zip(names, parts, strict=True))
        mine = pairs.pop(self._here)
        self.beside.arrange(tuple(pairs.values()))
        return mine

    def tick(self, blocked: bool) -> bool:
        """Once a frame: the mouse, then the views. True if something has changed."""
        shown = beside_names(self._store.state), self._here
        if shown != self._beside_shown and self._placed is not None:
            self.arrange(*self._placed)
        wheel, self._wheel = self._wheel, 0.0
        self._choose(blocked)
        moved = self._divide(blocked)
        mouse = self._look(wheel, blocked or moved)
        state = self._store.state
        if self._at == "camera":
            mouse = self.camera.divide(state, mouse)
        self._last, self._mouse = self._mouse, mouse
        if mouse.inside and state.views.active != self._at:
            self._store.dispatch("point-at-view", view=self._at)
        self._feed(mouse)
        idle = self.pointer.press is None and self._held is None
        beside = self.beside.tick(self._store.state, blocked or not idle)
        return self._draw() or moved or beside

    def _feed(self, mouse: Mouse) -> None:
        """Tell the pointer, unless it has been told just this."""
        state = self._store.state
        known = state is self._told[0] and (self._at, mouse) == self._told[1]
        if not known or self.pointer.press is not None:
            self.pointer.feed(state, self.frame(self._at), mouse)
            self._told = (state, (self._at, mouse))

    def frame(self, kind: Kind) -> Frame:
        """What a view shows, in its own pixels."""
        return frame_of(self._store.state, kind)

    def _choose(self, blocked: bool) -> None:
        """The view that the mouse means; a button that is down stays in its own."""
        if self.pointer.press is not None or blocked:
            return
        for kind, pane in self.panes.items():
            if pane.holds(*pane.mouse()):
                self._at = kind

    def _look(self, wheel: float, blocked: bool) -> Mouse:
        pane = self.panes[self._at]
        x, y = pane.mouse(self._now())
        return Mouse(
            x,
            y,
            dpg.is_mouse_button_down(dpg.mvMouseButton_Left),
            dpg.is_mouse_button_down(dpg.mvMouseButton_Right),
            dpg.is_mouse_button_down(dpg.mvMouseButton_Middle),
            pane.holds(x, y) and not blocked and self._held is None,
            wheel,
            held(*CTRL),
            held(*SHIFT),
            held(*ALT),
        )

    def _now(self) -> tuple[float, float]:
        """Where the mouse is in the window: what is dragged follows it at once."""
        x, y = dpg.get_mouse_pos(local=False)
        # Once the toolkit knows that it was let go, it knows where, too.
        if self.pointer.press is not None and any(map(dpg.is_mouse_button_down, HELD)):
            return self.ahead.point((x, y), corner())
        self.ahead.let_go()
        return x, y

    def _aimed(self, name: str, /, **arguments: object) -> object:
        """An action of the pointer, for the view that the mouse is in."""
        if name not in MOVES:
            return self._store.attempt(name, **arguments)
        if self._at == "map":
            if name == "orbit":
                # A plan is not turned: it is dragged with this button, too.
                across, up = arguments["right"], arguments["up"]
                assert isinstance(across, float)
                assert isinstance(up, float)
                moved = {
                    "du": across / DEGREES_PER_PIXEL,
                    "dv": -up / DEGREES_PER_PIXEL,
                }
                name, arguments = "pan", {"view": self.frame("map").view, **moved}
            elif name == "dolly":
                at = (self._mouse.x - 0.5, self._mouse.y - 0.5)
                arguments = arguments | {"at": at}
        return self._store.attempt(name, **arguments, where=self._at)

    def _divide(self, blocked: bool) -> bool:
        """Dividers follow the mouse while it holds one; True if one has moved."""
        x, y = dpg.get_mouse_pos(local=False)
        if not blocked and dpg.is_mouse_button_double_clicked(dpg.mvMouseButton_Left):
            for kind, pane in self.panes.items():
                if pane.titled(x, y):
                    self._store.attempt("maximise", view=kind)
                    return True
        down = dpg.is_mouse_button_down(dpg.mvMouseButton_Left)
        free = not (blocked or down or self.pointer.press)
        if free:
            found = (d for d in self._dividers if _near(d.place, x, y))
            self._light(next(found, None))
        if down and self._held is None:
            fresh = dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left)
            self._held = self._near if fresh and not blocked else None
        if self._held is None:
            return False
        before = self._store.state
        arrangement = before.settings.arrangement
        to = dragged(arrangement, self._held, x, y)
        if self._held.part not in ("large", "first"):
            to /= theme.scale()
        self._store.attempt("divide", part=self._held.part, to=to)
        # On a slow machine the last bit of the way comes with the release.
        self._held = self._held if down else None
        return self._store.state is not before

    def _light(self, divider: Divider | None) -> None:
        if divider == self._near:
            return
        self._near = divider
        dpg.delete_item(self._lines, children_only=True)
        if divider is not None:
            p = divider.place
            dpg.draw_rectangle(
                (p.x, p.y),
                (p.x + p.width, p.y + p.height),
                color=theme.NOTHING,
                fill=theme.faded(theme.ACCENT, 0.7),
                parent=self._lines,
            )

    def _draw(self) -> bool:
        state = self._store.state
        if self._marks[0] is not state:
            marks = all_marks(state) if state.boxes else ()
            self._marks = (state, marks)
        marks = self._marks[1]
        if self.pointer.press is None or self._turn % 2:
            # Elsewhere than at hand, ways and words may follow a little more slowly.
            self._late_marks = marks
        mine = hints(self.pointer, state)
        # Elsewhere no handle is at hand, and none is shown in the way of a drag.
        nothing = Hints(dragging=mine.dragging)
        theirs = dict.fromkeys(KINDS, self._late_marks) | {self._at: marks}
        views: dict[Kind, Callable[[Hints], bool]] = {
            "camera": lambda h: self.camera.tick(state, h, theirs["camera"]),
            "free": lambda h: self.free.tick(state, h, theirs["free"]),
            "map": lambda h: self.map.tick(state, h, theirs["map"]),
        }
        shown: list[Kind] = [kind for kind in views if self.panes[kind].shown]
        drawn = [views[k](mine if k == self._at else nothing) for k in shown]
        self._turn += 1
        return any(drawn)

    def sync(self, state: EditorState) -> None:
        """Light the buttons of the strips."""
        for pane in self.panes.values():
            pane.sync(state)

    def place(self) -> dict[str, dict[str, object]]:
        """Where the views are in the window, for tests with a real mouse."""
        found: dict[str, dict[str, object]] = {}
        for kind, pane in self.panes.items():
            title = pane.title_place
            left, top = dpg.get_item_rect_min(pane.canvas)
            frame = self.frame(kind)
            found[kind] = {
                "shown": pane.shown,
                "at": [left, top, *pane.size],
                "title": [title.x, title.y, title.width, title.height],
                "boxes": centres(self._store.state, frame, left, top),
            }
        found["beside"] = dict(self.beside.places())
        return found

    def close(self) -> None:
        """End the threads."""
        self.camera.close()
        self.free.close()


def _rgb(track: int) -> tuple[int, int, int]:
    return theme.track_colour(track)[:3]


def _near(place: Rect, x: float, y: float) -> bool:
    return (
        place.x - SLACK <= x < place.x + place.width + SLACK
        and place.y - SLACK <= y < place.y + place.height + SLACK
    )
