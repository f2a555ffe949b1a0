"""Where in time an edit of poses holds, as the user has chosen it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from nsg_core.edits.edit import Frames
    from nsg_editor.state import EditorState

Kind = Literal["track", "from-here", "frame", "range", "key"]
KINDS: tuple[Kind, ...] = ("track", "from-here", "frame", "range", "key")
WORDS: dict[Kind, str] = {
    "track": "Whole track",
    "from-here": "From here on",
    "frame": "This frame",
    "range": "Range",
    "key": "Key frame",
}
"""As the screen calls them."""
MOST_BLEND = 200
"""Frames."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The whole track, from the frame on the screen on, that frame, or a range.

    Or an edit makes a key in that frame, and the way to the next keys follows.
    """

    kind: Kind = "track"
    first: int = 0
    """Of a range."""
    last: int = 0
    blend: int = 0
    """Over so many frames before and after, an edit comes and goes."""

    def frames(self, frame: int, end: int) -> "Frames":
        """First and last frame an edit holds for; None: the whole track."""
        spans: dict[Kind, Frames] = {
            "track": None,
            "from-here": (frame, end),
            "frame": (frame, frame),
            "range": (self.first, self.last),
            "key": (frame, frame),
        }
        return spans[self.kind]

    @property
    def fades(self) -> bool:
        """Blending means something in it."""
        return self.kind in ("from-here", "frame", "range")


def held(state: "EditorState") -> dict[str, Any]:
    """What tells an edit when it holds: ``Move(track, by, **held(state))``."""
    scope = state.scope
    when: dict[str, Any] = {"frames": scope.frames(state.frame, last_frame(state))}
    if scope.fades and scope.blend:
        when["blend"] = scope.blend
    if scope.kind == "key":
        when["key"] = True
    return when


def last_frame(state: "EditorState") -> int:
    """Of the drive, or of what has been shifted beyond its end."""
    ends = [node.track.frames[-1] for node in state.scene.objects]
    return max(state.scene.frames[-1], *ends) if ends else state.scene.frames[-1]


def shaded(state: "EditorState") -> tuple[int, int, int]:
    """First and last frame that the next edit holds for, and how far it fades."""
    scope, frames = state.scope, state.scene.frames
    span = scope.frames(state.frame, frames[-1]) or (frames[0], frames[-1])
    return (*span, scope.blend if scope.fades else 0)
