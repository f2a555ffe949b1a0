"""Keys that go down become actions, as the tables of the keymaps say."""

from collections.abc import Callable, Mapping

import dearpygui.dearpygui as dpg

from nsg_editor.derived.chosen import any_chosen
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui.containers import Item, within
from nsg_editor.values.keymaps import Chord, Key, Situation, all_keys, bound, chord

CTRL = (dpg.mvKey_LControl, dpg.mvKey_RControl)
ALT = (dpg.mvKey_LAlt, dpg.mvKey_RAlt)
SHIFT = (dpg.mvKey_LShift, dpg.mvKey_RShift)
Modifiers = tuple[bool, bool, bool]
"""Ctrl, Alt and Shift."""

# Names of keys as the tables write them, where Dear PyGui calls them otherwise. Keys
# of the number block mean what their twins mean.
_NAMES: dict[str, tuple[int, ...]] = {
    "/": (dpg.mvKey_Slash, dpg.mvKey_Divide),
    ".": (dpg.mvKey_Period, dpg.mvKey_Decimal),
    ",": (dpg.mvKey_Comma,),
    "+": (dpg.mvKey_Plus, dpg.mvKey_Add),
    "-": (dpg.mvKey_Minus, dpg.mvKey_Subtract),
    "*": (dpg.mvKey_Multiply,),
    "[": (dpg.mvKey_Open_Brace,),
    "]": (dpg.mvKey_Close_Brace,),
    "`": (dpg.mvKey_Tilde,),
    "'": (dpg.mvKey_Quote,),
    ";": (dpg.mvKey_Colon,),
    "\\": (dpg.mvKey_Backslash,),
    "Space": (dpg.mvKey_Spacebar,),
    "Enter": (dpg.mvKey_Return, dpg.mvKey_NumPadEnter),
    "Backspace": (dpg.mvKey_Back,),
    "PageUp": (dpg.mvKey_Prior,),
    "PageDown": (dpg.mvKey_Next,),
}


def codes(key: str) -> tuple[int, ...]:
    """Dear PyGui's numbers of a key of the tables."""
    if key in _NAMES:
        return _NAMES[key]
    if key.isdecimal():
        pair = (f"mvKey_{key}", f"mvKey_NumPad{key}")
        return tuple(int(getattr(dpg, name)) for name in pair)
    return (int(getattr(dpg, f"mvKey_{key}")),)


GOING = ("Left", "Right", "Up", "Down", "Tab")
"""What goes on and on in front of all, too, while it is held down."""
LISTENED: dict[int, str] = {code: key for key in all_keys() for code in codes(key)}
"""Every key that a table names."""


def situation(state: EditorState) -> Situation:
    """What keys mean now."""
    if getattr(state, "transform", None) is not None:
        return "transform"
    if state.timing.drawing is not None:
        return "drawing"
    return "keys" if state.timing.over and any_chosen(state) else "usual"


def asks(state: EditorState) -> bool:
    """Something in front wants an answer first; keys do not mean what lies behind."""
    waits = state.wish is not None and state.saving is None
    return waits or bool(state.dialog or state.choosing or state.front.save_as)


class Keyboard:
    """Names actions when keys go down, unless somebody is typing."""

    def __init__(
        self,
        do: Dispatch,
        state: Callable[[], EditorState],
        typing: Callable[[], bool],
        flying: Callable[[], bool],
        escape: Callable[[], None],
        front: Callable[[str, bool], bool] = lambda key, shift: False,
    ) -> None:
        self._do, self._state, self._front = do, state, front
        self._typing, self._flying = typing, flying
        self._escape = escape
        self._repeated: tuple[Key, Mapping[str, object]] | None = None
        self._modifiers: set[int] = set()
        self._down: set[int] = set()
        """Keys that went down and have not come up."""
        self._waiting: list[tuple[int, Modifiers, bool]] = []
        self._quiet = 0

    def build(self) -> None:
        """Listen to each key of the tables: a handler for all keys hears mice too.

        Callbacks may come a frame after their key. A quick hand, or a slow machine, has
        let go of Ctrl by then, so to ask whether it is down would lose shortcuts;
        instead its own press and release are heard in the same queue.
        """
        modifiers = (*CTRL, *ALT, *SHIFT)
        with within(dpg.handler_registry()):
            for key in modifiers:
                dpg.add_key_press_handler(key, callback=self._modifier_down)
            for key in (*LISTENED, dpg.mvKey_Escape):
                dpg.add_key_press_handler(key, callback=self._heard)
            for key in LISTENED:
                dpg.add_key_release_handler(key, callback=self._released)
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
        for key, modifiers, repeats in heard:
            self.pressed(key, modifiers, self._held(), repeats)
        # One whose release went to another window is up, too.
        self._down = {key for key in self._down if dpg.is_key_down(key)}
        # A modifier whose release went to another window is up.
        self._quiet = 0 if held(*CTRL, *ALT, *SHIFT) else self._quiet + 1
        if self._quiet > 10:
            self._modifiers.clear()

    @property
    def shift(self) -> bool:
        """Shift is held, as far as was heard."""
        return not self._modifiers.isdisjoint(SHIFT)

    def _held(self) -> Modifiers:
        """The modifiers, as far as was heard."""
        ctrl, alt, shift = (
            not self._modifiers.isdisjoint(keys) for keys in (CTRL, ALT, SHIFT)
        )
        return ctrl, alt, shift

    def _heard(self, sender: Item, key: int) -> None:
        self._waiting.append((key, self._held(), key in self._down))
        self._down.add(key)

    def _released(self, sender: Item, key: int) -> None:
        self._down.discard(key)
        held = None if self._repeated is None else chord(self._repeated[0].keys).key
        if LISTENED[key] == held:
            self._repeated = None
            self._do("end")

    def pressed(
        self,
        key: int,
        modifiers: Modifiers,
        later: Modifiers | None = None,
        repeats: bool = False,
    ) -> None:
        """A key went down, or repeats because it stays there.

        Releases are heard after presses, whichever came first within a frame: with
        Ctrl gone at its end, this key may have come before or after that. What means
        something is meant.
        """
        # A question that is asked comes before all else, even before a field.
        again = not repeats or LISTENED.get(key) in GOING
        plain = again and not any(modifiers[:2])
        name = "Escape" if key == dpg.mvKey_Escape else LISTENED.get(key, "")
        if plain and self._front(name, modifiers[2]):
            return
        if self._typing():
            return
        if key == dpg.mvKey_Escape:
            self._repeated = None
            if not repeats:
                self._escape()
            return
        if self._flying() and not modifiers[0]:
            return
        meant = self._meaning(key, modifiers) or self._meaning(key, later or modifiers)
        if meant is None:
            return
        if meant.held:
            self._repeat(meant)
        elif meant.again or not repeats:
            self._do(meant.action, **meant.arguments)

    def _meaning(self, key: int, modifiers: Modifiers) -> Key | None:
        state = self._state()
        if asks(state):
            return None
        pressed = Chord(LISTENED[key], *modifiers)
        now, keymap = situation(state), state.settings.keymap
        meant = bound(keymap, pressed, now)
        if meant is None and now in ("drawing", "keys"):
            return bound(keymap, pressed)
        return meant

    def _repeat(self, key: Key) -> None:
        """All repetitions until the key comes up are one gesture."""
        before = self._repeated
        total = key.arguments
        if before is not None and before[0] is key:
            total = grown(before[1], key.arguments)
        self._repeated = key, total
        self._do(key.action, **total)


def grown(
    total: Mapping[str, object], by: Mapping[str, object]
) -> Mapping[str, object]:
    """Arguments of one more repetition: numbers and places add up, the rest stays."""
    return {name: _sum(total[name], by[name]) for name in by}


def _sum(a: object, b: object) -> object:
    if isinstance(a, float) and isinstance(b, float):
        return a + b
    if isinstance(a, tuple) and isinstance(b, tuple):
        return tuple(_sum(x, y) for x, y in zip(a, b, strict=True))
    return a


def held(*keys: int) -> bool:
    """One of these keys is down."""
    return any(dpg.is_key_down(key) for key in keys)
