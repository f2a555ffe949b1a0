"""The frames of the drive: a strip to drag along, keys, and where edits hold."""

from typing import Literal

import dearpygui.dearpygui as dpg

from nsg_editor.derived.chosen import diamonds
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.derived.scope import shaded
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, panel, set_shown, within
from nsg_editor.ui.keys import CTRL, SHIFT, held
from nsg_editor.ui.panels.key_row import KeyRow
from nsg_editor.ui.theme import Colour, Fonts, px
from nsg_editor.ui.views.lettering import text_width
from nsg_editor.values.scope import MOST_BLEND, WORDS

HEIGHT = 74
CONTROLS = 262
"""Where the strip begins, to the right of the buttons."""
STRIP = 58
TOP, BOTTOM = 16, 46
"""Of the strip's bar."""
GRIP = 6
"""Pixels from an end of the range where it can be taken."""
Held = Literal["", "frame", "first", "last", "sweep"]


class Timeline:
    """Play, step, for which frames edits hold, and a strip with a playhead."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._width = 100
        self._drawn: object = None
        self.keys = KeyRow(do, TOP, BOTTOM)
        self._held: Held = ""
        self._swept = 0
        self._was_down = False

    def build(self, parent: int | str) -> None:
        """Make the buttons and the strip."""
        with panel(parent) as self.panel:
            with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
                self._buttons()
            with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
                self._scope()
            # A drawing takes no position of its own; a group gives it one.
            with within(dpg.group(pos=(px(CONTROLS), px(8)))) as self._place:
                self.strip = dpg.add_drawlist(self._width, px(STRIP))
            self._layer = dpg.add_draw_layer(parent=self.strip)
        dpg.bind_item_theme(self.panel, theme.bare_theme(theme.NOTHING, 12, 7))

    def _buttons(self) -> None:
        self.back = dpg.add_button(
            label="<", width=px(30), callback=lambda: self._do("step", by=-1)
        )
        self.play = dpg.add_button(
            label="Play", width=px(64), callback=lambda: self._do("play")
        )
        self.on = dpg.add_button(
            label=">", width=px(30), callback=lambda: self._do("step", by=1)
        )
        self.number = dpg.add_text("", color=theme.TEXT)
        explain(self.back, "One frame back (Left)")
        explain(self.play, "Play or stop (Space)")
        explain(self.on, "One frame on (Right)")

    def _scope(self) -> None:
        kinds = {words: kind for kind, words in WORDS.items()}
        self.scope = dpg.add_combo(
            tuple(kinds),
            width=px(136),
            callback=lambda _, words: self._do("scope", kind=kinds[words]),
        )
        self.blend = dpg.add_drag_int(
            width=px(88),
            format="blend %d",
            min_value=0,
            max_value=MOST_BLEND,
            clamped=True,
            speed=0.2,
            callback=lambda _, frames: self._do("scope", blend=frames),
        )
        explain(
            self.scope,
            "For which frames moves and turns hold (T).\n"
            "Key frame: each edit makes a key, and the way to the next keys follows.\n"
            "Range: Shift and drag along the frames, or drag its ends.",
        )
        explain(self.blend, "Frames over which an edit comes and goes around them")
        if self._fonts.small:
            for item in (self.scope, self.blend):
                dpg.bind_item_font(item, self._fonts.small)

    def fields(self) -> tuple[Item, ...]:
        """Where somebody may type."""
        return (self.blend,)

    def arrange(self, x: int, y: int, width: int) -> None:
        """Place it in the window."""
        self._width = max(width - px(CONTROLS) - px(14), 60)
        dpg.configure_item(self._place, pos=(px(CONTROLS), px(8)))
        dpg.configure_item(self.panel, pos=(x, y), width=width, height=px(HEIGHT))
        dpg.configure_item(self.strip, width=self._width, height=px(STRIP))
        self._drawn = None

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Draw the strip again if it changed."""
        scene, scope = new.scene, new.scope
        dpg.configure_item(self.play, label="Stop" if new.playing else "Play")
        dpg.set_value(self.number, f"{new.frame} / {scene.frames[-1]}")
        dpg.set_value(self.scope, WORDS[scope.kind])
        set_shown(self.blend, scope.fades)
        if not dpg.is_item_active(self.blend):
            dpg.set_value(self.blend, scope.blend)
        node = new.selected
        track = None if node is None else (node.track_id, node.track.frames)
        keys = (diamonds(new), self.keys.hot)
        key = (scene.frames, new.frame, track, keys, scope, self._width)
        if key != self._drawn:
            self._drawn = key
            dpg.delete_item(self._layer, children_only=True)
            self._draw(new)

    def _draw(self, state: EditorState) -> None:
        self._box((0, px(TOP)), (self._width, px(BOTTOM)), theme.STRIP, theme.LINE)
        node = state.selected
        if state.scope.kind != "track":
            self._draw_scope(state)
        if node is not None:
            self._draw_track(state, node.track.frames)
        self._draw_ticks(state)
        self._draw_playhead(self._at(state, state.frame))
        self.keys.draw(self._layer, state, self._at)

    def _box(
        self,
        low: tuple[float, float],
        high: tuple[float, float],
        fill: Colour,
        edge: Colour = theme.NOTHING,
    ) -> None:
        rounding = px(4) if edge != theme.NOTHING else 0
        dpg.draw_rectangle(
            low, high, fill=fill, color=edge, rounding=rounding, parent=self._layer
        )

    def _draw_scope(self, state: EditorState) -> None:
        """The frames for which the next edit holds, and where it fades."""
        first, last, fade = shaded(state)
        a, b = self._edges(state, first, last)
        shade = theme.faded(theme.ACCENT, 0.22)
        top, bottom = px(TOP) + 1, px(BOTTOM) - 1
        self._box((a, top), (b, bottom), shade)
        width = fade * self._step(state)
        for edge, away in (
            (a, max(a - width, 1)),
            (b, min(b + width, self._width - 1)),
        ):
            if fade and abs(away - edge) > 1:
                dpg.draw_triangle(
                    (edge, top),
                    (edge, bottom),
                    (away, bottom),
                    fill=shade,
                    color=theme.NOTHING,
                    parent=self._layer,
                )
        for x in (a, b) if state.scope.kind == "range" else ():
            dpg.draw_line(
                (x, top),
                (x, bottom),
                color=theme.ACCENT,
                thickness=2,
                parent=self._layer,
            )

    def _edges(self, state: EditorState, first: int, last: int) -> tuple[float, float]:
        half = self._step(state) / 2
        a, b = self._at(state, first) - half, self._at(state, last) + half
        return max(a, 1.0), min(b, self._width - 1.0)

    def _draw_ticks(self, state: EditorState) -> None:
        frames, layer = state.scene.frames, self._layer
        every = label_step(len(frames), self._width / theme.scale())
        size = float(px(13))
        for i, frame in enumerate(frames):
            x = self._x(i, len(frames))
            major = i % every == 0
            top = px(BOTTOM) - px(11 if major else 6)
            shade = theme.FAINT if major else theme.LINE
            dpg.draw_line((x, top), (x, px(BOTTOM) - 1), color=shade, parent=layer)
            if major:
                width = text_width(str(frame), size)
                left = min(max(x - width / 2, 0), self._width - width)
                dpg.draw_text(
                    (left, 0), str(frame), size=size, color=theme.DIM, parent=layer
                )

    def _draw_track(self, state: EditorState, present: tuple[int, ...]) -> None:
        """Where the object is there, in runs of frames."""
        frames, half = state.scene.frames, self._step(state) / 2
        there = set(present)
        start: int | None = None
        for i in range(len(frames) + 1):
            here = i < len(frames) and frames[i] in there
            if here and start is None:
                start = i
            if not here and start is not None:
                a = max(self._x(start, len(frames)) - half, 1)
                b = min(self._x(i - 1, len(frames)) + half, self._width - 1)
                low, high = px(TOP) + 1, px(TOP) + px(6)
                self._box((a, low), (b, high), theme.SELECTED)
                start = None

    def _draw_playhead(self, x: float) -> None:
        layer, top, bottom = self._layer, px(TOP) - 2, px(BOTTOM) + 1
        dpg.draw_line(
            (x, top), (x, bottom), color=theme.ACCENT, thickness=2, parent=layer
        )
        dpg.draw_triangle(
            (x - px(6), bottom + px(8)),
            (x + px(6), bottom + px(8)),
            (x, bottom),
            fill=theme.ACCENT,
            color=theme.ACCENT,
            parent=layer,
        )

    def _x(self, i: float, count: int) -> float:
        return px(8) + i * (self._width - px(16)) / max(count - 1, 1)

    def _step(self, state: EditorState) -> float:
        """Pixels from one frame to the next."""
        return (self._width - px(16)) / max(len(state.scene.frames) - 1, 1)

    def _at(self, state: EditorState, frame: int) -> float:
        """Where a frame is, whether or not the drive has it."""
        frames = state.scene.frames
        shown = min(max(frame, frames[0]), frames[-1])
        place = sum(f < shown for f in frames)
        return self._x(place, len(frames))

    def tick(self, state: EditorState, blocked: bool) -> None:
        """Follow the mouse along the strip."""
        down = dpg.is_mouse_button_down(dpg.mvMouseButton_Left)
        pressed, self._was_down = down and not self._was_down, down
        left, top = dpg.get_item_rect_min(self.strip)
        x, y = dpg.get_mouse_pos(local=False)
        inside = left <= x <= left + self._width and top <= y <= top + px(STRIP)
        frame = self._frame_at(state, x - left)
        inside = inside and not blocked
        if inside != state.timing.over and not down:
            self._do("over-frames", on=inside)
        if self._keys(state, (x - left, y - top), inside, (pressed, down)):
            return
        if pressed and inside:
            self._held = self._taken(state, x - left, held(*SHIFT))
            self._swept = frame
            if state.timing.chosen is not None:
                self._do("key-choose")
        if self._held == "frame" and frame != state.frame:
            self._do("frame", to=frame)
        elif self._held == "sweep":
            self._range(state, min(self._swept, frame), max(self._swept, frame))
        elif self._held == "first":
            self._range(state, min(frame, state.scope.last), state.scope.last)
        elif self._held == "last":
            self._range(state, state.scope.first, max(frame, state.scope.first))
        # On a slow machine the last bit of the way comes with the release.
        self._held = self._held if down else ""

    def _keys(
        self,
        state: EditorState,
        place: tuple[float, float],
        inside: bool,
        button: tuple[bool, bool],
    ) -> bool:
        """The mouse over diamonds; True: it means one of them."""
        (x, y), (pressed, down) = place, button
        if self.keys.held is not None:
            self.keys.follow(state, x, self._frame_at(state, x), down)
            return True
        free = inside and (pressed or not down)
        hot = self.keys.at(state, x, y, self._at) if free else None
        if hot != self.keys.hot:
            self.keys.hot = hot
            self.sync(None, state)
        if hot is None or not pressed:
            return False
        self.keys.press(state, hot, x, held(*CTRL), held(*SHIFT))
        return True

    def _range(self, state: EditorState, first: int, last: int) -> None:
        scope = state.scope
        if (scope.kind, scope.first, scope.last) != ("range", first, last):
            self._do("scope", kind="range", first=first, last=last)

    def _taken(self, state: EditorState, x: float, shift: bool) -> Held:
        """What of the strip is taken hold of here."""
        if shift:
            return "sweep"
        if state.scope.kind == "range":
            a, b = self._edges(state, state.scope.first, state.scope.last)
            for name, edge in (("first", a), ("last", b)):
                if abs(x - edge) <= px(GRIP):
                    return name  # pyright: ignore[reportReturnType]
        return "frame"

    def _frame_at(self, state: EditorState, x: float) -> int:
        frames = state.scene.frames
        share = (x - px(8)) / max(self._width - px(16), 1)
        return frames[round(min(max(share, 0), 1) * (len(frames) - 1))]


def label_step(count: int, width: float) -> int:
    """How many frames lie between two numbers, so that they do not touch."""
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if width / max(count / step, 1) >= 34:
            return step
    return count
