"""Has other variants drawn beside the one that is edited."""

from collections import deque
from collections.abc import Callable

from nsg_core.drawing.frame import Picture
from nsg_core.request import RenderRequest
from nsg_editor.derived.beside import others_beside, resolve_variant
from nsg_editor.effects.dispatch import Effects
from nsg_editor.pictures.lanes import BESIDE, LaneName
from nsg_editor.pictures.worker import Rendered
from nsg_editor.state import EditorState
from nsg_editor.store import Store

LATE = 8
"""Requests of a variant whose pictures may come after it has asked for others."""
Show = Callable[[LaneName, str, Picture], None]
"""Shows a picture of a variant in its place."""


def draw_beside(
    store: Store, effects: Effects, show: Show, most: tuple[int, int]
) -> None:
    """Ask for the other variants after each change, and show what comes."""
    asked: dict[LaneName, tuple[str, deque[RenderRequest]]] = {}

    def take(report: Rendered) -> None:
        name, requests = asked[report.lane]
        # What was asked for another variant in this place may come late.
        if report.request in requests:
            show(report.lane, name, report.picture)

    def ask(_: EditorState, new: EditorState) -> None:
        in_sight = new.settings.arrangement.alone in (None, "camera")
        names = (*(others_beside(new) if in_sight else ()), "", "")
        for lane, name in zip(BESIDE, names, strict=False):
            if name != asked.get(lane, ("",))[0]:
                asked[lane] = (name, deque(maxlen=LATE))
                effects.ask_beside(lane, None)
            wanted = resolve_variant(new, name, new.panel, most) if name else None
            if wanted is not None and wanted not in asked[lane][1]:
                asked[lane][1].append(wanted)
            effects.ask_beside(lane, wanted)

    for lane in BESIDE:
        effects.others[lane] = take
    store.listen(ask)
