"""House fronts: painted walls; sills, roofs and balconies in relief."""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from nsg_core.datasets.street.parts import (
    Color,
    Part,
    box,
    merge,
    part,
    quad,
    tube,
)
from nsg_core.datasets.street.textures import Random, bricks, plaster, to_pixels

SCALE = 64
"""Pixels a metre of wall."""
WALLS: tuple[Color, ...] = (
    *((0.78, 0.70, 0.56), (0.72, 0.47, 0.37), (0.82, 0.80, 0.74), (0.64, 0.66, 0.62)),
    *((0.80, 0.62, 0.42), (0.60, 0.36, 0.29), (0.70, 0.72, 0.76), (0.76, 0.58, 0.52)),
)
SHUTTERS: tuple[Color, ...] = (
    *((0.20, 0.33, 0.26), (0.25, 0.30, 0.42), (0.42, 0.22, 0.16), (0.30, 0.30, 0.30)),
)


@dataclass(frozen=True)
class House:
    """A front from `start` to `end` along the street, on the left (-1) or right (1)."""

    side: float
    front: float
    """x of the wall."""
    start: float
    end: float
    storeys: int
    wall: Color
    shutter: Color
    brick: bool
    shop: bool
    balconies: bool
    gable: bool

    @property
    def height(self) -> float:
        return 3.9 + 2.95 * (self.storeys - 1) + 0.5

    @property
    def length(self) -> float:
        return self.end - self.start

    @property
    def bays(self) -> int:
        """Windows beside each other."""
        return max(2, int(self.length / 2.4))

    def bay(self, index: int) -> float:
        """Middle of a column of windows, metres from the start."""
        return (index + 0.5) * self.length / self.bays

    def storey(self, index: int) -> float:
        """Height of a storey's floor."""
        return 0.0 if index == 0 else 3.9 + 2.95 * (index - 1)


def row_of_houses(
    random: Random, side: float, front: float, start: float, end: float
) -> list[House]:
    """Houses wall to wall, with a gap here and there."""
    houses = []
    while start < end - 6:
        length = random.uniform(9, 16)
        houses.append(
            House(
                side,
                front + side * random.uniform(0, 0.5),
                start,
                start + length,
                int(random.integers(2, 5)),
                WALLS[random.integers(len(WALLS))],
                SHUTTERS[random.integers(len(SHUTTERS))],
                *(random.random() < share for share in (0.35, 0.4, 0.4, 0.5)),
            )
        )
        start += length + (random.uniform(3, 6) if random.random() < 0.25 else 0)
    return houses


def build(random: Random, house: House) -> list[Part]:
    """All parts of a house."""
    image = _front(random, house)
    x, h = house.front, -house.height
    near, far = (x, h, house.start), (x, h, house.end)
    # The picture runs along the street; seen from it, left is nearer on the left side.
    ends = (near, far) if house.side < 0 else (far, near)
    corners = [*ends, *((e[0], 0.0, e[2]) for e in ends[::-1])]
    wall = quad(corners, image if house.side < 0 else image[:, ::-1].copy())
    shade: Color = tuple(0.8 * c for c in house.wall)  # pyright: ignore[reportAssignmentType]
    depth = x + house.side * 9.0
    low, high = sorted((x + house.side * 0.01, depth))
    body = box((low, h, house.start), (high, 0, house.end), shade)
    return [wall, *merge([body, *_relief(house), *_roof(house)])]


def _front(random: Random, house: House) -> np.ndarray:
    rows, columns = round(house.height * SCALE), round(house.length * SCALE)
    paint = (
        bricks(random, rows, columns, SCALE, house.wall)
        if house.brick
        else (plaster(random, rows, columns, house.wall))
    )
    # Walls are dirty at the foot and under the eaves.
    foot = np.linspace(house.height, 0, rows)[:, None, None]
    paint = paint * (
        1 - 0.22 * np.exp(-foot / 0.5) - 0.12 * np.exp((foot - house.height) / 0.6)
    )
    plinth = foot[..., 0] < 0.6
    paint = np.where(plinth[..., None], paint * 0.62, paint)
    image = Image.fromarray(to_pixels(paint))
    draw = ImageDraw.Draw(image)
    door = int(random.integers(house.bays))
    for storey in range(house.storeys):
        for bay in range(house.bays):
            if storey == 0 and bay == door:
                _door(draw, house, bay)
            elif storey == 0 and house.shop:
                _shop_window(random, draw, house, bay)
            else:
                _window(random, draw, house, storey, bay)
    return np.asarray(image)


class _Frame:
    """Metres on a front to pixels of its picture."""

    def __init__(self, house: House, bay: int, floor: float):
        self.x = house.bay(bay)
        self.y = house.height - floor

    def __call__(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple[float, float, float, float]:
        return (
            *((self.x + left) * SCALE, (self.y - top) * SCALE),
            *((self.x + right) * SCALE, (self.y - bottom) * SCALE),
        )


def _window(
    random: Random, draw: ImageDraw.ImageDraw, house: House, storey: int, bay: int
) -> None:
    at = _Frame(house, bay, house.storey(storey))
    trim = (216, 212, 202) if not house.brick else (196, 188, 174)
    draw.rectangle(at(-0.64, 2.52, 0.64, 0.84), fill=trim)
    # Reveal: the glass lies deep, so its upper edge is in shadow.
    draw.rectangle(at(-0.52, 2.40, 0.52, 0.92), fill=(24, 28, 33))
    sky = int(random.integers(50, 105))
    draw.rectangle(
        at(-0.46, 2.26, 0.46, 0.98), fill=(sky // 2 + 18, sky * 3 // 5 + 20, sky + 12)
    )
    if random.random() < 0.7:
        cloth = int(random.integers(140, 215))
        fold = random.uniform(0.10, 0.24)
        draw.rectangle(
            at(-0.46, 2.26, -0.46 + fold, 0.98), fill=(cloth, cloth, cloth - 14)
        )
        draw.rectangle(
            at(0.46 - fold, 2.26, 0.46, 0.98), fill=(cloth, cloth, cloth - 14)
        )
    for left, right in ((-0.5, -0.45), (-0.025, 0.025), (0.45, 0.5)):
        draw.rectangle(at(left, 2.3, right, 0.95), fill=(232, 230, 224))
    for top in (2.32, 1.86, 1.0):
        draw.rectangle(at(-0.5, top, 0.5, top - 0.05), fill=(232, 230, 224))
    if storey > 0 and not house.balconies:
        leaf = tuple(round(255 * c) for c in house.shutter)
        dark = tuple(round(185 * c) for c in house.shutter)
        for left in (-1.14, 0.67):
            draw.rectangle(at(left, 2.44, left + 0.47, 0.92), fill=leaf)
            for k in range(14):
                y = 2.36 - 0.1 * k
                draw.rectangle(at(left + 0.06, y, left + 0.41, y - 0.035), fill=dark)


def _door(draw: ImageDraw.ImageDraw, house: House, bay: int) -> None:
    at = _Frame(house, bay, 0.0)
    leaf = tuple(round(200 * c) for c in house.shutter)
    dark = tuple(round(120 * c) for c in house.shutter)
    draw.rectangle(at(-0.75, 2.85, 0.75, 0.0), fill=(200, 194, 182))
    draw.rectangle(at(-0.58, 2.70, 0.58, 0.0), fill=(25, 25, 27))
    draw.rectangle(at(-0.52, 2.60, 0.52, 2.22), fill=(70, 84, 96))
    draw.rectangle(at(-0.52, 2.15, 0.52, 0.0), fill=leaf)
    for left in (-0.42, 0.06):
        for top, bottom in ((2.0, 1.2), (1.0, 0.25)):
            draw.rectangle(at(left, top, left + 0.36, bottom), fill=dark)
    draw.rectangle(at(0.40, 1.12, 0.47, 0.98), fill=(214, 190, 120))


def _shop_window(
    random: Random, draw: ImageDraw.ImageDraw, house: House, bay: int
) -> None:
    at = _Frame(house, bay, 0.0)
    half = 0.46 * house.length / house.bays
    draw.rectangle(at(-half, 2.75, half, 0.45), fill=(52, 48, 46))
    draw.rectangle(at(-half + 0.08, 2.60, half - 0.08, 0.58), fill=(44, 54, 62))
    for _ in range(9):
        x, w = random.uniform(-half + 0.12, half - 0.5), random.uniform(0.15, 0.4)
        top = random.uniform(0.9, 1.7)
        tone = _muted(random, 60, 190)
        draw.rectangle(at(x, top, x + w, 0.62), fill=tone)
    sign = _muted(random, 50, 170)
    draw.rectangle(at(-half, 3.30, half, 2.80), fill=sign)
    light = tuple(min(255, c + 90) for c in sign)
    for k in range(7):
        x = -half * 0.6 + k * half * 0.18
        draw.rectangle(at(x, 3.16, x + half * 0.11, 2.94), fill=light)


def _muted(random: Random, low: int, high: int) -> tuple[int, int, int]:
    """A colour that is not too bright for a street."""
    r, g, b = random.integers(low, high, 3)
    grey = (r + g + b) / 3
    return (
        int(0.6 * r + 0.4 * grey),
        int(0.5 * g + 0.4 * grey),
        int(0.6 * b + 0.4 * grey),
    )


def _relief(house: House) -> list[Part]:
    """What stands out from the wall, so that it shifts against it as one drives by."""
    out: list[Part] = []

    def ledge(
        z0: float, z1: float, top: float, bottom: float, reach: float, color: Color
    ) -> None:
        low, high = sorted((house.front, house.front - house.side * reach))
        out.append(
            box((low, -top, house.start + z0), (high, -bottom, house.start + z1), color)
        )

    stone = (0.74, 0.72, 0.67)
    ledge(0, house.length, 3.72, 3.52, 0.10, stone)
    ledge(-0.1, house.length + 0.1, house.height, house.height - 0.28, 0.34, stone)
    for storey in range(house.storeys):
        floor = house.storey(storey)
        for bay in range(house.bays):
            z = house.bay(bay)
            if storey == 0 and house.shop:
                continue
            ledge(z - 0.70, z + 0.70, floor + 0.88, floor + 0.78, 0.14, stone)
            ledge(z - 0.68, z + 0.68, floor + 2.62, floor + 2.50, 0.09, stone)
            if storey > 0 and house.balconies and bay % 2 == 0:
                ledge(z - 1.0, z + 1.0, floor + 0.02, floor - 0.14, 0.95, stone)
                out.extend(_railing(house, z, floor))
    if house.shop:
        ledge(0.2, house.length - 0.2, 2.86, 2.78, 0.9, tuple(house.shutter))  # pyright: ignore[reportArgumentType]
    return out


def _railing(house: House, z: float, floor: float) -> list[Part]:
    iron = (0.13, 0.14, 0.15)
    x = house.front - house.side * 0.90
    a, b = house.start + z - 0.95, house.start + z + 0.95
    top = -floor - 1.0
    bars = [tube((x, top, a), (x, top, b), 0.025, iron, sides=5)]
    for end in (a, b):
        bars.append(tube((x, top, end), (house.front, top, end), 0.025, iron, sides=5))
    for k in range(13):
        at = a + k * (b - a) / 12
        bars.append(tube((x, -floor, at), (x, top, at), 0.012, iron, sides=4))
    return bars


def _roof(house: House) -> list[Part]:
    tile = (0.45, 0.24, 0.19) if house.gable else (0.30, 0.31, 0.34)
    eave = house.front - house.side * 0.45
    ridge, back = house.front + house.side * 4.5, house.front + house.side * 9.4
    low, high = -house.height, -house.height - 2.9
    a, b = house.start - 0.1, house.end + 0.1
    vertices = np.array(
        [
            *((eave, low, a), (eave, low, b), (ridge, high, a), (ridge, high, b)),
            *((back, low, a), (back, low, b)),
        ]
    )
    faces = np.array([(0, 1, 3), (0, 3, 2), (2, 3, 5), (2, 5, 4), (0, 2, 4), (1, 5, 3)])
    if house.side > 0:
        faces = faces[:, ::-1]
    slopes = part(vertices, faces[:, ::-1], tile)
    z = house.start + 0.3 * house.length
    sides = sorted((ridge - 0.4, ridge + 0.4))
    chimney = box(
        (sides[0], high - 0.9, z), (sides[1], high + 0.8, z + 0.9), (0.5, 0.3, 0.25)
    )
    return [slopes, replace(chimney, roughness=slopes.roughness)]
