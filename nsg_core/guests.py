"""How objects of other checkpoints are named: ``PATH#KEY``."""

from pathlib import Path

MARK = "#"


def guest_key(checkpoint: Path, key: str) -> str:
    """How an object of another checkpoint is called."""
    return f"{checkpoint}{MARK}{key}"


def split_key(model: str) -> tuple[Path | None, str]:
    """The checkpoint and the key of a look; None: it is of the drive's own model."""
    path, mark, key = model.rpartition(MARK)
    return (Path(path), key) if mark else (None, model)
