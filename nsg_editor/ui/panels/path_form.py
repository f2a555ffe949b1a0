"""The camera path in the Camera panel: keys, times, preview, files and video."""

import math
import os
from collections.abc import Callable
from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_core.cameras.path import CameraPath
from nsg_core.documents.camera_file import Up
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.icons import Icons, Name, icon_theme, tight_theme
from nsg_editor.ui.panels.form import Form, show
from nsg_editor.ui.panels.train_panel import bar_text
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.windows.file_window import Ask, Browse

NONE = "Look around, then Add key (K). Two keys make a path."


UPS: dict[str, Up] = {"z up": "z", "y up": "y", "y down": "minus-y"}


class PathForm:
    """Buttons, the list of keys, and the numbers of the chosen one."""

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._form = Form(fonts, lambda: do("end"))
        self._icons = Icons()
        self._rows: list[Item] = []
        self._built_for: object = None
        self.browse: Browse = lambda ask: None
        """Has a path chosen."""

    def build(self, parent: Item) -> None:
        """Make the fields."""
        self._plain, self._tight = icon_theme(), tight_theme()
        self._usual = theme.button_theme(theme.RAISED, theme.HOVER)
        self._off = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)
        with within(dpg.group(parent=parent)):
            self._form.title("Camera path")
            with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
                self.add = self._button(
                    "Add key", "camera-key", "Here and now (K)", width=px(86)
                )
                self.play = self._button(
                    "Preview", "preview", "Fly along the path", width=px(86)
                )
            self.none = self._form.small(dpg.add_text(NONE, color=theme.DIM, wrap=0))
            with within(dpg.group()) as self.body:
                self._build_body()
            with within(dpg.group()) as self.files:
                self._build_files()

    def _button(
        self, label: str, action: str, hint: str, width: int = -1, **arguments: object
    ) -> Item:
        made = dpg.add_button(
            label=label, width=width, callback=lambda: self._do(action, **arguments)
        )
        explain(made, hint)
        return made

    def _build_body(self) -> None:
        self.time = dpg.add_slider_double(
            width=-1,
            format="%.2f s",
            callback=lambda _, to: self._do("camera-path-time", to=to),
        )
        self.list = dpg.add_group()
        with within(dpg.group()) as self.key:
            self._build_key()
        dpg.add_spacer(height=px(2))
        self.duration = self._form.numbers(
            "Length",
            1,
            lambda v: self._do("camera-path-set", duration=max(v[0], 0.1), hold=True),
            *(0.05, 2, (0.1, 3600.0)),
            hint="How long the whole flight takes",
            unit=" s",
        )
        with within(dpg.group(horizontal=True)):
            self.loop = dpg.add_checkbox(
                label="Loop",
                callback=lambda _, on: self._do("camera-path-set", loop=on),
            )
            self._button(
                "Even speed",
                "camera-path-even",
                "Spread the times so that the camera flies equally fast everywhere",
                px(96),
            )
            self._button("Clear", "camera-path-clear", "Remove the camera path")

    def _build_key(self) -> None:
        number = self._set_number
        self.gap = self._form.numbers(
            "After",
            1,
            number("seconds", lambda value: max(value, 0.05)),
            *(0.02, 2, (0.05, 3600.0)),
            hint="Seconds on the way to this key",
            unit=" s",
        )
        self.fov = self._form.numbers(
            "High",
            1,
            number("fov", lambda value: value),
            *(0.2, 1, (1.0, 170.0)),
            hint="From the top of the picture to its bottom",
            unit=" deg",
        )
        with within(dpg.group(horizontal=True)):
            self.rest = dpg.add_checkbox(
                label="Rest", callback=lambda _, on: self._do("camera-key-set", rest=on)
            )
            explain(self.rest, "Slow down, stand still here, and start again")
            self._button(
                "From view", "camera-key-update", "Move this key to what is seen now"
            )

    def _set_number(
        self, name: str, fit: Callable[[float], float]
    ) -> Callable[[list[float]], object]:
        def changed(values: list[float]) -> object:
            return self._do("camera-key-set", hold=True, **{name: fit(values[0])})

        return changed

    def _build_files(self) -> None:
        dpg.add_spacer(height=px(2))
        self.file = self._form.text("File", "Name, like flight.json")
        narrow = dpg.group(horizontal=True, horizontal_spacing=px(6))
        with within(narrow) as self.row:
            self.up = dpg.add_combo(
                list(UPS), default_value=next(iter(UPS)), width=px(72)
            )
            self.open = dpg.add_button(
                label="Open", width=px(54), callback=lambda: self._with_file("load")
            )
            self.save = dpg.add_button(
                label="Save", width=px(54), callback=lambda: self._with_file("save")
            )
            self.search = dpg.add_button(
                label="...",
                width=px(28),
                callback=self._choose_file,
            )
        explain(self.search, "Look for a file, or for a folder to put a new one in")
        self._build_question()
        explain(self.up, "Which axis points up in a file that nerfstudio wrote")
        explain(
            self.save,
            "For nsg render --camera; with 'nerfstudio' in its name",
            "the file is one for ns-render camera-path.",
        )
        explain(self.open, "A path of this program or of nerfstudio")
        with within(dpg.group(horizontal=True)):
            self.film = dpg.add_button(
                label="Render video", width=px(116), callback=self._film
            )
            self.reveal = dpg.add_button(
                label="Open folder",
                show=False,
                callback=lambda: self._do("open-folder", what="video"),
            )
            self.bar = dpg.add_progress_bar(width=-1, show=False)
        self.told = self._form.small(dpg.add_text("", color=theme.DIM, wrap=0))

    def _build_question(self) -> None:
        """Whether to replace a file, and where to look for one."""
        with within(dpg.group(show=False)) as self.asks:
            self.asked = self._form.small(dpg.add_text("", color=theme.WARM, wrap=0))
            with within(dpg.group(horizontal=True)):
                self.replace = dpg.add_button(
                    label="Replace it", callback=lambda: self._with_file("save", True)
                )
                self.keep = dpg.add_button(
                    label="Do not", callback=lambda: self._do("camera-path-keep")
                )

    def _choose_file(self) -> None:
        start = Path(dpg.get_value(self.file).strip() or Path.cwd())

        def taken(path: Path) -> None:
            dpg.set_value(self.file, str(path))

        self.browse(Ask("A camera path", start, taken, ".json"))

    def _with_file(self, what: str, over: bool = False) -> None:
        name = dpg.get_value(self.file).strip()
        if not name:
            self._do("tell", notice="Type the name of a file first.")
            return
        file = Path(os.path.expanduser(name)).absolute()
        if file.name in ("", ".."):
            self._do("tell", notice=f"{name} is a folder; type a file's name, too.")
        elif what == "load":
            up = UPS[dpg.get_value(self.up)]
            self._do("camera-path-load", path=file, up=up)
        else:
            named = file if file.suffix else file.with_name(f"{file.name}.json")
            self._do("camera-path-save", to=named, **({"over": True} if over else {}))

    def _film(self) -> None:
        busy = dpg.get_item_label(self.film) == "Cancel"
        self._do("film-stop" if busy else "film")

    def fields(self) -> tuple[Item, ...]:
        """All numbers and names."""
        return tuple(self._form.fields)

    def sync(self, state: EditorState) -> None:
        """Show the path."""
        path = state.scene.camera_path
        set_shown(self.none, path is None)
        set_shown(self.body, path is not None)
        flying = state.playing and state.flying
        dpg.configure_item(self.play, label="Stop" if flying else "Preview")
        there = path is not None
        # A video that is being made can be cancelled, whatever became of its path.
        for button, on in ((self.play, there), (self.film, there or state.film.busy)):
            dpg.configure_item(button, enabled=on)
            dpg.bind_item_theme(button, self._usual if on else self._off)
        self._sync_film(state)
        taken = state.flight.taken
        # In place of the buttons, whose tooltips would lie over it.
        set_shown(self.row, taken is None)
        set_shown(self.asks, taken is not None)
        if taken is not None:
            dpg.set_value(self.asked, f"{taken.name} is there already. Replace it?")
        if path is None:
            self._built_for = None
            return
        self._sync_list(state, path)
        self._sync_key(state, path)
        dpg.configure_item(self.time, max_value=max(path.duration, 0.01))
        if not dpg.is_item_active(self.time):
            dpg.set_value(self.time, state.flight.time)
        show(self.duration, [path.duration])
        dpg.set_value(self.loop, path.loop)

    def _sync_list(self, state: EditorState, path: CameraPath) -> None:
        shape = tuple((key.time, key.frame, key.rest) for key in path.keys)
        if shape != self._built_for:
            self._built_for = shape
            dpg.delete_item(self.list, children_only=True)
            self._build_list(path)
        for i, row in enumerate(self._rows):
            dpg.set_value(row, i == state.flight.key)

    def _build_list(self, path: CameraPath) -> None:
        table = dpg.add_table(
            parent=self.list,
            header_row=False,
            policy=dpg.mvTable_SizingFixedFit,
            pad_outerX=False,
        )
        dpg.add_table_column(parent=table, width_stretch=True)
        for _ in range(3):
            dpg.add_table_column(parent=table, width_fixed=True)
        dpg.bind_item_theme(table, self._tight)
        self._rows = []
        for i in range(len(path.keys)):
            with within(dpg.table_row(parent=table)):
                self._rows.append(self._build_row(path, i))

    def _build_row(self, path: CameraPath, index: int) -> Item:
        key, last = path.keys[index], len(path.keys) - 1
        words = f"{index + 1}   {key.time:.1f} s   frame {key.frame}"
        row = dpg.add_selectable(
            label=words + ("   rest" if key.rest else ""),
            callback=lambda: self._do("camera-key-go", key=index),
        )
        moves: dict[Name, int] = {"up": index - 1, "down": index + 1}
        for name, to in moves.items():
            order = {"key": index, "to": min(max(to, 0), last)}
            self._small_button(name, "camera-key-order", order, 0 <= to <= last)
        self._small_button("delete", "camera-key-delete", {"key": index}, True)
        return row

    def _small_button(
        self, name: Name, action: str, arguments: dict[str, int], usable: bool
    ) -> None:
        side = self._icons.side
        button = dpg.add_image_button(
            self._icons[name],
            width=side,
            height=side,
            frame_padding=0,
            tint_color=theme.DIM,
            show=usable,
            callback=lambda: self._do(action, **arguments),
        )
        dpg.bind_item_theme(button, self._plain)

    def _sync_key(self, state: EditorState, path: CameraPath) -> None:
        index = state.flight.key
        set_shown(self.key, index is not None)
        if index is None or index >= len(path.keys):
            return
        key = path.keys[index]
        before = path.keys[index - 1].time if index else key.time - path.closing_s
        show(self.gap, [key.time - before])
        show(self.fov, [math.degrees(key.fov)])
        dpg.set_value(self.rest, key.rest)

    def _sync_film(self, state: EditorState) -> None:
        job = state.film
        dpg.configure_item(self.film, label="Cancel" if job.busy else "Render video")
        dpg.configure_item(self.bar, show=job.busy, overlay=bar_text(job))
        dpg.set_value(self.bar, job.step / job.total if job.total else 0.0)
        done = job.status == "done" and job.message == "finished"
        set_shown(self.reveal, done)
        dpg.set_value(self.told, f"Written to {job.out}" if done else "")
