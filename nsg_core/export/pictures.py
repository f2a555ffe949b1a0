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


def pixel_directions(view: View) -> Float[np.ndarray, "height width 3"]:
    """Directions through the pixels in camera coordinates, with z = 1."""
    x = (np.arange(view.width) - view.cx) / view.fx
    y = (np.arange(view.height) - view.cy) / view.fy
    columns, rows = np.meshgrid(x, y)
    return np.stack([columns, rows, np.ones_like(columns)], -1)


def to_z(
    distance: Float[np.ndarray, "height width"], view: View
) -> Float[np.ndarray, "height width"]:
    """Depth along the optical axis from distances along the rays."""
    return distance / np.linalg.norm(pixel_directions(view), axis=-1)


def encode_rgb(
    rgb: Float[np.ndarray, "height width 3"],
) -> UInt8[np.ndarray, "height width 3"]:
    """Colours in [0, 1] as bytes, rounded to the nearest."""
    return np.round(np.clip(rgb, 0.0, 1.0) * 255.0).astype(np.uint8)


def encode_depth(
    distance: Float[np.ndarray, "height width"],
    opacity: Float[np.ndarray, "height width"],
    view: View,
) -> UInt16[np.ndarray, "height width"]:
    """KITTI depth from distances along the rays; 0 for the sky and beyond 255 m."""
    scaled = np.round(to_z(distance.astype(np.float64), view) * DEPTH_SCALE)
    known = (opacity >= SOLID) & (scaled >= 1) & (scaled <= np.iinfo(np.uint16).max)
    return np.where(known, scaled, 0).astype(np.uint16)


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
