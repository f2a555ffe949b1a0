"""Who goes first where there are fewer processors than threads: the window."""

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

STEPS = 5
"""Of niceness: who has them gets about a third of the time that others get, and all
that they leave. With more the window is hardly smoother, and pictures come later."""
CHILD_STEPS = 5
"""Of a training or an export: about a third of what a window gets that wants all. With
more of them a training would hardly begin beside other programs."""


def step_back(steps: int = STEPS) -> None:
    """This thread, and all that it begins, let the window's threads go first.

    Only Linux knows niceness of threads; elsewhere nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError):
        own = threading.get_native_id()
        now = os.getpriority(os.PRIO_PROCESS, own)
        os.setpriority(os.PRIO_PROCESS, own, min(now + steps, 19))


def hold_back(process: int) -> None:
    """A child that was just started lets the window and its pictures go first.

    Linux may share the processor between sessions first, and a child has one of its
    own: then that session has to step back, too.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError):
        steps = min(os.getpriority(os.PRIO_PROCESS, process) + CHILD_STEPS, 19)
        os.setpriority(os.PRIO_PROCESS, process, steps)
        Path(f"/proc/{process}/autogroup").write_text(str(steps))


def yield_all(yielding: bool) -> None:
    """All threads that stepped back run only where nobody else wants to, or do again.

    A nice thread keeps the processor for some milliseconds when the window wakes; an
    idle one leaves at once, and the window is not woken up behind it. Only Linux knows
    such threads.
    """
    if not sys.platform.startswith("linux"):
        return
    policy = os.SCHED_IDLE if yielding else os.SCHED_OTHER
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    for task in Path("/proc/self/task").iterdir():
        # It may have ended by now, or may not be changed.
        with suppress(OSError):
            if os.getpriority(os.PRIO_PROCESS, int(task.name)) > own:
                os.sched_setscheduler(int(task.name), policy, os.sched_param(0))
