"""``nsg render``: pictures without a screen."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import Positional, arg

from nsg_core.commands.options import (
    Device,
    Folder,
    FrameRange,
    Name,
    ProgressStyle,
    check_file,
    check_quality,
    choose_device,
    parse_frames,
    parse_names,
    warn_of_missing,
)
from nsg_core.errors import NsgError
from nsg_core.progress import reporting

if TYPE_CHECKING:
    from nsg_core.export.stills import Still
    from nsg_core.request import RenderRequest
    from nsg_core.scene import Scene

OUTPUTS = ("rgb", "depth", "instances", "opacity")


@dataclass(frozen=True)
class Render:
    """Render pictures of a trained drive, as recorded or edited."""

    checkpoint: Annotated[Path, Positional, arg(metavar="CHECKPOINT")]
    """Trained weights (.safetensors)."""
    output: Folder
    """Where the pictures go: OUTPUT/rgb/000000.png and so on."""
    data: Annotated[Path | None, arg(metavar="DATA")] = None
    """The data set that was trained on; left out: where it was then."""
    sequence: Name = None
    """Which sequence; the one that was trained on if left out."""
    frames: FrameRange = None
    """First and last frame, inclusive; those of the training if left out."""
    edits: Annotated[Path | None, arg(metavar="FILE")] = None
    """Changes to the drive (nsg-edits/1)."""
    camera: Annotated[str, arg(metavar="FILE|NAME")] = ""
    """A file of views (nsg-camera/1, or nerfstudio's camera path) or a recorded
    camera; the first if left out."""
    up: Literal["z", "y", "minus-y"] = "z"
    """The axis that points up in the world of a camera path of nerfstudio."""
    video: float | None = None
    """Also write OUTPUT/video.mp4, with so many pictures a second."""
    only: Literal["all", "background", "objects"] = "all"
    """What to draw."""
    outputs: Annotated[str, arg(metavar="KIND[,KIND]")] = "rgb"
    """Kinds of pictures: rgb, depth, instances, opacity."""
    scale: float = 1.0
    """Size of the pictures, as a factor."""
    samples: int = 1
    """Rays a pixel; more give smoother edges."""
    device: Device = None
    """Where to compute; CUDA if there is one."""
    progress: ProgressStyle = "bar"
    """How progress is told: a bar on stderr, or JSON lines on stdout."""

    def run(self) -> None:
        """Render picture by picture."""
        with reporting(self.progress, "Render") as report:
            wanted = parse_frames(self.frames)
            outputs = parse_names(self.outputs, OUTPUTS, "--outputs")
            self._check_video(outputs)
            check_quality(self.scale, self.samples)
            path = check_file(self.checkpoint, "a checkpoint (.safetensors)")
            from nsg_core.documents.scene_file import read_edits

            edits = read_edits(self.edits) if self.edits else ()
            device = choose_device(self.device)
            from nsg_core.checkpoint import load_checkpoint
            from nsg_core.commands.drives import open_drive
            from nsg_core.drawing.ensemble import with_guests
            from nsg_core.edits.edit import replay
            from nsg_core.export.stills import render_stills

            checkpoint = load_checkpoint(path, device)
            drive = open_drive(checkpoint, self.data, self.sequence, wanted).scene
            stills = self._stills(replay(drive, edits))
            model = with_guests(
                checkpoint.model, lambda path: load_checkpoint(path, device).model
            )
            warn_of_missing(drive, model.keys)
            report.start(len(stills))
            pictures = render_stills(model, stills, outputs, self.output, self.samples)
            count = 0
            with closing(pictures):
                for picture in pictures:
                    if picture is None:
                        report.check()
                        continue
                    count += 1
                    report.file("image", picture)
                    report.step(count)
            if self.video is not None:
                self._film(stills)
            report.say(f"{count} pictures are in {self.output}")

    def _check_video(self, outputs: tuple[str, ...]) -> None:
        if self.video is None:
            return
        if not 1 <= self.video <= 240:
            raise NsgError(f"--video takes 1 to 240 pictures a second: {self.video:g}.")
        if "rgb" not in outputs:
            raise NsgError("--video shows colours: add rgb to --outputs.")

    def _film(self, stills: "tuple[Still, ...]") -> None:
        from nsg_core.export.video import write_video

        assert self.video is not None
        pictures = [self.output / "rgb" / f"{still.name}.png" for still in stills]
        for _ in write_video(self.output / "video.mp4", pictures, self.video):
            pass

    def _stills(self, scene: "Scene") -> "tuple[Still, ...]":
        from nsg_core.export.stills import Still
        from nsg_core.request import request_frame

        names = [camera.name for camera in scene.cameras]
        if self.camera in ("", *names):
            name = self.camera or names[0]
            return tuple(
                Still(f"{f:06d}", request_frame(scene, name, f, self.scale, self.only))
                for f in scene.frames
            )
        if not Path(self.camera).exists():
            raise NsgError(
                f"--camera {self.camera}: there is no such file, and the drive's "
                f"cameras are: {', '.join(names)}."
            )
        return tuple(
            Still(f"{i:06d}", replace(request, view=request.view.scaled(self.scale)))
            for i, request in enumerate(self._free_requests(scene))
        )

    def _free_requests(self, scene: "Scene") -> "tuple[RenderRequest, ...]":
        from nsg_core.documents.flight_file import read_views
        from nsg_core.request import RenderRequest

        views = read_views(Path(self.camera), scene.frames, self.up)
        last = len(scene.frames) - 1
        # Views that name no frame go through the drive, and rest at its last frame.
        frames = [
            scene.frames[min(i, last)] if frame is None else frame
            for i, (_, frame) in enumerate(views)
        ]
        for frame in frames:
            scene.index(frame)
        return tuple(
            RenderRequest(view, scene.at(frame), "", self.only, frame)
            for (view, _), frame in zip(views, frames, strict=True)
        )
