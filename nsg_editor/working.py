"""Actions about work that others do: the model, training, export.

These only say what is wanted; `effects` sees the change and does it, and what comes of
it returns as a report, which is an action too.
"""

import time
from dataclasses import replace
from pathlib import Path

from nsg_core.errors import NsgError
from nsg_core.record import frames_from_text
from nsg_editor.registry import action
from nsg_editor.state import (
    Dialog,
    EditorState,
    Job,
    JobStatus,
    ModelInfo,
    PictureInfo,
    Point,
)

POINTS = 600
"""A curve is thinned to half when it has more points than this."""


@action("load-model")
def load_model(state: EditorState, path: Path) -> EditorState:
    """Draw with the weights of a checkpoint."""
    asked = replace(state.model, path=path, version=state.model.version + 1)
    if asked.status != "ready":
        asked = replace(asked, status="loading")
    return replace(state, model=asked)


@action("model-loaded", internal=True)
def model_loaded(state: EditorState, info: ModelInfo) -> EditorState:
    """The worker has the weights."""
    if info.version != state.model.version:
        return state
    return replace(state, model=info)


@action("model-failed", internal=True)
def model_failed(state: EditorState, version: int, text: str) -> EditorState:
    """The worker could not load the weights; older ones go on drawing."""
    if version != state.model.version:
        return state
    kept = state.model.status == "ready"
    model = state.model if kept else replace(state.model, status="failed")
    return replace(state, model=model, dialog=Dialog("Could not load the model", text))


@action("picture-arrived", internal=True)
def picture_arrived(state: EditorState, picture: PictureInfo | None) -> EditorState:
    """The worker finished a level of the picture."""
    return replace(state, picture=picture)


@action("train-plan")
def train_plan(
    state: EditorState,
    preset: str | None = None,
    steps: int | None = None,
    scale: float | None = None,
) -> EditorState:
    """Choose how to train."""
    plan = state.train_plan
    if steps is not None and steps < 1:
        raise NsgError(f"a training needs at least one step, found {steps}.")
    if scale is not None and not 0.05 <= scale <= 1:
        raise NsgError(f"the resolution must be 0.05 to 1, found {scale}.")
    plan = replace(
        plan,
        preset=preset or plan.preset,
        steps=steps or plan.steps,
        scale=scale or plan.scale,
    )
    return replace(state, train_plan=plan)


@action("train")
def train(state: EditorState, steps: int | None = None) -> EditorState:
    """Train a model of this drive in the background."""
    if state.train.busy:
        return replace(state, notice="A training is running already.")
    planned = train_plan(state, steps=steps)
    name = state.drive.title.replace(" ", "-")
    out = state.drive.runs / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    job = Job("starting", total=planned.train_plan.steps, out=out)
    return replace(planned, train=job, shown="neural")


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


@action("export-plan")
def export_plan(
    state: EditorState, to: Path | None = None, scale: float | None = None
) -> EditorState:
    """Choose where to export."""
    plan = state.export_plan
    scale = plan.scale if scale is None else scale
    return replace(state, export_plan=replace(plan, to=to or plan.to, scale=scale))


def frame_span(text: str, state: EditorState) -> tuple[int, int] | None:
    """First and last frame from ``A-B``, ``A`` or nothing (all)."""
    text = text.strip()
    if not text:
        return None
    span = frames_from_text(text if "-" in text else f"{text}-{text}")
    for frame in span:
        state.scene.index(frame)
    return span


@action("export-frames")
def export_frames(state: EditorState, frames: str) -> EditorState:
    """Choose which frames to export, as A-B; nothing means all."""
    span = frame_span(frames, state)
    return replace(state, export_plan=replace(state.export_plan, frames=span))


@action("export")
def export(
    state: EditorState, to: Path | None = None, frames: str | None = None
) -> EditorState:
    """Write the edited drive as pictures and labels."""
    if state.export.busy:
        return replace(state, notice="An export is running already.")
    if state.model.path is None or state.model.status in ("none", "failed"):
        raise NsgError(
            "there is no trained model to draw the export with; press Train first "
            "or open the drive with --checkpoint."
        )
    planned = export_plan(state, to=to)
    if frames is not None:
        planned = export_frames(planned, frames)
    job = Job("starting", out=planned.export_plan.to)
    return replace(planned, export=job)


@action("export-stop")
def export_stop(state: EditorState) -> EditorState:
    """End the export; finished frames are kept."""
    if not state.export.busy:
        return replace(state, notice="No export is running.")
    return replace(state, export=replace(state.export, status="stopping"))


@action("job-report", internal=True)
def job_report(state: EditorState, kind: str, job: Job) -> EditorState:
    """A child process has news."""
    if kind == "train":
        return replace(state, train=job)
    return replace(state, export=job)


def extended(curve: tuple[Point, ...], point: Point) -> tuple[Point, ...]:
    """A curve with one more point, thinned when it grows long."""
    kept = curve[::2] if len(curve) >= POINTS else curve
    return (*kept, point)
