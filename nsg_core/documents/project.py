"""A project: which drive, which weights, which edits, and where the user was.

A ``.nsgproj`` file is versioned JSON. Edits lie in it as a layer over the recording;
neither pictures nor weights are copied. Paths are relative to the project's folder
where the two share one below the root, so that a folder with all of it can be moved::

    {"format": "nsg-project/1", "data": "kitti", "sequence": "0000", "frames": "0-40",
     "checkpoint": "runs/0000/last.safetensors", "camera": "image_02", "frame": 12,
     "edits": [{"do": "move", "track": 0, "by": [0, 0, 3]}]}

Several *variants* of one drive make it ``nsg-project/2``: ``"variant"`` is the name of
the list in ``"edits"``, and ``"variants"`` are all of them in the user's order, that
one without its edits::

     "variant": "B", "variants": [{"name": "A", "edits": [...]}, {"name": "B"}]

Objects of other checkpoints (``PATH#KEY``, relative as all paths are) make it
``nsg-project/3``, which has a list of those that were invited, used or not::

     "guests": ["runs/0004/checkpoint.safetensors"]

The oldest version that can hold a project is written, so that older programs can read
it.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from nsg_core.documents.record import (
    FRAMES,
    INTEGER,
    LIST,
    TEXT,
    Record,
    check_format,
    frames_to_text,
    shown,
)
from nsg_core.documents.scene_file import edit_list_from_json, edit_list_to_json
from nsg_core.edits.edit import Edit, Frames
from nsg_core.errors import FileError
from nsg_core.files import path_from_text, path_to_text, read_json, write_json

PROJECT_FORMAT, VARIANTS_FORMAT = "nsg-project/1", "nsg-project/2"
GUESTS_FORMAT = "nsg-project/3"
SUFFIX = ".nsgproj"
FIRST_VARIANT = "A"


@dataclass(frozen=True, slots=True)
class Variant:
    """A list of edits with a name."""

    name: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """What a user works on; paths are absolute in memory."""

    data: Path
    """The data set's folder."""
    sequence: str | None = None
    """None: the only one, or the first."""
    frames: Frames = None
    """First and last, inclusive; None: all."""
    checkpoint: Path | None = None
    """None: not trained yet."""
    edits: tuple[Edit, ...] = ()
    camera: str = ""
    """Through which camera the user looked; empty: the first."""
    frame: int | None = None
    """At which frame the user was; None: the first."""
    variant: str = FIRST_VARIANT
    """The name of these edits."""
    variants: tuple[Variant, ...] = ()
    """All variants in order, this one with its edits; empty: there is but this one."""
    guests: tuple[Path, ...] = ()
    """Checkpoints whose objects may play in this drive."""


def save_project(path: Path, project: Project) -> None:
    """Write a project, whole or not at all."""
    folder = Path(os.path.abspath(path)).parent
    write_json(path, project_to_json(project, folder))


def project_to_json(project: Project, folder: Path) -> dict[str, object]:
    """A project as the content of a file in a folder."""
    several = len(project.variants) > 1 or project.variant != FIRST_VARIANT
    version = VARIANTS_FORMAT if several else PROJECT_FORMAT
    content: dict[str, object] = {
        "format": GUESTS_FORMAT if project.guests else version,
        "data": path_to_text(project.data, folder),
    }
    if project.sequence is not None:
        content["sequence"] = project.sequence
    if project.frames is not None:
        content["frames"] = frames_to_text(project.frames)
    if project.checkpoint is not None:
        content["checkpoint"] = path_to_text(project.checkpoint, folder)
    if project.camera:
        content["camera"] = project.camera
    if project.frame is not None:
        content["frame"] = project.frame
    content["edits"] = edit_list_to_json(project.edits, folder)
    if several:
        content["variant"] = project.variant
        content["variants"] = _variants_to_json(project, folder)
    if project.guests:
        content["guests"] = [path_to_text(guest, folder) for guest in project.guests]
    return content


def _variants_to_json(project: Project, folder: Path) -> list[dict[str, object]]:
    return [
        {"name": one.name}
        if one.name == project.variant
        else {"name": one.name, "edits": edit_list_to_json(one.edits, folder)}
        for one in project.variants or (Variant(project.variant),)
    ]


def load_project(path: Path) -> Project:
    """The project of a file; FileError says what is wrong with it.

    Whether its data and weights are still there is found when they are opened.
    """
    path = Path(path)
    if path.is_dir():
        raise FileError(path, f"a project file (*{SUFFIX})", "a folder")
    return project_from_json(read_json(path), path)


def project_from_json(data: object, path: Path) -> Project:
    """The project in the content of a file."""
    folder = Path(os.path.abspath(path)).parent
    record = Record(data, path, "the project")
    version = check_format(record, PROJECT_FORMAT, VARIANTS_FORMAT, GUESTS_FORMAT)
    checkpoint = record.take_or("checkpoint", TEXT, None)
    project = Project(
        data=path_from_text(record.take("data", TEXT), folder),
        sequence=record.take_or("sequence", TEXT, None),
        frames=record.take_or("frames", FRAMES, None),
        checkpoint=None if checkpoint is None else path_from_text(checkpoint, folder),
        edits=edit_list_from_json(record.take_or("edits", LIST, None) or [], path),
        camera=record.take_or("camera", TEXT, ""),
        frame=record.take_or("frame", INTEGER, None),
    )
    known = "format, data, sequence, frames, checkpoint, camera, frame, edits"
    if version == GUESTS_FORMAT:
        known += ", guests"
        names = record.take_or("guests", LIST, None) or []
        guests = tuple(_guest(name, path, folder) for name in names)
        project = replace(project, guests=guests)
    some = version == GUESTS_FORMAT and "variant" in record.rest
    if version == VARIANTS_FORMAT or some:
        known += ", variant, variants"
        project = _with_variants(record, project, path)
    record.end(known)
    return project


def _guest(name: object, path: Path, folder: Path) -> Path:
    if not isinstance(name, str) or not name:
        raise FileError(path, '"guests" to be a list of paths', shown(name))
    return path_from_text(name, folder)


def _with_variants(record: Record, project: Project, path: Path) -> Project:
    name = record.take("variant", TEXT)
    rows = record.take("variants", LIST)
    variants = tuple(_variant(row, project, name, path) for row in rows)
    names = [one.name for one in variants]
    twins = {twin for twin in names if names.count(twin) > 1}
    if twins or name not in names or "" in names:
        found = ", ".join(map(repr, names)) or "none"
        expected = f'"variants" to have different names, and "{name}" among them'
        raise FileError(path, expected, found)
    return replace(project, variant=name, variants=variants)


def _variant(row: object, project: Project, current: str, path: Path) -> Variant:
    record = Record(row, path, "a variant")
    name = record.take("name", TEXT)
    rows = record.take_or("edits", LIST, None)
    record.end("name, edits")
    if name == current:
        return Variant(name, project.edits)
    return Variant(name, edit_list_from_json(rows or [], path))
