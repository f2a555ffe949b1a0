"""What an export will meet: what it writes, what is there, how much room is left."""

import os
import shutil
from pathlib import Path

from nsg_core.errors import NsgError
from nsg_core.export.drive import count_finished
from nsg_core.export.manifest import NAME, differing, origin
from nsg_core.export.plan import Origin, Plan
from nsg_core.files import read_json
from nsg_editor.state import EditorState
from nsg_editor.values.plans import Precheck

ROOM_TO_TRAIN = 250_000_000
"""Bytes: a model of the fast preset, its optimiser, and both once more while they are
written; the paper's networks are smaller."""


def plan_of(state: EditorState, exact: bool = True) -> Plan:
    """The export that the state plans; without `exact` the weights have no name."""
    chosen, scene = state.export_plan, state.history.present.scene
    first, last = chosen.frames or (scene.frames[0], scene.frames[-1])
    path = state.model.path
    if path is None:
        raise NsgError("there is no trained model to draw the export with.")
    return Plan(
        scene,
        state.edits,
        origin(path) if exact else Origin(path.name, ""),
        tuple(f for f in scene.frames if first <= f <= last),
        chosen.cameras or (scene.cameras[0].name,),
        chosen.scale,
        chosen.samples,
        "video" in chosen.outputs,
        tuple(name for name in chosen.outputs if name != "video"),
    )


def look_ahead(state: EditorState) -> Precheck:
    """What to ask before an export begins; NsgError becomes a refusal in words."""
    try:
        return _looked(state, plan_of(state))
    except (NsgError, OSError) as error:
        return Precheck("refuse", str(error))


def _looked(state: EditorState, plan: Plan) -> Precheck:
    folder = state.export_plan.to
    if os.path.exists(folder) and not os.path.isdir(folder):
        return Precheck("refuse", f"{folder} is a file. Choose a folder.")
    done = 0
    held = os.path.isdir(folder) and any(
        item for item in folder.iterdir() if not item.name.startswith(".")
    )
    if held:
        if not os.path.exists(folder / NAME):
            told = f"{folder} holds other files, which an export does not touch."
            return Precheck("refuse", told)
        found = read_json(folder / NAME)
        other = differing(found, plan) if isinstance(found, dict) else ["content"]
        if other:
            told = f"{folder} holds an export with other {', '.join(other)}."
            return Precheck("refuse", told, replaces=True)
        done = count_finished(plan, folder)
    frames = len(plan.frames) - done
    if held and not frames:
        return Precheck("ask", f"All {done} frames are in {folder} already.")
    needed, free = plan.needed_bytes * frames, free_bytes(folder)
    if needed > 0.9 * free:
        told = (
            f"This takes about {size_text(needed)}; {size_text(free)} are free. Free "
            "some space, or choose a folder on another disk, fewer frames or a "
            "smaller resolution."
        )
        status = "refuse" if needed > free else "ask"
        return Precheck(status, told, beside=False)
    if done:
        told = f"{done} of {len(plan.frames)} frames are there; {frames} are left."
        return Precheck("ask", told)
    return Precheck("clear")


def check_room(run: Path) -> None:
    """NsgError where a training would find no room for what it has learned."""
    free = free_bytes(run)
    if free < ROOM_TO_TRAIN:
        raise NsgError(
            f"a training needs about {size_text(ROOM_TO_TRAIN)} for its checkpoints, "
            f"and {size_text(free)} are free for {run.parent}. Free some space, or "
            "choose a folder on another disk (Runs, Folder)."
        )


def free_bytes(folder: Path) -> int:
    """Room on the disk that a folder lies on, or will."""
    folder = folder.absolute()
    while not os.path.exists(folder):
        folder = folder.parent
    return shutil.disk_usage(folder).free


def size_text(amount: float) -> str:
    """Bytes, for people."""
    if amount >= 1e9:
        return f"{amount / 1e9:.1f} GB"
    return f"{amount / 1e6:.0f} MB" if amount >= 1e6 else f"{amount / 1e3:.0f} kB"


def estimate(state: EditorState) -> str:
    """How much the planned export writes, in one line."""
    try:
        plan = plan_of(state, exact=False)
    except NsgError:
        return ""
    view = plan.view(plan.cameras[0], plan.frames[0])
    size = size_text(plan.needed_bytes * len(plan.frames))
    free = size_text(free_bytes(state.export_plan.to))
    count = f"{len(plan.frames)} frames of {view.width}x{view.height}"
    return f"{count}: about {size}, {free} are free"


def beside(folder: Path) -> Path:
    """A folder beside one that is taken."""
    for number in range(2, 1000):
        other = folder.with_name(f"{folder.name}-{number}")
        if not os.path.exists(other):
            return other
    raise NsgError(f"there are a thousand exports beside {folder}; delete some.")
