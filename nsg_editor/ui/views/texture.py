"""The textures of pictures: each allocated once, at the largest size that is needed.

Dear PyGui keeps the pointer of a raw texture's array and reads from it in every frame,
with no look at its size or type: an array too small is a crash. It also leaks when a
texture is made anew. So the array is made here, lives as long as the window, and is
only ever written into.

To read it in every frame costs several milliseconds without a graphics card, whether
anything has changed or not. So a texture that rests lies on a stage, where nobody reads
it; the graphics card has its pixels. It is on the registry while they change.

Where OpenGL draws, the texture stays on the stage for good once its name is known, and
bytes are written into it there: a picture is seen a frame earlier, for a quarter of the
time.
"""

import itertools
from dataclasses import dataclass
from typing import cast

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.views.opengl import opengl

AWAKE = 3
"""Frames until changed pixels are on the graphics card, and one to be sure."""
BORN = 2
"""More of them for a texture that is just made."""
CHANCES = 3
"""To find a texture's name: another one may have the same pixels by chance."""
LEVELS = (0, 80, 160, 240)
MARKS = itertools.cycle(itertools.product(LEVELS[1:], LEVELS, LEVELS))
"""Colours of the last pixel, which is never shown: no two textures begin the same."""


@dataclass(slots=True)
class _Sheet:
    """One texture: its array, and for how many frames it is still read."""

    width: int
    height: int
    buffer: np.ndarray
    tag: Item
    awake: int = AWAKE + BORN
    chances: int = CHANCES
    name: int | None = None
    """What OpenGL calls it, once that is known."""

    def write(self, rgb: np.ndarray) -> None:
        """Fill the upper left corner of what the graphics card has."""
        gl = opengl()
        assert gl is not None
        assert self.name is not None
        height, width, _ = rgb.shape
        if rgb.dtype != np.uint8:
            rgb = _bytes(rgb, self.buffer[:height, :width])
        pixels = np.ascontiguousarray(rgb)
        gl.write(self.name, 0, 0, pixels)
        edge = np.concatenate([pixels[:, -1:], pixels[-1:, -1:]])
        gl.write(self.name, width, 0, edge)
        gl.write(self.name, 0, height, pixels[-1:])

    def look_for_name(self) -> None:
        """While the graphics card has what is in the array."""
        gl = opengl()
        if gl is None or self.name is not None or not self.chances:
            return
        self.chances -= 1
        self.name = gl.find(_bytes(self.buffer, np.empty_like(self.buffer)))

    def put(self, rgb: np.ndarray) -> None:
        """Fill the upper left corner."""
        height, width, _ = rgb.shape
        target = self.buffer[:height, :width]
        if rgb.dtype == np.uint8:
            np.multiply(rgb, np.float32(1 / 255), out=target, casting="unsafe")
        else:
            assert rgb.dtype == np.float32, rgb.dtype
            # The graphics card takes what is beyond [0, 1] for its ends.
            target[...] = rgb
        self.buffer[height, :width] = self.buffer[height - 1, :width]
        self.buffer[: height + 1, width] = self.buffer[: height + 1, width - 1]
        assert self.buffer.flags.c_contiguous


class PictureTexture:
    """Pixels for the screen; smaller pictures lie in the upper left corner.

    Whole textures are read whenever they change, so there may be smaller ones too: a
    picture lies in the smallest that holds it.
    """

    def __init__(self, width: int, height: int, *smaller: tuple[int, int]) -> None:
        self.width, self.height = width, height
        self._stage = dpg.add_stage()
        with within(dpg.texture_registry()) as self._registry:
            sizes = sorted({*smaller, (width, height)}, key=lambda s: s[0] * s[1])
            self._sheets = [_sheet(*size) for size in sizes]
        self._smaller = smaller
        self._front = self._sheets[-1]
        self._next: tuple[_Sheet, tuple[int, int]] | None = None
        self.shown: tuple[int, int] | None = None
        """Width and height of the picture that is in it."""

    def another(self) -> "PictureTexture":
        """One more for pictures of the same sizes."""
        return PictureTexture(self.width, self.height, *self._smaller)

    def put(self, rgb: np.ndarray) -> None:
        """Show a picture: [height width 3], uint8 or float32 in [0, 1]."""
        height, width, channels = rgb.shape
        fits = height <= self.height and width <= self.width and channels == 3
        assert fits, f"{rgb.shape} does not fit {self.width}x{self.height}"
        largest = self._sheets[-1]
        if largest.name is not None:
            largest.write(rgb)
            self._front, self.shown, self._next = largest, (width, height), None
            return
        sheet = next(s for s in self._sheets if width <= s.width and height <= s.height)
        sheet.put(rgb)
        if sheet.awake == 0:
            dpg.move_item(sheet.tag, parent=self._registry)
        sheet.awake = AWAKE
        dpg.set_value(sheet.tag, sheet.buffer)
        if sheet is self._front or self.shown is None:
            self._front, self.shown, self._next = sheet, (width, height), None
        else:
            self._next = (sheet, (width, height))

    def tick(self) -> None:
        """Once a frame, after all pixels were put: lie down if nothing has changed."""
        for sheet in self._sheets:
            if sheet.awake > 0:
                sheet.awake -= 1
                if sheet.awake == 0:
                    dpg.move_item(sheet.tag, parent=self._stage)
                    if sheet is self._sheets[-1]:
                        sheet.look_for_name()
        # Another texture comes to the front when its pixels are there, not before.
        if self._next is not None and self._next[0].awake <= AWAKE - 2:
            (self._front, self.shown), self._next = self._next, None

    @property
    def name(self) -> int | None:
        """What OpenGL calls it; None: the toolkit takes its pictures."""
        return self._sheets[-1].name

    @property
    def tag(self) -> Item:
        """The texture to be drawn."""
        return self._front.tag

    @property
    def uv_max(self) -> tuple[float, float]:
        """The lower right corner of the picture within the texture."""
        width, height = self.shown or (1, 1)
        return width / (self._front.width + 1), height / (self._front.height + 1)


def _sheet(width: int, height: int) -> _Sheet:
    # One row and column more: the edge is repeated there, or the filter of the
    # graphics card would mix in what lies beyond.
    # Three colours and no opacity: rows can be copied as they are, ten times as fast.
    buffer = np.zeros((height + 1, width + 1, 3), dtype=np.float32)
    buffer[height, width] = np.array(next(MARKS), np.float32) / 255
    tag = dpg.add_raw_texture(
        width + 1,
        height + 1,
        cast("list[float]", buffer),
        format=dpg.mvFormat_Float_rgb,
    )
    return _Sheet(width, height, buffer, tag)


def _bytes(rgb: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Colours in [0, 1] as bytes, rounded as the graphics card does; what is beyond is
    taken for its ends. `room`: an array for what is in between, which may be the same.
    """
    np.multiply(rgb, np.float32(255), out=room)
    np.add(room, np.float32(0.5), out=room)
    np.clip(room, 0, 255, out=room)
    # What is no number may become anything.
    with np.errstate(invalid="ignore"):
        return room.astype(np.uint8)


def at_least(
    textures: list[Item], count: int, size: tuple[int, int], registry: Item
) -> None:
    """Small textures for so many pictures of a size (width, height).

    To make textures anew leaks: those that are there are given to others.
    """
    width, height = size
    while len(textures) < count:
        blank = [0.0] * (width * height * 4)
        textures.append(dpg.add_dynamic_texture(width, height, blank, parent=registry))
