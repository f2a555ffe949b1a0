"""The variants of a drive: which one is looked at, new ones, their names."""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from nsg_core.project import Variant
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts, px

WORDS = (
    "Each variant has edits of its own over the same recording. All of them are kept "
    "in one project."
)


class VariantsPanel:
    """A row for each variant; below it what can be done with the chosen one."""

    title = "Variants"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._rows: dict[str, Item] = {}
        self._shown: tuple[Variant, ...] | None = None
        self._current = ""

    def build(self, parent: Item) -> None:
        """Make the empty list and the buttons."""
        with within(dpg.group(parent=parent)):
            self.words = dpg.add_text(WORDS, color=theme.DIM, wrap=0)
            if self._fonts.small:
                dpg.bind_item_font(self.words, self._fonts.small)
            dpg.add_spacer(height=px(2))
            self.list = dpg.add_group()
            dpg.add_spacer(height=px(4))
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
            self.compare = self._button(
                "Compare",
                "Wipe between this variant and the next one, or stop",
                lambda: self._do("variant-compare"),
            )
            dpg.add_spacer(height=px(4))
            self.caption = dpg.add_text("Name", color=theme.DIM)
            self.name = dpg.add_input_text(
                width=-1, on_enter=True, callback=self._renamed
            )
            dpg.add_spacer(height=px(4))
            self.delete = self._button(
                "Delete this one",
                "Remove this variant and its edits; undo brings it back",
                lambda: self._do("variant-delete"),
            )

    def _button(self, label: str, tip: str, callback: Callable[[], object]) -> Item:
        button = dpg.add_button(label=label, width=-1, callback=callback)
        with within(dpg.tooltip(button, delay=0.5)):
            dpg.add_text(tip)
        return button

    def arrange(self, width: int, height: int) -> None:
        """Everything takes the width that there is."""
        dpg.configure_item(self.words, wrap=max(width, 60))

    def fields(self) -> tuple[Item, ...]:
        """Where a name is typed."""
        return (self.name,)

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the variants of a state."""
        present = new.history.present
        variants = present.variants
        if [v.name for v in variants] != list(self._rows):
            self._rebuild(variants)
        if (variants, present.variant) == (self._shown, self._current):
            return
        self._shown, self._current = variants, present.variant
        for variant in variants:
            row = self._rows[variant.name]
            dpg.set_value(row, variant.name == present.variant)
            dpg.set_item_label(row, row_label(variant))
        dpg.set_value(self.name, present.variant)
        for button in (self.delete, self.compare):
            dpg.configure_item(button, show=len(variants) > 1)

    def _rebuild(self, variants: tuple[Variant, ...]) -> None:
        dpg.delete_item(self.list, children_only=True)
        self._rows = {
            variant.name: dpg.add_selectable(
                label=row_label(variant),
                parent=self.list,
                user_data=variant.name,
                callback=self._clicked,
            )
            for variant in variants
        }
        self._shown = None

    def _clicked(self, sender: Item, on: bool, name: str) -> None:
        dpg.set_value(sender, name == self._current)
        self._do("variant", name=name)

    def _renamed(self, sender: Item, name: str) -> None:
        if not self._do("variant-rename", name=name):
            dpg.set_value(self.name, self._current)


def row_label(variant: Variant) -> str:
    """A variant on one line."""
    count = len(variant.edits)
    return f"{variant.name}   {count} edit{'' if count == 1 else 's'}"
