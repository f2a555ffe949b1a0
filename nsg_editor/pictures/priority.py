"""Who goes first where there are fewer processors than threads: the window."""

import os
import sys
import threading
from contextlib import suppress

STEPS = 6
"""Of niceness: who has them gets about a quarter of the time that others get."""


def step_back() -> None:
    """This thread, and all that it begins, let the window's threads go first.

    Only Linux knows niceness of threads; elsewhere nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError):
        own = threading.get_native_id()
        now = os.getpriority(os.PRIO_PROCESS, own)
        os.setpriority(os.PRIO_PROCESS, own, min(now + STEPS, 19))
