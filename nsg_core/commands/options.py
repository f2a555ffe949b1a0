"""Options that several commands share."""

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import Positional, arg

from nsg_core.documents.guests import MARK
from nsg_core.documents.record import frames_from_text
from nsg_core.errors import FileError, NsgError
from nsg_core.progress import Style

if TYPE_CHECKING:
    import torch

    from nsg_core.scene import Scene

Data = Annotated[Path, Positional, arg(metavar="DATA")]
"""The folder of a data set."""
Folder = Annotated[Path, arg(aliases=("-o",), metavar="DIR")]
"""Where the command writes."""
FrameRange = Annotated[str | None, arg(metavar="A-B")]
"""First and last frame, inclusive."""
Name = Annotated[str | None, arg(metavar="S")]
"""The name of a sequence."""
Device = Annotated[Literal["cpu", "cuda"] | None, arg(metavar="{cpu,cuda}")]
"""Where to compute; CUDA if there is one."""
ProgressStyle = Annotated[Style, arg(name="progress")]
"""How progress is told."""


def parse_frames(text: str | None) -> tuple[int, int] | None:
    """The value of ``--frames``."""
    return None if text is None else frames_from_text(text)


def parse_names(text: str, known: tuple[str, ...], option: str) -> tuple[str, ...]:
    """The value of an option that lists names, for example ``rgb,depth``."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in known:
            raise NsgError(
                f"{option} takes {', '.join(known)} (several with commas between); "
                f"found {name!r}."
            )
    return names


def parse_size(text: str) -> tuple[int, int]:
    """The value of ``--size``: width x height."""
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise NsgError(f"--size must be WxH, for example 1242x375; found {text!r}.")
    size = int(width), int(height)
    if not all(16 <= edge <= 8192 for edge in size):
        raise NsgError(f"--size must be from 16x16 to 8192x8192; found {text!r}.")
    return size


def parse_share(text: str) -> tuple[int, int]:
    """The value of ``--shard``: I/N."""
    part, slash, parts = text.partition("/")
    if slash and part.isdecimal() and parts.isdecimal():
        share = int(part), int(parts)
        if 1 <= share[0] <= share[1]:
            return share
    raise NsgError(
        f"--shard must be I/N with I from 1 to N, as in 2/3; found {text!r}."
    )


def check_quality(scale: float, samples: int) -> None:
    """Refuse values of ``--scale`` and ``--samples`` that make no picture."""
    if not 0.001 <= scale <= 16:
        raise NsgError(f"--scale must be from 0.001 to 16; found {scale}.")
    if not 1 <= samples <= 4096:
        raise NsgError(f"--samples must be from 1 to 4096; found {samples}.")


def check_fits(misfit: str) -> None:
    """Refuse weights of another drive; `misfit` says why they are, or is empty."""
    if misfit:
        raise NsgError(misfit)


def warn_of_missing(scene: "Scene", keys: frozenset[str]) -> None:
    """Say which objects the weights cannot draw."""
    unknown = [
        node.label
        for node in scene.objects
        if node.model not in keys and MARK not in node.model
    ]
    if unknown:
        names = ", ".join(unknown)
        sys.stderr.write(f"warning: not drawn, for lack of trained weights: {names}.\n")


def choose_device(name: str | None) -> "torch.device":
    """The device that was asked for, or the fastest one that works.

    A GPU that cannot be used is no reason to stop: the CPU does the same, only slower.
    One line says so where a GPU was asked for or is there.
    """
    import torch

    from nsg_core.threads import leave_cores_to_kernels

    if name != "cpu":
        reason, expected = _cuda_trouble()
        if not reason:
            return torch.device("cuda")
        if expected or name == "cuda":
            sys.stderr.write(f"warning: computing on the CPU, for {reason}.\n")
    leave_cores_to_kernels()
    return torch.device("cpu")


def _cuda_trouble() -> tuple[str, bool]:
    """Why CUDA cannot be used (empty: it can be), and whether there is a GPU at all."""
    import torch

    if torch.version.cuda is None:
        return "this build of torch knows no CUDA", False
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        if not torch.cuda.is_available():
            # For example an old driver; where there is none, torch says nothing.
            about = [first_line(warning.message) for warning in said]
            return (about or ["no NVIDIA GPU or driver was found"])[0], bool(about)
        try:
            # Is there a kernel for this GPU, and memory?
            (torch.ones(1024, device="cuda") + 1).sum().item()
        except RuntimeError as error:
            return f"the GPU refuses work: {first_line(error)}", True
    return "", True


def first_line(error: object) -> str:
    """What is said first, without the full stop."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__


def check_file(path: Path, what: str) -> Path:
    """A path that must be an existing file."""
    if path.is_file():
        return path
    raise FileError(path, what, "a folder" if path.is_dir() else "no such file")
