"""What is freed is given back to the system."""

import ctypes
import sys
from pathlib import Path

import pytest

from nsg_editor.pictures.settling import give_back

PIECES, LENGTH = 60_000, 2_000


def resident() -> float:
    """MB of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


@pytest.mark.skipif(
    not (sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")),
    reason="only this C library can be asked for it",
)
def test_what_lies_between_others_is_given_back() -> None:
    pieces = [bytes(LENGTH) for _ in range(PIECES)]
    # Every thirtieth stays, so that the C library cannot simply shorten its heap.
    pieces = pieces[::30]
    before = resident()
    give_back()
    given = before - resident()
    assert len(pieces) == PIECES // 30
    assert given > 0.5 * PIECES * LENGTH / 2**20
