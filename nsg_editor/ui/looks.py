"""Other colours and sizes for a window that is already there.

Nothing is built again, so that nobody's work is disturbed: the colours of all items and
themes are exchanged by value, sizes grow by their ratio, and letters get other fonts.
What is made later asks `theme` and `px` anyway.
"""

from collections.abc import Iterator
from typing import Any

import dearpygui.dearpygui as dpg

from nsg_editor.ui import theme
from nsg_editor.ui.colours import TABLES, Colour, Name
from nsg_editor.ui.containers import Item
from nsg_editor.ui.theme import Fonts
from nsg_editor.values.settings import Settings

INKS = ("color", "fill", "background_color")
LENGTHS = ("width", "height", "indent", "wrap", "horizontal_spacing", "xoffset")
LETTERS = ("indent", "wrap")
"""Of a text, which may report a width but takes none."""
NO_LENGTH = (
    *("Texture", "Font", "Handler", "Theme", "Draw", "Viewport", "Series"),
    *("MenuBar", "Axis"),
)
"""Kinds of items whose sizes are no places on the screen."""
SHARES = {
    dpg.mvStyleVar_Alpha,
    dpg.mvStyleVar_ButtonTextAlign,
    dpg.mvStyleVar_SelectableTextAlign,
    dpg.mvStyleVar_WindowTitleAlign,
}
"""Styles that are no lengths."""


class Looks:
    """What the window looks like, and how it gets other looks."""

    def __init__(self, settings: Settings, fonts: Fonts) -> None:
        self._fonts = fonts
        self._theme: Name = settings.theme
        self._scale = settings.scale

    def follow(self, settings: Settings) -> bool:
        """Take on what is wished; True where all must be placed and drawn again."""
        changed = False
        if settings.theme != self._theme:
            recolour(self._theme, settings.theme)
            dpg.set_viewport_clear_color(list(theme.PANEL))
            self._theme, changed = settings.theme, True
        if settings.scale != self._scale:
            self._resize(settings.scale)
            changed = True
        return changed

    def refit(self) -> None:
        """Windows with a title take the height of what is in them, as letters of the
        new size need it: by the ratio alone a line too many or too few is left."""
        for item in everything():
            if kind(item) == "WindowAppItem":
                settings = dpg.get_item_configuration(item)
                if not settings["no_title_bar"]:
                    dpg.configure_item(item, height=0)

    def _resize(self, scale: float) -> None:
        ratio, self._scale = scale / self._scale, scale
        theme.use_scale(scale)
        for item in everything():
            stretch(item, ratio)
        old = self._fonts.body, self._fonts.strong, self._fonts.small
        if not old[0]:
            dpg.set_global_font_scale(scale)
            return
        made = theme.load_fonts()
        new = made.body, made.strong, made.small
        fonts = dict(zip(old, new, strict=True))
        for item in everything():
            bound = dpg.get_item_font(item)
            if bound in fonts:
                dpg.bind_item_font(item, fonts[bound])
        self._fonts.body, self._fonts.strong, self._fonts.small = new


def everything() -> Iterator[Item]:
    """All items there are."""
    yield from dpg.get_all_items()


def kind(item: Item) -> str:
    """What an item is, without the toolkit's prefix."""
    return (dpg.get_item_type(item) or "").rpartition("::mv")[2]


def exchange(old: Name, new: Name) -> dict[tuple[int, ...], Colour]:
    """From each colour of one table to that of the other."""
    before, after = TABLES[old], TABLES[new]
    return {before[name]: after[name] for name in before}


def recolour(old: Name, new: Name) -> None:
    """Every colour of the old table becomes that of the new one."""
    colours = exchange(old, new)
    opaque = {key[:3]: value for key, value in colours.items() if key[3] == 255}
    theme.use_colours(new)
    for item in everything():
        if kind(item) == "ThemeColor":
            now = tuple(round(v) for v in dpg.get_value(item)[:4])
            wanted = _exchanged(now, colours, opaque)
            if wanted is not None:
                dpg.set_value(item, list(wanted))
        else:
            _recolour_item(item, colours, opaque)


def _recolour_item(
    item: Item,
    colours: dict[tuple[int, ...], Colour],
    opaque: dict[tuple[int, ...], Colour],
) -> None:
    settings = dpg.get_item_configuration(item)
    for ink in INKS:
        value = settings.get(ink)
        if not isinstance(value, list) or len(value) != 4:
            continue
        now = tuple(round(255 * v) for v in value)
        wanted = _exchanged(now, colours, opaque)
        if wanted is not None:
            dpg.configure_item(item, **{ink: wanted})


def _exchanged(
    now: tuple[int, ...],
    colours: dict[tuple[int, ...], Colour],
    opaque: dict[tuple[int, ...], Colour],
) -> Colour | None:
    """The other table's colour; one that was faded stays as faded as it is."""
    if now in colours:
        return colours[now]
    found = opaque.get(now[:3])
    return None if found is None or now[3] == 0 else (*found[:3], now[3])


def stretch(item: Item, ratio: float) -> None:
    """Let an item's sizes grow by a ratio."""
    made = kind(item)
    if made == "ThemeStyle":
        _stretch_style(item, ratio)
    elif not any(word in made for word in NO_LENGTH):
        settings = dpg.get_item_configuration(item)
        grown: dict[str, Any] = {
            name: round(settings[name] * ratio)
            for name in (LETTERS if made == "Text" else LENGTHS)
            if abs(settings.get(name, 0) or 0) > 1
        }
        if made == "TableColumn" and settings.get("width_fixed"):
            width = settings["init_width_or_weight"]
            grown["init_width_or_weight"] = width * ratio
        if grown:
            dpg.configure_item(item, **grown)


def _stretch_style(item: Item, ratio: float) -> None:
    settings = dpg.get_item_configuration(item)
    core = settings.get("category") == dpg.mvThemeCat_Core
    if core and settings.get("target") not in SHARES:
        x, y = dpg.get_value(item)[:2]
        dpg.set_value(item, [x * ratio, y * ratio])
