"""Where each panel lies in a window of a given size."""

from dataclasses import dataclass

from nsg_editor.ui import status, timeline, toolbar

GAP = 1


@dataclass(frozen=True, slots=True)
class Rect:
    """A place in the window, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """All places."""

    toolbar: Rect
    left: Rect
    viewport: Rect
    timeline: Rect
    bottom: Rect
    right: Rect
    status: Rect


def arrange(width: int, height: int) -> Layout:
    """Panels at the sides keep their width; the picture takes what is left."""
    wide = width >= 1500
    left_width, right_width = (210, 290) if wide else (186, 270)
    bottom = 232 if height >= 850 else 204
    top, foot = toolbar.HEIGHT + GAP, height - status.HEIGHT
    body = max(foot - top - GAP, 200)
    middle_x = left_width + GAP
    middle = max(width - left_width - right_width - 2 * GAP, 240)
    picture = max(body - bottom - timeline.HEIGHT - 2 * GAP, 120)
    line_y = top + picture + GAP
    bottom_y = line_y + timeline.HEIGHT + GAP
    return Layout(
        toolbar=Rect(0, 0, width, toolbar.HEIGHT),
        left=Rect(0, top, left_width, body),
        viewport=Rect(middle_x, top, middle, picture),
        timeline=Rect(middle_x, line_y, middle, timeline.HEIGHT),
        bottom=Rect(middle_x, bottom_y, middle, foot - bottom_y - GAP),
        right=Rect(width - right_width, top, right_width, body),
        status=Rect(0, foot, width, status.HEIGHT),
    )
