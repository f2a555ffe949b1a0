"""Edits survive a crash: a journal for each running editor, and finding lost ones.

While there are edits that no project file holds, a thread keeps them in a file of the
user's state folder, written whole or not at all and at most `EVERY_S` after a change.
It goes when they are saved or given up. A lock that the system takes back from a killed
process tells the journals of running editors from those that were left behind.
"""

import os
import secrets
import sys
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from nsg_core.errors import NsgError
from nsg_core.files import make_folder
from nsg_editor.effects.opening import project_of
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.values.journal import SUFFIX, Lost, read_journal, write_journal
from nsg_editor.values.settings import state_folder

EVERY_S = 1.0
"""From one writing to the next while edits come."""


def journals() -> Path:
    """Where all of them lie."""
    return state_folder() / "recovery"


class Lock:
    """A file that one process alone holds, until it ends in whatever way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Hold it; False if somebody else does."""
        if self._file is None:
            file = self._path.open("ab")
            if not _locked(file):
                file.close()
                return False
            self._file = file
        return True

    def drop(self) -> None:
        """Give it back, and take the file away."""
        if self._file is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            self._file.close()
            self._file = None


def _locked(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Autosave:
    """The journal of this editor, and what others have left."""

    def __init__(self, store: Store, every_s: float = EVERY_S) -> None:
        self._store, self._every_s = store, every_s
        name = f"{os.getpid()}-{secrets.token_hex(3)}"
        self._path = journals() / f"{name}{SUFFIX}"
        self._lock = Lock(_lock_of(self._path))
        self._claims: dict[Path, Lock] = {}
        self._wake = threading.Condition()
        self._newest: EditorState | None = None
        self._written: object = None
        self._adopted: set[Path] = set()
        self._ended = False
        self._problem = ""
        self._told = False
        make_folder(self._path.parent)
        self._lock.take()
        for path in store.state.front.adopted:
            self._claim(path)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        store.listen(self._changed)
        self._offer(store.state)

    def find(self) -> tuple[Lost, ...]:
        """What editors left behind that are no more; this one has a claim to it now."""
        found: list[Lost] = []
        for path in sorted(journals().glob(f"*{SUFFIX}")):
            lock = Lock(_lock_of(path))
            if path == self._path or path in self._claims or not lock.take():
                continue
            try:
                found.append(read_journal(path))
            except NsgError as error:
                sys.stderr.write(f"lost edits cannot be read: {error}\n")
            self._claims[path] = lock
        return tuple(sorted(found, key=lambda lost: lost.at, reverse=True))

    def _claim(self, path: Path) -> None:
        """What was opened from a journal: that one goes once this one holds it."""
        lock = Lock(_lock_of(path))
        if lock.take():
            self._claims[path] = lock

    def _changed(self, old: EditorState, new: EditorState) -> None:
        for path in new.front.discarded[len(old.front.discarded) :]:
            self._forget(path)
        if old.history.present is not new.history.present or old.saved != new.saved:
            self._offer(new)

    def _offer(self, state: EditorState) -> None:
        with self._wake:
            self._newest = state
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._newest is not None or self._ended)
                state, self._newest = self._newest, None
                if state is None:
                    return
            self._keep(state)
            with self._wake:
                self._wake.wait_for(lambda: self._ended, self._every_s)

    def _keep(self, state: EditorState) -> None:
        try:
            if not state.dirty:
                self._path.unlink(missing_ok=True)
                self._written = None
            elif self._written is not state.history.present:
                file, now = state.project, datetime.now()
                project = project_of(state)
                write_journal(self._path, state.drive.title, project, file, now)
                self._written = state.history.present
            self._take_over(state.front.adopted)
        except (OSError, NsgError) as error:
            self._problem = str(error)

    def _take_over(self, adopted: tuple[Path, ...]) -> None:
        """What was recovered is in this journal now, or in a project's file."""
        for path in adopted:
            if path not in self._adopted:
                self._adopted.add(path)
                self._forget(path)

    def _forget(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        lock = self._claims.pop(path, None)
        if lock is not None:
            lock.drop()

    def tick(self) -> None:
        """Say once that edits are not safe."""
        if self._problem and not self._told:
            self._told = True
            text = (
                f"Edits are not kept against a crash: {self._problem}\n"
                "Save the project often until this is mended."
            )
            self._store.dispatch("complain", title="No recovery file", text=text)

    def close(self, keep: bool) -> None:
        """The editor ends; `keep` the journal if somebody may want its edits."""
        with self._wake:
            self._ended = True
            self._wake.notify()
        self._thread.join(timeout=10)
        if not keep:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
        for lock in (self._lock, *self._claims.values()):
            lock.drop()


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")
