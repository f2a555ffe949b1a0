"""The colours by name, dark and light, and those of tracks; no toolkit needed.

Views stay dark in both: what is drawn over a picture must be seen on any picture. No
colour stands twice in a table, so that one table can be turned into the other on the
screen, whatever has been drawn with it.
"""

from typing import Literal

Colour = tuple[int, int, int, int]
Name = Literal["dark", "light"]


def _solid(red: int, green: int, blue: int) -> Colour:
    return (red, green, blue, 255)


DARK: dict[str, Colour] = {
    "GROUND": _solid(17, 19, 23),
    "PANEL": _solid(24, 27, 33),
    "RAISED": _solid(36, 41, 50),
    "SUNK": _solid(29, 33, 40),
    "HOVER": _solid(48, 55, 67),
    "LINE": _solid(44, 50, 60),
    "TEXT": _solid(222, 227, 235),
    "DIM": _solid(151, 161, 176),
    "FAINT": _solid(92, 101, 115),
    "ACCENT": _solid(88, 166, 255),
    "ACCENT_DEEP": _solid(32, 88, 158),
    "ACCENT_HOVER": _solid(44, 108, 186),
    "GOOD": _solid(86, 200, 140),
    "WARM": _solid(240, 180, 90),
    "BAD": _solid(246, 126, 120),
    "WINDOW": _solid(28, 32, 39),
    "POPUP": _solid(30, 34, 41),
    "PLOT": _solid(20, 23, 28),
    "STRIP": _solid(18, 21, 26),
    "VEIL": (8, 9, 12, 150),
    "GRID": (255, 255, 255, 22),
}

LIGHT: dict[str, Colour] = {
    "GROUND": _solid(199, 205, 213),
    "PANEL": _solid(238, 240, 244),
    "RAISED": _solid(217, 222, 230),
    "SUNK": _solid(227, 231, 236),
    "HOVER": _solid(202, 210, 221),
    "LINE": _solid(194, 201, 211),
    "TEXT": _solid(27, 32, 40),
    "DIM": _solid(80, 90, 104),
    "FAINT": _solid(118, 127, 140),
    "ACCENT": _solid(16, 84, 178),
    "ACCENT_DEEP": _solid(164, 202, 250),
    "ACCENT_HOVER": _solid(184, 214, 252),
    "GOOD": _solid(14, 104, 54),
    "WARM": _solid(134, 75, 0),
    "BAD": _solid(172, 34, 32),
    "WINDOW": _solid(245, 247, 250),
    "POPUP": _solid(249, 250, 252),
    "PLOT": _solid(252, 253, 254),
    "STRIP": _solid(224, 228, 234),
    "VEIL": (70, 76, 86, 120),
    "GRID": (0, 0, 0, 26),
}
TABLES: dict[Name, dict[str, Colour]] = {"dark": DARK, "light": LIGHT}

# Told apart by people with any kind of colour vision, on dark pictures: found by a
# search for the largest smallest difference. Orange is kept for what is selected.
TRACKS: tuple[Colour, ...] = (
    _solid(140, 178, 255),
    _solid(100, 177, 125),
    _solid(255, 255, 107),
    _solid(255, 210, 245),
    _solid(136, 121, 255),
    _solid(194, 230, 160),
    _solid(231, 101, 65),
    _solid(147, 150, 158),
)
SELECTED: Colour = (255, 168, 56, 255)
