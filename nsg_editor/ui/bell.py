"""How the window rests between two frames, and what wakes it."""

import threading
import time
from collections.abc import Callable

GLANCE_S = 0.008
"""From one look at the mouse to the next."""


class Bell:
    """Rung by the threads that draw; the main loop sleeps until it hears it."""

    def __init__(self) -> None:
        self._rung, self._pictured = threading.Event(), False

    def picture(self) -> None:
        """There is a neural picture to show."""
        self._pictured = True
        self._rung.set()

    def shapes(self) -> None:
        """There are shapes of the free view to show."""
        self._rung.set()

    def hush(self) -> None:
        """A frame begins, which shows all that there is."""
        self._rung.clear()
        self._pictured = False

    def rest(self, seconds: float, waits: bool, moved: Callable[[], bool]) -> None:
        """Until there is something to show, or the mouse has `moved`.

        While a first picture is being drawn (`waits`) only for that: one more frame
        before would take the processor from it, and make it two frames late.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._rung.wait(min(left, GLANCE_S)):
                if self._pictured or not waits:
                    return
                self._rung.clear()
            if not waits and moved():
                return
