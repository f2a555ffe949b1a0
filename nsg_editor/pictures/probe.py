"""What a picture says of the place under the mouse, for looks that are numbers."""

from nsg_core.drawing.frame import Picture
from nsg_editor.state import EditorState

THERE = 0.5
"""Opacity from which there is a surface."""


def probe_text(state: EditorState, picture: Picture, x: float, y: float) -> str:
    """Distance, object or opacity at a place; empty where the look is no number.

    `x`, `y`: shares of the picture's width and height.
    """
    height, width = picture.depth.shape
    if not (0 <= x < 1 and 0 <= y < 1):
        return ""
    place = int(y * height), int(x * width)
    match state.looking.mode:
        case "depth":
            if picture.opacity[place] < THERE:
                return "No surface"
            return f"{picture.depth[place]:.1f} m"
        case "instances":
            return _label(state, int(picture.track[place]))
        case "opacity":
            return f"{100 * picture.opacity[place]:.0f} % opaque"
        case _:
            return ""


def _label(state: EditorState, track: int) -> str:
    labels = {node.track_id: node.label for node in state.scene.objects}
    return labels.get(track, "Background")
