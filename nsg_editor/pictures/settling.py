"""What lives as long as the program is no work for the collector of garbage."""

import gc


def settle() -> None:
    """Take all that exists now for something that stays.

    Half a million objects come with the libraries. To look through them takes a quarter
    of a second, in which no thread goes on, and it happens again and again while a
    box is dragged. Whatever nobody refers to any more is still given back at once.
    """
    gc.collect()
    gc.freeze()
