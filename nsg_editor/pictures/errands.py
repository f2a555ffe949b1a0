"""Small pictures that several panels want, drawn one after the other at leisure."""

from collections import deque
from collections.abc import Callable

from nsg_core.drawing.frame import Picture
from nsg_core.request import RenderRequest

Take = Callable[[RenderRequest, Picture], object]


class Errands:
    """A queue before the renderer's lane for portraits."""

    def __init__(self) -> None:
        self.ask: Callable[[RenderRequest | None], None] = lambda request: None
        """Has a picture drawn."""
        self._queue: deque[tuple[RenderRequest, Take]] = deque()

    def send(self, request: RenderRequest, take: Take) -> None:
        """Draw this some time, and bring it there once it is final."""
        self._queue.append((request, take))
        if len(self._queue) == 1:
            self.ask(request)

    def take(self, request: RenderRequest, picture: Picture) -> None:
        """The renderer has drawn something."""
        if not self._queue or self._queue[0][0] != request or not picture.final:
            return
        _, take = self._queue.popleft()
        if self._queue:
            self.ask(self._queue[0][0])
        else:
            self.ask(None)
        take(request, picture)
