"""Actions that only plays need: edits as they are, and a view from a place."""

from dataclasses import replace
from pathlib import Path

from nsg_core.documents.scene_file import edit_list_from_json
from nsg_core.errors import NsgError
from nsg_editor.actions.registry import action
from nsg_editor.state import EditorState
from nsg_editor.values import history


@action("apply")
def apply_edits(
    state: EditorState,
    edits: list,  # pyright: ignore
    select: tuple[int, ...] | None = None,
) -> EditorState:
    """Do edits as a project's file has them, in one step; select these afterwards."""
    done = edit_list_from_json(edits, Path("apply"))
    if not done:
        return state
    chosen = select[-1] if select else state.selection
    new = history.do(state.history, done, state.selection, chosen)
    there = {node.track_id for node in new.present.scene.objects}
    others = frozenset(select[:-1]) if select else state.others
    return replace(
        state,
        history=new,
        selection=chosen if chosen in there else None,
        others=others & there,
    )


@action("look-from")
def look_from(state: EditorState, pose: tuple[float, ...] | None) -> EditorState:
    """Look from a camera's pose: 16 numbers, row by row; null: the recorded one."""
    if pose is not None and len(pose) != 16:
        raise NsgError(f"a camera's pose has 16 numbers, found {len(pose)}.")
    return replace(state, free=pose)


@action("log-save")
def log_save(state: EditorState, to: Path) -> EditorState:
    """Write what was done as a play, which the option --play carries out again."""
    return replace(state, front=replace(state.front, log_to=to))


@action("log-saved", internal=True)
def log_saved(state: EditorState, told: str) -> EditorState:
    """It is written, or could not be."""
    return replace(state, front=replace(state.front, log_to=None), notice=told)
