"""The choice of a look: portraits of all who can be drawn; a click dresses."""

from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_editor.actions.inserting import cast_of
from nsg_editor.derived.looks import nobody, own_look
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.pictures.portraits import Portraits
from nsg_editor.pictures.shading import EMPTY
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, dialog, explain, set_shown, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.views.texture import at_least
from nsg_editor.values.cast import HEIGHT, WIDTH, Member

COLUMNS, ROWS = 4, 3
"""Portraits in sight; for more one scrolls."""


@dataclass
class Card:
    """One look."""

    member: Member
    texture: Item
    button: Item
    name: Item
    shown: object = None


class LookWindow:
    """Opens for the selected objects, and closes with a choice."""

    def __init__(self, store: Store, fonts: Fonts, portraits: Portraits) -> None:
        self._store, self._fonts, self._portraits = store, fonts, portraits
        self._do: Dispatch = store.attempt
        self._textures: list[Item] = []
        self._cards: list[Card] = []
        self._cast: tuple[Member, ...] = ()
        self._size = False

    def build(self) -> None:
        """Make it, hidden."""
        self._registry = dpg.add_texture_registry()
        self._usual = theme.button_theme(theme.SUNK, theme.HOVER)
        self._worn = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_DEEP)
        with dialog(
            self._close, label="Another look", width=px(COLUMNS * (WIDTH + 16) + 40)
        ) as self.window:
            with within(dpg.group(horizontal=True, horizontal_spacing=px(10))):
                self.own = dpg.add_button(
                    label="Its own look", callback=lambda: self._dress(None)
                )
                explain(self.own, "The look that it came with")
                self.resize = dpg.add_checkbox(
                    label="and the size that belongs to it", callback=self._sized
                )
                explain(self.resize, "Else the look is stretched to the present box")
            dpg.add_spacer(height=px(4))
            self.told = dpg.add_text("", color=theme.DIM)
            self.sheet = dpg.add_child_window(height=px(ROWS * (HEIGHT + 42)))

    def _sized(self, sender: Item, on: bool) -> None:
        self._size = on

    def _dress(self, look: str | None) -> None:
        self._do("set-look", look=look, size=self._size)

    def _close(self) -> None:
        self._do("looks", on=False)

    def arrange(self, width: int, height: int) -> None:
        """Keep it in the middle."""
        own = dpg.get_item_width(self.window) or 0
        dpg.configure_item(
            self.window, pos=(max((width - own) // 2, 0), max(height // 6, 0))
        )

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show it while the state says so."""
        shown = new.front.looks and new.selected is not None
        if shown != dpg.is_item_shown(self.window):
            dpg.configure_item(self.window, show=shown)
            if shown:
                dpg.focus_item(self.window)
        if not shown:
            return
        cast = cast_of(new)
        if cast != self._cast:
            self._cast = cast
            self._lay_out(cast)
        self._mark(new)

    def _mark(self, state: EditorState) -> None:
        """Who wears what."""
        node = state.selected
        assert node is not None
        more = len(state.selected_tracks) - 1
        who = f"{node.label} and {more} more" if more else node.label
        dpg.set_item_label(self.window, f"Another look for {who}")
        set_shown(self.told, not self._cast)
        dpg.set_value(self.told, nobody(state.model))
        own = own_look(state, node.track_id)
        for card in self._cards:
            model = card.member.model
            worn = model == node.model
            dpg.bind_item_theme(card.button, self._worn if worn else self._usual)
            name = f"{card.member.name} (its own)" if model == own else card.member.name
            dpg.set_value(card.name, name)

    def _lay_out(self, cast: tuple[Member, ...]) -> None:
        dpg.delete_item(self.sheet, children_only=True)
        at_least(self._textures, len(cast), (WIDTH, HEIGHT), self._registry)
        self._cards = []
        row: Item = 0
        for i, (member, texture) in enumerate(zip(cast, self._textures, strict=False)):
            if i % COLUMNS == 0:
                row = dpg.add_group(
                    parent=self.sheet, horizontal=True, horizontal_spacing=px(8)
                )
            self._cards.append(self._card(member, texture, row))

    def _card(self, member: Member, texture: Item, row: Item) -> Card:
        blank = np.ones((HEIGHT, WIDTH, 4), np.float32)
        blank[..., :3] = np.array(EMPTY, np.float32) / 255
        dpg.set_value(texture, blank)
        with within(dpg.group(parent=row)):
            button = dpg.add_image_button(
                texture,
                width=px(WIDTH),
                height=px(HEIGHT),
                frame_padding=px(3),
                user_data=member.model,
                callback=lambda _, __, model: self._dress(model),
            )
            name = dpg.add_text(member.name, color=theme.DIM)
        if self._fonts.small:
            dpg.bind_item_font(name, self._fonts.small)
        return Card(member, texture, button, name)

    def places(self) -> dict[str, Item]:
        """The looks, for tests with a real mouse."""
        return {f"look:{card.member.model}": card.button for card in self._cards}

    def tick(self) -> None:
        """Once a frame: portraits, as the casting sheet has them drawn."""
        if not dpg.is_item_shown(self.window):
            return
        self._portraits.tick(self._store.state, self._cast, None)
        for card in self._cards:
            found = self._portraits.get(card.member)
            if found is not None and found is not card.shown:
                card.shown = found
                dpg.set_value(card.texture, found)
