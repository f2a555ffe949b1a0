"""The row of buttons at the top."""

import dearpygui.dearpygui as dpg

from nsg_editor.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import within
from nsg_editor.ui.theme import Fonts

HEIGHT = 46


class Toolbar:
    """Undo, copy, remove, view, save: what is used all the time."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._cameras: tuple[str, ...] = ()

    def build(self, parent: int | str) -> None:
        """Make the buttons."""
        self._on = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_DEEP)
        self._off = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)
        self._usual = theme.button_theme(theme.RAISED, theme.HOVER)
        with within(
            dpg.child_window(
                parent=parent, always_use_window_padding=True, no_scrollbar=True
            )
        ) as self.panel:
            self._row()
        dpg.bind_item_theme(self.panel, theme.bare_theme(theme.PANEL, 12, 8))

    def _row(self) -> None:
        with within(dpg.group(horizontal=True, horizontal_spacing=6)):
            self.title = dpg.add_text("", color=theme.TEXT)
            if self._fonts.strong:
                dpg.bind_item_font(self.title, self._fonts.strong)
            self.open = self._button(
                "Open", "open-dialog", "Another drive or a project (Ctrl+O)"
            )
            dpg.add_spacer(width=8)
            self.undo = self._button("Undo", "undo", "Take back the last step (Ctrl+Z)")
            self.redo = self._button("Redo", "redo", "Do it again (Ctrl+Y)")
            dpg.add_spacer(width=8)
            self.copy = self._button(
                "Duplicate", "duplicate", "Copy the selected object (Ctrl+D)"
            )
            self.remove = self._button(
                "Delete", "remove", "Take the selected object out (Delete)"
            )
            dpg.add_spacer(width=8)
            self.home = self._button(
                "Camera view", "home", "Back to the recorded camera (Home)"
            )
            self.focus = self._button(
                "Focus", "focus", "Look at the selected object (F)"
            )
            dpg.add_spacer(width=8)
            self.neural = self._button(
                "Neural", "show", "The picture as the model draws it (R)", "neural"
            )
            self.recorded = self._button(
                "Recorded", "show", "The picture as it was recorded (R)", "recorded"
            )
            self.boxes = self._button("Boxes", "boxes", "Show or hide the boxes (B)")
            self.camera = dpg.add_combo(
                (), width=120, callback=lambda _, name: self._do("camera", name=name)
            )
            dpg.add_spacer(width=8)
            self.save = self._button(
                "Save", "save", "Keep the edits in a file (Ctrl+S)"
            )
            self.help = self._button("?", "help", "All keys (?)")

    def _button(
        self, label: str, action: str, tip: str, picture: str | None = None
    ) -> int | str:
        arguments = {} if picture is None else {"picture": picture}
        button = dpg.add_button(
            label=label, callback=lambda: self._do(action, **arguments)
        )
        with within(dpg.tooltip(button, delay=0.5)):
            dpg.add_text(tip)
        return button

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Say what can be done now."""
        dpg.set_value(self.title, f"{new.drive.title}{' *' if new.dirty else ''}")
        self._usable(self.undo, bool(new.history.past) or new.history.base is not None)
        self._usable(self.redo, bool(new.history.future))
        for button in (self.copy, self.remove, self.focus):
            self._usable(button, new.selected is not None)
        self._pressed(self.neural, new.neural)
        self._pressed(self.recorded, not new.neural)
        self._pressed(self.boxes, new.boxes)
        self._usable(self.home, new.free is not None)
        cameras = tuple(camera.name for camera in new.scene.cameras)
        if cameras != self._cameras:
            self._cameras = cameras
            dpg.configure_item(self.camera, items=cameras, show=len(cameras) > 1)
        dpg.set_value(self.camera, new.camera)

    def _usable(self, button: int | str, usable: bool) -> None:
        dpg.configure_item(button, enabled=usable)
        dpg.bind_item_theme(button, self._usual if usable else self._off)

    def _pressed(self, button: int | str, pressed: bool) -> None:
        dpg.bind_item_theme(button, self._on if pressed else self._usual)
