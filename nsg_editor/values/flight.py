"""The camera path as the editor looks at it: which key, which moment, which files."""

from dataclasses import dataclass
from pathlib import Path

from nsg_core.documents.camera_file import Up
from nsg_core.view import View


@dataclass(frozen=True, slots=True)
class Flight:
    """Where the preview of the camera path is, and what is asked of files."""

    time: float = 0.0
    """Seconds since the path begins."""
    view: View | None = None
    """What the camera sees there, while the picture shows that."""
    key: int | None = None
    """The chosen key."""
    loading: Path | None = None
    """A file that is being read."""
    up: Up = "z"
    """The axis that points up in such a file, where nerfstudio wrote it."""
    writing: Path | None = None
    """A file that is being written."""
    may_replace: Path | None = None
    """That file may be there already."""
    taken: Path | None = None
    """A file that is there already: whether to replace it is asked."""
    file: Path | None = None
    """What was opened or saved last: to save there again needs no question."""
