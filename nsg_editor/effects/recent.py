"""What was opened lately, newest first: a small file beside the built-in street."""

import os
from contextlib import suppress
from pathlib import Path

from nsg_core.documents.record import frames_from_text
from nsg_core.errors import NsgError
from nsg_core.files import read_json, write_json
from nsg_editor.effects.opening import cache_folder
from nsg_editor.state import EditorState, Target

SHOWN, KEPT = 8, 24
"""Rows of the list; with those whose disks may be away."""


def target_of(state: EditorState) -> Target:
    """What would open this drive again."""
    drive = state.drive
    if state.project is not None:
        return Target(state.project.absolute())
    return Target(drive.data, drive.name, drive.frames)


def recent() -> tuple[Target, ...]:
    """What is there, at this moment, of what was opened."""
    return tuple(target for target in _kept() if os.path.exists(target.path))[:SHOWN]


def _kept() -> tuple[Target, ...]:
    """All that was opened, also on disks that are away; nothing of a broken file."""
    try:
        found = read_json(_file())
    except NsgError:
        return ()
    rows = found if isinstance(found, list) else []
    targets = (_target(row) for row in rows)
    return tuple(target for target in targets if target is not None)


def remember(target: Target) -> None:
    """Put it first. A list for comfort is no reason to disturb anybody."""
    rest = [other for other in _kept() if other != target]
    rows = [_row(one) for one in (target, *rest)[:KEPT]]
    with suppress(NsgError):
        write_json(_file(), rows)


def _file() -> Path:
    return cache_folder() / "recent.json"


def _row(target: Target) -> dict[str, str]:
    row = {"path": str(target.path)}
    if target.sequence is not None:
        row["sequence"] = target.sequence
    if target.frames is not None:
        row["frames"] = f"{target.frames[0]}-{target.frames[1]}"
    return row


def _target(row: object) -> Target | None:
    if not isinstance(row, dict) or not isinstance(row.get("path"), str):
        return None
    sequence, frames = row.get("sequence"), row.get("frames")
    try:
        span = frames_from_text(frames) if isinstance(frames, str) else None
    except NsgError:
        return None
    name = sequence if isinstance(sequence, str) else None
    return Target(Path(row["path"]), name, span)
