"""Small white pictures for buttons, drawn here so that they fit any size of letters."""

from collections.abc import Callable
from typing import Literal

import dearpygui.dearpygui as dpg
import numpy as np
from PIL import Image, ImageDraw

from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import HOVER, NOTHING, px

Name = Literal[
    "dot",
    "camera",
    "path",
    "eye",
    "eye-off",
    "lock",
    "unlock",
    "solo",
    "doubt",
    "open",
    "closed",
    "up",
    "down",
    "delete",
    "go",
]
SIDE = 16
"""Pixels of a picture, before letters are made larger."""
FINE = 8
"""So many times larger it is drawn, and made smaller: edges are smooth."""
Pen = ImageDraw.ImageDraw


class Icons:
    """Textures by name; made when they are first asked for, and kept."""

    def __init__(self) -> None:
        self._made: dict[tuple[Name, int], Item] = {}

    @property
    def side(self) -> int:
        """Pixels of a picture, which is square."""
        return px(SIDE)

    def __getitem__(self, name: Name) -> Item:
        """The texture of a picture."""
        key = name, self.side
        if key not in self._made:
            with within(dpg.texture_registry()):
                pixels = picture(*key)
                values = (pixels.astype(np.float32) / 255).ravel().tolist()
                self._made[key] = dpg.add_static_texture(key[1], key[1], values)
        return self._made[key]


def picture(name: Name, side: int) -> np.ndarray:
    """A white picture [side side 4], uint8, with its shape as opacity."""
    large = Image.new("L", (SIDE * FINE, SIDE * FINE), 0)
    _SHAPES[name](ImageDraw.Draw(large))
    shape = np.asarray(large.resize((side, side), Image.Resampling.LANCZOS))
    pixels = np.full((side, side, 4), 255, dtype=np.uint8)
    pixels[..., 3] = shape
    return pixels


def icon_theme() -> Item:
    """Buttons that are nothing but their picture."""
    with within(dpg.theme()) as made, within(dpg.theme_component(dpg.mvImageButton)):
        for target in (dpg.mvThemeCol_Button, dpg.mvThemeCol_ButtonActive):
            dpg.add_theme_color(target, NOTHING)
        dpg.add_theme_color(dpg.mvThemeCol_ButtonHovered, HOVER)
        dpg.add_theme_style(dpg.mvStyleVar_FramePadding, 0, px(2))
    return made


def tight_theme() -> Item:
    """Tables whose columns of icons lie close together."""
    with within(dpg.theme()) as made, within(dpg.theme_component(dpg.mvTable)):
        dpg.add_theme_style(dpg.mvStyleVar_CellPadding, px(2), px(2))
    return made


def _xy(*numbers: float) -> list[float]:
    return [number * FINE for number in numbers]


def _line(pen: Pen, *numbers: float, width: float = 1.5) -> None:
    pen.line(_xy(*numbers), fill=255, width=round(width * FINE), joint="curve")


def _dot(pen: Pen) -> None:
    pen.ellipse(_xy(3.5, 3.5, 12.5, 12.5), fill=255)


def _camera(pen: Pen) -> None:
    pen.rounded_rectangle(_xy(1.5, 4.5, 10, 11.5), radius=FINE * 1.5, fill=255)
    pen.polygon(_xy(11, 7, 15, 4.5, 15, 11.5, 11, 9), fill=255)


def _path(pen: Pen) -> None:
    pen.arc(_xy(2.5, 4, 11, 16), 180, 300, fill=255, width=round(1.4 * FINE))
    pen.arc(_xy(5.5, -2, 14, 8.5), 20, 120, fill=255, width=round(1.4 * FINE))
    pen.ellipse(_xy(1, 9, 5, 13), fill=255)
    pen.ellipse(_xy(11, 3, 15, 7), fill=255)


def _lid(pen: Pen, fill: int) -> None:
    points: list[float] = []
    for angle in np.linspace(-1, 1, 25):
        points += _xy(8 + 7 * angle, 8 - 4.2 * np.cos(angle * np.pi / 2))
    for angle in np.linspace(1, -1, 25):
        points += _xy(8 + 7 * angle, 8 + 4.2 * np.cos(angle * np.pi / 2))
    pen.polygon(points, outline=255, fill=fill, width=round(1.3 * FINE))


def _eye(pen: Pen) -> None:
    _lid(pen, 0)
    pen.ellipse(_xy(5.8, 5.8, 10.2, 10.2), fill=255)


def _eye_off(pen: Pen) -> None:
    _lid(pen, 0)
    pen.line(_xy(3, 14, 13, 2), fill=0, width=round(3.5 * FINE))
    _line(pen, 3, 13.5, 13, 2.5)


def _lock(pen: Pen) -> None:
    pen.rounded_rectangle(_xy(3.2, 7.5, 12.8, 14.2), radius=FINE * 1.3, fill=255)
    pen.arc(_xy(5, 2, 11, 11), 180, 360, fill=255, width=round(1.5 * FINE))
    _line(pen, 5.6, 6.5, 5.6, 8.5)
    _line(pen, 10.4, 6.5, 10.4, 8.5)


def _unlock(pen: Pen) -> None:
    box = _xy(3.2, 7.5, 12.8, 14.2)
    pen.rounded_rectangle(box, radius=FINE * 1.3, outline=255, width=round(1.3 * FINE))
    pen.arc(_xy(5, 2, 11, 11), 180, 360, fill=255, width=round(1.4 * FINE))
    _line(pen, 5.6, 6.5, 5.6, 8.2)


def _solo(pen: Pen) -> None:
    pen.ellipse(_xy(1.8, 1.8, 14.2, 14.2), outline=255, width=round(1.3 * FINE))
    pen.ellipse(_xy(5.2, 5.2, 10.8, 10.8), fill=255)


def _doubt(pen: Pen) -> None:
    pen.polygon(_xy(8, 1.5, 15.2, 14, 0.8, 14), fill=255)
    pen.rectangle(_xy(7.2, 5.6, 8.8, 10), fill=0)
    pen.rectangle(_xy(7.2, 11.2, 8.8, 12.7), fill=0)


def _open(pen: Pen) -> None:
    pen.polygon(_xy(3.5, 5.5, 12.5, 5.5, 8, 11.5), fill=255)


def _closed(pen: Pen) -> None:
    pen.polygon(_xy(5.5, 3.5, 11.5, 8, 5.5, 12.5), fill=255)


def _up(pen: Pen) -> None:
    _line(pen, 3.5, 10, 8, 5.5, 12.5, 10)


def _down(pen: Pen) -> None:
    _line(pen, 3.5, 6, 8, 10.5, 12.5, 6)


def _delete(pen: Pen) -> None:
    _line(pen, 4, 4, 12, 12)
    _line(pen, 4, 12, 12, 4)


def _go(pen: Pen) -> None:
    pen.ellipse(_xy(2, 2, 14, 14), outline=255, width=round(1.3 * FINE))
    _line(pen, 8, 0.5, 8, 5)
    _line(pen, 8, 11, 8, 15.5)
    _line(pen, 0.5, 8, 5, 8)
    _line(pen, 11, 8, 15.5, 8)


_SHAPES: dict[Name, Callable[[Pen], None]] = {
    "dot": _dot,
    "camera": _camera,
    "path": _path,
    "eye": _eye,
    "eye-off": _eye_off,
    "lock": _lock,
    "unlock": _unlock,
    "solo": _solo,
    "doubt": _doubt,
    "open": _open,
    "closed": _closed,
    "up": _up,
    "down": _down,
    "delete": _delete,
    "go": _go,
}
