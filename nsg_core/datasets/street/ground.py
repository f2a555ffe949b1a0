"""Road, kerbs, pavements, lawns and the sky over them."""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.ndimage import gaussian_filter

from nsg_core.datasets.street.parts import Part, grid_faces, part, quad
from nsg_core.datasets.street.textures import (
    Random,
    asphalt,
    grass,
    octaves,
    sky,
    slabs,
    to_pixels,
)

LEFT, RIGHT = -7.45, 3.95
"""Edges of the road; the vehicle's lane is centred on x = 0."""
CENTER_LINE, RIGHT_LINE, LEFT_LINE = -1.75, 1.85, -5.35
PAVEMENT = 3.8
KERB_HEIGHT, KERB_WIDTH = 0.13, 0.25
NEAR, MIDDLE, FAR = -16.0, 52.0, 156.0
"""Along the street: finer texture up to the middle."""
ZEBRA = 37.0
BAY = 6.2
"""Length of a parking place."""


def build(random: Random) -> list[Part]:
    """Everything flat, and the sky."""
    parts = [
        _level(LEFT, RIGHT, NEAR, MIDDLE, 0.0, _road(random, NEAR, MIDDLE, 52)),
        _level(LEFT, RIGHT, MIDDLE, FAR, 0.0, _road(random, MIDDLE, FAR, 22)),
        *_pavement(random, -1.0),
        *_pavement(random, 1.0),
        _sky(random),
    ]
    lawn = to_pixels(grass(random, 2048, 512))
    inner = LEFT - KERB_WIDTH - PAVEMENT
    outer = RIGHT + KERB_WIDTH + PAVEMENT
    for left, right in ((inner - 45, inner), (outer, outer + 45)):
        parts.append(_level(left, right, NEAR, FAR + 40, -KERB_HEIGHT, lawn))
    parts.append(_level(inner, outer, FAR, FAR + 40, 0.0, lawn))
    return parts


def _level(
    left: float, right: float, near: float, far: float, y: float, image: np.ndarray
) -> Part:
    """A horizontal rectangle; its picture is a map with the far end at the top."""
    corners = ((left, y, far), (right, y, far), (right, y, near), (left, y, near))
    return quad(corners, image, roughness=1.0)


def _road(random: Random, near: float, far: float, scale: int) -> np.ndarray:
    rows, columns = round((far - near) * scale), round((RIGHT - LEFT) * scale)
    image = asphalt(random, rows, columns, scale)
    image *= _wear(rows, columns, scale)[..., None]
    paint = _markings(near, far, scale, (columns, rows))
    worn = np.clip(0.86 + 0.55 * octaves(random, rows, columns, 0.5 * scale), 0.25, 1)
    cover = (np.asarray(paint) / 255 * worn)[..., None]
    white = np.array((0.86, 0.86, 0.83))
    return to_pixels(image * (1 - cover) + white * cover)


def _wear(rows: int, columns: int, scale: int) -> np.ndarray:
    """Tyres polish two tracks in each lane, and dirt gathers at the kerbs."""
    x = LEFT + np.arange(columns) / scale
    light = np.ones(columns)
    for lane in (0.0, -3.5):
        for track in (-0.75, 0.75):
            light += 0.07 * np.exp(-(((x - lane - track) / 0.28) ** 2))
        light -= 0.06 * np.exp(-(((x - lane) / 0.22) ** 2))
    edge = np.minimum(x - LEFT, RIGHT - x)
    light *= 1 - 0.30 * np.exp(-edge / 0.22)
    return np.broadcast_to(light, (rows, columns))


def _markings(
    near: float, far: float, scale: int, size: tuple[int, int]
) -> Image.Image:
    """Where there is paint on the road: 0 to 255."""
    image = Image.new("L", size, 0)
    draw = ImageDraw.Draw(image)

    def area(left: float, z0: float, right: float, z1: float) -> None:
        corners = ((left - LEFT) * scale, (far - z1) * scale)
        draw.rectangle((*corners, (right - LEFT) * scale, (far - z0) * scale), fill=255)

    for dash in np.arange(np.floor(near / 7.5) * 7.5, far, 7.5):
        if not ZEBRA - 4 < dash < ZEBRA + 3:
            area(CENTER_LINE - 0.07, dash, CENTER_LINE + 0.07, dash + 3.6)
    for line, kerb in ((RIGHT_LINE, RIGHT), (LEFT_LINE, LEFT)):
        area(line - 0.05, near, line + 0.05, far)
        inner, outer = sorted((line, kerb))
        for bay in np.arange(np.floor(near / BAY) * BAY, far, BAY):
            area(inner, bay, outer, bay + 0.10)
    _blank(draw, near, far, scale)
    for stripe in np.arange(LEFT + 0.4, RIGHT - 0.4, 1.0):
        area(stripe, ZEBRA - 1.6, stripe + 0.5, ZEBRA + 1.6)
    return image.filter(ImageFilter.GaussianBlur(0.012 * scale))


def _blank(draw: ImageDraw.ImageDraw, near: float, far: float, scale: int) -> None:
    """No lines on and just before the crossing."""
    top, bottom = (far - ZEBRA - 2.4) * scale, (far - ZEBRA + 2.4) * scale
    draw.rectangle((0, top, (RIGHT - LEFT) * scale, bottom), fill=0)


def _pavement(random: Random, side: float) -> list[Part]:
    """Kerb stones and paving slabs on one side."""
    scale = 26
    edge = RIGHT if side > 0 else LEFT
    inner, outer = edge + side * KERB_WIDTH, edge + side * (KERB_WIDTH + PAVEMENT)
    rows = round((FAR - NEAR) * scale)
    stone = (0.60, 0.58, 0.55)
    paving = slabs(random, rows, round(PAVEMENT * scale), (15.6, 15.6), stone)
    # Gum, stains and the damp strip along the walls.
    stains = gaussian_filter(random.random(paving.shape[:2]) > 0.9996, 1.6) * 12
    paving *= (1 - 0.35 * np.clip(stains, 0, 1))[..., None]
    left, right = sorted((inner, outer))
    y = -KERB_HEIGHT
    top = _level(left, right, NEAR, FAR, y, to_pixels(paving))
    kerb = to_pixels(slabs(random, rows, 12, (26.0, 40.0), (0.66, 0.65, 0.63)))
    left, right = sorted((edge, inner))
    cap = _level(left, right, NEAR, FAR, y, kerb)
    corners = [(edge, y, FAR), (edge, y, NEAR), (edge, 0.0, NEAR), (edge, 0.0, FAR)]
    if side < 0:
        corners = [corners[i] for i in (1, 0, 3, 2)]
    face = quad(corners, np.ascontiguousarray(kerb.swapaxes(0, 1)))
    return [top, cap, face]


def _sky(random: Random) -> Part:
    """A dome far away that shines by itself."""
    rows, columns, radius = 14, 48, 700.0
    theta, phi = np.meshgrid(
        np.linspace(0, np.pi / 2, rows),
        np.linspace(0, 2 * np.pi, columns + 1),
        indexing="ij",
    )
    unit = np.stack(
        [np.sin(theta) * np.sin(phi), -np.cos(theta), np.sin(theta) * np.cos(phi)], -1
    )
    vertices = unit.reshape(-1, 3) * radius + np.array((0, 8.0, 0))
    uv = np.stack([phi / (2 * np.pi), theta / (np.pi / 2)], -1).reshape(-1, 2)
    faces = grid_faces(rows, columns + 1)
    dome = part(vertices, np.concatenate([faces, faces[:, ::-1]]), roughness=1.0)
    return replace(
        dome,
        normals=-unit.reshape(-1, 3),
        uv=uv,
        texture=sky(random, 768, 3072),
        emissive=True,
    )
