"""From what rays have met to colours for the screen: arithmetic on whole pictures.

Fast enough to be done for each level of refinement: where a table of colours can be
asked, it is.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from jaxtyping import Float, Int, UInt8

from nsg_core.drawing.frame import Picture
from nsg_core.view import View
from nsg_editor.values.looking import Looking

Rgb = UInt8[np.ndarray, "height width 3"]
Colour = tuple[int, int, int]
NEAREST, FARTHEST = 2.0, 120.0
"""Metres at the ends of the scale of depths; between them it is logarithmic."""
SOLID = 0.5
"""From this opacity on there is a surface, not the sky."""
SKY: Colour = (24, 27, 33)
NO_DEPTH = 0xFFFF
"""Upper half of a float that is no depth."""
SHADOW = 80
"""Shades of grey behind objects in their colours."""
EMPTY: Colour = (38, 42, 50)
"""Behind objects that are shown alone."""
GAIN = 4.0
"""Of differences, of which small ones matter."""
# Of turbo (Mikhailov 2019, Apache-2.0), nine colours from which the others are mixed.
_TURBO = np.array(
    [
        *((48, 18, 59), (70, 107, 227), (40, 187, 236), (49, 242, 153), (162, 252, 60)),
        *((237, 208, 58), (251, 128, 34), (210, 49, 5), (122, 4, 3)),
    ],
    np.float32,
)
_HEAT = np.array(
    [(10, 10, 16), (76, 18, 108), (182, 54, 84), (250, 140, 44), (252, 250, 180)],
    np.float32,
)


def scale_colours(
    stops: Float[np.ndarray, "stops 3"], shares: np.ndarray
) -> UInt8[np.ndarray, "*shape 3"]:
    """Colours at shares (0 to 1) of the way along a scale."""
    at = np.linspace(0, 1, len(stops))
    mixed = [np.interp(shares, at, channel) for channel in stops.T]
    return np.stack(mixed, -1).round().astype(np.uint8)


def depth_share(metres: np.ndarray) -> np.ndarray:
    """Where a depth is on the scale: 0 nearest, 1 farthest."""
    near, far = np.log(NEAREST), np.log(FARTHEST)
    return np.clip((np.log(np.maximum(metres, 1e-3)) - near) / (far - near), 0, 1)


def depth_colour(metres: float) -> Colour:
    """Of one depth, for the scale at the picture's side."""
    r, g, b = scale_colours(_TURBO, 1 - depth_share(np.array([metres])))[0].tolist()
    return r, g, b


@cache
def _depth_table() -> UInt8[np.ndarray, "65536 3"]:
    """A colour for each upper half of a float's bits: fine to one part in 128."""
    bits = np.arange(1 << 16, dtype=np.uint32) << 16
    metres = np.nan_to_num(bits.view(np.float32), nan=FARTHEST, posinf=FARTHEST)
    table = scale_colours(_TURBO, 1 - depth_share(np.maximum(metres, 0)))
    table[NO_DEPTH] = SKY
    return table


def depth_picture(
    depth: Float[np.ndarray, "height width"], opacity: Float[np.ndarray, "height width"]
) -> Rgb:
    """Near red, far blue, the sky dark."""
    upper = np.ascontiguousarray(depth, np.float32).view(np.uint32) >> 16
    # To choose among numbers is many times as fast as among pixels of three bytes.
    np.putmask(upper, opacity < SOLID, NO_DEPTH)
    return _depth_table().take(upper, axis=0)


def normals_picture(picture: Picture, view: View) -> Rgb:
    """Which way surfaces face, from the depths of neighbours: right red, up green,
    to the camera blue.

    Depths of what was learnt from pictures are rough, so slopes are taken over some
    pixels, and of each 2x2 together.
    """
    height, width = picture.depth.shape
    # Of coarse levels only what was traced: between, nothing is known of slopes.
    step = max(picture.stride, 1)
    x = ((np.arange(0, width, step, dtype=np.float32) - view.cx) / view.fx)[None]
    y = ((np.arange(0, height, step, dtype=np.float32) - view.cy) / view.fy)[:, None]
    x, y = x.astype(np.float32), y.astype(np.float32)
    # Of a plane, 1/z is linear in the picture, so its slopes are exact there.
    inverse = np.sqrt(x * x + (y * y + 1))
    inverse /= np.maximum(picture.depth[::step, ::step], 1e-3)
    if step == 1 and min(height, width) >= 4:
        inverse, x, y, step = (
            _halved(_halved(inverse).T).T,
            _halved(x),
            _halved(y.T).T,
            2,
        )
    if min(inverse.shape) < 2:
        return np.full((height, width, 3), SKY, np.uint8)
    reach = max(1, 2 * (width // 310) // step)
    faced = _faced(inverse, x, y, view.fx / step, view.fy / step, reach)
    empty = picture.opacity[::step, ::step] < SOLID
    for channel, value in enumerate(SKY):
        np.putmask(faced[..., channel], empty, value)
    return faced.repeat(step, 0).repeat(step, 1)[:height, :width]


def _halved(values: np.ndarray) -> np.ndarray:
    """Means of pairs of columns; an odd one at the end keeps to itself."""
    count = values.shape[1]
    pairs = values[:, : count - 1 : 2] + values[:, 1::2]
    pairs *= np.float32(0.5)
    return np.concatenate([pairs, values[:, -1:]], 1) if count % 2 else pairs


def _faced(
    inverse: Float[np.ndarray, "rows columns"],
    x: Float[np.ndarray, "1 columns"],
    y: Float[np.ndarray, "rows 1"],
    fx: float,
    fy: float,
    reach: int,
) -> UInt8[np.ndarray, "rows columns 3"]:
    """Normals as colours from 1/z."""
    du, dv = _slope(inverse, x * fx, reach), _slope(inverse.T, y.T * fy, reach).T
    du *= np.float32(fx)
    dv *= np.float32(fy)
    # Of the plane n . p = 1, 1/z is nx x + ny y + nz.
    inverse = inverse - du * x
    inverse -= dv * y
    length = du * du
    length += dv * dv
    length += inverse * inverse
    # It faces us, against n; up and to us are against a camera's own axes.
    scale = np.float32(-127.5) / np.sqrt(length + np.float32(1e-20))
    shown = np.empty((*inverse.shape, 3), np.uint8)
    for channel, value in enumerate((du, dv, inverse)):
        value *= -scale if channel else scale
        value += np.float32(127.5)
        shown[..., channel] = value
    return shown


def _slope(values: np.ndarray, place: np.ndarray, reach: int) -> np.ndarray:
    """By how much values grow from column to column, between those `reach` away.

    `place` is where columns are, in columns: nearly their number.
    """
    count = values.shape[1]
    i = np.arange(count)
    low, high = np.maximum(i - reach, 0), np.minimum(i + reach, count - 1)
    away = (place[0, high] - place[0, low]).astype(np.float32)
    slope = values[:, high] - values[:, low]
    slope /= away
    return slope


def instances_picture(
    rgb: Float[np.ndarray, "height width 3"],
    track: Int[np.ndarray, "height width"],
    colour_of: Callable[[int], Colour],
) -> Rgb:
    """Each object in its colour, and the rest as a shadow of itself."""
    greys = np.repeat(np.arange(10, 10 + SHADOW, dtype=np.uint8)[:, None], 3, axis=1)
    there = track >= 0
    numbers = np.flatnonzero(np.bincount(track[there])).tolist()
    colours = np.zeros((max(numbers, default=-1) + 1, 3), np.uint8)
    for number in numbers:
        colours[number] = colour_of(number)
    shade = (rgb[..., 1] * np.float32(SHADOW - 10)).astype(np.intp)
    np.copyto(shade, track + SHADOW, where=there)
    table = np.concatenate([greys, colours])
    return table.take(shade, axis=0, mode="clip")


def grey_picture(values: Float[np.ndarray, "height width"]) -> Rgb:
    """Shares from black to white."""
    grey = (np.clip(values, 0, 1) * np.float32(255)).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def difference_picture(
    one: Float[np.ndarray, "height width 3"],
    other: Float[np.ndarray, "height width 3"],
) -> Rgb:
    """Dark where two pictures agree, bright where they do not."""
    apart = one - other
    np.abs(apart, out=apart)
    mean = (apart[..., 0] + apart[..., 1] + apart[..., 2]) * np.float32(GAIN * 85)
    return _heat_table().take(np.minimum(mean, 255).astype(np.uint8), axis=0)


@cache
def _heat_table() -> UInt8[np.ndarray, "256 3"]:
    return scale_colours(_HEAT, np.arange(256) / 255)


def wiped(left: np.ndarray, right: np.ndarray, share: float) -> np.ndarray:
    """One picture on the left of a divider, the other on its right."""
    column = round(share * right.shape[1])
    mixed = right.copy()
    mixed[:, :column] = left[:, :column]
    return mixed


def shaded(
    looking: Looking, picture: Picture, view: View, colour_of: Callable[[int], Colour]
) -> np.ndarray:
    """A picture as it is looked at: float32 in [0, 1] for colours, else uint8."""
    match looking.mode:
        case "depth":
            return depth_picture(picture.depth, picture.opacity)
        case "normals":
            return normals_picture(picture, view)
        case "instances":
            return instances_picture(picture.rgb, picture.track, colour_of)
        case "opacity":
            return grey_picture(picture.opacity)
        case "colour":
            if looking.only != "objects":
                return picture.rgb
            return _before(picture.rgb, picture.opacity, EMPTY)


def _before(
    rgb: Float[np.ndarray, "height width 3"],
    opacity: Float[np.ndarray, "height width"],
    ground: Colour,
) -> Float[np.ndarray, "height width 3"]:
    """Colours, already weighted by their opacity, before an even ground."""
    shown, rest = rgb.copy(), 1 - opacity
    # Channel by channel: rows of three numbers are slow to go through.
    for channel, value in enumerate(ground):
        shown[..., channel] += rest * np.float32(value / 255)
    return shown
