"""The picture's panel: texture, overlay, level of refinement, and the mouse over it."""

import time
from dataclasses import replace

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.drawing.frame import Picture
from nsg_core.errors import NsgError
from nsg_editor.derived.beside import beside_names
from nsg_editor.derived.complaints import unreadable
from nsg_editor.derived.marks import Mark
from nsg_editor.derived.pointer import Mouse, Pointer
from nsg_editor.derived.request import Frame, fit
from nsg_editor.geometry.picking import corners
from nsg_editor.pictures.glass import Glass
from nsg_editor.pictures.images import Images
from nsg_editor.pictures.probe import probe_text
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item
from nsg_editor.ui.theme import Fonts
from nsg_editor.ui.views.badges import (
    badge_texts,
    draw_margins,
    draw_sky,
    edge,
    level,
    pill,
)
from nsg_editor.ui.views.looking_layer import LookingLayer
from nsg_editor.ui.views.looking_menu import LookingMenu
from nsg_editor.ui.views.overlay import Hints, Over, Overlay
from nsg_editor.ui.views.pane import Pane
from nsg_editor.ui.views.texture import PictureTexture

__all__ = ["Viewport", "badge_texts", "level"]

AHEAD = 4
"""Recorded pictures that are read before they are needed while playing."""


class Viewport:
    """Shows the recorded or the neural picture with the boxes over it."""

    def __init__(
        self, store: Store, texture: PictureTexture, fonts: Fonts, pointer: Pointer
    ) -> None:
        self._store, self._texture, self._fonts = store, texture, fonts
        self._images = Images(store.state.drive.sequence)
        self._missing = False
        """The recorded picture that is shown could not be read."""
        self.pointer = pointer
        self.pane = Pane("camera", store.attempt, fonts)
        self.glass = Glass(self._images, lambda track: theme.track_colour(track)[:3])
        self.menu = LookingMenu(store.attempt, fonts)
        self._neural: Picture | None = None
        self._in_texture: object = None
        """What the texture holds: a (camera, frame), a key of the glass, or nothing."""
        self._holds_neural = False
        self._image_drawn: object = None
        self._badge_drawn: object = None

    def build(self, parent: Item) -> None:
        """Make the drawing area; `arrange` gives it its size."""
        self.pane.build(parent)
        self.canvas = self.pane.canvas
        self._image_layer = dpg.add_draw_layer(parent=self.canvas)
        self._overlay = Overlay(self.canvas, self._fonts)
        self._looking = LookingLayer(dpg.add_draw_layer(parent=self.canvas))
        self._badge_layer = dpg.add_draw_layer(parent=self.canvas)
        self.menu.build(self.pane)

    def forget(self) -> None:
        """Draw all again."""
        self._overlay.forget()
        self._badge_drawn = self._image_drawn = None

    @property
    def _size(self) -> tuple[int, int]:
        return self._store.state.panel

    def show(self, picture: Picture) -> None:
        """The worker has a newer neural picture."""
        self._neural = picture

    def tick(self, state: EditorState, hints: Hints, marks: tuple[Mark, ...]) -> bool:
        """Once a frame: pixels, lines. True if something has changed."""
        frame = fit(state, self._size)
        changed = self._sync_texture(state)
        changed |= self._sync_image(state, frame)
        changed |= self._overlay.sync(
            state, frame, hints, self._over(state), marks, self.pointer.hot_dot
        )
        probe = self._probe(state, frame)
        changed |= self._looking.sync(state, frame, self.glass.other, probe)
        self.menu.sync(state)
        self.menu.tick()
        self._texture.tick()
        return self._sync_badge(state, frame) or changed

    def _probe(self, state: EditorState, frame: Frame) -> str:
        """What the neural picture says of the place under the mouse."""
        picture = self._neural
        shown = state.neural and self._holds_neural and state.picture is not None
        if picture is None or not shown or not self.pointer.inside:
            return ""
        x, y = self.pointer.at
        divider = self._looking.divider(state, frame)
        if divider is not None and x < divider:
            # Another picture lies there.
            return ""
        width, height = frame.view.width, frame.view.height
        return probe_text(state, picture, (x - frame.x) / width, (y - frame.y) / height)

    def _over(self, state: EditorState) -> Over:
        """What the overlay is drawn over."""
        return "picture" if state.neural or state.free is None else "nothing"

    def divide(self, state: EditorState, mouse: Mouse) -> Mouse:
        """Let the mouse move a comparison's divider; then nothing else is meant."""
        frame, idle = fit(state, self._size), self.pointer.press is None
        meant, share = self._looking.grab(
            state, frame, mouse.x, mouse.inside and idle, mouse.left
        )
        if share is not None and share != state.looking.wipe:
            self._store.attempt("looking", wipe=share)
        return replace(mouse, inside=False, left=False) if meant else mouse

    def ready(self, state: EditorState) -> bool:
        """The recorded picture of this frame is on the screen, if it is wanted."""
        if state.neural or state.free is not None:
            return True
        return self._in_texture == (state.camera, state.frame)

    def _sync_texture(self, state: EditorState) -> bool:
        if state.neural and self._neural is not None:
            return self._sync_neural(state, self._neural)
        if state.free is not None:
            return False
        return self._sync_recorded(state)

    def _sync_neural(self, state: EditorState, picture: Picture) -> bool:
        key = self.glass.key(state, picture)
        height, width = picture.depth.shape
        shown = fit(state, self._size).view
        view = replace(shown.scaled(width / shown.width), width=width, height=height)
        scores = self.glass.judge(state, picture, view)
        if scores != "again":
            self._store.dispatch("scored", scores=scores)
        if self._in_texture == key:
            return False
        self._texture.put(self.glass.pixels(state, picture, view))
        self._in_texture, self._holds_neural = key, True
        return True

    def _sync_recorded(self, state: EditorState) -> bool:
        key = (state.camera, state.frame)
        held = self._in_texture == key
        if held and not self._missing:
            return False
        found = self._images.get(key)
        if held or found is None:
            # A file that could not be read may have come back.
            self._images.want(key, *self._next_keys(state))
        if found is None or (held and isinstance(found, NsgError)):
            return False
        if held:
            self._store.dispatch("recording-read")
        self._missing = isinstance(found, NsgError)
        if isinstance(found, NsgError):
            self._store.attempt("play", on=False)
            title, text = unreadable(state.drive.data, found)
            self._store.dispatch("complain", title=title, text=text)
            camera = state.scene.camera(state.camera)
            found = np.full((camera.height, camera.width, 3), 24, dtype=np.uint8)
        self._texture.put(_fitting(found, self._texture))
        self._in_texture, self._holds_neural = key, False
        return True

    def _next_keys(self, state: EditorState) -> list[tuple[str, int]]:
        frames = state.scene.frames
        i = state.scene.index(state.frame)
        return [(state.camera, frame) for frame in frames[i + 1 : i + 1 + AHEAD]]

    def _sync_image(self, state: EditorState, frame: Frame) -> bool:
        blank = state.free is not None and not self._holds_neural
        shown = None if blank else self._texture.shown
        # While a new size or view is on its way the old picture keeps its place.
        where = (frame.x, frame.y, frame.view.width, frame.view.height)
        key = (where, shown, self._texture.tag, self._size)
        if key == self._image_drawn:
            return False
        self._image_drawn = key
        dpg.delete_item(self._image_layer, children_only=True)
        low = (frame.x, frame.y)
        high = (frame.x + frame.view.width, frame.y + frame.view.height)
        draw_margins(self._image_layer, self._size, low, high)
        if shown is not None:
            dpg.draw_image(
                self._texture.tag,
                low,
                high,
                uv_max=self._texture.uv_max,
                parent=self._image_layer,
            )
        else:
            draw_sky(self._image_layer, low, high)
        return True

    def _sync_badge(self, state: EditorState, frame: Frame) -> bool:
        texts = badge_texts(state, self._neural is None, time.monotonic())
        beside = bool(beside_names(state))
        key = (texts, frame.x, frame.y, beside, self._size)
        if key == self._badge_drawn:
            return False
        self._badge_drawn = key
        dpg.delete_item(self._badge_layer, children_only=True)
        if beside:
            edge(self._badge_layer, self._size, theme.ACCENT)
        x = frame.x + 10
        for text, colour in texts:
            x += pill(self._badge_layer, x, frame.y + 10, text, colour) + 6
        return True

    def place(self) -> dict[str, object]:
        """Where panel and picture are in the window, for tests with a real mouse."""
        left, top = dpg.get_item_rect_min(self.canvas)
        frame = fit(self._store.state, self._size)
        return {
            "x": left + frame.x,
            "y": top + frame.y,
            "width": frame.view.width,
            "height": frame.view.height,
            "panel": [left, top, *self._size],
            "boxes": centres(self._store.state, frame, left, top),
        }

    def close(self) -> None:
        """End the reading thread."""
        self._images.stop()


def centres(
    state: EditorState, frame: Frame, left: float, top: float
) -> dict[str, list[float]]:
    """Where the middle of each box is in the window, by track."""
    found: dict[str, list[float]] = {}
    for box in state.scene.at(state.frame):
        u, v, z = frame.view.project(corners(box)).mean(0)
        if z > 0:
            found[str(box.track_id)] = [left + frame.x + u, top + frame.y + v]
    return found


def _fitting(rgb: np.ndarray, texture: PictureTexture) -> np.ndarray:
    """Every n-th pixel of a picture that is too large for the texture."""
    height, width = rgb.shape[:2]
    n = max(-(-height // texture.height), -(-width // texture.width))
    return rgb[::n, ::n]
