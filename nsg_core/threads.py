"""How many threads torch may use for a computation on the CPU.

Torch's threads wait for the next operation in a loop that keeps a core busy. Beside
kernels, which use every core, that costs more than it brings: pictures in the window
took three times as long. So torch gets one thread, except for large networks.
"""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager

import torch

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def core_seconds() -> float:
    """Processor time of this program, in seconds with all cores at work."""
    return time.process_time() / CORES


def leave_cores_to_kernels() -> None:
    """One thread for torch from now on, in this thread and those that follow."""
    torch.set_num_threads(1)


@contextmanager
def torch_threads(count: int, device: torch.device) -> Generator[None, None, None]:
    """So many threads for torch inside; on another device than the CPU, no change."""
    if device.type != "cpu":
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
