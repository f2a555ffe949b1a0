"""Small pictures of the cast, drawn one by one while nobody needs the renderer.

Each is drawn once and kept. Newer weights of a training do not draw them anew until it
ends: what is seen then is worth the time.
"""

from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from nsg_core.drawing.frame import Picture
from nsg_core.request import RenderRequest
from nsg_editor.pictures.errands import Take
from nsg_editor.pictures.shading import EMPTY
from nsg_editor.state import EditorState
from nsg_editor.values.cast import TURNS, Member, portrait

KEPT = 600
"""Portraits in memory: about 80 MB of a whole cast on its turntables at most."""
Key = tuple[object, str, int]
"""Weights, model key, turn."""
Send = Callable[[RenderRequest, Take], None]


class Portraits:
    """Asks for what is missing, and keeps what came."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._kept: OrderedDict[Key, np.ndarray] = OrderedDict()
        self._pending: tuple[Key, RenderRequest] | None = None
        self._weights: object = None

    def get(self, member: Member, turn: int | None = None) -> np.ndarray | None:
        """A portrait [height width 4], float32; None: it is not drawn yet."""
        turn = member.turn if turn is None else turn % TURNS
        return self._kept.get((self._weights, member.model, turn))

    def tick(
        self, state: EditorState, cast: tuple[Member, ...], hovered: Member | None
    ) -> None:
        """Ask for the next one that is missing, of those that are looked at first."""
        weights = (state.model.path, state.model.step)
        resting = not state.train.busy or self._weights is None
        if weights != self._weights and resting:
            self._weights = weights
            self._pending = None
        if self._pending is not None:
            return
        if state.model.status != "ready":
            return
        for member, turn in _wishes(cast, hovered):
            key = (self._weights, member.model, turn)
            if key not in self._kept:
                self._pending = (key, portrait(member, turn))
                self._send(self._pending[1], self.take)
                return

    def take(self, request: RenderRequest, picture: Picture) -> bool:
        """The renderer has drawn one; False: it is not what was asked for."""
        pending = self._pending
        if pending is None or pending[1] != request or not picture.final:
            return False
        self._pending = None
        self._kept[pending[0]] = framed(picture)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return True


def _wishes(
    cast: tuple[Member, ...], hovered: Member | None
) -> list[tuple[Member, int]]:
    first = [(member, member.turn) for member in cast]
    if hovered is None:
        return first
    # A coarse turn at once, then the steps between.
    turns = sorted(range(TURNS), key=lambda i: (i % 4, i % 2, i))
    return [(hovered, hovered.turn), *((hovered, turn) for turn in turns), *first]


def framed(picture: Picture) -> np.ndarray:
    """A portrait on the sheet's ground, for a texture: RGBA, float32."""
    pixels = np.ones((*picture.depth.shape, 4), np.float32)
    behind = np.array(EMPTY, np.float32) / 255
    clear = 1 - picture.opacity[..., None]
    pixels[..., :3] = np.clip(picture.rgb + clear * behind, 0, 1)
    return pixels
