"""The window and its loop: the only thread that calls Dear PyGui.

One window a process, made once: Dear PyGui 2.3 crashes when a second one is opened.
Callbacks are taken from its queue and called here, so that they run in this thread and
their errors are caught one by one.
"""

import inspect
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dearpygui.dearpygui as dpg
import numpy as np
from PIL import Image

from nsg_core.errors import NsgError
from nsg_core.files import whole_file
from nsg_editor.effects.dispatch import Effects
from nsg_editor.pictures.manners import Manners, Wait
from nsg_editor.state import EditorState, Job, ModelInfo
from nsg_editor.store import Store
from nsg_editor.ui import theme
from nsg_editor.ui.ahead import corner
from nsg_editor.ui.bell import Bell
from nsg_editor.ui.containers import within
from nsg_editor.ui.flight import fly
from nsg_editor.ui.frame_log import FrameLog
from nsg_editor.ui.furniture import Panels
from nsg_editor.ui.theme import Fonts
from nsg_editor.ui.views.texture import PictureTexture
from nsg_editor.values.settings import Settings

BUSY_S, CALM_S, REST_S = 1 / 60, 1 / 25, 1 / 12
"""Time from one frame to the next: while hands are at work, just after, and later; a
new picture is shown at once.

Without a graphics card each frame costs some 40 ms of processor, which a training in
the background, and all else on the machine, can make better use of."""
DRAWING_S, SHARE = 1 / 30, 0.6
"""The same while hands are at work and their first picture is drawn, which shall have
the processor in between: at most this share of a frame's time, however long that was.
One more frame before the picture is there would make it two frames late."""
LEAST_REST_S = 0.0005
"""Other threads want the interpreter now and then."""
STAY_WATCHED_S = 0.1
"""Instead of `STAY_BUSY_S`, where the mouse is looked at."""
STAY_BUSY_S, STAY_CALM_S = 0.5, 4.0
PLAY_S = 0.1
"""KITTI records ten frames a second."""
LEAST = (1100, 640)
"""Pixels of a window that all panels have room in."""
BUTTONS = (dpg.mvMouseButton_Left, dpg.mvMouseButton_Right, dpg.mvMouseButton_Middle)
CACHED_FRAMES = 3
"""Frames until a changed texture is on the screen, and one to be sure."""


class Window:
    """A window with the panels of one store, and what runs beside it."""

    def __init__(
        self,
        size: tuple[int, int],
        settings: Settings | None = None,
        title: str = "nsg-editor",
    ) -> None:
        self.settings = settings or Settings()
        theme.use_scale(self.settings.scale)
        theme.use_colours(self.settings.theme)
        dpg.create_context()
        dpg.configure_app(manual_callback_management=True)
        dpg.create_viewport(
            title=title,
            width=size[0],
            height=size[1],
            x_pos=0,
            y_pos=0,
            min_width=min(LEAST[0], size[0]),
            min_height=min(LEAST[1], size[1]),
            vsync=False,
            disable_close=True,
            clear_color=theme.PANEL,
        )
        dpg.setup_dearpygui()
        self.fonts: Fonts = theme.load_fonts()
        dpg.bind_theme(theme.global_theme())
        with within(dpg.window(no_title_bar=True, no_scrollbar=True)) as self.root:
            pass
        dpg.bind_item_theme(self.root, theme.bare_theme(theme.NOTHING))
        dpg.set_primary_window(self.root, True)
        # Only now, or it is forgotten. Panels lie on the bare window, which has their
        # colour: to paint over it costs half of a frame without a graphics card.
        dpg.configure_item(self.root, no_background=True)
        dpg.show_viewport()
        self.closed, self.interrupted = False, False
        """A signal asked for the end."""
        self.on_close: Callable[[], object] = self._close
        """What its own button does."""
        dpg.set_exit_callback(self._close_pressed)
        self._shot: Path | None = None
        self._shot_problem: NsgError | None = None
        self._shot_in = 0
        self._size = (0, 0)

    def size(self) -> tuple[int, int]:
        """Pixels within the window."""
        return dpg.get_viewport_client_width(), dpg.get_viewport_client_height()

    @property
    def open(self) -> bool:
        """Nobody has closed it, or asked for its end."""
        return dpg.is_dearpygui_running() and not (self.interrupted or self.closed)

    def _close_pressed(self) -> None:
        self.on_close()

    def _close(self) -> None:
        self.closed = True

    def interrupt(self) -> None:
        """Close it soon, as its own button does."""
        self.interrupted = True

    def draw(self, failed: Callable[[Exception], None]) -> None:
        """One frame, then the callbacks that it caused."""
        dpg.render_dearpygui_frame()
        for job in dpg.get_callback_queue() or ():
            try:
                call(job)
            except Exception as error:
                failed(error)
        self._take_shot()

    def screenshot(self, path: Path) -> None:
        """Write the window to a PNG once all that changed is on the screen."""
        self._shot, self._shot_problem = path, None
        self._shot_in = CACHED_FRAMES

    def screenshot_done(self) -> bool:
        """The last one is written; raises NsgError where that failed."""
        if self._shot_problem is not None:
            problem, self._shot_problem = self._shot_problem, None
            raise problem
        return self._shot is None

    def _take_shot(self) -> None:
        if self._shot is None or self._shot_in < 0:
            return
        self._shot_in -= 1
        if self._shot_in == 0:
            dpg.output_frame_buffer(callback=self._write_shot)
            self._shot_in = -1

    def _write_shot(self, sender: int | str, buffer: Any) -> None:
        path, self._shot = self._shot, None
        assert path is not None
        shape = (buffer.get_height(), buffer.get_width(), 4)
        pixels = np.frombuffer(buffer, np.float32).reshape(shape)[..., :3]
        image = Image.fromarray((pixels * 255 + 0.5).astype(np.uint8))
        try:
            with whole_file(path) as temporary:
                image.save(temporary, format="png")
        except NsgError as error:
            self._shot_problem = error

    def close(self) -> None:
        """Give everything back."""
        dpg.destroy_context()


def call(job: Any) -> None:
    """A callback with as many of its arguments as it takes."""
    function, *arguments = job
    if function is None:
        return
    takes = len(inspect.signature(function).parameters)
    function(*arguments[:takes])


class Editor:
    """The loop that joins window, panels and effects."""

    def __init__(self, window: Window, store: Store, panels: Panels) -> None:
        self.window, self.store, self.panels = window, store, panels
        self.effects: Effects | None = None
        self.each_frame: list[Callable[[], None]] = []
        """What else wants to be called once a frame, as a play."""
        window.on_close = lambda: store.attempt("close")
        self._size = (0, 0)
        self._busy_at = time.monotonic()
        self._mouse: tuple[float, ...] = ()
        self._before = store.state
        self._frames = 0
        self._next_frame_at = 0.0
        self._last = time.monotonic()
        self.log = FrameLog()
        self.bell = Bell()
        self._manners = Manners()
        self._picture, self._shapes = Wait(), Wait()

    def run(self) -> None:
        """Until the window is closed or the state says so."""
        while self.window.open and not self.store.state.quitting:
            self.frame()

    def frame(self) -> None:
        """One turn: input, state, panels, screen; then rest for what is left of it."""
        began = time.monotonic()
        self.bell.hush()
        elapsed, self._last = began - self._last, began
        busy = self._guarded(lambda: self._turn(elapsed)) or self._hands()
        self.panels.views.ahead.before_frame()
        self.window.draw(self.failed)
        x, y = dpg.get_mouse_pos(local=False)
        self.panels.views.ahead.after_frame((x, y), corner())
        shown = None if self.effects is None else self.effects.shown
        self.log.add(began, self.store.state, shown, self.panels.views.free.shaded)
        took = time.monotonic() - began
        if busy:
            self._busy_at = began
        waits = self.effects is not None and self.effects.awaits
        self._mind(began, waits, shown)
        watched = self.panels.views.ahead.knows
        rest = pace(began - self._busy_at, waits, watched) - took
        rest = max(rest, SHARE * took if waits else LEAST_REST_S)
        self.bell.rest(rest, waits, lambda: self.panels.views.ahead.moved(self._size))

    def _mind(self, now: float, waits: bool, shown: object) -> None:
        free = self.panels.views.free
        waited = max(
            self._picture.waited(now, waits, shown),
            self._shapes.waited(now, free.proxy.waits, free.shaded),
        )
        self._manners.turn(now, now - self._busy_at < STAY_WATCHED_S, waited)

    def _hands(self) -> bool:
        """The mouse has moved, or a button; keys show in what they do."""
        before = self._mouse
        buttons = map(dpg.is_mouse_button_down, BUTTONS)
        self._mouse = (*dpg.get_mouse_pos(local=False), *buttons)
        return before != self._mouse

    def _turn(self, elapsed: float) -> bool:
        size = self.window.size()
        # Text can be measured only once a frame with the font was drawn.
        self._frames += 1
        changed = size != self._size or self._frames == 3
        if changed:
            self._size = size
            self.panels.arrange(*size)
        if self.effects is not None:
            self.effects.tick()
        self._play(elapsed)
        if self.panels.viewport.pointer.flying and fly(self.store.attempt, elapsed):
            changed = True
        for extra in self.each_frame:
            extra()
        changed |= self.panels.tick()
        state, before = self.store.state, self._before
        self._before = state
        if state.train.busy or state.export.busy:
            changed = beside_reports(state) != beside_reports(before)
        return changed or state.playing or self.panels.typing()

    def _play(self, elapsed: float) -> None:
        state = self.store.state
        now = time.monotonic()
        if not state.playing:
            self._next_frame_at = now + PLAY_S
        # A frame stays until there is something to see of it.
        elif now >= self._next_frame_at and self.panels.viewport.ready(state):
            self._next_frame_at = max(self._next_frame_at + PLAY_S, now)
            self.store.attempt("advance")

    def _guarded(self, turn: Callable[[], bool]) -> bool:
        try:
            return turn()
        except NsgError:
            # A play that fails says so to whoever started it.
            raise
        except Exception as error:
            self.failed(error)
            return True

    def failed(self, error: Exception) -> None:
        """A bug is shown and printed; the editor goes on."""
        text = "".join(traceback.format_exception(error))
        print(text, file=sys.stderr)
        self.store.dispatch(
            "complain", title="Something went wrong in the editor", text=text[-3000:]
        )


def pace(still: float, waits: bool = False, watched: bool = False) -> float:
    """Seconds from one frame to the next, where nothing happened for that long.

    `waits`: a first picture is being drawn; `watched`: the mouse wakes the window.
    """
    if still < (STAY_BUSY_S if not watched else STAY_WATCHED_S):
        return DRAWING_S if waits else BUSY_S
    return CALM_S if still < STAY_CALM_S else REST_S


def beside_reports(state: EditorState) -> EditorState:
    """The state without what jobs and the worker report: no reason to hurry."""
    return replace(
        state, train=Job(), export=Job(), model=ModelInfo(), picture=None, notice=""
    )


def picture_size(widths: list[int], heights: list[int]) -> tuple[int, int]:
    """Largest picture ever shown: the free view may be higher than a camera's."""
    width = min(max(widths), 1920)
    return width, min(max(*heights, width // 2), 1200)


def make_texture(store: Store) -> PictureTexture:
    """The texture for the pictures of a drive."""
    cameras = store.state.drive.recording.cameras
    size = picture_size([c.width for c in cameras], [c.height for c in cameras])
    # Most of the time a camera's picture is shown, in a part of the window.
    wide, high = max(c.width for c in cameras), max(c.height for c in cameras)
    smaller = [(wide * share // 6, high * share // 6) for share in (4, 5, 6)]
    fitting = [s for s in smaller if s[0] <= size[0] and s[1] <= size[1]]
    return PictureTexture(*size, *fitting)
