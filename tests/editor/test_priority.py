"""Threads that draw let the window go first."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nsg_editor.pictures.priority import CHILD_STEPS, STEPS, hold_back, step_back


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has nice threads")
def test_a_thread_and_its_children_step_back_and_others_do_not() -> None:
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    found: list[int] = []

    def look() -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def work() -> None:
        step_back()
        look()
        child = threading.Thread(target=look)
        child.start()
        child.join()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [min(mine + STEPS, 19)] * 2
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == mine


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of sessions")
def test_a_child_and_its_session_are_held_back() -> None:
    """Whatever the system shares the processor by, the window has more of it."""
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        hold_back(child.pid)
        steps = min(mine + CHILD_STEPS, 19)
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == steps
        session = Path(f"/proc/{child.pid}/autogroup")
        if session.exists() and session.read_text().strip():
            assert session.read_text().split()[-1] == str(steps)
    finally:
        child.kill()
        child.wait()
    hold_back(child.pid)
    assert os.getpriority(os.PRIO_PROCESS, 0) == mine
