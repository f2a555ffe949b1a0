"""What lives as long as the program is no work for the collector of garbage, and what
is freed is given back."""

import ctypes
import gc
import sys


def settle() -> None:
    """Take all that exists now for something that stays.

    Half a million objects come with the libraries. To look through them takes a quarter
    of a second, in which no thread goes on, and it happens again and again while a
    box is dragged. Whatever nobody refers to any more is still given back at once.
    """
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Let the system have what was freed; some milliseconds.

    Weights and what is drawn with them come in pieces of all sizes, and the C library
    keeps what old ones leave between others: some MB more with each new weights.
    """
    if not sys.platform.startswith("linux"):
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
