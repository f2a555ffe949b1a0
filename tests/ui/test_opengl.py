"""Pictures on a real screen: whole, and in the frame after they were put there."""

import json
import subprocess
import sys

import numpy as np
import pytest

from tests.ui.screens import ROOT, screen

SCRIPT = """
import json, sys
import dearpygui.dearpygui as dpg
import numpy as np
from PIL import ImageGrab
from nsg_editor.ui.views import texture as made

if sys.argv[1] == "toolkit":
    made.opengl = lambda: None
dpg.create_context()
dpg.create_viewport(width=200, height=160, x_pos=0, y_pos=0, vsync=False)
dpg.setup_dearpygui()
picture, other = made.PictureTexture(90, 70), made.PictureTexture(90, 70)
layer = dpg.add_viewport_drawlist(front=True)
dpg.show_viewport()

def frame():
    dpg.render_dearpygui_frame()
    picture.tick()
    other.tick()

for _ in range(8):
    frame()
random, told = np.random.default_rng(3), []
for i, (width, height) in enumerate([(60, 40), (90, 70), (31, 17)]):
    rgb = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
    # Every second pixel of a larger picture: they do not lie side by side.
    whole = np.repeat(np.repeat(rgb, 2, 0), 2, 1)[::2, ::2]
    shares = (rgb / 255).astype(np.float32)
    other.put(255 - rgb)
    picture.put(shares if i == 0 else whole)
    for late in range(1, 9):
        dpg.delete_item(layer, children_only=True)
        if picture.shown is not None:
            dpg.draw_image(picture.tag, (0, 0), (width, height), parent=layer,
                           uv_max=picture.uv_max)
        frame()
        seen = np.asarray(ImageGrab.grab(xdisplay="").convert("RGB"))
        off = np.abs(seen[:height, :width].astype(int) - rgb).max()
        if picture.shown == (width, height) and off <= 1:
            break
    told.append([late, int(off)])
names = [picture._sheets[-1].name, other._sheets[-1].name]
print(json.dumps({"told": told, "names": names}))
"""


def shown(by: str) -> dict[str, list[object]]:
    """What a window on a screen of its own shows of three pictures."""
    with screen("320x240") as display:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, by],
            env={"DISPLAY": display, "PYTHONPATH": str(ROOT), "HOME": "/"},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("by", ["opengl", "toolkit"])
def test_a_picture_is_on_the_screen_as_it_was_put(by: str) -> None:
    told = shown(by)
    late, off = np.array(told["told"]).T
    assert off.max() <= 1
    if by == "opengl":
        assert all(told["names"]), "the textures' names were not found"
        assert told["names"][0] != told["names"][1]
        assert late.max() == 1
    else:
        assert late.min() > 1, "the toolkit is as fast now: is the other way needed?"
