"""What an exported folder was made from; so that another export cannot mix with it."""

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nsg_core.datasets.instances import CLASS_IDS, OTHER_CLASS
from nsg_core.documents.scene_file import edit_list_to_json
from nsg_core.errors import FileError, NsgError
from nsg_core.export.plan import OUTPUTS, Origin, Plan
from nsg_core.files import make_folder, read_json, write_json

FORMAT = "nsg-export/1"
NAME = "manifest.json"


def origin(path: Path) -> Origin:
    """The identity of a checkpoint file."""
    with path.open("rb") as file:
        return Origin(path.name, hashlib.file_digest(file, "sha256").hexdigest())


def describe(plan: Plan) -> dict[str, Any]:
    """What decides the content of the files; equal for equal exports."""
    scene = plan.scene
    return {
        "format": FORMAT,
        "dataset": scene.dataset,
        "sequence": scene.sequence,
        "frames": list(plan.frames),
        "cameras": dict(zip(("image_02", "image_03"), plan.cameras, strict=False)),
        "scale": plan.scale,
        "samples": plan.samples,
        "outputs": list(plan.outputs),
        "checkpoint": {"file": plan.origin.checkpoint, "sha256": plan.origin.sha256},
        "edits": edit_list_to_json(plan.edits),
        "classes": CLASS_IDS | {"(others)": OTHER_CLASS},
    }


def claim(folder: Path, plan: Plan) -> bool:
    """Make a folder this export's own; NsgError where it holds something else.

    Returns whether an equal export was complete there already.
    """
    make_folder(folder)
    path = folder / NAME
    if path.exists():
        found = read_json(path)
        if not isinstance(found, dict):
            raise FileError(path, "the manifest of an export", "something else")
        if other := differing(found, plan):
            raise NsgError(
                f"{folder} holds an export with other {', '.join(other)}. Choose an "
                "empty folder, or replace that one (--replace)."
            )
        if found.get("complete") is True:
            return True
    elif any(item for item in folder.iterdir() if not item.name.startswith(".")):
        raise NsgError(
            f"{folder} is not empty and holds no export. Choose an empty folder, so "
            "that nothing of yours is overwritten."
        )
    _write(folder, plan, finished=False)
    return False


def differing(found: dict[str, Any], plan: Plan) -> list[str]:
    """In what an export that is there differs from a plan."""
    wanted = json.loads(json.dumps(describe(plan)))
    # Exports that are older than this choice had everything.
    found = {"outputs": list(OUTPUTS)} | found
    return [key for key, value in wanted.items() if found.get(key) != value]


def complete(folder: Path, plan: Plan) -> None:
    """Note that all frames are there."""
    _write(folder, plan, finished=True)


def _write(folder: Path, plan: Plan, finished: bool) -> None:
    state = {"complete": finished, "versions": versions()}
    write_json(folder / NAME, describe(plan) | state)


def versions() -> dict[str, str]:
    """The programs that have a part in the pixels."""
    found = {"python": platform.python_version()}
    for package in ("nsg-editor", "torch", "warp-lang", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
