"""The camera: where it is mounted, and the path that it flies."""

import math

import dearpygui.dearpygui as dpg

from nsg_core.cameras.mounting import mount_words
from nsg_editor.actions.mounts import PRESETS, mount_of, wide
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, within
from nsg_editor.ui.panels.form import HINT, WORDS, Form, show
from nsg_editor.ui.panels.path_form import PathForm
from nsg_editor.ui.theme import Fonts, px

LARGEST = 8192
"""Pixels of a picture's edge."""


class CameraPanel:
    """Numbers of the mounting above, keys of the path below."""

    title = "Camera"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do = do
        self._form = Form(fonts, lambda: do("end"))
        self.path = PathForm(do, fonts)

    def build(self, parent: Item) -> None:
        """Make the fields."""
        form = self._form
        with within(dpg.group(parent=parent)):
            self.heading = form.title("")
            self.words = form.small(dpg.add_text("", color=theme.DIM, wrap=0))
            self.shift = form.numbers(
                "Shift", 3, self._shifted, hint="Metres right, down, forward"
            )
            self.turn = form.numbers(
                "Turn", 3, self._turned, 0.2, 1, hint="Degrees right, up, tilted"
            )
            self.fov = form.numbers(
                "Wide",
                1,
                lambda values: self._do("drag-mount", fov=values[0]),
                *(0.2, 1, (1.0, 170.0)),
                hint="From the left edge of the picture to the right one",
                unit=" deg",
            )
            self._build_size()
            self._build_buttons()
            dpg.add_separator()
        self.path.build(parent)

    def _build_size(self) -> None:
        with within(dpg.group(horizontal=True)):
            dpg.add_text("Size", color=theme.DIM)
            self.size = dpg.add_drag_intx(
                indent=px(WORDS),
                width=-1,
                size=2,
                speed=2,
                min_value=1,
                max_value=LARGEST,
                clamped=True,
                callback=lambda _, size: self._do("drag-mount", size=tuple(size[:2])),
            )
        with within(dpg.item_handler_registry()) as handlers:
            dpg.add_item_deactivated_after_edit_handler(
                callback=lambda: self._do("end")
            )
        dpg.bind_item_handler_registry(self.size, handlers)
        self._form.fields.append(self.size)
        explain(self.size, f"Pixels wide and high\n{HINT}")

    def _build_buttons(self) -> None:
        with within(dpg.group(horizontal=True)):
            self.preset = dpg.add_combo(
                [preset.name for preset in PRESETS],
                width=-px(70),
                default_value="As on ...",
                callback=lambda _, name: self._do("mount-preset", name=name),
            )
            self.reset = dpg.add_button(
                label="Reset", width=-1, callback=lambda: self._do("mount-reset")
            )
        explain(self.preset, "Mount the camera as on another vehicle")

    def _shifted(self, values: list[float]) -> None:
        if all(map(math.isfinite, values)):
            self._do("drag-mount", shift=tuple(values))

    def _turned(self, values: list[float]) -> None:
        if all(map(math.isfinite, values)):
            self._do("drag-mount", degrees=tuple(values))

    def arrange(self, width: int, height: int) -> None:
        """Fields take the width there is."""

    def fields(self) -> tuple[Item, ...]:
        """All numbers."""
        return (*self._form.fields, *self.path.fields())

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show where the camera is, and its path."""
        mount = mount_of(new)
        words = mount_words(mount.shift, mount.turn, mount.focal_scale, mount.size)
        dpg.set_value(self.heading, new.camera)
        dpg.set_value(self.words, words[:1].upper() + words[1:])
        show(self.shift, list(mount.shift))
        show(self.turn, list(map(math.degrees, mount.turn)))
        show(self.fov, [wide(new)])
        camera = new.scene.camera(new.camera)
        if not dpg.is_item_active(self.size):
            dpg.set_value(self.size, [camera.width, camera.height, 0, 0])
        self.path.sync(new)
