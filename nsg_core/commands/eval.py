"""``nsg eval``: how near a trained drive comes to its recording."""

import json
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from nsg_core.commands.drives import open_drive
from nsg_core.commands.options import (
    Device,
    FrameRange,
    Name,
    ProgressStyle,
    check_file,
    check_quality,
    choose_device,
    parse_frames,
)
from nsg_core.errors import NsgError
from nsg_core.progress import Report, reporting

if TYPE_CHECKING:
    from nsg_core.checkpoint import Checkpoint
    from nsg_core.evaluate import Judges, Scores
    from nsg_core.sequence import Sequence

FORMAT = "nsg-eval/1"
UNITS = {"psnr": "dB", "box_psnr": "dB", "tof": "px"}
NEIGHBOURS = ("tlp", "tof")
"""What needs two pictures in a row."""


@dataclass(frozen=True)
class Eval:
    """Compare rendered pictures with recorded ones that the model has never seen.

    PSNR, SSIM, LPIPS (alex and vgg), PSNR inside the objects' boxes, tLP and tOF, as
    means over pictures: of each camera and of all.
    """

    checkpoint: Annotated[Path, Positional, arg(metavar="CHECKPOINT")]
    """Trained weights (.safetensors)."""
    data: Annotated[Path | None, arg(metavar="DATA")] = None
    """The data set that was trained on; left out: where it was then."""
    sequence: Name = None
    """Which sequence; the one that was trained on if left out."""
    frames: FrameRange = None
    """First and last frame, inclusive; those of the training if left out."""
    protocol: Annotated[str | None, arg(metavar="P")] = None
    """Which frames are held out, for example suds-75; as trained if left out."""
    scale: Annotated[float | None, arg(metavar="F")] = None
    """Size of the pictures, as a factor; as trained if left out."""
    json: bool = False
    """Print JSON (nsg-eval/1) on stdout."""
    download: bool = False
    """Fetch the networks of LPIPS (233 and 528 MB) if they are not there."""
    device: Device = None
    """Where to compute; CUDA if there is one."""
    progress: ProgressStyle = "bar"
    """How progress is told: a bar on stderr, or JSON lines on stdout."""

    def run(self) -> None:
        """Render, compare, tell."""
        with reporting(self.progress, "Evaluate") as report:
            wanted = parse_frames(self.frames)
            check_quality(self.scale or 1.0, 1)
            path = check_file(self.checkpoint, "a checkpoint (.safetensors)")
            device = choose_device(self.device)
            from nsg_core.checkpoint import load_checkpoint

            checkpoint = load_checkpoint(path, device)
            drive = open_drive(checkpoint, self.data, self.sequence, wanted)
            told = self._as_trained(checkpoint)._judge(checkpoint, drive, report)
        if self.json:
            sys.stdout.write(f"{json.dumps(told)}\n")
        elif self.progress == "bar":
            _print(told)

    def _as_trained(self, checkpoint: "Checkpoint") -> "Eval":
        """The same with what was left out taken from the checkpoint."""
        trained = checkpoint.trained
        protocol = self.protocol or (trained and trained.protocol)
        if protocol is None:
            from nsg_core.measuring.protocols import NAMES

            raise NsgError(
                f"{checkpoint.path} does not say which frames were held out when it "
                f"was trained. Name them with --protocol: {', '.join(NAMES)}."
            )
        scale = self.scale or (trained.scale if trained else 1.0)
        return replace(self, protocol=protocol, scale=scale)

    def _judge(
        self, checkpoint: "Checkpoint", drive: "Sequence", report: Report
    ) -> dict[str, object]:
        from nsg_core.evaluate import evaluate, judged_frames, pictures_of

        assert self.protocol is not None
        assert self.scale is not None
        tested = judged_frames(drive.scene.frames, self.protocol)
        check_unseen(checkpoint, tested, self.protocol)
        keys = pictures_of(drive, tested)
        if not keys:
            raise NsgError(
                f"{self.protocol} holds none of the {len(drive.scene.frames)} frames "
                "out of which there are pictures. Choose more with --frames."
            )
        judges, missing = self._judges(checkpoint)
        if not any(a + 1 == b for a, b in pairwise(tested)):
            missing |= dict.fromkeys(NEIGHBOURS, "no two neighbours are judged")
        report.start(len(keys))
        scores: list[Scores] = []
        work = evaluate(checkpoint.model, drive, tested, self.scale, judges)
        with closing(work):
            for done in work:
                if done is None:
                    report.check()
                    continue
                scores.append(done)
                place = {"camera": done.camera, "frame": done.frame}
                report.step(len(scores), **place, psnr=done.values["psnr"])
        return self._told(checkpoint, drive, scores, missing)

    def _judges(self, checkpoint: "Checkpoint") -> "tuple[Judges, dict[str, str]]":
        """The networks that could be had, and why the others could not."""
        from nsg_core.evaluate import LPIPS_NETWORKS, Judges
        from nsg_core.measuring.perceptual import load_lpips

        judges = Judges()
        missing: dict[str, str] = {}
        for metric, network in LPIPS_NETWORKS.items():
            found = load_lpips(network, self.download)
            if isinstance(found, str):
                missing[metric] = found
            else:
                judges.lpips[metric] = found.to(checkpoint.model.device)
        if "lpips" in missing:
            missing["tlp"] = "it needs lpips"
        return judges, missing

    def _told(
        self,
        checkpoint: "Checkpoint",
        drive: "Sequence",
        scores: "list[Scores]",
        missing: dict[str, str],
    ) -> dict[str, object]:
        from nsg_core.evaluate import METRICS, mean
        from nsg_core.fast.model import FastModel

        cameras, means = dict.fromkeys(score.camera for score in scores), mean(scores)
        small = dict.fromkeys(("ssim", "tof"), "the pictures are too small")
        nothing = {"box_psnr": "no object is in the pictures"} | small | missing
        return {
            "format": FORMAT,
            "checkpoint": str(checkpoint.path),
            "kind": "fast" if isinstance(checkpoint.model, FastModel) else "paper",
            "step": checkpoint.step,
            "dataset": drive.scene.dataset,
            "sequence": drive.scene.sequence,
            "protocol": self.protocol,
            "frames": list(dict.fromkeys(score.frame for score in scores)),
            "scale": self.scale,
            "mean": means,
            "cameras": {name: mean(scores, name) for name in cameras},
            "missing": {m: nothing[m] for m in METRICS if m not in means},
            "pictures": [
                {"camera": score.camera, "frame": score.frame, **score.values}
                for score in scores
            ],
        }


def check_unseen(
    checkpoint: "Checkpoint", tested: tuple[int, ...], protocol: str
) -> None:
    """Refuse to judge a model by frames that it was trained on, unless asked to."""
    from nsg_core.evaluate import RECONSTRUCTION

    if protocol == RECONSTRUCTION:
        sys.stderr.write(
            f"note: protocol {RECONSTRUCTION} judges the frames that were trained on: "
            "how well they are reconstructed, not what unseen ones look like.\n"
        )
        return
    if checkpoint.trained is None:
        sys.stderr.write(
            f"warning: {checkpoint.path} does not say what it was trained on. If it "
            "has seen the frames that it is judged by, the numbers mean little.\n"
        )
        return
    seen = sorted(set(tested) & set(checkpoint.trained.frames))
    if seen:
        some = ", ".join(map(str, seen[:3])) + (", ..." if len(seen) > 3 else "")
        raise NsgError(
            f"{checkpoint.path} was trained on {len(seen)} of the frames that "
            f"{protocol} holds out ({some}), so the numbers would flatter it. It was "
            f"trained with --protocol {checkpoint.trained.protocol}: evaluate with "
            f"that, or train with --protocol {protocol}."
        )


def _print(told: dict[str, object]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from nsg_core.evaluate import METRICS

    mean, cameras, missing = told["mean"], told["cameras"], told["missing"]
    assert isinstance(mean, dict)
    assert isinstance(cameras, dict)
    assert isinstance(missing, dict)
    shown = [name for name in METRICS if name in mean]
    title = f"{told['sequence']}, {told['protocol']}, scale {told['scale']}"
    table = Table(title=escape(title))
    table.add_column("")
    for name in shown:
        unit = f" ({UNITS[name]})" if name in UNITS else ""
        table.add_column(f"{name}{unit}", justify="right")
    for name, values in (*cameras.items(), ("mean", mean)):
        cells = (f"{values[m]:.4g}" if m in values else "-" for m in shown)
        table.add_row(escape(name), *cells)
    console = Console()
    console.print(table)
    for name, reason in missing.items():
        console.print(f"missing: {name}: {escape(reason)}")
