"""How objects of other checkpoints are named: ``PATH#KEY``.

In memory the path is absolute. In files it is relative to the file's folder, as all
paths are, so that a project can be moved together with the checkpoints of its guests.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from nsg_core.files import path_from_text, path_to_text

MARK = "#"
LOOK = "look"
"""The key of an edit in a file that names a look."""


def guest_key(checkpoint: Path, key: str) -> str:
    """How an object of another checkpoint is called."""
    return f"{checkpoint}{MARK}{key}"


def split_key(model: str) -> tuple[Path | None, str]:
    """The checkpoint and the key of a look; None: it is of the drive's own model."""
    path, mark, key = model.rpartition(MARK)
    return (Path(path), key) if mark else (None, model)


def checkpoints_of(edits: Iterable[object]) -> tuple[Path, ...]:
    """The checkpoints of all guests in edits, each once."""
    found: dict[Path, None] = {}
    for edit in edits:
        path, _ = split_key(getattr(edit, "model", None) or "")
        found |= {} if path is None else {path: None}
        # A manoeuvre is made of edits.
        found |= dict.fromkeys(checkpoints_of(getattr(edit, "edits", ())))
    return tuple(found)


def to_file(data: object, folder: Path) -> object:
    """JSON of edits for a file in a folder: guests by relative paths."""
    return _relooked(data, lambda path: path_to_text(Path(path), folder))


def from_file(data: object, folder: Path) -> object:
    """JSON of edits out of a file in a folder: guests by absolute paths."""
    return _relooked(data, lambda path: str(path_from_text(path, folder)))


def _relooked(data: object, change: Callable[[str], str]) -> object:
    if isinstance(data, list):
        return [_relooked(item, change) for item in data]
    if not isinstance(data, dict):
        return data
    return {
        key: _named(value, change)
        if key == LOOK and isinstance(value, str)
        else _relooked(value, change)
        for key, value in data.items()
    }


def _named(look: str, change: Callable[[str], str]) -> str:
    path, mark, key = look.rpartition(MARK)
    return f"{change(path)}{MARK}{key}" if mark else look
