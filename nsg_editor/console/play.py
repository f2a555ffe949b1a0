"""`--play FILE`: a list of named actions, carried out one after the other.

Besides the actions of the editor a list can wait and look::

    {"do": "wait-final"}                    until the picture is finished
    {"do": "wait-job", "job": "train"}      until a training or an export has ended
    {"do": "wait", "seconds": 0.5, "frames": 4}   of the window, at the least
    {"do": "screenshot", "to": "a.png"}     the whole window
    {"do": "state", "to": "state.json"}     what the editor knows, for tests
    {"do": "log", "to": "log.json"}         what the last frames took in and showed

`train` and `export` wait for their end unless they say `"wait": false`. A step that
fails ends the play.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from nsg_core.errors import FileError, NsgError
from nsg_core.files import read_json, write_json
from nsg_editor.actions.table import fit_arguments
from nsg_editor.console.report import describe
from nsg_editor.store import Store

Step = dict[str, Any]
LONGEST_S = 1800.0
"""A step that waits longer than this has failed."""
WAITS: dict[str, tuple[str, ...]] = {
    "wait-final": ("seconds",),
    "wait-job": ("job", "seconds"),
    "wait": ("seconds", "frames"),
    "screenshot": ("to",),
    "state": ("to",),
    "log": ("to",),
}


@runtime_checkable
class Stage(Protocol):
    """What a play needs of the window."""

    def settled(self) -> bool:
        """The final picture is on the screen."""
        ...

    def screenshot(self, path: Path) -> None:
        """Begin to write a picture of the window."""
        ...

    def screenshot_done(self) -> bool:
        """The last one is written; raises NsgError where that failed."""
        ...

    def measures(self) -> dict[str, object]:
        """Where things are in the window."""
        ...

    def log(self) -> list[dict[str, object]]:
        """What the last frames took in and showed."""
        ...


class Performer:
    """Carries out one step at a time."""

    def __init__(
        self, store: Store, stage: Stage, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._stage, self._clock = store, stage, clock
        self._began = 0.0
        self._until: Callable[[], bool] | None = None
        self._longest = LONGEST_S
        self._looks = 0

    def begin(self, step: Step) -> None:
        """Take up a step; NsgError says why it cannot be done."""
        name, rest = step_parts(step)
        self._began, self._longest = self._clock(), LONGEST_S
        self._until, self._looks = None, 0
        if name in WAITS:
            self._begin_waiting(name, rest)
            return
        waits = rest.pop("wait", True) if name in ("train", "export") else False
        self._store.dispatch(name, **fit_arguments(name, rest))
        if waits:
            self._until = lambda: self._job_ended(name)

    def done(self) -> bool:
        """The step is finished; NsgError where it failed on the way.

        To be asked once a frame of the window.
        """
        self._looks += 1
        if self._until is None or self._until():
            return True
        if self._clock() - self._began > self._longest:
            raise NsgError(f"it was not done within {self._longest:g} s.")
        return False

    def _begin_waiting(self, name: str, rest: Step) -> None:
        extra = sorted(set(rest) - set(WAITS[name]))
        if extra:
            raise NsgError(f"{name!r} has no argument {extra[0]!r}.")
        seconds = rest.get("seconds", LONGEST_S if name != "wait" else 1.0)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise NsgError(f"'seconds' must be a number, found {seconds!r}.")
        if name == "wait":
            frames = rest.get("frames", 0)
            if type(frames) is not int:
                raise NsgError(f"'frames' must be a whole number, found {frames!r}.")
            self._until = lambda: (
                self._clock() - self._began >= seconds and self._looks > frames
            )
        elif name == "wait-job":
            kind = rest.get("job", "train")
            self._longest, self._until = seconds, lambda: self._job_ended(kind)
        elif name == "wait-final":
            self._longest, self._until = seconds, self._final
        elif name == "screenshot":
            self._stage.screenshot(_path(rest))
            self._until = self._stage.screenshot_done
        elif name == "log":
            write_json(_path(rest), self._stage.log())
        else:
            told = describe(self._store.state) | self._stage.measures()
            write_json(_path(rest), told)

    def _final(self) -> bool:
        model = self._store.state.model
        if model.status == "failed":
            raise NsgError(f"the model could not be loaded: {self._complaint()}")
        return self._stage.settled()

    def _job_ended(self, kind: str) -> bool:
        job = self._store.state.train if kind == "train" else self._store.state.export
        if job.status == "failed":
            raise NsgError(f"the {kind} failed: {job.message}")
        return not job.busy

    def _complaint(self) -> str:
        dialog = self._store.state.dialog
        return dialog.text if dialog else "it is broken."


class Play:
    """A list of steps on its way."""

    def __init__(self, steps: list[Step], performer: Performer) -> None:
        self._steps, self._performer = steps, performer
        self._at = -1
        self._busy = False

    def tick(self) -> bool:
        """Go on as far as possible without waiting; True once all is done."""
        try:
            while True:
                if self._busy and not self._performer.done():
                    return False
                self._busy = False
                if self._at + 1 >= len(self._steps):
                    return True
                self._at += 1
                self._performer.begin(self._steps[self._at])
                self._busy = True
        except NsgError as error:
            step = json.dumps(self._steps[self._at])
            raise NsgError(
                f"step {self._at + 1} of the play, {step}: {error}"
            ) from None


def read_play(path: Path) -> list[Step]:
    """The steps of a file, checked as far as that can be done beforehand."""
    steps = read_json(path)
    if not isinstance(steps, list):
        raise FileError(path, "a JSON list of steps", type(steps).__name__)
    for number, step in enumerate(steps, 1):
        try:
            name, rest = step_parts(step)
            if name not in WAITS:
                if name in ("train", "export"):
                    rest.pop("wait", None)
                fit_arguments(name, rest)
        except NsgError as error:
            raise NsgError(f"{path}: step {number}: {error}") from None
    return steps


def step_parts(step: object) -> tuple[str, Step]:
    """The action's name and its arguments."""
    if not isinstance(step, dict) or not isinstance(step.get("do"), str):
        raise NsgError(f'a step is written {{"do": "undo"}}, found {step!r}.')
    rest = {str(key): value for key, value in step.items() if key != "do"}
    return step["do"], rest


def _path(rest: Step) -> Path:
    to = rest.get("to")
    if not isinstance(to, str) or not to:
        raise NsgError(f"'to' must name a file, found {to!r}.")
    return Path(to)
