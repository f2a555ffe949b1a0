"""What the mouse means over a view: a small machine fed once a frame.

It knows no toolkit: the window tells it where the mouse is and which buttons are down,
and it names actions. All positions are in the pixels of the panel.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from nsg_editor.derived import holding
from nsg_editor.derived.aim import on_road, pixel
from nsg_editor.derived.marks import Dot, all_marks
from nsg_editor.derived.request import Frame
from nsg_editor.geometry import dragging, gizmo, picking, sizing
from nsg_editor.geometry.dragging import Faces, Part
from nsg_editor.state import EditorState

Dispatch = Callable[..., object]
CLICK_REACH = 4.0
"""A mouse that moved less than this many pixels was clicked, not dragged."""
DOT_REACH = 4.0
"""How many pixels around a dot still grab it."""
DEGREES_PER_PIXEL = 0.25
FREEHAND = 14.0
"""Pixels from one point to the next of a way that is drawn in one go."""
FINE = 0.1
"""How much of its way the mouse counts for in a drag with Shift."""
Rect = tuple[float, float, float, float]
"""Left, top, right, bottom."""


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
    ctrl: bool = False
    shift: bool = False
    alt: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """A button that went down over the picture."""

    button: Literal["left", "right", "middle"]
    x: float
    y: float
    grab: dragging.Grab | None = None
    dot: Dot | None = None
    moved: bool = False
    at: tuple[float, float] = (0.0, 0.0)
    """Where the mouse would be, had it not gone slowly with Shift."""
    last: tuple[float, float] = (0.0, 0.0)
    """Where it was."""
    spent: bool = False
    """What it meant is over."""
    locked: int | None = None
    """The track of the box under it that must not be dragged."""


class Pointer:
    """Turns mouse positions into actions."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._last = Mouse()
        self._dots: tuple[EditorState | None, tuple[Dot, ...]] = (None, ())
        self.press: Press | None = None
        self.hot: Part | Faces | None = None
        """The handle under the mouse, or in it."""
        self.hot_dot: Dot | None = None

    @property
    def flying(self) -> bool:
        """The right button is held over the picture."""
        return self.press is not None and self.press.button == "right"

    @property
    def band(self) -> Rect | None:
        """The rectangle that is being drawn around objects."""
        press = self.press
        if press is None or not _draws(press):
            return None
        return _rect((press.x, press.y), (self._last.x, self._last.y))

    @property
    def inside(self) -> bool:
        """The mouse is over the view."""
        return self._last.inside

    @property
    def at(self) -> tuple[float, float]:
        """Where the mouse is."""
        return (self._last.x, self._last.y)

    def feed(self, state: EditorState, frame: Frame, mouse: Mouse) -> None:
        """One frame of the mouse."""
        last, self._last = self._last, mouse
        if state.transform is not None and self.press is None:
            self._transforming(state, frame, last, mouse)
            return
        if state.timing.drawing is not None and self._draw(state, frame, last, mouse):
            return
        if self.press is None:
            self._resting(state, frame, last, mouse)
        elif getattr(mouse, self.press.button):
            self._held(state, frame, last, mouse)
        else:
            # On a slow machine the last bit of the way comes with the release, or all.
            self._held(state, frame, last, replace(mouse, ctrl=last.ctrl))
            self._released(state, frame, mouse)
        if mouse.inside and mouse.wheel:
            self._dispatch("dolly", notches=mouse.wheel)

    def drop(self) -> None:
        """Forget what is held (after Esc)."""
        if self.press is not None:
            self.press = replace(
                self.press, grab=None, dot=None, moved=True, spent=True
            )

    def _transforming(
        self, state: EditorState, frame: Frame, last: Mouse, mouse: Mouse
    ) -> None:
        """Keys move something: the mouse does so without a button, a click keeps it."""
        self.hot = None
        if not mouse.inside:
            return
        if mouse.left and not last.left:
            self.press = Press("left", mouse.x, mouse.y, moved=True, spent=True)
            self._dispatch("transform-keep")
        elif mouse.right and not last.right:
            self.press = Press("right", mouse.x, mouse.y, moved=True, spent=True)
            self._dispatch("cancel")
        else:
            u, v = pixel(frame, mouse.x, mouse.y)
            how = {"snap": mouse.ctrl, "fine": mouse.shift}
            self._dispatch("transform-point", view=frame.view, u=u, v=v, **how)

    def _draw(
        self, state: EditorState, frame: Frame, last: Mouse, mouse: Mouse
    ) -> bool:
        """A way is drawn: points come by clicks, and along a drag; False: not now."""
        began = self.press is None and mouse.inside and mouse.left and not last.left
        if began:
            self.press = Press("left", mouse.x, mouse.y, moved=True, spent=True)
        press = self.press
        if press is None or press.button != "left" or not mouse.left:
            return False
        if began or math.hypot(mouse.x - press.x, mouse.y - press.y) >= FREEHAND:
            self.press = replace(press, x=mouse.x, y=mouse.y)
            to = on_road(state, frame, mouse.x, mouse.y)
            if to is not None:
                self._dispatch("draw-point", to=to)
        return True

    def _resting(
        self, state: EditorState, frame: Frame, last: Mouse, mouse: Mouse
    ) -> None:
        self.hot, self.hot_dot = None, None
        if not mouse.inside:
            if last.inside:
                self._dispatch("hover", track=None)
            return
        if mouse.left and not last.left:
            self.press = self._pressed_left(state, frame, mouse)
        elif mouse.right and not last.right:
            self.press = Press("right", mouse.x, mouse.y)
        elif mouse.middle and not last.middle:
            self.press = Press("middle", mouse.x, mouse.y)
        else:
            self._point(state, frame, mouse)

    def _point(self, state: EditorState, frame: Frame, mouse: Mouse) -> None:
        """What would be taken hold of here."""
        self.hot_dot = self._dot(state, frame, mouse)
        self.hot = self._handle(state, frame, mouse) if self.hot_dot is None else None
        under: tuple[int, ...] = ()
        if self.hot is None and self.hot_dot is None:
            under = self._under(state, frame, mouse)
        self._dispatch("hover", track=under[0] if under else None)

    def _handle(
        self, state: EditorState, frame: Frame, mouse: Mouse
    ) -> Part | Faces | None:
        handles = holding.gizmo_of(state, frame.view)
        if handles is None or not state.boxes:
            return None
        place = pixel(frame, mouse.x, mouse.y)
        if state.hands.sizing:
            return sizing.at(handles, *place)
        return gizmo.at(handles, *place)

    def _dot(self, state: EditorState, frame: Frame, mouse: Mouse) -> Dot | None:
        """The nearest dot that can be dragged from here."""
        u, v = pixel(frame, mouse.x, mouse.y)
        found = [
            (away, i, dot)
            for i, dot in enumerate(self._draggable(state))
            if (away := dragging.pixels_between(frame.view, dot.point, u, v))
            < dot.radius * state.settings.scale + DOT_REACH
        ]
        dot = min(found)[2] if found else None
        if state.hands.sizing and self._handle(state, frame, mouse) is not None:
            return None
        return None if dot and self._covered(state, frame, mouse, dot) else dot

    def _covered(
        self, state: EditorState, frame: Frame, mouse: Mouse, dot: Dot
    ) -> bool:
        """A dot of the selected object's way lies over its box, which is meant then."""
        track = dot.handle and dot.handle.arguments.get("track")
        return track == state.selection and track in self._under(state, frame, mouse)

    def _draggable(self, state: EditorState) -> tuple[Dot, ...]:
        if self._dots[0] is not state:
            dots = (mark for mark in all_marks(state) if isinstance(mark, Dot))
            self._dots = state, tuple(dot for dot in dots if dot.handle is not None)
        return self._dots[1]

    def _pressed_left(self, state: EditorState, frame: Frame, mouse: Mouse) -> Press:
        here = (mouse.x, mouse.y)
        press = Press("left", *here, at=here, last=here)
        dot = self._dot(state, frame, mouse)
        if dot is not None:
            self.hot_dot = dot
            return replace(press, dot=dot)
        grab = self._grab(state, frame, mouse)
        self.hot = grab.part if grab else None
        if grab is None and not mouse.shift:
            return replace(press, locked=self._meant(state, frame, mouse))
        return replace(press, grab=grab)

    def _grab(
        self, state: EditorState, frame: Frame, mouse: Mouse
    ) -> dragging.Grab | None:
        u, v = pixel(frame, mouse.x, mouse.y)
        handles = holding.gizmo_of(state, frame.view)
        part = self._handle(state, frame, mouse)
        if handles is not None and part is not None:
            return dragging.Grab(part, frame.view, handles.box, (u, v), handles.axes)
        # A box can be dragged with the press that selects it; of several under the
        # mouse it is the one that is selected already.
        box = holding.box_of(state, self._meant(state, frame, mouse))
        if box is None or holding.is_locked(state.scene.object(box.track_id)):
            return None
        axes = holding.axes_for(state, box)
        return dragging.Grab("move", frame.view, box, (u, v), axes)

    def _meant(self, state: EditorState, frame: Frame, mouse: Mouse) -> int | None:
        under = self._under(state, frame, mouse)
        chosen = [track for track in under if track == state.selection] or under
        return chosen[0] if chosen else None

    def _held(
        self, state: EditorState, frame: Frame, last: Mouse, mouse: Mouse
    ) -> None:
        press = self.press
        assert press is not None
        if press.spent:
            return
        if not press.moved:
            if math.hypot(mouse.x - press.x, mouse.y - press.y) < CLICK_REACH:
                return
            self.press = press = replace(press, moved=True)
            self._begin(state, press, mouse.alt)
        if (mouse.x, mouse.y) == (last.x, last.y) and mouse.ctrl == last.ctrl:
            return
        dx, dy = mouse.x - last.x, mouse.y - last.y
        if press.button == "right":
            angles = {"right": dx * DEGREES_PER_PIXEL, "up": -dy * DEGREES_PER_PIXEL}
            self._dispatch("orbit", **angles)
        elif press.button == "middle":
            self._dispatch("pan", view=frame.view, du=dx, dv=dy)
        else:
            self._drag(state, frame, mouse)

    def _begin(self, state: EditorState, press: Press, alt: bool) -> None:
        if press.grab is not None:
            track = press.grab.box.track_id
            if track != state.selection:
                # Of several that are selected, all go with the one that is dragged.
                together = track in state.selected_tracks
                self._dispatch("select", track=track, add=together)
            # Faces are pulled to make a box fit: a copy of it is no help there.
            copies = alt and not isinstance(press.grab.part, tuple)
            self._dispatch("drag-copy" if copies else "begin")
        elif press.dot is not None:
            self._dispatch("begin")
        elif press.locked is not None:
            # Whoever drags a box does not mean those around it.
            self.press = replace(press, spent=True)
            node = state.scene.object(press.locked)
            self._dispatch("select", track=press.locked)
            self._dispatch("tell", notice=holding.locked_words(node.label))

    def _drag(self, state: EditorState, frame: Frame, mouse: Mouse) -> None:
        press = self.press
        assert press is not None
        way = FINE if mouse.shift and press.grab is not None else 1.0
        x = press.at[0] + way * (mouse.x - press.last[0])
        y = press.at[1] + way * (mouse.y - press.last[1])
        self.press = press = replace(press, at=(x, y), last=(mouse.x, mouse.y))
        u, v = pixel(frame, x, y)
        if press.dot is not None and press.dot.handle is not None:
            to = dragging.dot_at(frame.view, press.dot.point, u, v)
            if to is not None:
                handle = press.dot.handle
                self._dispatch(handle.action, **handle.arguments, to=to)
        elif press.grab is not None:
            self._change(press.grab, u, v, mouse.ctrl != state.hands.snap)

    def _change(self, grab: dragging.Grab, u: float, v: float, snap: bool) -> None:
        if isinstance(grab.part, tuple):
            pull = sizing.pulled(grab, grab.part, u, v, snap)
            if pull is not None:
                self._dispatch("drag-pull", **pull)
            return
        change = dragging.changed(grab, u, v, snap)
        if change is None:
            return
        if grab.part in ("yaw", "pitch", "roll"):
            degrees = math.degrees(change.yaw + change.pitch + change.roll)
            self._dispatch("drag-turn", degrees=degrees, about=grab.part)
        else:
            self._dispatch("drag-move", by=change.by)

    def _released(self, state: EditorState, frame: Frame, mouse: Mouse) -> None:
        press, self.press = self.press, None
        assert press is not None
        if press.spent:
            return
        if press.moved:
            if press.grab is not None or press.dot is not None:
                self._dispatch("end")
            elif press.button == "left":
                self._band(state, frame, press, mouse)
            return
        if press.button == "left" and press.dot is None:
            self._click(state, frame, mouse)

    def _click(self, state: EditorState, frame: Frame, mouse: Mouse) -> None:
        under = self._under(state, frame, mouse)
        if not mouse.shift:
            self._dispatch("select", track=picking.choose(under, state.selection))
        elif under:
            self._dispatch("select", track=under[0], add=True)

    def _band(
        self, state: EditorState, frame: Frame, press: Press, mouse: Mouse
    ) -> None:
        """Select what the rectangle touches."""
        a = pixel(frame, press.x, press.y)
        b = pixel(frame, mouse.x, mouse.y)
        boxes = state.scene.at(state.frame)
        found = picking.touched(frame.view, boxes, _rect(a, b))
        if found or not mouse.shift:
            self._dispatch("select-many", tracks=found, add=mouse.shift)

    def _under(self, state: EditorState, frame: Frame, mouse: Mouse) -> tuple[int, ...]:
        boxes = state.scene.at(state.frame)
        return picking.hits(frame.view, boxes, *pixel(frame, mouse.x, mouse.y))


def _draws(press: Press) -> bool:
    """It draws a rectangle around objects."""
    taken = press.grab is not None or press.dot is not None
    return press.button == "left" and press.moved and not press.spent and not taken


def _rect(a: tuple[float, float], b: tuple[float, float]) -> Rect:
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
