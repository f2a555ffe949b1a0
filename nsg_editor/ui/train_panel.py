"""Training from the editor: what to do, how far it is, and how well it goes."""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from nsg_editor.pointer import Dispatch
from nsg_editor.state import EditorState, Job
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, within
from nsg_editor.ui.theme import Fonts

SCALES = {"Full": 1.0, "Half": 0.5, "Quarter": 0.25, "Eighth": 0.125}
PRESETS = ("fast", "paper")
SETTINGS = 232
"""Pixels that the settings take."""
TWO_CURVES = 250
"""Pixels below which there is room for one curve alone."""


class TrainPanel:
    """Preset, steps and resolution; Train, Pause, Stop; the curves."""

    title = "Train"

    def __init__(self, do: Dispatch, fonts: Fonts) -> None:
        self._do, self._fonts = do, fonts
        self._curve: object = None
        self._narrow = False

    def build(self, parent: Item) -> None:
        """Make settings on the left and curves on the right."""
        row = dpg.group(parent=parent, horizontal=True, horizontal_spacing=18)
        with within(row):
            with within(dpg.group()):
                self._settings()
            with within(dpg.group()):
                self._progress()

    def _settings(self) -> None:
        self.preset = self._row(
            "Preset",
            lambda: dpg.add_combo(
                PRESETS,
                width=130,
                callback=lambda _, v: self._do("train-plan", preset=v),
            ),
        )
        self.steps = self._row(
            "Steps",
            lambda: dpg.add_input_int(
                width=130,
                step=0,
                on_enter=False,
                min_value=1,
                min_clamped=True,
                callback=lambda _, v: self._do("train-plan", steps=v),
            ),
        )
        self.scale = self._row(
            "Resolution",
            lambda: dpg.add_combo(
                tuple(SCALES),
                width=130,
                callback=lambda _, v: self._do("train-plan", scale=SCALES[v]),
            ),
        )
        dpg.add_spacer(height=2)
        with within(dpg.group(horizontal=True, horizontal_spacing=6)):
            self.start = dpg.add_button(
                label="Train", width=78, callback=lambda: self._do("train")
            )
            self.pause = dpg.add_button(
                label="Pause", width=70, callback=lambda: self._do("train-pause")
            )
            self.stop = dpg.add_button(
                label="Stop", width=62, callback=lambda: self._do("train-stop")
            )
        self._lit = theme.button_theme(theme.ACCENT_DEEP, (44, 108, 186, 255))
        self._unlit = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)

    def _row(self, name: str, make: Callable[[], Item]) -> Item:
        with within(dpg.group(horizontal=True)):
            dpg.add_text(name, color=theme.DIM)
            item = make()
            dpg.configure_item(item, indent=88)
        return item

    def _progress(self) -> None:
        self.bar = dpg.add_progress_bar(width=200, height=20)
        self.line = dpg.add_text("", color=theme.DIM)
        if self._fonts.small:
            dpg.bind_item_font(self.line, self._fonts.small)
        with within(dpg.group(horizontal=True, horizontal_spacing=10)):
            self.psnr = self._plot("PSNR (dB)", theme.ACCENT)
            self.loss = self._plot("Loss", theme.WARM)

    def _plot(self, label: str, colour: theme.Colour) -> tuple[Item, Item, Item, Item]:
        with within(
            dpg.plot(
                width=120,
                height=100,
                no_menus=True,
                no_box_select=True,
                no_mouse_pos=True,
                no_inputs=True,
            )
        ) as plot:
            x = dpg.add_plot_axis(
                dpg.mvXAxis, no_tick_marks=True, no_tick_labels=True, no_menus=True
            )
            y = dpg.add_plot_axis(
                dpg.mvYAxis, no_tick_marks=True, no_tick_labels=True, no_menus=True
            )
            series = dpg.add_line_series([], [], parent=y)
        dpg.configure_item(plot, label=label)
        dpg.bind_item_theme(series, theme.line_theme(colour))
        if self._fonts.small:
            dpg.bind_item_font(plot, self._fonts.small)
        return plot, x, y, series

    def fields(self) -> tuple[Item, ...]:
        """The number of steps."""
        return (self.steps,)

    def arrange(self, width: int, height: int) -> None:
        """The curves take what the settings leave."""
        room = max(width - SETTINGS - 16, 60)
        self._narrow = room < TWO_CURVES
        dpg.configure_item(self.bar, width=room)
        dpg.configure_item(self.loss[0], show=not self._narrow)
        for plot, *_ in (self.psnr, self.loss):
            share = room if self._narrow else (room - 10) // 2
            dpg.configure_item(plot, width=share, height=max(height - 54, 40))

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the plan and how far the training is."""
        plan, job = new.train_plan, new.train
        dpg.set_value(self.preset, plan.preset)
        if not dpg.is_item_active(self.steps):
            dpg.set_value(self.steps, plan.steps)
        names = [name for name, scale in SCALES.items() if scale == plan.scale]
        dpg.set_value(self.scale, names[0] if names else f"{plan.scale:g}")
        for item in (self.preset, self.steps, self.scale):
            dpg.configure_item(item, enabled=not job.busy)
        resting = job.status == "paused"
        dpg.configure_item(self.pause, label="Go on" if resting else "Pause")
        self._usable(self.start, not job.busy)
        self._usable(self.pause, job.status in ("running", "paused"))
        self._usable(self.stop, job.busy and job.status != "stopping")
        dpg.set_value(self.bar, job.step / job.total if job.total else 0.0)
        dpg.configure_item(self.bar, overlay=bar_text(job))
        dpg.set_value(self.line, figures(job, short=self._narrow))
        if job.curve is not self._curve:
            self._curve = job.curve
            self._draw(job)

    def _usable(self, button: Item, usable: bool) -> None:
        dpg.configure_item(button, enabled=usable)
        dpg.bind_item_theme(button, self._lit if usable else self._unlit)

    def _draw(self, job: Job) -> None:
        steps = [float(p.step) for p in job.curve]
        values = ([p.psnr for p in job.curve], [p.loss for p in job.curve])
        for (_, x, y, series), line in zip((self.psnr, self.loss), values, strict=True):
            dpg.set_value(series, [steps, line])
            for axis in (x, y):
                dpg.configure_item(axis, no_tick_labels=not steps)
            if steps:
                dpg.fit_axis_data(x)
                dpg.fit_axis_data(y)


def _axis(which: int) -> Item:
    return dpg.add_plot_axis(
        which, no_tick_marks=True, no_tick_labels=True, no_menus=True
    )


def clock(seconds: float) -> str:
    """Minutes and seconds, or hours."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def bar_text(job: Job) -> str:
    """What stands on the bar."""
    words = {
        "idle": "",
        "starting": "Starting ...",
        "paused": "Paused",
        "stopping": "Stopping ...",
        "done": "Finished" if job.message != "stopped" else "Stopped",
        "failed": "Failed",
    }
    if job.status != "running":
        return words[job.status]
    if job.step == 0:
        return "Preparing ..."
    percent = f"{100 * job.step / job.total:.0f} %" if job.total else ""
    return f"{percent}   {clock(job.eta_s)} left" if job.eta_s is not None else percent


def figures(job: Job, short: bool = False) -> str:
    """Step, quality and speed in one line."""
    if job.status == "idle":
        return "" if short else "Curves appear while it trains."
    if job.status == "running" and not job.curve:
        return "" if short else "Reading the pictures, looking for rough depth."
    parts = [f"step {job.step} / {job.total}"] if job.total else []
    if job.curve:
        last = job.curve[-1]
        parts += [f"{last.psnr:.1f} dB", f"loss {last.loss:.4f}"]
    if job.held_out is not None:
        parts.append(f"held out {job.held_out:.1f} dB")
    if job.rays_per_s:
        parts.append(f"{job.rays_per_s / 1000:.0f}k rays/s")
    return "   ".join(parts[1:2] if short else parts)
