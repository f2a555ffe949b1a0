"""What lies in a folder, for choosing one of it."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

MOST = 400
"""Rows of a list; whoever has more types a few letters."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a folder."""

    name: str
    folder: bool
    size: int = 0
    """Bytes."""
    changed: float = 0.0
    """Seconds since 1970."""

    @property
    def words(self) -> str:
        """The name; of folders as in paths."""
        return f"{self.name}/" if self.folder else self.name

    @property
    def details(self) -> str:
        """Size and day."""
        if self.folder:
            return ""
        size = f"{self.size / 1e6:.1f} MB" if self.size >= 1e5 else f"{self.size} B"
        return f"{size}   {datetime.fromtimestamp(self.changed):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder offers."""

    folder: Path
    entries: tuple[Entry, ...] = ()
    trouble: str = ""
    """Why there is nothing; empty: it could be read."""
    more: int = 0
    """Entries that are left out."""


def look_into(folder: Path, suffix: str = "", begins: str = "") -> Listing:
    """Folders first, then files with a suffix; all that begin with some letters.

    Without a suffix only folders. Hidden ones are there for who types their dot.
    """
    found: list[Entry] = []
    try:
        with os.scandir(folder) as rows:
            for row in rows:
                entry = _entry(row)
                if entry is not None and _fits(entry, suffix, begins):
                    found.append(entry)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Listing(folder, trouble=f"{folder} cannot be read: {why}.")
    found.sort(key=lambda e: (not e.folder, natural(e.name)))
    return Listing(folder, tuple(found[:MOST]), more=max(len(found) - MOST, 0))


def _entry(row: "os.DirEntry[str]") -> Entry | None:
    try:
        folder = row.is_dir()
        seen = row.stat()
    except OSError:
        # A link to nowhere, or gone by now.
        return None
    return Entry(row.name, folder, seen.st_size, seen.st_mtime)


def _fits(entry: Entry, suffix: str, begins: str) -> bool:
    if not entry.name.lower().startswith(begins.lower()):
        return False
    if entry.name.startswith(".") and not begins.startswith("."):
        return False
    return entry.folder or bool(suffix and entry.name.lower().endswith(suffix))


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key to sort names by as people do: 2 before 10, a beside A."""
    parts = re.findall(r"\d+|\D+", name.lower())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts]


def jumped(entries: Sequence[Entry], at: int, letter: str) -> int:
    """The next entry that begins with a letter, round the end; or the same again."""
    for i in range(at + 1, at + 1 + len(entries)):
        if entries[i % len(entries)].name.lower().startswith(letter.lower()):
            return i % len(entries)
    return at


def typed(text: str, here: Path) -> tuple[Path, str]:
    """The folder that typed text speaks of, and the letters that follow it."""
    path = Path(os.path.expanduser(text))
    whole = Path(os.path.abspath(here / path))
    if not text or text.endswith(("/", os.sep)):
        return whole, ""
    return whole.parent, whole.name


def nearest(path: Path) -> Path:
    """The folder that exists on the way to a path."""
    path = Path(os.path.abspath(Path(os.path.expanduser(path))))
    while not os.path.isdir(path) and path != path.parent:
        path = path.parent
    return path
