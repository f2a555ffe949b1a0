"""Actions about variants: several lists of edits of one drive, side by side.

Which variant is looked at, and how all of them are called, belongs to the steps of the
one history: whatever is done to variants can be undone as any edit can.
"""

from dataclasses import replace

from nsg_core.documents.project import Variant
from nsg_core.edits.edit import replay
from nsg_core.errors import NsgError
from nsg_editor.actions.registry import action
from nsg_editor.actions.seeing import looking
from nsg_editor.derived.beside import (
    MOST,
    beside_names,
    compared_with,
    others_beside,
    variant_scene,
)
from nsg_editor.state import EditorState
from nsg_editor.values import history
from nsg_editor.values.history import Step

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def free_name(variants: tuple[Variant, ...]) -> str:
    """The first letter that no variant has, or a number."""
    names = {one.name for one in variants}
    numbers = (str(i) for i in range(1, len(names) + 2))
    return next(name for name in (*LETTERS, *numbers) if name not in names)


@action("variant")
def variant(state: EditorState, name: str) -> EditorState:
    """Go to another variant of this drive."""
    wanted = _found(state, name)
    if name == state.history.present.variant:
        return state
    return _put(state, wanted, state.history.present.variants, f"Go to variant {name}")


@action("variant-next")
def variant_next(state: EditorState, by: int = 1) -> EditorState:
    """Go to the next variant of this drive."""
    names = [one.name for one in state.history.present.variants]
    if len(names) == 1:
        notice = "There is one variant only; a second one can be made of it."
        return replace(state, notice=notice)
    here = names.index(state.history.present.variant)
    return variant(state, names[(here + by) % len(names)])


@action("variant-new")
def variant_new(
    state: EditorState, name: str | None = None, empty: bool = False
) -> EditorState:
    """Begin another variant as a copy of this one, or from the recording."""
    variants = state.history.present.variants
    name = free_name(variants) if name is None else _fresh(state, name)
    made = Variant(name, () if empty else state.edits)
    here = [one.name for one in variants].index(state.history.present.variant) + 1
    grown = (*variants[:here], made, *variants[here:])
    told = _put(state, made, grown, f"New variant {name}")
    return replace(told, notice=f"This is variant {name}. What it began with stays.")


@action("variant-rename")
def variant_rename(
    state: EditorState, name: str, variant: str | None = None
) -> EditorState:
    """Call a variant something else."""
    old = _found(state, variant or state.history.present.variant)
    if name == old.name:
        return state
    new = Variant(_fresh(state, name), old.edits)
    present = state.history.present
    renamed = tuple(new if v.name == old.name else v for v in present.variants)
    current = name if old.name == present.variant else present.variant
    beside = tuple(name if one == old.name else one for one in state.beside)
    compared = name if state.compared == old.name else state.compared
    label = f"Rename variant {old.name} to {name}"
    step = replace(present, label=label, variant=current, shelf=renamed)
    done = history.put(state.history, step)
    return replace(state, history=done, beside=beside, compared=compared)


@action("variant-delete")
def variant_delete(state: EditorState, name: str | None = None) -> EditorState:
    """Remove a variant and its edits; undo brings it back."""
    present = state.history.present
    gone = _found(state, name or present.variant)
    variants = present.variants
    if len(variants) == 1:
        raise NsgError("the only variant of a drive cannot be deleted.")
    at = [one.name for one in variants].index(gone.name)
    rest = (*variants[:at], *variants[at + 1 :])
    label = f"Delete variant {gone.name}"
    if gone.name == present.variant:
        told = _put(state, rest[max(at - 1, 0)], rest, label)
    else:
        step = replace(present, label=label, shelf=rest)
        told = replace(state, history=history.put(state.history, step))
    return replace(told, notice=f"Variant {gone.name} is gone. Ctrl+Z brings it back.")


@action("variant-compare")
def variant_compare(state: EditorState, name: str | None = None) -> EditorState:
    """Wipe between this variant and another one, the next if none is named; or stop."""
    if name is None and compared_with(state) is not None:
        return looking(state, against="nothing")
    wanted = _found(state, name or _others(state, "compare with")[0])
    here = state.history.present.variant
    if wanted.name == here:
        raise NsgError(f"{here} is the variant that is looked at; name another one.")
    _shown(state, wanted)
    wiped = looking(state, against="before")
    notice = f"{wanted.name} is left of the divider, {here} right of it."
    return replace(wiped, compared=wanted.name, beside=(), notice=notice)


@action("variants-beside")
def variants_beside(
    state: EditorState, names: tuple[str, ...] | None = None, on: bool | None = None
) -> EditorState:
    """Show variants side by side, three at the most; or this one alone again."""
    shown = beside_names(state)
    if on is False or (on is None and names is None and shown):
        return replace(state, beside=())
    here = state.history.present.variant
    wanted = _others(state, "show beside it") if names is None else names
    others = [name for name in dict.fromkeys(wanted) if name != here]
    if len(others) > MOST - 1 and names is not None:
        raise NsgError(f"at most {MOST} variants are shown side by side.")
    for name in others:
        _shown(state, _found(state, name))
    plain = looking(state, against="nothing")
    chosen = (*others[: MOST - 1], here) if others else ()
    return replace(plain, beside=chosen, shown="neural")


@action("variant-beside")
def variant_beside(
    state: EditorState, name: str, on: bool | None = None
) -> EditorState:
    """Show a variant beside the one that is edited, or not any more."""
    wanted = _found(state, name).name
    others = others_beside(state)
    add = wanted not in others if on is None else on
    rest = tuple(other for other in others if other != wanted)
    # Who comes last stays: one too many takes the place of the oldest.
    names = (*rest, wanted)[-(MOST - 1) :] if add else rest
    return variants_beside(state, names)


def _others(state: EditorState, what: str) -> tuple[str, ...]:
    """All variants but this one, the next one first."""
    present = state.history.present
    names = [one.name for one in present.variants]
    at = names.index(present.variant)
    if len(names) == 1:
        raise NsgError(
            f"there is no other variant to {what}; make one with Copy this one."
        )
    return (*names[at + 1 :], *names[:at])


def _shown(state: EditorState, wanted: Variant) -> None:
    """NsgError where the edits of a variant cannot be shown."""
    if variant_scene(state, wanted.name) is None:
        replay(state.drive.recording, wanted.edits)


def _found(state: EditorState, name: str) -> Variant:
    variants = state.history.present.variants
    for one in variants:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in variants)
    raise NsgError(f"there is no variant {name!r}; the variants are: {known}.")


def _fresh(state: EditorState, name: str) -> str:
    name = name.strip()
    if not name:
        raise NsgError("a variant needs a name.")
    if any(one.name == name for one in state.history.present.variants):
        raise NsgError(f"there is a variant {name!r} already; choose another name.")
    return name


def _put(
    state: EditorState, wanted: Variant, shelf: tuple[Variant, ...], label: str
) -> EditorState:
    """Another list of edits becomes the present."""
    closed = history.commit(state.history)
    scene = replay(state.drive.recording, wanted.edits)
    there = {node.track_id for node in scene.objects}
    selection = state.selection if state.selection in there else None
    step = Step(label, wanted.edits, scene, selection, wanted.name, shelf)
    new = history.put(closed, step)
    others = state.others & there
    went = replace(state, history=new, selection=selection, others=others, hover=None)
    return _seen_from(went, state.history.present.variant)


def _seen_from(state: EditorState, before: str) -> EditorState:
    """What is shown with a variant goes on being shown with the next one."""
    here = state.history.present.variant
    # Who goes to the other side of a divider looks back from there.
    compared = before if state.compared == here else state.compared
    beside = state.beside
    if beside:
        beside = (
            *(name for name in beside if name not in (before, here)),
            before,
            here,
        )
    return replace(state, compared=compared, beside=beside)
