"""Between a neural picture and the screen: shading, comparing, judging.

Keeps the recorded picture in the sizes that were asked for last, and the picture from
before the edits, so that a divider can be dragged at the speed of the mouse.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from nsg_core.drawing.frame import Picture
from nsg_core.errors import NsgError
from nsg_core.export.labels import clip, project_box
from nsg_core.measuring.metrics import psnr
from nsg_core.pictures import shrink
from nsg_core.view import View
from nsg_editor.actions.seeing import why_not
from nsg_editor.pictures.images import Images
from nsg_editor.pictures.shading import Colour, difference_picture, shaded, wiped
from nsg_editor.state import EditorState
from nsg_editor.values.looking import Looking, Scores

Other = Literal["nothing", "waiting", "there"]
Size = tuple[int, int]


class Glass:
    """What the picture through the camera looks like on the screen."""

    def __init__(self, images: Images, colour_of: Callable[[int], Colour]) -> None:
        self._images, self._colour_of = images, colour_of
        self._before: Picture | None = None
        self._held: tuple[object, ...] = ()
        """What the last pixels were made of: as long as it lives, nothing else has its
        identity."""
        self._fitted: tuple[object, Size, np.ndarray] | None = None
        self._judged: tuple[object, ...] = ()
        self.other: Other = "nothing"
        """Whether there was something to compare the last picture with."""

    def show_before(self, picture: Picture | None) -> None:
        """What the view showed before the edits; None: something else is asked now."""
        self._before = picture

    def key(self, state: EditorState, picture: Picture) -> object:
        """Equal keys give equal pixels, as long as the pictures are kept."""
        looking = replace(state.looking, scores=None, menu=False)
        if looking.against == "nothing":
            return looking, id(picture)
        if looking.against == "before":
            return looking, id(picture), id(self._before)
        place = (state.camera, state.frame)
        there = isinstance(self._images.get(place), np.ndarray)
        return looking, id(picture), place, there, why_not(state)

    def pixels(self, state: EditorState, picture: Picture, view: View) -> np.ndarray:
        """A picture as it is looked at, float32 in [0, 1] or uint8."""
        looking = state.looking
        self._held = (picture, self._before)
        other = self._other(state, looking, picture, view)
        if looking.against == "nothing":
            self.other = "nothing"
        else:
            self.other = "waiting" if other is None else "there"
        if other is not None and looking.how == "difference":
            return difference_picture(picture.rgb, _shares(other))
        shown = shaded(looking, picture, view, self._colour_of)
        if other is None:
            return shown
        if other.dtype != shown.dtype:
            other, shown = _bytes(other), _bytes(shown)
        return wiped(other, shown, looking.wipe)

    def _other(
        self, state: EditorState, looking: Looking, picture: Picture, view: View
    ) -> np.ndarray | None:
        """The picture on the other side of the divider."""
        if looking.against == "recorded" and not why_not(state):
            return self._recorded(state, _size(picture))
        before = self._before if looking.against == "before" else None
        if before is None or _size(before) != _size(picture):
            return None
        if looking.how == "difference":
            return before.rgb
        return shaded(looking, before, view, self._colour_of)

    def _recorded(self, state: EditorState, size: Size) -> np.ndarray | None:
        """The recorded picture in the size of the neural one, once it is read."""
        key = (state.camera, state.frame)
        kept = self._fitted
        if kept is not None and kept[0] == key and kept[1] == size:
            return kept[2]
        found = self._images.get(key)
        if isinstance(found, NsgError):
            return None
        if found is None:
            self._images.want(key)
            return None
        fitted = shrink(found, size)
        self._fitted = (key, size, fitted)
        return fitted

    def judge(
        self, state: EditorState, picture: Picture, view: View
    ) -> Scores | Literal["again"] | None:
        """Scores against the recording; "again": as they were, or not known yet."""
        final = state.picture is not None and state.picture.final and picture.final
        if not final or state.looking.only != "all" or why_not(state, judged=True):
            self._judged = ()
            return None
        recorded = self._recorded(state, _size(picture))
        if recorded is None:
            return None
        key = (id(picture), id(recorded), state.selection)
        if key == self._judged:
            return "again"
        self._judged = key
        exact = recorded.astype(np.float32) / np.float32(255)
        box = _box_of(state, view)
        frame = psnr(picture.rgb, exact)
        if box is None:
            return Scores(frame)
        return Scores(frame, psnr(picture.rgb[box], exact[box]))


def _size(picture: Picture) -> Size:
    height, width = picture.depth.shape
    return width, height


def _shares(pixels: np.ndarray) -> np.ndarray:
    if pixels.dtype == np.uint8:
        return pixels * np.float32(1 / 255)
    return pixels


def _bytes(pixels: np.ndarray) -> np.ndarray:
    if pixels.dtype == np.uint8:
        return pixels
    return (np.clip(pixels, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def _box_of(state: EditorState, view: View) -> tuple[slice, slice] | None:
    """The pixels within the selected object's box; None: there are none."""
    boxes = state.scene.at(state.frame)
    chosen = next((b for b in boxes if b.track_id == state.selection), None)
    whole = None if chosen is None else project_box(view, chosen.pose, chosen.size)
    if whole is None:
        return None
    left, top, right, bottom = whole
    if left > view.width - 1 or top > view.height - 1 or right < 0 or bottom < 0:
        return None
    left, top, right, bottom = clip(whole, view)
    rows = slice(math.ceil(top), math.floor(bottom) + 1)
    columns = slice(math.ceil(left), math.floor(right) + 1)
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return None
    return rows, columns
