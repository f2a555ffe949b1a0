"""Colours: both tables, contrast, and tracks that everybody can tell apart."""

import itertools
import math

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from nsg_editor.ui import theme
from nsg_editor.ui.colours import DARK, LIGHT, SELECTED, TABLES, TRACKS, Colour
from nsg_editor.ui.looks import everything, exchange, kind, recolour
from tests.ui.office import Office

# How eyes without one kind of cones see (Machado, Oliveira and Fernandes 2009, full
# deficiency), for linear light.
VISION: dict[str, np.ndarray] = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: Colour) -> np.ndarray:
    c = np.asarray(colour[:3]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> tuple[float, float, float]:
    t = XYZ @ light / WHITE
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    x, y, z = f.tolist()
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> float:
    """How different two colours look (Sharma, Wu and Dalal 2005)."""
    (L1, a1, b1), (L2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    G = 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = (1 + G) * a1, (1 + G) * a2
    C1, C2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    dh = (h2 - h1 + 180) % 360 - 180 if C1 * C2 else 0.0
    dH = 2 * math.sqrt(C1 * C2) * math.sin(math.radians(dh) / 2)
    L, C = (L1 + L2) / 2, (C1 + C2) / 2
    h = (h1 + dh / 2) % 360 if C1 * C2 else h1 + h2
    T = (
        1
        - 0.17 * math.cos(math.radians(h - 30))
        + 0.24 * math.cos(math.radians(2 * h))
        + 0.32 * math.cos(math.radians(3 * h + 6))
        - 0.20 * math.cos(math.radians(4 * h - 63))
    )
    SL = 1 + 0.015 * (L - 50) ** 2 / math.sqrt(20 + (L - 50) ** 2)
    SC, SH = 1 + 0.045 * C, 1 + 0.015 * C * T
    turn = math.radians(60 * math.exp(-(((h - 275) / 25) ** 2)))
    RT = -2 * math.sqrt(C**7 / (C**7 + 25**7)) * math.sin(turn)
    light, c, d = (L2 - L1) / SL, (C2 - C1) / SC, dH / SH
    return math.sqrt(light**2 + c**2 + d**2 + RT * c * d)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (58, 24, 15), 19.4535),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_is_that_of_its_authors(
    one: tuple[float, float, float], other: tuple[float, float, float], distance: float
) -> None:
    assert ciede2000(one, other) == pytest.approx(distance, abs=2e-4)


@pytest.mark.parametrize(
    ("vision", "least"),
    [("usual", 15), ("protanopia", 12), ("deuteranopia", 12), ("tritanopia", 10)],
)
def test_everybody_can_tell_the_tracks_apart(vision: str, least: float) -> None:
    seen = [
        lab(np.clip(VISION[vision] @ linear(colour), 0, 1))
        for colour in (*TRACKS, SELECTED)
    ]
    closest = min(ciede2000(a, b) for a, b in itertools.combinations(seen, 2))
    assert closest >= least


def contrast(one: Colour, other: Colour) -> float:
    """As the guidelines for web content count it."""
    a, b = sorted(float(XYZ[1] @ linear(c)) for c in (one, other))
    return (b + 0.05) / (a + 0.05)


@pytest.mark.parametrize("name", TABLES)
def test_text_can_be_read(name: str) -> None:
    table = DARK if name == "dark" else LIGHT
    for ground in ("PANEL", "RAISED", "SUNK", "WINDOW", "ACCENT_DEEP", "HOVER"):
        assert contrast(table["TEXT"], table[ground]) >= 4.5, ground
    raised = ("PANEL", "RAISED", "SUNK", "HOVER", "WINDOW", "POPUP", "PLOT", "STRIP")
    for ground in raised:
        for word in ("DIM", "ACCENT", "GOOD", "WARM", "BAD"):
            assert contrast(table[word], table[ground]) >= 4.5, (word, ground)
    assert all(contrast(colour, DARK["PLOT"]) >= 4.5 for colour in TRACKS)


def test_both_tables_can_be_exchanged_and_back() -> None:
    assert list(DARK) == list(LIGHT)
    for table in TABLES.values():
        assert len(set(table.values())) == len(table)
    there, back = exchange("dark", "light"), exchange("light", "dark")
    assert all(back[there[colour]] == colour for colour in DARK.values())


def test_a_window_can_change_its_colours_and_back(office: Office) -> None:
    def seen() -> list[tuple[int, ...]]:
        return [
            tuple(round(v) for v in dpg.get_value(item)[:4])
            for item in everything()
            if kind(item) == "ThemeColor"
        ]

    before = seen()
    try:
        recolour("dark", "light")
        assert LIGHT["TEXT"] == theme.TEXT
        now = seen()
        assert LIGHT["PANEL"] in now
        left = set(DARK.values()) - set(LIGHT.values())
        assert not left & set(now)
    finally:
        recolour("light", "dark")
    assert seen() == before


def scaled(office: Office, to: float) -> None:
    """Some frames after the wish, as in a window."""
    office.do("ui-scale", to=to)
    for _ in range(3):
        office.panels.tick()


def test_larger_letters_and_back(office: Office) -> None:
    button = office.panels.saver.save
    width = dpg.get_item_configuration(button)["width"]
    scaled(office, 2.0)
    assert dpg.get_item_configuration(button)["width"] == 2 * width
    assert theme.px(10) == 20
    scaled(office, 1.0)
    assert dpg.get_item_configuration(button)["width"] == width
    assert theme.px(10) == 10


def test_rows_of_the_list_take_other_inks_after_the_colours_changed(
    office: Office,
) -> None:
    """Their inks were looked up by the colours that were there at the start."""
    try:
        recolour("dark", "light")
        office.do("hide", track=0)
        office.do("select", track=1)
        recolour("light", "dark")
        office.do("show-all")
    finally:
        theme.use_colours("dark")
