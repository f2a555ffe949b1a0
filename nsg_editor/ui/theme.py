"""How it looks: calm colours, one accent, and type that can be read at any size."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_editor.ui.containers import within

Colour = tuple[int, int, int, int]

NOTHING: Colour = (0, 0, 0, 0)
GROUND: Colour = (17, 19, 23, 255)
PANEL: Colour = (24, 27, 33, 255)
RAISED: Colour = (36, 41, 50, 255)
SUNK: Colour = (29, 33, 40, 255)
HOVER: Colour = (48, 55, 67, 255)
LINE: Colour = (44, 50, 60, 255)
TEXT: Colour = (222, 227, 235, 255)
DIM: Colour = (143, 153, 168, 255)
FAINT: Colour = (92, 101, 115, 255)
ACCENT: Colour = (88, 166, 255, 255)
ACCENT_DEEP: Colour = (32, 88, 158, 255)
ACCENT_HOVER: Colour = (44, 108, 186, 255)
GOOD: Colour = (86, 200, 140, 255)
WARM: Colour = (240, 180, 90, 255)
BAD: Colour = (240, 110, 104, 255)

# Told apart by people with any kind of colour vision: after Okabe and Ito, lightened
# for a dark ground. Orange is kept for what is selected.
TRACKS: tuple[Colour, ...] = (
    (92, 190, 255, 255),
    (90, 214, 160, 255),
    (245, 226, 96, 255),
    (226, 150, 200, 255),
    (120, 150, 255, 255),
    (180, 226, 130, 255),
    (240, 140, 120, 255),
    (170, 170, 210, 255),
)
SELECTED: Colour = (255, 168, 56, 255)


_scale = 1.0


def use_scale(scale: float) -> None:
    """How large letters and buttons are from now on; before anything is built."""
    global _scale
    _scale = scale


def scale() -> float:
    """How large letters and buttons are."""
    return _scale


def px(pixels: float) -> int:
    """A length that grows with the letters: all sizes and places on the screen."""
    return round(pixels * _scale)


@dataclass(frozen=True, slots=True)
class Fonts:
    """Items of the loaded fonts; 0 where only the built-in one is there."""

    body: int = 0
    strong: int = 0
    small: int = 0


def track_colour(track: int) -> Colour:
    """The same colour for a track everywhere."""
    return TRACKS[track % len(TRACKS)]


def faded(colour: Colour, share: float) -> Colour:
    """A colour with less opacity."""
    return (*colour[:3], round(colour[3] * share))


def load_fonts() -> Fonts:
    """Open Sans, which comes with pyrender; else Dear PyGui's own bitmap font."""
    found = importlib.util.find_spec("pyrender")
    if found is None or found.origin is None:
        return Fonts()
    folder = Path(found.origin).parent / "fonts"
    regular, semibold = (
        folder / "OpenSans-Regular.ttf",
        folder / "OpenSans-Semibold.ttf",
    )
    if not (regular.is_file() and semibold.is_file()):
        return Fonts()
    with within(dpg.font_registry()):
        body = dpg.add_font(str(regular), px(17))
        strong = dpg.add_font(str(semibold), px(17))
        small = dpg.add_font(str(regular), px(15))
    dpg.bind_font(body)
    return Fonts(int(body), int(strong), int(small))


_COLOURS: dict[int, Colour] = {
    dpg.mvThemeCol_WindowBg: (28, 32, 39, 255),
    dpg.mvThemeCol_ChildBg: PANEL,
    dpg.mvThemeCol_PopupBg: (30, 34, 41, 255),
    dpg.mvThemeCol_ModalWindowDimBg: (8, 9, 12, 150),
    dpg.mvThemeCol_Border: LINE,
    dpg.mvThemeCol_BorderShadow: (0, 0, 0, 0),
    dpg.mvThemeCol_Text: TEXT,
    dpg.mvThemeCol_TextDisabled: FAINT,
    dpg.mvThemeCol_FrameBg: RAISED,
    dpg.mvThemeCol_FrameBgHovered: HOVER,
    dpg.mvThemeCol_FrameBgActive: HOVER,
    dpg.mvThemeCol_TitleBg: PANEL,
    dpg.mvThemeCol_TitleBgActive: RAISED,
    dpg.mvThemeCol_Button: RAISED,
    dpg.mvThemeCol_ButtonHovered: HOVER,
    dpg.mvThemeCol_ButtonActive: ACCENT_DEEP,
    dpg.mvThemeCol_Header: ACCENT_DEEP,
    dpg.mvThemeCol_HeaderHovered: HOVER,
    dpg.mvThemeCol_HeaderActive: ACCENT_DEEP,
    dpg.mvThemeCol_CheckMark: ACCENT,
    dpg.mvThemeCol_SliderGrab: ACCENT,
    dpg.mvThemeCol_SliderGrabActive: ACCENT,
    dpg.mvThemeCol_Separator: LINE,
    dpg.mvThemeCol_ScrollbarBg: PANEL,
    dpg.mvThemeCol_ScrollbarGrab: HOVER,
    dpg.mvThemeCol_PlotHistogram: ACCENT_DEEP,
    dpg.mvThemeCol_TextSelectedBg: ACCENT_DEEP,
    dpg.mvThemeCol_NavHighlight: ACCENT,
}

_PLOT_COLOURS: dict[int, Colour] = {
    dpg.mvPlotCol_FrameBg: PANEL,
    dpg.mvPlotCol_PlotBg: (20, 23, 28, 255),
    dpg.mvPlotCol_PlotBorder: LINE,
    dpg.mvPlotCol_AxisGrid: (255, 255, 255, 22),
    dpg.mvPlotCol_AxisText: DIM,
    dpg.mvPlotCol_AxisBg: (0, 0, 0, 0),
    dpg.mvPlotCol_LegendBg: PANEL,
}

_SHAPES: dict[int, tuple[float, float]] = {
    dpg.mvStyleVar_FrameRounding: (4, 0),
    dpg.mvStyleVar_ChildRounding: (0, 0),
    dpg.mvStyleVar_WindowRounding: (6, 0),
    dpg.mvStyleVar_PopupRounding: (6, 0),
    dpg.mvStyleVar_GrabRounding: (4, 0),
    dpg.mvStyleVar_ScrollbarSize: (10, 0),
    dpg.mvStyleVar_ScrollbarRounding: (5, 0),
    dpg.mvStyleVar_FramePadding: (9, 4),
    dpg.mvStyleVar_ItemSpacing: (8, 6),
    dpg.mvStyleVar_ItemInnerSpacing: (6, 4),
    dpg.mvStyleVar_WindowPadding: (12, 10),
    dpg.mvStyleVar_ChildBorderSize: (0, 0),
    dpg.mvStyleVar_FrameBorderSize: (0, 0),
    dpg.mvStyleVar_WindowBorderSize: (1, 0),
}


def global_theme() -> int | str:
    """Colours and shapes of everything that has no theme of its own."""
    with within(dpg.theme()) as theme, within(dpg.theme_component(dpg.mvAll)):
        for target, colour in _COLOURS.items():
            dpg.add_theme_color(target, colour)
        for target, (x, y) in _SHAPES.items():
            dpg.add_theme_style(target, px(x), px(y))
        for target, colour in _PLOT_COLOURS.items():
            dpg.add_theme_color(target, colour, category=dpg.mvThemeCat_Plots)
        dpg.add_theme_style(
            dpg.mvPlotStyleVar_PlotPadding, px(6), px(6), category=dpg.mvThemeCat_Plots
        )
    return theme


def button_theme(fill: Colour, hover: Colour, text: Colour = TEXT) -> int | str:
    """A button that stands out, or that can do nothing now."""
    with within(dpg.theme()) as theme:
        # Items that are switched off take their looks from a component of their own.
        for enabled in (True, False):
            _button(enabled, fill, hover, text)
    return theme


def _button(enabled: bool, fill: Colour, hover: Colour, text: Colour) -> None:
    with within(dpg.theme_component(dpg.mvButton, enabled_state=enabled)):
        dpg.add_theme_color(dpg.mvThemeCol_Button, fill)
        dpg.add_theme_color(dpg.mvThemeCol_ButtonHovered, hover)
        if not enabled:
            dpg.add_theme_color(dpg.mvThemeCol_ButtonActive, fill)
        dpg.add_theme_color(dpg.mvThemeCol_Text, text)


def line_theme(colour: Colour, weight: float = 2.0) -> int | str:
    """A curve of a plot."""
    with within(dpg.theme()) as theme, within(dpg.theme_component(dpg.mvLineSeries)):
        plots = dpg.mvThemeCat_Plots
        dpg.add_theme_color(dpg.mvPlotCol_Line, colour, category=plots)
        dpg.add_theme_style(dpg.mvPlotStyleVar_LineWeight, weight, category=plots)
    return theme


def bare_theme(fill: Colour = GROUND, x: float = 0, y: float = 0) -> int | str:
    """A window or panel with its own room at the edges; what is in it is not meant."""
    kinds = (dpg.mvWindowAppItem, dpg.mvChildWindow)
    with within(dpg.theme()) as theme:
        for kind in kinds:
            _bare(kind, fill, x, y)
    return theme


def _bare(kind: int, fill: Colour, x: float, y: float) -> None:
    with within(dpg.theme_component(kind)):
        dpg.add_theme_color(dpg.mvThemeCol_ChildBg, fill)
        dpg.add_theme_color(dpg.mvThemeCol_WindowBg, fill)
        dpg.add_theme_style(dpg.mvStyleVar_WindowPadding, px(x), px(y))
        dpg.add_theme_style(dpg.mvStyleVar_WindowBorderSize, 0)
