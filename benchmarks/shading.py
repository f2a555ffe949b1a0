"""What each way of looking at a picture costs: `python -m benchmarks.shading`.

Milliseconds of processor for a picture of KITTI's size, the median of some repetitions.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import get_args

import numpy as np

from nsg_core.drawing.frame import Picture
from nsg_core.measuring.metrics import psnr
from nsg_core.view import View
from nsg_editor.pictures.shading import difference_picture, shaded, wiped
from nsg_editor.values.looking import Looking, Mode

WIDTH, HEIGHT, REPEATS = 1242, 375, 40
IDENTITY = (1.0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)


def main() -> None:
    """Print a line for each way of looking."""
    for name, work in ways(*street_like()).items():
        print(f"{name:<12} {milliseconds(work):.2f} ms")


def street_like(seed: int = 0) -> tuple[Picture, View]:
    """A picture with sky, a road and two objects."""
    chance = np.random.default_rng(seed)
    shape = (HEIGHT, WIDTH)
    depth = np.linspace(65, 5, HEIGHT, dtype=np.float32)[:, None]
    depth = depth + chance.random(shape, np.float32)
    opacity = np.ones(shape, np.float32)
    opacity[:100] = 0.1
    track = np.full(shape, -1, np.int32)
    track[180:300, 200:500], track[150:250, 700:800] = 3, 41
    rgb = chance.random((*shape, 3), np.float32)
    view = View(IDENTITY, WIDTH, HEIGHT, 720.0, 720.0, 610.0, 175.0)
    return Picture(rgb, depth, opacity, track, 1, 1, True, 1.0, 1), view


def ways(picture: Picture, view: View) -> dict[str, Callable[[], object]]:
    """All that can be done to a picture before it is shown."""

    def look(looking: Looking) -> Callable[[], object]:
        return lambda: shaded(looking, picture, view, lambda _: (200, 100, 50))

    other = picture.rgb[::-1].copy()
    found = {mode: look(Looking(mode=mode)) for mode in get_args(Mode)}
    return found | {
        "objects": look(replace(Looking(), only="objects")),
        "difference": lambda: difference_picture(picture.rgb, other),
        "wipe": lambda: wiped(other, picture.rgb, 0.5),
        "psnr": lambda: psnr(picture.rgb, other),
    }


def milliseconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Of processor, so that others on the machine do not count."""
    work()
    took: list[float] = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        took.append(1000 * (time.process_time() - began))
    return median(took)


if __name__ == "__main__":
    main()
