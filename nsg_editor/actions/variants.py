"""Actions about variants: several lists of edits of one drive, side by side.

Which variant is looked at, and how all of them are called, belongs to the steps of the
one history: whatever is done to variants can be undone as any edit can.
"""

from dataclasses import replace

from nsg_core.edits import replay
from nsg_core.errors import NsgError
from nsg_core.project import Variant
from nsg_editor.actions.registry import action
from nsg_editor.actions.seeing import looking
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
    label = f"Rename variant {old.name} to {name}"
    step = replace(present, label=label, variant=current, shelf=renamed)
    return replace(state, history=history.put(state.history, step))


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
    present = state.history.present
    if name is None and state.compared is not None:
        return looking(state, against="nothing")
    others = [one.name for one in present.variants if one.name != present.variant]
    if not others:
        raise NsgError("there is no other variant to compare with.")
    wanted = _found(state, name or others[0])
    scene = replay(state.drive.recording, wanted.edits)
    step = Step(f"Variant {wanted.name}", wanted.edits, scene, variant=wanted.name)
    return replace(looking(state, against="before"), compared=step)


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
    return replace(state, history=new, selection=selection, others=others, hover=None)
