"""What can be done to the motion of the selected object, as buttons."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import dearpygui.dearpygui as dpg

from nsg_core.edits.keys import FASTEST
from nsg_core.motion.keyframes import key_frames
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.theme import px
from nsg_editor.values.scope import MOST_BLEND

WIDTH = 344
"""Pixels that the buttons take."""
CURVE_NAMES = {"smooth": "smooth", "straight": "straight", "ease": "rest at keys"}


class MotionTools:
    """Rows of buttons, each row with the number that its buttons take."""

    def __init__(self, do: Dispatch) -> None:
        self._do = do
        self.buttons: list[Item] = []

    def build(self) -> None:
        """Make all rows; those for keys and for drawing show when they are wanted."""
        self._usual = theme.button_theme(theme.RAISED, theme.HOVER)
        self._off = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)
        self.panel = dpg.add_child_window(width=px(WIDTH), border=False)
        self._build_times()
        self._build_keys()
        self.drawing = self._drawing_row()
        self._build_pulling()

    def _build_times(self) -> None:
        with self._row():
            self.radius = self._value(3, 1, 50, "%d frames")
            self._button("Smooth", 84, self._smooth, "Take the trembling out")
            self._button(
                "Extend", 64, lambda: self._do("extend"), "There in all frames"
            )
            self._button("Hold", 72, lambda: self._do("hold"), "Stand where it is now")
        with self._row():
            self.by = self._value(5, -500, 500, "%d frames")
            self._button(
                "Later", 84, self._later, "Do all so many frames later; earlier if < 0"
            )
            self._button("Mirror", 64, self._mirror, "To the other side of the road")
            self._button("Reverse", 72, self._back, "Its way from the end to the start")
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
            self._button("Loop", 64, self._loop, "Again and again, to the end")
            self._button(
                "Onward", 72, lambda: self._do("loop", how="on"), "Repeat it onwards"
            )

    def _build_keys(self) -> None:
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

    def _build_pulling(self) -> None:
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
            explain(self.reach, "Frames on both sides that follow a dragged point")

    def fields(self) -> tuple[Item, ...]:
        """Where somebody may type."""
        return (self.by, self.factor, self.radius, self.reach, self.speed)

    def sync(self, state: EditorState) -> None:
        """Say what can be done now."""
        node = state.selected
        for button in self.buttons:
            dpg.configure_item(button, enabled=node is not None)
            dpg.bind_item_theme(button, self._usual if node else self._off)
        keys = None if node is None else node.keys
        drawing = state.timing.drawing
        set_shown(self.drawing, drawing is not None)
        set_shown(self.pulling, keys is None and drawing is None)
        if not dpg.is_item_active(self.reach):
            dpg.set_value(self.reach, state.timing.reach)
        if drawing is not None and not dpg.is_item_active(self.speed):
            dpg.set_value(self.speed, drawing.speed or 0.0)
            shown = "%.1f m/s" if drawing.speed else "own speed"
            dpg.configure_item(self.speed, format=shown)
        set_shown(self.keys, keys is not None and drawing is None)
        if keys is not None:
            dpg.set_value(self.curve, CURVE_NAMES[keys.curve])
            dpg.set_value(self.steering, keys.steering)
        if node is not None and state.frame not in key_frames(node):
            dpg.configure_item(self.delete, enabled=False)
            dpg.bind_item_theme(self.delete, self._off)

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
                explain(button, tip)
        explain(self.speed, "How fast the way is driven; 0: as fast as the object was")
        return row

    def _row(self) -> AbstractContextManager[Item]:
        return within(
            dpg.group(horizontal=True, parent=self.panel, horizontal_spacing=px(6))
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

    def _button(
        self, label: str, width: int, press: Callable[[], object], tip: str
    ) -> Item:
        button = dpg.add_button(label=label, width=px(width), callback=lambda: press())
        explain(button, tip)
        self.buttons.append(button)
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


def _curve_of(word: str) -> str:
    return next(name for name, said in CURVE_NAMES.items() if said == word)
