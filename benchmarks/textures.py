"""How soon a picture is on the screen: `python -m benchmarks.textures`.

A window on a screen of its own (Xvfb) is given new pictures, by OpenGL and as the
toolkit takes them; what the screen shows is compared with them, pixel by pixel. One
JSON object a line on stdout.

=============  =====================================================================
late           frames until the screen shows a picture; 1: the next one
off            the largest difference of a colour from what was put there, of 255
frame, median  a new picture and the frame after it, milliseconds
=============  =====================================================================
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import dearpygui.dearpygui as dpg
import numpy as np
from PIL import ImageGrab

from nsg_editor.ui.views import texture
from tests.ui.screens import ROOT, screen

SIZE = (1088, 287)
"""Of the view through the camera, in a window of 1600x900."""
ROUNDS = 60
MOST_LATE = 9


@dataclass(frozen=True)
class Told:
    """What a window has shown."""

    late: list[int]
    off: list[int]
    """By picture."""
    times: list[float]
    """Seconds of each round."""
    names: list[int | None]
    """OpenGL's, of two textures."""


def in_a_window(by: str, sizes: Sequence[tuple[int, int]], rounds: int) -> Told:
    """To be called once in a process, with a display; what its window showed."""
    if by == "toolkit":
        texture.opengl = lambda: None  # pyright: ignore[reportAttributeAccessIssue]
    most = max(width for width, _ in sizes), max(height for _, height in sizes)
    dpg.create_context()
    dpg.create_viewport(width=most[0], height=most[1], x_pos=0, y_pos=0, vsync=False)
    dpg.setup_dearpygui()
    # The second one has to be told from the first.
    shown, other = (texture.PictureTexture(*most) for _ in range(2))
    layer = dpg.add_viewport_drawlist(front=True)
    dpg.show_viewport()
    for _ in range(MOST_LATE):
        _frame(shown, other)
    random, late, off = np.random.default_rng(3), list[int](), list[int]()
    for i, (width, height) in enumerate(sizes):
        rgb = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
        other.put(255 - rgb)
        # Floats, as of a model, and bytes that do not lie side by side, in turn.
        floats = (rgb / 255).astype(np.float32)
        shown.put(np.repeat(rgb, 2, 1)[:, ::2] if i % 2 else floats)
        after = _until_seen(shown, other, layer, rgb)
        late, off = [*late, after[0]], [*off, after[1]]
    times = sorted(_times(shown, other, random, rounds))
    return Told(late, off, times, [shown.name, other.name])


def _frame(*textures: texture.PictureTexture) -> None:
    dpg.render_dearpygui_frame()
    for each in textures:
        each.tick()


def _until_seen(
    shown: texture.PictureTexture,
    other: texture.PictureTexture,
    layer: int | str,
    rgb: np.ndarray,
) -> tuple[int, int]:
    """In how many frames the screen has it, and how far off its colours are."""
    height, width, _ = rgb.shape
    off = 255
    for late in range(1, MOST_LATE + 1):
        dpg.delete_item(layer, children_only=True)
        dpg.draw_image(
            shown.tag, (0, 0), (width, height), uv_max=shown.uv_max, parent=layer
        )
        _frame(shown, other)
        seen = np.asarray(ImageGrab.grab(xdisplay="").convert("RGB"))
        off = int(np.abs(seen[:height, :width].astype(int) - rgb).max())
        if off <= 1:
            return late, off
    return MOST_LATE + 1, off


def _times(
    shown: texture.PictureTexture,
    other: texture.PictureTexture,
    random: np.random.Generator,
    rounds: int,
) -> Iterator[float]:
    size = (shown.height, shown.width, 3)
    pictures = [random.integers(0, 256, size, dtype=np.uint8) for _ in range(2)]
    for i in range(rounds):
        began = time.perf_counter()
        shown.put(pictures[i % 2])
        _frame(shown, other)
        yield time.perf_counter() - began


def outcome(by: str, sizes: Sequence[tuple[int, int]], rounds: int) -> Told:
    """What a window of its own on a screen of its own has shown."""
    words = [f"{width}x{height}" for width, height in sizes]
    with screen("1600x900") as display:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "benchmarks.textures", "--here", by),
                *("--rounds", str(rounds), "--sizes", *words),
            ],
            env=os.environ | {"DISPLAY": display, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
            check=True,
        )
    return Told(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Both ways, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--sizes", nargs="+", default=["x".join(map(str, SIZE))])
    parser.add_argument("--here", choices=("opengl", "toolkit"))
    given = parser.parse_args()
    sizes = [(int(w), int(h)) for w, h in (s.split("x") for s in given.sizes)]
    if given.here:
        print(json.dumps(asdict(in_a_window(given.here, sizes, given.rounds))))
        return
    for by in ("opengl", "toolkit"):
        told = outcome(by, sizes, given.rounds)
        median = round(1000 * statistics.median(told.times), 2)
        values = {"late": max(told.late), "off": max(told.off), "frame, median": median}
        for name, value in values.items():
            print(json.dumps({"name": f"{by}/{name}", "value": value}), flush=True)


if __name__ == "__main__":
    main()
