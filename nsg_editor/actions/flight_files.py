"""Actions about files of camera paths: opening and saving them."""

from dataclasses import replace
from pathlib import Path

from nsg_core.cameras.path import CameraPath
from nsg_core.documents.camera_file import Up
from nsg_editor.actions.flying import path_of, with_path
from nsg_editor.actions.registry import action
from nsg_editor.state import Dialog, EditorState


@action("camera-path-save")
def camera_path_save(state: EditorState, to: Path, over: bool = False) -> EditorState:
    """Write the camera path to a file; nerfstudio's form if its name says so.

    Before another file is replaced somebody is asked, unless `over` says that it may.
    """
    path_of(state)
    may = to if over or to == state.flight.file else None
    flight = replace(state.flight, writing=to, may_replace=may, taken=None)
    return replace(state, flight=flight)


@action("camera-path-keep")
def camera_path_keep(state: EditorState) -> EditorState:
    """Do not write the camera path over the file that is there."""
    return replace(state, flight=replace(state.flight, taken=None))


@action("camera-path-taken", internal=True)
def camera_path_taken(state: EditorState, path: Path) -> EditorState:
    """There is a camera path in that file already."""
    flight = replace(state.flight, writing=None, taken=path)
    told = f"{path} is there already; replace it?"
    return replace(state, flight=flight, notice=told)


@action("camera-path-load")
def camera_path_load(state: EditorState, path: Path, up: Up = "z") -> EditorState:
    """Read a camera path from a file: this program's, or nerfstudio's."""
    flight = replace(state.flight, loading=path, up=up, taken=None)
    return replace(state, flight=flight)


@action("camera-path-read", internal=True)
def camera_path_read(
    state: EditorState,
    path: CameraPath | None,
    problem: str = "",
    assumed: str = "",
) -> EditorState:
    """A file with a camera path was read; what was assumed about its world."""
    file = state.flight.loading
    flight = replace(state.flight, loading=None, key=None)
    if path is None:
        failed = replace(state, flight=flight)
        return replace(failed, dialog=Dialog("Could not read the camera path", problem))
    state = replace(state, flight=replace(flight, file=file))
    done = with_path(state, path, f"Open a camera path of {len(path.keys)} keys")
    said = f"The camera path has {len(path.keys)} keys. {assumed}".strip()
    if not assumed:
        return replace(done, notice=said)
    # More than a line, and nothing that one should miss.
    return replace(done, dialog=Dialog("The camera path of nerfstudio", said))


@action("camera-path-written", internal=True)
def camera_path_written(
    state: EditorState, path: Path, problem: str = ""
) -> EditorState:
    """The camera path was written to a file."""
    flight = replace(state.flight, writing=None)
    if problem:
        failed = replace(state, flight=flight)
        return replace(
            failed, dialog=Dialog("Could not write the camera path", problem)
        )
    notice = f"The camera path is in {path}."
    return replace(state, flight=replace(flight, file=path), notice=notice)
