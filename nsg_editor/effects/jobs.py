"""Child processes that run `nsg` commands, and what they say on the way.

Training and export run outside the editor, so a crash or a full GPU never takes it
along. A thread reads the child's JSON lines into a mailbox that the main loop empties.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from nsg_editor.actions.working import extended
from nsg_editor.pictures.priority import hold_back
from nsg_editor.values.plans import Job, Point

NSG = (sys.executable, "-m", "nsg_core.cli")
"""The `nsg` command of this very installation."""
PATIENCE_S = 20.0
"""How long a child may take to end in order before it is made to."""
LAST_LINES = 12
"""How much of a dead child's last words is shown."""

Event = Mapping[str, Any]
FROM_OUTSIDE = (
    "Something outside ended it: a person, or the system for lack of memory. What it "
    "had finished is kept: Resume goes on with a training, Export with an export."
)


@dataclass(frozen=True, slots=True)
class News:
    """A job as it is now, and the checkpoint it has just written, if it has."""

    job: Job
    checkpoint: Path | None = None


@runtime_checkable
class Process(Protocol):
    """A command that runs, here or on its own."""

    def take(self) -> list[Event]:
        """Events since the last call."""
        ...

    def ended(self) -> int | None:
        """The exit code, once it has ended."""
        ...

    @property
    def last_words(self) -> str:
        """What it said at last, apart from events."""
        ...

    def pause(self, paused: bool) -> None:
        """Let it rest, or go on."""
        ...

    def stop(self) -> None:
        """Ask it to end in order."""
        ...

    def insist(self) -> None:
        """End it by force if it was asked long ago."""
        ...

    def close(self) -> None:
        """End it in order, and wait for that."""
        ...


class Child:
    """One running command."""

    def __init__(
        self, command: tuple[str, ...], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._mail: deque[Event] = deque()
        self._words: deque[str] = deque(maxlen=LAST_LINES)
        self._asked_at: float | None = None
        self._paused = False
        # A group of its own: Ctrl+C in the terminal ends the editor, which then ends
        # the child in order, rather than both at once.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name == "posix",
        )
        hold_back(self._process.pid)
        self._readers = [
            threading.Thread(target=read, daemon=True)
            for read in (self._read_events, self._read_words)
        ]
        for reader in self._readers:
            reader.start()

    def _read_events(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._read_event(line)

    def _read_event(self, line: str) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            # Some library printed to stdout; keep it among the last words.
            self._words.append(line.rstrip())
            return
        if isinstance(event, dict):
            self._mail.append(event)

    def _read_words(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                if line.strip():
                    self._words.append(line.rstrip())

    def take(self) -> list[Event]:
        """Events since the last call."""
        events: list[Event] = []
        while self._mail:
            events.append(self._mail.popleft())
        return events

    def ended(self) -> int | None:
        """The exit code, once the process has ended and all it said was read."""
        code = self._process.poll()
        if code is None or any(reader.is_alive() for reader in self._readers):
            return None
        return code

    @property
    def last_words(self) -> str:
        """The end of what it wrote to stderr."""
        return "\n".join(self._words)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def pause(self, paused: bool) -> None:
        """Let it rest, or go on. Without signals for that (Windows) nothing happens."""
        if self._paused != paused and hasattr(signal, "SIGSTOP"):
            self._signal(signal.SIGSTOP if paused else signal.SIGCONT)
            self._paused = paused

    def stop(self) -> None:
        """Ask it to end in order; `insist` sees to it that it does."""
        if self._asked_at is not None:
            return
        self._asked_at = self._clock()
        self.pause(False)
        if os.name == "posix":
            self._signal(signal.SIGINT)
        else:
            self._process.terminate()

    def insist(self, patience_s: float = PATIENCE_S) -> None:
        """End it by force if it was asked long ago."""
        if self._asked_at is None or self._process.poll() is not None:
            return
        if self._clock() - self._asked_at > patience_s:
            self._process.kill()

    def _signal(self, number: int) -> None:
        if self._process.poll() is None:
            self._process.send_signal(number)

    def close(self, patience_s: float = PATIENCE_S) -> None:
        """End it in order, and wait for that; by force if it takes too long."""
        self.stop()
        try:
            self._process.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            # A grandchild may hold the pipe open: it is not waited for.
            reader.join(timeout=1.0)


def advance(child: Process, job: Job) -> News:
    """The job after what the child has said since, and whether it has ended."""
    told = child.take()
    for event in told:
        job = after_event(job, event)
    child.pause(job.status == "paused")
    if job.status == "stopping":
        child.stop()
        child.insist()
    code = child.ended()
    if code is not None:
        # Between the first look and its end it may have said more.
        last = child.take()
        for event in last:
            job = after_event(job, event)
        told += last
        job = after_end(job, code, child.last_words)
    return News(job, _newest(told))


def _newest(events: list[Event]) -> Path | None:
    """The last checkpoint that was told of."""
    paths = [e.get("path") for e in events if e.get("event") == "checkpoint"]
    return Path(str(paths[-1])) if paths and paths[-1] else None


def after_event(job: Job, event: Event) -> Job:
    """The job after one line of progress."""
    kind = event.get("event")
    if kind == "error":
        return replace(job, message=str(event.get("message", "")))
    if kind == "start":
        # What an earlier sitting of the same training complained of is over. One that
        # goes on is where it was, whatever it says before it has read its files.
        step = max(job.step, _whole(event.get("step"), 0))
        event = {**event, "step": step}
        job = replace(job, message="")
    if kind == "done":
        return replace(job, eta_s=0.0, step=_whole(event.get("step"), job.step))
    job = replace(
        job,
        status="running" if job.status == "starting" else job.status,
        step=_whole(event.get("step"), job.step),
        total=_whole(event.get("total"), job.total),
    )
    if kind != "step":
        return job
    loss, psnr = _number(event.get("loss")), _number(event.get("psnr"))
    if loss is not None and psnr is not None:
        job = replace(job, curve=extended(job.curve, Point(job.step, loss, psnr)))
    rays, memory = _number(event.get("rays_per_s")), _number(event.get("memory_mb"))
    held_out = _number(event.get("held_out_psnr"))
    if held_out is not None:
        job = replace(job, held_out=held_out, held=(*job.held, (job.step, held_out)))
    return replace(
        job,
        eta_s=_number(event.get("eta_s")),
        rays_per_s=job.rays_per_s if rays is None else rays,
        memory_mb=job.memory_mb if memory is None else memory,
    )


def after_end(job: Job, code: int, last_words: str) -> Job:
    """The job once its process is gone."""
    asked = job.status == "stopping"
    # On a busy machine it may have been made to end before it began: nothing is lost.
    ended = (130, 143, -signal.SIGINT, -signal.SIGTERM, *([] if job.step else [-9]))
    if code == 0 or (asked and code in ended):
        reason = "stopped" if asked else "finished"
        return replace(job, status="done", message=reason, eta_s=None)
    words = job.message or last_words
    if code > 0 and not words:
        # Nobody can ask how a process ended that an earlier editor had started.
        words = f"It ended without a word.\n\n{FROM_OUTSIDE}"
    if asked and code == -9:
        words = (
            "It did not end when asked, and was made to. What it had finished is kept."
        )
    elif code < 0:
        told = f"It was ended by signal {-code}."
        words = "\n".join(filter(None, (told, words))) + f"\n\n{FROM_OUTSIDE}"
    return replace(job, status="failed", message=words, eta_s=None)


def _whole(value: object, default: int) -> int:
    return value if isinstance(value, int) else default


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
