"""The small menu over the picture: what is shown, and compared with what."""

import dearpygui.dearpygui as dpg

from nsg_editor.derived.beside import compared_with, rival_of
from nsg_editor.derived.looks import no_weights
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.views.pane import Pane
from nsg_editor.values.looking import AGAINST, MODES, PARTS

WORDS = {
    "colour": "Colour",
    "depth": "Depth",
    "normals": "Normals",
    "instances": "Objects",
    "opacity": "Opacity",
    "all": "Everything",
    "background": "Background only",
    "objects": "Objects only",
    "nothing": "Nothing",
    "recorded": "Recorded",
    "before": "Before edits",
    "wipe": "Divider",
    "difference": "Difference",
}
ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Show", "mode", MODES),
    ("Of", "only", PARTS),
    ("Against", "against", AGAINST),
    ("By", "how", ("wipe", "difference")),
)
NAMES = 66
"""Pixels of a row's name."""


class LookingMenu:
    """A button in the view's strip, and under it a panel of choices."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._choices: dict[tuple[str, str], Item] = {}
        self._drawn: object = None

    def build(self, pane: Pane) -> None:
        """Make the button within the view's strip, and the choices over all."""
        self.button = pane.add_button(
            "Colour",
            "What of the picture is shown, and compared with what (Shift+L)",
            lambda: self._do("looking-menu"),
            lambda state: state.looking.menu or short(state) != "Colour",
        )
        self._tip = pane.tips[self.button]
        with within(
            dpg.window(
                show=False,
                no_title_bar=True,
                no_resize=True,
                no_move=True,
                autosize=True,
                no_scrollbar=True,
                no_saved_settings=True,
            )
        ) as self.window:
            for title, key, values in ROWS:
                self._row(title, key, values)
            self.told = dpg.add_text("", color=theme.DIM)
        self._on = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_DEEP)
        self._usual = theme.button_theme(theme.RAISED, theme.HOVER)
        self._corner = theme.button_theme(
            (12, 14, 18, 205), (52, 59, 71, 255), theme.BRIGHT
        )
        if self._fonts.small:
            for item in (self.button, self.window):
                dpg.bind_item_font(item, self._fonts.small)
        dpg.bind_item_theme(self.button, self._corner)

    def _row(self, title: str, key: str, values: tuple[str, ...]) -> None:
        with within(dpg.group(horizontal=True, horizontal_spacing=px(4))):
            dpg.add_text(title, color=theme.DIM)
            for i, value in enumerate(values):
                # A value means the same choice for as long as the program runs.
                self._choices[key, value] = dpg.add_button(
                    label=WORDS[value],
                    user_data=(key, value),
                    callback=lambda _, __, chosen: self._do(
                        "looking", **dict([chosen])
                    ),
                    indent=px(NAMES) if i == 0 else -1,
                )

    def tick(self) -> None:
        """Keep the choices under the button."""
        if not dpg.is_item_shown(self.window):
            return
        left, _ = dpg.get_item_rect_min(self.button)
        _, bottom = dpg.get_item_rect_max(self.button)
        dpg.configure_item(self.window, pos=(int(left), int(bottom) + px(4)))

    def sync(self, state: EditorState) -> None:
        """Show what is chosen."""
        looking = state.looking
        plain = compared_with(state) is None and rival_of(state) is None
        missing = no_weights(state)
        key = (looking, missing, state.shown, short(state), plain)
        if key == self._drawn:
            return
        self._drawn = key
        dpg.configure_item(self.button, label=short(state))
        dpg.configure_item(self.window, show=looking.menu)
        # It would lie on the first of the choices.
        dpg.configure_item(self._tip, show=not looking.menu)
        for (name, value), item in self._choices.items():
            chosen = getattr(looking, name) == value
            dpg.bind_item_theme(item, self._on if chosen else self._usual)
        dpg.configure_item(self.told, show=bool(missing))
        dpg.set_value(self.told, missing)


def short(state: EditorState) -> str:
    """What the button says."""
    looking, other = state.looking, compared_with(state)
    if other is not None:
        return f"{other} against {state.history.present.variant}"
    if rival_of(state) is not None:
        return "vs. other weights"
    part = looking.only != "all" and looking.mode == "colour"
    what = WORDS[looking.only if part else looking.mode]
    if looking.against == "nothing":
        return what
    against = f"vs. {WORDS[looking.against].lower()}"
    return against if what == WORDS["colour"] else f"{what} {against}"
