"""Which parts of a row are left out where it is too narrow, as plain arithmetic."""

from collections.abc import Mapping, Sequence


def left_out(
    widths: Mapping[str, float], dispensable: Sequence[str], room: float, more: float
) -> frozenset[str]:
    """Parts that do not fit into `room`, the first dispensable one first.

    `more` is the width of what says that there is more; it is needed only then.
    """
    if sum(widths.values()) <= room:
        return frozenset()
    gone: set[str] = set()
    for name in dispensable:
        if sum(width for part, width in widths.items() if part not in gone) <= (
            room - more
        ):
            break
        gone.add(name)
    return frozenset(gone)
