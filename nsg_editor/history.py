"""Undo and redo: lists of whole scenes, which share everything that did not change.

There is no inverse of an edit to write or to get wrong. A *gesture* (mouse down to
mouse up, a key held, a number typed) is one step however many values it passes
through: `begin` remembers where it started, each `propose` replaces the present by
edits on top of that, and `commit` or `abort` ends it.
"""

from dataclasses import dataclass, replace

from nsg_core.edits import Edit, replay
from nsg_core.scene import Scene

STEPS = 1000
"""How many steps can be undone; the oldest fall off."""


@dataclass(frozen=True, slots=True)
class Step:
    """The scene after some edits, and what was selected then."""

    label: str
    edits: tuple[Edit, ...]
    """All edits since the recording, in order."""
    scene: Scene
    selection: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What was, what is, and what was undone."""

    present: Step
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
    """The next step to redo is the last one."""
    base: Step | None = None
    """Where the open gesture began; None: no gesture is open."""


def start(recording: Scene, edits: tuple[Edit, ...] = ()) -> History:
    """A history that begins with edits that were made earlier."""
    return History(Step("Opened", edits, replay(recording, edits)))


def begin(history: History, selection: int | None) -> History:
    """Open a gesture; an open one is closed first."""
    history = commit(history)
    present = replace(history.present, selection=selection)
    return replace(history, present=present, base=present)


def propose(
    history: History, edits: tuple[Edit, ...], selection: int | None
) -> History:
    """Replace what the open gesture did so far by `edits`."""
    base = history.base
    assert base is not None, "edits are proposed within a gesture"
    if not edits:
        return replace(history, present=base)
    scene = replay(base.scene, edits)
    present = Step(edits[-1].label, base.edits + edits, scene, selection)
    return replace(history, present=present)


def commit(history: History) -> History:
    """Close the gesture; it becomes one step if it changed the scene."""
    base = history.base
    if base is None:
        return history
    if history.present.scene == base.scene:
        return replace(history, present=base, base=None)
    past = (*history.past, base)[-STEPS:]
    return History(history.present, past)


def abort(history: History) -> History:
    """Close the gesture and take back all that it did."""
    base = history.base
    return history if base is None else replace(history, present=base, base=None)


def do(
    history: History,
    edits: tuple[Edit, ...],
    selection: int | None,
    selection_after: int | None,
) -> History:
    """A gesture of one moment."""
    opened = begin(history, selection)
    return commit(propose(opened, edits, selection_after))


def undo(history: History) -> History:
    """One step back; within a gesture, take that back instead."""
    if history.base is not None:
        return abort(history)
    if not history.past:
        return history
    future = (*history.future, history.present)
    return History(history.past[-1], history.past[:-1], future)


def redo(history: History) -> History:
    """One step forward again."""
    if history.base is not None or not history.future:
        return history
    past = (*history.past, history.present)
    return History(history.future[-1], past, history.future[:-1])
