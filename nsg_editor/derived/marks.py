"""What is drawn over the views besides boxes, as values in the world.

A module offers a pure function from the state to marks and enters it with `@marks`;
every view draws them in its own projection, and what carries a `Handle` can be dragged
there. No toolkit is known here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nsg_core.scene import Vec3
from nsg_editor.state import EditorState

Colour = str
"""A name in the theme: "accent", "selected", "ghost", "warning", "track:12", ..."""


@dataclass(frozen=True, slots=True)
class Handle:
    """What a drag does: the action gets these arguments and ``to``, a place in the
    world, over and over within one gesture."""

    action: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points of the world."""

    points: tuple[Vec3, ...]
    colour: Colour
    width: float = 1.5
    """Pixels."""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of the world."""

    point: Vec3
    colour: Colour
    radius: float = 4.0
    """Pixels."""
    handle: Handle | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A text beside a point of the world."""

    point: Vec3
    text: str
    colour: Colour = "text"
    plate: bool = False
    """In a picture it has a dark ground, and keeps clear of the names there."""


Mark = Line | Dot | Word
Marker = Callable[[EditorState], tuple[Mark, ...]]
MARKERS: dict[str, Marker] = {}


def marks(name: str) -> Callable[[Marker], Marker]:
    """Enter a function whose marks every view draws."""

    def enter(marker: Marker) -> Marker:
        assert name not in MARKERS, f"two kinds of marks are called {name!r}"
        MARKERS[name] = marker
        return marker

    return enter


def all_marks(state: EditorState) -> tuple[Mark, ...]:
    """All marks of a state, in the order of their names."""
    return tuple(m for name in sorted(MARKERS) for m in MARKERS[name](state))
