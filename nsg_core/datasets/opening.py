"""Open any data set that this program reads: recognise its layout, then read it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nsg_core.datasets import kitti_tracking
from nsg_core.errors import NsgError
from nsg_core.sequence import Sequence


@dataclass(frozen=True)
class Format:
    """A layout of folders and files, and who reads it."""

    looked_for: str
    """What makes a folder one of this format, for the message that none fits."""
    find_root: Callable[[Path], Path | None]
    list_sequences: Callable[[Path], tuple[str, ...]]
    read: Callable[[Path, str | None, tuple[int, int] | None], Sequence]


FORMATS = (
    Format(
        kitti_tracking.LOOKED_FOR,
        kitti_tracking.find_root,
        kitti_tracking.list_sequences,
        kitti_tracking.read_sequence,
    ),
)


def open_sequence(
    path: Path, sequence: str | None = None, frames: tuple[int, int] | None = None
) -> Sequence:
    """A recorded drive: the named sequence or the first, all its frames or a range.

    `frames` are the first and last one, inclusive. Raises NsgError where the folder is
    no data set, or something in it is missing or broken.
    """
    format, root = recognise(path)
    return format.read(root, sequence, frames)


def list_sequences(path: Path) -> tuple[str, ...]:
    """Names of the sequences in a data set."""
    format, root = recognise(path)
    return format.list_sequences(root)


def recognise(path: Path) -> tuple[Format, Path]:
    """The format of a folder and the folder in which it begins."""
    path = Path(os.path.expanduser(path))
    if not path.is_dir():
        found = "a file" if path.exists() else "nothing there"
        raise NsgError(f"{path}: expected the folder of a data set, found {found}.")
    for format in FORMATS:
        root = format.find_root(path)
        if root is not None:
            return format, root
    looked_for = "; ".join(format.looked_for for format in FORMATS)
    content = sorted(item.name for item in path.iterdir())[:6]
    raise NsgError(
        f"{path}: expected a data set, found "
        f"{', '.join(content) or 'an empty folder'}. Looked for: {looked_for}."
    )
