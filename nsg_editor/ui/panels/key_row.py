"""Diamonds in the timeline: key frames that can be chosen, dragged and copied."""

from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from nsg_editor.derived.chosen import Diamond, chosen_keys, diamonds
from nsg_editor.derived.pointer import CLICK_REACH, Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item
from nsg_editor.ui.theme import px

SIZE = 5.5
"""Pixels from a diamond's middle to its corners."""
REACH = 7.5
"""Pixels within which the mouse means it."""
EDGE = (12, 14, 18, 255)
Across = Callable[[EditorState, int], float]
"""Where a frame is in the strip."""


@dataclass(frozen=True, slots=True)
class Held:
    """A diamond that the mouse took, and what goes with it."""

    diamond: Diamond
    frames: tuple[int, ...]
    """Of all keys that go along."""
    x: float
    copies: bool
    more: bool
    """Shift was held: one more is chosen."""
    by: int | None = None
    """Frames that they have gone; None: the mouse has not moved yet."""


class KeyRow:
    """What the mouse does to the diamonds, and how they look."""

    def __init__(self, do: Dispatch, top: float, bottom: float) -> None:
        self._do, self._top, self._bottom = do, top, bottom
        self.held: Held | None = None
        self.hot: Diamond | None = None

    def _height(self, state: EditorState, diamond: Diamond) -> float:
        """Keys of the camera path have a row of their own, if there are any."""
        if diamond.key is not None:
            return px(self._bottom - 8)
        both = state.scene.camera_path is not None
        return px(self._top + 11 if both else (self._top + self._bottom) / 2 + 1)

    def at(
        self, state: EditorState, x: float, y: float, across: Across
    ) -> Diamond | None:
        """The diamond under the mouse."""
        found = [
            (away, -i, diamond)
            for i, diamond in enumerate(diamonds(state))
            if (
                away := max(
                    abs(across(state, diamond.frame) - x),
                    abs(self._height(state, diamond) - y),
                )
            )
            <= px(REACH)
        ]
        return min(found, key=lambda row: row[:2])[2] if found else None

    def press(
        self, state: EditorState, diamond: Diamond, x: float, ctrl: bool, shift: bool
    ) -> None:
        """A diamond was taken: it is chosen, and others with it if they were."""
        if diamond.key is not None:
            self._do("camera-key-choose", key=diamond.key)
        elif shift or not diamond.chosen:
            self._do("key-choose", frame=diamond.frame, add=shift)
        together = (*chosen_keys(state), diamond.frame) if shift else (diamond.frame,)
        frames = chosen_keys(state) if diamond.chosen else together
        kept = tuple(sorted(set(frames))) if diamond.key is None else (diamond.frame,)
        self.held = Held(diamond, kept, x, ctrl, shift)

    def follow(self, state: EditorState, x: float, frame: int, down: bool) -> None:
        """The mouse goes on, or lets go."""
        held = self.held
        assert held is not None
        dropped = held.by is not None and state.history.base is None
        if dropped:
            # Esc has given it back.
            self.held = held if down else None
        else:
            # On a slow machine the last bit of the way comes with the release.
            if held.by is not None or abs(x - held.x) >= px(CLICK_REACH):
                self._drag(state, held, frame)
            if not down:
                held, self.held = self.held, None
                assert held is not None
                self._release(held)

    def _drag(self, state: EditorState, held: Held, frame: int) -> None:
        drive = state.scene.frames
        least, most = drive[0] - held.frames[0], drive[-1] - held.frames[-1]
        by = min(max(frame - held.diamond.frame, least), most)
        if by == held.by:
            return
        if held.by is None:
            self._do("begin")
        self.held = Held(held.diamond, held.frames, held.x, held.copies, held.more, by)
        if held.diamond.key is None:
            self._do("drag-keys", frames=held.frames, by=by, copies=held.copies)
        else:
            key, to = held.diamond.key, held.diamond.frame + by
            copies = held.copies and by != 0
            self._do("drag-camera-frame", key=key, frame=to, copies=copies)

    def _release(self, held: Held) -> None:
        if held.by is not None:
            self._do("end")
        elif not held.more:
            if held.diamond.key is None:
                self._do("key-choose", frame=held.diamond.frame)
            self._do("frame", to=held.diamond.frame)

    def draw(self, layer: Item, state: EditorState, across: Across) -> None:
        """All of them: full ones of the object, hollow ones of the camera path."""
        for diamond in diamonds(state):
            hot = self.hot is not None and (diamond.frame, diamond.key) == (
                self.hot.frame,
                self.hot.key,
            )
            x, y = across(state, diamond.frame), self._height(state, diamond)
            r = px(SIZE + 1.5 if hot else SIZE)
            own = theme.SELECTED if diamond.chosen else theme.ACCENT
            hollow = diamond.key is not None and not diamond.chosen
            dpg.draw_quad(
                (x, y - r),
                (x + r, y),
                (x, y + r),
                (x - r, y),
                fill=theme.STRIP if hollow else own,
                color=own if hollow else theme.BRIGHT if hot else EDGE,
                thickness=1.5,
                parent=layer,
            )
