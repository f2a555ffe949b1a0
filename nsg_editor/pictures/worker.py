"""One thread that owns the model and draws, for each view what it asked for last.

`step` does one slice of work, so tests drive the worker by hand without a thread. What
it finds is put into a mailbox that the main loop empties once a frame.
"""

import math
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from nsg_core.drawing.frame import Picture
from nsg_core.errors import NsgError
from nsg_core.model import Model
from nsg_core.request import RenderRequest
from nsg_editor.pictures.lanes import LANES, Lane, LaneName, next_lane
from nsg_editor.pictures.priority import step_back
from nsg_editor.pictures.settling import give_back, settle

SWITCH_SECONDS = 0.001
STILL_S = 0.09
"""Requests that follow each other faster come from a hand that drags something. What
goes beyond a first picture would be thrown away by the next one, and until then it
would only keep the window from its turn."""
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
    lane: LaneName = "main"
    """For which view it was asked."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, in words; the worker waits for the next request."""

    version: int | None
    """The model that could not be loaded; None: drawing failed."""
    text: str
    lane: LaneName = "main"


@dataclass(frozen=True, slots=True)
class Absence:
    """The objects of another checkpoint cannot be drawn; all else is."""

    path: Path
    text: str


@runtime_checkable
class Host(Protocol):
    """A model that also draws objects of other checkpoints, if they are there."""

    absent: Callable[[Path, NsgError], object] | None


Report = Loaded | Rendered | Failure | Absence
Load = Callable[[Path], tuple[Model, int]]
"""A checkpoint's model and the number of steps it was trained for."""
Render = Callable[[Model, RenderRequest], Iterator[Picture | None]]
"""Pictures of a request from coarse to fine (as `nsg_core.drawing.painter.Painter`)."""


class Worker:
    """Draws what was asked for last, for one view after the other."""

    def __init__(
        self,
        load: Load,
        render: Render,
        clock: Callable[[], float] = time.perf_counter,
        renders: Mapping[LaneName, Render] | None = None,
    ) -> None:
        """`renders`: how other views than the main one are drawn, where otherwise."""
        self._load, self._clock = load, clock
        self._renders = dict.fromkeys(LANES, render) | dict(renders or {})
        self._wake = threading.Condition()
        self._lanes: dict[LaneName, Lane] = {name: Lane(name) for name in LANES}
        self._model_wanted: tuple[Path, int] | None = None
        self._stopped = False
        self._mail: list[Report] = []
        self._thread: threading.Thread | None = None
        # From here on only the worker's own thread looks.
        self._model: Model | None = None
        self._at_work: Lane | None = None
        self._settled = False
        self.tell: Callable[[], object] = lambda: None
        """Called, in the worker's thread, when there is something to take."""
        self.gentle = False
        """Something more urgent computes, as a training: refine with what is left."""

    def ask(self, request: RenderRequest | None, lane: LaneName = "main") -> None:
        """Draw this for a view, and forget what was asked for it before."""
        with self._wake:
            asked = self._lanes[lane]
            asked.want(request, self._clock())
            self._wake.notify()

    def load(self, path: Path, version: int) -> None:
        """Draw with the weights of a checkpoint from now on."""
        with self._wake:
            self._model_wanted = (path, version)
            self._wake.notify()

    def take(self) -> list[Report]:
        """All reports since the last call; of a view's pictures only the newest."""
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
        step_back()
        while not self._stopped:
            began = self._clock()
            worked = self.step()
            rest = self.rest_s(self._clock() - began) if worked else 1.0
            with self._wake:
                fresh = any(lane.fresh for lane in self._lanes.values())
                if rest and not (fresh or self._model_wanted or self._stopped):
                    self._wake.wait(timeout=rest)

    def rest_s(self, took: float) -> float:
        """How long to pause after a slice of work, unless somebody asks for more.

        First pictures are never held back, only what makes them finer.
        """
        if self._at_work is None or not self._at_work.patient:
            return 0.0
        rest = min(REST_FOR_WORK * took, 1.0) if self.gentle else 0.0
        return max(rest, self._until_still())

    def _until_still(self) -> float:
        """Seconds until the hand that drags something may be taken to rest."""
        views = [lane for name, lane in self._lanes.items() if name != "cast"]
        if any(lane.drawing is not None and not lane.shown for lane in views):
            return 0.0
        dragged = [lane.wanted[1] for lane in views if lane.gap_s < STILL_S]
        return max(0.0, max(dragged, default=-math.inf) + STILL_S - self._clock())

    def step(self) -> bool:
        """One slice of work; False when there is nothing to do."""
        with self._wake:
            wanted, self._model_wanted = self._model_wanted, None
        try:
            if wanted is not None:
                self._take_model(*wanted)
                return True
            self._take_requests()
            return self._draw()
        except Exception as error:
            self._fail(wanted[1] if wanted else None, error)
            return True

    def _take_model(self, path: Path, version: int) -> None:
        model, step = self._load(path)
        again = self._model is not None
        self._model = model
        if isinstance(model, Host):
            model.absent = lambda path, error: self._post(Absence(path, str(error)))
        self._post(Loaded(version, path, step, str(model.device), model.keys))
        for lane in self._lanes.values():
            self._begin(lane)
            lane.weights_changed(again)
        if again:
            give_back()

    def _take_requests(self) -> None:
        for lane in self._lanes.values():
            with self._wake:
                turned = lane.turn_to_newest()
            if turned:
                self._begin(lane)

    def _begin(self, lane: Lane) -> None:
        self._at_work = lane
        if self._model is not None and lane.request is not None:
            lane.begin(self._renders[lane.name](self._model, lane.request))

    def _draw(self) -> bool:
        lane = next_lane(self._lanes, self.gentle, self._clock())
        if lane is None or lane.request is None:
            return False
        self._at_work = lane
        picture = lane.pull()
        if picture is not None and lane.takes(picture, self._clock()):
            since = self._clock() - lane.asked_at
            self._post(Rendered(lane.request, picture, since, lane.name))
            if picture.final and not self._settled:
                # Only now all libraries and kernels are there.
                settle()
                self._settled = True
        return True

    def _fail(self, version: int | None, error: Exception) -> None:
        told = isinstance(error, NsgError)
        text = str(error) if told else traceback.format_exc(limit=-6)
        lane = self._at_work
        if version is None and lane is not None:
            lane.end()
            self._post(Failure(None, text, lane.name))
        else:
            self._post(Failure(version, text))

    def _post(self, report: Report) -> None:
        with self._wake:
            if isinstance(report, Rendered):
                self._mail = [m for m in self._mail if not _older(m, report)]
            self._mail.append(report)
        self.tell()


def _older(mail: Report, news: Rendered) -> bool:
    return isinstance(mail, Rendered) and mail.lane == news.lane
