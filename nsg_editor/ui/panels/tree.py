"""The scene as a list: cameras and objects by class, with their colours and switches.

Hundreds of rows stay fast: only those in sight are drawn, and only those that changed
are touched.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import dearpygui.dearpygui as dpg

from nsg_editor.actions.checking import doubtful
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.derived.rows import Row, rows
from nsg_editor.geometry.neighbours import Box
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import TIP_S, Item, within
from nsg_editor.ui.focus import box_of
from nsg_editor.ui.icons import Icons, Name, icon_theme, tight_theme
from nsg_editor.ui.keys import CTRL, SHIFT, held
from nsg_editor.ui.panels.tree_menu import row_lines
from nsg_editor.ui.theme import Colour, Fonts, px
from nsg_editor.ui.windows.pick_window import Line
from nsg_editor.values.keymaps import Name as Keymap

SOME = 20
"""Rows whose places are told."""
Look = tuple[Row, bool | None]
"""A row, and whether something about it is doubtful (True: badly so)."""


class TreeRow:
    """The items of one row."""

    def __init__(self, label: Item, chip: Item) -> None:
        self.label, self.chip = label, chip
        self.buttons: dict[str, Item] = {}
        self.look: Look | None = None


class Tree:
    """Rows that can be clicked, hidden, locked and named."""

    title = "Scene"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._icons = Icons()
        self.pick: Callable[[Box, Sequence[Line]], object] = lambda box, lines: None
        """Has a line of a menu chosen."""
        self._keymap: Keymap = "Blender"
        self._rows: dict[tuple[str, str], TreeRow] = {}
        self._built_for: object = None
        self._name: Item | None = None
        self._table: Item | None = None
        self._renaming: int | None = None

    def build(self, parent: Item) -> None:
        """Make the empty list."""
        self._plain, self._tight = icon_theme(), tight_theme()
        # By name: the colours themselves change with dark and light.
        inks = {"text": theme.TEXT, "dim": theme.DIM}
        self._texts = {name: _text_theme(ink) for name, ink in inks.items()}
        self._clicks = self._listen()
        with within(dpg.group(parent=parent)):
            self.summary = dpg.add_text("", color=theme.DIM, wrap=0)
            # A child of its own: Tab over the rows would go into the search otherwise.
            row = dpg.child_window(
                auto_resize_y=True, border=False, flattened_navigation=False
            )
            with (
                within(row),
                within(dpg.group(horizontal=True, horizontal_spacing=px(6))),
            ):
                side = self._icons.side
                self.search = dpg.add_input_text(
                    hint="Search",
                    width=-side - px(8),
                    callback=lambda _, text: self._look_for(text),
                )
                with within(dpg.group()):
                    dpg.add_spacer(height=px(1))
                    # It has its place at all times: rows must not jump under the mouse.
                    self.all = dpg.add_image_button(
                        self._icons["eye"],
                        width=side,
                        height=side,
                        frame_padding=0,
                        callback=lambda: self._do("show-all"),
                    )
            with within(dpg.tooltip(self.all, delay=TIP_S)):
                self.told = dpg.add_text("")
            self.list = dpg.add_group()
        if self._fonts.small:
            dpg.bind_item_font(self.summary, self._fonts.small)
        dpg.bind_item_theme(self.all, self._plain)

    def _listen(self) -> Item:
        with within(dpg.item_handler_registry()) as handlers:
            dpg.add_item_double_clicked_handler(
                dpg.mvMouseButton_Left, callback=self._double_clicked
            )
            dpg.add_item_clicked_handler(
                dpg.mvMouseButton_Right, callback=self._right_clicked
            )
        return handlers

    def arrange(self, width: int, height: int) -> None:
        """Rows take the width there is."""

    def fields(self) -> tuple[Item, ...]:
        """The search, and the name that is being typed."""
        return (self.search,) if self._name is None else (self.search, self._name)

    @property
    def labels(self) -> dict[int, Item]:
        """What can be clicked of each track's row."""
        rows = self._rows.items()
        return {int(key): row.label for (kind, key), row in rows if kind == "object"}

    def switch(self, track: int, name: str) -> Item:
        """A button of a track's row: "eye" or "lock"."""
        return self._rows["object", str(track)].buttons[name]

    def places(self) -> dict[str, Item]:
        """The first rows and their buttons by name, for tests with a real mouse."""
        found: dict[str, Item] = {}
        for track, label in list(self.labels.items())[:SOME]:
            found[f"row {track}"] = label
            for name, button in self._rows["object", str(track)].buttons.items():
                found[f"{name} {track}"] = button
        return found

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the objects of the scene, and which ones are selected."""
        self._keymap = new.settings.keymap
        shown = rows(new)
        shape = [(row.kind, row.key) for row in shown], new.outline.renaming
        if shape != self._built_for:
            self._built_for = shape
            self._rebuild(shown, new.outline.renaming)
        if not dpg.is_item_active(self.search):
            dpg.set_value(self.search, new.outline.search)
        self._summarise(new)
        doubts = doubtful(new)
        for row in shown:
            bad = None if row.track is None else doubts.get(row.track)
            self._dress(row, bad)

    def _summarise(self, state: EditorState) -> None:
        scene = state.history.present.scene
        here = len(state.scene.at(state.frame))
        span = f"frames {scene.frames[0]}-{scene.frames[-1]}"
        count = f"{len(scene.objects)} objects, {here} in this frame"
        dpg.set_value(self.summary, f"{scene.dataset}\n{span}\n{count}")
        hidden = sum(not node.visible for node in scene.objects)
        alone = len(state.outline.solo)
        away = f"{alone} alone" if alone else f"{hidden} hidden" if hidden else ""
        dpg.set_value(self.told, f"Show all: {away}" if away else "Nothing is hidden")
        tint = theme.ACCENT if away else theme.faded(theme.FAINT, 0.7)
        name: Name = "solo" if alone else "eye-off" if hidden else "eye"
        dpg.configure_item(self.all, texture_tag=self._icons[name], tint_color=tint)

    def _rebuild(self, shown: tuple[Row, ...], renaming: int | None) -> None:
        dpg.delete_item(self.list, children_only=True)
        self._rows, self._name = {}, None
        table = dpg.add_table(
            parent=self.list,
            header_row=False,
            # A field of another height than the rows would confuse it.
            clipper=renaming is None,
            policy=dpg.mvTable_SizingFixedFit,
            pad_outerX=False,
        )
        dpg.add_table_column(parent=table, width_stretch=True)
        for _ in range(3):
            dpg.add_table_column(parent=table, width_fixed=True)
        dpg.bind_item_theme(table, self._tight)
        for row in shown:
            with within(dpg.table_row(parent=table)):
                self._build_row(row, row.track is not None and row.track == renaming)

    def _build_row(self, row: Row, renaming: bool) -> None:
        with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
            chip = self._icon(_chip(row), _colour(row))
            label = self._build_name(row) if renaming else self._build_label(row)
        made = TreeRow(label, chip)
        self._rows[row.kind, row.key] = made
        if row.track is None:
            return
        made.buttons["doubt"] = self._icon("doubt", theme.NOTHING)
        made.buttons["eye"] = self._switch("eye", "hide", row.track)
        made.buttons["lock"] = self._switch("unlock", "lock", row.track)

    def _icon(self, name: Name, colour: Colour) -> Item:
        side = self._icons.side
        return dpg.add_image(
            self._icons[name], width=side, height=side, tint_color=colour
        )

    def _switch(self, name: Name, action: str, track: int) -> Item:
        side = self._icons.side
        button = dpg.add_image_button(
            self._icons[name],
            width=side,
            height=side,
            frame_padding=0,
            user_data=track,
            callback=lambda _, __, track: self._do(action, track=track),
        )
        dpg.bind_item_theme(button, self._plain)
        return button

    def _build_label(self, row: Row) -> Item:
        label = dpg.add_selectable(
            label=row.label, user_data=row, callback=self._clicked
        )
        dpg.bind_item_handler_registry(label, self._clicks)
        if row.kind == "heading" and self._fonts.small:
            dpg.bind_item_font(label, self._fonts.small)
        return label

    def _build_name(self, row: Row) -> Item:
        field = dpg.add_input_text(default_value=row.label, width=-1, user_data=row)
        with within(dpg.item_handler_registry()) as handlers:
            # Enter, Esc and a click elsewhere end it; after Esc it is as it was.
            dpg.add_item_deactivated_handler(callback=self._named)
        dpg.bind_item_handler_registry(field, handlers)
        self._name, self._renaming = field, row.track
        dpg.focus_item(field)
        return field

    def _dress(self, row: Row, bad: bool | None) -> None:
        made = self._rows[row.kind, row.key]
        if made.look == (row, bad):
            return
        made.look = (row, bad)
        if made.label != self._name:
            count = f"  {row.count}" if row.kind == "heading" else ""
            dpg.configure_item(made.label, label=f"{row.label}{count}", user_data=row)
            dpg.set_value(made.label, row.chosen)
            dpg.bind_item_theme(made.label, self._texts[_ink(row)])
        side = {"texture_tag": self._icons[_chip(row)], "tint_color": _colour(row)}
        dpg.configure_item(made.chip, **side)
        if row.track is not None:
            self._dress_buttons(made, row, bad)

    def _dress_buttons(self, made: TreeRow, row: Row, bad: bool | None) -> None:
        warned = {None: theme.NOTHING, False: theme.WARM, True: theme.BAD}[bad]
        dpg.configure_item(made.buttons["doubt"], tint_color=warned)
        eye: Name = "solo" if row.alone else "eye" if row.visible else "eye-off"
        lock: Name = "lock" if row.locked else "unlock"
        strong = {"eye": row.alone or not row.visible, "lock": row.locked}
        names: dict[str, Name] = {"eye": eye, "lock": lock}
        for key, name in names.items():
            tint = theme.ACCENT if strong[key] else theme.faded(theme.FAINT, 0.7)
            dpg.configure_item(
                made.buttons[key], texture_tag=self._icons[name], tint_color=tint
            )

    def _look_for(self, text: str) -> None:
        self._do("list-search", text=text)

    def _clicked(self, sender: Item, on: bool, row: Row) -> None:
        # The toolkit switches what is clicked by itself; the state says what is on.
        dpg.set_value(sender, row.chosen)
        if row.kind == "heading":
            self._do("list-fold", heading=row.key)
        elif row.kind == "camera" and row.key:
            self._do("camera", name=row.key)
        elif row.kind == "camera":
            self._do("panel", title="Camera")
            self._do("camera-path-time", to=0.0)
        elif held(*SHIFT):
            self._do("list-reach", track=row.track)
        else:
            self._do("select", track=row.track, add=held(*CTRL))

    def _row_of(self, item: Item) -> Row | None:
        row = dpg.get_item_user_data(item)
        return row if isinstance(row, Row) else None

    def _double_clicked(self, sender: Item, data: tuple[int, Item]) -> None:
        row = self._row_of(data[1])
        if row is not None and row.track is not None:
            self._do("list-rename", track=row.track)

    def _right_clicked(self, sender: Item, data: tuple[int, Item]) -> None:
        row = self._row_of(data[1])
        if row is None or row.track is None:
            return
        x, y = dpg.get_mouse_pos(local=False)
        self._open_menu(row, (x, y, x, y))

    def open_menu(self, ring: Item | None) -> None:
        """By key: of the row that keys are at, or of the active object's."""
        row = None if ring is None else self._row_of(ring)
        chosen = [r.label for r in self._rows.values() if self._active(r.label)]
        label = ring if row is not None else next(iter(chosen), None)
        row = None if label is None else self._row_of(label)
        if label is not None and row is not None:
            self._open_menu(row, box_of(label))

    def _active(self, label: Item) -> bool:
        row = self._row_of(label)
        return row is not None and row.chosen and row.track is not None

    def _open_menu(self, row: Row, box: Box) -> None:
        if row.track is None:
            return
        if not row.chosen:
            self._do("select", track=row.track)
        left, top, _, bottom = box
        # Only as wide as its words.
        self.pick((left, top, left, bottom), row_lines(self._do, self._keymap))

    def _named(self, sender: Item, item: Item) -> None:
        track, self._renaming = self._renaming, None
        if track is None or self._name is None:
            return
        name = dpg.get_value(self._name)
        if not self._do("rename", name=name, track=track):
            self._do("list-rename", on=False)


def _chip(row: Row) -> Name:
    if row.kind == "heading":
        return "closed" if row.folded else "open"
    if row.kind == "camera":
        return "camera" if row.key else "path"
    return "dot"


def _colour(row: Row) -> Colour:
    if row.track is None:
        return theme.DIM
    colour = theme.track_colour(row.track)
    return colour if row.there and row.visible else theme.faded(colour, 0.35)


def _ink(row: Row) -> Literal["text", "dim"]:
    lively = row.kind != "heading" and row.there and row.visible
    return "text" if lively else "dim"


def _text_theme(colour: Colour) -> Item:
    with within(dpg.theme()) as made, within(dpg.theme_component(dpg.mvAll)):
        dpg.add_theme_color(dpg.mvThemeCol_Text, colour)
    return made
