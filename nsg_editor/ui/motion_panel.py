"""How the selected object moves: curves over the frames, doubts, and what to do."""

from contextlib import AbstractContextManager

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.key_edits import FASTEST
from nsg_core.keyframes import key_frames
from nsg_core.scene import ObjectNode, Track
from nsg_core.trajectory import Doubt, Motion, doubts, limits, motion
from nsg_editor.pointer import Dispatch
from nsg_editor.scope import MOST_BLEND
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts, px

CURVES = (
    ("speed", "Speed (m/s)"),
    ("acceleration", "Acceleration (m/s²)"),
    ("turning", "Turning (°/s)"),
)
TOOLS = 344
"""Pixels that the buttons take."""
DOUBTED: theme.Colour = (240, 110, 104, 70)
GHOST: theme.Colour = (150, 160, 176, 190)
CURVE_NAMES = {"smooth": "smooth", "straight": "straight", "ease": "rest at keys"}


class MotionPanel:
    """Curves of the recorded (grey) and the edited motion, and tools for it."""

    title = "Motion"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._drawn: object = None
        self._plots: dict[str, dict[str, Item]] = {}
        self._buttons: list[Item] = []
        self.by: Item = 0
        self.factor: Item = 0
        self.radius: Item = 0
        self.reach: Item = 0
        self.speed: Item = 0

    def build(self, parent: Item) -> None:
        """Make the tools on the left, the curves on the right."""
        self._usual = theme.button_theme(theme.RAISED, theme.HOVER)
        self._off = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)
        self._bad = theme.line_theme(theme.BAD, 2.6)
        self._grey = theme.line_theme(GHOST, 1.6)
        self._own = theme.line_theme(theme.SELECTED, 2.2)
        self._now = theme.line_theme(theme.ACCENT, 1.4)
        with within(
            dpg.group(parent=parent, horizontal=True, horizontal_spacing=px(14))
        ):
            self.tools = dpg.add_child_window(width=px(TOOLS), border=False)
            with within(dpg.group()):
                self.line = dpg.add_text("", color=theme.DIM)
                with within(dpg.group(horizontal=True, horizontal_spacing=px(8))):
                    for name, title in CURVES:
                        self._plot(name, title)
        if self._fonts.small:
            dpg.bind_item_font(self.line, self._fonts.small)
        self._tools()

    def _tools(self) -> None:
        with self._row():
            self.radius = self._value(3, 1, 50, "%d frames")
            self._button("Smooth", 84, self._smooth, "Take the trembling out")
            self._button(
                "Extend", 76, lambda: self._do("extend"), "There in all frames"
            )
            self._button("Hold", 60, lambda: self._do("hold"), "Stand where it is now")
        with self._row():
            self.by = self._value(5, -500, 500, "%d frames")
            self._button(
                "Later", 84, self._later, "Do all so many frames later; earlier if < 0"
            )
            self._button("Mirror", 76, self._mirror, "To the other side of the road")
            self._button("Back", 60, self._back, "Its way from the end to the start")
        with self._row():
            self.factor = dpg.add_drag_double(
                width=px(96),
                default_value=0.5,
                min_value=0.0,
                max_value=20.0,
                clamped=True,
                speed=0.01,
                format="%.2f x",
            )
            self._button("Pace", 84, self._pace, "Slower below 1, faster above")
            self._button("Loop", 76, self._loop, "Again and again, to the end")
            self._button(
                "On", 60, lambda: self._do("loop", how="on"), "Repeat it onwards"
            )
        with self._row():
            self._button(
                "Set key", 96, lambda: self._do("key-set"), "Key frame here (I)"
            )
            self.delete = self._button(
                "Delete key", 84, lambda: self._do("key-delete"), "This frame's (Alt+I)"
            )
            self._button(
                "Draw path",
                142,
                lambda: self._do("draw-path"),
                "A new way, on the map (D)",
            )
        with self._row() as self.keys:
            self.curve = dpg.add_combo(
                tuple(CURVE_NAMES.values()),
                width=px(96),
                callback=lambda _, word: self._do("keys-join", curve=_curve_of(word)),
            )
            self.steering = dpg.add_checkbox(
                label="Steers along its way between keys",
                callback=lambda _, on: self._do("keys-join", steering=on),
            )

        self.drawing = self._drawing_row()
        with self._row() as self.pulling:
            self.reach = dpg.add_drag_int(
                width=px(186),
                min_value=0,
                max_value=MOST_BLEND,
                clamped=True,
                speed=0.1,
                format="points pull %d frames",
                callback=lambda _, frames: self._do("reach", frames=frames),
            )
            with within(dpg.tooltip(self.reach, delay=0.5)):
                dpg.add_text("Frames on both sides that follow a dragged point")

    def _drawing_row(self) -> Item:
        """What can be done while a way is drawn."""
        with self._row() as row:
            self.speed = dpg.add_drag_double(
                width=px(96),
                min_value=0.0,
                max_value=FASTEST,
                clamped=True,
                speed=0.05,
                callback=lambda _, speed: self._do("draw-speed", speed=speed or None),
            )
            for label, width, name, tip in (
                ("Finish", 76, "draw-finish", "Drive along it (Enter)"),
                ("One back", 84, "draw-undo", "Take the last point back (Backspace)"),
                ("Drop", 60, "draw-drop", "Forget it (Esc)"),
            ):
                button = dpg.add_button(
                    label=label,
                    width=px(width),
                    user_data=name,
                    callback=lambda _, __, name: self._do(name),
                )
                with within(dpg.tooltip(button, delay=0.5)):
                    dpg.add_text(tip)
        with within(dpg.tooltip(self.speed, delay=0.5)):
            dpg.add_text("How fast the way is driven; 0: as fast as the object was")
        return row

    def _row(self) -> AbstractContextManager[Item]:
        return within(
            dpg.group(horizontal=True, parent=self.tools, horizontal_spacing=px(6))
        )

    def _value(self, start: int, least: int, most: int, shown: str) -> Item:
        return dpg.add_drag_int(
            width=px(96),
            default_value=start,
            min_value=least,
            max_value=most,
            clamped=True,
            speed=0.1,
            format=shown,
        )

    def _button(self, label: str, width: int, press: object, tip: str) -> Item:
        button = dpg.add_button(label=label, width=px(width), callback=lambda: press())  # pyright: ignore
        with within(dpg.tooltip(button, delay=0.5)):
            dpg.add_text(tip)
        self._buttons.append(button)
        return button

    def _smooth(self) -> None:
        self._do("smooth", radius=dpg.get_value(self.radius))

    def _later(self) -> None:
        self._do("time-shift", frames=dpg.get_value(self.by))

    def _mirror(self) -> None:
        self._do("mirror")

    def _back(self) -> None:
        self._do("reverse")

    def _pace(self) -> None:
        self._do("pace", factor=dpg.get_value(self.factor))

    def _loop(self) -> None:
        self._do("loop", how="back")

    def _plot(self, name: str, title: str) -> None:
        with within(
            dpg.plot(
                label=title,
                width=200,
                height=120,
                no_menus=True,
                no_box_select=True,
                no_mouse_pos=True,
            )
        ) as plot:
            x = dpg.add_plot_axis(dpg.mvXAxis, no_label=True, no_highlight=True)
            with within(dpg.plot_axis(dpg.mvYAxis, no_highlight=True)) as y:
                series = {
                    "old": dpg.add_line_series([], []),
                    "new": dpg.add_line_series([], []),
                    "bad": dpg.add_line_series([], [], skip_nan=False),
                    "now": dpg.add_inf_line_series([0.0]),
                }
        for part, look in (
            ("old", self._grey),
            ("new", self._own),
            ("bad", self._bad),
        ):
            dpg.bind_item_theme(series[part], look)
        if self._fonts.small:
            dpg.bind_item_font(plot, self._fonts.small)
        self._plots[name] = {"plot": plot, "x": x, "y": y} | series

    def arrange(self, width: int, height: int) -> None:
        """The curves share the room beside the tools."""
        room = max(width - px(TOOLS) - px(14), px(120))
        count = 3 if room > px(480) else 2 if room > px(300) else 1
        each = (room - px(8) * (count - 1)) // count
        for i, parts in enumerate(self._plots.values()):
            dpg.configure_item(
                parts["plot"],
                width=each,
                height=max(height - px(34), px(60)),
                show=i < count,
            )
        dpg.configure_item(self.tools, height=height)
        self._drawn = None

    def fields(self) -> tuple[Item, ...]:
        """Where somebody may type."""
        return (self.by, self.factor, self.radius, self.reach, self.speed)

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the motion of the selected object."""
        node = new.selected
        recorded = _recorded(new, node)
        frames = new.scene.frames
        key = (node and (node.track, node.category), recorded, frames[0], frames[-1])
        if key != self._drawn:
            self._drawn = key
            self._draw(node, recorded, (frames[0], frames[-1]))
        for parts in self._plots.values():
            dpg.set_value(parts["now"], [[float(new.frame)]])
        self._sync_tools(new, node)

    def _sync_tools(self, state: EditorState, node: ObjectNode | None) -> None:
        for button in self._buttons:
            dpg.configure_item(button, enabled=node is not None)
            dpg.bind_item_theme(button, self._usual if node else self._off)
        keys = None if node is None else node.keys
        drawing = state.timing.drawing
        dpg.configure_item(self.drawing, show=drawing is not None)
        dpg.configure_item(self.pulling, show=keys is None and drawing is None)
        if not dpg.is_item_active(self.reach):
            dpg.set_value(self.reach, state.timing.reach)
        if drawing is not None and not dpg.is_item_active(self.speed):
            dpg.set_value(self.speed, drawing.speed or 0.0)
            shown = "%.1f m/s" if drawing.speed else "own speed"
            dpg.configure_item(self.speed, format=shown)
        dpg.configure_item(self.keys, show=keys is not None and drawing is None)
        if keys is not None:
            dpg.set_value(self.curve, CURVE_NAMES[keys.curve])
            dpg.set_value(self.steering, keys.steering)
        if node is not None and state.frame not in key_frames(node):
            dpg.configure_item(self.delete, enabled=False)
            dpg.bind_item_theme(self.delete, self._off)

    def _draw(
        self, node: ObjectNode | None, recorded: Track | None, span: tuple[int, int]
    ) -> None:
        if node is None:
            dpg.set_value(self.line, "Select an object to see how it moves.")
            dpg.configure_item(self.line, color=theme.DIM)
            for parts in self._plots.values():
                for name in ("old", "new", "bad"):
                    dpg.set_value(parts[name], [[], []])
            return
        found = doubts(node.track, node.category)
        self._tell(node, found)
        new = motion(node.track)
        other = recorded is not None and recorded != node.track
        old = motion(recorded) if recorded is not None and other else None
        can = limits(node.category)
        for name, parts in self._plots.items():
            mine = [d for d in found if d.quantity in _shown_in(name)]
            x, y = _curve(new, name)
            gone: tuple[list[float], list[float]] = ([], [])
            before = gone if old is None else _curve(old, name)
            dpg.set_value(parts["new"], [x, y])
            dpg.set_value(parts["old"], list(before))
            dpg.set_value(parts["bad"], list(_doubted(x, y, mine)))
            dpg.set_axis_limits(parts["x"], span[0] - 0.5, span[1] + 0.5)
            low, high = _room(name, y + before[1], getattr(can, name))
            dpg.set_axis_limits(parts["y"], low, high)

    def _tell(self, node: ObjectNode, found: tuple[Doubt, ...]) -> None:
        text, colour = f"{node.label} moves as it could.", theme.DIM
        for doubt in found[:1]:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            text, colour = f"{node.label} {doubt.words}{more}", theme.BAD
        dpg.set_value(self.line, text)
        dpg.configure_item(self.line, color=colour)


def _recorded(state: EditorState, node: ObjectNode | None) -> Track | None:
    if node is None:
        return None
    nodes = state.drive.recording.objects
    return next((o.track for o in nodes if o.track_id == node.track_id), None)


def _curve(moved: Motion, name: str) -> tuple[list[float], list[float]]:
    values = getattr(moved, name)
    values = np.degrees(values) if name == "turning" else values
    return [float(f) for f in moved.frames], values.tolist()


def _shown_in(name: str) -> tuple[str, ...]:
    """Which doubts are marked in a plot."""
    also = {"acceleration": ("acceleration", "cornering"), "speed": ("speed", "jump")}
    return also.get(name, (name,))


def _doubted(
    x: list[float], y: list[float], found: list[Doubt]
) -> tuple[list[float], list[float]]:
    """The stretches of a curve that are doubted; between them nothing is drawn."""
    xs, ys = list[float](), list[float]()
    for doubt in found:
        for a, b in zip(x, y, strict=True):
            if doubt.first - 0.5 <= a <= doubt.last + 0.5:
                xs.append(a)
                ys.append(b)
        if xs:
            xs.append(xs[-1])
            ys.append(float("nan"))
    return xs, ys


def _room(name: str, values: list[float], limit: float) -> tuple[float, float]:
    """What a plot shows: its values, and no wild zoom where there is little."""
    least = {"speed": 2.0, "acceleration": 2.0, "turning": 10.0}[name]
    high = max([*values, least]) * 1.1
    low = 0.0 if name == "speed" else min([*values, -least]) * 1.1
    return max(low, -3 * limit), min(high, 3 * limit)


def _curve_of(word: str) -> str:
    return next(name for name, said in CURVE_NAMES.items() if said == word)
