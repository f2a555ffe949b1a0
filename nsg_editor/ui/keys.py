"""What the keys do: one table, which the help window shows too."""

from collections.abc import Callable
from dataclasses import dataclass, field

import dearpygui.dearpygui as dpg

from nsg_editor.pointer import Dispatch
from nsg_editor.ui.containers import Item, within

CTRL = (dpg.mvKey_LControl, dpg.mvKey_RControl)
SHIFT = (dpg.mvKey_LShift, dpg.mvKey_RShift)
TURN_STEP = 3.0
"""Degrees for each repetition of Q or E."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A key with its modifiers, and the action it names."""

    key: int
    action: str
    arguments: dict[str, object] = field(default_factory=dict)
    ctrl: bool = False
    shift: bool = False


BINDINGS: tuple[Binding, ...] = (
    Binding(dpg.mvKey_Z, "undo", ctrl=True),
    Binding(dpg.mvKey_Y, "redo", ctrl=True),
    Binding(dpg.mvKey_Z, "redo", ctrl=True, shift=True),
    Binding(dpg.mvKey_Delete, "remove"),
    Binding(dpg.mvKey_X, "remove"),
    Binding(dpg.mvKey_D, "duplicate", ctrl=True),
    Binding(dpg.mvKey_D, "duplicate", shift=True),
    Binding(dpg.mvKey_Left, "step", {"by": -1}),
    Binding(dpg.mvKey_Right, "step", {"by": 1}),
    Binding(dpg.mvKey_Left, "step", {"by": -10}, shift=True),
    Binding(dpg.mvKey_Right, "step", {"by": 10}, shift=True),
    Binding(dpg.mvKey_Spacebar, "play"),
    Binding(dpg.mvKey_Home, "home"),
    Binding(dpg.mvKey_F, "focus"),
    Binding(dpg.mvKey_R, "show"),
    Binding(dpg.mvKey_B, "boxes"),
    Binding(dpg.mvKey_Tab, "select-next", {"by": 1}),
    Binding(dpg.mvKey_Tab, "select-next", {"by": -1}, shift=True),
    Binding(dpg.mvKey_O, "open-dialog", ctrl=True),
    Binding(dpg.mvKey_Q, "close", ctrl=True),
    Binding(dpg.mvKey_S, "save", ctrl=True),
    Binding(dpg.mvKey_E, "export", ctrl=True),
    Binding(dpg.mvKey_T, "train", ctrl=True),
    Binding(dpg.mvKey_Slash, "help", shift=True),
    Binding(dpg.mvKey_F1, "help"),
)

TURNS = (dpg.mvKey_Q, dpg.mvKey_E)
LISTENED = tuple(sorted({b.key for b in BINDINGS} | {*TURNS, dpg.mvKey_Escape}))

KEYS: tuple[tuple[str, str], ...] = (
    ("Click", "Select; click again for the box behind"),
    ("Drag a box", "Move it on the ground"),
    ("Drag the ring, Q and E", "Turn it"),
    ("Esc", "Take back what is being dragged; deselect"),
    ("Ctrl+Z, Ctrl+Y", "Undo, redo"),
    ("Ctrl+D or Shift+D", "Duplicate"),
    ("Delete or X", "Remove"),
    ("Tab", "Select the next object"),
    ("Left, Right", "One frame back, on; with Shift ten"),
    ("Space", "Play or stop"),
    ("Right-drag", "Orbit; hold and W A S D to fly (Q, E down and up)"),
    ("Middle-drag, wheel", "Pan, go nearer or away"),
    ("Home", "Back to the recorded camera"),
    ("F", "Look at the selected object"),
    ("R", "Neural or recorded picture"),
    ("B", "Boxes on or off"),
    ("Ctrl+O, Ctrl+S", "Open another drive, save the edits"),
    ("Ctrl+E, Ctrl+T", "Export, train"),
    ("Ctrl+Q", "Close the editor"),
    ("? or F1", "This list"),
)


class Keyboard:
    """Names actions when keys go down, unless somebody is typing."""

    def __init__(
        self,
        do: Dispatch,
        typing: Callable[[], bool],
        flying: Callable[[], bool],
        escape: Callable[[], None],
    ) -> None:
        self._do, self._typing, self._flying = do, typing, flying
        self._escape = escape
        self._turned = 0.0
        self._modifiers: set[int] = set()
        self._waiting: list[tuple[int, tuple[bool, bool]]] = []
        self._quiet = 0

    def build(self) -> None:
        """Listen to each key of the table: a handler for all keys hears mice too.

        Callbacks may come a frame after their key. A quick hand, or a slow machine, has
        let go of Ctrl by then, so to ask whether it is down would lose shortcuts;
        instead its own press and release are heard in the same queue.
        """
        modifiers = (*CTRL, *SHIFT)
        with within(dpg.handler_registry()):
            for key in modifiers:
                dpg.add_key_press_handler(key, callback=self._modifier_down)
            for key in LISTENED:
                dpg.add_key_press_handler(key, callback=self._heard)
            for key in TURNS:
                dpg.add_key_release_handler(key, callback=self._turn_released)
            for key in modifiers:
                dpg.add_key_release_handler(key, callback=self._modifier_up)

    def _modifier_down(self, sender: Item, key: int) -> None:
        self._modifiers.add(key)
        self._quiet = 0

    def _modifier_up(self, sender: Item, key: int) -> None:
        self._modifiers.discard(key)

    def tick(self) -> None:
        """Once a frame: the keys that went down in it."""
        heard, self._waiting = self._waiting, []
        for key, modifiers in heard:
            self.pressed(key, *modifiers, *self._held())
        # A modifier whose release went to another window is up.
        self._quiet = 0 if held(*CTRL, *SHIFT) else self._quiet + 1
        if self._quiet > 10:
            self._modifiers.clear()

    def _held(self) -> tuple[bool, bool]:
        """Ctrl and Shift, as far as was heard."""
        held = (CTRL, SHIFT)
        ctrl, shift = (not self._modifiers.isdisjoint(keys) for keys in held)
        return ctrl, shift

    def _heard(self, sender: Item, key: int) -> None:
        self._waiting.append((key, self._held()))

    def _turn_released(self, sender: Item, key: int) -> None:
        if self._turned:
            self._turned = 0.0
            self._do("end")

    def pressed(
        self,
        key: int,
        ctrl: bool,
        shift: bool,
        ctrl_later: bool | None = None,
        shift_later: bool | None = None,
    ) -> None:
        """A key went down, or repeats.

        Releases are heard after presses, whichever came first within a frame: with
        Ctrl gone at its end, this key may have come before or after that. What means
        something is meant.
        """
        if self._typing():
            return
        if key == dpg.mvKey_Escape:
            self._turned = 0.0
            self._escape()
            return
        if self._flying() and not ctrl:
            return
        later = (
            ctrl if ctrl_later is None else ctrl_later,
            shift if shift_later is None else shift_later,
        )
        meant = bound(key, ctrl, shift) or bound(key, *later)
        if meant is not None:
            self._do(meant.action, **meant.arguments)
        elif key in TURNS and not (ctrl and later[0]):
            # All repetitions until the key comes up are one gesture.
            self._turned += TURN_STEP if key == dpg.mvKey_Q else -TURN_STEP
            self._do("drag-turn", degrees=self._turned)


def bound(key: int, ctrl: bool, shift: bool) -> Binding | None:
    """What a key means with these modifiers."""
    for binding in BINDINGS:
        if (binding.key, binding.ctrl, binding.shift) == (key, ctrl, shift):
            return binding
    return None


def held(*keys: int) -> bool:
    """One of these keys is down."""
    return any(dpg.is_key_down(key) for key in keys)
