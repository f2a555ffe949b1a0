"""Panels without a window, for tests that need no screen."""

from dataclasses import replace
from typing import Any

import dearpygui.dearpygui as dpg

from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui.containers import within
from nsg_editor.ui.furniture import Panels
from nsg_editor.ui.theme import Fonts
from nsg_editor.ui.views.texture import PictureTexture
from nsg_editor.ui.window import call
from tests.editor.scenes import start_state


class Office:
    """Panels in a context without a window."""

    def __init__(self) -> None:
        self.store = Store(start_state())
        self.texture = PictureTexture(400, 200)
        self.panels = Panels(self.store, self.texture, Fonts())
        with within(dpg.window()) as root:
            pass
        self.panels.build(root)
        self.panels.arrange(1280, 720)
        self.panels.sync()

    def change(self, **changes: Any) -> EditorState:
        """Another state, and the panels brought up to it."""
        self.store.state = replace(self.store.state, **changes)
        self.panels.sync()
        return self.store.state

    def do(self, name: str, /, **arguments: object) -> EditorState:
        """An action, and the panels brought up to it."""
        self.store.dispatch(name, **arguments)
        self.panels.sync()
        return self.store.state

    def press(self, item: int | str, *arguments: object) -> EditorState:
        """What a click on a widget calls."""
        callback = dpg.get_item_callback(item)
        assert callback is not None
        call((callback, item, *arguments))
        self.panels.sync()
        return self.store.state
