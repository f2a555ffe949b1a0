"""Is there a screen? Without one the toolkit aborts the process, so we look first."""

import ctypes
import ctypes.util
import os
import sys

from nsg_core.errors import NsgError


def screen_size() -> tuple[int, int] | None:
    """Pixels of the whole screen; None where it cannot be asked (not X11)."""
    if sys.platform != "linux" or not os.environ.get("DISPLAY"):
        return None
    try:
        x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    except OSError:
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    for name in ("XDisplayWidth", "XDisplayHeight"):
        getattr(x11, name).argtypes = [ctypes.c_void_p, ctypes.c_int]
    screen = x11.XDefaultScreen(ctypes.c_void_p(display))
    size = x11.XDisplayWidth(display, screen), x11.XDisplayHeight(display, screen)
    x11.XCloseDisplay(ctypes.c_void_p(display))
    return size


def fitted(wished: tuple[int, int], screen: tuple[int, int] | None) -> tuple[int, int]:
    """A window's size that a screen has room for."""
    if screen is None:
        return wished
    return min(wished[0], screen[0]), min(wished[1], screen[1])


def check_display() -> None:
    """Raise NsgError where no window can be opened (Linux; others always can)."""
    if sys.platform != "linux":
        return
    name = os.environ.get("DISPLAY")
    if not name:
        raise NsgError(
            "there is no display to open a window on: DISPLAY is not set. Start the "
            "editor on a desktop (under Wayland with XWayland), through `ssh -X` or "
            "under `xvfb-run -a`; `nsg render` and `nsg export` need no display."
        )
    try:
        x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    except OSError:
        raise NsgError(
            "the system library libX11 is missing, which windows need. Install it: "
            "apt-get install libx11-6 libgl1"
        ) from None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    display = x11.XOpenDisplay(None)
    if not display:
        raise NsgError(
            f"the display {name} cannot be opened; check DISPLAY, and with ssh whether "
            "X forwarding is on (`ssh -X`)."
        )
    found = ctypes.c_int()
    x11.XQueryExtension.argtypes = [ctypes.c_void_p, ctypes.c_char_p] + 3 * [
        ctypes.POINTER(ctypes.c_int)
    ]
    pointers = [ctypes.byref(found) for _ in range(3)]
    has_glx = x11.XQueryExtension(display, b"GLX", *pointers)
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    x11.XCloseDisplay(display)
    if not has_glx:
        raise NsgError(
            f"the display {name} has no OpenGL (GLX). With Xvfb, start it with "
            "`+extension GLX`; with ssh use a local display or VNC."
        )
