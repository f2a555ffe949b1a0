"""The command ``nsg-editor``: from arguments to a window."""

import contextlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro
from tyro.conf import Positional, arg

from nsg_core.cli import one_line
from nsg_core.errors import NsgError

if TYPE_CHECKING:
    from nsg_core.drawing.frame import Picture
    from nsg_core.drawing.painter import Painter
    from nsg_core.model import Model
    from nsg_core.request import RenderRequest
    from nsg_core.scene import Scene
    from nsg_editor.pictures.lanes import LaneName
    from nsg_editor.pictures.worker import Render
    from nsg_editor.state import Target
    from nsg_editor.ui.run import LoadFor
    from nsg_editor.ui.window import Window

DONE, MEND, INTERRUPTED = 0, 2, 130


@dataclass(frozen=True)
class Arguments:
    """Open a recorded drive, train it, move its cars and see the street re-rendered."""

    path: Annotated[Path | None, Positional, arg(metavar="PATH")] = None
    """A project (.nsgproj) or the folder of a data set; none: the built-in street."""
    sequence: Annotated[str | None, arg(metavar="S")] = None
    """Which sequence of a data set; the first if left out."""
    frames: Annotated[str | None, arg(metavar="A-B")] = None
    """First and last frame, inclusive; all if left out."""
    data: Annotated[Path | None, arg(metavar="FOLDER")] = None
    """Where a project's data set is now, if it was moved."""
    checkpoint: Annotated[Path | None, arg(metavar="C")] = None
    """Weights to draw with; the newest ones trained here if left out."""
    device: Annotated[Literal["cpu", "cuda"] | None, arg(metavar="{cpu,cuda}")] = None
    """Where to compute; CUDA if there is one."""
    play: Annotated[Path | None, arg(metavar="FILE")] = None
    """Carry out a JSON list of named actions."""
    control: Annotated[Path | None, arg(metavar="SOCKET")] = None
    """Take such actions one by one from a Unix socket, for scripts and tests."""
    size: Annotated[str, arg(metavar="WxH")] = "1600x900"
    """Of the window."""


def main(argv: Sequence[str] | None = None, load: "LoadFor | None" = None) -> int:
    """Run the editor; the exit code. Tests give their own way to `load` weights."""
    try:
        return _run(parse(sys.argv[1:] if argv is None else argv), load)
    except NsgError as error:
        sys.stderr.write(f"error: {error}\n")
        return MEND
    except KeyboardInterrupt:
        return INTERRUPTED


def program(argv: Sequence[str] | None = None, load: "LoadFor | None" = None) -> None:
    """The command itself: `main`, and the end of the process."""
    code = main(argv, load)
    if any(t.daemon and t.is_alive() for t in threading.enumerate()):
        # A thread that loads weights or compiles kernels cannot be ended, and Python
        # aborts when it takes itself apart around one.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def parse(argv: Sequence[str]) -> Arguments:
    """The arguments; NsgError in one line where they are wrong."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return tyro.cli(Arguments, prog="nsg-editor", args=list(argv))
    except SystemExit as end:
        if end.code in (0, None):
            raise
        raise NsgError(one_line(said.getvalue())) from None


def _run(arguments: Arguments, load: "LoadFor | None") -> int:
    # What can be wrong with the arguments is said before a window opens.
    from nsg_core.documents.record import frames_from_text
    from nsg_editor.console.play import read_play
    from nsg_editor.effects.display import check_display, fitted, screen_size
    from nsg_editor.effects.opening import open_path, open_street, street_is_there

    play = None if arguments.play is None else tuple(read_play(arguments.play))
    frames = None if arguments.frames is None else frames_from_text(arguments.frames)
    size = window_size(arguments.size)
    state = None
    if arguments.path is not None:
        named = (arguments.sequence, frames, arguments.checkpoint, arguments.data)
        state = open_path(arguments.path, *named)
    elif street_is_there():
        state = open_street(arguments.checkpoint)
    check_display()
    # Without a window manager nobody else makes it smaller.
    size = fitted(size, screen_size())
    from nsg_editor.effects.leaving import signals_ask
    from nsg_editor.ui.run import Setting, run
    from nsg_editor.ui.window import Window
    from nsg_editor.values.settings import load_settings

    window = Window(size, load_settings())
    setting = Setting(
        load or model_loader(arguments.device),
        render_request,
        arguments.device,
        play,
        arguments.control,
        size,
        RENDERS,
    )
    then = None
    try:
        with signals_ask(window.interrupt):
            if state is None and _prepare_street(window):
                state = open_street(arguments.checkpoint)
            if state is not None:
                then = run(window, state, setting)
    finally:
        window.close()
    if window.interrupted:
        return INTERRUPTED
    return DONE if then is None else start_again(arguments, then)


def start_again(arguments: Arguments, target: "Target") -> int:
    """The editor on something else, in a process of its own: one has one window."""
    program = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1]
    if not program or program[0] == "-c":
        program = ["-m", "nsg_editor.app"]
    command = [sys.executable, *program, *again(arguments, target)]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execv(sys.executable, command)
    return subprocess.call(command)


def again(arguments: Arguments, target: "Target") -> list[str]:
    """The same arguments for another drive."""
    words = [str(target.path), "--size", arguments.size]
    if target.sequence is not None:
        words += ["--sequence", target.sequence]
    if target.frames is not None:
        words += ["--frames", f"{target.frames[0]}-{target.frames[1]}"]
    if target.data is not None:
        words += ["--data", str(target.data)]
    if arguments.device is not None:
        words += ["--device", arguments.device]
    if arguments.control is not None:
        words += ["--control", str(arguments.control)]
    return words


def _prepare_street(window: "Window") -> bool:
    from nsg_editor.effects.commands import demo_command
    from nsg_editor.effects.opening import street_folder
    from nsg_editor.ui.preparing import prepare

    return prepare(window, street_folder(), demo_command)


def model_loader(device: str | None) -> "LoadFor":
    """How the worker reads a checkpoint: heavy imports happen in its thread."""

    def load(path: Path, recording: "Scene") -> "tuple[Model, int]":
        from nsg_core.checkpoint import load_checkpoint
        from nsg_core.commands.options import choose_device
        from nsg_core.drawing.ensemble import with_guests

        checkpoint = load_checkpoint(path, choose_device(device))
        misfit = checkpoint.misfit(recording)
        if misfit:
            raise NsgError(misfit)

        def load_guest(path: Path) -> "Model":
            return load_checkpoint(path, checkpoint.model.device).model

        return with_guests(checkpoint.model, load_guest), checkpoint.step

    return load


def render_request(
    model: "Model", request: "RenderRequest"
) -> "Iterator[Picture | None]":
    """The renderer that exports use too, with a memory of what it has drawn."""
    return _painter()(model, request)


def render_beside(
    model: "Model", request: "RenderRequest"
) -> "Iterator[Picture | None]":
    """For a view beside the main one, with a memory of its own."""
    return _painter("side")(model, request)


def render_before(
    model: "Model", request: "RenderRequest"
) -> "Iterator[Picture | None]":
    """For what the main view showed before the edits."""
    return _painter("before")(model, request)


def render_portrait(
    model: "Model", request: "RenderRequest"
) -> "Iterator[Picture | None]":
    """For a small picture that is kept elsewhere: at once as fine as it will be."""
    from nsg_core.drawing.frame import render_frame

    return render_frame(model, request, first_stride=1, samples=4)


def render_second(
    model: "Model", request: "RenderRequest"
) -> "Iterator[Picture | None]":
    """For another variant beside the one that is edited."""
    return _painter("second")(model, request)


def render_third(
    model: "Model", request: "RenderRequest"
) -> "Iterator[Picture | None]":
    """For one more."""
    return _painter("third")(model, request)


@cache
def _painter(name: str = "main") -> "Painter":
    # Imported in the worker's thread, where it keeps nobody waiting.
    from nsg_core.drawing.painter import Painter

    # Who looks beside looks less closely.
    return Painter() if name == "main" else Painter(smooth=2)


RENDERS: "dict[LaneName, Render]" = {
    "side": render_beside,
    "before": render_before,
    "second": render_second,
    "third": render_third,
    "cast": render_portrait,
}
"""How all but the main view are drawn."""


def window_size(text: str) -> tuple[int, int]:
    """The value of ``--size``."""
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise NsgError(f"--size must be WxH, for example 1600x900; found {text!r}.")
    return int(width), int(height)


if __name__ == "__main__":
    program()
