"""Takes an export away that another one is to replace, and nothing else."""

from pathlib import Path
from typing import Any

from nsg_core.errors import FileError
from nsg_core.export.layout import FOLDERS, SLOTS, Layout, file_name
from nsg_core.export.manifest import NAME, differing
from nsg_core.export.plan import Plan
from nsg_core.files import cannot_write, read_json

TEXTS = ("label_02", "calib", "poses")


def clear_other(folder: Path, plan: Plan) -> bool:
    """Delete what another export has written into a folder; True if there was one.

    An equal export is left as it is, to be gone on with. Only files that the manifest
    speaks of are deleted, and the manifest last: what is interrupted can be repeated.
    Raises NsgError where the manifest cannot be read or a file cannot be deleted.
    """
    manifest = folder / NAME
    if not manifest.exists():
        return False
    found = read_json(manifest)
    if not isinstance(found, dict):
        raise FileError(manifest, "the manifest of an export", "something else")
    if not differing(found, plan):
        return False
    for path in (*_written(folder, manifest, found), manifest):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from error
        _drop_empty(path.parent, folder)
    return True


def _drop_empty(inner: Path, folder: Path) -> None:
    """Folders of a sequence that is gone would be found as an empty sequence."""
    while inner != folder:
        try:
            inner.rmdir()
        except OSError:
            return
        inner = inner.parent


def _written(folder: Path, manifest: Path, found: dict[str, Any]) -> list[Path]:
    sequence, frames = found.get("sequence"), found.get("frames")
    if not (isinstance(sequence, str) and isinstance(frames, list)):
        raise FileError(manifest, "the sequence and frames of an export", "others")
    if not all(isinstance(frame, int) for frame in frames):
        raise FileError(manifest, "the frames of an export as numbers", "others")
    if sequence in (".", "..") or "\\" in sequence:
        # It would name files elsewhere.
        raise FileError(manifest, "the name of a sequence", repr(sequence))
    layout = Layout(folder, file_name(sequence))
    kinds = (*(f"image_{slot}" for slot in SLOTS), *FOLDERS.values())
    pictures = [layout.picture(kind, f) for kind in kinds for f in frames]
    texts = [layout.text(kind) for kind in TEXTS]
    return [*pictures, *texts, folder / "video.mp4", folder / "edits.json"]
