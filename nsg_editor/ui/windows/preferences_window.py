"""What the user chooses for the program itself: keys, colours, size."""

import dearpygui.dearpygui as dpg

from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, dialog, within
from nsg_editor.ui.theme import px
from nsg_editor.values.settings import SCALES

WIDTH, FIELD = 400, 150
SIZES = tuple(f"{round(100 * scale)} %" for scale in SCALES)


class PreferencesWindow:
    """A row for each choice; each takes effect at once and is kept."""

    def __init__(self, do: Dispatch) -> None:
        self._do = do

    def build(self) -> None:
        """Make it, hidden."""
        with dialog(self._close, label="Preferences", width=px(WIDTH)) as self.window:
            with within(dpg.table(header_row=False)):
                dpg.add_table_column(width_stretch=True)
                dpg.add_table_column(
                    width_fixed=True, init_width_or_weight=float(px(FIELD))
                )
                self.keymap = self._choice(
                    "Keys as in", ("Blender", "Unreal"), self._keymap
                )
                self.theme = self._choice("Colours", ("dark", "light"), self._theme)
                self.scale = self._choice("Letters and buttons", SIZES, self._scale)
            self.words = dpg.add_text(
                "Kept for the next start. Ctrl+plus and Ctrl+minus change the size.",
                color=theme.DIM,
                wrap=px(WIDTH - 30),
            )
            dpg.add_spacer(height=px(4))
            dpg.add_button(label="Close", width=px(90), callback=self._close)

    def _choice(self, label: str, items: tuple[str, ...], callback: object) -> Item:
        with within(dpg.table_row()):
            dpg.add_text(label)
            return dpg.add_combo(items, width=-1, callback=callback)  # pyright: ignore

    def _keymap(self, sender: Item, name: str) -> None:
        self._do("keymap", name=name)

    def _theme(self, sender: Item, name: str) -> None:
        self._do("theme", name=name)

    def _scale(self, sender: Item, size: str) -> None:
        self._do("ui-scale", to=SCALES[SIZES.index(size)])

    def _close(self) -> None:
        self._do("preferences", on=False)

    def arrange(self, width: int, height: int) -> None:
        """Keep it in the middle."""
        dpg.configure_item(
            self.window, pos=(max((width - px(WIDTH)) // 2, 0), height // 4)
        )

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show it while the state says so."""
        settings = new.settings
        dpg.set_value(self.keymap, settings.keymap)
        dpg.set_value(self.theme, settings.theme)
        dpg.set_value(self.scale, SIZES[SCALES.index(settings.scale)])
        shown = new.front.preferences
        if shown != dpg.is_item_shown(self.window):
            dpg.configure_item(self.window, show=shown)
            if shown:
                dpg.focus_item(self.window)
