"""Actions about trainings: how to train, start, pause, stop, go on, and look back."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Literal

from nsg_core.documents.record import frames_from_text
from nsg_core.errors import NsgError
from nsg_core.measuring.protocols import NAMES, split
from nsg_editor.actions.registry import action
from nsg_editor.actions.seeing import looking
from nsg_editor.actions.working import load_model
from nsg_editor.derived.beside import rival_of
from nsg_editor.state import EditorState
from nsg_editor.values.plans import BoardInfo, Job, JobStatus
from nsg_editor.values.runs import RunInfo

LEAST_SCALE = 0.05


@action("train-plan")
def train_plan(
    state: EditorState,
    preset: Literal["fast", "paper"] | None = None,
    steps: int | None = None,
    scale: float | None = None,
    protocol: str | None = None,
    device: Literal["cpu", "cuda", "any"] | None = None,
    goes_on: bool | None = None,
) -> EditorState:
    """Choose how to train."""
    plan = state.train_plan
    if steps is not None and steps < 1:
        raise NsgError(f"a training needs at least one step, found {steps}.")
    if scale is not None and not LEAST_SCALE <= scale <= 1:
        raise NsgError(f"the resolution must be {LEAST_SCALE} to 1, found {scale}.")
    if protocol is not None and protocol not in NAMES:
        raise NsgError(
            f"there is no protocol {protocol!r}; there are: {', '.join(NAMES)}."
        )
    plan = replace(
        plan,
        preset=preset or plan.preset,
        steps=steps or plan.steps,
        scale=scale or plan.scale,
        protocol=protocol or plan.protocol,
        device=plan.device if device is None else None if device == "any" else device,
        goes_on=plan.goes_on if goes_on is None else goes_on,
    )
    job = state.train
    if job.busy and goes_on is not None:
        job = replace(job, goes_on=goes_on)
    return replace(state, train_plan=plan, train=job)


@action("train-frames")
def train_frames(state: EditorState, frames: str) -> EditorState:
    """Choose which frames to train on, as A-B; nothing means all that are open."""
    span = frames_from_text(frames) if frames.strip() else None
    for frame in span or ():
        state.drive.recording.index(frame)
    return replace(state, train_plan=replace(state.train_plan, frames=span))


@action("train-folder")
def train_folder(state: EditorState, to: Path) -> EditorState:
    """Keep trainings in another folder from now on, and list those that are there."""
    if state.train.busy:
        raise NsgError("the running training writes to the folder; stop it first.")
    to = Path(os.path.expanduser(to)).absolute()
    if os.path.exists(to) and not os.path.isdir(to):
        raise NsgError(f"{to} is a file. Choose a folder for trainings.")
    return replace(
        state,
        drive=replace(state.drive, runs=to),
        settings=replace(state.settings, runs=str(to)),
        notice=f"Trainings are kept in {to}.",
    )


@action("train")
def train(state: EditorState, steps: int | None = None) -> EditorState:
    """Train a model of this drive in the background."""
    if state.train.busy:
        return replace(state, notice="A training is running already.")
    planned = train_plan(state, steps=steps)
    plan = planned.train_plan
    name = state.drive.title.replace(" ", "-")
    out = state.drive.runs / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    job = Job("starting", total=plan.steps, out=out, goes_on=plan.goes_on)
    return replace(planned, train=job, shown="neural")


@action("train-resume")
def train_resume(state: EditorState, run: Path | None = None) -> EditorState:
    """Go on with a training that was stopped, or with one that should do more."""
    if state.train.busy:
        return replace(state, notice="A training is running already.")
    found = run_of(state, run)
    if found.total is None:
        raise NsgError(
            f"{found.checkpoint} came without the state of its training, so it cannot "
            "go on; press Train for a new one."
        )
    # Who goes on with one that is finished wants as many steps again.
    more = found.step >= found.total
    total = found.step + state.train_plan.steps if more else found.total
    goes_on = state.train_plan.goes_on
    job = Job(
        "starting", found.step, total, out=found.folder, resumed=True, goes_on=goes_on
    )
    return replace(state, train=job, shown="neural")


def run_of(state: EditorState, run: Path | None) -> RunInfo:
    """The run of a folder (or a checkpoint); the newest that can go on if None."""
    for found in state.runs:
        if run in (found.folder, found.checkpoint):
            return found
        if run is None and found.resumable:
            return found
    if run is not None:
        raise NsgError(f"there is no training of this drive in {run}.")
    raise NsgError("there is no training to go on with yet; press Train.")


@action("load-run")
def load_run(state: EditorState, run: Path) -> EditorState:
    """Draw with the weights of an earlier training."""
    found = run_of(state, run)
    loaded = load_model(state, found.checkpoint)
    told = f"Loading {found.folder.name}, step {found.step}."
    return replace(loaded, shown="neural", notice=told)


@action("run-compare")
def run_compare(state: EditorState, run: Path | None = None) -> EditorState:
    """Wipe between the weights on the screen and those of another training; or stop."""
    if run is None and rival_of(state) is not None:
        return looking(state, against="nothing")
    others = [one for one in state.runs if one.checkpoint != state.model.path]
    if not others:
        raise NsgError("there is no other training of this drive to compare with.")
    found = others[0] if run is None else run_of(state, run)
    if found.checkpoint == state.model.path:
        raise NsgError(f"{found.name} is what is drawn with; choose another training.")
    wiped = looking(state, against="before")
    notice = f"{found.name} is left of the divider, what was loaded right of it."
    return replace(wiped, rival=found.checkpoint, beside=(), notice=notice)


@action("train-pause")
def train_pause(state: EditorState) -> EditorState:
    """Let the training rest, or go on."""
    turn: dict[JobStatus, JobStatus] = {"running": "paused", "paused": "running"}
    new = turn.get(state.train.status)
    if new is None:
        return replace(state, notice="No training is running.")
    return replace(state, train=replace(state.train, status=new))


@action("train-stop")
def train_stop(state: EditorState) -> EditorState:
    """End the training in order; what it has learned is kept."""
    if not state.train.busy:
        return replace(state, notice="No training is running.")
    return replace(state, train=replace(state.train, status="stopping"))


@action("train-found", internal=True)
def train_found(state: EditorState, job: Job) -> EditorState:
    """A training that an earlier editor started is running still."""
    if state.train.busy:
        return state
    told = "A training that was started earlier is still running."
    return replace(state, train=job, notice=told)


@action("runs-found", internal=True)
def runs_found(state: EditorState, runs: tuple[RunInfo, ...]) -> EditorState:
    """The trainings of this drive that lie on the disk."""
    return state if runs == state.runs else replace(state, runs=runs)


@action("tensorboard")
def tensorboard(state: EditorState) -> EditorState:
    """Open the curves of all trainings in TensorBoard."""
    if state.board.status == "starting":
        return replace(state, notice="TensorBoard is starting.")
    # Also where it is there: it may have been ended from outside.
    return replace(state, board=BoardInfo("starting"))


@action("board-found", internal=True)
def board_found(state: EditorState, text: str, there: bool) -> EditorState:
    """TensorBoard is running, or cannot."""
    board = BoardInfo("there" if there else "missing", text)
    return replace(state, board=board, notice=text)


def held_out(state: EditorState) -> tuple[int, ...]:
    """The frames that a training with this plan does not see."""
    span, frames = state.train_plan.frames, state.drive.recording.frames
    if span is not None:
        frames = tuple(f for f in frames if span[0] <= f <= span[1])
    return split(frames, state.train_plan.protocol)[1]
