"""What the mouse means over the picture: a small machine fed once a frame.

It knows no toolkit: the window tells it where the mouse is and which buttons are down,
and it names actions. All positions are in the pixels of the panel.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from nsg_core.scene import PlacedBox
from nsg_editor import gizmo, picking
from nsg_editor.request import Frame
from nsg_editor.state import EditorState

Dispatch = Callable[..., object]
CLICK_REACH = 4.0
"""A mouse that moved less than this many pixels was clicked, not dragged."""
DEGREES_PER_PIXEL = 0.25


@dataclass(frozen=True, slots=True)
class Mouse:
    """The mouse in one frame."""

    x: float = 0.0
    y: float = 0.0
    left: bool = False
    right: bool = False
    middle: bool = False
    inside: bool = False
    """It is over the picture and nothing else is in front of it."""
    wheel: float = 0.0


@dataclass(frozen=True, slots=True)
class Press:
    """A button that went down over the picture."""

    button: Literal["left", "right", "middle"]
    x: float
    y: float
    grab: gizmo.Grab | None = None
    moved: bool = False


class Pointer:
    """Turns mouse positions into actions."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._last = Mouse()
        self.press: Press | None = None

    @property
    def flying(self) -> bool:
        """The right button is held over the picture."""
        return self.press is not None and self.press.button == "right"

    def feed(self, state: EditorState, frame: Frame, mouse: Mouse) -> None:
        """One frame of the mouse."""
        last, self._last = self._last, mouse
        if self.press is None:
            self._resting(state, frame, last, mouse)
        elif getattr(mouse, self.press.button):
            self._held(state, frame, last, mouse)
        else:
            self._released(state, frame, mouse)
        if mouse.inside and mouse.wheel:
            self._dispatch("dolly", notches=mouse.wheel)

    def drop(self) -> None:
        """Forget what is held (after Esc)."""
        if self.press is not None:
            self.press = replace(self.press, grab=None, moved=True)

    def _resting(
        self, state: EditorState, frame: Frame, last: Mouse, mouse: Mouse
    ) -> None:
        if not mouse.inside:
            self._dispatch("hover", track=None)
            return
        if mouse.left and not last.left:
            self.press = self._pressed_left(state, frame, mouse)
        elif mouse.right and not last.right:
            self.press = Press("right", mouse.x, mouse.y)
        elif mouse.middle and not last.middle:
            self.press = Press("middle", mouse.x, mouse.y)
        else:
            under = self._under(state, frame, mouse)
            self._dispatch("hover", track=under[0] if under else None)

    def _pressed_left(self, state: EditorState, frame: Frame, mouse: Mouse) -> Press:
        u, v = _pixel(frame, mouse)
        selected = _selected_box(state)
        grab = gizmo.grab(frame.view, selected, u, v) if selected else None
        if grab is None:
            # A box can be dragged with the press that selects it.
            under = self._under(state, frame, mouse)
            box = _box(state, under[0]) if under else None
            if box is not None:
                grab = gizmo.Grab("move", frame.view, box, (u, v))
        return Press("left", mouse.x, mouse.y, grab)

    def _held(
        self, state: EditorState, frame: Frame, last: Mouse, mouse: Mouse
    ) -> None:
        press = self.press
        assert press is not None
        travel = math.hypot(mouse.x - press.x, mouse.y - press.y)
        if not press.moved:
            if travel < CLICK_REACH:
                return
            self.press = press = replace(press, moved=True)
            if press.grab is not None:
                self._dispatch("select", track=press.grab.box.track_id)
                self._dispatch("begin")
        if (mouse.x, mouse.y) == (last.x, last.y):
            return
        dx, dy = mouse.x - last.x, mouse.y - last.y
        if press.button == "right":
            angles = {"right": dx * DEGREES_PER_PIXEL, "up": -dy * DEGREES_PER_PIXEL}
            self._dispatch("orbit", **angles)
        elif press.button == "middle":
            self._dispatch("pan", view=frame.view, du=dx, dv=dy)
        elif press.grab is not None:
            self._drag(press.grab, frame, mouse)

    def _drag(self, grab: gizmo.Grab, frame: Frame, mouse: Mouse) -> None:
        u, v = _pixel(frame, mouse)
        if grab.kind == "move":
            by = gizmo.moved_by(grab, u, v)
            if by is not None:
                self._dispatch("drag-move", by=by)
            return
        turned = gizmo.turned_by(grab, u, v)
        if turned is not None:
            self._dispatch("drag-turn", degrees=math.degrees(turned))

    def _released(self, state: EditorState, frame: Frame, mouse: Mouse) -> None:
        press, self.press = self.press, None
        assert press is not None
        if press.moved:
            if press.grab is not None:
                self._dispatch("end")
            return
        if press.button == "left" and (press.grab is None or press.grab.kind == "move"):
            under = self._under(state, frame, mouse)
            self._dispatch("select", track=picking.choose(under, state.selection))

    def _under(self, state: EditorState, frame: Frame, mouse: Mouse) -> tuple[int, ...]:
        boxes = state.scene.at(state.frame)
        return picking.hits(frame.view, boxes, *_pixel(frame, mouse))


def _pixel(frame: Frame, mouse: Mouse) -> tuple[float, float]:
    """Panel to picture; the centre of the first pixel is at (0, 0)."""
    return mouse.x - frame.x - 0.5, mouse.y - frame.y - 0.5


def _box(state: EditorState, track: int) -> PlacedBox | None:
    boxes = state.scene.at(state.frame)
    return next((b for b in boxes if b.track_id == track), None)


def _selected_box(state: EditorState) -> PlacedBox | None:
    return None if state.selection is None else _box(state, state.selection)
