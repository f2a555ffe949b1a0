"""The scene graph as a list: cameras' drive, and every object with its colour."""

import dearpygui.dearpygui as dpg

from nsg_core.scene import ObjectNode
from nsg_editor.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts


class Tree:
    """Rows that can be clicked; those not in this frame are dim."""

    title = "Scene"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._rows: dict[int, Item] = {}
        self._built_for: tuple[tuple[int, str, str], ...] | None = None

    def build(self, parent: Item) -> None:
        """Make the empty list."""
        self._here = _row_theme(theme.TEXT)
        self._gone = _row_theme(theme.FAINT)
        with within(dpg.group(parent=parent)):
            self.summary = dpg.add_text("", color=theme.DIM, wrap=0)
            if self._fonts.small:
                dpg.bind_item_font(self.summary, self._fonts.small)
            dpg.add_spacer(height=2)
            self.list = dpg.add_group()

    def arrange(self, width: int, height: int) -> None:
        """Rows take the width there is."""

    def fields(self) -> tuple[Item, ...]:
        """Nothing is typed here."""
        return ()

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the objects of the scene, and which one is selected."""
        objects = new.scene.objects
        shape = tuple((o.track_id, o.label, o.category) for o in objects)
        if shape != self._built_for:
            self._built_for = shape
            self._rebuild(objects)
        self._summarise(new)
        for node in objects:
            row = self._rows[node.track_id]
            there = node.track.at(new.frame) is not None
            dpg.set_value(row, node.track_id == new.selection)
            dpg.bind_item_theme(row, self._here if there else self._gone)

    def _summarise(self, state: EditorState) -> None:
        scene = state.scene
        here = len(scene.at(state.frame))
        span = f"frames {scene.frames[0]}-{scene.frames[-1]}"
        count = f"{len(scene.objects)} objects, {here} in this frame"
        dpg.set_value(self.summary, f"{scene.dataset}\n{span}\n{count}")

    def _rebuild(self, objects: tuple[ObjectNode, ...]) -> None:
        dpg.delete_item(self.list, children_only=True)
        self._rows = {}
        for node in objects:
            with within(
                dpg.group(horizontal=True, parent=self.list, horizontal_spacing=8)
            ):
                with within(dpg.drawlist(12, 22)):
                    colour = theme.track_colour(node.track_id)
                    dpg.draw_circle((6, 10), 5, color=(0, 0, 0, 0), fill=colour)
                self._rows[node.track_id] = dpg.add_selectable(
                    label=node.label,
                    user_data=node.track_id,
                    callback=self._clicked,
                )

    def _clicked(self, sender: Item, on: bool, track: int) -> None:
        self._do("select", track=track)


def _row_theme(colour: theme.Colour) -> Item:
    with within(dpg.theme()) as made, within(dpg.theme_component(dpg.mvAll)):
        dpg.add_theme_color(dpg.mvThemeCol_Text, colour)
    return made
