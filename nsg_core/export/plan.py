"""What to export, as a plain value."""

from dataclasses import dataclass

from nsg_core.edits import Edit
from nsg_core.scene import Scene
from nsg_core.view import View


@dataclass(frozen=True, slots=True)
class Origin:
    """The weights that pictures are made with."""

    checkpoint: str
    """File name."""
    sha256: str


@dataclass(frozen=True)
class Plan:
    """What to export."""

    scene: Scene
    """The edited scene."""
    edits: tuple[Edit, ...]
    """What was done to the recording to get it."""
    origin: Origin
    """Where the weights come from."""
    frames: tuple[int, ...]
    cameras: tuple[str, ...]
    """One or two; the first is the one that is labelled."""
    scale: float = 1.0
    samples: int = 1
    """Rays a pixel."""
    video: bool = True
    share: tuple[int, int] = (1, 1)
    """Which part of how many: (2, 3) takes every third frame from the second on."""

    def view(self, camera: str, frame: int) -> View:
        """What an exported camera sees in a frame."""
        return self.scene.view(camera, frame).scaled(self.scale)

    def views(self, camera: str) -> tuple[View, ...]:
        """The views of a camera in all exported frames."""
        return tuple(self.view(camera, frame) for frame in self.frames)

    def mine(self) -> tuple[int, ...]:
        """The frames of this share."""
        part, parts = self.share
        return self.frames[part - 1 :: parts]
