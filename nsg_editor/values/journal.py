"""The file that a running editor keeps its unsaved edits in.

It is a project with a few words about where it comes from::

    {"format": "nsg-journal/1", "at": "2026-05-01T12:31:07", "title": "street",
     "project": "/home/me/street.nsgproj", "content": {"format": "nsg-project/1", ...}}
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nsg_core.documents.project import Project, project_from_json, project_to_json
from nsg_core.documents.record import TEXT, Record, check_format
from nsg_core.files import read_json, write_json

FORMAT, SUFFIX = "nsg-journal/1", ".nsgjournal"


@dataclass(frozen=True, slots=True)
class Lost:
    """Edits that an editor left behind."""

    path: Path
    """Where they are."""
    at: datetime
    """When they were written last."""
    title: str
    """Of the drive."""
    project: Project
    file: Path | None = None
    """The project file that they were to be saved in, if they had one."""

    @property
    def count(self) -> int:
        """How many edits there are."""
        several = sum(len(variant.edits) for variant in self.project.variants)
        return several or len(self.project.edits)


def write_journal(
    path: Path, title: str, project: Project, file: Path | None, at: datetime
) -> None:
    """Write a journal, whole or not at all."""
    content: dict[str, object] = {
        "format": FORMAT,
        "at": at.isoformat(timespec="seconds"),
        "title": title,
        "content": project_to_json(project, path.absolute().parent),
    }
    if file is not None:
        content["project"] = str(file.absolute())
    write_json(path, content)


def read_journal(path: Path) -> Lost:
    """What a journal holds; FileError where it is broken."""
    record = Record(read_json(path), path, "the journal")
    check_format(record, FORMAT)
    at, title = record.take("at", TEXT), record.take("title", TEXT)
    file = record.take_or("project", TEXT, None)
    content = record.rest.pop("content", None)
    record.end("format, at, title, project, content")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = datetime.fromtimestamp(path.stat().st_mtime)
    project = project_from_json(content, path)
    return Lost(path, moment, title, project, None if file is None else Path(file))
