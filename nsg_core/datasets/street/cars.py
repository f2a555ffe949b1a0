"""Cars: a body lofted along its length, painted from the side, top, front and rear.

A body is a grid of vertices: stations along x (rear to front) times a ring around the
section. The painter draws one picture of each side; a vertex belongs to the picture
that its face looks at.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from nsg_core.datasets.street.parts import (
    Color,
    Mesh,
    Part,
    ball,
    grid_faces,
    merge,
    part,
    smooth_normals,
    tube,
)

Outline = tuple[tuple[float, float], ...]
"""Height over position: (share of the length from the rear, metres)."""


@dataclass(frozen=True)
class Model:
    """The proportions of a car."""

    length: float
    width: float
    roof: Outline
    """Where the skin is highest along the car, with the cabin."""
    belt: float
    """Height at which the windows begin."""
    cabin: tuple[float, float, float, float]
    """Rear foot, rear top, front top, front foot of the windows, as shares."""
    wheels: tuple[float, float]
    """Rear and front axle, as shares."""
    radius: float = 0.32
    pillars: tuple[float, ...] = (0.40,)
    """Where the side windows are divided, as shares."""

    @property
    def height(self) -> float:
        return max(height for _, height in self.roof)


HATCHBACK = Model(
    *(4.05, 1.76),
    (
        *((0, 0.50), (0.004, 0.62), (0.012, 0.86), (0.03, 1.00), (0.105, 1.36)),
        *((0.16, 1.43), (0.33, 1.475), (0.48, 1.455), (0.55, 1.40), (0.735, 1.00)),
        *((0.77, 0.955), (0.90, 0.86), (0.965, 0.74), (0.99, 0.62), (1, 0.50)),
    ),
    0.93,
    (0.06, 0.135, 0.50, 0.715),
    (0.175, 0.80),
    pillars=(0.24, 0.43),
)
SEDAN = Model(
    *(4.66, 1.80),
    (
        *((0, 0.52), (0.004, 0.66), (0.012, 0.90), (0.03, 0.99), (0.15, 1.04)),
        *((0.18, 1.07), (0.29, 1.35), (0.36, 1.425), (0.46, 1.44), (0.54, 1.405)),
        *((0.58, 1.36), (0.715, 1.00), (0.75, 0.95), (0.91, 0.84), (0.97, 0.72)),
        *((0.993, 0.60), (1, 0.50)),
    ),
    0.92,
    (0.20, 0.31, 0.545, 0.70),
    (0.20, 0.805),
    pillars=(0.285, 0.455),
)
ESTATE = replace(
    SEDAN,
    roof=(
        *((0, 0.52), (0.004, 0.66), (0.012, 0.92), (0.025, 1.02), (0.085, 1.36)),
        *((0.13, 1.44), (0.30, 1.48), (0.46, 1.47), (0.54, 1.42), (0.58, 1.37)),
        *((0.715, 1.00), (0.75, 0.95), (0.91, 0.84), (0.97, 0.72), (0.993, 0.60)),
        *((1, 0.50),),
    ),
    cabin=(0.05, 0.105, 0.55, 0.70),
    pillars=(0.20, 0.30, 0.46),
)
SUV = Model(
    *(4.45, 1.86),
    (
        *((0, 0.60), (0.004, 0.75), (0.012, 1.02), (0.025, 1.14), (0.085, 1.52)),
        *((0.13, 1.61), (0.32, 1.655), (0.48, 1.635), (0.56, 1.56), (0.715, 1.15)),
        *((0.75, 1.10), (0.92, 1.00), (0.975, 0.86), (0.993, 0.72), (1, 0.58)),
    ),
    1.06,
    (0.05, 0.11, 0.525, 0.70),
    (0.18, 0.80),
    radius=0.37,
    pillars=(0.22, 0.42),
)
VAN = Model(
    *(4.95, 1.96),
    (
        *((0, 0.55), (0.003, 0.80), (0.008, 1.70), (0.02, 1.88), (0.05, 1.95)),
        *((0.40, 1.98), (0.66, 1.95), (0.71, 1.88), (0.85, 1.22), (0.875, 1.14)),
        *((0.955, 1.00), (0.985, 0.82), (0.996, 0.66), (1, 0.52)),
    ),
    1.14,
    (0.60, 0.605, 0.70, 0.835),
    (0.19, 0.83),
    radius=0.34,
    pillars=(),
)
MODELS = {
    "hatchback": HATCHBACK,
    "sedan": SEDAN,
    "estate": ESTATE,
    "suv": SUV,
    "van": VAN,
}

STATIONS, SIDE, TOP = 52, 14, 8
CLEARANCE = 0.19
GLASS_TOP, GLASS_FOOT = (70, 84, 98), (22, 27, 33)


def car(model: Model, paint: Color, plate: str = "") -> Mesh:
    """A car whose box is centred in x and z and stands on y = 0."""
    return merge([_body(model, paint, plate), *_wheels(model), *_mirrors(model, paint)])


def _roof(m: Model, share: np.ndarray) -> np.ndarray:
    """Height of the skin, with the outline's corners a little rounded."""
    at, height = np.array(m.roof).T
    near = share[..., None] + np.linspace(-0.012, 0.012, 9)
    return np.interp(np.clip(near, 0, 1), at, height).mean(-1)


def _half_width(m: Model, share: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Plan view: round ends; section: tucked in below, leaning in above the belt."""
    end = np.minimum(share, 1 - share) * m.length
    plan = 1 - 0.20 * np.clip(1 - end / 0.75, 0, 1) ** 2.4
    low = 1 - 0.10 * np.clip((0.55 - height) / 0.38, 0, 1) ** 2
    lean = 0.155 if m is not VAN else 0.07
    above = np.clip((height - m.belt) / (m.height - m.belt), 0, 1)
    shoulder = 1 - 0.025 * np.clip((height - m.belt + 0.22) / 0.22, 0, 1)
    return 0.5 * m.width * plan * low * shoulder * (1 - lean * above)


def _stations() -> np.ndarray:
    """Shares of the length, closer together at the bumpers."""
    t = np.linspace(0, 1, STATIONS)
    return t - 0.75 * np.sin(2 * np.pi * t) / (2 * np.pi)


def _body(m: Model, paint: Color, plate: str) -> Part:
    share = _stations()[:, None]
    top = _roof(m, share)
    end = np.minimum(share, 1 - share) * m.length
    bottom = CLEARANCE + 0.10 * np.clip(1 - end / 0.35, 0, 1)
    # One half of a section: up the side, round the shoulder, over to the middle.
    up = np.linspace(0, 1, SIDE) ** 0.9
    corner = np.minimum(0.10, 0.3 * (top - bottom))
    height = bottom + (top - corner - bottom) * up
    width = _half_width(m, share, height)
    turn = np.linspace(0, np.pi / 2, TOP)[1:]
    crown = 0.35 * corner
    over = width[:, -1:] * np.cos(turn) ** 0.55
    round_up = top - corner + (corner - crown) * np.sin(turn) ** 0.7
    round_up = round_up + crown * np.sin(turn) ** 4
    half_z = np.concatenate([width, over], 1)
    half_y = np.concatenate([height, round_up], 1)
    under = np.zeros((STATIONS, 1))
    z = np.concatenate([under, half_z, -half_z[:, -2::-1], under], 1)
    y = np.concatenate([bottom, half_y, half_y[:, -2::-1], bottom], 1)
    x = (share - 0.5) * m.length + 0 * z
    vertices = np.stack([x, -y, z], -1)
    return _painted(m, vertices, _atlas(m, paint, plate))


def _painted(m: Model, grid: np.ndarray, atlas: "Atlas") -> Part:
    """Skin and end caps with the atlas, each face on the picture it looks at."""
    stations, ring = grid.shape[:2]
    vertices = grid.reshape(-1, 3)
    faces = grid_faces(stations, ring)
    normals = smooth_normals(vertices, faces)
    caps = [_cap(grid[0], -1.0), _cap(grid[-1], 1.0)]
    skin = part(vertices, faces, normals=normals)
    pieces = []
    for p in (skin, *caps):
        assert p.normals is not None
        corners = p.vertices[p.faces]
        flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        order = p.faces.ravel()
        where, facing = p.vertices[order], np.repeat(flat, 3, 0)
        uv = atlas.uv(m, where, facing)
        pieces.append(np.concatenate([where, p.normals[order], uv], 1))
    # Corners of neighbours on the same picture are one vertex again.
    rows, faces = np.unique(np.concatenate(pieces), axis=0, return_inverse=True)
    # Light that the road takes away below: the skin is darker near the ground.
    shade = np.clip(0.45 - 0.75 * rows[:, 1:2], 0.45, 1.0)
    return Part(
        rows[:, :3],
        faces.reshape(-1, 3),
        np.repeat(shade, 3, 1),
        rows[:, 3:6],
        rows[:, 6:],
        atlas.pixels,
        roughness=0.32,
    )


def _cap(ring: np.ndarray, direction: float) -> Part:
    middle = ring.mean(0, keepdims=True) + np.array((0.02 * direction, 0, 0))
    vertices = np.concatenate([ring, middle])
    n = len(ring)
    i = np.arange(n)
    faces = np.stack([i, (i + 1) % n, np.full(n, n)], -1)
    if direction < 0:
        faces = faces[:, ::-1]
    normals = np.tile((direction, 0.0, 0.0), (n + 1, 1))
    return part(vertices, faces, normals=normals)


@dataclass(frozen=True)
class Atlas:
    """Four pictures in one: side, top, front and rear, stacked from top to bottom."""

    pixels: np.ndarray

    def uv(self, m: Model, where: np.ndarray, facing: np.ndarray) -> np.ndarray:
        """Texture coordinates of points whose faces look along `facing`."""
        u = where[:, 0] / m.length + 0.5
        up = 1 - np.clip(-where[:, 1] / m.height, 0, 1)
        across = np.clip(where[:, 2] / m.width + 0.5, 0, 1)
        size = np.abs(facing) * (1.0, 1.0, 1.15)
        front, rear = (0.72 * s * facing[:, 0] > size[:, 1:].max(1) for s in (1, -1))
        top = (size[:, 1] > size[:, 2]) & ~front & ~rear
        coordinates = np.stack([u, up], 1)
        coordinates[top] = np.stack([u, across], 1)[top]
        coordinates[front] = np.stack([across, up], 1)[front]
        coordinates[rear] = np.stack([1 - across, up], 1)[rear]
        chart = np.select([front, rear, top], [2, 3, 1], 0)
        # A margin keeps the filter from reaching into the neighbour.
        inside = np.clip(coordinates[:, 1], 0.01, 0.99)
        return np.stack(
            [np.clip(coordinates[:, 0], 0.004, 0.996), (inside + chart) / 4], 1
        )


WIDE, HIGH = 2048, 512
"""Charts are drawn at this size and then halved, which smooths their edges."""


def _atlas(m: Model, paint: Color, plate: str) -> Atlas:
    charts = [_side(m, paint), _top(m, paint), _end(m, paint, plate, True)]
    charts.append(_end(m, paint, plate, False))
    sheets = [np.asarray(chart.reduce(2)) for chart in charts]
    return Atlas(np.concatenate(sheets))


def _rgb(color: Color, factor: float = 1.0) -> tuple[int, int, int]:
    r, g, b = (round(min(1.0, c * factor) * 255) for c in color)
    return r, g, b


@cache
def _glass_sheet() -> Image.Image:
    """Dark glass that mirrors the sky in its upper part."""
    rows = np.linspace(0, 1, HIGH)[:, None, None]
    sheet = np.array(GLASS_TOP) * (1 - rows) + np.array(GLASS_FOOT) * rows
    # A slanted bright band: the sky between two houses.
    columns = np.linspace(0, 6, WIDE)[None, :, None]
    band = 28 * np.clip(np.sin(columns * 2.1 + rows * 3) - 0.55, 0, 1)
    return Image.fromarray((sheet + band).astype(np.uint8))


def _side(m: Model, paint: Color) -> Image.Image:
    """Seen from the side: x to the right is forward, the full height is the roof's."""
    image = Image.new("RGB", (WIDE, HIGH), _rgb(paint))
    draw = ImageDraw.Draw(image)

    def at(share: float, height: float) -> tuple[float, float]:
        return share * WIDE, (1 - height / m.height) * HIGH

    def roof_at(share: float, less: float) -> tuple[float, float]:
        return at(share, float(_roof(m, np.array([share]))[0]) - less)

    rear_foot, rear_top, front_top, front_foot = m.cabin
    belt = m.belt + 0.03
    tops = [roof_at(s, 0.10) for s in np.linspace(rear_top, front_top, 24)]
    window = [at(rear_foot + 0.02, belt), *tops, at(front_foot - 0.02, belt)]
    draw.polygon([(x, y) for x, y in window], fill=(26, 27, 30))
    mask = Image.new("L", image.size, 0)
    inner = ImageDraw.Draw(mask)
    inner.polygon(window, fill=255)
    inner.line([*window, window[0]], fill=0, width=9)
    for pillar in m.pillars:
        inner.line([at(pillar, belt - 0.1), at(pillar - 0.008, 2.0)], fill=0, width=26)
    image.paste(_glass_sheet(), mask=mask)
    draw.rectangle((*at(0.0, 0.30), *at(1.0, 0.0)), fill=(30, 31, 33))
    dark, light = _rgb(paint, 0.45), _rgb(paint, 1.18)
    doors = [p for p in m.pillars if 0.3 < p < 0.6] or [0.62]
    edges = [m.wheels[0] + 0.105, *doors, m.wheels[1] - 0.115]
    for edge in edges:
        draw.line([at(edge, belt), at(edge, 0.32)], fill=dark, width=5)
    draw.line([at(edges[0], 0.32), at(edges[-1], 0.32)], fill=dark, width=5)
    for edge in edges[1:]:
        x, y = at(edge - 0.045, m.belt - 0.10)
        draw.rounded_rectangle((x, y, x + 62, y + 13), 6, fill=light)
        draw.line([(x, y + 15), (x + 62, y + 15)], fill=dark, width=4)
    crease = [at(s, 0.62 + 0.05 * s) for s in (0.05, 0.95)]
    draw.line(crease, fill=_rgb(paint, 0.80), width=9)
    draw.rectangle(
        (*at(0.0, m.belt - 0.08), *at(0.035, m.belt - 0.30)), fill=(150, 16, 18)
    )
    draw.rectangle((*at(0.945, 0.74), *at(1.0, 0.62)), fill=(225, 230, 236))
    draw.rectangle((*at(0.955, 0.66), *at(0.975, 0.63)), fill=(240, 150, 30))
    for axle in m.wheels:
        (x, y), r = at(axle, m.radius), m.radius + 0.075
        rx, ry = r / m.length * WIDE, r / m.height * HIGH
        draw.ellipse((x - rx, y - ry, x + rx, y + ry), fill=(14, 14, 15))
    return image


def _top(m: Model, paint: Color) -> Image.Image:
    """Seen from above: x to the right is forward, left at the top of the picture."""
    image = Image.new("RGB", (WIDE, HIGH), _rgb(paint))
    draw = ImageDraw.Draw(image)
    rear_foot, rear_top, front_top, front_foot = m.cabin
    mask = Image.new("L", image.size, 0)
    shape = ImageDraw.Draw(mask)

    def pane(foot: float, top: float) -> None:
        corners = ((foot, 0.10), (top, 0.15), (top, 0.85), (foot, 0.90))
        shape.polygon([(s * WIDE, z * HIGH) for s, z in corners], fill=255)

    pane(front_foot + 0.005, front_top + 0.02)
    if m is not VAN:
        pane(rear_foot - 0.01, rear_top - 0.005)
    image.paste(_glass_sheet(), mask=mask)
    dark = _rgb(paint, 0.5)
    for z in (0.13, 0.87):
        ends = [((front_foot + 0.03) * WIDE, z * HIGH), (0.965 * WIDE, z * HIGH)]
        draw.line(ends, fill=dark, width=5)
    draw.line(
        [(0.965 * WIDE, 0.13 * HIGH), (0.965 * WIDE, 0.87 * HIGH)], fill=dark, width=6
    )
    draw.rectangle(
        (
            (front_foot + 0.006) * WIDE,
            0.12 * HIGH,
            (front_foot + 0.02) * WIDE,
            0.88 * HIGH,
        ),
        fill=(24, 24, 26),
    )
    return image


def _end(m: Model, paint: Color, plate: str, front: bool) -> Image.Image:
    """Seen from ahead or from behind."""
    image = Image.new("RGB", (WIDE, HIGH), _rgb(paint))
    draw = ImageDraw.Draw(image)

    def area(left: float, top: float, right: float, bottom: float) -> tuple[float, ...]:
        """From shares of the width and metres above the road."""
        return (
            *(left * WIDE, (1 - top / m.height) * HIGH),
            *(right * WIDE, (1 - bottom / m.height) * HIGH),
        )

    mask = Image.new("L", image.size, 0)
    if not (front or m is VAN):
        window = area(0.16, m.height - 0.10, 0.84, m.belt + 0.04)
        ImageDraw.Draw(mask).rounded_rectangle(window, 40, fill=255)
    if not front and m is VAN:
        for left in (0.14, 0.53):
            window = area(left, m.height - 0.25, left + 0.33, m.belt + 0.10)
            ImageDraw.Draw(mask).rounded_rectangle(window, 30, fill=255)
    image.paste(_glass_sheet(), mask=mask)
    draw.rectangle(area(0, 0.36, 1, 0), fill=(28, 29, 31))
    nose = 0.72 if m.belt < 1.0 else 0.84
    if front:
        draw.rounded_rectangle(
            area(0.27, nose, 0.73, nose - 0.16), 20, fill=(20, 20, 22)
        )
        for k in range(3):
            height = nose - 0.04 - 0.04 * k
            draw.rectangle(
                area(0.28, height, 0.72, height - 0.008), fill=(120, 122, 126)
            )
        for left in (0.05, 0.75):
            lamp = area(left, nose + 0.03, left + 0.2, nose - 0.10)
            draw.rounded_rectangle(lamp, 26, fill=(205, 212, 220))
            core = area(left + 0.06, nose, left + 0.14, nose - 0.075)
            draw.ellipse(core, fill=(252, 252, 248), outline=(90, 95, 100), width=6)
        draw.rounded_rectangle(area(0.22, 0.44, 0.78, 0.30), 16, fill=(16, 16, 18))
    else:
        for left in (0.03, 0.79):
            lamp = area(left, m.belt - 0.02, left + 0.18, m.belt - 0.24)
            draw.rounded_rectangle(lamp, 24, fill=(165, 14, 18))
            core = area(left + 0.03, m.belt - 0.10, left + 0.15, m.belt - 0.15)
            draw.rectangle(core, fill=(232, 190, 186))
        draw.line(area(0.05, 0.55, 0.95, 0.55), fill=_rgb(paint, 0.5), width=8)
    board = area(0.36, 0.50 if front else 0.72, 0.64, 0.39 if front else 0.61)
    draw.rectangle(board, fill=(238, 238, 232), outline=(20, 20, 20), width=5)
    if plate:
        # The chart is stretched: letters are drawn upright, then fitted to the board.
        text = Image.new("RGB", (230, 46), (238, 238, 232))
        ImageDraw.Draw(text).text(
            (115, 23), plate, (15, 15, 18), font_size=44, anchor="mm"
        )
        left, top, right, bottom = (round(edge) for edge in board)
        fitted = text.resize((right - left - 24, bottom - top - 12))
        image.paste(fitted, (left + 12, top + 6))
    return image


def _wheels(m: Model) -> list[Part]:
    parts = []
    for axle in m.wheels:
        x = (axle - 0.5) * m.length
        for side in (-1.0, 1.0):
            parts += _wheel(x, side * (0.5 * m.width - 0.015), side, m.radius)
    return parts


def _wheel(x: float, z: float, side: float, r: float) -> list[Part]:
    """A tyre, a rim and five spokes, all on one axis."""
    y, inner = -r, z - side * 0.20
    tyre, metal = (0.055, 0.055, 0.06), (0.62, 0.64, 0.66)
    hub = (x, y, z + side * 0.006)
    parts = [tube((x, y, inner), (x, y, z), r, tyre, sides=28)]
    parts += [
        tube(
            (x, y, z - side * 0.05),
            (x, y, z + side * 0.002),
            0.72 * r,
            (0.12, 0.12, 0.13),
            sides=24,
        )
    ]
    for spoke in range(5):
        angle = 2 * np.pi * spoke / 5 + 0.3
        tip = (x + 0.68 * r * np.cos(angle), y + 0.68 * r * np.sin(angle), hub[2])
        parts.append(tube(hub, tip, 0.032, metal, sides=6, roughness=0.4))
    parts.append(
        tube(
            (x, y, z), (x, y, z + side * 0.03), 0.18 * r, metal, sides=12, roughness=0.4
        )
    )
    return parts


def _mirrors(m: Model, paint: Color) -> list[Part]:

    x = (m.cabin[3] - 0.055 - 0.5) * m.length
    shades = []
    for side in (-1.0, 1.0):
        z = side * (0.5 * m.width * 0.985 + 0.02)
        shell = ball((x, -m.belt - 0.07, z), (0.06, 0.075, 0.11), paint, 8)
        shades.append(replace(shell, colors=shell.colors * 0.9))
    return shades
