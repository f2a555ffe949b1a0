"""What a look through the whole drive has found."""

from dataclasses import dataclass

from nsg_core.edits.edit import Edit


@dataclass(frozen=True, slots=True)
class Survey:
    """How many doubts there are in which frame."""

    counts: tuple[tuple[int, int], ...] = ()
    """Frame and number, for frames that have any."""
    edits: tuple[Edit, ...] | None = None
    """The edits that were looked at; None: nobody has looked yet."""
