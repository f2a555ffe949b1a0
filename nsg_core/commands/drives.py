"""Opening the drive that a checkpoint belongs to, as its model knows it."""

from pathlib import Path
from typing import TYPE_CHECKING

from nsg_core.commands.options import check_fits

if TYPE_CHECKING:
    from nsg_core.checkpoint import Checkpoint
    from nsg_core.sequence import Sequence


def open_drive(
    checkpoint: "Checkpoint",
    data: Path,
    sequence: str | None,
    frames: tuple[int, int] | None,
) -> "Sequence":
    """The drive in the model's world; NsgError where the two do not belong together."""
    if checkpoint.world == "original":
        from nsg_core.original.scene import open_original_sequence

        drive = open_original_sequence(data, sequence, frames)
    else:
        from nsg_core.datasets.opening import open_sequence

        drive = open_sequence(data, sequence, frames)
    check_fits(checkpoint.misfit(drive.scene, checkpoint.world))
    return drive
