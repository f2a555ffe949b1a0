"""``nsg export``: the edited drive of a project as a data set."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from nsg_core.commands.options import (
    Device,
    Folder,
    FrameRange,
    ProgressStyle,
    check_file,
    check_fits,
    check_quality,
    choose_device,
    parse_frames,
    parse_names,
    parse_share,
    warn_of_missing,
)
from nsg_core.errors import NsgError
from nsg_core.progress import reporting

if TYPE_CHECKING:
    from nsg_core.export.plan import Plan


@dataclass(frozen=True)
class Export:
    """Write the edited drive of a project as a data set, with labels and a video.

    An interrupted export goes on where it stopped when the same command is given again.
    """

    project: Annotated[Path, Positional, arg(metavar="PROJECT")]
    """A project file (.nsgproj)."""
    output: Folder
    """An empty folder, or one with an unfinished export of the same."""
    frames: FrameRange = None
    """First and last frame, inclusive; all of the project if left out."""
    cameras: Annotated[str, arg(metavar="NAME[,NAME]")] = ""
    """One or two cameras; the first one is labelled. Left out: the drive's first."""
    scale: float = 1.0
    """Size of the pictures, as a factor."""
    samples: int = 1
    """Rays a pixel; more give smoother edges."""
    outputs: str = "depth,instances,labels"
    """What to write besides colours; empty: nothing."""
    video: bool = True
    """Also write a video of the first camera."""
    replace: bool = False
    """Delete another export that lies in the folder first; nothing else in it."""
    shard: Annotated[str, arg(metavar="I/N")] = "1/1"
    """Only every N-th frame from the I-th on, for several machines at a time."""
    device: Device = None
    """Where to compute; CUDA if there is one."""
    progress: ProgressStyle = "bar"
    """How progress is told: a bar on stderr, or JSON lines on stdout."""

    def run(self) -> None:
        """Export frame by frame."""
        with reporting(self.progress, "Export") as report:
            plan, checkpoint = self._plan()
            device = choose_device(self.device)
            from nsg_core.checkpoint import load_checkpoint
            from nsg_core.drawing.ensemble import with_guests
            from nsg_core.export.clearing import clear_other
            from nsg_core.export.drive import count_finished, export_drive

            loaded = load_checkpoint(checkpoint, device)
            check_fits(loaded.misfit(plan.scene))
            model = with_guests(
                loaded.model, lambda path: load_checkpoint(path, device).model
            )
            warn_of_missing(plan.scene, model.keys)
            if self.replace and clear_other(self.output, plan):
                report.say(f"An older export in {self.output} is deleted")
            report.start(len(plan.mine()), count_finished(plan, self.output))
            with closing(export_drive(model, plan, self.output)) as exporting:
                for done in exporting:
                    if done is None:
                        report.check()
                        continue
                    report.file("image", done.path)
                    report.step(done.step, frame=done.frame)
            report.say(f"The drive is in {self.output}")

    def _plan(self) -> "tuple[Plan, Path]":
        from nsg_core.documents.project import load_project

        wanted, share = parse_frames(self.frames), parse_share(self.shard)
        check_quality(self.scale, self.samples)
        if self.replace and share[1] > 1:
            raise NsgError(
                "--replace cannot be given with --shard: one process would delete what "
                "another one has written. Delete the old export first."
            )
        project = load_project(self.project)
        if project.checkpoint is None:
            raise NsgError(
                f"{self.project} has no trained weights yet. Train first: "
                f"nsg train {project.data} -o RUN, or the Train button."
            )
        from nsg_core.datasets.opening import open_sequence
        from nsg_core.edits.edit import replay
        from nsg_core.export.manifest import origin
        from nsg_core.export.plan import OUTPUTS, Plan

        drive = open_sequence(project.data, project.sequence, project.frames).scene
        scene = replay(drive, project.edits)
        first, last = wanted or (scene.frames[0], scene.frames[-1])
        for frame in (first, last):
            scene.index(frame)
        cameras = tuple(
            name.strip() for name in self.cameras.split(",") if name.strip()
        )
        names = cameras or (scene.cameras[0].name,)
        plan = Plan(
            scene,
            project.edits,
            origin(check_file(project.checkpoint, "the project's weights")),
            tuple(f for f in scene.frames if first <= f <= last),
            tuple(scene.camera(name).name for name in names),
            self.scale,
            self.samples,
            self.video,
            parse_names(self.outputs, OUTPUTS, "--outputs") if self.outputs else (),
            share,
        )
        return plan, project.checkpoint
