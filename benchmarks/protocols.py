"""Quality by protocol and preset: `python -m benchmarks.protocols DATA -o OUT`.

Trains and judges every row, one after another, as a person would with `nsg train` and
`nsg eval`, and writes OUT/table.md after each. Stopped and started again, it goes on
where it was: finished rows are kept, a half-trained one is resumed. OUT/ROW holds the
run and eval.json.

    python -m benchmarks.protocols kitti -o out --sequence 0000 --frames 0-40
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nsg_core.files import make_folder, write_bytes
from nsg_core.train.run import Run

PROTOCOLS, PRESETS = ("suds-75", "suds-50", "suds-25"), ("fast", "paper")
METRICS = {
    "psnr": ("PSNR (dB)", 2),
    "ssim": ("SSIM", 3),
    "lpips": ("LPIPS alex", 3),
    "lpips_vgg": ("LPIPS vgg", 3),
    "box_psnr": ("PSNR in boxes (dB)", 2),
}


@dataclass(frozen=True)
class Row:
    """One training and its judgement."""

    preset: str
    protocol: str
    folder: Path

    @property
    def judged(self) -> Path:
        """Where the numbers are once there are any."""
        return self.folder / "eval.json"


def main(argv: Sequence[str] | None = None) -> int:
    """Train and judge what is not there yet; the first exit code that is not 0."""
    chosen = _arguments(argv)
    rows = [
        Row(preset, protocol, chosen.out / f"{preset}-{protocol}")
        for preset in chosen.presets.split(",")
        for protocol in chosen.protocols.split(",")
    ]
    for row in rows:
        if not row.judged.exists() and (code := make(row, chosen)):
            return code
        write_bytes(chosen.out / "table.md", table(rows, chosen).encode())
    sys.stdout.write(table(rows, chosen))
    return 0


def make(row: Row, chosen: argparse.Namespace) -> int:
    """Train a row to its end and judge it; the exit code of what failed."""
    make_folder(row.folder)
    run = Run(row.folder)
    drive = _drive(chosen)
    minutes = chosen.minutes if row.preset == "fast" else chosen.paper_minutes
    settings = (f"scale={chosen.scale}", f"minutes={minutes}", "steps=1000000")
    words = ["train", str(chosen.data), "-o", str(row.folder), *drive]
    words += ["--preset", row.preset, "--protocol", row.protocol]
    words += ["--set", *settings, *chosen.set]
    words += ["--resume"] if run.newest.exists() else []
    if code := _nsg(words).returncode:
        return code
    words = ["eval", str(run.newest), "--data", str(chosen.data), *drive, "--json"]
    done = _nsg(words)
    if not done.returncode:
        write_bytes(row.judged, done.stdout)
    return done.returncode


def table(rows: Sequence[Row], chosen: argparse.Namespace) -> str:
    """Markdown of the rows that were judged, and what is missing in all of them."""
    told = [(row, json.loads(row.judged.read_bytes())) for row in rows if _done(row)]
    shown = [m for m in METRICS if any(m in found["mean"] for _, found in told)]
    heads = ["preset", "protocol", "training", "steps", "pictures"]
    lines = [
        f"{Path(chosen.data).name} {chosen.sequence or ''} {chosen.frames or ''}, "
        f"scale {chosen.scale}",
        "",
        _line([*heads, *(METRICS[m][0] for m in shown)]),
        _line(["---"] * (len(heads) + len(shown))),
    ]
    missing: dict[str, str] = {}
    for row, found in told:
        values = (
            f"{found['mean'][m]:.{METRICS[m][1]}f}" if m in found["mean"] else ""
            for m in shown
        )
        count = len(found["pictures"])
        head = [row.preset, row.protocol, _minutes(row), found["step"], count]
        lines.append(_line([*map(str, head), *values]))
        missing |= {m: found["missing"][m] for m in METRICS if m in found["missing"]}
    notes = [f"Missing: {METRICS[m][0]}, {missing[m]}." for m in missing]
    return "\n".join([*lines, *([""] if notes else []), *notes, ""])


def _done(row: Row) -> bool:
    return row.judged.exists()


def _minutes(row: Row) -> str:
    metrics: dict[str, Any] = json.loads(Run(row.folder).metrics.read_bytes())
    return f"{metrics['seconds'] / 60:.1f} min"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _drive(chosen: argparse.Namespace) -> list[str]:
    words = {"--sequence": chosen.sequence, "--frames": chosen.frames}
    words |= {"--device": chosen.device}
    return [word for pair in words.items() if pair[1] for word in pair]


def _nsg(words: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """The command as a person types it; its progress is for the same screen."""
    sys.stderr.write(f"nsg {' '.join(words)}\n")
    command = [sys.executable, "-m", "nsg_core.cli", *words]
    return subprocess.run(command, stdout=subprocess.PIPE, check=False)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.protocols",
        description="Train and judge a drive under several protocols.",
    )
    add = parser.add_argument
    add("data", type=Path, help="the folder of a data set")
    add("-o", "--out", type=Path, required=True, help="where runs and table.md go")
    add("--sequence", default="", help="which sequence; the first if left out")
    add("--frames", default="", help="first and last frame, as in 0-40")
    add("--protocols", default=",".join(PROTOCOLS), help="names with commas between")
    add("--presets", default=",".join(PRESETS), help="fast, paper or both")
    add("--minutes", type=float, default=10.0, help="of training a row of fast")
    add("--paper-minutes", type=float, default=60.0, help="of training a row of paper")
    add("--scale", type=float, default=0.25, help="size of the pictures")
    add("--device", default="", help="cpu or cuda; the fastest if left out")
    add("--set", nargs="*", default=[], metavar="KEY=VALUE", help="as in nsg train")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
