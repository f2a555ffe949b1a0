"""The button by which a window is closed: a message of X, since xdotool knows none."""

import ctypes
import ctypes.util
import subprocess

CLIENT_MESSAGE = 33


class Message(ctypes.Structure):
    """XClientMessageEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
    )


class Event(ctypes.Union):
    """XEvent: as large as the largest of them."""

    _fields_ = (("message", Message), ("pad", ctypes.c_long * 24))


def press_close(display: str, environment: dict[str, str]) -> None:
    """Ask the editor's window to close, as a window manager does."""
    command = ["xdotool", "search", "--name", "nsg-editor"]
    found = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    )
    window = int(found.stdout.split()[0])
    x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    handle = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    protocols, delete = (
        x11.XInternAtom(handle, name, 0)
        for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
    )
    data = (ctypes.c_long * 5)(delete, 0, 0, 0, 0)
    event = Event()
    event.message = Message(CLIENT_MESSAGE, 0, 1, handle, window, protocols, 32, data)
    sent = x11.XSendEvent(
        handle, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(event)
    )
    assert sent
    x11.XCloseDisplay(handle)
