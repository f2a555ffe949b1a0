"""Actions on the size of boxes, face by face."""

from dataclasses import replace

from nsg_editor.actions.changing import proposed
from nsg_editor.actions.moving import begin, end
from nsg_editor.actions.registry import action
from nsg_editor.geometry.sizing import SIDES, grown
from nsg_editor.state import EditorState


@action("size-handles")
def size_handles(state: EditorState, on: bool | None = None) -> EditorState:
    """Show handles on the faces of the selected box to resize it, or put them away."""
    wanted = not state.hands.sizing if on is None else on
    said = (
        "Drag a face of the selected box; the opposite one stays. Esc ends it."
        if wanted
        else "Handles move and turn."
    )
    return replace(state, hands=replace(state.hands, sizing=wanted), notice=said)


@action("drag-pull")
def drag_pull(
    state: EditorState,
    front: float = 0.0,
    back: float = 0.0,
    left: float = 0.0,
    right: float = 0.0,
    top: float = 0.0,
    bottom: float = 0.0,
) -> EditorState:
    """Within a gesture: pull faces outwards by metres; the opposite ones stay."""
    pull = dict(zip(SIDES, (front, back, top, bottom, left, right), strict=True))
    opened = state if state.history.base else begin(state)
    return proposed(opened, grown(pull))


@action("pull")
def pull(
    state: EditorState,
    front: float = 0.0,
    back: float = 0.0,
    left: float = 0.0,
    right: float = 0.0,
    top: float = 0.0,
    bottom: float = 0.0,
) -> EditorState:
    """Pull faces of the selected boxes outwards by metres; the opposite ones stay."""
    return end(drag_pull(begin(state), front, back, left, right, top, bottom))
