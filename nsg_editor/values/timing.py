"""What goes on in time: a way that is being drawn, a manoeuvre that is being set up."""

from dataclasses import dataclass

from nsg_core.scene import Vec3

Settings = tuple[tuple[str, float | int | str | bool], ...]
"""Names and values of a manoeuvre's parameters."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A way on the ground, point by point, for an object."""

    track: int
    points: tuple[Vec3, ...]
    """The first one is where the object stands."""
    speed: float | None = None
    """m/s; None: as fast as the object was."""


@dataclass(frozen=True, slots=True)
class Staging:
    """The dialog of a manoeuvre."""

    name: str
    settings: Settings
    seed: int = 0
    at: int | None = None
    """The number of the edit that is being changed (from 0); None: a new one."""
    warnings: tuple[str, ...] = ()
    """Who came into whose way when it was done."""


@dataclass(frozen=True, slots=True)
class ChosenKeys:
    """Key frames that were clicked in the timeline."""

    track: int | None
    """Whose; None: the key of the camera path that is chosen."""
    frames: tuple[int, ...] = ()
    before: tuple[int, ...] = ()
    """Where they were when the gesture that moves them began."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What the tools for motion are doing."""

    drawing: Drawing | None = None
    staging: Staging | None = None
    reach: int = 8
    """Frames before and after that follow when a point of the way is dragged."""
    ways: bool = True
    """The way of the selected object is drawn."""
    chosen: ChosenKeys | None = None
    copied: ChosenKeys | None = None
    """Keys that can be pasted."""
    over: bool = False
    """The mouse is over the frames."""
