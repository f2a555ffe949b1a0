"""What no picture shows, but an edit may: the inside of objects and the world beneath.

Where an object is alone, rays leave the background out; so nothing tells it to be empty
there, nor what the road is like under a car that never moves. Both would be seen as
debris once somebody moves the object.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from nsg_core.fast import occupancy
from nsg_core.fast.boxes import points_inside
from nsg_core.fast.model import FastModel
from nsg_core.geometry import Placements

POINTS = 1024
"""Looked at per step, for each of the two."""
STANDS = 0.3
"""Metres that the label of a standing object may wander."""
DEPTH = 0.35
"""Metres under a box down to where the world goes on as beside it: the road's surface
is in between, as labels do not stand on it exactly."""
THICKNESS = 0.1
"""Metres of a surface that is taken for its opacity."""


class Unseen:
    """The losses of a training that teach it what is hidden by objects."""

    def __init__(
        self,
        model: FastModel,
        placements: Placements,
        eyes: Float[Tensor, "frames 3"],
    ):
        """`eyes` says where each frame was looked at from."""
        self.model, self.placements, self.eyes = model, placements, eyes
        self.regions = model.regions(placements)
        self.standing = (placements.present & standing(placements)).nonzero()
        """Pairs of a frame and an object that never moves."""

    def inside(self, generator: torch.Generator) -> Tensor:
        """How dense the background is where objects are alone."""
        points = points_inside(self.placements, self.regions, POINTS, generator)
        sigmas, _ = self._look(points, torch.zeros_like(points))
        return sigmas.log1p().sum() / POINTS

    def beneath(self, generator: torch.Generator) -> Tensor:
        """How the world under standing objects differs from its mirror image beside.

        The mirror is the side of what is drawn of an object that faces the camera: what
        is before it has been seen.
        """
        count = len(self.standing)
        if not count:
            return self.placements.size.new_zeros(())
        device = self.standing.device
        chosen = torch.randint(count, (POINTS,), generator=generator).to(device)
        frame, column = self.standing[chosen].unbind(-1)
        part = torch.rand(POINTS, 3, generator=generator).to(device)
        local = self._footprint(frame, column, part)
        T, eye = self.placements.T_object_world[frame, column], self.eyes[frame]
        facing = (torch.einsum("pj,pj->p", T[:, 2, :3], eye) + T[:, 2, 3]).sign()
        beside = local.clone()
        beside[:, 2] = 2 * facing * self.regions.high[frame, column, 2] - local[:, 2]
        with torch.no_grad():
            wanted, colours = self._seen(frame, column, beside)
        sigmas, found = self._seen(frame, column, local)
        opacity = -torch.expm1(-wanted * THICKNESS)
        apart = (found - colours).square().mean(-1) * opacity
        return (sigmas.log1p() - wanted.log1p()).abs().mean() + apart.mean()

    def _footprint(
        self,
        frame: Int[Tensor, " points"],
        column: Int[Tensor, " points"],
        part: Float[Tensor, "points 3"],
    ) -> Float[Tensor, "points 3"]:
        """Points under boxes, in their frames; `part` in [0, 1) of the way through."""
        low, high = self.regions.low[frame, column], self.regions.high[frame, column]
        top = self.regions.own_high[frame, column, 1]
        low = torch.stack([low[:, 0], top, low[:, 2]], -1)
        bottom = torch.full_like(top, DEPTH)
        high = torch.stack([high[:, 0], bottom, high[:, 2]], -1)
        return low + (high - low) * part

    def _seen(
        self,
        frame: Int[Tensor, " points"],
        column: Int[Tensor, " points"],
        local: Float[Tensor, "points 3"],
    ) -> tuple[Float[Tensor, " points"], Float[Tensor, "points 3"]]:
        """The background at points in boxes' frames, as their frames look at it."""
        T = self.placements.T_object_world[frame, column]
        points = torch.einsum("pji,pj->pi", T[..., :3], local - T[..., 3])
        ways = torch.nn.functional.normalize(points - self.eyes[frame], dim=-1)
        return self._look(points, ways)

    def _look(
        self, points: Float[Tensor, "points 3"], ways: Float[Tensor, "points 3"]
    ) -> tuple[Float[Tensor, " points"], Float[Tensor, "points 3"]]:
        q = occupancy.contract(self.model.config, points)
        nobody = torch.full((len(q),), -1, dtype=torch.int32, device=q.device)
        return self.model.background(nobody, q, ways)


def standing(placements: Placements) -> Bool[Tensor, " objects"]:
    """Which objects are in one place in all frames that they are present in."""
    T = placements.T_object_world
    places = -torch.einsum("foji,foj->foi", T[..., :3], T[..., 3])
    known = placements.present[..., None]
    far = torch.finfo(places.dtype).max
    low = places.masked_fill(~known, far).amin(0)
    high = places.masked_fill(~known, -far).amax(0)
    return placements.present.any(0) & ((high - low).amax(-1) < STANDS)
