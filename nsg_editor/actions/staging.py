"""Actions of manoeuvres: set one up, do it, and do it again with other parameters."""

from collections.abc import Mapping
from dataclasses import replace

from nsg_core.edits.edit import Edit, replay
from nsg_core.errors import NsgError
from nsg_core.manoeuvres.settings import make, values_of
from nsg_core.manoeuvres.stage import VEHICLES
from nsg_core.manoeuvres.table import RECIPES, Manoeuvre, plan, recipe
from nsg_core.scene import Scene
from nsg_editor.actions.registry import action
from nsg_editor.state import EditorState
from nsg_editor.values import history
from nsg_editor.values.timing import Staging

PANEL = "Manoeuvres"
"""Title of the panel with the parameters."""


@action("manoeuvre")
def manoeuvre(
    state: EditorState, name: str, settings: dict | None = None, seed: int = 0
) -> EditorState:
    """Tell traffic what to do: cut-in, traffic-jam, hard-brake, lane-change, ..."""
    # What is looked at alone does not change who is there.
    scene = state.history.present.scene
    made = plan(scene, name, settings or {}, seed, _reserved(state))
    at = len(state.edits)
    staged = Staging(name, made.settings, seed, at)
    done = history.do(state.history, (made,), state.selection, state.selection)
    return _done(replace(state, history=done), made, staged)


def _reserved(state: EditorState) -> int:
    return max([o.track_id for o in state.drive.recording.objects], default=-1)


def _done(state: EditorState, made: Manoeuvre, staged: Staging) -> EditorState:
    """After a manoeuvre: its vehicle is selected, and its parameters are at hand."""
    there = {o.track_id for o in state.scene.objects}
    tracks = [edit.track for edit in made.edits if hasattr(edit, "track")]  # pyright: ignore
    mine = [track for track in tracks if track in there]
    chosen = mine[-1] if mine else state.selection
    staged = replace(staged, warnings=made.warnings)
    told = made.warnings or ("Its parameters can be changed in the panel.",)
    return replace(
        state,
        selection=chosen if chosen in there else None,
        others=frozenset(),
        hover=None,
        timing=replace(state.timing, staging=staged),
        notice=f"{made.label}. {' '.join(told)}",
    )


@action("stage")
def stage(state: EditorState, name: str | None) -> EditorState:
    """Set up a manoeuvre in the panel; null puts it away."""
    if name is None:
        return replace(state, timing=replace(state.timing, staging=None))
    settings = dict(values_of(recipe(name).settings()))
    node = state.selected
    # Who is selected is meant, if that one can be.
    if "track" in settings and node is not None and _fits(name, node.category):
        settings["track"] = node.track_id
    staged = Staging(name, tuple(settings.items()))
    return _in_panel(state, staged)


def _in_panel(state: EditorState, staged: Staging) -> EditorState:
    """The panel comes to the front, wherever this was asked for."""
    tabs = (PANEL, *(title for title in state.tabs if title != PANEL))
    return replace(state, tabs=tabs, timing=replace(state.timing, staging=staged))


def _fits(name: str, category: str) -> bool:
    by_paper = name in ("rotate", "dance", "move-along", "switch", "translate")
    braking = name in ("hard-brake", "lane-change")
    return by_paper or (braking and category in VEHICLES)


@action("stage-set")
def stage_set(
    state: EditorState, key: str, value: float | str | bool | int
) -> EditorState:
    """Change a parameter of the manoeuvre in the panel."""
    staged = _staged(state)
    settings = dict(staged.settings) | {key: value}
    checked = make(staged.name, recipe(staged.name).settings, settings)
    changed = replace(staged, settings=values_of(checked), warnings=())
    return replace(state, timing=replace(state.timing, staging=changed))


@action("stage-seed")
def stage_seed(state: EditorState, seed: int) -> EditorState:
    """Let the manoeuvre in the panel choose otherwise where chance decides."""
    changed = replace(_staged(state), seed=seed)
    return replace(state, timing=replace(state.timing, staging=changed))


@action("stage-edit")
def stage_edit(state: EditorState, at: int) -> EditorState:
    """Take the parameters of a manoeuvre that was done into the panel."""
    made = _made_at(state, at)
    return _in_panel(state, Staging(made.name, made.settings, made.seed, at))


@action("stage-apply")
def stage_apply(state: EditorState, anew: bool = False) -> EditorState:
    """Do the manoeuvre in the panel: once more with its parameters, or anew."""
    staged = _staged(state)
    if anew or not can_change(state):
        return manoeuvre(state, staged.name, dict(staged.settings), staged.seed)
    assert staged.at is not None
    before, after = state.edits[: staged.at], state.edits[staged.at + 1 :]
    recording = state.drive.recording
    scene = replay(recording, before)
    values: Mapping[str, object] = dict(staged.settings)
    made = plan(scene, staged.name, values, staged.seed, _reserved(state))
    edits = (*before, made, *after)
    changed = _replayed(recording, edits, made)
    step = replace(
        state.history.present,
        label=f"Change: {made.label}",
        edits=edits,
        scene=changed,
        selection=state.selection,
    )
    put = replace(state, history=history.put(state.history, step))
    return _done(put, made, replace(staged, settings=made.settings))


def _replayed(recording: Scene, edits: tuple[Edit, ...], made: Manoeuvre) -> Scene:
    try:
        return replay(recording, edits)
    except NsgError as error:
        raise NsgError(
            f"{made.label} cannot be changed so: a later edit needs what it did "
            f"before. {error}"
        ) from None


def can_change(state: EditorState) -> bool:
    """The manoeuvre in the panel was done, and can be done otherwise."""
    staged = state.timing.staging
    if staged is None or staged.at is None or staged.at >= len(state.edits):
        return False
    edit = state.edits[staged.at]
    return isinstance(edit, Manoeuvre) and edit.name == staged.name


def done_manoeuvres(state: EditorState) -> tuple[tuple[int, Manoeuvre], ...]:
    """All manoeuvres among the edits, with their places."""
    return tuple(
        (i, edit) for i, edit in enumerate(state.edits) if isinstance(edit, Manoeuvre)
    )


def _made_at(state: EditorState, at: int) -> Manoeuvre:
    found = dict(done_manoeuvres(state))
    if at not in found:
        raise NsgError(f"edit {at + 1} is no manoeuvre.")
    return found[at]


def _staged(state: EditorState) -> Staging:
    staged = state.timing.staging
    if staged is None:
        known = ", ".join(RECIPES)
        raise NsgError(f"no manoeuvre is set up; choose one of: {known}.")
    return staged
