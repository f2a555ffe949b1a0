"""The frames of the drive: a strip to drag along, with where the object is."""

import dearpygui.dearpygui as dpg

from nsg_editor.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import panel, within
from nsg_editor.ui.overlay import text_width
from nsg_editor.ui.theme import Fonts

HEIGHT = 64
CONTROLS = 238
"""Where the strip begins, to the right of the buttons."""
STRIP = 46


class Timeline:
    """Play, step, and a strip with a playhead."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._width = 100
        self._drawn: object = None
        self._scrubbing = False
        self._was_down = False

    def build(self, parent: int | str) -> None:
        """Make the buttons and the strip."""
        with panel(parent) as self.panel:
            with within(dpg.group(horizontal=True, horizontal_spacing=6)):
                self._buttons()
            # A drawing takes no position of its own; a group gives it one.
            with within(dpg.group(pos=(CONTROLS, 9))):
                self.strip = dpg.add_drawlist(self._width, STRIP)
            self._layer = dpg.add_draw_layer(parent=self.strip)
        dpg.bind_item_theme(self.panel, theme.bare_theme(theme.PANEL, 12, 19))

    def _buttons(self) -> None:
        self.back = dpg.add_button(
            label="<", width=30, callback=lambda: self._do("step", by=-1)
        )
        self.play = dpg.add_button(
            label="Play", width=64, callback=lambda: self._do("play")
        )
        self.on = dpg.add_button(
            label=">", width=30, callback=lambda: self._do("step", by=1)
        )
        self.number = dpg.add_text("", color=theme.TEXT)
        tips = ("One frame back (Left)", "Play or stop (Space)", "One frame on (Right)")
        for button, tip in zip((self.back, self.play, self.on), tips, strict=True):
            with within(dpg.tooltip(button, delay=0.5)):
                dpg.add_text(tip)

    def arrange(self, x: int, y: int, width: int) -> None:
        """Place it in the window."""
        self._width = max(width - CONTROLS - 14, 60)
        dpg.configure_item(self.panel, pos=(x, y), width=width, height=HEIGHT)
        dpg.configure_item(self.strip, width=self._width, height=STRIP)
        self._drawn = None

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Draw the strip again if it changed."""
        scene = new.scene
        dpg.configure_item(self.play, label="Stop" if new.playing else "Play")
        place = f"{new.frame} / {scene.frames[-1]}"
        dpg.set_value(self.number, place)
        node = new.selected
        track = None if node is None else (node.track_id, node.track.frames)
        key = (scene.frames, new.frame, track, self._width)
        if key != self._drawn:
            self._drawn = key
            dpg.delete_item(self._layer, children_only=True)
            self._draw(new)

    def _draw(self, state: EditorState) -> None:
        frames, layer = state.scene.frames, self._layer
        dpg.draw_rectangle(
            (0, 16),
            (self._width, 36),
            fill=(18, 21, 26, 255),
            color=theme.LINE,
            rounding=4,
            parent=layer,
        )
        node = state.selected
        if node is not None:
            self._draw_track(state, node.track.frames)
        every = label_step(len(frames), self._width)
        for i, frame in enumerate(frames):
            x = self._x(i, len(frames))
            major = i % every == 0
            top = 24 if major else 29
            shade = theme.FAINT if major else theme.LINE
            dpg.draw_line((x, top), (x, 35), color=shade, parent=layer)
            if major:
                size = 13.0
                width = text_width(str(frame), size)
                left = min(max(x - width / 2, 0), self._width - width)
                dpg.draw_text(
                    (left, 0), str(frame), size=size, color=theme.DIM, parent=layer
                )
        self._draw_playhead(self._x(state.scene.index(state.frame), len(frames)))

    def _draw_track(self, state: EditorState, present: tuple[int, ...]) -> None:
        frames = state.scene.frames
        half = (self._x(1, len(frames)) - self._x(0, len(frames))) / 2
        there = set(present)
        for i, frame in enumerate(frames):
            if frame in there:
                x = self._x(i, len(frames))
                dpg.draw_rectangle(
                    (max(x - half, 1), 17),
                    (min(x + half, self._width - 1), 22),
                    fill=theme.SELECTED,
                    color=(0, 0, 0, 0),
                    parent=self._layer,
                )

    def _draw_playhead(self, x: float) -> None:
        layer = self._layer
        dpg.draw_line((x, 14), (x, 38), color=theme.ACCENT, thickness=2, parent=layer)
        dpg.draw_triangle(
            (x - 6, 44),
            (x + 6, 44),
            (x, 36),
            fill=theme.ACCENT,
            color=theme.ACCENT,
            parent=layer,
        )

    def _x(self, i: int, count: int) -> float:
        return 8 + i * (self._width - 16) / max(count - 1, 1)

    def tick(self, state: EditorState, blocked: bool) -> None:
        """Follow the mouse along the strip."""
        down = dpg.is_mouse_button_down(dpg.mvMouseButton_Left)
        pressed, self._was_down = down and not self._was_down, down
        left, top = dpg.get_item_rect_min(self.strip)
        x, y = dpg.get_mouse_pos(local=False)
        inside = left <= x <= left + self._width and top <= y <= top + STRIP
        if pressed and inside and not blocked:
            self._scrubbing = True
        self._scrubbing = self._scrubbing and down
        if self._scrubbing:
            frames = state.scene.frames
            share = (x - left - 8) / max(self._width - 16, 1)
            i = round(min(max(share, 0), 1) * (len(frames) - 1))
            if frames[i] != state.frame:
                self._do("frame", to=frames[i])


def label_step(count: int, width: float) -> int:
    """How many frames lie between two numbers, so that they do not touch."""
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if width / max(count / step, 1) >= 34:
            return step
    return count
