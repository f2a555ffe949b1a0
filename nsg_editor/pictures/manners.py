"""When those who draw wait for the window, and when they have waited long enough."""

from collections.abc import Callable
from dataclasses import dataclass

from nsg_editor.pictures.priority import yield_all

LATE_S = 0.08
"""A picture that is this late did not get its share of the processor."""
INSISTS_S = 2.0
"""So long those who draw yield no more then: somebody else computes, too."""


@dataclass
class Wait:
    """How long a view has gone without the picture that it wants."""

    since: float = 0.0
    seen: object = None

    def waited(self, now: float, waits: bool, seen: object) -> float:
        """Seconds since the last picture; `waits`: another one is wanted."""
        if not waits or seen is not self.seen:
            self.since, self.seen = now, seen
        return now - self.since


class Manners:
    """Lets the window go first while hands are at work, so long as pictures come.

    What yields altogether would draw nothing on a machine that others keep busy. So
    once a picture was late, those who draw insist on their share for a while.
    """

    def __init__(self, yielding: Callable[[bool], object] = yield_all) -> None:
        self._yielding = yielding
        self._yields = False
        self._insists_until = 0.0

    def turn(self, now: float, hands: bool, waited: float) -> None:
        """Once a frame; `hands`: they are at work; `waited`: the longest of all."""
        if waited > LATE_S:
            self._insists_until = now + INSISTS_S
        yields = hands and now >= self._insists_until
        if yields != self._yields:
            self._yields = yields
            self._yielding(yields)
