"""Whether the window stays quick and small: `python -m benchmarks.soak --minutes 10`.

The editor is opened on a screen of its own (Xvfb) and an object is dragged to and fro
without a pause by a real mouse (xdotool), each drag a step of the history; with
`--train` a training runs beside it for as long. One JSON object a line on stdout.

===================  ================================================================
window/frame         what it takes to draw the window, median and 95 %
drags                gestures that were made
memory/start         resident memory of the editor after the first drags
memory/end           the same at the end
memory/growth        slope of a line through what was measured each few seconds
memory/growth, late  the same for the second half, when all that is kept is full
others               processors that other programs kept busy, as a share of all
===================  ================================================================
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.window import Busy, add_drive, opened
from tests.ui.screens import Desk, Hand

REACH = 60
"""Pixels to both sides."""
STEPS = 20
SECONDS_A_STEP = 0.05
WARM = 3
"""Drags until memory is looked at: pictures and history are there then."""
MEGABYTE = 1024


@dataclass(frozen=True)
class Soak:
    """What was seen, drag by drag."""

    frames: list[float]
    """Seconds that each frame of the window took."""
    at: list[float]
    memory: list[float]
    """MB at those seconds."""
    others: float = 0.0

    def lines(self) -> list[dict[str, object]]:
        """For the screen and for other programs."""
        median, high = (float(np.percentile(self.frames, p)) for p in (50, 95))
        half = len(self.at) // 2
        told = [
            ("window/frame, median", round(1000 * median, 1), "ms"),
            ("window/frame, 95 %", round(1000 * high, 1), "ms"),
            ("drags", len(self.at), ""),
            ("memory/start", round(self.memory[0]), "MB"),
            ("memory/end", round(self.memory[-1]), "MB"),
            ("memory/growth", self._growth(0), "MB/minute"),
            ("memory/growth, late", self._growth(half), "MB/minute"),
            ("others", round(self.others, 2), "share"),
        ]
        return [{"name": n, "value": v, "unit": u} for n, v, u in told]

    def _growth(self, start: int) -> float:
        minutes, memory = np.array(self.at[start:]) / 60, self.memory[start:]
        slope = np.polyfit(minutes, memory, 1)[0] if len(memory) > 1 else 0.0
        return round(float(slope), 2)


def soak(desk: Desk, track: int, seconds: float) -> Soak:
    """Drag an object to and fro for so long."""
    desk.ask("select", track=track)
    state = desk.ask("wait-final")
    x, y = (round(c) for c in state["viewport"]["boxes"][str(track)])
    desk.move(x, y)
    desk.state()
    hand, side = Hand(desk.display), 1
    try:
        for _ in range(WARM):
            side = _to_and_fro(hand, x, y, side)
        seen = Soak([], [], [])
        before, began = Busy.now(desk), time.monotonic()
        looked = began
        while len(seen.at) < 2 or looked - began < seconds:
            side = _to_and_fro(hand, x, y, side)
            for frame in desk.log():
                if frame["began"] > looked:
                    seen.frames.append(frame["ended"] - frame["began"])
            looked = time.monotonic()
            seen.at.append(looked - began)
            seen.memory.append(resident(desk.process.pid))
        return replace(seen, others=Busy.now(desk).others_since(before))
    finally:
        hand.rest()


def _to_and_fro(hand: Hand, x: int, y: int, side: int) -> int:
    """One drag that ends a pixel beside where it began; the side of the next."""
    hand.do("mousedown", 1)
    for i in range(1, STEPS + 1):
        away = REACH * np.sin(np.pi * i / STEPS)
        hand.do("mousemove", x + side * round(away), y)
        time.sleep(SECONDS_A_STEP)
    hand.do("mousemove", x + side, y)
    time.sleep(SECONDS_A_STEP)
    hand.do("mouseup", 1)
    time.sleep(2 * SECONDS_A_STEP)
    hand.do("mousemove", x, y)
    time.sleep(2 * SECONDS_A_STEP)
    return -side


def resident(process: int) -> float:
    """What a process holds now, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(x.split()[1]) / MEGABYTE for x in lines if x.startswith("VmRSS"))


def main(argv: Sequence[str] | None = None) -> None:
    """Soak, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_drive(parser)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--train", action="store_true", help="beside the dragging")
    options = parser.parse_args(argv)
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder), options) as (desk, _),
    ):
        if options.train:
            desk.ask("train", steps=1_000_000, wait=False)
        seen = soak(desk, options.track, 60 * options.minutes)
    for line in seen.lines():
        sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
