"""The variants of a drive: what each looks like, which one is edited, their names."""

from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.documents.project import Variant
from nsg_editor.derived.beside import beside_names, compared_with
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.pictures.shading import EMPTY
from nsg_editor.pictures.thumbnails import Send, Thumbnails
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.views.texture import at_least

WORDS = (
    "Each variant has edits of its own over the same recording. All of them are kept "
    "in one project."
)
WIDTH = 168
"""Pixels of a thumbnail; how high it is follows from the camera."""
BORDER, SCROLLS = 3, 12
"""Pixels around a thumbnail, and of a scrollbar beside it."""


@dataclass
class Card:
    """A variant in the list."""

    picture: Item
    label: Item
    beside: Item
    texture: Item
    shown: object = None
    """What is in the texture."""


class VariantsPanel:
    """A card for each variant; below them what can be done with the chosen one."""

    title = "Variants"

    def __init__(self, store: Store, fonts: Fonts) -> None:
        self._store, self._fonts = store, fonts
        self._do: Dispatch = store.attempt
        self._cards: dict[str, Card] = {}
        self._textures: list[Item] = []
        self._shown: object = None
        self._current = ""
        self._room = px(WIDTH)
        camera = store.state.drive.recording.cameras[0]
        high = min(max(round(WIDTH * camera.height / camera.width), 24), WIDTH)
        self.send: Send = lambda request, take: None
        """Has thumbnails drawn."""
        self.thumbnails = Thumbnails(
            lambda request, take: self.send(request, take), (WIDTH, high)
        )

    def build(self, parent: Item) -> None:
        """Make the empty list and the buttons."""
        self._registry = dpg.add_texture_registry()
        self._usual = theme.button_theme(theme.SUNK, theme.HOVER)
        self._chosen = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_DEEP)
        self._lit = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_HOVER)
        with within(dpg.group(parent=parent)):
            self.words = dpg.add_text(WORDS, color=theme.DIM, wrap=0)
            if self._fonts.small:
                dpg.bind_item_font(self.words, self._fonts.small)
            dpg.add_spacer(height=px(2))
            self.list = dpg.add_group()
            dpg.add_spacer(height=px(4))
            self._build_buttons()

    def _build_buttons(self) -> None:
        self.beside = self._button(
            "Side by side",
            "Show up to three variants at once (Shift+B); a click edits one of them",
            lambda: self._do("variants-beside"),
        )
        self.compare = self._button(
            "Divider",
            "Wipe between this variant and the next one, or stop",
            lambda: self._do("variant-compare"),
        )
        self.copy = self._button(
            "Copy this one",
            "Begin another variant with the edits of this one",
            lambda: self._do("variant-new"),
        )
        self.empty = self._button(
            "New without edits",
            "Begin another variant from the recording",
            lambda: self._do("variant-new", empty=True),
        )
        dpg.add_spacer(height=px(4))
        self.caption = dpg.add_text("Name", color=theme.DIM)
        self.name = dpg.add_input_text(width=-1, on_enter=True, callback=self._renamed)
        dpg.add_spacer(height=px(4))
        self.delete = self._button(
            "Delete this one",
            "Remove this variant and its edits; undo brings it back",
            lambda: self._do("variant-delete"),
        )

    def _button(self, label: str, tip: str, callback: Callable[[], object]) -> Item:
        button = dpg.add_button(label=label, width=-1, callback=callback)
        explain(button, tip)
        return button

    def arrange(self, width: int, height: int) -> None:
        """Everything takes the width that there is."""
        self._room = max(width - px(SCROLLS), 60)
        dpg.configure_item(self.words, wrap=self._room)
        for card in self._cards.values():
            self._fit(card)

    def _fit(self, card: Card) -> None:
        """A picture and its words are as wide as there is room beside a scrollbar."""
        width, height = self.thumbnails.size
        shown = min(px(width), self._room - 2 * px(BORDER))
        high = round(shown * height / width)
        dpg.configure_item(card.picture, width=shown, height=high)
        dpg.configure_item(card.label, wrap=self._room)

    def fields(self) -> tuple[Item, ...]:
        """Where a name is typed."""
        return (self.name,)

    def places(self) -> dict[str, Item]:
        """The cards, for tests with a real mouse."""
        return {f"variant:{name}": card.picture for name, card in self._cards.items()}

    def tick(self) -> None:
        """Once a frame: pictures of what is in sight."""
        if not dpg.is_item_visible(self.copy):
            return
        self.thumbnails.tick(self._store.state)
        for name, card in self._cards.items():
            found = self.thumbnails.get(name)
            if found is not None and found is not card.shown:
                card.shown = found
                dpg.set_value(card.texture, found)

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the variants of a state."""
        present = new.history.present
        variants, beside = present.variants, beside_names(new)
        if [v.name for v in variants] != list(self._cards):
            self._rebuild(variants)
        key = (variants, present.variant, beside, compared_with(new))
        if key == self._shown:
            return
        self._shown, self._current = key, present.variant
        for variant in variants:
            self._sync_card(variant, beside, len(variants) > 1)
        dpg.set_value(self.name, present.variant)
        for button in (self.delete, self.compare, self.beside):
            set_shown(button, len(variants) > 1)
        dpg.bind_item_theme(self.beside, self._lit if beside else 0)
        wiped = compared_with(new) is not None
        dpg.bind_item_theme(self.compare, self._lit if wiped else 0)

    def _sync_card(
        self, variant: Variant, beside: tuple[str, ...], several: bool
    ) -> None:
        card, here = self._cards[variant.name], variant.name == self._current
        dpg.set_value(card.label, row_label(variant))
        colour = theme.TEXT if here else theme.DIM
        dpg.configure_item(card.label, color=colour)
        dpg.bind_item_theme(card.picture, self._chosen if here else self._usual)
        set_shown(card.beside, several and not here)
        dpg.set_value(card.beside, variant.name in beside)

    def _rebuild(self, variants: tuple[Variant, ...]) -> None:
        dpg.delete_item(self.list, children_only=True)
        size = self.thumbnails.size
        at_least(self._textures, len(variants), size, self._registry)
        self._cards = {
            one.name: self._card(one, texture)
            for one, texture in zip(variants, self._textures, strict=False)
        }
        self._shown = None

    def _card(self, variant: Variant, texture: Item) -> Card:
        width, height = self.thumbnails.size
        blank = np.ones((height, width, 4), np.float32)
        blank[..., :3] = np.array(EMPTY, np.float32) / 255
        dpg.set_value(texture, blank)
        with within(dpg.group(parent=self.list)):
            picture = dpg.add_image_button(
                texture,
                width=px(width),
                height=px(height),
                frame_padding=px(BORDER),
                user_data=variant.name,
                callback=lambda _, __, name: self._do("variant", name=name),
            )
            explain(picture, "Edit this variant")
            label = dpg.add_text(row_label(variant))
            beside = dpg.add_checkbox(
                label="beside",
                user_data=variant.name,
                callback=lambda _, on, name: self._beside(name, on),
            )
            explain(beside, "Show it beside the one that is edited")
            dpg.add_spacer(height=px(2))
        for item in (label, beside):
            if self._fonts.small:
                dpg.bind_item_font(item, self._fonts.small)
        card = Card(picture, label, beside, texture)
        self._fit(card)
        return card

    def _beside(self, name: str, on: bool) -> None:
        self._do("variant-beside", name=name, on=on)
        self._shown = None

    def _renamed(self, sender: Item, name: str) -> None:
        if not self._do("variant-rename", name=name):
            dpg.set_value(self.name, self._current)


def row_label(variant: Variant) -> str:
    """A variant on one line."""
    count = len(variant.edits)
    return f"{variant.name}   {count} edit{'' if count == 1 else 's'}"
