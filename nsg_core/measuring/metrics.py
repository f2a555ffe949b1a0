"""How alike two pictures are: closed forms on arrays in [0, 1]."""

import math

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import correlate1d

SSIM_WINDOW, SSIM_SIGMA = 11, 1.5
"""Of Wang et al. 2004, as TensorFlow's and most papers' SSIM have it."""
SSIM_K = (0.01, 0.03)

Picture = Float[np.ndarray, "height width 3"]


def psnr(rendered: np.ndarray, recorded: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of pictures in [0, 1]; 100 for equal ones."""
    error = float(np.mean((np.clip(rendered, 0, 1) - recorded) ** 2))
    return -10 * math.log10(max(error, 1e-10))


def psnr_within(
    rendered: Picture, recorded: Picture, mask: Bool[np.ndarray, "height width"]
) -> float | None:
    """PSNR of the chosen pixels alone; None if there is none."""
    return psnr(rendered[mask], recorded[mask]) if mask.any() else None


def ssim(rendered: Picture, recorded: Picture) -> float | None:
    """Structural similarity, the mean over channels and all whole windows.

    None where a picture is smaller than a window.
    """
    if min(recorded.shape[:2]) < SSIM_WINDOW:
        return None
    x, y = np.clip(rendered, 0, 1).astype(np.float64), recorded.astype(np.float64)
    mean_x, mean_y = _blurred(x), _blurred(y)
    # E[xy] - E[x]E[y]; what rounding leaves below zero is none.
    var_x = np.maximum(_blurred(x * x) - mean_x**2, 0)
    var_y = np.maximum(_blurred(y * y) - mean_y**2, 0)
    covariance = _blurred(x * y) - mean_x * mean_y
    c1, c2 = (k**2 for k in SSIM_K)
    light = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2 * covariance + c2) / (var_x + var_y + c2)
    return float((light * structure).mean())


def _blurred(values: np.ndarray) -> np.ndarray:
    """Gaussian means of all windows that lie wholly in the picture."""
    half = SSIM_WINDOW // 2
    weights = np.exp(-0.5 * (np.arange(-half, half + 1) / SSIM_SIGMA) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        values = correlate1d(values, weights, axis)
    return values[half:-half, half:-half]
