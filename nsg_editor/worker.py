"""One thread that owns the model and draws; the newest request wins.

`step` does one slice of work, so tests drive the worker by hand without a thread. What
it finds is put into a mailbox that the main loop empties once a frame.
"""

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nsg_core.errors import NsgError
from nsg_core.frame import Picture
from nsg_core.model import Model
from nsg_core.request import RenderRequest

SWITCH_SECONDS = 0.001
REST_FOR_WORK = 4.0
"""Pauses while something else computes, as a multiple of the work between them."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model that was asked for draws from now on."""

    version: int
    path: Path
    step: int
    device: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A level of the picture of a request."""

    request: RenderRequest
    picture: Picture
    latency_s: float
    """Since the request was asked."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, in words; the worker waits for the next request."""

    version: int | None
    """The model that could not be loaded; None: drawing failed."""
    text: str


Report = Loaded | Rendered | Failure
Load = Callable[[Path], tuple[Model, int]]
"""A checkpoint's model and the number of steps it was trained for."""
Render = Callable[[Model, RenderRequest], Iterator[Picture | None]]
"""Pictures of a request from coarse to fine (as `nsg_core.painter.Painter`)."""


class Worker:
    """Draws what was asked for last."""

    def __init__(
        self, load: Load, render: Render, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._load, self._render, self._clock = load, render, clock
        self._wake = threading.Condition()
        self._wanted: tuple[RenderRequest | None, float] = (None, 0.0)
        self._model_wanted: tuple[Path, int] | None = None
        self._fresh = False
        self._stopped = False
        self._mail: list[Report] = []
        self._thread: threading.Thread | None = None
        # From here on only the worker's own thread looks.
        self._model: Model | None = None
        self._drawing: Iterator[Picture | None] | None = None
        self._request: RenderRequest | None = None
        self._asked_at = 0.0
        self._shown = False
        self._finished = False
        self._stride_shown = 1
        self._coarsest_wanted: int | None = None
        self.gentle = False
        """Something more urgent computes, as a training: refine with what is left."""

    def ask(self, request: RenderRequest | None) -> None:
        """Draw this and forget what was asked before."""
        with self._wake:
            self._wanted, self._fresh = (request, self._clock()), True
            self._wake.notify()

    def load(self, path: Path, version: int) -> None:
        """Draw with the weights of a checkpoint from now on."""
        with self._wake:
            self._model_wanted = (path, version)
            self._wake.notify()

    def take(self) -> list[Report]:
        """All reports since the last call; of pictures only the newest."""
        with self._wake:
            mail, self._mail = self._mail, []
        return mail

    def start(self) -> None:
        """Work in a thread of its own."""
        # Each tensor operation gives the interpreter away. To get it back from a busy
        # main loop would take five milliseconds, as often as not.
        sys.setswitchinterval(SWITCH_SECONDS)
        self._thread = threading.Thread(target=self._run, name="drawing", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the slice that it is in."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopped:
            began = self._clock()
            worked = self.step()
            rest = self.rest_s(self._clock() - began) if worked else 1.0
            with self._wake:
                idle = not (self._fresh or self._model_wanted or self._stopped)
                if idle and rest:
                    self._wake.wait(timeout=rest)

    def rest_s(self, took: float) -> float:
        """How long to pause after a slice of work, unless somebody asks for more.

        First pictures are never held back, only what makes them finer.
        """
        refining = self._drawing is not None and self._shown
        return min(REST_FOR_WORK * took, 1.0) if self.gentle and refining else 0.0

    def step(self) -> bool:
        """One slice of work; False when there is nothing to do."""
        with self._wake:
            wanted, self._model_wanted = self._model_wanted, None
        try:
            if wanted is not None:
                self._take_model(*wanted)
                return True
            self._take_request()
            return self._draw()
        except Exception as error:
            self._fail(wanted[1] if wanted else None, error)
            return True

    def _take_model(self, path: Path, version: int) -> None:
        model, step = self._load(path)
        again = self._model is not None
        self._model = model
        self._post(Loaded(version, path, step, str(model.device), model.keys))
        if self._request is not None:
            self._begin(self._request)
        # Newer weights draw over a picture that is there already: to go back to its
        # coarsest level at every checkpoint of a training would only flicker.
        # But if it never got far, the newer weights need not get farther.
        sharp = max(2, self._stride_shown)
        self._coarsest_wanted = sharp if again and self._shown else None

    def _take_request(self) -> None:
        """Turn to the newest request, but let a first picture be finished.

        While a box is dragged requests come faster than pictures; if each dropped the
        one before, there would be no picture until the mouse rests.
        """
        with self._wake:
            if not self._fresh or (self._drawing is not None and not self._shown):
                return
            (request, self._asked_at), self._fresh = self._wanted, False
        self._request, self._drawing = request, None
        self._shown, self._coarsest_wanted = False, None
        if request is not None and self._model is not None:
            self._begin(request)

    def _begin(self, request: RenderRequest) -> None:
        assert self._model is not None
        self._drawing, self._finished = self._render(self._model, request), False

    def _draw(self) -> bool:
        if self._drawing is None or self._request is None:
            return False
        if self.gentle and self._finished:
            # To be smoother than was asked for is not worth anybody's time.
            return False
        try:
            picture = next(self._drawing)
        except StopIteration:
            self._drawing, self._shown = None, True
            return True
        if picture is not None:
            self._publish(self._request, picture)
        return True

    def _publish(self, request: RenderRequest, picture: Picture) -> None:
        coarsest = self._coarsest_wanted
        if coarsest is not None and picture.stride > coarsest:
            return
        self._shown, self._stride_shown = True, picture.stride
        self._finished = picture.final
        self._post(Rendered(request, picture, self._clock() - self._asked_at))

    def _fail(self, version: int | None, error: Exception) -> None:
        self._drawing, self._shown = None, True
        told = isinstance(error, NsgError)
        text = str(error) if told else traceback.format_exc(limit=-6)
        self._post(Failure(version, text))

    def _post(self, report: Report) -> None:
        with self._wake:
            if isinstance(report, Rendered):
                self._mail = [m for m in self._mail if not isinstance(m, Rendered)]
            self._mail.append(report)
