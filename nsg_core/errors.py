"""Errors that a user can meet and mend; everything else is a bug."""

from pathlib import Path


class NsgError(Exception):
    """A problem outside the program: the message says what and how to mend it."""


class FileError(NsgError):
    """Something is wrong with one file.

    Reads ``PATH:LINE: expected EXPECTED, found FOUND. FIX``.
    """

    def __init__(
        self,
        path: Path | str,
        expected: str,
        found: str,
        fix: str = "",
        line: int | None = None,
    ):
        self.path, self.line = Path(path), line
        place = f"{path}:{line}" if line is not None else f"{path}"
        message = f"{place}: expected {expected}, found {found}."
        super().__init__(f"{message} {fix}".rstrip())
