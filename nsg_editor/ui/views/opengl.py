"""Writes pixels straight into the toolkit's textures, by the OpenGL it draws with.

Dear PyGui takes pictures as floats, hands all of a texture on in every frame, and shows
it a frame late. Where it draws with OpenGL (Linux), its context is current in the
window's thread, so bytes can be written into its texture there and then: in a quarter
of the time, only as many as there are, and the next frame shows them. It does not tell
OpenGL's name of a texture; that is found once, by size and pixels.
"""

import ctypes
import sys
from functools import cache

import numpy as np

TEXTURE_2D, RGB, UNSIGNED_BYTE = 0x0DE1, 0x1907, 0x1401
WIDTH, HEIGHT, BOUND = 0x1000, 0x1001, 0x8069
UNPACK_ALIGNMENT, UNPACK_BUFFER = 0x0CF5, 0x88EC
PACK_ALIGNMENT, PACK_BUFFER = 0x0D05, 0x88EB
NAMES = 400
"""Names are small numbers; the window has some fifty textures."""
NEEDED = (
    *("glIsTexture", "glBindTexture", "glBindBuffer", "glGetIntegerv"),
    *("glPixelStorei", "glTexSubImage2D", "glGetTexImage", "glGetTexLevelParameteriv"),
    "glXGetCurrentContext",
)


class OpenGL:
    """The calls that are needed, in the thread whose context is current."""

    def __init__(self, library: ctypes.CDLL) -> None:
        """Raises AttributeError where the library lacks one of them."""
        for name in NEEDED:
            getattr(library, name)
        library.glXGetCurrentContext.restype = ctypes.c_void_p
        self._gl = library

    def find(self, pixels: np.ndarray) -> int | None:
        """The name of the only texture with these pixels [height width 3] uint8."""
        if not self._gl.glXGetCurrentContext():
            return None
        before = self._bound()
        height, width, _ = pixels.shape
        found = [
            name
            for name in range(1, NAMES)
            if self._gl.glIsTexture(name)
            and self._size(name) == (width, height)
            and _alike(self._read(width, height), pixels)
        ]
        self._gl.glBindTexture(TEXTURE_2D, before)
        return found[0] if len(found) == 1 else None

    def write(self, name: int, x: int, y: int, rgb: np.ndarray) -> None:
        """Put pixels [height width 3] uint8 into a texture, from (x, y) on."""
        assert rgb.dtype == np.uint8
        assert rgb.flags.c_contiguous
        gl, before = self._gl, self._bound()
        height, width, _ = rgb.shape
        gl.glBindTexture(TEXTURE_2D, name)
        # Otherwise the address would be taken for a place in that buffer.
        gl.glBindBuffer(UNPACK_BUFFER, 0)
        gl.glPixelStorei(UNPACK_ALIGNMENT, 1)
        start = ctypes.c_void_p(rgb.ctypes.data)
        place = (TEXTURE_2D, 0, x, y, width, height)
        gl.glTexSubImage2D(*place, RGB, UNSIGNED_BYTE, start)
        gl.glPixelStorei(UNPACK_ALIGNMENT, 4)
        gl.glBindTexture(TEXTURE_2D, before)

    def _bound(self) -> int:
        name = ctypes.c_int()
        self._gl.glGetIntegerv(BOUND, ctypes.byref(name))
        return name.value

    def _size(self, name: int) -> tuple[int, int]:
        """It stays bound."""
        self._gl.glBindTexture(TEXTURE_2D, name)
        sides = ctypes.c_int(), ctypes.c_int()
        for what, side in zip((WIDTH, HEIGHT), sides, strict=True):
            self._gl.glGetTexLevelParameteriv(TEXTURE_2D, 0, what, ctypes.byref(side))
        return sides[0].value, sides[1].value

    def _read(self, width: int, height: int) -> np.ndarray:
        """The pixels of the texture that is bound."""
        pixels = np.empty((height, width, 3), np.uint8)
        self._gl.glBindBuffer(PACK_BUFFER, 0)
        self._gl.glPixelStorei(PACK_ALIGNMENT, 1)
        start = ctypes.c_void_p(pixels.ctypes.data)
        self._gl.glGetTexImage(TEXTURE_2D, 0, RGB, UNSIGNED_BYTE, start)
        self._gl.glPixelStorei(PACK_ALIGNMENT, 4)
        return pixels


@cache
def opengl() -> OpenGL | None:
    """None: the toolkit draws with something else here, or it cannot be told."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return OpenGL(ctypes.CDLL("libGL.so.1"))
    except (OSError, AttributeError):
        return None


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    """The same but for how floats were rounded."""
    return int(np.abs(a.astype(np.int16) - b).max()) <= 1
