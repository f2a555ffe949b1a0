"""Dense optical flow between two pictures, for the metric tOF.

After Farnebäck, "Two-Frame Motion Estimation Based on Polynomial Expansion" (SCIA
2003): around each pixel the picture is a quadratic, and a shift between two pictures
follows from how its linear part changed. Borders, windows and the pyramid are as in
OpenCV with the parameters of the original's evaluation (0.5, 3, 15, 3, 5, 1.2, 0), so
that numbers compare.
"""

import numpy as np
from jaxtyping import Float
from scipy.ndimage import correlate1d, map_coordinates, uniform_filter

LEVELS, SMALLEST = 3, 32
"""Of the pyramid besides the full picture, and its least edge in pixels."""
WINDOW, ROUNDS = 15, 3
REACH, SIGMA = 5, 1.2
"""Of the neighbourhood whose quadratic is found."""
EDGE_TRUST = (0.14, 0.14, 0.4472, 0.4472, 0.4472)
"""How much the outermost pixels count, from the edge inwards."""
LUMA = (0.299, 0.587, 0.114)

Grey = Float[np.ndarray, "height width"]
Flow = Float[np.ndarray, "height width 2"]
Expansion = Float[np.ndarray, "5 height width"]
"""Coefficients of x, y, x², y², xy at each pixel."""


def grey(rgb: Float[np.ndarray, "height width 3"]) -> Grey:
    """Brightness of colours in [0, 1], as whole numbers from 0 to 255."""
    return np.round(np.clip(rgb, 0, 1).astype(np.float64) @ LUMA * 255)


def optical_flow(before: Grey, after: Grey) -> Flow:
    """By how many pixels (x, y) each pixel of the first picture has moved."""
    height, width = before.shape
    levels = 0
    while levels < LEVELS and min(height, width) * 0.5 ** (levels + 1) >= SMALLEST:
        levels += 1
    flow: Flow | None = None
    for level in range(levels, -1, -1):
        size = (round(height * 0.5**level), round(width * 0.5**level))
        a, b = (_expand(_shrunk(picture, level, size)) for picture in (before, after))
        flow = np.zeros((*size, 2)) if flow is None else 2 * _resized(flow, size)
        for _ in range(ROUNDS):
            flow = _improved(a, b, flow)
    assert flow is not None
    return flow


def end_point_error(a: Flow, b: Flow) -> float | None:
    """Mean distance of two flows in the middle of a picture; None if it has none.

    The middle is what a multiple of 32 pixels holds, at least 8 from each edge.
    """
    height, width = ((edge - 16) // 32 * 32 for edge in a.shape[:2])
    if min(height, width) < 32:
        return None
    top, left = (a.shape[0] - height) // 2, (a.shape[1] - width) // 2
    middle = (slice(top, top + height), slice(left, left + width))
    return float(np.linalg.norm(a[middle] - b[middle], axis=-1).mean())


def _shrunk(
    picture: Grey, level: int, size: tuple[int, int]
) -> Float[np.ndarray, "rows columns"]:
    """A level of the pyramid, blurred before pixels are left out."""
    if level == 0:
        weights = np.array([0.25, 0.5, 0.25])
    else:
        sigma = (2**level - 1) / 2
        half = (round(5 * sigma) | 1) // 2
        weights = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
        weights /= weights.sum()
    for axis in (0, 1):
        picture = correlate1d(picture, weights, axis, mode="mirror")
    return _resized(picture[..., None], size)[..., 0]


def _resized(
    values: Float[np.ndarray, "height width channels"], size: tuple[int, int]
) -> Float[np.ndarray, "rows columns channels"]:
    """Bilinear, with the pictures' edges on each other."""
    places = [
        (np.arange(new) + 0.5) * old / new - 0.5
        for new, old in zip(size, values.shape[:2], strict=True)
    ]
    grid = np.meshgrid(*places, indexing="ij")
    channels = [
        map_coordinates(channel, grid, order=1, mode="nearest")
        for channel in np.moveaxis(values, -1, 0)
    ]
    return np.stack(channels, -1)


def _expand(picture: Grey) -> Expansion:
    """The quadratic that fits each pixel's neighbourhood best, without its constant."""
    x = np.arange(-REACH, REACH + 1, dtype=np.float64)
    weight = np.exp(-0.5 * (x / SIGMA) ** 2)
    weight /= weight.sum()
    # Basis functions as powers of x and y: 1, x, y, x², y², xy.
    powers = ((0, 0), (1, 0), (0, 1), (2, 0), (0, 2), (1, 1))
    moment = [float((weight * x**n).sum()) for n in range(5)]
    gram = np.array(
        [[moment[i + k] * moment[j + m] for k, m in powers] for i, j in powers]
    )
    rows = [correlate1d(picture, weight * x**j, 0, mode="nearest") for j in range(3)]
    answers = np.stack(
        [correlate1d(rows[j], weight * x**i, 1, mode="nearest") for i, j in powers]
    )
    return np.tensordot(np.linalg.inv(gram)[1:], answers, 1)


def _improved(a: Expansion, b: Expansion, flow: Flow) -> Flow:
    """The shift under which the linear parts agree best, around each pixel."""
    height, width = flow.shape[:2]
    dx, dy = np.moveaxis(flow, -1, 0)
    v, u = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    x, y = u + dx, v + dy
    inside = (x >= 0) & (y >= 0) & (x < width - 1) & (y < height - 1)
    moved = np.stack([map_coordinates(c, (y, x), order=1, mode="nearest") for c in b])
    linear_x, linear_y = (np.where(inside, moved[i], 0) for i in (0, 1))
    xx, yy, xy = (np.where(inside, (a[i] + moved[i]) / 2, a[i]) for i in (2, 3, 4))
    xy = xy / 2
    change_x = (a[0] - linear_x) / 2 + xx * dx + xy * dy
    change_y = (a[1] - linear_y) / 2 + xy * dx + yy * dy
    trust = np.outer(_trust(height), _trust(width))
    xx, yy, xy, change_x, change_y = (
        values * trust for values in (xx, yy, xy, change_x, change_y)
    )
    terms = (
        xx**2 + xy**2,
        xy * (xx + yy),
        yy**2 + xy**2,
        xx * change_x + xy * change_y,
        xy * change_x + yy * change_y,
    )
    g11, g12, g22, h1, h2 = (uniform_filter(t, WINDOW, mode="nearest") for t in terms)
    determinant = g11 * g22 - g12**2 + 1e-3
    return np.stack(
        [(g22 * h1 - g12 * h2) / determinant, (g11 * h2 - g12 * h1) / determinant], -1
    )


def _trust(count: int) -> Float[np.ndarray, " count"]:
    weights = np.ones(count)
    for i, trust in enumerate(EDGE_TRUST[: count // 2]):
        weights[[i, -1 - i]] = trust
    return weights
