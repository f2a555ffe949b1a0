"""How the picture through the camera is looked at, and whether it can be judged."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from nsg_core.errors import NsgError
from nsg_core.request import Only
from nsg_core.scene import Scene

Mode = Literal["colour", "depth", "normals", "instances", "opacity"]
MODES: tuple[Mode, ...] = get_args(Mode)
Against = Literal["nothing", "recorded", "before"]
AGAINST: tuple[Against, ...] = get_args(Against)
How = Literal["wipe", "difference"]
PARTS: tuple[Only, ...] = ("all", "background", "objects")


@dataclass(frozen=True, slots=True)
class Scores:
    """How near the picture comes to the recorded one, in dB."""

    frame: float
    box: float | None = None
    """Within the box of the selected object; None: none is selected, or in sight."""


@dataclass(frozen=True, slots=True)
class Looking:
    """What of the picture is shown, and what it is compared with."""

    mode: Mode = "colour"
    only: Only = "all"
    against: Against = "nothing"
    """The recorded picture, or the model's own before all edits."""
    how: How = "wipe"
    wipe: float = 0.5
    """Where the divider is, as a share of the picture's width: the other picture is on
    its left."""
    menu: bool = False
    """The choices are open."""
    scores: Scores | None = None
    """Of the picture on the screen; None: not known (yet), or not to be known."""

    @property
    def plain(self) -> bool:
        """The picture as it is."""
        return self.mode == "colour" and self.against == "nothing"


def changed(
    looking: Looking,
    mode: Mode | None = None,
    only: Only | None = None,
    against: Against | None = None,
    how: How | None = None,
    wipe: float | None = None,
) -> Looking:
    """With some things changed; NsgError where that makes no sense."""
    if wipe is not None and not 0 <= wipe <= 1:
        raise NsgError(f"the divider must be from 0 (left) to 1 (right), found {wipe}.")
    return replace(
        looking,
        mode=mode or looking.mode,
        only=only or looking.only,
        against=against or looking.against,
        how=how or looking.how,
        wipe=looking.wipe if wipe is None else wipe,
    )


def not_recorded(scene: Scene, recording: Scene, camera: str, frame: int) -> str:
    """Why no recorded picture shows this view, in words; empty where one does."""
    if scene.view(camera, frame) != recording.view(camera, frame):
        return "the camera was moved, so no recorded picture shows this view"
    return ""


def not_judged(scene: Scene, recording: Scene, camera: str, frame: int) -> str:
    """Why the picture cannot be judged by the recorded one; empty where it can be."""
    moved = not_recorded(scene, recording, camera, frame)
    if moved:
        return moved
    here, then = (set(drive.at(frame)) for drive in (scene, recording))
    if here != then:
        return "objects were changed in this frame, so it should differ"
    return ""
