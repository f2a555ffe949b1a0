"""``nsg demo``: the synthetic street as a data set."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import Positional, arg

from nsg_core.commands.options import ProgressStyle, parse_size
from nsg_core.errors import NsgError
from nsg_core.files import cannot_write, make_folder
from nsg_core.progress import Report, reporting


@dataclass(frozen=True)
class Demo:
    """Write the synthetic street as a data set."""

    folder: Annotated[Path, Positional, arg(metavar="DIR")]
    """A new or empty folder."""
    format: Literal["kitti"] = "kitti"
    """The layout of the data set."""
    frames: Annotated[int, arg(metavar="N")] = 30
    """How many frames."""
    size: Annotated[str, arg(metavar="WxH")] = "1242x375"
    """Width and height of the pictures."""
    seed: int = 0
    """Another number is another street."""
    progress: ProgressStyle = "bar"
    """How progress is told: a bar on stderr, or JSON lines on stdout."""

    def run(self) -> None:
        """Write to a temporary folder first: the street appears whole or not at all."""
        size = parse_size(self.size)
        if not 1 <= self.frames <= 10_000:
            raise NsgError(f"--frames must be from 1 to 10000; found {self.frames}.")
        if self.folder.exists() and (
            not self.folder.is_dir() or any(self.folder.iterdir())
        ):
            raise NsgError(f"{self.folder} exists; choose a new or empty folder.")
        make_folder(self.folder.parent)
        partial = self.folder.with_name(f".{self.folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        try:
            with reporting(self.progress, "Street") as report:
                self._write(partial, size, report)
                partial.replace(self.folder)
                report.say(f"The street is in {self.folder}")
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _write(self, folder: Path, size: tuple[int, int], report: Report) -> None:
        from nsg_core.datasets.synthetic import write_street

        report.start(self.frames)
        write_street(
            folder,
            frames=self.frames,
            size=size,
            seed=self.seed,
            progress=lambda done, total: report.step(done),
            check=report.check,
        )
