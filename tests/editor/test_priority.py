"""Threads that draw let the window go first."""

import os
import sys
import threading

import pytest

from nsg_editor.pictures.priority import STEPS, step_back


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
