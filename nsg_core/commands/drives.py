"""Opening the drive that a checkpoint belongs to, as its model knows it."""

from pathlib import Path
from typing import TYPE_CHECKING

from nsg_core.commands.options import check_fits
from nsg_core.errors import NsgError

if TYPE_CHECKING:
    from nsg_core.checkpoint import Checkpoint
    from nsg_core.sequence import Sequence

Frames = tuple[int, int] | None


def open_drive(
    checkpoint: "Checkpoint", data: Path | None, sequence: str | None, frames: Frames
) -> "Sequence":
    """The drive in the model's world; NsgError where the two do not belong together.

    What is left out is as it was in training: the folder, the sequence, and the frames
    as far as the drive has them.
    """
    data = data or _remembered(checkpoint)
    trained = checkpoint.drive
    if sequence is not None or trained is None:
        return _open(checkpoint, data, sequence, frames)
    drive = _open(checkpoint, data, trained.sequence, frames)
    first, last = trained.frames
    present = drive.scene.frames
    inside = present[0] <= first <= last <= present[-1]
    if frames is None and inside and (first, last) != (present[0], present[-1]):
        return _open(checkpoint, data, trained.sequence, (first, last))
    return drive


def _remembered(checkpoint: "Checkpoint") -> Path:
    """The folder that was trained on, which the run's folder knows."""
    from nsg_core.train.run import Run

    folder = Run(checkpoint.path.parent).remembered_data()
    if folder is not None and folder.is_dir():
        return folder
    why = "nothing beside it says where its data set lies"
    why = why if folder is None else f"its data set is no longer at {folder}"
    raise NsgError(f"{checkpoint.path}: {why}. Name it with --data.")


def _open(
    checkpoint: "Checkpoint", data: Path, sequence: str | None, frames: Frames
) -> "Sequence":
    if checkpoint.world == "original":
        from nsg_core.paper.original.scene import open_original_sequence

        drive = open_original_sequence(data, sequence, frames)
    else:
        from nsg_core.datasets.opening import open_sequence

        drive = open_sequence(data, sequence, frames)
    check_fits(checkpoint.misfit(drive.scene, checkpoint.world))
    return drive
