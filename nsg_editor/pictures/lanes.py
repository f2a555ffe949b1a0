"""What the worker draws for each place on the screen, and whose turn it is.

Only one picture is drawn at a time. Each view has a lane of its own, where the newest
request wins; the lanes take turns: first pictures before finer ones, and the main view
before the others.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from nsg_core.drawing.frame import Picture
from nsg_core.request import RenderRequest

LaneName = Literal["main", "side", "before", "second", "third", "cast"]
"""The main view; a second one; what the main one showed before the edits; two other
variants beside it; portraits of objects, which wait until all views have their full
resolution."""
LANES: tuple[LaneName, ...] = ("main", "side", "before", "second", "third", "cast")
BESIDE: tuple[LaneName, ...] = ("second", "third")
"""Of other variants than the one that is edited."""
STARVED_S = 0.15
"""So long others may go before the first picture of a view that is not the main one."""


@dataclass
class Lane:
    """One place on the screen: what it waits for and what it has got."""

    name: LaneName
    wanted: tuple[RenderRequest | None, float] = (None, -math.inf)
    """The newest request, and when it was asked."""
    gap_s: float = math.inf
    """Between the two newest requests."""
    fresh: bool = False
    """It has not been taken up yet."""
    drawing: Iterator[Picture | None] | None = None
    request: RenderRequest | None = None
    asked_at: float = 0.0
    served_at: float = -math.inf
    """When it last got a first picture."""
    begun: bool = False
    """Some of it is drawn."""
    shown: bool = False
    """A picture of the request is on the screen."""
    finished: bool = False
    """So is one of the resolution that was asked for."""
    stride_shown: int = 1
    coarsest_wanted: int | None = None

    def want(self, request: RenderRequest | None, now: float) -> None:
        """Ask for this, and for nothing that was asked before."""
        self.gap_s = now - self.wanted[1]
        self.wanted, self.fresh = (request, now), True

    def turn_to_newest(self) -> bool:
        """Take up the newest request, but let a first picture be finished.

        While a box is dragged requests come faster than pictures; if each dropped the
        one before, there would be no picture until the mouse rests.
        """
        half_way = self.drawing is not None and self.begun and not self.shown
        if not self.fresh or half_way:
            return False
        (self.request, self.asked_at), self.fresh = self.wanted, False
        self.drawing, self.begun = None, False
        self.shown, self.coarsest_wanted = False, None
        return True

    def weights_changed(self, again: bool) -> None:
        """Newer weights draw over a picture that is there already.

        To go back to its coarsest level at every checkpoint of a training would only
        flicker. But if it never got far, the newer weights need not get farther.
        """
        sharp = max(2, self.stride_shown)
        self.coarsest_wanted = sharp if again and self.shown else None

    def begin(self, drawing: Iterator[Picture | None]) -> None:
        """Draw the request from its first level on."""
        self.drawing, self.begun, self.finished = drawing, False, False

    def pull(self) -> Picture | None:
        """One slice of the drawing; None: no level is ready, or all of them were."""
        assert self.drawing is not None
        self.begun = True
        try:
            return next(self.drawing)
        except StopIteration:
            self.end()
            return None

    def end(self) -> None:
        """There is nothing more to draw."""
        self.drawing, self.shown = None, True

    def wants(self, gentle: bool) -> bool:
        """There is something to draw; `gentle`: that is worth the time of others."""
        # To be smoother than was asked for is not worth anybody's time.
        return self.drawing is not None and not (gentle and self.finished)

    def stage(self) -> int:
        """0: nothing is seen of it yet, 1: not final, 2: final, and growing smooth."""
        if not self.shown:
            return 0
        return 2 if self.finished else 1

    @property
    def patient(self) -> bool:
        """What comes next can wait."""
        return self.drawing is not None and (self.shown or self.name == "cast")

    def takes(self, picture: Picture, now: float) -> bool:
        """Whether a level is worth being shown; then it is noted as shown."""
        coarsest = self.coarsest_wanted
        if coarsest is not None and picture.stride > coarsest:
            return False
        if not self.shown:
            self.served_at = now
        self.shown, self.stride_shown = True, picture.stride
        self.finished = picture.final
        return True


def next_lane(lanes: Mapping[LaneName, Lane], gentle: bool, now: float) -> Lane | None:
    """Whose turn it is; None: nobody wants anything."""
    waiting = [lane for lane in lanes.values() if lane.wants(gentle)]
    main = lanes["main"]
    if main.drawing is None or main.shown or not main.begun:
        # The first picture of another view comes between two of the main one, now and
        # then: while a box is dragged the main view wants one all the time.
        for lane in waiting:
            starved = now - lane.served_at > STARVED_S
            if lane.name not in ("main", "cast") and lane.stage() == 0 and starved:
                return lane
    return min(waiting, key=_rank, default=None)


def _rank(lane: Lane) -> tuple[float, int]:
    # Portraits come after all that is not final, and before what only grows smoother.
    stage = 1.5 if lane.name == "cast" else lane.stage()
    return stage, LANES.index(lane.name)
