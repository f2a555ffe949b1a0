"""The `nsg` commands that the editor runs: the same ones that a person would type."""

import shlex
from dataclasses import replace
from pathlib import Path

from nsg_core.errors import NsgError
from nsg_editor.actions.keeping import default_project
from nsg_editor.effects.jobs import NSG
from nsg_editor.state import EditorState
from nsg_editor.values.plans import OUTPUTS


def _span(frames: tuple[int, int]) -> str:
    return f"{frames[0]}-{frames[1]}"


def _device(device: str | None) -> tuple[str, ...]:
    return () if device is None else ("--device", device)


def train_command(state: EditorState, device: str | None = None) -> tuple[str, ...]:
    """Train on the recorded drive as it was opened."""
    drive, plan, out = state.drive, state.train_plan, state.train.out
    assert out is not None, "a training that starts knows where"
    command = [*NSG, "train", str(drive.data), "-o", str(out)]
    if drive.name is not None:
        command += ["--sequence", drive.name]
    span = plan.frames or drive.frames
    if span is not None:
        command += ["--frames", _span(span)]
    command += ["--preset", plan.preset, "--protocol", plan.protocol]
    command += ["--set", f"steps={state.train.total}", f"scale={plan.scale:g}"]
    if state.train.resumed:
        # All but the steps is as the run itself remembers it.
        command += ["--resume"]
    return (*command, *_device(plan.device or device), "--progress", "json")


def export_command(
    state: EditorState, project: Path, device: str | None = None
) -> tuple[str, ...]:
    """Write the edited drive of a project file."""
    out = state.export.out
    if out is None:
        raise NsgError("an export needs a folder to write to.")
    plan = state.export_plan
    command = [*NSG, "export", str(project), "-o", str(out)]
    if plan.frames is not None:
        command += ["--frames", _span(plan.frames)]
    if plan.cameras:
        command += ["--cameras", ",".join(plan.cameras)]
    if plan.scale != 1.0:
        command += ["--scale", f"{plan.scale:g}"]
    if plan.samples != 1:
        command += ["--samples", str(plan.samples)]
    beside = [name for name in plan.outputs if name != "video"]
    if len(beside) < len(OUTPUTS) - 1:
        command += ["--outputs", ",".join(beside)]
    if "video" not in plan.outputs:
        command += ["--no-video"]
    if state.export.replaces:
        command += ["--replace"]
    return (*command, *_device(device), "--progress", "json")


def export_words(state: EditorState) -> str:
    """The same as a person would type it in any folder, once the project is saved."""
    project = (state.project or default_project(state)).absolute()
    out = state.export_plan.to.absolute()
    job = replace(state.export, out=out, replaces=False)
    told = export_command(replace(state, export=job), project)
    return shlex.join(["nsg", *told[len(NSG) : -2]])


def demo_command(folder: Path) -> tuple[str, ...]:
    """Write the built-in street."""
    return (*NSG, "demo", str(folder), "--progress", "json")
