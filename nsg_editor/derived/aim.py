"""Where in a picture, and on its road, the mouse points to."""

from nsg_core.scene import Vec3
from nsg_editor.derived.request import Frame
from nsg_editor.geometry import picking
from nsg_editor.state import EditorState
from nsg_editor.values.views import ground_height


def pixel(frame: Frame, x: float, y: float) -> tuple[float, float]:
    """Panel to picture; the centre of the first pixel is at (0, 0)."""
    return x - frame.x - 0.5, y - frame.y - 0.5


def on_road(state: EditorState, frame: Frame, x: float, y: float) -> Vec3 | None:
    """Where a place in the panel lies on the road that a way is drawn on."""
    drawing = state.timing.drawing
    known = drawing.points if drawing else ()
    height = (
        known[-1][1] if known else ground_height(state.scene, state.camera, state.frame)
    )
    found = picking.ground_point(frame.view, *pixel(frame, x, y), height)
    if found is None:
        return None
    x, y, z = found.tolist()
    return x, y, z
