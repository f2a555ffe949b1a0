"""Small pictures of the variants of a drive, drawn while nobody needs the renderer."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nsg_core.drawing.frame import Picture
from nsg_core.request import RenderRequest
from nsg_editor.derived.beside import in_variant
from nsg_editor.derived.request import resolve
from nsg_editor.pictures.errands import Take
from nsg_editor.pictures.portraits import framed
from nsg_editor.state import EditorState
from nsg_editor.values.looking import Looking

KEPT = 60
"""Thumbnails in memory."""
Send = Callable[[RenderRequest, Take], None]
Key = tuple[object, RenderRequest]
"""Weights and what was drawn."""


class Thumbnails:
    """Asks for one after the other, and keeps what came.

    A variant shows its last picture until a newer one is there.
    """

    def __init__(self, send: Send, size: tuple[int, int]) -> None:
        self._send, self.size = send, size
        self._kept: OrderedDict[Key, np.ndarray] = OrderedDict()
        self._shown: dict[str, np.ndarray] = {}
        self._pending: Key | None = None
        self._weights: object = None
        self._for: tuple[object, ...] = ()
        self._wanted: dict[str, Key] = {}

    def get(self, name: str) -> np.ndarray | None:
        """The picture of a variant [height width 4], float32; None: there is none."""
        return self._shown.get(name)

    def tick(self, state: EditorState) -> None:
        """Ask for what is missing, unless somebody is at work."""
        at_work = state.playing or state.history.base is not None
        if state.model.status != "ready" or at_work:
            return
        if self._weights is None or not state.train.busy:
            self._weights = (state.model.path, state.model.step)
        present = state.history.present
        key = (state.frame, state.camera, self._weights, state.outline.solo)
        if self._for[1:] != key or self._for[0] is not present:
            self._for = (present, *key)
            self._wanted = self._wishes(state)
        self._ask()

    def _wishes(self, state: EditorState) -> dict[str, Key]:
        found: dict[str, Key] = {}
        for name in (one.name for one in state.history.present.variants):
            other = in_variant(state, name)
            request = None if other is None else thumbnail(other, self.size)
            if request is not None:
                found[name] = (self._weights, request)
        return found

    def _ask(self) -> None:
        missing = None
        for name, key in self._wanted.items():
            if key in self._kept:
                self._shown[name] = self._kept[key]
            elif missing is None:
                missing = key
        if missing is not None and self._pending is None:
            self._pending = missing
            self._send(missing[1], self._take)

    def _take(self, request: RenderRequest, picture: Picture) -> None:
        """The renderer has drawn one."""
        if self._pending is None or self._pending[1] != request:
            return
        self._kept[self._pending] = framed(picture)
        self._pending = None
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def thumbnail(state: EditorState, size: tuple[int, int]) -> RenderRequest | None:
    """What the recorded camera shows of a state, small."""
    plain = replace(state, free=None, shown="neural", looking=Looking())
    return resolve(plain, size, size)
