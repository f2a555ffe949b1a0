"""How fast the window answers a real mouse: `python -m benchmarks.window`.

The editor is opened on a screen of its own (Xvfb), an object is dragged by a mouse that
moves in steps (xdotool), and the frames of the window are compared with the steps. One
JSON object a line on stdout: name, value, unit.

=====================  ==============================================================
box/frames             frames after the one that took in the mouse, until the box is
                       where the mouse wants it: the most of all steps
box/screen             from the mouse's move to the end of the frame with the box there
picture/first          from the frame that moves the box to the one that has its first
                       neural picture, or that of a later step
picture/screen         from the mouse's move until that picture is seen
picture/stride         pixels between the rays of that picture
window/frame           what it takes to draw the window
shapes/first           from the frame that moves the box to the one that has the free
                       view's shapes of it, or of a later step
shapes/screen          from the mouse's move until they are seen
window/processor       processor time of all the editor's threads, by frame
others                 processors that other programs kept busy, as a share of all
=====================  ==============================================================

With `--train` a training runs beside it, as if its button had been pressed.
Where it may (as root on Linux), the editor goes before all other programs.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nsg_core.documents.record import frames_from_text
from nsg_core.scene import PlacedBox, Scene
from nsg_editor.derived.pointer import CLICK_REACH
from nsg_editor.effects.opening import open_path, street_checkpoint
from nsg_editor.geometry import dragging
from tests.ui.screens import Desk, Hand, editor_on

SECONDS_A_STEP = 0.05
PIXELS_A_STEP = 4
Frame = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One move of the mouse while the button is down."""

    at: float
    mouse: tuple[int, int]
    box: tuple[float, float, float]
    """Where the box belongs then."""


@dataclass(frozen=True)
class Answer:
    """What one drag has shown, step by step; see the table above."""

    box_frames: list[int]
    box_screen: list[float]
    picture_first: list[float]
    picture_screen: list[float]
    picture_stride: list[int]
    window_frame: list[float]
    others: float
    shapes_first: list[float]
    shapes_screen: list[float]
    processor: float = 0.0
    """Seconds by frame."""

    def lines(self) -> list[dict[str, object]]:
        """For the screen and for other programs."""
        told: list[tuple[str, float, str]] = [
            ("box/frames", max(self.box_frames), "frames"),
            ("steps", len(self.box_frames), ""),
        ]
        for name, seconds in (
            ("box/screen", self.box_screen),
            ("picture/first", self.picture_first),
            ("picture/screen", self.picture_screen),
            ("window/frame", self.window_frame),
            ("shapes/first", self.shapes_first),
            ("shapes/screen", self.shapes_screen),
        ):
            if not seconds:
                continue
            for part, percent in (("median", 50), ("95 %", 95)):
                ms = 1000 * float(np.percentile(seconds, percent))
                told.append((f"{name}, {part}", round(ms, 1), "ms"))
        stride = statistics.median(self.picture_stride)
        told.append(("picture/stride, median", stride, "pixels"))
        told.append(("window/processor, mean", round(1000 * self.processor, 1), "ms"))
        told.append(("others", round(self.others, 2), "share"))
        return [{"name": n, "value": v, "unit": u} for n, v, u in told]


def drag(desk: Desk, scene: Scene, track: int, moves: int) -> Answer:
    """Drag an object to the right in steps, look, and take it back."""
    desk.ask("select", track=track)
    state = desk.ask("wait-final")
    place, camera = state["viewport"], state["camera"]
    x, y = (round(c) for c in place["boxes"][str(track)])
    recorded = scene.view(camera, state["frame"])
    view = recorded.scaled(place["width"] / recorded.width)
    box = _box(scene, state["frame"], track)
    press = (x - place["x"] - 0.5, y - place["y"] - 0.5)
    held = dragging.Grab("move", view, box, press)
    desk.move(x, y)
    desk.state()
    hand, steps = Hand(desk.display), list[Step]()
    try:
        hand.do("mousedown", 1)
        time.sleep(0.2)
        before = Busy.now(desk)
        for i in range(1, moves + 1):
            mouse = (x + PIXELS_A_STEP * i, y)
            by = dragging.moved_by(held, press[0] + PIXELS_A_STEP * i, press[1])
            assert by is not None
            there = np.add(box.pose.position, by).tolist()
            at = hand.do("mousemove", *mouse)
            steps.append(Step(at, mouse, (there[0], there[1], there[2])))
            time.sleep(SECONDS_A_STEP)
        after = Busy.now(desk)
        time.sleep(0.5)
        hand.do("mouseup", 1)
        desk.until(lambda s: not s["gesture"])
        frames = desk.log()
    finally:
        hand.rest()
    desk.ask("undo")
    dragged = [s for s in steps if s.mouse[0] - x >= CLICK_REACH]
    answer = compare(dragged, frames, after.others_since(before))
    count = sum(steps[0].at < frame["ended"] <= steps[-1].at for frame in frames)
    return replace(answer, processor=after.ours_since(before) / max(count, 1))


def compare(
    steps: Sequence[Step], frames: Sequence[Frame], others: float = 0.0
) -> Answer:
    """Find each step of the mouse in the frames of the window."""
    frames = [f for f in frames if f["ended"] > steps[0].at]
    boxes = [_reached(steps, f["box"]) for f in frames]
    pictures = [_reached(steps, f["picture"]) for f in frames]
    last = steps[-1].at
    took = [f["ended"] - f["began"] for f in frames if f["began"] <= last]
    shapes = [_reached(steps, f.get("shapes")) for f in frames]
    answer = Answer([], [], [], [], [], took, others, [], [])
    for i, step in enumerate(steps):
        drawn, handed = _first(boxes, i), _first(pictures, i)
        seen = [k for k, f in enumerate(frames) if tuple(f["mouse"]) == step.mouse]
        # Where two steps fall into one frame, the window never hears of the first.
        if seen:
            answer.box_frames.append(drawn - seen[0])
        answer.box_screen.append(frames[drawn]["ended"] - step.at)
        answer.picture_first.append(frames[handed]["began"] - frames[drawn]["began"])
        # A texture is on the screen one frame after it was handed over.
        answer.picture_screen.append(frames[handed + 1]["ended"] - step.at)
        answer.picture_stride.append(frames[handed]["stride"])
        if max(shapes) >= i:
            shaded = _first(shapes, i)
            answer.shapes_first.append(frames[shaded]["began"] - frames[drawn]["began"])
            answer.shapes_screen.append(frames[shaded + 1]["ended"] - step.at)
    return answer


def _reached(steps: Sequence[Step], position: list[float] | None) -> int:
    """The last step whose place this is; -1: not even that of the first."""
    if position is None:
        return -1
    near = [i for i, step in enumerate(steps) if _same(step.box, position)]
    return near[-1] if near else -1


def _same(a: Sequence[float], b: Sequence[float]) -> bool:
    return float(np.abs(np.subtract(a, b)).max()) < 1e-6


def _first(reached: Sequence[int], step: int) -> int:
    for k, i in enumerate(reached):
        if i >= step:
            return k
    raise AssertionError(f"step {step} of the mouse was never shown: {reached}")


def _box(scene: Scene, frame: int, track: int) -> PlacedBox:
    return next(box for box in scene.at(frame) if box.track_id == track)


@dataclass(frozen=True)
class Busy:
    """Time of all processors so far, in ticks: at work, in all, for the editor."""

    work: int
    whole: int
    ours: int

    @staticmethod
    def now(desk: Desk) -> "Busy":
        """As Linux counts it; elsewhere nothing is known of other programs."""
        if not Path("/proc/stat").exists():
            return Busy(0, 0, 0)
        line = Path("/proc/stat").read_text().partition("\n")[0]
        numbers = [int(field) for field in line.split()[1:]]
        own = Path(f"/proc/{desk.process.pid}/stat").read_text().rpartition(")")[2]
        ours = sum(int(field) for field in own.split()[11:13])
        return Busy(sum(numbers) - numbers[3] - numbers[4], sum(numbers), ours)

    def others_since(self, before: "Busy") -> float:
        """The share of all processors that other programs had."""
        others = (self.work - self.ours) - (before.work - before.ours)
        return others / max(self.whole - before.whole, 1)

    def ours_since(self, before: "Busy") -> float:
        """Seconds of processor that the editor has used."""
        return (self.ours - before.ours) / os.sysconf("SC_CLK_TCK")


@contextmanager
def opened(folder: Path, options: argparse.Namespace) -> Iterator[tuple[Desk, Scene]]:
    """The editor on the drive that was asked for."""
    data, weights = options.data, options.checkpoint or street_checkpoint()
    assert weights is not None, "the checkout has no weights of the street"
    if data is None:
        data = folder / "street"
        command = [sys.executable, "-m", "nsg_core.cli", "demo", str(data)]
        subprocess.run([*command, "--frames", "3"], check=True)
    named = ["--sequence", options.sequence] if options.sequence else []
    named += ["--frames", options.frames] if options.frames else []
    span = frames_from_text(options.frames) if options.frames else None
    scene = open_path(data, options.sequence, span).scene
    arguments = [str(data.resolve()), *named, "--checkpoint", str(weights.resolve())]
    with editor_on(folder, *arguments, size=options.size, first=True) as desk:
        yield desk, scene


def add_drive(parser: argparse.ArgumentParser) -> None:
    """What is opened, and what is dragged in it."""
    parser.add_argument("--data", type=Path, help="a data set; else a short street")
    parser.add_argument("--sequence", help="of the data set; else its first")
    parser.add_argument("--frames", help="A-B")
    parser.add_argument("--checkpoint", type=Path, help="else the street's weights")
    parser.add_argument("--track", type=int, default=0, help="what is dragged")
    parser.add_argument("--size", default="1600x900", help="of the window")


def main(argv: Sequence[str] | None = None) -> None:
    """Drag, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_drive(parser)
    parser.add_argument("--moves", type=int, default=40)
    parser.add_argument("--train", action="store_true", help="beside the dragging")
    options = parser.parse_args(argv)
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder), options) as (desk, scene),
    ):
        if options.train:
            desk.ask("train", steps=1_000_000, wait=False)
            desk.until(lambda s: (s["train"]["step"] or 0) > 0, 180)
        answer = drag(desk, scene, options.track, options.moves)
    for line in answer.lines():
        print(json.dumps(line))


if __name__ == "__main__":
    main()
