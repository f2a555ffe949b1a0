"""The textures of pictures: each allocated once, at the largest size that is needed.

Dear PyGui keeps the pointer of a raw texture's array and reads from it in every frame,
with no look at its size or type: an array too small is a crash. It also leaks when a
texture is made anew. So the array is made here, lives as long as the window, and is
only ever written into.

To read it in every frame costs several milliseconds without a graphics card, whether
anything has changed or not. So a texture that rests lies on a stage, where nobody reads
it; the graphics card has its pixels. It is on the registry while they change.
"""

from typing import cast

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_editor.ui.containers import within

AWAKE = 3
"""Frames until changed pixels are on the graphics card, and one to be sure."""


class PictureTexture:
    """Pixels for the screen; smaller pictures lie in the upper left corner."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        # One row and column more: the edge is repeated there, or the filter of the
        # graphics card would mix in what lies beyond.
        self._buffer = np.zeros((height + 1, width + 1, 4), dtype=np.float32)
        self._buffer[..., 3] = 1.0
        self.shown: tuple[int, int] | None = None
        """Width and height of the picture that is in it."""
        self._awake = AWAKE
        self._stage = dpg.add_stage()
        with within(dpg.texture_registry()) as self._registry:
            self.tag = dpg.add_raw_texture(
                width + 1,
                height + 1,
                cast("list[float]", self._buffer),
                format=dpg.mvFormat_Float_rgba,
            )

    def put(self, rgb: np.ndarray) -> None:
        """Show a picture: [height width 3], uint8 or float32 in [0, 1]."""
        height, width, channels = rgb.shape
        fits = height <= self.height and width <= self.width and channels == 3
        assert fits, f"{rgb.shape} does not fit {self.width}x{self.height}"
        target = self._buffer[:height, :width, :3]
        if rgb.dtype == np.uint8:
            np.multiply(rgb, np.float32(1 / 255), out=target, casting="unsafe")
        else:
            assert rgb.dtype == np.float32, rgb.dtype
            np.clip(rgb, 0.0, 1.0, out=target)
        self._buffer[height, :width] = self._buffer[height - 1, :width]
        self._buffer[: height + 1, width] = self._buffer[: height + 1, width - 1]
        assert self._buffer.flags.c_contiguous
        if self._awake == 0:
            dpg.move_item(self.tag, parent=self._registry)
        dpg.set_value(self.tag, self._buffer)
        self.shown, self._awake = (width, height), AWAKE

    def tick(self) -> None:
        """Once a frame, after all pixels were put: lie down if nothing has changed."""
        if self._awake > 0:
            self._awake -= 1
            if self._awake == 0:
                dpg.move_item(self.tag, parent=self._stage)

    @property
    def uv_max(self) -> tuple[float, float]:
        """The lower right corner of the picture within the texture."""
        width, height = self.shown or (1, 1)
        return width / (self.width + 1), height / (self.height + 1)
