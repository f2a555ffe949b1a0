"""In words where a camera was put: for labels and the status line."""

import math

Vec3 = tuple[float, float, float]

_SHIFT = (("right", "left"), ("down", "up"), ("forward", "back"))
_TURN = (("right", "left"), ("up", "down"), ("tilted right", "tilted left"))


def mount_words(
    shift: Vec3, turn: Vec3, focal_scale: float, size: tuple[int, int] | None
) -> str:
    """For example "0.50 m up, 5.0 deg right, 1.20x zoom, 1242x375"."""
    words = [
        f"{abs(metres):.2f} m {ways[metres < 0]}"
        for metres, ways in zip(shift, _SHIFT, strict=True)
        if abs(metres) >= 0.005
    ]
    words += [
        f"{abs(degrees):.1f} deg {ways[degrees < 0]}"
        for degrees, ways in zip(map(math.degrees, turn), _TURN, strict=True)
        if abs(degrees) >= 0.05
    ]
    if abs(focal_scale - 1) >= 0.005:
        words.append(f"{focal_scale:.2f}x zoom")
    if size is not None:
        words.append(f"{size[0]}x{size[1]}")
    return ", ".join(words) or "as recorded"
