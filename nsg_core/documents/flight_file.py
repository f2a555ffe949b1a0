"""Files with camera paths, of this program or of nerfstudio."""

from pathlib import Path
from typing import Any, cast

import numpy as np

from nsg_core.cameras.path import CameraPath
from nsg_core.documents.camera_file import (
    AS_IT_IS,
    Shrunk,
    Up,
    from_nerfstudio,
    from_views,
    to_nerfstudio,
    upright,
)
from nsg_core.documents.record import NUMBER, shown
from nsg_core.documents.scene_file import (
    CAMERA_FORMAT,
    camera_path_from_json,
    views_from_json,
    views_to_json,
)
from nsg_core.errors import FileError, NsgError
from nsg_core.files import read_json, write_json
from nsg_core.view import View

WORLD_FILE = "dataparser_transforms.json"
"""What nerfstudio writes beside a training: how it turned and shrank the world."""
FOREIGN = ("camera_path", "keyframes")
"""What a file of nerfstudio has and one of ours has not."""
UP_WORDS: dict[Up, str] = {
    "z": "z is up",
    "y": "y is up",
    "minus-y": "y is down",
}
RATE = 10.0
"""Views without a path are taken to be so many a second, as recorded."""


def read_camera_path(file: Path, frames: tuple[int, ...], up: Up = "z") -> CameraPath:
    """The camera path of a file; `frames` are the drive's, `up` the axis that is so in
    a file of nerfstudio."""
    data = read_json(file)
    if _foreign(data, file):
        world = upright(world_beside(file) or AS_IT_IS, up)
        return from_nerfstudio(data, file, frames, world)
    path = camera_path_from_json(data, file)
    if path is None:
        path = from_views(views_from_json(data, file), frames, RATE)
    for i, key in enumerate(path.keys, 1):
        if key.frame not in frames:
            span = f"one of the drive's frames {frames[0]}-{frames[-1]}"
            raise FileError(file, f'"frame" of key {i} to be {span}', str(key.frame))
    return path


def read_views(
    file: Path, frames: tuple[int, ...], up: Up = "z"
) -> tuple[tuple[View, int | None], ...]:
    """The pictures that a file asks for, with the drive's frames of those that say."""
    data = read_json(file)
    if _foreign(data, file):
        world = upright(world_beside(file) or AS_IT_IS, up)
        return from_nerfstudio(data, file, frames, world).views()
    return views_from_json(data, file)


def write_camera_path(file: Path, path: CameraPath, frames: tuple[int, ...]) -> None:
    """Write a path; in nerfstudio's form where the file's name has that word in it."""
    if "nerfstudio" in file.name.casefold():
        world = world_beside(file) or AS_IT_IS
        write_json(file, to_nerfstudio(path, frames, world))
    else:
        write_json(file, views_to_json(path.views(), path))


def world_beside(file: Path) -> Shrunk | None:
    """What nerfstudio did to the world, if the file that says so lies beside a path."""
    known = file.parent / WORLD_FILE
    if not known.exists():
        return None
    data = read_json(known)
    given = cast(dict[str, Any], data) if isinstance(data, dict) else {}
    rows = given.get("transform")
    expected = '"transform" with 3 rows of 4 numbers, and a "scale" above 0'
    try:
        table = np.array(rows, dtype=np.float64)
        scale = NUMBER.read(given.get("scale"))
        if table.shape not in ((3, 4), (4, 4)):
            raise ValueError
        whole = np.concatenate([table[:3], [[0.0, 0.0, 0.0, 1.0]]])
        return Shrunk(tuple(whole.ravel().tolist()), scale)
    except (ValueError, TypeError, NsgError):
        raise FileError(known, expected, shown(data)) from None


def assumed(file: Path, up: Up = "z") -> str:
    """What was taken for granted about the world of a file; empty: nothing."""
    if not _foreign(read_json(file), file):
        return ""
    world, axis = world_beside(file), UP_WORDS[up]
    if world is None:
        return (
            f"It is nerfstudio's: taken as metres in a world where {axis}. If it "
            "stands or lies wrong, open it with another axis; if its world was "
            f"shrunk for training, put its {WORLD_FILE} beside the file."
        )
    return (
        f"It is nerfstudio's: its world was shrunk {1 / world.scale:.3g} times and "
        f"turned, which {WORLD_FILE} has undone; before that, {axis}."
    )


def _foreign(data: object, file: Path) -> bool:
    if not isinstance(data, dict):
        raise FileError(file, "an object {...}", shown(data))
    given = cast(dict[str, Any], data)
    if "format" not in given and not any(key in given for key in FOREIGN):
        expected = f'"format" to be "{CAMERA_FORMAT}", or a camera path of nerfstudio'
        raise FileError(file, expected, "neither")
    return "format" not in given
