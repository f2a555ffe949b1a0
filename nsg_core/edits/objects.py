"""Edits of what an object is called, whether it shows, and whose look it wears."""

from dataclasses import dataclass, replace

from nsg_core.errors import NsgError
from nsg_core.scene import BACKGROUND, Scene

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Rename:
    """Call an object something else; an empty name is the data set's own again."""

    track: int
    name: str

    @property
    def label(self) -> str:
        return (
            f"Rename track {self.track} to {self.name}"
            if self.name
            else (f"Take the name of track {self.track} away")
        )

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("rename", self.track)

    def apply(self, scene: Scene) -> Scene:
        if self.name != self.name.strip() or not self.name.isprintable():
            raise NsgError(
                f"a name is one line without blanks around it: {self.name!r}."
            )
        if len(self.name) > LONGEST_NAME:
            raise NsgError(f"a name has at most {LONGEST_NAME} letters: {self.name!r}.")
        node = scene.object(self.track)
        return scene.with_object(replace(node, name=self.name))


@dataclass(frozen=True, slots=True)
class Show:
    """Show an object, or hide it from pictures, labels and other objects."""

    track: int
    visible: bool

    @property
    def label(self) -> str:
        return f"{'Show' if self.visible else 'Hide'} track {self.track}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("show", self.track)

    def apply(self, scene: Scene) -> Scene:
        node = scene.object(self.track)
        return scene.with_object(replace(node, visible=self.visible))


@dataclass(frozen=True, slots=True)
class Lock:
    """Keep an object as it is until it is unlocked."""

    track: int
    locked: bool

    @property
    def label(self) -> str:
        return f"{'Lock' if self.locked else 'Unlock'} track {self.track}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("lock", self.track)

    def apply(self, scene: Scene) -> Scene:
        node = scene.object(self.track)
        return scene.with_object(replace(node, locked=self.locked))


@dataclass(frozen=True, slots=True)
class SetLook:
    """Draw an object with another model: a look that was trained for somebody else."""

    track: int
    model: str

    @property
    def label(self) -> str:
        return f"Give track {self.track} the look of {self.model}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("look", self.track)

    def apply(self, scene: Scene) -> Scene:
        if not self.model or self.model == BACKGROUND:
            raise NsgError(f"{self.model!r} is no look of an object.")
        node = scene.object(self.track)
        return scene.with_object(replace(node, model=self.model))


@dataclass(frozen=True, slots=True)
class SwapLooks:
    """Let two objects wear each other's look."""

    track: int
    other: int

    @property
    def label(self) -> str:
        return f"Swap the looks of track {self.track} and track {self.other}"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("swap", *sorted((self.track, self.other)))

    def apply(self, scene: Scene) -> Scene:
        if self.track == self.other:
            raise NsgError(f"track {self.track} cannot swap looks with itself.")
        a, b = scene.object(self.track), scene.object(self.other)
        swapped = scene.with_object(replace(a, model=b.model))
        return swapped.with_object(replace(b, model=a.model))
