"""Arithmetic on pictures."""

import numpy as np
from PIL import Image


def shrink(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Average a picture down to (width, height); uint8 in and out."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    image = Image.fromarray(pixels)
    return np.asarray(image.resize(size, Image.Resampling.BOX))
