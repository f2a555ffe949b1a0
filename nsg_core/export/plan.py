"""What to export, as a plain value."""

from dataclasses import dataclass

from nsg_core.edits.edit import Edit
from nsg_core.errors import NsgError
from nsg_core.scene import Scene
from nsg_core.view import View

OUTPUTS = ("depth", "instances", "labels")
"""What is written besides colours, and may be left out."""

COSTS = {"rgb": 2.6, "depth": 2.2, "instances": 0.2, "labels": 0.0}
"""Bytes per pixel, measured on street scenes, rounded up."""


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
    outputs: tuple[str, ...] = OUTPUTS
    """Some of `OUTPUTS`; labels are computed from both others."""
    share: tuple[int, int] = (1, 1)
    """Which part of how many: (2, 3) takes every third frame from the second on."""

    def __post_init__(self) -> None:
        missing = {"depth", "instances"} - set(self.outputs)
        if "labels" in self.outputs and missing:
            raise NsgError(
                "labels are computed from the pictures of depth and instances: write "
                "those, too, or leave the labels out."
            )

    @property
    def needed_bytes(self) -> float:
        """About what all pictures of a frame take on the disk."""
        views = [self.view(camera, self.frames[0]) for camera in self.cameras]
        pixels = [view.width * view.height for view in views]
        beside = sum(COSTS[kind] for kind in self.outputs) * pixels[0]
        return COSTS["rgb"] * sum(pixels) + beside

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
