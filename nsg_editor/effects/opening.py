"""From what the user names to the first state: a folder, a project, or the street."""

import importlib.util
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from nsg_core.datasets.opening import open_sequence
from nsg_core.documents.project import (
    FIRST_VARIANT,
    SUFFIX,
    Project,
    Variant,
    load_project,
    save_project,
)
from nsg_core.errors import NsgError
from nsg_editor.state import Drive, EditorState, open_drive_state
from nsg_editor.values.cast import expected_guests
from nsg_editor.values.journal import SUFFIX as JOURNAL
from nsg_editor.values.journal import read_journal
from nsg_editor.values.settings import load_settings

Frames = tuple[int, int] | None


def open_path(
    path: Path,
    sequence: str | None = None,
    frames: Frames = None,
    checkpoint: Path | None = None,
    data: Path | None = None,
) -> EditorState:
    """The first state of a data folder or a project file.

    `data`: where a project's data set is now, if it was moved.
    """
    if path.resolve() == street_folder().resolve() and sequence is frames is None:
        return open_street(checkpoint)
    if path.suffix == JOURNAL:
        return _open_journal(path)
    if path.suffix == SUFFIX or os.path.isfile(path):
        return _open_project(path, sequence, frames, checkpoint, data)
    if data is not None:
        raise NsgError(f"{path} is no project, so it cannot have its data in {data}.")
    if checkpoint is not None and not os.path.isfile(checkpoint):
        raise NsgError(f"there is no checkpoint {checkpoint}.")
    drive = _drive(path, sequence, frames)
    return open_drive_state(drive, checkpoint=checkpoint or newest(drive))


def _open_project(
    path: Path,
    sequence: str | None,
    frames: Frames,
    checkpoint: Path | None,
    data: Path | None,
) -> EditorState:
    project = load_project(path)
    if data is None and not os.path.isdir(project.data):
        raise NsgError(
            f"{path} has its data in {project.data}, and there is no such folder. "
            'If it was moved, say where it is now: under "Data" where the project is '
            "opened, or by --data FOLDER."
        )
    project = replace(
        project,
        data=data or project.data,
        sequence=sequence or project.sequence,
        frames=frames or project.frames,
        checkpoint=checkpoint or project.checkpoint,
    )
    state = _project_state(project, path)
    # The file still names the old folder: this is worth being saved.
    return state if data is None else replace(state, saved=())


def _open_journal(path: Path) -> EditorState:
    """What an editor left behind, as it was: not saved, for its project's file."""
    lost = read_journal(path)
    state = _project_state(lost.project, lost.file)
    front = replace(state.front, adopted=(path,))
    return replace(state, saved=_saved(lost.file), front=front)


def _saved(file: Path | None) -> tuple[Variant, ...]:
    """What a project's file holds at this moment."""
    try:
        project = None if file is None else load_project(file)
    except NsgError:
        project = None
    if project is None:
        return (Variant(FIRST_VARIANT),)
    return project.variants or (Variant(project.variant, project.edits),)


def _project_state(project: Project, path: Path | None) -> EditorState:
    drive = _drive(project.data, project.sequence, project.frames)
    if project.data.resolve() == street_folder().resolve():
        drive = replace(drive, builtin=True, runs=_runs(cache_folder() / "runs"))
    state = open_drive_state(
        drive,
        project.edits,
        path,
        project.checkpoint,
        project.variant,
        project.variants,
    )
    cast = replace(state.cast, expected=expected_guests(project))
    state = replace(state, cast=cast)
    return _resume(state, project.frame, project.camera)


def _resume(state: EditorState, frame: int | None, camera: str) -> EditorState:
    """Where the user was, as far as that is still there."""
    if frame is not None and frame in state.scene.frames:
        state = replace(state, frame=frame)
    if camera in {c.name for c in state.scene.cameras}:
        state = replace(state, camera=camera)
    return state


def _drive(path: Path, name: str | None, frames: Frames) -> Drive:
    sequence = open_sequence(path, name, frames)
    runs = _runs(Path.cwd() / "runs")
    data = Path(os.path.abspath(path))
    return Drive(sequence.scene, sequence, data, name, frames, runs)


def _runs(usual: Path) -> Path:
    """The folder that was chosen for trainings, or the usual one."""
    chosen = load_settings().runs
    return Path(chosen) if chosen else usual


def newest(drive: Drive) -> Path | None:
    """Weights that were trained here for this drive before, if there are any."""
    name = drive.title.replace(" ", "-")
    found = drive.runs.glob(f"{name}-*/checkpoint.safetensors")
    return max(found, key=lambda p: p.stat().st_mtime, default=None)


def cache_folder() -> Path:
    """Where this program keeps what it can make again."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "nsg-editor"


def street_folder() -> Path:
    """The built-in street's data."""
    return cache_folder() / "street"


def street_checkpoint() -> Path | None:
    """The weights that come with the program, or None where they were left out."""
    package = importlib.util.find_spec("nsg_editor")
    assert package is not None
    assert package.origin is not None
    root = Path(package.origin).parent.parent
    for folder in (root / "assets", Path(sys.prefix) / "share" / "nsg-editor"):
        path = folder / "street.safetensors"
        if os.path.isfile(path):
            return path
    return None


def street_is_there() -> bool:
    """The street's data is whole: its folder is only renamed to once it is."""
    return street_folder().is_dir()


def open_street(checkpoint: Path | None = None) -> EditorState:
    """The first state of the built-in street."""
    drive = _drive(street_folder(), None, None)
    drive = replace(drive, builtin=True, runs=_runs(cache_folder() / "runs"))
    chosen = checkpoint or newest(drive) or street_checkpoint()
    return open_drive_state(drive, checkpoint=chosen)


def project_of(state: EditorState) -> Project:
    """The state as a project file keeps it."""
    drive = state.drive
    return Project(
        drive.data,
        drive.name,
        drive.frames,
        state.model.path,
        state.edits,
        state.camera,
        state.frame,
        state.history.present.variant,
        state.history.present.variants,
        (*state.cast.invited, *state.cast.expected),
    )


def is_kept(state: EditorState) -> bool:
    """The project's file says what the editor would export."""
    if state.project is None or state.dirty:
        return False
    try:
        found = load_project(state.project)
    except NsgError:
        return False
    return _exported(found) == _exported(project_of(state))


def _exported(project: Project) -> tuple[object, ...]:
    paths = (project.data, project.checkpoint, *project.guests)
    named = [path and os.path.abspath(path) for path in paths]
    return named, project.sequence, project.frames, project.edits


def keep_unsaved(state: EditorState) -> Path | None:
    """Write edits that no project file holds, when the editor ends; where to."""
    if not state.dirty:
        return None
    name = f"{state.drive.title.replace(' ', '-')}-{time.strftime('%Y%m%d-%H%M%S')}"
    path = cache_folder() / "unsaved" / f"{name}{SUFFIX}"
    save_project(path, project_of(state))
    return path
