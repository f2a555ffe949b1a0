"""``nsg inspect``: what is in a data set."""

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nsg_core.commands.options import Data, FrameRange, Name, parse_frames

if TYPE_CHECKING:
    from nsg_core.scene import Scene


@dataclass(frozen=True)
class Inspect:
    """Read any supported data and print its scene graph."""

    data: Data
    """The folder of a data set."""
    sequence: Name = None
    """Which sequence; the first if left out."""
    frames: FrameRange = None
    """First and last frame, inclusive; all if left out."""
    compat: Literal["none", "original"] = "none"
    """"original": the scene that the method's original code would have built."""
    json: bool = False
    """Print JSON (nsg-scene/1) on stdout."""

    def run(self) -> None:
        """Print the scene."""
        scene = self._scene()
        from nsg_core.datasets.describing import scene_tables, scene_to_json

        if self.json:
            sys.stdout.write(f"{json.dumps(scene_to_json(scene))}\n")
            return
        from rich.console import Console

        Console().print(scene_tables(scene))

    def _scene(self) -> "Scene":
        frames = parse_frames(self.frames)
        if self.compat == "original":
            from nsg_core.paper.original.scene import open_original

            return open_original(self.data, self.sequence, frames)
        from nsg_core.datasets.opening import open_sequence

        return open_sequence(self.data, self.sequence, frames).scene
