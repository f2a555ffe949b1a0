"""How the selected object moves: curves over the frames, doubts, and what to do."""

import dearpygui.dearpygui as dpg
import numpy as np

from nsg_core.motion.trajectory import Doubt, Motion, doubts, limits, motion
from nsg_core.scene import ObjectNode, Track
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.panels.motion_tools import WIDTH, MotionTools
from nsg_editor.ui.panels.train_panel import SCROLLS, STACKED
from nsg_editor.ui.theme import Fonts, px

CURVES = (
    ("speed", "Speed (m/s)"),
    ("acceleration", "Acceleration (m/s²)"),
    ("turning", "Turning (°/s)"),
)
LEAST_CURVE = 200
"""Pixels below which the curves lie under the tools, not beside them."""
ROWS_HIGH = 165
"""Pixels of the tools' rows there."""
DOUBTED: theme.Colour = (240, 110, 104, 70)
GHOST: theme.Colour = (150, 160, 176, 190)


class MotionPanel:
    """Curves of the recorded (grey) and the edited motion, and tools for it."""

    title = "Motion"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._drawn: object = None
        self._plots: dict[str, dict[str, Item]] = {}
        self._found: tuple[Doubt, ...] = ()
        self._pressed: Item | None = None
        self._frame = 0
        self._frames: tuple[int, ...] = ()
        self.tools = MotionTools(do)

    def build(self, parent: Item) -> None:
        """Make the tools on the left, the curves on the right."""
        self._bad = theme.line_theme(theme.BAD, 2.6)
        self._grey = theme.line_theme(GHOST, 1.6)
        self._own = theme.line_theme(theme.SELECTED, 2.2)
        self._now = theme.line_theme(theme.ACCENT, 1.4)
        with within(
            dpg.group(parent=parent, horizontal=True, horizontal_spacing=px(14))
        ) as self._halves:
            self.tools.build()
            with within(dpg.group()):
                with within(dpg.group(horizontal=True, horizontal_spacing=px(8))):
                    self.line = dpg.add_text("", color=theme.DIM)
                    self.go = dpg.add_button(
                        label="Next",
                        small=True,
                        show=False,
                        callback=lambda: self._do("doubt-jump"),
                    )
                explain(self.go, "To the next frame that is marked red")
                with within(dpg.group(horizontal=True, horizontal_spacing=px(8))):
                    for name, title in CURVES:
                        self._plot(name, title)
        if self._fonts.small:
            dpg.bind_item_font(self.line, self._fonts.small)
            dpg.bind_item_font(self.go, self._fonts.small)

    def _handlers(self, plot: Item) -> None:
        """A click into a plot goes to that frame, and drags along."""
        with within(dpg.item_handler_registry()) as hands:
            dpg.add_item_clicked_handler(
                dpg.mvMouseButton_Left, callback=lambda: self._press(plot)
            )
            dpg.add_item_hover_handler(callback=lambda: self._drag(plot))
        dpg.bind_item_handler_registry(plot, hands)

    def _press(self, plot: Item) -> None:
        self._pressed = plot
        self._scrub()

    def _drag(self, plot: Item) -> None:
        if self._pressed != plot:
            return
        if dpg.is_mouse_button_down(dpg.mvMouseButton_Left):
            self._scrub()
        else:
            self._pressed = None

    def _scrub(self) -> None:
        frame = nearest(self._frames, dpg.get_plot_mouse_pos()[0])
        if frame is not None and frame != self._frame:
            self._do("frame", to=frame)

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
        self._handlers(plot)
        self._plots[name] = {"plot": plot, "x": x, "y": y} | series

    def arrange(self, width: int, height: int) -> None:
        """The curves share the room beside the tools."""
        room = width - px(WIDTH) - px(14)
        stacked = room < px(LEAST_CURVE)
        dpg.configure_item(self._halves, horizontal=not stacked)
        if stacked:
            room = width - px(SCROLLS)
        count = 3 if room > px(480) else 2 if room > px(300) else 1
        each = (room - px(8) * (count - 1)) // count
        for i, parts in enumerate(self._plots.values()):
            dpg.configure_item(
                parts["plot"],
                width=each,
                height=px(STACKED) if stacked else max(height - px(34), px(60)),
                show=i < count,
            )
        dpg.configure_item(
            self.tools.panel, height=px(ROWS_HIGH) if stacked else height
        )
        self._drawn = None

    def fields(self) -> tuple[Item, ...]:
        """Where somebody may type."""
        return self.tools.fields()

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the motion of the selected object."""
        node = new.selected
        recorded = _recorded(new, node)
        frames = self._frames = new.scene.frames
        self._frame = new.frame
        key = (node and (node.track, node.category), recorded, frames[0], frames[-1])
        if key != self._drawn:
            self._drawn = key
            self._draw(node, recorded, (frames[0], frames[-1]))
        for parts in self._plots.values():
            dpg.set_value(parts["now"], [[float(new.frame)]])
        self._tell(node, new.frame)
        self.tools.sync(new)

    def _draw(
        self, node: ObjectNode | None, recorded: Track | None, span: tuple[int, int]
    ) -> None:
        self._found = () if node is None else doubts(node.track, node.category)
        if node is None:
            for parts in self._plots.values():
                for name in ("old", "new", "bad"):
                    dpg.set_value(parts[name], [[], []])
            return
        found = self._found
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

    def _tell(self, node: ObjectNode | None, frame: int) -> None:
        text, colour = "Select an object to see how it moves.", theme.DIM
        if node is not None:
            text = f"{node.label} moves as it could."
        if node is not None and self._found:
            text, colour = doubt_here(node.label, self._found, frame), theme.BAD
        dpg.set_value(self.line, text)
        dpg.configure_item(self.line, color=colour)
        set_shown(self.go, bool(self._found))


def doubt_here(label: str, found: tuple[Doubt, ...], frame: int) -> str:
    """What is wrong in this frame, or else first; and how much more there is."""
    here = [d for d in found if d.first <= frame <= d.last]
    told = max(here, key=lambda d: abs(d.worst) / d.limit) if here else found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{label} {told.words}{more}"


def nearest(frames: tuple[int, ...], place: float) -> int | None:
    """The frame nearest to a place along a plot; None where there is no such place."""
    if not frames or not np.isfinite(place):
        return None
    return min(frames, key=lambda frame: abs(frame - place))


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
