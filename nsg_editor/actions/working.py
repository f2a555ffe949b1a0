"""Actions about work that others do: the model, its pictures, reports of jobs.

These only say what is wanted; `effects` sees the change and does it, and what comes of
it returns as a report, which is an action too.
"""

from dataclasses import replace
from pathlib import Path

from nsg_editor.actions.registry import action
from nsg_editor.state import Dialog, EditorState, ModelInfo, PictureInfo
from nsg_editor.values.plans import Job, Point

_NAMES = {"train": "training", "export": "export"}
POINTS = 600
"""A curve is thinned to half when it has more points than this."""


@action("load-model")
def load_model(state: EditorState, path: Path) -> EditorState:
    """Draw with the weights of a checkpoint."""
    model = state.model
    asked = replace(model, path=path, version=model.version + 1)
    if asked.status != "ready":
        return replace(state, model=replace(asked, status="loading"))
    return replace(state, model=replace(asked, before=model.before or model.path))


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
    model = state.model
    if model.status == "ready":
        # What is exported is what is seen: with the weights that go on drawing.
        model = replace(model, path=model.before, before=None)
    else:
        model = replace(model, status="failed")
    return replace(state, model=model, dialog=Dialog("Could not load the model", text))


@action("picture-arrived", internal=True)
def picture_arrived(state: EditorState, picture: PictureInfo | None) -> EditorState:
    """The worker finished a level of the picture."""
    return replace(state, picture=picture)


@action("job-report", internal=True)
def job_report(state: EditorState, kind: str, job: Job) -> EditorState:
    """A child process has news."""
    before = state.train if kind == "train" else state.export
    if before.busy and job.status == "done":
        # Who looks at another panel wants to know, too.
        state = replace(state, notice=_ended(kind, job))
    if kind == "train":
        return replace(state, train=job)
    return replace(state, export=job)


def _ended(kind: str, job: Job) -> str:
    """A job's end, on one line."""
    if job.message == "stopped":
        todo = "Resume" if kind == "train" else "Export"
        return (
            f"The {_NAMES[kind]} is stopped at {job.step}; {todo} goes on from there."
        )
    where = "" if kind == "train" or job.out is None else f": {job.out}"
    return f"The {_NAMES[kind]} is finished{where}."


@action("picture-outdated", internal=True)
def picture_outdated(state: EditorState) -> EditorState:
    """Another picture than the one on the screen is drawn from now on."""
    if state.picture is None or not state.picture.final:
        return state
    # How long it takes is known with its first level.
    return replace(state, picture=replace(state.picture, final=False, left_s=0.0))


def extended(curve: tuple[Point, ...], point: Point) -> tuple[Point, ...]:
    """A curve with one more point, thinned when it grows long."""
    kept = curve[::2] if len(curve) >= POINTS else curve
    return (*kept, point)
