"""Where in time an edit of poses holds, as the user has chosen it."""

from dataclasses import dataclass
from typing import Literal

from nsg_core.edits.edit import Frames

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

    def frames(self, frame: int, end: int) -> Frames:
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
