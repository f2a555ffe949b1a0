"""Files with camera paths, of this program or of nerfstudio."""

from pathlib import Path
from typing import Any, cast

from nsg_core.camera_file import from_nerfstudio, from_views, to_nerfstudio
from nsg_core.camera_path import CameraPath
from nsg_core.errors import FileError
from nsg_core.files import read_json, write_json
from nsg_core.record import shown
from nsg_core.scene_file import (
    CAMERA_FORMAT,
    camera_path_from_json,
    views_from_json,
    views_to_json,
)
from nsg_core.view import View

FOREIGN = ("camera_path", "keyframes")
"""What a file of nerfstudio has and one of ours has not."""
RATE = 10.0
"""Views without a path are taken to be so many a second, as recorded."""


def read_camera_path(file: Path, frames: tuple[int, ...]) -> CameraPath:
    """The camera path of a file; `frames` are the drive's."""
    data = read_json(file)
    if _foreign(data, file):
        return from_nerfstudio(data, file, frames)
    path = camera_path_from_json(data, file)
    if path is None:
        path = from_views(views_from_json(data, file), frames, RATE)
    for i, key in enumerate(path.keys, 1):
        if key.frame not in frames:
            span = f"one of the drive's frames {frames[0]}-{frames[-1]}"
            raise FileError(file, f'"frame" of key {i} to be {span}', str(key.frame))
    return path


def read_views(
    file: Path, frames: tuple[int, ...]
) -> tuple[tuple[View, int | None], ...]:
    """The pictures that a file asks for, with the drive's frames of those that say."""
    data = read_json(file)
    if _foreign(data, file):
        return from_nerfstudio(data, file, frames).views()
    return views_from_json(data, file)


def write_camera_path(file: Path, path: CameraPath, frames: tuple[int, ...]) -> None:
    """Write a path; in nerfstudio's form where the file's name has that word in it."""
    if "nerfstudio" in file.name.casefold():
        write_json(file, to_nerfstudio(path, frames))
    else:
        write_json(file, views_to_json(path.views(), path))


def _foreign(data: object, file: Path) -> bool:
    if not isinstance(data, dict):
        raise FileError(file, "an object {...}", shown(data))
    given = cast(dict[str, Any], data)
    if "format" not in given and not any(key in given for key in FOREIGN):
        expected = f'"format" to be "{CAMERA_FORMAT}", or a camera path of nerfstudio'
        raise FileError(file, expected, "neither")
    return "format" not in given
