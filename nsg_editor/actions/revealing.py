"""Actions that show written files, and pages, in the system's own programs."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from nsg_core.errors import NsgError
from nsg_editor.actions.registry import action
from nsg_editor.state import Dialog, EditorState

What = Literal["export", "video", "runs", "project"]


@action("open-folder")
def open_folder(state: EditorState, what: What = "export") -> EditorState:
    """Show the folder of the export, the video, the trainings or the project."""
    return replace(state, front=replace(state.front, revealing=_folder(state, what)))


def _folder(state: EditorState, what: What) -> Path:
    """Where files of that kind were written to."""
    if what == "runs":
        return state.drive.runs.absolute()
    if what == "project":
        if state.project is None:
            raise NsgError("nothing is saved yet; Ctrl+S keeps the edits in a file.")
        return state.project.absolute().parent
    job = state.export if what == "export" else state.film
    if job.out is None:
        todo = "press Export" if what == "export" else "press Render video"
        raise NsgError(f"no {what} was written yet; {todo}.")
    return job.out.absolute()


@action("open-board")
def open_board(state: EditorState) -> EditorState:
    """Show TensorBoard's page in the browser."""
    if state.board.status != "there":
        raise NsgError("TensorBoard is not running; start it in the panel Runs.")
    return replace(state, front=replace(state.front, revealing=state.board.text))


@action("folder-opened", internal=True)
def folder_opened(state: EditorState, problem: str = "") -> EditorState:
    """The folder is on its way to the screen, or cannot be shown."""
    done = replace(state, front=replace(state.front, revealing=None))
    if not problem:
        return done
    return replace(done, dialog=Dialog("Could not be opened", problem))
