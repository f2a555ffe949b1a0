"""The first start: the built-in street is made, with a bar to see how far it is."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import dearpygui.dearpygui as dpg

from nsg_core.errors import NsgError
from nsg_editor.effects.jobs import Child, advance
from nsg_editor.state import Job
from nsg_editor.ui import theme
from nsg_editor.ui.containers import within
from nsg_editor.ui.panels.train_panel import bar_text
from nsg_editor.ui.window import Window

REST_S = 0.08
Command = Callable[[Path], tuple[str, ...]]


def prepare(window: Window, folder: Path, command: Command) -> bool:
    """Make a folder by a child process; False if the window was closed meanwhile.

    The child writes beside it, and only a finished folder gets the name: whoever finds
    the folder finds all of it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".street-", dir=folder.parent))
    street = scratch / folder.name
    child = Child(command(street))
    try:
        if not _watch(window, child):
            return False
        if not folder.exists():
            street.rename(folder)
        return True
    finally:
        child.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _watch(window: Window, child: Child) -> bool:
    with within(dpg.group(parent=window.root)) as screen:
        title = dpg.add_text("Building the street ...")
        dpg.add_text(
            "This happens once: a small town with cars, rendered as a recorded drive.",
            color=theme.DIM,
        )
        bar = dpg.add_progress_bar(width=420, height=22)
    if window.fonts.strong:
        dpg.bind_item_font(title, window.fonts.strong)
    job = Job("starting")
    try:
        while window.open:
            job = advance(child, job).job
            if not job.busy:
                break
            width, height = window.size()
            dpg.configure_item(screen, pos=(width // 2 - 210, height // 2 - 60))
            dpg.set_value(bar, job.step / job.total if job.total else 0.0)
            dpg.configure_item(bar, overlay=bar_text(job))
            window.draw(_raise)
            # The child needs the processor more than the bar does.
            time.sleep(REST_S)
    finally:
        dpg.delete_item(screen)
    if job.status == "failed":
        raise NsgError(f"could not build the street: {job.message}")
    return job.status == "done"


def _raise(error: Exception) -> None:
    raise error
