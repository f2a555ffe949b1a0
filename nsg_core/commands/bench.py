"""``nsg bench``: how fast it is on this machine."""

import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from nsg_core.commands.options import (
    Device,
    FrameRange,
    Name,
    check_file,
    choose_device,
    parse_frames,
)
from nsg_core.errors import NsgError

if TYPE_CHECKING:
    import torch

    from nsg_core.benchmarks.measures import Result
    from nsg_core.benchmarks.subjects import Subject


@dataclass(frozen=True)
class Bench:
    """Measure how fast rendering, training and editing are on this machine.

    A street with random weights stands in for a drive, or a real one is measured with
    --data and --checkpoint. One line a result; --json FILE also says on what machine.
    """

    names: Annotated[tuple[str, ...], Positional, arg(metavar="[NAME ...]")] = ()
    """Which benchmarks, for example render/fast; all if left out."""
    json: Annotated[Path | None, arg(metavar="FILE")] = None
    """Where to write the results and the machine; - for stdout."""
    data: Annotated[Path | None, arg(metavar="DATA")] = None
    """A recorded drive to measure on."""
    checkpoint: Annotated[Path | None, arg(metavar="CHECKPOINT")] = None
    """Its trained weights."""
    sequence: Name = None
    """Which sequence of the data; the first if left out."""
    frames: FrameRange = None
    """First and last frame, inclusive; all if left out."""
    seconds: float = 3.0
    """About how long each benchmark is repeated."""
    scale: float = 1.0
    """Size of the pictures, as a factor."""
    device: Device = None
    """Where to compute; CUDA if there is one."""

    def run(self) -> None:
        """Measure, and tell."""
        if (self.data is None) != (self.checkpoint is None):
            raise NsgError("--data and --checkpoint go together: give both or neither.")
        if not 0.01 <= self.scale <= 4 or not 0 < self.seconds <= 3600:
            raise NsgError("--scale must be from 0.01 to 4, --seconds up to 3600.")
        # Before the kernels are loaded, which would ask the driver first.
        device = choose_device(self.device)
        from nsg_core.benchmarks.measures import report, run

        results: list[Result] = []
        try:
            with ExitStack() as stack:
                subject = self._subject(stack, device)
                for result in run(self.names, subject, self.seconds):
                    results.append(result)
                    sys.stderr.write(f"{_line(result)}\n")
        finally:
            # Whoever interrupts keeps what was measured.
            if results:
                self._tell(report(results, device))

    def _tell(self, told: dict[str, object]) -> None:
        if self.json is None:
            return
        if str(self.json) == "-":
            sys.stdout.write(f"{json.dumps(told)}\n")
        else:
            from nsg_core.files import write_json

            write_json(self.json, told)

    def _subject(self, stack: ExitStack, device: "torch.device") -> "Subject":
        from nsg_core.benchmarks.subjects import real, scratch, stand_in

        if self.data is None or self.checkpoint is None:
            folder = Path(stack.enter_context(scratch()))
            return stand_in(device, self.scale, folder)
        from nsg_core.datasets.opening import open_sequence

        path = check_file(self.checkpoint, "a checkpoint (.safetensors)")
        drive = open_sequence(self.data, self.sequence, parse_frames(self.frames))
        return real(drive, path, device, self.scale)


def _line(result: "Result") -> str:
    value = f"{result.value:,.0f}" if result.value >= 1000 else f"{result.value:.3g}"
    return f"{result.name:<22}{value:>14} {result.unit:<10} {result.detail}"
