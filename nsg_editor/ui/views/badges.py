"""Small words in the corners of the views: which picture it is, and how fine."""

import dearpygui.dearpygui as dpg

from nsg_editor.derived.beside import beside_names
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item
from nsg_editor.ui.theme import px
from nsg_editor.ui.views.lettering import text_width

BLACK: theme.Colour = (0, 0, 0, 255)


def badge_texts(
    state: EditorState, first: bool = False, now: float = 0.0
) -> tuple[tuple[str, theme.Colour], ...]:
    """What the corner of the picture says of it; `first`: no neural one was drawn.

    `now` is a moment of the clock that the picture's arrival was taken from.
    """
    where = "Moved away" if state.free is not None else ""
    texts: list[tuple[str, theme.Colour]] = []
    if beside_names(state):
        here = state.history.present.variant
        texts.append((f"{here}   being edited", theme.BRIGHT_ACCENT))
    if where:
        texts.append((where + "   Home: back to the camera", theme.BRIGHT_WARM))
    if state.neural and state.picture is not None:
        fine = f"{level(state)}{left(state, now)}"
        texts.append((f"Neural  {fine}", theme.BRIGHT_ACCENT))
    elif state.neural:
        # Kernels are compiled for the machine when they are first used.
        wait = "preparing; the very first time this takes a minute" if first else "..."
        texts.append((f"Neural  {wait}", theme.BRIGHT_ACCENT))
    elif state.model.status == "loading":
        texts.append(("Loading the model ...", theme.BRIGHT_WARM))
    elif state.free is None:
        texts.append(("Recorded", theme.BRIGHT_DIM))
    if state.model.status == "none":
        soon = "Training: its first picture follows"
        todo = soon if state.train.busy else "Not trained yet: press Train"
        texts.append((todo, theme.BRIGHT_WARM))
    return tuple(texts)


def level(state: EditorState) -> str:
    """How fine the picture is: ``1/8`` of the resolution, ``preview`` or ``full``."""
    picture = state.picture
    if picture is None:
        return "..."
    if picture.stride > 1:
        return f"1/{picture.stride}"
    if picture.samples == 0:
        return "preview"
    return f"full x{picture.samples}" if picture.samples > 1 else "full"


def left(state: EditorState, now: float) -> str:
    """That there is more to come, and when, where that is more than a moment."""
    picture = state.picture
    if picture is None or picture.final:
        return ""
    rest = picture.left_s - max(now - picture.arrived, 0)
    if rest >= 100:
        return f"   {rest / 60:.0f} min to full"
    return f"   {rest:.0f} s to full" if rest >= 1 else " ..."


def pill(layer: Item, x: float, y: float, text: str, colour: theme.Colour) -> float:
    """A word on a dark ground; how wide it is."""
    size = px(15)
    width = text_width(text, size) + px(16)
    dpg.draw_rectangle(
        (x, y),
        (x + width, y + px(22)),
        color=(255, 255, 255, 26),
        fill=(12, 14, 18, 205),
        rounding=5,
        parent=layer,
    )
    dpg.draw_text((x + px(8), y + px(2.5)), text, color=colour, size=size, parent=layer)
    return width


def edge(layer: Item, size: tuple[int, int], colour: theme.Colour) -> None:
    """A line around a whole view."""
    width, height = size
    dpg.draw_rectangle(
        (1, 1), (width - 1, height - 1), color=colour, thickness=px(2), parent=layer
    )


def draw_margins(
    layer: Item,
    size: tuple[int, int],
    low: tuple[float, float],
    high: tuple[float, float],
) -> None:
    """The room around a picture, which is dark as a view is, whatever panels are."""
    (width, height), (left, top), (right, bottom) = size, low, high
    around = (
        ((0, 0), (width, top)),
        ((0, bottom), (width, height)),
        ((0, top), (left, bottom)),
        ((right, top), (width, bottom)),
    )
    for (x0, y0), (x1, y1) in around:
        if x1 - x0 > 0.5 and y1 - y0 > 0.5:
            dpg.draw_rectangle(
                (x0, y0), (x1, y1), color=theme.NOTHING, fill=BLACK, parent=layer
            )


def draw_sky(layer: Item, low: tuple[float, float], high: tuple[float, float]) -> None:
    """What is shown where there is no picture yet."""
    top, bottom = (30, 35, 44, 255), (19, 22, 27, 255)
    dpg.draw_rectangle(
        low,
        high,
        multicolor=True,
        color_upper_left=top,
        color_upper_right=top,
        color_bottom_left=bottom,
        color_bottom_right=bottom,
        color=(0, 0, 0, 0),
        fill=top,
        parent=layer,
    )
