"""Where in time an edit of poses holds, as the user has chosen it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from nsg_core.edits import Frames
    from nsg_editor.state import EditorState

Kind = Literal["track", "from-here", "frame", "range"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The whole track, from the frame on the screen on, that frame, or a range."""

    kind: Kind = "track"
    first: int = 0
    """Of a range."""
    last: int = 0

    def frames(self, frame: int, end: int) -> "Frames":
        """First and last frame an edit holds for; None: the whole track."""
        spans: dict[Kind, Frames] = {
            "track": None,
            "from-here": (frame, end),
            "frame": (frame, frame),
            "range": (self.first, self.last),
        }
        return spans[self.kind]


def held(state: "EditorState") -> dict[str, "Frames"]:
    """What tells an edit when it holds: ``Move(track, by, **held(state))``."""
    return {"frames": state.scope.frames(state.frame, state.scene.frames[-1])}
