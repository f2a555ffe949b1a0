"""Export from the editor: where to, which frames, how far."""

from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_editor.pointer import Dispatch
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts
from nsg_editor.ui.train_panel import bar_text


class ExportPanel:
    """Folder and frames; Export, Cancel; progress."""

    title = "Export"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts

    def build(self, parent: Item) -> None:
        """Make the fields."""
        with within(dpg.group(parent=parent)):
            with within(dpg.group(horizontal=True)):
                dpg.add_text("Folder", color=theme.DIM)
                self.to = dpg.add_input_text(indent=62, width=-1, callback=self._chosen)
            with within(dpg.group(horizontal=True)):
                dpg.add_text("Frames", color=theme.DIM)
                # Half a number is no mistake yet: the button looks at what is here.
                self.frames = dpg.add_input_text(
                    indent=62, width=-1, hint="all, or 0-10"
                )
            dpg.add_spacer(height=2)
            with within(dpg.group(horizontal=True, horizontal_spacing=6)):
                self.start = dpg.add_button(
                    label="Export", width=84, callback=self._start
                )
                self.stop = dpg.add_button(
                    label="Cancel", width=70, callback=lambda: self._do("export-stop")
                )
            self.bar = dpg.add_progress_bar(width=-1, height=20)
            self.line = dpg.add_text("", color=theme.DIM, wrap=0)
        self._lit = theme.button_theme(theme.ACCENT_DEEP, (44, 108, 186, 255))
        self._unlit = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)
        if self._fonts.strong:
            dpg.bind_item_font(self.line, self._fonts.small)

    def _chosen(self, sender: Item, text: str) -> None:
        if text.strip():
            self._do("export-plan", to=Path(text.strip()).expanduser())

    def _start(self) -> None:
        self._do("export", frames=dpg.get_value(self.frames))

    def arrange(self, width: int, height: int) -> None:
        """Fields take the width there is."""

    def fields(self) -> tuple[Item, ...]:
        """Folder and frames."""
        return (self.to, self.frames)

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the plan and how far the export is."""
        plan, job = new.export_plan, new.export
        if not dpg.is_item_active(self.to):
            dpg.set_value(self.to, str(plan.to))
        if old is None or plan.frames != old.export_plan.frames:
            span = plan.frames
            dpg.set_value(self.frames, "" if span is None else f"{span[0]}-{span[1]}")
        trained = new.model.status in ("ready", "loading")
        for button, usable in (
            (self.start, trained and not job.busy),
            (self.stop, job.busy and job.status != "stopping"),
        ):
            dpg.configure_item(button, enabled=usable)
            dpg.bind_item_theme(button, self._lit if usable else self._unlit)
        dpg.set_value(self.bar, job.step / job.total if job.total else 0.0)
        dpg.configure_item(self.bar, overlay=bar_text(job))
        dpg.set_value(self.line, _told(new, trained))


def _told(state: EditorState, trained: bool) -> str:
    job = state.export
    if not trained and job.status == "idle":
        return "Needs a trained model: press Train first."
    if job.status == "idle":
        return "Pictures, labels, depth, instances and edits.json."
    if job.status == "done" and job.message != "stopped":
        return f"Written to {job.out}"
    return f"{job.step} of {job.total} frames" if job.total else ""
