"""The casting sheet: everybody whom the model can draw, to be put into the drive."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.documents.guests import split_key
from nsg_core.scene import Vec3
from nsg_editor.actions.inserting import cast_of
from nsg_editor.derived.looks import nobody
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.pictures.portraits import Portraits, Send
from nsg_editor.pictures.shading import EMPTY
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.views.texture import at_least
from nsg_editor.ui.windows.file_window import DOUBLE_S, Ask, Browse
from nsg_editor.values.cast import HEIGHT, TURNS, WIDTH, Member

TURN_S = 0.12
"""From one side of the turntable to the next."""
CARRIED = 10.0
"""Pixels that the mouse moves before it carries somebody."""
HINT = "Drag somebody into a view, or double-click."


@dataclass
class Card:
    """One member on the sheet."""

    member: Member
    texture: Item
    button: Item
    shown: object = None
    """The portrait that is in the texture."""


class CastPanel:
    """Thumbnails with names; hovered ones turn."""

    title = "Cast"

    def __init__(self, store: Store, fonts: Fonts) -> None:
        self._store, self._fonts = store, fonts
        self._do: Dispatch = store.attempt
        self._cards: list[Card] = []
        self._textures: list[Item] = []
        self._cast: tuple[Member, ...] = ()
        self._key: object = None
        self._who: tuple[Member, ...] = ()
        self._columns = 2
        self._size = WIDTH
        self._lit: str | None = None
        self._pressed: tuple[Member, tuple[float, float]] | None = None
        self._last: tuple[str, float] = ("", 0.0)
        """Whom the last press was for, and when."""
        self._hovered_since: tuple[str, float] = ("", 0.0)
        self.browse: Browse = lambda ask: None
        """Has a path chosen."""
        self.send: Send = lambda request, take: None
        """Has portraits drawn."""
        self.portraits = Portraits(lambda request, take: self.send(request, take))
        self.aim: Callable[[], Vec3 | None] = lambda: None
        """The place of the road that the mouse points at in some view."""

    def build(self, parent: Item) -> None:
        """Make the frame of it; cards come with the model."""
        with within(dpg.group(parent=parent)):
            self.told = dpg.add_text("", color=theme.DIM, wrap=0)
            with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
                self.insert = dpg.add_button(
                    label="Insert here", callback=lambda: self._do("insert")
                )
                explain(self.insert, "Put the chosen one on the road ahead")
                self.add = dpg.add_button(label="Add ...", callback=self._invite)
                explain(self.add, "The cast of another checkpoint")
            self.dismiss = dpg.add_button(
                label="Take off",
                show=False,
                callback=lambda: self._do("cast-dismiss"),
            )
            explain(self.dismiss, "All of the chosen one's checkpoint leave the sheet")
            dpg.add_spacer(height=px(2))
            self.sheet = dpg.add_group()
        self._registry = dpg.add_texture_registry()
        self._usual = theme.button_theme(theme.SUNK, theme.HOVER)
        self._chosen = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_DEEP)
        self._lit_button = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_HOVER)
        self._unlit = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)
        if self._fonts.small:
            dpg.bind_item_font(self.told, self._fonts.small)

    def _invite(self) -> None:
        """Ask for a checkpoint, beginning beside the one that draws."""
        start = self._store.state.model.path or self._store.state.drive.runs
        self.browse(
            Ask(
                "A checkpoint, for its cast",
                start,
                lambda path: self._do("cast-invite", path=path),
                ".safetensors",
                "Invite",
            )
        )

    def arrange(self, width: int, height: int) -> None:
        """As many columns as fit."""
        room = width - px(12)
        columns = max(2, room // (px(WIDTH) + px(18)))
        self._size = min(px(WIDTH), room // columns - px(14))
        if columns != self._columns:
            self._columns = columns
            self._cast = ()
        for card in self._cards:
            dpg.configure_item(card.button, width=self._size, height=self._high)

    @property
    def _high(self) -> int:
        """Pixels of a portrait on the screen."""
        return round(self._size * HEIGHT / WIDTH)

    def places(self) -> dict[str, Item]:
        """The cards, for tests with a real mouse."""
        return {f"cast:{card.member.model}": card.button for card in self._cards}

    def fields(self) -> tuple[Item, ...]:
        """Nobody types here."""
        return ()

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show who is there, and who is chosen."""
        key = (id(new.drive), new.model.keys, new.cast.guests)
        if key != self._key:
            self._key, self._who = key, cast_of(new)
        cast = self._who
        if cast != self._cast:
            self._cast = cast
            self._lay_out(cast)
        dpg.set_value(self.told, HINT if cast else nobody(new.model))
        set_shown(self.insert, bool(cast))
        dpg.configure_item(self.insert, enabled=bool(new.cast.chosen))
        set_shown(self.add, bool(cast))
        guest = split_key(new.cast.chosen or "")[0] is not None
        set_shown(self.dismiss, bool(cast) and guest)
        lit = self._lit_button if new.cast.chosen else self._unlit
        dpg.bind_item_theme(self.insert, lit)
        for card in self._cards:
            chosen = card.member.model == new.cast.chosen
            dpg.bind_item_theme(card.button, self._chosen if chosen else self._usual)

    def _lay_out(self, cast: tuple[Member, ...]) -> None:
        dpg.delete_item(self.sheet, children_only=True)
        at_least(self._textures, len(cast), (WIDTH, HEIGHT), self._registry)
        self._cards = []
        row: Item = 0
        for i, (member, texture) in enumerate(zip(cast, self._textures, strict=False)):
            if i % self._columns == 0:
                row = dpg.add_group(
                    parent=self.sheet, horizontal=True, horizontal_spacing=px(6)
                )
            self._cards.append(self._card(member, texture, row))

    def _card(self, member: Member, texture: Item, row: Item) -> Card:
        blank = np.ones((HEIGHT, WIDTH, 4), np.float32)
        blank[..., :3] = np.array(EMPTY, np.float32) / 255
        dpg.set_value(texture, blank)
        with within(dpg.group(parent=row)):
            button = dpg.add_image_button(
                texture,
                width=self._size,
                height=self._high,
                frame_padding=px(3),
                user_data=member.model,
                callback=lambda _, __, model: self._do("cast-choose", model=model),
            )
            lines = [f"{member.name}: {member.category}, {member.measures}"]
            if member.source:
                lines.append(f"from {member.source}, in the light it was seen in")
            explain(button, *lines)
            name = dpg.add_text(member.name, color=theme.DIM)
        if self._fonts.small:
            dpg.bind_item_font(name, self._fonts.small)
        return Card(member, texture, button)

    def tick(self) -> None:
        """Once a frame: portraits, the turntable, and the mouse."""
        state = self._store.state
        cards = self._cards
        visible = bool(cards) and dpg.is_item_visible(self.insert)
        hovered = next((c for c in cards if visible and _over(c.button)), None)
        if visible:
            member = hovered.member if hovered else None
            self.portraits.tick(state, self._cast, member)
            for card in cards:
                self._turn(card, card is hovered)
        self._mouse(hovered)

    def _turn(self, card: Card, hovered: bool) -> None:
        turn = card.member.turn
        if hovered:
            name, since = self._hovered_since
            if name != card.member.model:
                since = time.monotonic()
                self._hovered_since = (card.member.model, since)
            turn += int((time.monotonic() - since) / TURN_S)
        elif self._hovered_since[0] == card.member.model:
            self._hovered_since = ("", 0.0)
        found = self.portraits.get(card.member, turn % TURNS)
        if found is not None and found is not card.shown:
            card.shown = found
            dpg.set_value(card.texture, found)

    def _mouse(self, hovered: Card | None) -> None:
        """Press chooses, a drag carries, a double click inserts."""
        x, y = dpg.get_mouse_pos(local=False)
        down = dpg.is_mouse_button_down(dpg.mvMouseButton_Left)
        if dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left) and hovered:
            model = hovered.member.model
            before, self._last = self._last, (model, time.monotonic())
            # Slow frames are no reason to miss a double click.
            if before[0] == model and self._last[1] - before[1] < DOUBLE_S:
                self._pressed, self._last = None, ("", 0.0)
                self._do("insert", model=model)
                return
            self._pressed = (hovered.member, (x, y))
            self._do("cast-choose", model=model)
        if self._pressed is None:
            return
        member, start = self._pressed
        carried = self._store.state.cast.carried is not None
        far = abs(x - start[0]) + abs(y - start[1]) > CARRIED
        if down and (carried or far):
            self._do("cast-carry", model=member.model, over=self.aim())
        elif not down:
            self._pressed = None
            if carried or far:
                self._drop(member)

    def _drop(self, member: Member) -> None:
        over = self.aim()
        self._do("cast-carry", model=None)
        if over is not None:
            self._do("insert", model=member.model, at=over)

    @property
    def carrying(self) -> bool:
        """The mouse belongs to whom it carries."""
        return self._store.state.cast.carried is not None

    def cancel(self) -> bool:
        """Esc: let go of whom the mouse carries; False: it carries nobody."""
        if self._pressed is None:
            return False
        self._pressed = None
        self._do("cast-carry", model=None)
        return True


def _over(item: Item) -> bool:
    return bool(dpg.is_item_hovered(item) or dpg.is_item_active(item))
