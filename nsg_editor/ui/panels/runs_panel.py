"""The trainings of this drive: how far, how good, where; load one, go on with one."""

from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_editor.derived.beside import rival_of
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.geometry.overflow import left_out
from nsg_editor.state import EditorState
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.panels.train_panel import SCROLLS
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.ui.windows.file_window import Ask, Browse
from nsg_editor.values.runs import RunInfo

COLUMNS = {
    "Run": 130,
    "Weights of": 92,
    "Steps": 92,
    "Held out": 64,
    "Preset": 52,
    "Resolution": 76,
    "": 190,
}
"""Titles, and widths before they are scaled; the first one takes what is left."""
DISPENSABLE = ("Resolution", "Preset", "Weights of", "Steps", "Held out")
FOLDER = 420
BETWEEN = 8
"""Pixels between two columns."""
NONE_YET = "No trainings yet: press Train."


class RunsPanel:
    """A table of runs, and TensorBoard."""

    title = "Runs"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._drawn: object = None
        self._columns = tuple(COLUMNS)
        self.browse: Browse = lambda ask: None
        """Has a path chosen."""

    def build(self, parent: Item) -> None:
        """Make the row of buttons; the table comes with the runs."""
        with within(dpg.group(parent=parent)):
            self._places()
            with within(dpg.group(horizontal=True, horizontal_spacing=px(8))):
                self.board = dpg.add_button(
                    label="TensorBoard", callback=lambda: self._do("tensorboard")
                )
                explain(self.board, "The curves of all these runs, in the browser")
                self.reveal = dpg.add_button(
                    label="Open folder",
                    callback=lambda: self._do("open-folder", what="runs"),
                )
                explain(self.reveal, "Where all these runs are kept")
                self.told = dpg.add_input_text(readonly=True, width=px(420), show=False)
                self.copy = dpg.add_button(
                    label="Copy",
                    show=False,
                    callback=lambda: dpg.set_clipboard_text(dpg.get_value(self.told)),
                )
                self.visit = dpg.add_button(
                    label="Open",
                    show=False,
                    callback=lambda: self._do("open-board"),
                )
            self.none = dpg.add_text(NONE_YET, color=theme.DIM)
            self.table = dpg.add_group()
        self._drawing = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_DEEP)
        if self._fonts.small:
            for item in (self.told, self.none, self.table):
                dpg.bind_item_font(item, self._fonts.small)

    def _places(self) -> None:
        """Where trainings are kept, and weights that lie elsewhere."""
        with within(dpg.group(horizontal=True, horizontal_spacing=px(8))):
            label = dpg.add_text("Folder", color=theme.DIM)
            self.folder = dpg.add_input_text(
                width=px(FOLDER),
                on_enter=True,
                callback=lambda _, text: self._kept_in(text),
            )
            explain(self.folder, "Trainings are written here, from the next one on")
            choose = dpg.add_button(label="Choose ...", callback=self._choose_folder)
            self.weights = dpg.add_button(
                label="Load weights ...", callback=self._choose_weights
            )
            explain(self.weights, "Draw with a checkpoint that lies anywhere")
        if self._fonts.small:
            for item in (label, self.folder, choose, self.weights):
                dpg.bind_item_font(item, self._fonts.small)

    def _kept_in(self, text: str) -> None:
        if text.strip():
            self._keep_in(Path(text.strip()))

    def _choose_folder(self) -> None:
        start = Path(dpg.get_value(self.folder))
        self.browse(Ask("Folder for trainings", start, self._keep_in))

    def _keep_in(self, path: Path) -> None:
        self._do("train-folder", to=path)

    def _choose_weights(self) -> None:
        start = Path(dpg.get_value(self.folder))
        self.browse(
            Ask(
                "Weights to draw with",
                start,
                lambda path: self._do("load-model", path=path),
                ".safetensors",
                "Load",
            )
        )

    def fields(self) -> tuple[Item, ...]:
        """Where text can be marked."""
        return self.told, self.folder

    def arrange(self, width: int, height: int) -> None:
        """Columns that have no room are left out, the least important first."""
        widths = {title: px(wide + BETWEEN) for title, wide in COLUMNS.items()}
        gone = left_out(widths, DISPENSABLE, width - px(SCROLLS), 0)
        self._columns = tuple(title for title in COLUMNS if title not in gone)
        self._drawn = None

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show what there is."""
        if not dpg.is_item_active(self.folder):
            dpg.set_value(self.folder, str(new.drive.runs.absolute()))
        dpg.configure_item(self.folder, enabled=not new.train.busy)
        board = new.board
        dpg.set_value(self.told, board.text)
        for item in (self.told, self.copy):
            set_shown(item, bool(board.text))
        set_shown(self.visit, board.status == "there")
        starting = board.status == "starting"
        dpg.configure_item(
            self.board, label="Starting ..." if starting else "TensorBoard"
        )
        key = (new.runs, new.model.path, new.train.busy, rival_of(new))
        if key == self._drawn:
            return
        self._drawn = key
        set_shown(self.none, not new.runs)
        set_shown(self.reveal, any(run.preset for run in new.runs))
        dpg.delete_item(self.table, children_only=True)
        if new.runs:
            self._build_table(new)

    def _build_table(self, state: EditorState) -> None:
        with within(
            dpg.table(
                parent=self.table,
                policy=dpg.mvTable_SizingStretchProp,
                borders_innerH=True,
                row_background=False,
            )
        ):
            for title in self._columns:
                width = px(COLUMNS[title])
                fixed = {"width_fixed": True, "init_width_or_weight": width}
                dpg.add_table_column(label=title, **fixed if title != "Run" else {})
            for run in state.runs:
                with within(dpg.table_row()):
                    for title, text in zip(COLUMNS, cells(run), strict=False):
                        if title in self._columns:
                            dpg.add_text(text)
                    self._buttons(run, state)

    def _buttons(self, run: RunInfo, state: EditorState) -> None:
        shown = run.checkpoint == state.model.path
        with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
            load = dpg.add_button(
                label="Shown" if shown else "Show",
                small=True,
                user_data=run.checkpoint,
                callback=lambda _, __, path: self._do("load-run", run=path),
            )
            if shown:
                dpg.bind_item_theme(load, self._drawing)
            else:
                self._compare(run, state)
            if run.resumable and not state.train.busy:
                dpg.add_button(
                    label="Resume",
                    small=True,
                    user_data=run.folder,
                    callback=lambda _, __, path: self._do("train-resume", run=path),
                )

    def _compare(self, run: RunInfo, state: EditorState) -> None:
        on = run.checkpoint == rival_of(state)
        wanted = None if on else run.checkpoint
        button = dpg.add_button(
            label="Compare",
            small=True,
            user_data=wanted,
            callback=lambda _, __, path: self._do("run-compare", run=path),
        )
        if on:
            dpg.bind_item_theme(button, self._drawing)
        explain(button, "A divider between these weights and those that are shown")


def cells(run: RunInfo) -> tuple[str, ...]:
    """What the table says of a run."""
    of = "" if run.total is None else f" / {run.total}"
    psnr = "" if run.psnr is None else f"{run.psnr:.1f} dB"
    scale = "" if run.scale is None else f"x {run.scale:g}"
    return run.name, run.date, f"{run.step}{of}", psnr, run.preset, scale
