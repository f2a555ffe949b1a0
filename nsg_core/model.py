"""What a renderer is to the rest of the program: rays and boxes in, colours out."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from nsg_core.geometry import Placements, Rays
from nsg_core.request import Only
from nsg_core.scene import PlacedBox, Vec3


@dataclass(frozen=True, slots=True)
class Traced:
    """What a set of rays sees, on the model's device."""

    rgb: Float[Tensor, "rays 3"]
    depth: Float[Tensor, " rays"]
    """Expected distance along the ray in metres."""
    opacity: Float[Tensor, " rays"]
    """1 minus the transmittance of everything but the sky."""
    track: Int[Tensor, " rays"]
    """Track id of the object that contributes most; -1: the background."""


@dataclass(frozen=True, slots=True)
class Slabs:
    """What the background adds to rays, as few slabs each, from near to far.

    Front to back they give the background's picture; objects can be drawn between them.
    """

    depth: Float[Tensor, "rays slabs"]
    """Metres along the ray."""
    opacity: Float[Tensor, "rays slabs"]
    """What each slab hides of what is behind it; 0: there is no such slab."""
    rgb: Float[Tensor, "rays slabs 3"]

    @classmethod
    def blank(cls, rays: int, slabs: int, device: torch.device) -> "Slabs":
        """To be written."""
        shape = (rays, slabs)
        depth, opacity = (torch.empty(shape, device=device) for _ in range(2))
        return cls(depth, opacity, torch.empty(*shape, 3, device=device))


@runtime_checkable
class Model(Protocol):
    """A trained neural scene graph: fields under keys, and how to render them."""

    @property
    def device(self) -> torch.device:
        """Where its weights are and its rays must be."""
        ...

    @property
    def cameras(self) -> tuple[str, ...]:
        """Recorded cameras, in the order that `Rays.camera` indexes."""
        ...

    @property
    def keys(self) -> frozenset[str]:
        """The model keys of the objects it can draw; others are left out."""
        ...

    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """Render rays for display, without gradients, whatever their number."""
        ...


@runtime_checkable
class Bounded(Protocol):
    """A model that knows where its objects can be seen, and where they cannot."""

    def reach(self, box: PlacedBox) -> tuple[Vec3, Vec3] | None:
        """Lower and upper corner of what it draws of a box, in the box's frame.

        A ray that misses this region sees the same with the box as without it. None:
        the model draws nothing of this box.
        """
        ...


@runtime_checkable
class Layered(Protocol):
    """A model that can draw objects between slabs of a background it has drawn before.

    Faster than to trace rays anew, and not quite the same: for pictures in motion.
    """

    def slabs(self, rays: Rays, placements: Placements) -> Slabs:
        """What the background adds to rays where no box is."""
        ...

    def trace_between(self, rays: Rays, placements: Placements, slabs: Slabs) -> Traced:
        """Render objects alone, with these slabs for a background."""
        ...
