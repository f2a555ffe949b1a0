"""Pictures for surfaces, painted from noise and a few drawn shapes."""

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFilter
from scipy.ndimage import gaussian_filter

from nsg_core.datasets.street.parts import Color

Random = np.random.Generator
Pixels = UInt8[np.ndarray, "rows columns channels"]


def noise(random: Random, rows: int, columns: int, cell: float) -> np.ndarray:
    """Smooth noise in [-1, 1] whose features are `cell` pixels wide [rows columns]."""
    shape = (int(rows / cell) + 3, int(columns / cell) + 3)
    coarse = Image.fromarray(random.uniform(-1, 1, shape).astype(np.float32))
    window = (1.0, 1.0, 1 + columns / cell, 1 + rows / cell)
    method = Image.Resampling.BILINEAR if cell < 4 else Image.Resampling.BICUBIC
    return np.clip(np.asarray(coarse.resize((columns, rows), method, window)), -1, 1)


def octaves(random: Random, rows: int, columns: int, cell: float) -> np.ndarray:
    """Noise with detail at several scales, from `cell` pixels down [rows columns]."""
    total = np.zeros((rows, columns), dtype=np.float32)
    weight = 1.0
    while cell >= 1.5:
        total += weight * noise(random, rows, columns, cell)
        cell, weight = cell / 2.5, weight * 0.62
    return total / (np.abs(total).max() + 1e-9)


def speckle(random: Random, rows: int, columns: int, blur: float) -> np.ndarray:
    """Grains of about unit deviation [rows columns]."""
    raw = random.standard_normal((rows, columns), dtype=np.float32)
    grains = gaussian_filter(raw, blur, truncate=2.5)
    return grains / grains.std()


def tinted(color: Color, light: Float[np.ndarray, "rows columns"]) -> np.ndarray:
    """A colour, lighter and darker by a factor 1 + light, as floats in [0, 1]."""
    tone = np.asarray(color, dtype=np.float32)
    return np.clip(tone * (1 + light[..., None].astype(np.float32)), 0, 1)


def to_pixels(image: Float[np.ndarray, "rows columns channels"]) -> Pixels:
    """Floats in [0, 1] as bytes."""
    return np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)


def asphalt(random: Random, rows: int, columns: int, scale: float) -> np.ndarray:
    """Worn asphalt with grains, patches, oil and cracks; `scale` pixels a metre."""
    light = 0.10 * octaves(random, rows, columns, 1.6 * scale)
    light += 0.07 * speckle(random, rows, columns, 0.6)
    light += 0.05 * speckle(random, rows, columns, 1.6)
    image = tinted((0.33, 0.335, 0.345), light)
    image *= _patches(random, rows, columns, scale)[..., None]
    return image * _cracks(random, rows, columns, scale)[..., None]


def _patches(random: Random, rows: int, columns: int, scale: float) -> np.ndarray:
    mask = Image.new("L", (columns, rows), 255)
    draw = ImageDraw.Draw(mask)
    for _ in range(int(rows / scale / 5)):
        x, y = random.uniform(0, columns), random.uniform(0, rows)
        w, h = random.uniform(0.5, 1.6) * scale, random.uniform(1.0, 4.0) * scale
        draw.rectangle((x, y, x + w, y + h), fill=int(random.uniform(205, 245)))
    for _ in range(int(rows / scale / 2)):
        x, y = random.uniform(0, columns), random.uniform(0, rows)
        r = random.uniform(0.05, 0.25) * scale
        draw.ellipse((x - r, y - 2 * r, x + r, y + 2 * r), fill=215)
    mask = mask.filter(ImageFilter.GaussianBlur(0.015 * scale))
    return np.asarray(mask) / 255


def _cracks(random: Random, rows: int, columns: int, scale: float) -> np.ndarray:
    mask = Image.new("L", (columns, rows), 255)
    draw = ImageDraw.Draw(mask)
    for _ in range(int(rows / scale / 2.5)):
        steps = random.normal(0, (0.12 * scale, 0.2 * scale), (24, 2))
        steps += random.normal(0, 0.12 * scale, 2)
        path = np.cumsum(steps, 0) + random.uniform((0, 0), (columns, rows))
        draw.line([tuple(p) for p in path], fill=150, width=max(1, int(0.02 * scale)))
    return np.asarray(mask) / 255


def slabs(
    random: Random,
    rows: int,
    columns: int,
    slab: tuple[float, float],
    color: Color,
) -> np.ndarray:
    """Paving stones of a size in pixels (rows, columns), each a little different."""
    row, column = np.arange(rows) / slab[0], np.arange(columns) / slab[1]
    # Every other row is set off by half a stone.
    across = column[None] + 0.5 * (row[:, None].astype(int) % 2)
    tones = random.normal(0, 0.06, (int(row[-1]) + 2, int(column[-1]) + 3))
    light = tones[row.astype(int)[:, None], across.astype(int)]
    light += 0.05 * octaves(random, rows, columns, max(slab))
    light += 0.04 * speckle(random, rows, columns, 0.7)
    image = tinted(color, light)
    joint = (row % 1 * slab[0] < 1.2)[:, None] | (across % 1 * slab[1] < 1.2)
    return np.where(joint[..., None], image * 0.62, image)


def plaster(random: Random, rows: int, columns: int, color: Color) -> np.ndarray:
    """Rendered wall with stains that run down."""
    light = 0.05 * octaves(random, rows, columns, columns / 4)
    light += 0.025 * speckle(random, rows, columns, 0.8)
    streaks = noise(random, 3, columns, 5)[1] * noise(random, rows, columns, 90)
    return tinted(color, light + 0.07 * streaks)


def bricks(
    random: Random, rows: int, columns: int, scale: float, color: Color
) -> np.ndarray:
    """Brick wall, `scale` pixels a metre."""
    image = slabs(random, rows, columns, (0.12 * scale, 0.30 * scale), color)
    tint = 0.035 * random.standard_normal(3)
    hue = 1 + tint * noise(random, rows, columns, scale)[..., None]
    return np.clip(image * hue, 0, 1)


def grass(random: Random, rows: int, columns: int) -> np.ndarray:
    """A lawn."""
    light = 0.25 * octaves(random, rows, columns, 60)
    light += 0.16 * speckle(random, rows, columns, 0.8)
    return tinted((0.30, 0.40, 0.16), light)


def sky(random: Random, rows: int, columns: int) -> Pixels:
    """A panorama, zenith at the top to horizon at the bottom, with clouds and hills."""
    up = np.linspace(1, 0, rows)[:, None, None]
    zenith, horizon = np.array((0.30, 0.50, 0.80)), np.array((0.80, 0.87, 0.94))
    image = horizon + (zenith - horizon) * up**0.55 + np.zeros((rows, columns, 3))
    cloud = octaves(random, rows, columns // 2, columns / 14)
    # Mirrored, so that the two ends of the panorama meet.
    cloud = np.concatenate([cloud, cloud[:, ::-1]], 1)[:, :columns]
    cover = np.clip((cloud + 0.02) * 3.0, 0, 1)[..., None] * np.clip(up * 9, 0, 1)
    shade = 0.93 + 0.07 * np.clip(1 - 2.2 * cloud, 0, 1)[..., None]
    image = image * (1 - 0.85 * cover) + 0.85 * cover * shade * np.array(
        (1, 0.99, 0.97)
    )
    ridge = noise(random, 1, columns // 2, columns / 24)[0]
    ridge = np.concatenate([ridge, ridge[::-1]])
    hills = up[..., 0] < 0.030 + 0.016 * ridge[None, :columns]
    image[hills] = 0.45 * image[hills] + 0.55 * np.array((0.50, 0.60, 0.62))
    return to_pixels(image)
