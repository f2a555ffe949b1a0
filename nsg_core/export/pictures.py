"""Rendered pictures as PNG files, in the units of KITTI."""

import io
from pathlib import Path

import numpy as np
from jaxtyping import Float, Shaped, UInt8, UInt16
from PIL import Image

from nsg_core.errors import FileError
from nsg_core.files import write_bytes
from nsg_core.view import View

DEPTH_SCALE = 256.0
"""KITTI's depth pictures: metres * 256, 0 where there is no surface."""
SOLID = 0.5
"""From this opacity on a pixel shows a surface, not the sky."""


BAND = 128
"""Rows that are encoded at a time: a wide picture's numbers would fill gigabytes."""


def to_z(
    distance: Float[np.ndarray, "rows width"], view: View, first: int = 0
) -> Float[np.ndarray, "rows width"]:
    """Depth along the optical axis from distances along the rays, from a row on."""
    x = (np.arange(view.width) - view.cx) / view.fx
    y = (np.arange(first, first + len(distance)) - view.cy) / view.fy
    return distance / np.sqrt(x**2 + y[:, None] ** 2 + 1)


def encode_rgb(
    rgb: Float[np.ndarray, "height width *channels"],
) -> UInt8[np.ndarray, "height width *channels"]:
    """Colours (or shades of grey) in [0, 1] as bytes, rounded to the nearest."""
    pixels = np.empty(rgb.shape, np.uint8)
    for i in range(0, len(rgb), BAND):
        pixels[i : i + BAND] = np.round(np.clip(rgb[i : i + BAND], 0.0, 1.0) * 255.0)
    return pixels


def encode_depth(
    distance: Float[np.ndarray, "height width"],
    opacity: Float[np.ndarray, "height width"],
    view: View,
) -> UInt16[np.ndarray, "height width"]:
    """KITTI depth from distances along the rays; 0 for the sky and beyond 255 m."""
    pixels = np.empty(distance.shape, np.uint16)
    for i in range(0, len(distance), BAND):
        some = slice(i, i + BAND)
        z = to_z(distance[some].astype(np.float64), view, i)
        scaled = np.round(z * DEPTH_SCALE)
        known = (scaled >= 1) & (scaled <= np.iinfo(np.uint16).max)
        pixels[some] = np.where(known & (opacity[some] >= SOLID), scaled, 0)
    return pixels


def write_png(path: Path, pixels: Shaped[np.ndarray, "height width *channels"]) -> None:
    """Write a picture, whole or not at all: 8-bit colour or grey, or 16-bit grey."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG", compress_level=4)
    write_bytes(path, buffer.getvalue())


def read_png(path: Path) -> np.ndarray:
    """A picture as it was written."""
    try:
        with Image.open(path) as image:
            return np.asarray(image)
    except (OSError, SyntaxError, ValueError) as error:
        fix = "Delete it and export again: finished frames are kept."
        raise FileError(path, "a readable picture", f"{error}", fix) from None
