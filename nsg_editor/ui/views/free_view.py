"""The view that can go anywhere: shapes at once, or the neural picture."""

import time

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.drawing.frame import Picture
from nsg_core.scene import PlacedBox
from nsg_editor.derived.marks import Mark
from nsg_editor.derived.pointer import Pointer
from nsg_editor.derived.request import Frame, frame_of
from nsg_editor.pictures.proxy import Proxy
from nsg_editor.pictures.proxy_shapes import Rgb, Shown, Way, recorded_ways
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.views.badges import draw_sky, pill
from nsg_editor.ui.views.overlay import Hints, Over, Overlay
from nsg_editor.ui.views.pane import Pane
from nsg_editor.ui.views.texture import PictureTexture
from nsg_editor.values.views import ground_height

LARGEST = (1280, 800)
"""Pixels of its pictures; they are stretched over more of the screen."""
SMALLER = ((480, 224), (800, 400))
"""Of the views that are seldom large."""
BESIDE_S = 0.03
"""From one picture of shapes to the next, while the mouse is in another view."""
EVERY = 5
"""Recorded frames from one drawn camera to the next."""


class FreeView:
    """Orbit, pan and fly through the drive."""

    def __init__(self, store: Store, fonts: Fonts, pointer: Pointer) -> None:
        self._store, self._fonts, self._pointer = store, fonts, pointer
        self.pane = Pane("free", store.attempt, fonts)
        self.proxy = Proxy()
        self._asked: Shown | None = None
        self._asked_at = 0.0
        self._ways: tuple[object, tuple[Way, ...]] = (None, ())
        self._neural: Picture | None = None
        self._shaded: np.ndarray | None = None
        self.shaded: tuple[PlacedBox, ...] = ()
        """The boxes of the last picture of shapes, for measurements."""
        self._in_texture: object = None
        self._drawn: object = None
        self._badge: object = None
        self._image: Item | None = None

    def build(self, parent: Item) -> None:
        """Make strip and drawing."""
        do = self._store.attempt
        self._texture = PictureTexture(*LARGEST, *SMALLER)
        self.pane.build(parent)
        self.pane.add_button(
            "Shapes",
            "Shaded shapes, which are there at once",
            lambda: do("free-picture", fill="shaded"),
            lambda s: s.views.free.fill == "shaded",
        )
        self.pane.add_button(
            "Neural",
            "The picture as the model draws it",
            lambda: do("free-picture", fill="neural"),
            lambda s: s.views.free.fill == "neural",
        )
        self.pane.add_button(
            "Follow",
            "Stay behind the recorded car (Home)",
            lambda: do("home", where="free"),
            lambda s: s.views.free.pose is None,
        )
        canvas = self.pane.canvas
        self._image_layer = dpg.add_draw_layer(parent=canvas)
        self._overlay = Overlay(canvas, self._fonts)
        self._badge_layer = dpg.add_draw_layer(parent=canvas)

    def show(self, picture: Picture) -> None:
        """The worker has a newer neural picture."""
        self._neural = picture

    def forget(self) -> None:
        """Draw all again."""
        self._overlay.forget()
        self._drawn = self._badge = None

    def tick(self, state: EditorState, hints: Hints, marks: tuple[Mark, ...]) -> bool:
        """Once a frame: ask for pictures, take them, draw what lies over them."""
        if not self.pane.shown:
            return False
        frame = frame_of(state, "free")
        neural = state.views.free.fill == "neural" and state.model.status == "ready"
        if not neural or self._neural is None:
            self._ask(state, frame)
        changed = self._sync_texture(neural)
        changed |= self._sync_image(frame)
        over: Over = "picture" if neural else "shapes"
        if self._in_texture is None:
            over = "nothing"
        changed |= self._overlay.sync(
            state, frame, hints, over, marks, self._pointer.hot_dot
        )
        self._texture.tick()
        return self._sync_badge(state, neural) or changed

    def _ask(self, state: EditorState, frame: Frame) -> None:
        if self.proxy.trouble:
            if state.views.trouble != self.proxy.trouble:
                self._store.dispatch("no-shading", why=self.proxy.trouble)
            return
        now = time.monotonic()
        at_hand = state.views.active == "free"
        if not at_hand and now - self._asked_at < BESIDE_S:
            # Hands are at work in another view: leave the processor to that one.
            return
        shown = self._shown(state, frame)
        if shown != self._asked:
            self._asked, self._asked_at = shown, now
            self.proxy.ask(shown)

    def _shown(self, state: EditorState, frame: Frame) -> Shown:
        scene, width = state.scene, frame.view.width
        scale = min(1.0, LARGEST[0] / width, LARGEST[1] / frame.view.height)
        boxes = scene.at(state.frame)
        i = scene.index(state.frame)
        near = [f for f in scene.frames[::EVERY] if f != scene.frames[i]]
        cameras = [scene.view(state.camera, f) for f in (state.frame, *near)]
        return Shown(
            frame.view.scaled(scale) if scale < 1 else frame.view,
            boxes,
            tuple(shape_colour(state, box.track_id) for box in boxes),
            ground_height(scene, state.camera, state.frame),
            self._recorded(state),
            tuple(cameras),
        )

    def _recorded(self, state: EditorState) -> tuple[Way, ...]:
        """Ways of the recording: made once for a drive."""
        recording = state.drive.recording
        if self._ways[0] is not recording:
            tracks = (node.track_id for node in recording.objects)
            colours = {track: _dim(theme.track_colour(track)) for track in tracks}
            ways = recorded_ways(recording, colours, theme.BRIGHT_ACCENT[:3])
            self._ways = (recording, ways)
        return self._ways[1]

    def _sync_texture(self, neural: bool) -> bool:
        drawn = self.proxy.take()
        if drawn is not None:
            self._shaded, self.shaded = drawn.rgb, drawn.shown.boxes
        picture = self._neural if neural else None
        wanted = self._shaded if picture is None else picture.rgb
        if wanted is None or wanted is self._in_texture:
            return False
        self._texture.put(wanted)
        self._in_texture = wanted
        return True

    def _sync_image(self, frame: Frame) -> bool:
        size = (frame.view.width, frame.view.height)
        key = (size, self._texture.shown, self._texture.tag)
        if key == self._drawn:
            return False
        self._drawn = key
        dpg.delete_item(self._image_layer, children_only=True)
        if self._texture.shown is None:
            draw_sky(self._image_layer, (0, 0), size)
            return True
        dpg.draw_image(
            self._texture.tag,
            (0, 0),
            size,
            uv_max=self._texture.uv_max,
            parent=self._image_layer,
        )
        return True

    def _sync_badge(self, state: EditorState, neural: bool) -> bool:
        text = self._words(state, neural)
        if text == self._badge:
            return False
        self._badge = text
        dpg.delete_item(self._badge_layer, children_only=True)
        if text:
            pill(self._badge_layer, px(8), px(8), text, theme.BRIGHT_ACCENT)
        return True

    def _words(self, state: EditorState, neural: bool) -> str:
        if state.views.trouble and not neural:
            return "Lines only"
        if not neural:
            wanted = state.views.free.fill == "neural"
            return "Not trained yet: shapes" if wanted else ""
        picture = self._neural
        if picture is None or picture.stride > 1:
            return "Neural  ..." if picture is None else f"Neural  1/{picture.stride}"
        return "Neural  full"

    def close(self) -> None:
        """End the thread."""
        self.proxy.stop()


def shape_colour(state: EditorState, track: int) -> Rgb:
    """The colour of an object: what is selected, or under the mouse, stands out."""
    chosen = track == state.selection or track in state.others
    r, g, b, _ = theme.SELECTED if chosen else theme.track_colour(track)
    if track == state.hover:
        r, g, b = (min(255, round(c * 1.15 + 18)) for c in (r, g, b))
    return (r, g, b)


def _dim(colour: theme.Colour) -> Rgb:
    """Of a way: quieter than who goes on it."""
    r, g, b = (round(0.55 * c + 12) for c in colour[:3])
    return (r, g, b)
