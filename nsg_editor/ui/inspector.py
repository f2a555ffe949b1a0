"""Numbers of the selected object, which can be typed, and the list of edits."""

import math

import dearpygui.dearpygui as dpg

from nsg_core.scene import ObjectNode, Pose
from nsg_editor.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts

AXES = ("x", "y", "z")
MEANING = {"x": "right", "y": "down", "z": "ahead"}


class Inspector:
    """The selected object; without one, how to select."""

    title = "Object"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._pose: Pose | None = None
        self._labels: tuple[str, ...] | None = None
        self.numbers: dict[str, Item] = {}

    def build(self, parent: Item) -> None:
        """Make the fields."""
        with within(dpg.group(parent=parent)):
            self.heading = dpg.add_text("", color=theme.TEXT)
            self.facts = dpg.add_text("", color=theme.DIM, wrap=0)
            dpg.add_spacer(height=2)
            with within(dpg.group()) as self.form:
                for name in (*AXES, "yaw"):
                    self._number(name)
                self.note = dpg.add_text("", color=theme.WARM, wrap=0)
            dpg.add_spacer(height=4)
            edits = dpg.add_text("Edits", color=theme.TEXT)
            self.edits = dpg.add_group()
        if self._fonts.strong:
            dpg.bind_item_font(self.heading, self._fonts.strong)
            dpg.bind_item_font(edits, self._fonts.strong)
            dpg.bind_item_font(self.facts, self._fonts.small)
            dpg.bind_item_font(self.note, self._fonts.small)

    def _number(self, name: str) -> None:
        unit = "degrees" if name == "yaw" else "m"
        with within(dpg.group(horizontal=True)):
            dpg.add_text(f"{name:3}", color=theme.DIM)
            field = dpg.add_drag_double(
                indent=42,
                width=130,
                speed=0.5 if name == "yaw" else 0.02,
                format="%.1f" if name == "yaw" else "%.2f",
                callback=self._changed,
                user_data=name,
            )
            dpg.add_text(f"{unit} {MEANING.get(name, '')}".strip(), color=theme.FAINT)
        with within(dpg.tooltip(field, delay=0.6)):
            dpg.add_text("Drag to change; double-click or Ctrl+click to type.")
        with within(dpg.item_handler_registry()) as handlers:
            dpg.add_item_deactivated_after_edit_handler(callback=self._ended)
        dpg.bind_item_handler_registry(field, handlers)
        self.numbers[name] = field

    def _changed(self, sender: Item, value: float, name: str) -> None:
        if self._pose is None or not math.isfinite(value):
            return
        if name == "yaw":
            self._do("drag-place", degrees=value)
            return
        x, y, z = self._pose.position
        at = {"x": x, "y": y, "z": z} | {name: value}
        self._do("drag-place", position=(at["x"], at["y"], at["z"]))

    def _ended(self) -> None:
        self._do("end")

    def arrange(self, width: int, height: int) -> None:
        """Fields keep their width."""

    def fields(self) -> tuple[Item, ...]:
        """The numbers."""
        return tuple(self.numbers.values())

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the selected object."""
        node, pose = new.selected, new.selected_pose
        self._pose = pose
        dpg.set_value(self.heading, node.label if node else "Nothing selected")
        dpg.set_value(self.facts, _facts(node) if node else _HOW)
        dpg.configure_item(self.form, show=node is not None)
        for name, field in self.numbers.items():
            dpg.configure_item(field, enabled=pose is not None)
            if pose is not None:
                dpg.set_value(field, _value(pose, name))
        dpg.set_value(self.note, _note(new, node, pose))
        self._sync_edits(new)

    def _sync_edits(self, state: EditorState) -> None:
        labels = tuple(edit.label for edit in state.edits)
        if labels == self._labels:
            return
        self._labels = labels
        dpg.delete_item(self.edits, children_only=True)
        if not labels:
            dpg.add_text(
                "None: the drive as it was.", color=theme.FAINT, parent=self.edits
            )
        for number, label in list(enumerate(labels, 1))[-40:][::-1]:
            newest = number == len(labels)
            colour = theme.TEXT if newest else theme.DIM
            row = dpg.add_text(f"{number}. {label}", color=colour, parent=self.edits)
            if self._fonts.small:
                dpg.bind_item_font(row, self._fonts.small)


_HOW = "Click a box in the picture or a row of the list. Drag moves it on the ground."


def _facts(node: ObjectNode) -> str:
    size = node.size
    first, last = node.track.frames[0], node.track.frames[-1]
    return (
        f"track {node.track_id}   frames {first}-{last}\n"
        f"{size.length:.2f} x {size.width:.2f} x {size.height:.2f} m "
        "(length, width, height)"
    )


def _note(state: EditorState, node: ObjectNode | None, pose: Pose | None) -> str:
    if node is None:
        return ""
    if pose is None:
        return f"Not there in frame {state.frame}."
    if state.model.status == "ready" and node.model not in state.model.keys:
        return "The model has not learned its look: it is drawn as a box only."
    return ""


def _value(pose: Pose, name: str) -> float:
    if name == "yaw":
        return math.degrees(pose.yaw)
    return pose.position[AXES.index(name)]
