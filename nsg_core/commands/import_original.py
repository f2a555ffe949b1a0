"""``nsg import-original``: weights of the method's original code."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from nsg_core.commands.options import FrameRange, Name, parse_frames
from nsg_core.errors import NsgError

if TYPE_CHECKING:
    from nsg_core.paper.model import PaperModel
    from nsg_core.paper.original.config import OriginalConfig
    from nsg_core.paper.original.scene import OriginalScene


@dataclass(frozen=True)
class ImportOriginal:
    """Turn weights of the original code (.npy) into a checkpoint."""

    weights: Annotated[Path, Positional, arg(metavar="WEIGHTS")]
    """The original's folder with model_*.npy."""
    output: Annotated[Path, arg(aliases=("-o",), metavar="CHECKPOINT")]
    """The checkpoint to write (.safetensors)."""
    config: Annotated[Path | None, arg(metavar="FILE")] = None
    """The original's configuration; left out: config.txt among the weights."""
    data: Annotated[Path | None, arg(metavar="DATA")] = None
    """The KITTI folder it was trained on; left out: where the configuration says."""
    sequence: Name = None
    """Which sequence; left out: the configuration's."""
    frames: FrameRange = None
    """First and last frame; left out: the configuration's."""

    def run(self) -> None:
        """Read, convert, write."""
        wanted = parse_frames(self.frames)
        path = self.config or self.weights / "config.txt"
        if self.config is None and not path.is_file():
            raise NsgError(
                f"{path}: expected the original's configuration, found no such file. "
                "Name it with --config."
            )
        from nsg_core.paper.original.config import read_config

        config = read_config(path)
        scene = self._scene(config, wanted)
        model = self._model(config, scene)
        from nsg_core.checkpoint import drive_of, save_checkpoint
        from nsg_core.paper.original.scene import to_scene

        drive = drive_of(to_scene(scene))
        save_checkpoint(self.output, model, drive=drive, world="original")

    def _scene(
        self, config: "OriginalConfig", wanted: tuple[int, int] | None
    ) -> "OriginalScene":
        from nsg_core.datasets.kitti_tracking import find_root
        from nsg_core.paper.original.scene import read_original

        # The configuration names the left camera's pictures of the sequence.
        folder = self.data or config.data.parent.parent
        root = find_root(folder) if folder.is_dir() else None
        if root is None:
            raise NsgError(
                f"{folder}: expected the KITTI tracking data that the weights were "
                "trained on, for the planes of their background. Name it with --data."
            )
        first, last = config.frames
        frames = wanted or ((first, last) if last >= first else None)
        return read_original(root, self.sequence or config.data.name, frames)

    def _model(self, config: "OriginalConfig", scene: "OriginalScene") -> "PaperModel":
        from nsg_core.paper.importing import import_original
        from nsg_core.paper.original.planes import lay_planes

        paper, planes = config.paper, None
        if paper.sampling == "planes":
            planes = lay_planes(
                scene.cameras_c2w,
                paper.near,
                paper.far,
                paper.plane_type,
                paper.n_samples,
            )
        classes = {int(row[0]): int(row[4]) for row in scene.meta}
        cameras = ("image_02", "image_03")
        return import_original(self.weights, paper, planes, classes, cameras)
