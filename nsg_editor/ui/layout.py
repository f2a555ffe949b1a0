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
    tree: Rect
    viewport: Rect
    timeline: Rect
    train: Rect
    export: Rect
    inspector: Rect
    status: Rect


def arrange(width: int, height: int) -> Layout:
    """Panels at the sides keep their width; the picture takes what is left."""
    wide = width >= 1500
    left, right = (210, 290) if wide else (186, 270)
    bottom = 232 if height >= 850 else 204
    top, foot = toolbar.HEIGHT + GAP, height - status.HEIGHT
    body = max(foot - top - GAP, 200)
    middle_x = left + GAP
    middle = max(width - left - right - 2 * GAP, 240)
    picture = max(body - bottom - timeline.HEIGHT - 2 * GAP, 120)
    line_y = top + picture + GAP
    bottom_y = line_y + timeline.HEIGHT + GAP
    export = min(340, middle * 9 // 25)
    return Layout(
        toolbar=Rect(0, 0, width, toolbar.HEIGHT),
        tree=Rect(0, top, left, body),
        viewport=Rect(middle_x, top, middle, picture),
        timeline=Rect(middle_x, line_y, middle, timeline.HEIGHT),
        train=Rect(middle_x, bottom_y, middle - export - GAP, foot - bottom_y - GAP),
        export=Rect(
            middle_x + middle - export, bottom_y, export, foot - bottom_y - GAP
        ),
        inspector=Rect(width - right, top, right, body),
        status=Rect(0, foot, width, status.HEIGHT),
    )
