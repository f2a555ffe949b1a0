"""The history as a list: to jump to any step of it, back or forth."""

from dataclasses import replace

from nsg_core.errors import NsgError
from nsg_editor.actions.registry import action
from nsg_editor.state import EditorState
from nsg_editor.values import history


@action("jump")
def jump(state: EditorState, to: int) -> EditorState:
    """Go to a step of the history: 0 is how the drive was opened."""
    steps = state.history.steps
    if not 0 <= to < len(steps):
        raise NsgError(
            f"the history has the steps 0 to {len(steps) - 1}, there is no {to}."
        )
    now = len(state.history.past)
    if to == now and state.history.base is None:
        return state
    gone = history.jump(state.history, to)
    there = {node.track_id for node in gone.present.scene.objects}
    wanted = gone.present.selection
    wanted = state.selection if wanted is None else wanted
    count = abs(to - now)
    way = "back" if to < now else "forward"
    return replace(
        state,
        history=gone,
        selection=wanted if wanted in there else None,
        others=state.others & there,
        hover=None,
        notice=f"{count} step{'s' if count > 1 else ''} {way}.",
    )
