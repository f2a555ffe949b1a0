"""One picture that somebody wants, as a plain value."""

from dataclasses import dataclass
from typing import Literal

from nsg_core.scene import PlacedBox, Scene
from nsg_core.view import View

Only = Literal["all", "background", "objects"]


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What to draw; two requests that are equal give the same picture."""

    view: View
    boxes: tuple[PlacedBox, ...]
    camera: str = ""
    """The recorded camera whose exposure is applied; empty: a neutral one."""
    only: Only = "all"
    frame: int | None = None
    """The recorded frame: what a model knows of its light and of its place applies."""


def request_frame(
    scene: Scene, camera: str, frame: int, scale: float = 1.0, only: Only = "all"
) -> RenderRequest:
    """The picture of a scene's own camera in a frame."""
    view = scene.view(camera, frame).scaled(scale)
    return RenderRequest(view, scene.at(frame), camera, only, frame)
