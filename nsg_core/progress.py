"""How a long command tells where it is: a bar for people, JSON lines for programs.

With ``--progress json`` every event is one JSON object on one line of stdout::

    {"event": "start", "step": 0, "total": 41}
    {"event": "step", "step": 7, "total": 41, "eta_s": 12.1, "loss": 0.02}
    {"event": "image", "step": 7, "total": 41, "path": "out/image_02/0000/000006.png"}
    {"event": "checkpoint", "step": 7, "total": 41, "path": "runs/a/last.safetensors"}
    {"event": "done", "step": 41, "total": 41, "reason": "finished", "seconds": 20.3}

The last event is "done" (with the reason "finished" or "interrupted") or "error" (with
a message). Without the option, a bar on stderr tells the same.
"""

import json
import math
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Literal, Protocol, runtime_checkable

from nsg_core.errors import NsgError

Style = Literal["bar", "json"]


class Interrupted(Exception):
    """The user asked for the end; what was finished is kept."""


@runtime_checkable
class Stream(Protocol):
    """Where lines of text go, for example ``sys.stdout``."""

    def write(self, text: str, /) -> int:
        """Append a text."""
        ...

    def flush(self) -> None:
        """Hand over what was written."""
        ...


@runtime_checkable
class Writer(Protocol):
    """One way to show events."""

    def write(self, event: dict[str, object]) -> None:
        """Show one event."""
        ...

    def close(self) -> None:
        """Leave the screen in order."""
        ...


class JsonWriter:
    """Events as JSON lines."""

    def __init__(self, stream: Stream):
        self.stream = stream

    def write(self, event: dict[str, object]) -> None:
        """One line, at once in the reader's hands."""
        # Numbers that JSON does not have (a loss of NaN, say) become null.
        finite = {
            key: None if isinstance(v, float) and not math.isfinite(v) else v
            for key, v in event.items()
        }
        self.stream.write(f"{json.dumps(finite, default=str)}\n")
        self.stream.flush()

    def close(self) -> None:
        """Nothing is left open."""


class BarWriter:
    """A bar with the time that is left, on stderr."""

    def __init__(self, title: str):
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self.console = Console(stderr=True)
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=self.console,
            # Where nobody watches, one line at the end is enough.
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task(title, total=None, note="")
        self.bar.start()

    def write(self, event: dict[str, object]) -> None:
        """Move the bar; the values of a step stand beside it."""
        shown = {k: v for k, v in event.items() if isinstance(v, float)}
        note = "  ".join(_noted(key, value) for key, value in shown.items())
        step, total = event.get("step"), event.get("total")
        self.bar.update(
            self.task,
            completed=step if isinstance(step, int) else None,
            total=total if isinstance(total, int) else None,
        )
        if event["event"] == "step":
            self.bar.update(self.task, note=note)

    def close(self) -> None:
        """Leave the last state of the bar on the screen."""
        self.bar.stop()


class Report:
    """Counts and times the steps of one command, and passes them to a writer."""

    def __init__(self, writer: Writer):
        self.writer = writer
        self.began = time.monotonic()
        self.step_now, self.total, self.first_step = 0, 0, 0
        self.interrupted = False

    def start(self, total: int, step: int = 0, **values: object) -> None:
        """The work begins; `step` is more than 0 where an earlier run is continued."""
        self.began = time.monotonic()
        self.step_now, self.total, self.first_step = step, total, step
        self._write("start", values)

    def step(self, step: int, **values: object) -> None:
        """A step is done. Raises Interrupted once the user asked for the end."""
        self.step_now = step
        self._write("step", {"eta_s": self._eta()} | values)
        self.check()

    def file(self, event: Literal["checkpoint", "image"], path: object) -> None:
        """A file is written and whole."""
        self._write(event, {"path": str(path)})

    def say(self, text: str) -> None:
        """One line for people, on stderr."""
        sys.stderr.write(f"{text}\n")

    def check(self) -> None:
        """Raise Interrupted once the user asked for the end."""
        if self.interrupted:
            raise Interrupted

    def done(self, reason: str) -> None:
        """The last event of a run that ended in order."""
        seconds = round(time.monotonic() - self.began, 3)
        self._write("done", {"reason": reason, "seconds": seconds})

    def error(self, message: str) -> None:
        """The last event of a run that failed."""
        self._write("error", {"message": message})

    def _eta(self) -> float:
        finished = self.step_now - self.first_step
        rate = (time.monotonic() - self.began) / max(finished, 1)
        return round(rate * max(self.total - self.step_now, 0), 3)

    def _write(self, event: str, values: dict[str, object]) -> None:
        place = {"event": event, "step": self.step_now, "total": self.total}
        self.writer.write(place | values)


@contextmanager
def reporting(style: Style, title: str) -> Iterator[Report]:
    """A report of one command, with an orderly end whatever happens in it.

    SIGINT and SIGTERM are treated alike: the step at hand is finished, then
    `Report.step` (or `check`) raises `Interrupted`, which passes through the command's
    generators so that they can save what they have. A second signal interrupts at once.
    """
    writer = JsonWriter(sys.stdout) if style == "json" else BarWriter(title)
    report = Report(writer)
    with _signals(report):
        try:
            yield report
        except (Interrupted, KeyboardInterrupt):
            report.done("interrupted")
            raise
        except NsgError as error:
            report.error(str(error))
            raise
        except Exception as error:
            report.error(f"{type(error).__name__}: {error}")
            raise
        else:
            report.done("finished")
        finally:
            writer.close()


@contextmanager
def _signals(report: Report) -> Iterator[None]:
    def ask(number: int, frame: FrameType | None) -> None:
        if report.interrupted:
            raise KeyboardInterrupt
        report.interrupted = True

    before = {n: signal.signal(n, ask) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _noted(key: str, value: object) -> str:
    if key == "eta_s" and isinstance(value, float):
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes}:{seconds:02d} left"
    return f"{key} {value:.4g}"
