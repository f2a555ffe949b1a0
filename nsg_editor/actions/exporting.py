"""Actions about exports: what to write and where, start, and end early."""

from dataclasses import replace
from pathlib import Path

from nsg_core.documents.record import frames_from_text
from nsg_core.errors import NsgError
from nsg_editor.actions.registry import action
from nsg_editor.derived.looks import no_weights
from nsg_editor.state import EditorState
from nsg_editor.values.plans import OUTPUTS, ExportPlan, Job, Precheck

MOST_SAMPLES = 64
BASIS = {"depth", "instances"}
"""What labels are computed from."""


@action("export-plan")
def export_plan(
    state: EditorState,
    to: Path | None = None,
    scale: float | None = None,
    samples: int | None = None,
    cameras: str | None = None,
    outputs: str | None = None,
) -> EditorState:
    """Choose what to export, and where to."""
    plan = state.export_plan
    if scale is not None and not 0.05 <= scale <= 4:
        raise NsgError(f"the resolution must be 0.05 to 4, found {scale}.")
    if samples is not None and not 1 <= samples <= MOST_SAMPLES:
        raise NsgError(f"rays a pixel must be 1 to {MOST_SAMPLES}, found {samples}.")
    plan = replace(
        plan,
        to=to or plan.to,
        scale=scale or plan.scale,
        samples=samples or plan.samples,
        cameras=plan.cameras if cameras is None else _cameras(state, cameras),
        outputs=plan.outputs if outputs is None else _outputs(outputs),
    )
    return state if plan == state.export_plan else _planned(state, plan)


def _planned(state: EditorState, plan: ExportPlan) -> EditorState:
    return replace(state, export_plan=plan, precheck=None)


def _cameras(state: EditorState, names: str) -> tuple[str, ...]:
    chosen = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in chosen:
        state.scene.camera(name)
    if len(chosen) > 2:
        raise NsgError(f"one or two cameras can be exported, not {len(chosen)}.")
    return chosen


def _outputs(names: str) -> tuple[str, ...]:
    chosen = {name.strip() for name in names.split(",") if name.strip()}
    unknown = chosen - set(OUTPUTS)
    if unknown:
        raise NsgError(
            f"there is no output {min(unknown)!r}; there are: {', '.join(OUTPUTS)}."
        )
    if "labels" in chosen and not chosen >= BASIS:
        raise NsgError(
            "labels are computed from the pictures of depth and instances: write "
            "those, too, or leave the labels out."
        )
    return tuple(name for name in OUTPUTS if name in chosen)


def ticked(before: tuple[str, ...], on: set[str]) -> tuple[str, ...]:
    """What is chosen once a box was ticked: labels come and go with their basis."""
    if "labels" in on and "labels" not in before:
        on = on | BASIS
    elif not on >= BASIS:
        on = on - {"labels"}
    return tuple(name for name in OUTPUTS if name in on)


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
    if span == state.export_plan.frames:
        return state
    return _planned(state, replace(state.export_plan, frames=span))


@action("export")
def export(
    state: EditorState, to: Path | None = None, frames: str | None = None
) -> EditorState:
    """Write the edited drive as pictures and labels."""
    planned = _ready(state, to, frames)
    if planned.export.busy:
        return replace(state, notice="An export is running already.")
    job = Job("starting", out=planned.export_plan.to)
    return replace(planned, export=job, precheck=None)


@action("export-check")
def export_check(
    state: EditorState, to: Path | None = None, frames: str | None = None
) -> EditorState:
    """Export, but ask first where there is something to think about."""
    planned = _ready(state, to, frames)
    if planned.export.busy:
        return replace(state, notice="An export is running already.")
    return replace(planned, precheck=Precheck("looking"))


def _ready(state: EditorState, to: Path | None, frames: str | None) -> EditorState:
    if state.model.path is None or state.model.status in ("none", "failed"):
        raise NsgError(f"the export cannot be drawn. {no_weights(state)}")
    planned = export_plan(state, to=to)
    return planned if frames is None else export_frames(planned, frames)


@action("export-checked", internal=True)
def export_checked(state: EditorState, precheck: Precheck) -> EditorState:
    """What was found at the place that an export is to go to."""
    if state.precheck is None:
        return state
    if precheck.status == "clear":
        return export(replace(state, precheck=None))
    return replace(state, precheck=precheck)


@action("export-anyway")
def export_anyway(state: EditorState) -> EditorState:
    """Export, after the question."""
    if state.precheck is None or state.precheck.status != "ask":
        return replace(state, notice="Nothing was asked.")
    return export(state)


@action("export-replace")
def export_replace(state: EditorState) -> EditorState:
    """Delete the export that is there, and write this one in its place."""
    if state.precheck is None or not state.precheck.replaces:
        return replace(state, notice="There is no other export to replace.")
    begun = export(state)
    return replace(begun, export=replace(begun.export, replaces=True))


@action("export-forget")
def export_forget(state: EditorState) -> EditorState:
    """Do not export after all."""
    return replace(state, precheck=None)


@action("export-stop")
def export_stop(state: EditorState) -> EditorState:
    """End the export; finished frames are kept."""
    if not state.export.busy:
        return replace(state, notice="No export is running.")
    return replace(state, export=replace(state.export, status="stopping"))
