"""Which frames train and which are held out, under the names that papers use.

`i` counts frames within the chosen range; both cameras follow their frame's part.
Sources: the SUDS, MARS and map4d code bases (KITTI and Virtual KITTI 2 splits).
"""

from collections.abc import Callable

from nsg_core.errors import NsgError

_HELD_OUT: dict[str, Callable[[int], bool]] = {
    "all": lambda i: False,
    "suds-75": lambda i: i > 0 and i % 4 == 0,
    "suds-50": lambda i: i > 0 and i % 2 == 0,
    "suds-25": lambda i: i % 4 != 0,
    "mars-75": lambda i: i % 4 == 3,
    "mars-50": lambda i: i % 4 == 3,
    "mars-25": lambda i: i % 4 == 3,
    "nsg": lambda i: i % 10 == 9,
}
_LEFT_OUT: dict[str, Callable[[int], bool]] = {
    "mars-50": lambda i: i % 4 == 2,
    "mars-25": lambda i: i % 4 in (1, 2),
}
NAMES = tuple(_HELD_OUT)


def split(
    frames: tuple[int, ...], protocol: str
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Training frames and held-out frames; NsgError names the known protocols."""
    if protocol not in _HELD_OUT:
        names = ", ".join(NAMES)
        raise NsgError(f"there is no protocol {protocol!r}; there are: {names}.")
    held_out, left_out = _HELD_OUT[protocol], _LEFT_OUT.get(protocol, lambda i: False)
    test = tuple(f for i, f in enumerate(frames) if held_out(i))
    train = tuple(
        f for i, f in enumerate(frames) if not held_out(i) and not left_out(i)
    )
    return train, test
