"""Folds docks that a small window, or one with large letters, has no room for."""

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.geometry.arrangement import Arrangement, Dock
from nsg_editor.ui.layout import crowded

SIDES: frozenset[Dock] = frozenset({"left", "right"})
LEFT: frozenset[Dock] = frozenset({"left"})


class Crowding:
    """Folds what has no room once, and unfolds it when there is room again.

    Whoever opens a dock nevertheless has it; at the sides the other one makes room.
    """

    def __init__(self, do: Dispatch) -> None:
        self._do = do
        self._found: frozenset[Dock] | None = None
        self._closed: frozenset[Dock] = frozenset()

    def follow(self, width: int, height: int, wished: Arrangement) -> None:
        """The window has this size, and docks are wished so."""
        found = crowded(width, height)
        docks = frozenset(wished.crowded)
        if found != self._found:
            self._found = found
            alone = SIDES & frozenset(wished.folded)
            docks = found - SIDES if alone else found
        elif found & SIDES and not SIDES & wished.closed:
            # Two are open where one has room: the one that was opened last stays.
            docks |= SIDES - self._closed if SIDES & self._closed else LEFT
        if docks != frozenset(wished.crowded):
            self._do("crowd", docks=tuple(sorted(docks)))
        self._closed = frozenset((*docks, *wished.folded))
