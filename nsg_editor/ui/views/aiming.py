"""The place of the road that the mouse points at, in whatever view it is over."""

from collections.abc import Mapping

from nsg_core.scene import Vec3
from nsg_editor.actions.inserting import on_road
from nsg_editor.derived.request import frame_of
from nsg_editor.geometry.arrangement import Kind
from nsg_editor.state import EditorState
from nsg_editor.ui.views.pane import Pane


def aimed(state: EditorState, panes: Mapping[Kind, Pane]) -> Vec3 | None:
    """None: the mouse is over no view, or over the sky of one."""
    for kind, pane in panes.items():
        x, y = pane.mouse()
        if pane.holds(x, y):
            frame = frame_of(state, kind)
            u, v = x - frame.x - 0.5, y - frame.y - 0.5
            return on_road(state.drive.recording, frame.view, u, v)
    return None
