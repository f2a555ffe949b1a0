"""Takes the pictures of the README and of the guide anew, from the editor itself.

    xvfb-run -a -s "-screen 0 1600x900x24" python docs/pictures.py [--only views ...]

Each is a play on the built-in street, in a window of its own with usual settings; the
pictures lie beside this file. `--data` takes a folder with the street's data instead of
the one that is kept after the first start.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
QUALITY = 82
LARGE, USUAL = "1600x900", "1280x720"
Steps = list[dict[str, object]]


def do(name: str, /, **arguments: object) -> dict[str, object]:
    """One step of a play."""
    return {"do": name, **arguments}


PLAYS: dict[str, tuple[str, Steps]] = {
    "editor": (
        LARGE,
        [do("select", track=0), do("panel", title="Motion")],
    ),
    "guide/views": (
        USUAL,
        [do("select", track=5), do("move", by=[0.9, 0, 2]), do("turn", degrees=8)],
    ),
    "guide/motion": (
        LARGE,
        [
            do("select", track=0),
            do("manoeuvre", name="lane-change"),
            do("frame", to=14),
            do("panel", title="Motion"),
        ],
    ),
    "guide/cast": (
        USUAL,
        [
            do("panel", title="Cast"),
            do("insert", model="object/5"),
            do("camera-key"),
            do("frame", to=12),
            do("look", right=-10.0, up=4.0),
            do("camera-key"),
            do("home", where="camera"),
            do("frame", to=0),
            do("panel", title="Camera"),
            do("panel", title="History"),
            # Portraits are drawn one by one, when nothing else is.
            do("wait", seconds=15.0),
        ],
    ),
    "guide/wipe": (
        USUAL,
        [do("select", track=2), do("looking", against="recorded", wipe=0.45)],
    ),
    "guide/variants": (
        USUAL,
        [
            do("variant-new", name="Without traffic"),
            do("manoeuvre", name="remove-traffic"),
            do("variant-new", name="Lane change", empty=True),
            do("select", track=0),
            do("manoeuvre", name="lane-change"),
            do("frame", to=12),
            do("panel", title="Variants"),
            do("variants-beside", on=True),
            do("wait", seconds=20.0),
        ],
    ),
}
"""By the picture's name: the window's size, and what is done before it is taken."""


def take(name: str, data: Path | None, weights: Path | None) -> Path:
    """Play, and keep the last picture of the window."""
    size, steps = PLAYS[name]
    with tempfile.TemporaryDirectory() as scratch:
        shot, play = Path(scratch) / "shot.png", Path(scratch) / "play.json"
        whole = [
            do("show", picture="neural"),
            do("wait-final"),
            *steps,
            do("wait-final"),
        ]
        # The small views and thumbnails come after the large picture.
        whole += [do("wait", seconds=4.0, frames=5), do("wait-final")]
        whole += [do("screenshot", to=str(shot)), do("quit")]
        play.write_text(json.dumps(whole))
        own = {f"XDG_{kind}_HOME": f"{scratch}/{kind}" for kind in ("CONFIG", "STATE")}
        command = [sys.executable, "-m", "nsg_editor.app", "--size", size]
        command += ["--play", str(play)]
        command += [] if weights is None else ["--checkpoint", str(weights)]
        command += [] if data is None else [str(data)]
        subprocess.run(command, check=True, env=os.environ | own)
        written = HERE / f"{name}.jpg"
        picture = Image.open(shot).convert("RGB")
        picture.save(written, quality=QUALITY, optimize=True)
    return written


def main() -> None:
    """All pictures, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [name.rpartition("/")[2] for name in PLAYS]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--data", type=Path, help="the street's data")
    parser.add_argument("--checkpoint", type=Path, help="weights of the street")
    given = parser.parse_args()
    for name in PLAYS:
        if name.rpartition("/")[2] in given.only:
            print(take(name, given.data, given.checkpoint))


if __name__ == "__main__":
    main()
