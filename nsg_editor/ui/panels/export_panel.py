"""Export from the editor: what, where to, how much it takes, and how far it is."""

import contextlib
import os
from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_core.errors import NsgError
from nsg_editor.actions.exporting import frame_span, ticked
from nsg_editor.derived.looks import no_weights
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.effects.commands import export_words
from nsg_editor.effects.opening import is_kept
from nsg_editor.effects.outlook import beside, estimate
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.fitting import columns
from nsg_editor.ui.panels.train_panel import SCROLLS, bar_text, frames_text
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.windows.file_window import Ask, Browse
from nsg_editor.values.plans import OUTPUTS, Precheck

SCALES = {"Full": 1.0, "Half": 0.5, "Quarter": 0.25, "Double": 2.0}
SAMPLES = ("1", "2", "4", "8", "16")
FIELD, NAMES = 128, 86
WIDE = 2 * FIELD + NAMES + 30
SETTINGS = 2 * (FIELD + NAMES) + 40
"""Pixels that the settings take."""
COPY = 112
LOOK = 28
TICKS = 430
"""Pixels below which what is written besides takes two lines."""
LEAST_PROGRESS = 190
"""Pixels below which the progress lies under the settings, not beside them."""
WORDS = {
    "depth": "Depth",
    "instances": "Instances",
    "labels": "Labels",
    "video": "Video",
}
NEEDS = {"labels": "As KITTI's, counted in depth and instances: they come with both"}
"""What brings others with it."""


class ExportPanel:
    """Folder, frames, cameras, size, outputs; Export, Cancel; progress."""

    title = "Export"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._drawn: object = None
        self.browse: Browse = lambda ask: None
        """Has a path chosen."""
        self._state: EditorState | None = None
        self._folder = Path()
        self._before: tuple[str, ...] = ()
        """Outputs, before a box is ticked."""
        self._copying = False
        """The command is wanted, and what it reads is being saved."""

    def build(self, parent: Item) -> None:
        """Settings on the left, what comes of them on the right."""
        with within(
            dpg.group(parent=parent, horizontal=True, horizontal_spacing=px(16))
        ) as self._halves:
            with within(dpg.group()):
                self._settings()
            with within(dpg.group()):
                self._progress()
        self._lit = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_HOVER)
        self._unlit = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)
        if self._fonts.small:
            for item in (self.line, self.told, self.command, self.size):
                dpg.bind_item_font(item, self._fonts.small)

    def _settings(self) -> None:
        with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
            self.to = self._field("Folder", px(WIDE), "where to")
            dpg.configure_item(self.to, callback=self._chosen)
            choose = dpg.add_button(
                label="...", width=px(LOOK), callback=self._choose_folder
            )
            explain(choose, "Look for a folder")
        with within(
            dpg.group(horizontal=True, horizontal_spacing=px(14))
        ) as self._columns:
            with within(dpg.group()):
                self.frames = self._field("Frames", px(FIELD), "all, or 0-10")
                self._when_left(self.frames)
                self.scale = self._combo("Resolution", tuple(SCALES), self._scaled)
            with within(dpg.group()):
                self.cameras = self._combo("Cameras", (), self._filmed)
                self.samples = self._combo(
                    "Rays a pixel",
                    SAMPLES,
                    lambda _, v: self._do("export-plan", samples=int(v)),
                )
        self.outputs: dict[str, Item] = {}
        self._firsts: list[Item] = []
        with within(
            dpg.group(horizontal=True, horizontal_spacing=px(12))
        ) as self._ticks:
            for half in (OUTPUTS[:2], OUTPUTS[2:]):
                with within(dpg.group(horizontal=True, horizontal_spacing=px(12))):
                    self._build_ticks(half)
        self.size = dpg.add_text("", color=theme.DIM)

    def _build_ticks(self, names: tuple[str, ...]) -> None:
        if names[0] == OUTPUTS[0]:
            dpg.add_text("And", color=theme.DIM)
        for name in names:
            self.outputs[name] = dpg.add_checkbox(
                label=WORDS[name], callback=self._ticked
            )
            if name in NEEDS:
                explain(self.outputs[name], NEEDS[name])
        self._firsts.append(self.outputs[names[0]])

    def _when_left(self, field: Item) -> None:
        with within(dpg.item_handler_registry()) as hands:
            dpg.add_item_deactivated_after_edit_handler(callback=self.frames_typed)
        dpg.bind_item_handler_registry(field, hands)

    def frames_typed(self) -> None:
        """Size and command follow what was typed; what is wrong the button tells."""
        text = dpg.get_value(self.frames)
        if self._state is None:
            return
        with contextlib.suppress(NsgError):
            frame_span(text, self._state)
            self._do("export-frames", frames=text)

    def _field(self, name: str, width: int, hint: str) -> Item:
        with within(dpg.group(horizontal=True)):
            dpg.add_text(name, color=theme.DIM)
            return dpg.add_input_text(indent=px(NAMES), width=width, hint=hint)

    def _combo(self, name: str, values: tuple[str, ...], chosen: object) -> Item:
        with within(dpg.group(horizontal=True)):
            dpg.add_text(name, color=theme.DIM)
            return dpg.add_combo(
                values,
                indent=px(NAMES),
                width=px(FIELD),
                callback=chosen,  # pyright: ignore[reportArgumentType]
            )

    def _progress(self) -> None:
        with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
            self.start = dpg.add_button(
                label="Export", width=px(84), callback=self._start
            )
            self.stop = dpg.add_button(
                label="Cancel",
                width=px(84),
                callback=lambda: self._do("export-stop"),
            )
            self.reveal = dpg.add_button(
                label="Open folder",
                show=False,
                callback=lambda: self._do("open-folder", what="export"),
            )
        with within(dpg.group(show=False)) as self.question:
            self.told = dpg.add_text("", wrap=0, color=theme.WARM)
            with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
                # A row that begins with hidden items is put behind the words above.
                dpg.add_spacer(width=0)
                self.anyway = dpg.add_button(
                    label="Go on", callback=lambda: self._do("export-anyway")
                )
                self.instead = dpg.add_button(
                    label="Replace", callback=lambda: self._do("export-replace")
                )
                self.other = dpg.add_button(label="Beside it", callback=self._beside)
                self.forget = dpg.add_button(
                    label="Do not", callback=lambda: self._do("export-forget")
                )
            explain(self.instead, "Delete the export that is there, and nothing else")
            explain(self.other, "Into a new folder next to this one")
        self.bar = dpg.add_progress_bar(width=200, height=px(20))
        self.line = dpg.add_text("", color=theme.DIM, wrap=0)
        dpg.add_spacer(height=px(2))
        with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
            self.command = dpg.add_input_text(readonly=True, width=200)
            self.copy = dpg.add_button(
                label="Copy", width=px(COPY), callback=self._copy
            )
            explain(
                self.copy,
                "The same export as a command. It reads the project's",
                "file, so what is not saved is saved before.",
            )

    def fields(self) -> tuple[Item, ...]:
        """Folder, frames, and the command that can be marked."""
        return self.to, self.frames, self.command

    def _copy(self) -> None:
        if self._state is not None:
            self._copying = True
            if not is_kept(self._state):
                self._do("save")

    def _give_command(self, new: EditorState) -> None:
        """To the clipboard, as soon as it will do what is seen."""
        if not self._copying or new.saving is not None:
            return
        self._copying = False
        if new.project is not None and not new.dirty:
            dpg.set_clipboard_text(export_words(new))
            self._do("tell", notice=f"The command is copied; it reads {new.project}.")

    def _choose_folder(self) -> None:
        self.browse(Ask("Folder for the export", self._folder, self._into))

    def _into(self, folder: Path) -> None:
        self._do("export-plan", to=folder)

    def _chosen(self, sender: Item, text: str) -> None:
        if text.strip():
            self._do("export-plan", to=Path(os.path.expanduser(text.strip())))

    def _scaled(self, sender: Item, word: str) -> None:
        self._do("export-plan", scale=SCALES[word])

    def _filmed(self, sender: Item, word: str) -> None:
        self._do("export-plan", cameras=word.replace(" and ", ","))

    def _ticked(self) -> None:
        on = {name for name, item in self.outputs.items() if dpg.get_value(item)}
        self._do("export-plan", outputs=",".join(ticked(self._before, on)))

    def _start(self) -> None:
        self._do("export-check", frames=dpg.get_value(self.frames))

    def _beside(self) -> None:
        self._do("export-plan", to=beside(self._folder))
        self._do("export-check")

    def arrange(self, width: int, height: int) -> None:
        """The right half takes what the settings leave."""
        room = width - px(SETTINGS) - px(16)
        stacked = room < px(LEAST_PROGRESS)
        dpg.configure_item(self._halves, horizontal=not stacked)
        if stacked:
            room = width - px(SCROLLS)
        self._fit_settings(room if stacked else px(SETTINGS))
        dpg.configure_item(self.bar, width=room)
        dpg.configure_item(self.command, width=room - px(COPY + 10))
        for text in (self.told, self.line):
            dpg.configure_item(text, wrap=room)

    def _fit_settings(self, room: int) -> None:
        """Fields no wider than the panel, and what does not fit in a line in two."""
        field, beside = columns(room, NAMES, FIELD)
        dpg.configure_item(self._columns, horizontal=beside)
        for item in (self.frames, self.scale, self.cameras, self.samples):
            dpg.configure_item(item, width=field)
        dpg.configure_item(
            self.to, width=min(px(WIDE), room - px(NAMES)) - px(LOOK + 6)
        )
        in_line = room >= px(TICKS)
        dpg.configure_item(self._ticks, horizontal=in_line)
        first, second = self._firsts
        dpg.configure_item(first, indent=px(NAMES))
        dpg.configure_item(second, indent=-1 if in_line else px(NAMES))

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the plan and how far the export is."""
        self._state = new
        plan, job = new.export_plan, new.export
        key = (plan, new.model.path, new.edits, new.scene.cameras, new.project)
        key = (*key, job.status)
        if old is None or key != self._drawn:
            self._drawn = key
            self._show_plan(new)
        if old is None or plan.frames != old.export_plan.frames:
            dpg.set_value(self.frames, frames_text(plan.frames))
        trained = new.model.status in ("ready", "loading")
        asked = new.precheck
        waits = asked is not None and asked.status in ("ask", "refuse")
        for button, usable in (
            (self.start, trained and not job.busy and not waits),
            (self.stop, job.busy and job.status != "stopping"),
        ):
            dpg.configure_item(button, enabled=usable)
            dpg.bind_item_theme(button, self._lit if usable else self._unlit)
        written = job.status == "done" and job.step > 0
        set_shown(self.reveal, written)
        set_shown(self.question, waits)
        set_shown(self.bar, not waits)
        if asked is not None and waits:
            dpg.set_value(self.told, asked.text)
            set_shown(self.anyway, asked.status == "ask")
            set_shown(self.instead, asked.replaces)
            set_shown(self.other, asked.beside)
            dpg.configure_item(self.forget, label=_no(asked))
        dpg.set_value(self.bar, job.step / job.total if job.total else 0.0)
        dpg.configure_item(self.bar, overlay=bar_text(job))
        dpg.set_value(self.line, "" if waits else _told(new, trained))
        unsaved = new.project is None or new.dirty
        dpg.configure_item(self.copy, label="Save and copy" if unsaved else "Copy")
        self._give_command(new)

    def _show_plan(self, new: EditorState) -> None:
        plan = new.export_plan
        self._folder = plan.to
        if not dpg.is_item_active(self.to):
            dpg.set_value(self.to, str(plan.to))
        names = [name for name, scale in SCALES.items() if scale == plan.scale]
        dpg.set_value(self.scale, names[0] if names else f"{plan.scale:g}")
        dpg.set_value(self.samples, str(plan.samples))
        cameras = [camera.name for camera in new.scene.cameras]
        choices = [*cameras, " and ".join(cameras)] if len(cameras) == 2 else cameras
        dpg.configure_item(self.cameras, items=choices)
        dpg.set_value(self.cameras, " and ".join(plan.cameras or cameras[:1]))
        for name, item in self.outputs.items():
            dpg.set_value(item, name in plan.outputs)
        self._before = plan.outputs
        dpg.set_value(self.size, estimate(new))
        dpg.set_value(self.command, export_words(new))


def _no(asked: Precheck) -> str:
    return "Do not" if asked.status == "ask" or asked.replaces else "OK"


def _told(state: EditorState, trained: bool) -> str:
    job = state.export
    if not trained and job.status == "idle":
        return no_weights(state)
    if job.status == "idle":
        return "A data set that opens again: pictures, labels, edits.json."
    if job.status == "done" and job.message != "stopped":
        return f"Written to {job.out}"
    if job.status == "done" or (job.status == "failed" and job.step):
        done = f"{job.step} of {job.total} frames are finished"
        return f"{done}; the same export goes on from there."
    return f"{job.step} of {job.total} frames" if job.total else ""
