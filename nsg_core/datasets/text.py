"""Text files of numbers, read strictly: what is wrong is named with its line."""

import math
from collections.abc import Sequence as Items
from pathlib import Path

from nsg_core.errors import FileError


def read_lines(path: Path, what: str) -> list[str]:
    """The lines of a text file; `what` says in an error what the file should be."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise FileError(path, what, "no such file") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FileError(path, what, "bytes that are no text", line=line) from None
    except OSError as error:
        raise FileError(path, what, f"{error.strerror or error}") from None


def numbers(words: Items[str], path: Path, line: int) -> tuple[float, ...]:
    """Words as finite numbers."""
    try:
        values = tuple(map(float, words))
    except ValueError:
        values = (math.nan,)
    if all(map(math.isfinite, values)):
        return values
    # One of them is wrong: find out which, and say so.
    return tuple(number(word, path, line) for word in words)


def number(word: str, path: Path, line: int) -> float:
    """A word as a finite number."""
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FileError(path, "a finite number", repr(word), line=line)
    return value


def whole(word: str, path: Path, line: int, what: str) -> int:
    """A word as a whole number; `what` names it, for example "a frame number"."""
    value = number(word, path, line)
    if value != int(value):
        raise FileError(path, f"{what} (a whole number)", repr(word), line=line)
    return int(value)
