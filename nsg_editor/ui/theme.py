"""How it looks: calm colours, one accent, and type that can be read at any size."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_editor.ui.colours import DARK, TABLES, TRACKS, Colour, Name
from nsg_editor.ui.colours import SELECTED as SELECTED
from nsg_editor.ui.containers import within

NOTHING: Colour = (0, 0, 0, 0)
# In views, which are dark whatever the panels are. Each differs by a hair from the
# panels' dark colours, which are exchanged by value.
BRIGHT: Colour = (223, 228, 236, 255)
BRIGHT_DIM: Colour = (144, 154, 169, 255)
BRIGHT_FAINT: Colour = (93, 102, 116, 255)
BRIGHT_ACCENT: Colour = (89, 167, 255, 255)
BRIGHT_GOOD: Colour = (87, 201, 141, 255)
BRIGHT_WARM: Colour = (241, 181, 91, 255)
BRIGHT_BAD: Colour = (241, 111, 105, 255)
NIGHT: Colour = (17, 19, 24, 255)

GROUND: Colour = DARK["GROUND"]
PANEL: Colour = DARK["PANEL"]
RAISED: Colour = DARK["RAISED"]
SUNK: Colour = DARK["SUNK"]
HOVER: Colour = DARK["HOVER"]
LINE: Colour = DARK["LINE"]
TEXT: Colour = DARK["TEXT"]
DIM: Colour = DARK["DIM"]
FAINT: Colour = DARK["FAINT"]
ACCENT: Colour = DARK["ACCENT"]
ACCENT_DEEP: Colour = DARK["ACCENT_DEEP"]
ACCENT_HOVER: Colour = DARK["ACCENT_HOVER"]
GOOD: Colour = DARK["GOOD"]
WARM: Colour = DARK["WARM"]
BAD: Colour = DARK["BAD"]
WINDOW: Colour = DARK["WINDOW"]
POPUP: Colour = DARK["POPUP"]
PLOT: Colour = DARK["PLOT"]
STRIP: Colour = DARK["STRIP"]
VEIL: Colour = DARK["VEIL"]
GRID: Colour = DARK["GRID"]


def use_colours(name: Name) -> None:
    """Which table the names stand for from now on."""
    globals().update(TABLES[name])


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


@dataclass(slots=True)
class Fonts:
    """Items of the loaded fonts; 0 where only the built-in one is there.

    Others take their places when letters become larger or smaller.
    """

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
    fonts = Fonts()
    found = importlib.util.find_spec("pyrender")
    if found is None or found.origin is None:
        return fonts
    folder = Path(found.origin).parent / "fonts"
    regular, semibold = (
        folder / "OpenSans-Regular.ttf",
        folder / "OpenSans-Semibold.ttf",
    )
    if not (regular.is_file() and semibold.is_file()):
        return fonts
    with within(dpg.font_registry()):
        fonts.body = int(dpg.add_font(str(regular), px(17)))
        fonts.strong = int(dpg.add_font(str(semibold), px(17)))
        fonts.small = int(dpg.add_font(str(regular), px(15)))
    dpg.bind_font(fonts.body)
    return fonts


def _colours() -> dict[int, Colour]:
    return {
        dpg.mvThemeCol_WindowBg: WINDOW,
        dpg.mvThemeCol_ChildBg: PANEL,
        dpg.mvThemeCol_PopupBg: POPUP,
        dpg.mvThemeCol_ModalWindowDimBg: VEIL,
        dpg.mvThemeCol_Border: LINE,
        dpg.mvThemeCol_BorderShadow: NOTHING,
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
        dpg.mvThemeCol_TableHeaderBg: RAISED,
        dpg.mvThemeCol_TableBorderStrong: LINE,
        dpg.mvThemeCol_TableBorderLight: LINE,
    }


def _plot_colours() -> dict[int, Colour]:
    return {
        dpg.mvPlotCol_FrameBg: PANEL,
        dpg.mvPlotCol_PlotBg: PLOT,
        dpg.mvPlotCol_PlotBorder: LINE,
        dpg.mvPlotCol_AxisGrid: GRID,
        dpg.mvPlotCol_AxisText: DIM,
        dpg.mvPlotCol_AxisBg: NOTHING,
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
        for target, colour in _colours().items():
            dpg.add_theme_color(target, colour)
        for target, (x, y) in _SHAPES.items():
            dpg.add_theme_style(target, px(x), px(y))
        for target, colour in _plot_colours().items():
            dpg.add_theme_color(target, colour, category=dpg.mvThemeCat_Plots)
        dpg.add_theme_style(
            dpg.mvPlotStyleVar_PlotPadding, px(6), px(6), category=dpg.mvThemeCat_Plots
        )
    return theme


def button_theme(fill: Colour, hover: Colour, text: Colour | None = None) -> int | str:
    """A button that stands out, or that can do nothing now."""
    with within(dpg.theme()) as theme:
        # Items that are switched off take their looks from a component of their own.
        for enabled in (True, False):
            _button(enabled, fill, hover, text or TEXT)
    return theme


def _button(enabled: bool, fill: Colour, hover: Colour, text: Colour) -> None:
    for kind in (dpg.mvButton, dpg.mvImageButton):
        with within(dpg.theme_component(kind, enabled_state=enabled)):
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


def bare_theme(fill: Colour | None = None, x: float = 0, y: float = 0) -> int | str:
    """A window or panel with its own room at the edges; what is in it is not meant."""
    room = _SHAPES[dpg.mvStyleVar_WindowPadding]
    with within(dpg.theme()) as theme:
        for kind in (dpg.mvWindowAppItem, dpg.mvChildWindow):
            _bare(kind, fill or GROUND, x, y)
        # What opens from it has room at its edges again, or words touch them and the
        # last line of a list is cut.
        for kind in (dpg.mvCombo, dpg.mvTooltip):
            with within(dpg.theme_component(kind)):
                dpg.add_theme_style(dpg.mvStyleVar_WindowPadding, *map(px, room))
    return theme


def _bare(kind: int, fill: Colour, x: float, y: float) -> None:
    with within(dpg.theme_component(kind)):
        dpg.add_theme_color(dpg.mvThemeCol_ChildBg, fill)
        dpg.add_theme_color(dpg.mvThemeCol_WindowBg, fill)
        dpg.add_theme_style(dpg.mvStyleVar_WindowPadding, px(x), px(y))
        dpg.add_theme_style(dpg.mvStyleVar_WindowBorderSize, 0)
