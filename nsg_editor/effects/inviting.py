"""Whom another checkpoint can draw, read from its header."""

import json
from pathlib import Path

from nsg_core.errors import FileError
from nsg_editor.values.cast import Guests
from nsg_editor.values.runs import header_of

FIX = "Choose a checkpoint that `nsg train` wrote with the preset fast."


def guests_of(checkpoint: Path) -> Guests:
    """The objects of a checkpoint; FileError says why it has none."""
    path = checkpoint.absolute()
    try:
        header = header_of(path)
    except FileNotFoundError:
        raise FileError(path, "a checkpoint", "no such file", FIX) from None
    except (OSError, ValueError, KeyError, TypeError, json.JSONDecodeError):
        raise FileError(path, "a checkpoint", "another kind of file", FIX) from None
    if header.get("kind") != "fast":
        # The paper's class networks share their space with their drive's background.
        found = f"a model of kind {header.get('kind')!r}"
        raise FileError(path, "objects that can leave their drive", found, FIX)
    objects = (header.get("drive") or {}).get("objects") or ()
    named = tuple(
        (key, category) for key, _, category in (o.partition(" ") for o in objects)
    )
    if not named:
        raise FileError(path, "objects with their classes", "none", FIX)
    return Guests(path, named)
