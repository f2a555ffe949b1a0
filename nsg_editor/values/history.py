"""Undo and redo: lists of whole scenes, which share everything that did not change.

There is no inverse of an edit to write or to get wrong. A *gesture* (mouse down to
mouse up, a key held, a number typed) is one step however many values it passes
through: `begin` remembers where it started, each `propose` replaces the present by
edits on top of that, and `commit` or `abort` ends it.
"""

from dataclasses import dataclass, replace
from itertools import takewhile

from nsg_core.documents.project import FIRST_VARIANT, Variant
from nsg_core.edits.edit import Duplicate, Edit, replay
from nsg_core.scene import Scene
from nsg_editor.values.naming import step_label

STEPS = 1000
"""How many steps can be undone; the oldest fall off."""
RECENT = 32
"""So many past steps have their scenes at hand."""
APART = 256
"""Of the older ones those keep their scene whose edits pass a multiple of this. A moved
track of some hundred frames takes 60 kB: a thousand of them would be more than they are
worth, while to replay so many edits takes a moment, once for `RECENT` steps."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A step without its scene, which its edits can bring back."""

    label: str
    edits: tuple[Edit, ...]
    """All edits since the recording, in order."""
    selection: int | None = None
    variant: str = FIRST_VARIANT
    """What this list of edits is called."""
    shelf: tuple[Variant, ...] = ()
    """All variants in the user's order, with the edits that they had when they were
    left; empty: there is but this one."""

    @property
    def variants(self) -> tuple[Variant, ...]:
        """All variants as they are."""
        mine = Variant(self.variant, self.edits)
        shelf = self.shelf or (mine,)
        return tuple(mine if v.name == self.variant else v for v in shelf)


@dataclass(frozen=True, slots=True)
class Step:
    """The scene after some edits, and what was selected then."""

    label: str
    edits: tuple[Edit, ...]
    scene: Scene
    selection: int | None = None
    variant: str = FIRST_VARIANT
    shelf: tuple[Variant, ...] = ()

    @property
    def trace(self) -> Trace:
        """The same without the scene."""
        return Trace(self.label, self.edits, self.selection, self.variant, self.shelf)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """All variants as they are."""
        return self.trace.variants


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What was, what is, and what was undone.

    Two are equal if they lead to the same scenes, whichever of these are at hand.
    """

    present: Step
    origin: Scene
    """The recording that all edits began with."""
    past: tuple[Step | Trace, ...] = ()
    future: tuple[Step | Trace, ...] = ()
    """The next step to redo is the last one."""
    base: Step | None = None
    """Where the open gesture began; None: no gesture is open."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, History):
            return NotImplemented
        same = (self.present, self.base) == (other.present, other.base)
        return same and self.traces() == other.traces()

    def __hash__(self) -> int:
        return hash((self.present.label, len(self.past), len(self.future)))

    def traces(self) -> tuple[int, list[Trace]]:
        """All steps without their scenes, and which is the present one."""
        return len(self.past), [_trace(step) for step in self.steps]

    @property
    def steps(self) -> tuple[Step | Trace, ...]:
        """All of them in order; the present one is at `len(past)`."""
        return (*self.past, self.present, *reversed(self.future))


def start(
    recording: Scene,
    edits: tuple[Edit, ...] = (),
    variant: str = FIRST_VARIANT,
    shelf: tuple[Variant, ...] = (),
) -> History:
    """A history that begins with edits that were made earlier."""
    scene = replay(recording, edits)
    step = Step("Opened", edits, scene, variant=variant, shelf=shelf)
    return History(step, recording)


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
    present = replace(
        base,
        label=step_label(edits, base.scene, scene),
        edits=base.edits + edits,
        scene=scene,
        selection=selection,
    )
    return replace(history, present=present)


def copied(history: History) -> tuple[Duplicate, ...]:
    """The copies that the open gesture began with, and moves."""
    base = history.base
    done = () if base is None else history.present.edits[len(base.edits) :]
    first = takewhile(lambda edit: isinstance(edit, Duplicate), done)
    return tuple(edit for edit in first if isinstance(edit, Duplicate))


def commit(history: History) -> History:
    """Close the gesture; it becomes one step if it changed the scene."""
    base = history.base
    if base is None:
        return history
    if history.present.scene == base.scene:
        return replace(history, present=base, base=None)
    return History(history.present, history.origin, _grown(history.past, base))


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


def put(history: History, step: Step) -> History:
    """A step that is no edit of the present scene, as another variant."""
    closed = commit(history)
    return History(step, closed.origin, _grown(closed.past, closed.present))


def undo(history: History) -> History:
    """One step back; within a gesture, take that back instead."""
    if history.base is not None:
        return abort(history)
    return jump(history, len(history.past) - 1) if history.past else history


def redo(history: History) -> History:
    """One step forward again."""
    if history.base is not None or not history.future:
        return history
    return _forward(history)


def jump(history: History, to: int) -> History:
    """To a step of `steps`, in the past or among those that were undone."""
    history = abort(history)
    now = len(history.past)
    if to >= now:
        for _ in range(to - now):
            history = _forward(history)
        return history
    later = (*history.past[to + 1 :], history.present)
    undone = tuple(
        _trace(step) if _follows(step, one) else step
        for one, step in zip(history.past[to:], later, strict=True)
    )
    future = (*history.future, *reversed(undone))
    present = history.past[to]
    past = history.past[:to]
    if isinstance(present, Trace):
        past = _revived(history, to)
        past, present = past[:-1], past[-1]
        assert isinstance(present, Step)
    return History(present, history.origin, past, future)


def _forward(history: History) -> History:
    here, step = history.present, history.future[-1]
    if isinstance(step, Trace):
        more = step.edits[len(here.edits) :]
        step = _step(step, replay(here.scene, more))
    past = _grown(history.past, here)
    return History(step, history.origin, past, history.future[:-1])


def _grown(past: tuple[Step | Trace, ...], step: Step) -> tuple[Step | Trace, ...]:
    """A past with one more step, for which an older one may give its scene away."""
    old = len(past) - RECENT
    if old <= 0:
        return (*past, step)
    before, fading = past[old - 1 : old + 1]
    apart = len(before.edits) // APART != len(fading.edits) // APART
    if not apart and _follows(fading, before):
        past = (*past[:old], _trace(fading), *past[old + 1 :])
    return (*past, step)[-STEPS:]


def _follows(step: Step | Trace, one: Step | Trace) -> bool:
    """Its edits are those of the other step, and some more."""
    return step.edits[: len(one.edits)] == one.edits


def _revived(history: History, to: int) -> tuple[Step | Trace, ...]:
    """The past up to a step, the last ones with their scenes."""
    # What gave its scene away follows the one before it, back to one that did not;
    # the oldest of those may have fallen off.
    last = (i for i in range(to, -1, -1) if isinstance(history.past[i], Step))
    known = next(last, -1)
    done, scene = 0, history.origin
    if known >= 0:
        step = history.past[known]
        assert isinstance(step, Step)
        done, scene = len(step.edits), step.scene
    steps = list(history.past[: to + 1])
    for i in range(known + 1, to + 1):
        step = steps[i]
        scene = replay(scene, step.edits[done:])
        done = len(step.edits)
        if i > to - RECENT:
            steps[i] = _step(_trace(step), scene)
    return tuple(steps)


def _trace(step: Step | Trace) -> Trace:
    return step.trace if isinstance(step, Step) else step


def _step(trace: Trace, scene: Scene) -> Step:
    return Step(
        trace.label, trace.edits, scene, trace.selection, trace.variant, trace.shelf
    )
