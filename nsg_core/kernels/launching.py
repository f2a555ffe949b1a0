"""Launching Warp kernels on any device, split over threads on the CPU.

Warp runs a CPU launch on one thread and releases the interpreter's lock while it does,
so slices of the range run side by side from a thread pool. Every kernel here takes the
slice's `first` index as its first argument and begins with ``i = first + wp.tid()``.
Slices must not write to the same place: there are no atomics between them.
"""

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import cache
from itertools import pairwise
from typing import Any

import torch
import warp as wp

from nsg_core.threads import CORES


@contextmanager
def _quietly() -> Iterator[None]:
    """Nothing on stderr: where there is no GPU, Warp's native part says so there."""
    try:
        kept = os.dup(2)
    except OSError:  # There is no stderr that could hear of it.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


wp.config.quiet = True
wp.config.log_level = wp.LOG_ERROR
with nullcontext() if torch.cuda.is_available() else _quietly():
    wp.init()

SLICES_PER_THREAD = 2
"""More slices than threads, so that a slow slice does not keep the others waiting."""
SMALLEST_SLICE = 64

_FLAGS = getattr(wp.config, "cpu_compiler_flags", None) or "-march=native"
OPTIONS = {
    "enable_backward": False,
    "fast_math": True,
    "cpu_compiler_flags": f"{_FLAGS} -ffp-contract=fast",
}
"""Every gradient here is written by hand, so Warp need not derive any. `fast_math` is
for CUDA alone; on the CPU a product and a sum may at least be one instruction."""


PATIENCE_S = 2.0
"""Kernels that were compiled before are there sooner."""
COMPILING = "Compiling kernels for this machine: once, for about a minute ...\n"


@cache
def _loaded(module: Any, device: str) -> None:
    """Load a module of kernels; who waits at a terminal is told why it takes long."""
    timer = threading.Timer(PATIENCE_S, _tell)
    timer.daemon = True
    timer.start()
    try:
        module.load(device)
    finally:
        timer.cancel()


@cache
def _tell() -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(COMPILING)
        sys.stderr.flush()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CORES, thread_name_prefix="warp")


def launch(
    kernel: Any, count: int, inputs: list[Any], device: torch.device | str
) -> None:
    """Run ``kernel(first, *inputs)`` for `count` indices; torch tensors are passed on.

    Returns when the work is done (CPU) or queued on torch's stream (CUDA).
    """
    if count <= 0:
        return
    if torch.device(device).type == "cuda":
        stream = wp.stream_from_torch(torch.cuda.current_stream(device))
        _loaded(kernel.module, str(stream.device))
        wp.launch(kernel, count, [0, *inputs], device=stream.device, stream=stream)
        return
    slices = max(1, min(CORES * SLICES_PER_THREAD, count // SMALLEST_SLICE))
    edges = [count * i // slices for i in range(slices + 1)]
    _run([(kernel, end - start, [start, *inputs]) for start, end in pairwise(edges)])


def launch_each(kernel: Any, items: int, inputs: list[Any], together: int = 1) -> None:
    """Like `launch`, for few and heavy items on the CPU: `together` items a slice."""
    starts = range(0, items, together)
    _run([(kernel, min(together, items - i), [i, *inputs]) for i in starts])


def launch_seats(kernel: Any, count: int, room: int, inputs: list[Any]) -> None:
    """Like `launch`, on the CPU, for kernels that take a stretch of indices an item.

    They are called as ``kernel(item, items, count, desk, *inputs)``: the item's stretch
    is that part of `count`, and `room` floats of the desk are its own.
    """
    items = max(1, min(CORES * SLICES_PER_THREAD, count // SMALLEST_SLICE))
    desk = wp.empty(items * room, dtype=wp.float32, device="cpu")
    _run([(kernel, 1, [i, items, count, desk, *inputs]) for i in range(items)])


def _run(slices: list[tuple[Any, int, list[Any]]]) -> None:
    """The caller and the pool's threads take slices until none is left."""
    rest = iter(slices)
    if slices:
        # Compiling must not start in two threads at once.
        _loaded(slices[0][0].module, "cpu")

    def take() -> None:
        for kernel, count, inputs in rest:
            wp.launch(kernel, count, inputs, device="cpu")

    helping = min(CORES, len(slices)) - 1
    futures = [_pool().submit(take) for _ in range(helping)]
    try:
        take()
    finally:
        for future in futures:
            # One that has not begun yet would find nothing to do.
            if not future.cancel():
                future.result()


def as_warp(tensor: torch.Tensor, dtype: Any) -> wp.array:
    """A view of a contiguous tensor as a Warp array."""
    if not tensor.numel():
        # Torch calls any empty tensor contiguous, whatever its strides; Warp does not.
        tensor = tensor.new_empty(tensor.shape)
    return wp.from_torch(tensor.detach(), dtype=dtype, requires_grad=False)
