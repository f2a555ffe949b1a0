"""Training from the editor: what to do, how far it is, and how well it goes."""

from collections.abc import Callable, Mapping

import dearpygui.dearpygui as dpg

from nsg_core.measuring.protocols import NAMES as PROTOCOLS
from nsg_editor.derived.pointer import Dispatch
from nsg_editor.pictures.images import Images
from nsg_editor.pictures.validation import Validation
from nsg_editor.state import EditorState
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.containers import Item, explain, set_shown, within
from nsg_editor.ui.fitting import columns
from nsg_editor.ui.panels.form import HINT
from nsg_editor.ui.panels.status import speed
from nsg_editor.ui.theme import Fonts, px
from nsg_editor.values.plans import Job

SCALES = {"Full": 1.0, "Half": 0.5, "Quarter": 0.25, "Eighth": 0.125}
PRESETS = ("fast", "paper")
DEVICES = {"as the editor": "any", "CPU": "cpu", "CUDA": "cuda"}
FIELD, NAMES = 112, 82
"""Pixels of a field, and of the name before it."""
SETTINGS = 2 * (FIELD + NAMES) + 30
"""Pixels that the settings take."""
MOST_STEPS = 10**7
BUTTON = 74
LEAST_CURVE = 170
"""Pixels below which the curves lie under the settings, not beside them."""
SCROLLS = 14
"""Pixels that a bar for scrolling takes."""
STACKED = 120
"""Pixels of a curve's height there."""
TWO_CURVES = 300
"""Pixels below which there is room for one curve alone."""
WITH_PICTURE = 620
"""Pixels from which on there is room for the picture beside the curves."""
Row = Callable[[], Item]


class TrainPanel:
    """How to train, Train, Pause and Stop; the curves, and a picture never seen."""

    title = "Train"

    def __init__(self, store: Store, fonts: Fonts) -> None:
        self._store, self._fonts = store, fonts
        self._do: Dispatch = store.attempt
        self._curve: object = None
        self._narrow = False
        self.validation = Validation(
            Images(store.state.drive.sequence), lambda request, take: None
        )

    def build(self, parent: Item) -> None:
        """Make settings on the left and curves on the right."""
        with within(
            dpg.group(parent=parent, horizontal=True, horizontal_spacing=px(16))
        ) as self._halves:
            with within(dpg.group()):
                self._settings()
            with within(dpg.group()):
                self._progress()
            with within(dpg.group()) as self.pictures:
                self._picture()

    def _settings(self) -> None:
        with within(
            dpg.group(horizontal=True, horizontal_spacing=px(14))
        ) as self._columns:
            with within(dpg.group()):
                self.preset = self._row("Preset", self._combo(PRESETS, "preset"))
                self.steps = self._row("Steps", self._steps)
                self.scale = self._row("Resolution", self._combo(SCALES, "scale"))
            with within(dpg.group()):
                self.frames = self._row("Frames", self._frames)
                self.protocol = self._row(
                    "Held out", self._combo(PROTOCOLS, "protocol")
                )
                self.device = self._row("Device", self._combo(DEVICES, "device"))
        self.goes_on = dpg.add_checkbox(
            label="Goes on when the editor is closed",
            callback=lambda _, on: self._do("train-plan", goes_on=on),
        )
        with within(dpg.group(horizontal=True, horizontal_spacing=px(6))):
            self.start = self._button("Train", BUTTON, "train", "Learn this drive anew")
            self.resume = self._button(
                "Resume", BUTTON, "train-resume", "Train the newest run further"
            )
            self.pause = self._button(
                "Pause", BUTTON, "train-pause", "Let the training rest, or go on"
            )
            self.stop = self._button(
                "Stop", BUTTON, "train-stop", "End it; what it has learned is kept"
            )
        self._lit = theme.button_theme(theme.ACCENT_DEEP, theme.ACCENT_HOVER)
        self._unlit = theme.button_theme(theme.SUNK, theme.SUNK, theme.FAINT)

        self._buttons = (self.start, self.resume, self.pause, self.stop)

    def _button(self, label: str, width: int, action: str, tip: str) -> Item:
        button = dpg.add_button(
            label=label, width=px(width), callback=lambda: self._do(action)
        )
        explain(button, tip)
        return button

    def _combo(self, values: Mapping[str, object] | tuple[str, ...], key: str) -> Row:
        meant = {v: v for v in values} if isinstance(values, tuple) else values
        return lambda: dpg.add_combo(
            tuple(values),
            width=px(FIELD),
            callback=lambda _, word: self._do("train-plan", **{key: meant[word]}),
        )

    def _steps(self) -> Item:
        steps = dpg.add_drag_int(
            width=px(FIELD),
            speed=10,
            min_value=1,
            max_value=MOST_STEPS,
            clamped=True,
            callback=lambda _, v: self._do("train-plan", steps=v),
        )
        explain(steps, HINT)
        return steps

    def _frames(self) -> Item:
        # Half a number is no mistake yet: it is looked at with Enter.
        return dpg.add_input_text(
            width=px(FIELD),
            hint="all, or 0-10",
            on_enter=True,
            callback=lambda _, text: self._do("train-frames", frames=text),
        )

    def _row(self, name: str, make: Row) -> Item:
        with within(dpg.group(horizontal=True)):
            dpg.add_text(name, color=theme.DIM)
            item = make()
            dpg.configure_item(item, indent=px(NAMES))
        return item

    def _progress(self) -> None:
        self.bar = dpg.add_progress_bar(width=200, height=px(20))
        self.line = dpg.add_text("", color=theme.DIM)
        if self._fonts.small:
            dpg.bind_item_font(self.line, self._fonts.small)
        with within(dpg.group(horizontal=True, horizontal_spacing=px(10))):
            self.psnr = self._plot("PSNR (dB)", theme.ACCENT)
            self.loss = self._plot("Loss", theme.WARM)
        self.held = dpg.add_line_series([], [], parent=self.psnr[2])
        dpg.bind_item_theme(self.held, theme.line_theme(theme.GOOD))

    def _picture(self) -> None:
        width, height = self.validation.size(self._store.state)
        blank = [0.0] * (width * 2 * height * 4)
        with within(dpg.texture_registry()):
            self._texture = dpg.add_dynamic_texture(width, 2 * height, blank)
        self._told = dpg.add_text("", color=theme.DIM)
        self._image = dpg.add_image(
            self._texture, width=px(width), height=px(2 * height), show=False
        )
        if self._fonts.small:
            dpg.bind_item_font(self._told, self._fonts.small)

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
            x, y = (_axis(which) for which in (dpg.mvXAxis, dpg.mvYAxis))
            series = dpg.add_line_series([], [], parent=y)
        dpg.configure_item(plot, label=label)
        dpg.bind_item_theme(series, theme.line_theme(colour))
        if self._fonts.small:
            dpg.bind_item_font(plot, self._fonts.small)
        return plot, x, y, series

    def fields(self) -> tuple[Item, ...]:
        """Where somebody may type."""
        return (self.steps, self.frames)

    def arrange(self, width: int, height: int) -> None:
        """The curves take what settings and picture leave."""
        room = width - px(SETTINGS) - px(16)
        stacked = room < px(LEAST_CURVE)
        dpg.configure_item(self._halves, horizontal=not stacked)
        if stacked:
            room = width - px(SCROLLS)
        self._fit_settings(room if stacked else px(SETTINGS))
        pictured = room >= px(WITH_PICTURE)
        set_shown(self.pictures, pictured)
        if pictured:
            self._fit_picture(height)
            room -= (dpg.get_item_width(self._image) or 0) + px(16)
        self._narrow = room < px(TWO_CURVES)
        dpg.configure_item(self.bar, width=room)
        set_shown(self.loss[0], not self._narrow)
        for plot, *_ in (self.psnr, self.loss):
            share = room if self._narrow else (room - px(10)) // 2
            high = px(STACKED) if stacked else max(height - px(56), px(40))
            dpg.configure_item(plot, width=share, height=high)

    def _fit_settings(self, room: int) -> None:
        """Fields and buttons no wider than the panel."""
        field, beside = columns(room, NAMES, FIELD)
        dpg.configure_item(self._columns, horizontal=beside)
        fields = (self.preset, self.steps, self.scale)
        for item in (*fields, self.frames, self.protocol, self.device):
            dpg.configure_item(item, width=field)
        for button in self._buttons:
            dpg.configure_item(button, width=min(px(BUTTON), (room - 3 * px(6)) // 4))

    def _fit_picture(self, height: int) -> None:
        """As large as the room is high."""
        width, each = self.validation.size(self._store.state)
        share = min(px(width) / width, max(height - px(28), 40) / (2 * each))
        dpg.configure_item(
            self._image, width=round(share * width), height=round(share * 2 * each)
        )

    def tick(self) -> None:
        """Once a frame: the picture, while somebody looks at it."""
        state = self._store.state
        pictured = dpg.is_item_shown(self.pictures)
        if not (pictured and dpg.is_item_visible(self.start)):
            return
        if self.validation.tick(state) and self.validation.pixels is not None:
            dpg.set_value(self._texture, self.validation.pixels)
            set_shown(self._image, True)
            frame = self.validation.place(state)[1]
            dpg.set_value(self._told, f"Frame {frame}: recorded, learnt")

    def sync(self, old: EditorState | None, new: EditorState) -> None:
        """Show the plan and how far the training is."""
        plan, job = new.train_plan, new.train
        dpg.set_value(self.preset, plan.preset)
        if not dpg.is_item_active(self.steps):
            dpg.set_value(self.steps, plan.steps)
        if not dpg.is_item_active(self.frames):
            dpg.set_value(self.frames, frames_text(plan.frames))
        names = [name for name, scale in SCALES.items() if scale == plan.scale]
        dpg.set_value(self.scale, names[0] if names else f"{plan.scale:g}")
        dpg.set_value(self.protocol, plan.protocol)
        devices = {device: word for word, device in DEVICES.items()}
        dpg.set_value(self.device, devices[plan.device or "any"])
        goes_on = job.goes_on if job.busy else plan.goes_on
        dpg.set_value(self.goes_on, goes_on)
        for item in (self.preset, self.steps, self.scale, self.protocol, self.device):
            dpg.configure_item(item, enabled=not job.busy)
        resting = job.status == "paused"
        dpg.configure_item(self.pause, label="Go on" if resting else "Pause")
        self._usable(self.start, not job.busy)
        self._usable(self.resume, not job.busy and any(r.resumable for r in new.runs))
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
        looks = [[float(step) for step, _ in job.held], [psnr for _, psnr in job.held]]
        dpg.set_value(self.held, looks)
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


def frames_text(span: tuple[int, int] | None) -> str:
    """First and last frame, as a person writes them."""
    return "" if span is None else f"{span[0]}-{span[1]}"


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
        parts.append(f"{last.psnr:.1f} dB")
        if job.held_out is None:
            # Where there is no room for both, its curve tells of the loss.
            parts.append(f"loss {last.loss:.4f}")
    if job.held_out is not None:
        parts.append(f"held out {job.held_out:.1f} dB")
    if job.rays_per_s and job.status == "running":
        parts.append(speed(job.rays_per_s))
    if job.memory_mb and job.busy:
        parts.append(f"{job.memory_mb / 1000:.1f} GB")
    return "   ".join(parts[1:2] if short else parts)
