"""Objects of other trainings as guests in a picture.

A look of another checkpoint is named ``PATH#KEY``. Each model has its own tables, so
guests are traced by theirs, alone and in a neutral light, and put over the picture
where they are nearer than what it shows.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from nsg_core.documents.guests import split_key
from nsg_core.errors import NsgError
from nsg_core.geometry import Placements, Rays
from nsg_core.model import Bounded, Layered, Model, Slabs, Traced
from nsg_core.request import Only
from nsg_core.scene import PlacedBox, Vec3

SOLID = 0.5
"""What hides a guest: something nearer with at least this opacity."""
Load = Callable[[Path], Model]
Absent = Callable[[Path, NsgError], object]
"""Is told of a checkpoint that cannot be loaded, and why."""


class Ensemble:
    """A model with guests, which are loaded when they are first seen."""

    def __init__(self, home: Model, load: Load):
        self.home, self._load = home, load
        self._guests: dict[Path, Model | None] = {}
        self.absent: Absent | None = None
        """Who is told of guests that cannot come: then all others are drawn. Nobody:
        there is no picture without them."""
        self._split: tuple[Placements, list[tuple[Path | None, Placements]]] | None
        self._split = None

    @property
    def device(self) -> torch.device:
        """Of all of them."""
        return self.home.device

    @property
    def cameras(self) -> tuple[str, ...]:
        """Of the drive's own model."""
        return self.home.cameras

    @property
    def keys(self) -> frozenset[str]:
        """Of the drive's own model; guests come as they are asked for."""
        return self.home.keys

    def guest(self, path: Path) -> Model | None:
        """The model of a checkpoint; None where it cannot come."""
        if path not in self._guests:
            try:
                self._guests[path] = self._load(path)
            except NsgError as error:
                if self.absent is None:
                    raise
                self._guests[path] = None
                self.absent(path, error)
        return self._guests[path]

    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """The drive's own picture, and its guests in it."""
        parts = self._parts(placements)
        seen = self.home.trace(rays, parts[0][1], only)
        return seen if only == "background" else self._welcome(seen, rays, parts)

    def _welcome(
        self, seen: Traced, rays: Rays, parts: list[tuple[Path | None, Placements]]
    ) -> Traced:
        # Their own drive's light is not this one's.
        neutral = replace(rays, camera=torch.full_like(rays.camera, -1))
        for path, placements in parts[1:]:
            assert path is not None
            model = self.guest(path)
            if model is not None:
                seen = over(model.trace(neutral, placements, "objects"), seen)
        return seen

    def _parts(self, placements: Placements) -> list[tuple[Path | None, Placements]]:
        """Whose objects are whose; the drive's own come first."""
        kept = self._split
        if kept is None or kept[0] is not placements:
            self._split = kept = (placements, divided(placements))
        return kept[1]

    def reach(self, box: PlacedBox) -> tuple[Vec3, Vec3] | None:
        """Corners of what is drawn of a box (`model.Bounded`)."""
        path, key = split_key(box.model)
        owner = self.home if path is None else self.guest(path)
        if owner is None:
            return None
        if not isinstance(owner, Bounded):
            raise NsgError(f"{box.model} has no bounds of what is drawn of it.")
        return owner.reach(replace(box, model=key))


class LayeredEnsemble(Ensemble):
    """The same, of a model whose background can be kept (`model.Layered`)."""

    def slabs(self, rays: Rays, placements: Placements) -> Slabs:
        """What the background adds to rays."""
        assert isinstance(self.home, Layered)
        return self.home.slabs(rays, self._parts(placements)[0][1])

    def trace_between(self, rays: Rays, placements: Placements, slabs: Slabs) -> Traced:
        """Objects and guests over a background that is known."""
        assert isinstance(self.home, Layered)
        parts = self._parts(placements)
        seen = self.home.trace_between(rays, parts[0][1], slabs)
        return self._welcome(seen, rays, parts)


def with_guests(home: Model, load: Load) -> Model:
    """A model that also draws objects of other checkpoints, where it is able to."""
    if not isinstance(home, Bounded):
        return home
    return (LayeredEnsemble if isinstance(home, Layered) else Ensemble)(home, load)


def divided(placements: Placements) -> list[tuple[Path | None, Placements]]:
    """The placements of each model's objects; the first are the drive's own."""
    owners = [split_key(model) for model in placements.models]
    if all(path is None for path, _ in owners):
        return [(None, placements)]
    paths = sorted({path for path, _ in owners if path is not None})
    found: list[tuple[Path | None, Placements]] = []
    for wanted in (None, *paths):
        chosen = [i for i, (path, _) in enumerate(owners) if path == wanted]
        columns = torch.tensor(chosen, dtype=torch.long, device=placements.track.device)
        part = Placements(
            placements.T_object_world[:, columns],
            placements.size[:, columns],
            placements.present[:, columns],
            placements.track[columns],
            tuple(owners[i][1] for i in chosen),
            # What a guest's model knows of its own frames says nothing here.
            placements.numbers if wanted is None else None,
        )
        found.append((wanted, part))
    return found


def over(guest: Traced, seen: Traced) -> Traced:
    """A guest in a picture: before what is farther, behind what is nearer and solid."""
    hidden = (seen.opacity >= SOLID) & (seen.depth < guest.depth)
    here = torch.where(hidden, torch.zeros_like(guest.opacity), guest.opacity)
    light = torch.where(hidden[:, None], torch.zeros_like(guest.rgb), guest.rgb)
    behind = (1 - here) * seen.opacity
    opacity = here + behind
    depth = here * guest.depth + behind * seen.depth
    return Traced(
        light + (1 - here)[:, None] * seen.rgb,
        depth / opacity.clamp_min(1e-6),
        opacity,
        torch.where(_most(here, behind), guest.track, seen.track),
    )


def _most(here: Tensor, behind: Tensor) -> Tensor:
    """The guest contributes most."""
    return (here > behind) & (here > 1e-3)
