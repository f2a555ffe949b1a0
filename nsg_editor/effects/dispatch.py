"""Does what the state wants done: draws, loads, trains, exports, saves.

A listener compares the old state with the new one and starts what was asked for;
`tick`, once a frame, turns what came of it into actions. Nothing here waits.
"""

import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nsg_core.documents.project import save_project
from nsg_core.drawing.frame import Picture
from nsg_core.errors import NsgError
from nsg_core.request import RenderRequest
from nsg_editor.actions.seeing import before_request
from nsg_editor.derived.beside import rival_of
from nsg_editor.derived.request import resolve
from nsg_editor.effects.board import Board, board_command
from nsg_editor.effects.commands import export_command, train_command
from nsg_editor.effects.following import PROCESS, Follower
from nsg_editor.effects.inviting import guests_of
from nsg_editor.effects.jobs import Child, Process, advance
from nsg_editor.effects.newest import Newest
from nsg_editor.effects.opening import open_path, project_of, street_checkpoint
from nsg_editor.effects.outlook import check_room, look_ahead
from nsg_editor.pictures.lanes import BESIDE, LaneName
from nsg_editor.pictures.worker import Absence, Failure, Loaded, Rendered, Worker
from nsg_editor.state import EditorState, Job, ModelInfo, PictureInfo, Target
from nsg_editor.store import Store
from nsg_editor.values.cast import Guests
from nsg_editor.values.plans import Precheck
from nsg_editor.values.runs import runs_of

ShowPicture = Callable[[Picture], None]


@dataclass
class Children:
    """The processes that run, by kind."""

    train: Follower | None = None
    export: Child | None = None


class Effects:
    """Between the state and everything that takes time."""

    def __init__(
        self,
        store: Store,
        worker: Worker,
        show: ShowPicture,
        most: tuple[int, int],
        device: str | None = None,
    ) -> None:
        self._store, self._worker, self._show = store, worker, show
        self._most, self._device = most, device
        self._children = Children()
        self._asked: RenderRequest | None = None
        self._final: RenderRequest | None = None
        self._newest = Newest()
        self._scratch = tempfile.TemporaryDirectory(prefix="nsg-editor-")
        self._board_mail: deque[str] = deque()
        self._board = Board(self._board_mail.append)
        self.shown: RenderRequest | None = None
        """What the last picture was drawn for, for measurements."""
        self.others: dict[LaneName, Callable[[Rendered], None]] = {}
        """Who shows the pictures of other views than the main one."""
        self.show_before: Callable[[Picture | None], None] | None = None
        """Who shows the main view as it was before the edits; nothing, until it is."""
        self._asked_before: tuple[RenderRequest | None, Path | None] = (None, None)
        self._asked_beside: dict[LaneName, RenderRequest | None] = {}
        self._awaited: set[LaneName] = set()
        """What is compared with the main view and not final yet."""
        store.listen(self.changed)
        if store.state.model.path is not None:
            self._load(store.state.model.path, store.state.model.version)
        if store.state.cast.expected:
            self._look_for(store.state.cast.expected)

    def changed(self, old: EditorState, new: EditorState) -> None:
        """Start what the new state asks for."""
        if new.model.version != old.model.version and new.model.path is not None:
            self._load(new.model.path, new.model.version)
        if new.train.status == "starting" and old.train.status != "starting":
            self._start_training(new)
        if new.export.status == "starting" and old.export.status != "starting":
            self._start_export(new)
        if new.board.status == "starting" and old.board.status != "starting":
            self._start_board(new)
        if new.precheck != old.precheck and new.precheck == Precheck():
            self._store.dispatch("export-checked", precheck=look_ahead(new))
        if new.cast.inviting is not None and old.cast.inviting is None:
            self._invite(new.cast.inviting)
        if new.cast.expected and new.cast.expected != old.cast.expected:
            self._look_for(new.cast.expected)
        self._keep(old, new)
        jobs = (new.train.status, new.export.status)
        self._worker.gentle = any(job in ("starting", "running") for job in jobs)
        self._ask(new)

    def _keep(self, old: EditorState, new: EditorState) -> None:
        """Files: the one to save, the one to open, the folder of trainings."""
        if new.saving is not None and old.saving is None:
            self._save(new, new.saving)
        if new.wanted is not None and old.wanted is None:
            self._look_at(new.wanted)
        if new.drive.runs != old.drive.runs:
            self._look_at_runs(new)

    def _load(self, path: Path, version: int) -> None:
        self._newest.asked()
        self._worker.load(path, version)

    def _ask(self, state: EditorState) -> None:
        request = resolve(state, state.panel, self._most)
        self._ask_before(before_request(state, request), rival_of(state))
        if request == self._asked:
            return
        self._asked = request
        self._worker.ask(request)
        if request is None and state.picture is not None:
            self._store.dispatch("picture-arrived", picture=None)
        elif state.picture is not None:
            self._store.dispatch("picture-outdated")

    def _ask_before(self, request: RenderRequest | None, rival: Path | None) -> None:
        asked = (request, rival)
        if self.show_before is None or asked == self._asked_before:
            return
        if rival != self._asked_before[1]:
            # The same view with other weights is another picture.
            self.ask_beside("before", None)
        self._asked_before = asked
        self.show_before(None)
        self.ask_beside("before", request)

    def ask_beside(self, lane: LaneName, request: RenderRequest | None) -> None:
        """Draw this for another view than the main one; None: nothing any more."""
        if request != self._asked_beside.get(lane):
            self._asked_beside[lane] = request
            self._awaited -= {lane}
            if lane in COMPARED and request is not None:
                self._awaited |= {lane}
            self._worker.ask(request, lane)

    @property
    def awaits(self) -> bool:
        """Nothing is seen yet of what was asked for last."""
        return self._asked is not None and self.shown != self._asked

    def settled(self, state: EditorState) -> bool:
        """The picture on the screen is the final one of this state."""
        if state.model.status == "loading" or self._newest.waits:
            return False
        drawn = self._asked is None or self._final == self._asked
        return drawn and not self._awaited

    def tick(self) -> None:
        """Tell the state what has come of it all."""
        for report in self._worker.take():
            match report:
                case Rendered():
                    self._rendered(report)
                case Loaded():
                    self._final = None
                    self._newest.loaded()
                    self._store.dispatch("model-loaded", info=_info(report))
                    self._store.dispatch("picture-outdated")
                case Absence():
                    gone = Guests(report.path, (), report.text)
                    self._store.dispatch("cast-known", guests=(gone,))
                case Failure(version=None):
                    title = "Could not draw the picture"
                    self._store.dispatch("complain", title=title, text=report.text)
                    self._awaited -= {report.lane}
                    if report.lane == "main":
                        self._final = self._asked
                        self._newest.failed()
                case Failure():
                    self._newest.failed()
                    named = {"version": report.version, "text": report.text}
                    self._store.dispatch("model-failed", **named)
        while self._board_mail:
            text = self._board_mail.popleft()
            there = text.startswith("http")
            self._store.dispatch("board-found", text=text, there=there)
        self._tick_training()
        self._tick_export()
        newest = self._newest.take(drawing=self._asked is not None)
        if newest is not None:
            self._store.dispatch("load-model", path=newest)

    def _rendered(self, report: Rendered) -> None:
        asked = self._asked_beside.get(report.lane)
        if report.request == asked and report.picture.final:
            self._awaited -= {report.lane}
        if report.lane == "before":
            if self.show_before and report.request == asked:
                self.show_before(report.picture)
            return
        if report.lane != "main":
            if asked is not None:
                self.others[report.lane](report)
            return
        picture = report.picture
        if self._asked is None:
            return
        self._show(picture)
        self._newest.drawn()
        self.shown = report.request
        if picture.final:
            self._final = report.request
        rate = picture.rays / picture.seconds if picture.seconds > 0 else 0.0
        info = PictureInfo(
            picture.stride,
            picture.final and report.request == self._asked,
            1000 * picture.seconds,
            rate,
            picture.samples,
            _left_s(picture, rate),
            time.monotonic(),
        )
        self._store.dispatch("picture-arrived", picture=info)

    def _start_training(self, state: EditorState) -> None:
        job = state.train
        try:
            assert job.out is not None
            check_room(job.out)
            command = train_command(state, self._device)
            self._children.train = Follower.start(command, job.out)
        except (OSError, NsgError) as error:
            self._fail("train", job, error)

    def look_for_trainings(self) -> None:
        """What lies on the disk, and what an earlier editor has left running."""
        state = self._store.state
        self._look_at_runs(state)
        name = state.drive.title.replace(" ", "-")
        for record in sorted(state.drive.runs.glob(f"{name}-*/{PROCESS}"))[::-1]:
            found = Follower.find(record.parent)
            if found is not None and not state.train.busy:
                status = "paused" if found.resting else "running"
                job = Job(status, out=record.parent, resumed=True, goes_on=True)
                self._children.train = found
                self._store.dispatch("train-found", job=job)
                return

    def _look_at_runs(self, state: EditorState) -> None:
        drive = state.drive
        shipped = street_checkpoint() if drive.builtin else None
        found = runs_of(drive.runs, drive.title, shipped)
        self._store.dispatch("runs-found", runs=found)

    def _invite(self, path: Path) -> None:
        try:
            guests = guests_of(path)
        except NsgError as error:
            self._store.dispatch("cast-invited", guests=None, text=str(error))
            return
        text = f"{len(guests.objects)} more in the casting sheet."
        self._store.dispatch("cast-invited", guests=guests, text=text)

    def _look_for(self, expected: tuple[Path, ...]) -> None:
        """Whether the guests of a project are where it says."""
        found = list[Guests]()
        for path in expected:
            try:
                found.append(guests_of(path))
            except NsgError as error:
                found.append(Guests(path, (), str(error)))
        self._store.dispatch("cast-known", guests=tuple(found))

    def _start_board(self, state: EditorState) -> None:
        runs = state.drive.runs
        if not self._board.start(runs):
            text = f"TensorBoard is not installed; elsewhere: {board_command(runs)}"
            self._store.dispatch("board-found", text=text, there=False)

    def _start_export(self, state: EditorState) -> None:
        job = state.export
        try:
            project = Path(self._scratch.name) / "export.nsgproj"
            save_project(project, project_of(state))
            command = export_command(state, project, self._device)
            self._children.export = Child(command)
        except (OSError, NsgError) as error:
            self._fail("export", job, error)

    def _fail(self, kind: str, job: Job, error: Exception) -> None:
        failed = replace(job, status="failed", message=str(error))
        self._store.dispatch("job-report", kind=kind, job=failed)
        title = f"Could not start the {_NAMES[kind]}"
        self._store.dispatch("complain", title=title, text=str(error))

    def _tick_training(self) -> None:
        child = self._children.train
        if child is None:
            return
        job, checkpoint = self._advance("train", child, self._store.state.train)
        if checkpoint is not None:
            self._newest.came(checkpoint)
            self._look_at_runs(self._store.state)
        if not job.busy:
            self._children.train = None
            self._look_at_runs(self._store.state)

    def _tick_export(self) -> None:
        child = self._children.export
        if child is None:
            return
        job, _ = self._advance("export", child, self._store.state.export)
        if not job.busy:
            self._children.export = None

    def _advance(self, kind: str, child: Process, job: Job) -> tuple[Job, Path | None]:
        news = advance(child, job)
        if news.job != job:
            self._store.dispatch("job-report", kind=kind, job=news.job)
        if news.job.status == "failed" and job.status != "failed":
            title = f"The {_NAMES[kind]} failed"
            self._store.dispatch("complain", title=title, text=news.job.message)
        return news.job, news.checkpoint

    def _save(self, state: EditorState, path: Path) -> None:
        try:
            save_project(path, project_of(state))
        except (OSError, NsgError) as error:
            self._store.dispatch("save-failed", text=str(error))
            return
        variants = state.history.present.variants
        self._store.dispatch("saved", path=path, variants=variants)

    def _look_at(self, target: Target) -> None:
        """Find out whether something can be opened before this drive is left for it."""
        try:
            named = (target.path, target.sequence, target.frames)
            open_path(*named, data=target.data)
        except NsgError as error:
            self._store.dispatch("not-found", text=str(error))
            return
        self._store.dispatch("found", target=target)

    def close(self) -> None:
        """End everything in order: children keep what they have finished."""
        training = self._children.train
        if training is not None and self._store.state.train.goes_on:
            training.leave()
            self._children.train = None
        left = [c for c in (self._children.train, self._children.export) if c]
        for child in left:
            child.stop()
        for child in left:
            child.close()
        self._board.close()
        self._worker.stop()
        self._scratch.cleanup()


def _left_s(picture: Picture, rays_per_s: float) -> float:
    """Seconds to full resolution at the speed so far."""
    pixels = picture.depth.size
    left = 0.0 if picture.final else pixels * (1 - 1 / picture.stride**2)
    return left / rays_per_s if rays_per_s > 0 else 0.0


_NAMES = {"train": "training", "export": "export"}
COMPARED: tuple[LaneName, ...] = ("before", *BESIDE)
"""Lanes without whose pictures the main view is not complete."""


def _info(report: Loaded) -> ModelInfo:
    return ModelInfo(
        "ready", report.path, report.step, report.device, report.keys, report.version
    )
