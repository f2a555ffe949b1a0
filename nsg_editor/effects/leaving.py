"""Signals end the editor as the window's own button does: in order, with nothing lost.

By default SIGTERM would end it on the spot, and leave a training behind; SIGINT would
end it in the middle of anything.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
"""SIGHUP: the terminal or the desktop session has ended. Windows does not have it."""


@contextmanager
def signals_ask(to_end: Callable[[], None]) -> Iterator[None]:
    """Within the block a signal calls `to_end`; a second one interrupts at once."""
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        to_end()

    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
