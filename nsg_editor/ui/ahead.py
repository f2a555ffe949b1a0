"""Where the mouse is now: the toolkit only tells where it was in the last frame.

While something is dragged that is a frame late for the eye. So the X server is asked
itself; where there is none, or where it does not agree with the toolkit while the mouse
rests, the toolkit's word counts.
"""

import ctypes
import ctypes.util
import sys
from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

Point = tuple[float, float]
BUTTONS = 0x700
"""Of the X server's mask: left, middle, right."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The mouse on the whole screen."""

    x: int
    y: int
    held: bool
    """One of its buttons is down."""


Look = Callable[[], Sight | None]


class Ahead:
    """Follows the mouse between two frames."""

    def __init__(self, look: Look | None = None) -> None:
        self._look = look or server_look()
        self._corner: Point | None = None
        """Where the window was on the screen when both agreed on the mouse."""
        self._seen: Sight | None = None
        self._last: Point | None = None

    def before_frame(self) -> None:
        """The toolkit is about to take in what the mouse has done."""
        self._seen = self._look()

    def after_frame(self, told: Point, corner: Point) -> None:
        """It has, and says where the mouse is in the window, and where that is."""
        seen = self._seen
        if seen is not None and (seen.x - corner[0], seen.y - corner[1]) == told:
            self._corner = corner

    def point(self, told: Point, corner: Point) -> Point:
        """Where the mouse is in the window while a button is held."""
        now = self._look() if self._corner == corner else None
        if now is None:
            self._last = None
            return told
        if now.held:
            self._last = (now.x - corner[0], now.y - corner[1])
        # It was let go already: where that was, the toolkit will tell.
        return self._last or told

    @property
    def knows(self) -> bool:
        """Somebody can say where the mouse is between two frames."""
        return self._seen is not None and self._corner is not None

    def moved(self, size: tuple[int, int]) -> bool:
        """Within the window, which is so large, it has moved since the last frame, or
        a button was pressed or let go."""
        now = self._look() if self._corner and self._seen else None
        if now is None or now == self._seen or self._corner is None:
            return False
        x, y = now.x - self._corner[0], now.y - self._corner[1]
        return 0 <= x < size[0] and 0 <= y < size[1]

    def let_go(self) -> None:
        """No button is held any more."""
        self._last = None


def corner() -> Point:
    """Where the window's inside is on the screen."""
    x, y = dpg.get_viewport_pos()
    return x, y


def server_look() -> Look:
    """Asks the X server; elsewhere nobody knows more than the toolkit."""
    name = ctypes.util.find_library("X11") if sys.platform == "linux" else None
    try:
        x11 = None if name is None else ctypes.CDLL(name)
    except OSError:
        x11 = None
    if x11 is None:
        return lambda: None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return lambda: None
    return _look_at(x11, display, x11.XDefaultRootWindow(display))


def _look_at(x11: ctypes.CDLL, display: int, root: int) -> Look:
    windows = [ctypes.c_ulong() for _ in range(2)]
    numbers = [ctypes.c_int() for _ in range(4)]
    mask = ctypes.c_uint()
    found = [ctypes.byref(c) for c in (*windows, *numbers, mask)]
    x11.XQueryPointer.argtypes = [ctypes.c_void_p, ctypes.c_ulong] + [
        ctypes.c_void_p
    ] * 7

    def look() -> Sight | None:
        if not x11.XQueryPointer(display, root, *found):
            return None
        x, y = numbers[0].value, numbers[1].value
        return Sight(x, y, bool(mask.value & BUTTONS))

    return look
