"""Over the picture: the scale of depths, the divider of a comparison, and scores."""

from math import log

import dearpygui.dearpygui as dpg

from nsg_editor.actions.seeing import why_not
from nsg_editor.derived.beside import compared_with, rival_of, run_words
from nsg_editor.derived.request import Frame
from nsg_editor.pictures.glass import Other
from nsg_editor.pictures.shading import FARTHEST, NEAREST, depth_colour
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.theme import px
from nsg_editor.ui.views.lettering import text_width

REACH = 7.0
"""Pixels from the divider at which the mouse takes hold of it."""
MARKS = (2, 5, 10, 20, 50, 120)
"""Metres that the scale names."""
SIDES = {"recorded": ("Recorded", "Neural"), "before": ("Before edits", "Now")}


class LookingLayer:
    """Draws into a layer when something in it has changed, and moves the divider."""

    def __init__(self, layer: int | str) -> None:
        self._layer = layer
        self._drawn: object = None
        self._held = False
        self._was_down = False

    def divider(self, state: EditorState, frame: Frame) -> float | None:
        """Where it is, in the panel's pixels; None: there is none."""
        looking = state.looking
        wiped = looking.against != "nothing" and looking.how == "wipe"
        if not (wiped and state.neural) or state.picture is None:
            return None
        return frame.x + looking.wipe * frame.view.width

    def grab(
        self, state: EditorState, frame: Frame, x: float, inside: bool, down: bool
    ) -> tuple[bool, float | None]:
        """Whether the mouse means the divider, and where it drags it to."""
        at = self.divider(state, frame)
        pressed, self._was_down = down and not self._was_down, down
        near = at is not None and inside and abs(x - at) <= REACH
        if pressed and near:
            self._held = True
        if not down or at is None:
            self._held = False
        if not self._held:
            return near and not down, None
        share = (x - frame.x) / max(frame.view.width, 1)
        return True, min(max(share, 0.0), 1.0)

    def sync(
        self, state: EditorState, frame: Frame, other: Other, probe: str = ""
    ) -> bool:
        """Draw what the state says; False if it is drawn already.

        `probe`: what the picture says of the place under the mouse.
        """
        told = "   ".join(words for words in (probe, told_text(state, other)) if words)
        key = (state.looking, state.neural, frame, other, told, state.picture is None)
        if key == self._drawn:
            return False
        self._drawn = key
        dpg.delete_item(self._layer, children_only=True)
        if state.neural and state.picture is not None:
            if state.looking.mode == "depth":
                self._draw_scale(frame)
            at = self.divider(state, frame)
            if at is not None and other == "there":
                self._draw_divider(state, frame, at)
        if told:
            width = text_width(told, px(14)) + px(16)
            low = frame.y + frame.view.height - px(32)
            self._pill(frame.x + px(10), low, width, told)
        return True

    def _draw_divider(self, state: EditorState, frame: Frame, at: float) -> None:
        top, bottom = frame.y, frame.y + frame.view.height
        for width, colour in ((4, (0, 0, 0, 110)), (2, theme.BRIGHT)):
            dpg.draw_line(
                (at, top),
                (at, bottom),
                color=colour,
                thickness=width,
                parent=self._layer,
            )
        middle = (top + bottom) / 2
        dpg.draw_circle(
            (at, middle),
            px(9),
            color=(0, 0, 0, 130),
            fill=theme.BRIGHT,
            parent=self._layer,
        )
        for sign in (-1, 1):
            tip, back = at + sign * px(6), at + sign * px(2)
            dpg.draw_triangle(
                (tip, middle),
                (back, middle - px(4)),
                (back, middle + px(4)),
                color=theme.NIGHT,
                fill=theme.NIGHT,
                parent=self._layer,
            )
        left, right = sides(state)
        y = top + px(42)
        width = text_width(left, px(14)) + px(16)
        if at - frame.x > width + px(16):
            self._pill(at - width - px(8), y, width, left)
        width = text_width(right, px(14)) + px(16)
        if frame.x + frame.view.width - at > width + px(16):
            self._pill(at + px(8), y, width, right)

    def _draw_scale(self, frame: Frame) -> None:
        """Colours of depths from near (below) to far (above), at the right side."""
        height = min(px(170), frame.view.height - px(90))
        if height < px(60):
            return
        right = frame.x + frame.view.width - px(12)
        bottom = frame.y + frame.view.height - px(12)
        left = right - px(64)
        dpg.draw_rectangle(
            (left, bottom - height - px(16)),
            (right, bottom),
            color=theme.NOTHING,
            fill=(12, 14, 18, 205),
            rounding=5,
            parent=self._layer,
        )
        foot, x = bottom - px(8), left + px(8)
        steps = 48
        for i in range(steps):
            metres = NEAREST * (FARTHEST / NEAREST) ** ((i + 0.5) / steps)
            colour = (*depth_colour(metres), 255)
            y0, y1 = (foot - height * (i + k) / steps for k in (0, 1))
            dpg.draw_rectangle(
                (x, y1),
                (x + px(12), y0),
                color=colour,
                fill=colour,
                parent=self._layer,
            )
        for metres in MARKS:
            y = foot - height * _share(metres)
            dpg.draw_text(
                (x + px(18), y - px(7)),
                f"{metres} m",
                color=theme.BRIGHT,
                size=px(13),
                parent=self._layer,
            )

    def _pill(self, x: float, y: float, width: float, text: str) -> None:
        dpg.draw_rectangle(
            (x, y),
            (x + width, y + px(22)),
            color=(255, 255, 255, 26),
            fill=(12, 14, 18, 205),
            rounding=5,
            parent=self._layer,
        )
        dpg.draw_text(
            (x + px(8), y + px(3)),
            text,
            color=theme.BRIGHT,
            size=px(14),
            parent=self._layer,
        )


def sides(state: EditorState) -> tuple[str, str]:
    """What is to the left and to the right of the divider."""
    other = compared_with(state)
    if other is not None:
        return f"Variant {other}", f"Variant {state.history.present.variant}"
    rival = rival_of(state)
    if rival is not None:
        return run_words(state, rival), run_words(state, state.model.path)
    return SIDES[state.looking.against]


def _share(metres: float) -> float:
    """Height on the scale, from 0 to 1."""
    return log(metres / NEAREST) / log(FARTHEST / NEAREST)


def told_text(state: EditorState, other: Other) -> str:
    """Scores, or why there are none where somebody asks for them."""
    looking = state.looking
    if not state.neural or state.picture is None:
        return ""
    same = not (state.edits or compared_with(state) or rival_of(state))
    if looking.against == "before" and same:
        return "No edits yet: before and now are the same"
    if looking.scores is not None:
        return score_text(state)
    if looking.against == "recorded" and (why := why_not(state)):
        return f"Nothing to compare with: {why}"
    if other == "waiting":
        return "The other picture is on its way ..."
    asked = looking.menu or looking.against == "recorded"
    if asked and looking.only == "all" and (why := why_not(state, judged=True)):
        return f"No PSNR: {why}"
    return ""


def score_text(state: EditorState) -> str:
    """Frame and selected object, in dB."""
    scores = state.looking.scores
    assert scores is not None
    text = f"PSNR {scores.frame:.1f} dB"
    if scores.box is None or state.selected is None:
        return text
    return f"{text}   {state.selected.label}: {scores.box:.1f} dB"
