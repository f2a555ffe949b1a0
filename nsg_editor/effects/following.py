"""A training that writes down its progress, so that it needs no editor to go on.

Its folder holds `progress.jsonl` (what `--progress json` tells), `words.txt` (what it
says besides) and `process.json` (who it is). An editor follows the files; when it is
closed, the training may go on, and the next editor finds it there.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nsg_core.errors import NsgError
from nsg_core.files import make_folder, read_json, write_json
from nsg_editor.effects.jobs import LAST_LINES, PATIENCE_S, Event
from nsg_editor.pictures.priority import hold_back

PROGRESS, WORDS, PROCESS = "progress.jsonl", "words.txt", "process.json"


class Follower:
    """A training's process, started here or by an earlier editor."""

    def __init__(
        self,
        folder: Path,
        process: subprocess.Popen[bytes] | None,
        pid: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._process, self.pid = folder, process, pid
        self._clock = clock
        self._read_to = 0
        self._early: list[Event] = []
        """Events that were read before anybody took them."""
        self._last: str | None = None
        """How it said that it ended."""
        self._asked_at: float | None = None
        self._paused = False

    @classmethod
    def start(cls, command: tuple[str, ...], folder: Path) -> "Follower":
        """Start a command that writes into a folder of its own."""
        make_folder(folder)
        with (
            (folder / PROGRESS).open("ab") as told,
            (folder / WORDS).open("wb") as said,
        ):
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=said,
                start_new_session=os.name == "posix",
            )
        hold_back(process.pid)
        write_json(folder / PROCESS, {"pid": process.pid})
        return cls(folder, process, process.pid)

    @classmethod
    def find(cls, folder: Path) -> "Follower | None":
        """The training of a folder, if it is running still."""
        with suppress(NsgError, ValueError, TypeError, KeyError):
            record = read_json(folder / PROCESS)
            pid = int(record["pid"])  # pyright: ignore
            if pid > 0 and _is_training(pid, folder):
                return cls(folder, None, pid)
        return None

    @property
    def resting(self) -> bool:
        """It was stopped by a signal, and waits."""
        return _state_of(self.pid) == "T"

    def take(self) -> list[Event]:
        """Events since the last call; of a training that went on, all of its life."""
        early, self._early = self._early, []
        return early + self._read()

    def _read(self) -> list[Event]:
        try:
            with (self._folder / PROGRESS).open("rb") as file:
                file.seek(self._read_to)
                new = file.read()
        except OSError:
            return []
        # The last line may be half written.
        whole = new[: new.rfind(b"\n") + 1]
        self._read_to += len(whole)
        events: list[Event] = []
        for line in whole.splitlines():
            with suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict):
                    events.append(event)
                    self._note(event)
        return events

    def _note(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "start":
            self._last = None
        elif kind == "done":
            self._last = str(event.get("reason", "finished"))
        elif kind == "error":
            self._last = "error"

    def ended(self) -> int | None:
        """The exit code, once it has ended; of one that others started, a guess."""
        if self._process is not None:
            return self._process.poll()
        if _is_training(self.pid, self._folder):
            return None
        # What it said between the last look and its end tells how it ended.
        self._early += self._read()
        return {"finished": 0, "interrupted": 130, "error": 2}.get(self._last or "", 1)

    @property
    def last_words(self) -> str:
        """The end of what it wrote to stderr."""
        try:
            text = (self._folder / WORDS).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return "\n".join(lines[-LAST_LINES:])

    def pause(self, paused: bool) -> None:
        """Let it rest, or go on. Without signals for that (Windows) nothing happens."""
        if self._paused != paused and sys.platform != "win32":
            self._signal(signal.SIGSTOP if paused else signal.SIGCONT)
            self._paused = paused

    def stop(self) -> None:
        """Ask it to end in order; `insist` sees to it that it does."""
        if self._asked_at is not None:
            return
        self._asked_at = self._clock()
        self._paused = True
        self.pause(False)
        self._signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)

    def insist(self, patience_s: float = PATIENCE_S) -> None:
        """End it by force if it was asked long ago."""
        if self._asked_at is None or self.ended() is not None:
            return
        if self._clock() - self._asked_at > patience_s:
            self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    def _signal(self, number: int) -> None:
        if self.ended() is None:
            with suppress(OSError):
                os.kill(self.pid, number)

    def close(self, patience_s: float = PATIENCE_S) -> None:
        """End it in order, and wait for that; by force if it takes too long."""
        self.stop()
        until = time.monotonic() + patience_s
        while self.ended() is None and time.monotonic() < until:
            time.sleep(0.05)
        if self.ended() is None:
            self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        if self._process is not None:
            self._process.wait()

    def leave(self) -> None:
        """The editor ends, the training goes on."""
        self.pause(False)
        if self._process is not None:
            # Nobody waits for it any more, which is no mistake.
            self._process.returncode = 0


def _is_training(pid: int, folder: Path) -> bool:
    """A process lives under this number and has to do with this folder."""
    if sys.platform == "linux":
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(folder) in words
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    if os.name != "posix":
        return True
    listed = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
    )
    return str(folder) in listed.stdout


def _state_of(pid: int) -> str:
    """The letter by which Linux tells running, sleeping and stopped processes."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]
