"""What a car looks like from its side, from above, from ahead and from behind."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from nsg_core.datasets.street.car_models import VAN, Model, roof_height
from nsg_core.datasets.street.parts import Color

GLASS_TOP, GLASS_FOOT = (70, 84, 98), (22, 27, 33)


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


def paint_car(m: Model, paint: Color, plate: str) -> Atlas:
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
        return at(share, float(roof_height(m, np.array([share]))[0]) - less)

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
