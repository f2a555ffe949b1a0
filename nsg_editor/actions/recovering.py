"""Actions about edits that a crashed editor left behind."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal

from nsg_core.documents.project import Variant
from nsg_core.edits.edit import replay
from nsg_core.errors import NsgError
from nsg_editor.actions.registry import action
from nsg_editor.state import EditorState, Target
from nsg_editor.values import history
from nsg_editor.values.cast import expected_guests
from nsg_editor.values.history import Step
from nsg_editor.values.journal import Lost
from nsg_editor.values.naming import step_label


@action("lost-found", internal=True)
def lost_found(state: EditorState, lost: tuple[Lost, ...]) -> EditorState:
    """Editors have left edits behind."""
    return replace(state, front=replace(state.front, lost=lost))


@action("recover")
def recover(
    state: EditorState, choice: Literal["recover", "discard", "later"] = "recover"
) -> EditorState:
    """Take up the edits that a crash left behind, or not."""
    if not state.front.lost:
        return replace(state, notice="No edits were left behind.")
    found, *rest = state.front.lost
    front = replace(state.front, lost=tuple(rest))
    if choice == "later":
        notice = "They are asked about again at the next start."
        return replace(state, front=front, notice=notice)
    if choice == "discard":
        gone = (*front.discarded, found.path)
        return replace(state, front=replace(front, discarded=gone))
    if not (_same_drive(state, found) and _same_file(state, found)):
        # It is asked for what is unsaved here, then that drive opens in place of this.
        return replace(state, front=front, wanted=Target(found.path))
    front = replace(front, adopted=(*front.adopted, found.path))
    return replace(_taken_up(state, found), front=front)


def _same_drive(state: EditorState, found: Lost) -> bool:
    drive, project = state.drive, found.project
    here = (drive.data, drive.name, drive.frames)
    return here == (project.data, project.sequence, project.frames)


def _same_file(state: EditorState, found: Lost) -> bool:
    """Saving would not put the work of one project into the file of another."""
    if state.project is None:
        return True
    file = found.file
    return file is not None and file.absolute() == state.project.absolute()


def _taken_up(state: EditorState, found: Lost) -> EditorState:
    """Its edits in place of the present ones, as a step that can be undone."""
    project = found.project
    scene = replay(state.drive.recording, project.edits)
    variants = project.variants or (Variant(project.variant, project.edits),)
    label = f"Recover edits of {moment(found.at)}"
    step = Step(label, project.edits, scene, None, project.variant, variants)
    closed = history.commit(state.history)
    return replace(
        state,
        history=history.put(closed, step),
        selection=None,
        others=frozenset(),
        hover=None,
        project=state.project or found.file,
        cast=replace(state.cast, expected=expected_guests(project)),
        notice=f"Recovered {counted(found.count)}.",
    )


def question(
    state: EditorState, found: Lost, now: datetime | None = None
) -> tuple[str, str]:
    """What is asked about edits that were left behind, in short and in full."""
    now = now or datetime.now()
    words = f"{found.title}: {counted(found.count)}{_where(found)}"
    words += f', the last one "{_last(state, found)}".' if found.project.edits else "."
    words += f"\nThe editor ended before they were saved, {ago(now - found.at)}."
    if found.file is not None:
        words += f"\nThey belong to {found.file}."
    return f"Recover edits of {moment(found.at, now.date())}?", words


def _where(found: Lost) -> str:
    """In which variants they are, if there is more than one."""
    variants = found.project.variants
    parts = [f"{len(v.edits)} in {v.name}" for v in variants if v.edits]
    return f" ({', '.join(parts)})" if parts and len(variants) > 1 else ""


def _last(state: EditorState, found: Lost) -> str:
    """What the last edit is called, with names where the drive is open."""
    edits, recording = found.project.edits, state.drive.recording
    if _same_drive(state, found):
        with suppress(NsgError):
            return step_label(edits[-1:], recording, replay(recording, edits))
    return edits[-1].label


def counted(edits: int) -> str:
    """So many edits."""
    return "1 edit" if edits == 1 else f"{edits} edits"


def ago(since: timedelta) -> str:
    """How long ago, in the largest unit that it is one of."""
    minutes = int(since.total_seconds() // 60)
    for unit, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes >= size:
            many = minutes // size
            return f"{many} {unit}s ago" if many > 1 else f"1 {unit} ago"
    return "just now"


def moment(at: datetime, today: date | None = None) -> str:
    """The time, and the day if it is another one."""
    time = at.strftime("%H:%M")
    same = at.date() == (today or date.today())
    return time if same else f"{time} on {at.day} {at.strftime('%B')}"
