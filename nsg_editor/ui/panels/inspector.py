"""The selected object: numbers to type, drag, copy, paste and take back."""

import math

import dearpygui.dearpygui as dpg

from nsg_core.edits.boxes import LARGEST, SMALLEST
from nsg_core.motion.trajectory import motion
from nsg_core.scene import ObjectNode, Pose, Track
from nsg_editor.derived.looks import drawn, worn
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.geometry.axes import AxesName
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.fitting import word_width
from nsg_editor.ui.panels.form import no_minus
from nsg_editor.ui.theme import Fonts, px

PLACE, TURN, SIZE = (
    ("x", "y", "z"),
    ("yaw", "pitch", "roll"),
    (
        "length",
        "width",
        "height",
    ),
)
NUMBERS = (*PLACE, *TURN, *SIZE)
UNITS = {
    **{"x": "m right", "y": "m down", "z": "m ahead"},
    **{"yaw": "degrees", "pitch": "degrees", "roll": "degrees"},
    **{"length": "m", "width": "m", "height": "m"},
}
AXES: dict[str, AxesName] = {"Own axes": "local", "World": "world", "Lane": "lane"}
FORMATS = ("%.2f", "%.1f")
"""Of metres, and of degrees."""
UNIT = 62
"""Pixels of the column of units."""
WITH_UNITS = 236
"""Pixels below which numbers need that column's room."""
TICK = 32
"""Pixels of a box to tick, and of the gap to its words."""
TIP = "Drag to change, double-click or Ctrl+click to type, also 2*0.5 or 30 cm."


class Inspector:
    """The selected object; without one, how to select."""

    title = "Object"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._pose: Pose | None = None
        self._node: ObjectNode | None = None
        self._rows: dict[str, Item] = {}
        self._typed: tuple[int, str] | None = None
        """A name that is being typed, and whose it is."""
        self._speeds: tuple[Track | None, dict[int, float]] = (None, {})
        self.numbers: dict[str, Item] = {}
        self.resets: dict[str, Item] = {}

    def build(self, parent: Item) -> None:
        """Make the fields."""
        self._resting = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)
        with within(dpg.group(parent=parent)):
            self.heading = dpg.add_text("", color=theme.TEXT)
            self._build_name()
            self.facts = dpg.add_text("", color=theme.DIM, wrap=0)
            self.look = dpg.add_button(
                label="", small=True, callback=lambda: self._do("looks", on=True)
            )
            explain(self.look, "Choose another trained look, or its own again")
            with within(dpg.group()) as self.form:
                self._build_numbers()
                self.note = dpg.add_text("", color=theme.WARM, wrap=0)
                self._build_buttons()
            self._build_hands()
        if self._fonts.strong:
            for text in (self.heading, self.name):
                dpg.bind_item_font(text, self._fonts.strong)
            for text in (self.facts, self.note):
                dpg.bind_item_font(text, self._fonts.small)

    def _build_name(self) -> None:
        self.name = dpg.add_input_text(
            width=-1, auto_select_all=True, callback=self._spelled
        )
        explain(self.name, "Its name; nothing gives it its own one back")
        with within(dpg.item_handler_registry()) as handlers:
            dpg.add_item_deactivated_after_edit_handler(callback=self._named)
        dpg.bind_item_handler_registry(self.name, handlers)

    def _build_numbers(self) -> None:
        with within(dpg.table(header_row=False, policy=dpg.mvTable_SizingFixedFit)):
            for width in (50, 0, UNIT, 44):
                fixed = width > 0
                column = dpg.add_table_column(
                    width_fixed=fixed,
                    width_stretch=not fixed,
                    init_width_or_weight=px(width) if fixed else 1.0,
                )
                if width == UNIT:
                    self._units = column
            for name in NUMBERS:
                with within(dpg.table_row()) as self._rows[name]:
                    self._number(name)

    def _number(self, name: str) -> None:
        dpg.add_text(name, color=theme.DIM)
        angle, edge = name in TURN, name in SIZE
        field = dpg.add_drag_double(
            width=-1,
            speed=0.5 if angle else 0.02,
            format=FORMATS[angle],
            min_value=SMALLEST if edge else -1e5,
            max_value=LARGEST if edge else 1e5,
            clamped=edge,
            callback=self._changed,
            user_data=name,
        )
        dpg.add_text(UNITS[name], color=theme.DIM)
        reset = dpg.add_button(
            label="reset", small=True, callback=self._reset, user_data=name
        )
        explain(field, TIP)
        explain(reset, "As it was recorded")
        with within(dpg.item_handler_registry()) as handlers:
            dpg.add_item_deactivated_after_edit_handler(callback=self._ended)
        dpg.bind_item_handler_registry(field, handlers)
        self.numbers[name], self.resets[name] = field, reset
        if self._fonts.small:
            dpg.bind_item_font(reset, self._fonts.small)

    def _build_buttons(self) -> None:
        with within(dpg.group(horizontal=True)):
            self.copy = self._button("Copy", "copy", "Keep place, turn and size")
            self.paste = self._button(
                "Paste", "paste", "Put it where the copied one was"
            )
            self.reset = self._button("Reset all", "reset", "As it was recorded")

    def _button(self, label: str, action: str, words: str) -> Item:
        button = dpg.add_button(label=label, callback=lambda: self._do(action))
        explain(button, words)
        return button

    def _build_hands(self) -> None:
        dpg.add_spacer(height=px(4))
        hands = dpg.add_text("Moving", color=theme.TEXT)
        self.axes = dpg.add_combo(
            list(AXES),
            width=-1,
            callback=lambda _, name: self._do("axes", name=AXES[name]),
        )
        explain(self.axes, "Along which the handles and X Y Z move")
        with within(dpg.group(horizontal=True)) as self._ticks:
            with within(dpg.group(horizontal=True)):
                self.free = dpg.add_checkbox(
                    label="Lift and lean",
                    callback=lambda _, on: self._do("free", on=on),
                )
                self.snap = dpg.add_checkbox(
                    label="Snap", callback=lambda _, on: self._do("snap", on=on)
                )
            self.sizing = dpg.add_checkbox(
                label="Faces", callback=lambda _, on: self._do("size-handles", on=on)
            )
        explain(
            self.sizing,
            "Handles on the faces of the box, to resize it\n"
            "(or the key to resize, twice)",
        )
        explain(self.snap, "Steps of 0.1 m and 5 degrees; Ctrl does the other")
        if self._fonts.strong:
            dpg.bind_item_font(hands, self._fonts.strong)

    def _changed(self, sender: Item, value: float, name: str) -> None:
        node, pose = self._node, self._pose
        if node is None or pose is None or not math.isfinite(value):
            return
        if name in TURN:
            self._do("drag-place", **{"degrees" if name == "yaw" else name: value})
        elif name in PLACE:
            at = dict(zip(PLACE, pose.position, strict=True)) | {name: value}
            self._do("drag-place", position=(at["x"], at["y"], at["z"]))
        else:
            size = node.size
            edges = {edge: getattr(size, edge) for edge in SIZE} | {name: value}
            to = (edges["length"], edges["height"], edges["width"])
            self._do("drag-place", size=to)

    def _spelled(self, sender: Item, name: str) -> None:
        # A click on another object may end it, whose name is shown by then.
        if self._node is not None:
            self._typed = self._node.track_id, name

    def _named(self) -> None:
        typed, self._typed = self._typed, None
        if typed is not None:
            self._do("rename", track=typed[0], name=typed[1])

    def _ended(self) -> None:
        self._do("end")

    def _reset(self, sender: Item, value: object, name: str) -> None:
        self._do("reset", number=name)

    def arrange(self, width: int, height: int) -> None:
        """Fields take what the words beside them leave; ticks stand in one row where
        there is room."""
        ticks = (self.free, self.snap, self.sizing)
        words = sum(word_width(dpg.get_item_label(tick) or "") for tick in ticks)
        beside = words + 3 * px(TICK) + 2 * px(8) <= width
        dpg.configure_item(self._ticks, horizontal=beside)
        dpg.configure_item(self._units, enabled=width >= px(WITH_UNITS))

    def fields(self) -> tuple[Item, ...]:
        """The name and the numbers."""
        return (self.name, *self.numbers.values())

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the selected object."""
        node, pose = new.selected, new.selected_pose
        self._node, self._pose = node, pose
        dpg.set_value(self.heading, heading(new))
        alone = len(new.selected_tracks) == 1
        set_shown(self.heading, not alone)
        set_shown(self.name, alone)
        if node is not None and not dpg.is_item_active(self.name):
            dpg.set_value(self.name, node.label)
        dpg.set_value(self.facts, self._facts(new, node) if node else _HOW)
        set_shown(self.form, node is not None)
        set_shown(self.look, node is not None)
        if node is not None:
            dpg.set_item_label(self.look, f"{worn(new, node.track_id)} ...")
            self._sync_numbers(new, node, pose)
        dpg.set_value(self.note, note(new, node, pose))
        chosen = next(word for word, name in AXES.items() if name == new.hands.axes)
        dpg.set_value(self.axes, chosen)
        dpg.set_value(self.free, new.hands.free)
        dpg.set_value(self.snap, new.hands.snap)
        dpg.set_value(self.sizing, new.hands.sizing)
        if old is None or old.hands.copied != new.hands.copied:
            can = new.hands.copied is not None
            dpg.configure_item(self.paste, enabled=can)
            dpg.bind_item_theme(self.paste, 0 if can else self._resting)

    def _sync_numbers(
        self, state: EditorState, node: ObjectNode, pose: Pose | None
    ) -> None:
        old = next(
            (o for o in state.drive.recording.objects if o.track_id == node.track_id),
            None,
        )
        was = old.track.at(state.frame) if old else None
        for name, field in self.numbers.items():
            dpg.configure_item(field, enabled=pose is not None)
            value = number(node, pose, name)
            if value is not None:
                dpg.set_value(field, no_minus(value, FORMATS[name in TURN]))
            recorded = number(old, was, name) if old else None
            here, there = value or 0.0, recorded or 0.0
            known = value is not None and recorded is not None
            moved = known and abs(here - there) > 5e-3
            set_shown(self.resets[name], moved)
        leans = pose is not None and (pose.pitch != 0 or pose.roll != 0)
        for name in ("pitch", "roll"):
            set_shown(self._rows[name], leans or state.hands.free)

    def _facts(self, state: EditorState, node: ObjectNode) -> str:
        if self._speeds[0] is not node.track:
            speeds = motion(node.track).speed.tolist()
            self._speeds = node.track, dict(zip(node.track.frames, speeds, strict=True))
        return facts(node, self._speeds[1].get(state.frame))


_HOW = "Click a box in the picture or a row of the list. Drag moves it on the ground."


def heading(state: EditorState) -> str:
    """What is selected."""
    node, more = state.selected, len(state.selected_tracks) - 1
    if node is None:
        return "Nothing selected"
    return f"{node.label} and {more} more" if more else node.label


def facts(node: ObjectNode, speed: float | None) -> str:
    """What an object is, when it is there, and how fast it goes."""
    first, last = node.track.frames[0], node.track.frames[-1]
    going = f"\n{3.6 * speed:.0f} km/h" if speed is not None else ""
    return f"{node.category}, track {node.track_id}, frames {first}-{last}{going}"


def note(state: EditorState, node: ObjectNode | None, pose: Pose | None) -> str:
    """What one should know of it."""
    if node is None:
        return ""
    if pose is None:
        return f"Not there in frame {state.frame}."
    if node.locked:
        return "Locked: it stays as it is."
    if state.model.status == "ready" and not drawn(state, node.model):
        return "The model has not learned its look: it is drawn as a box only."
    if len(state.selected_tracks) > 1:
        return "What is changed here, the others do too."
    return ""


def number(node: ObjectNode, pose: Pose | None, name: str) -> float | None:
    """One of an object's numbers as the screen shows it."""
    if name in SIZE:
        return float(getattr(node.size, name))
    if pose is None:
        return None
    if name in TURN:
        return math.degrees(getattr(pose, name))
    return pose.position[PLACE.index(name)]
