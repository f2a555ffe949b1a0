"""``nsg manoeuvre``: tell traffic what to do; the edits go into a file."""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from nsg_core.commands.options import FrameRange, Name, parse_frames
from nsg_core.errors import NsgError

if TYPE_CHECKING:
    from nsg_core.documents.project import Project
    from nsg_core.edits.edit import Edit
    from nsg_core.scene import Scene


@dataclass(frozen=True)
class Manoeuvre:
    """Plan a manoeuvre (a cut-in, a traffic jam, ...) and write it as edits.

    `nsg manoeuvre list` prints all of them with their parameters.
    """

    name: Annotated[str, Positional, arg(metavar="NAME")]
    """Which one, as cut-in or traffic-jam; `list` prints them."""
    data: Annotated[Path | None, Positional, arg(metavar="DATA|PROJECT")] = None
    """The folder of a data set, or a project whose edits come first."""
    output: Annotated[Path | None, arg(aliases=("-o",), metavar="FILE")] = None
    """Where the edits go: a file for `nsg render --edits` (nsg-edits/1), or a project
    for the editor (.nsgproj)."""
    sequence: Name = None
    """Which sequence; the first if left out."""
    frames: FrameRange = None
    """First and last frame, inclusive; all if left out."""
    set: Annotated[tuple[str, ...], arg(metavar="KEY=VALUE")] = field(default=())
    """Parameters, as --set gap=6 side=right."""
    seed: int = 0
    """The same seed makes the same choices."""

    def run(self) -> None:
        """Plan it, and write the edits."""
        if self.name == "list":
            sys.stdout.write(described())
            return
        from nsg_core.commands.overrides import parse_sets
        from nsg_core.edits.edit import replay
        from nsg_core.manoeuvres.table import plan, recipe

        recipe(self.name)
        if self.data is None or self.output is None:
            raise NsgError(
                "a manoeuvre needs a data set or a project, and a file for its edits: "
                f"nsg manoeuvre {self.name} DATA -o edits.json."
            )
        values = parse_sets(self.set)
        recording, project = self._drive(self.data)
        tracks = [node.track_id for node in recording.objects]
        scene = replay(recording, project.edits)
        made = plan(scene, self.name, values, self.seed, max([*tracks, -1]))
        self._write(self.output, _with(project, (*project.edits, made)))
        sys.stderr.write(f"{made.label} written to {self.output}\n")
        for edit in made.edits:
            sys.stderr.write(f"  {edit.label}\n")
        for warning in made.warnings:
            sys.stderr.write(f"warning: {warning}\n")

    def _drive(self, path: Path) -> "tuple[Scene, Project]":
        """The recording, and a project with what has been done to it."""
        from nsg_core.datasets.opening import open_sequence
        from nsg_core.documents.project import SUFFIX, Project, load_project

        frames = parse_frames(self.frames)
        if path.suffix != SUFFIX:
            project = Project(path, self.sequence, frames)
        elif self.sequence is not None or frames is not None:
            raise NsgError(
                f"{path} says itself which sequence and frames it has; leave "
                "--sequence and --frames out."
            )
        else:
            project = load_project(path)
        drive = open_sequence(project.data, project.sequence, project.frames)
        return drive.scene, project

    def _write(self, path: Path, project: "Project") -> None:
        from nsg_core.documents.project import SUFFIX, save_project
        from nsg_core.documents.scene_file import write_edits

        if path.suffix == SUFFIX:
            save_project(path, project)
        else:
            write_edits(path, project.edits)


def _with(project: "Project", edits: "tuple[Edit, ...]") -> "Project":
    """The project with other edits, in the list of its variants too."""
    variants = tuple(
        replace(one, edits=edits) if one.name == project.variant else one
        for one in project.variants
    )
    return replace(project, edits=edits, variants=variants)


def described() -> str:
    """All manoeuvres and their parameters, for people."""
    from nsg_core.manoeuvres.table import RECIPES

    lines = list[str]()
    for name, recipe in RECIPES.items():
        lines.append(f"{name}: {recipe.summary}")
        for p in recipe.parameters:
            kind = "|".join(p.choices) or p.unit
            kind = f" ({kind})" if kind else ""
            lines.append(f"    {p.name}={p.default}  {p.says}{kind}")
    return "\n".join(lines) + "\n"
