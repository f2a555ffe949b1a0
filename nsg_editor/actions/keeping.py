"""Actions about keeping work: saving it, and leaving a drive for good or for another.

These only say what is wanted; `effects` sees the change and does it. Nobody leaves
edits that no file holds, or a job that runs, without having been asked.
"""

import os
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Literal

from nsg_core.documents.project import Variant
from nsg_core.documents.record import frames_from_text
from nsg_editor.actions.registry import action
from nsg_editor.state import Dialog, EditorState, Target, Wish
from nsg_editor.values.plans import Job


@action("save")
def save(state: EditorState, to: Path | None = None) -> EditorState:
    """Keep the edits in a project file."""
    path = to or state.project or default_project(state)
    return replace(state, saving=path)


@action("save-as")
def save_as(state: EditorState, on: bool = True) -> EditorState:
    """Keep the edits in a project file of another name."""
    return replace(state, front=replace(state.front, save_as=on))


def default_project(state: EditorState) -> Path:
    """Where a drive's edits are kept unless told otherwise.

    A project of that name from another day is other work: it stays as it is.
    """
    name = state.drive.title.replace(" ", "-")
    path = Path.cwd() / f"{name}.nsgproj"
    others = (path.with_name(f"{name}-{number}.nsgproj") for number in count(2))
    return next(p for p in chain((path,), others) if not os.path.exists(p))


@action("saved", internal=True)
def saved(state: EditorState, path: Path, variants: tuple[Variant, ...]) -> EditorState:
    """The project file is written; who saved in order to leave may go now."""
    told = f"Saved {path}."
    kept = replace(state, saving=None, project=path, saved=variants, notice=told)
    return kept if kept.wish is None else _go(kept, kept.wish)


@action("save-failed", internal=True)
def save_failed(state: EditorState, text: str) -> EditorState:
    """The project file could not be written; nothing of it was changed."""
    dialog = Dialog("Could not save", text, remedy="save-as")
    return replace(state, saving=None, wish=None, dialog=dialog)


@action("quit")
def leave(state: EditorState) -> EditorState:
    """Close the editor, whatever is not saved."""
    return replace(state, quitting=True)


@action("close")
def close(state: EditorState) -> EditorState:
    """Close the editor, but ask first where something would be lost."""
    return _leave(state, Wish())


@action("open-dialog")
def open_dialog(state: EditorState, on: bool = True) -> EditorState:
    """Choose another drive or project."""
    return replace(state, choosing=on)


@action("open")
def open_another(
    state: EditorState,
    path: Path,
    sequence: str | None = None,
    frames: str | None = None,
    data: Path | None = None,
) -> EditorState:
    """Open another drive or project in place of this one.

    `data`: where a project's data set is now, if it was moved.
    """
    span = frames_from_text(frames) if frames else None
    path = Path(os.path.expanduser(path))
    moved = None if data is None else Path(os.path.expanduser(data)).absolute()
    return replace(state, wanted=Target(path, sequence or None, span, moved))


@action("found", internal=True)
def found(state: EditorState, target: Target) -> EditorState:
    """What is to be opened can be opened."""
    return _leave(replace(state, wanted=None, choosing=False), Wish(target))


@action("not-found", internal=True)
def not_found(state: EditorState, text: str) -> EditorState:
    """What is to be opened cannot be opened; this drive stays."""
    return replace(state, wanted=None, dialog=Dialog("Could not open it", text))


@action("answer")
def answer(
    state: EditorState, choice: Literal["save", "discard", "stay"]
) -> EditorState:
    """Answer whether to save before leaving."""
    wish = state.wish
    if wish is None:
        return replace(state, notice="Nothing was asked.")
    if choice == "stay":
        return replace(state, wish=None)
    return save(state) if choice == "save" else _go(state, wish)


def _leave(state: EditorState, wish: Wish) -> EditorState:
    """Go at once, or ask."""
    if state.dirty or ends_with_editor(state.train) or state.export.busy:
        return replace(state, wish=wish)
    return _go(state, wish)


def _go(state: EditorState, wish: Wish) -> EditorState:
    return replace(state, wish=None, then=wish.target, quitting=True)


def question(state: EditorState) -> str:
    """What is asked before a drive is left."""
    jobs = {"training": state.train, "export": state.export}
    running = [name for name, job in jobs.items() if ends_with_editor(job)]
    words: list[str] = []
    if state.dirty:
        where = state.project or default_project(state)
        words.append(f"There are edits that no file holds. Save them to {where}?")
    if running:
        what = " and an ".join(running)
        words.append(f"A running {what} will be ended; what it has finished is kept.")
    if state.train.busy and state.train.goes_on:
        words.append("The training goes on; the next start of the editor finds it.")
    return "\n".join(words)


def ends_with_editor(job: Job) -> bool:
    """It runs, and would be ended when the editor is."""
    return job.busy and not job.goes_on
