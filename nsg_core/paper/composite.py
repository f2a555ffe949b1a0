"""From densities along rays to colours: a ladder of small functions.

density -> alpha -> transmittance -> weight -> colour, depth, opacity (Max 1995, as in
NeRF). Samples lie in rows, one row a ray. A sample with density 0 is as good as none,
so rows of unequal length are filled up with such samples at distance 0.
"""

from collections.abc import Sequence as Items
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

FAR = 1e10
"""Length of the interval behind the last sample, in metres."""

BACKGROUND = -1
"""Owner of a sample that belongs to no object."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What fields say at points along rays."""

    t: Float[Tensor, "rays samples"]
    """Distances along the ray; a sample stands for the interval up to the next one."""
    density: Float[Tensor, "rays samples"]
    """Per metre, at least 0."""
    rgb: Float[Tensor, "rays samples 3"]
    owner: Int[Tensor, "rays samples"]
    """Column of the placements, or BACKGROUND."""

    @staticmethod
    def concatenate(parts: Items["Samples"]) -> "Samples":
        """All samples of the same rays, part after part."""
        return Samples(
            torch.cat([part.t for part in parts], 1),
            torch.cat([part.density for part in parts], 1),
            torch.cat([part.rgb for part in parts], 1),
            torch.cat([part.owner for part in parts], 1),
        )

    def in_order(self) -> "Samples":
        """The same samples from near to far, whichever field they come from."""
        t, order = self.t.sort(dim=1, stable=True)
        return Samples(
            t,
            self.density.gather(1, order),
            self.rgb.gather(1, order[..., None].expand_as(self.rgb)),
            self.owner.gather(1, order),
        )


def intervals(
    t: Float[Tensor, "rays samples"],
) -> Float[Tensor, "rays samples"]:
    """Metres from each sample to the next; the last one reaches to FAR."""
    return torch.cat([t.diff(dim=1), torch.full_like(t[:, :1], FAR)], 1)


def alphas(
    density: Float[Tensor, "rays samples"], lengths: Float[Tensor, "rays samples"]
) -> Float[Tensor, "rays samples"]:
    """Share of light that each interval stops: ``1 - exp(-density * length)``."""
    return -torch.expm1(-density * lengths)


def transmittances(
    alpha: Float[Tensor, "rays samples"],
) -> Float[Tensor, "rays samples"]:
    """Share of light that reaches each sample: the product of ``1 - alpha`` before it.

    1e-10 keeps the product from 0, where it would have no gradient.
    """
    passed = torch.cumprod(1 - alpha[:, :-1] + 1e-10, dim=1)
    return torch.cat([torch.ones_like(alpha[:, :1]), passed], 1)


def weights(samples: Samples) -> Float[Tensor, "rays samples"]:
    """How much each sample (they must be in order) adds to its ray's colour."""
    alpha = alphas(samples.density, intervals(samples.t))
    return alpha * transmittances(alpha)


def accumulate(
    weight: Float[Tensor, "rays samples"],
    values: Float[Tensor, "rays samples ..."],
) -> Float[Tensor, "rays ..."]:
    """The weighted sum of values along each ray."""
    return torch.einsum("rs,rs...->r...", weight, values)


def expected_depth(
    weight: Float[Tensor, "rays samples"], t: Float[Tensor, "rays samples"]
) -> Float[Tensor, " rays"]:
    """Mean distance of what a ray sees; 0 where it sees nothing.

    Divided by the opacity, so a half transparent surface is where it is, not nearer.
    """
    opacity = weight.sum(1)
    return accumulate(weight, t) / torch.where(opacity > 0, opacity, 1.0)


def strongest_owner(
    weight: Float[Tensor, "rays samples"],
    owner: Int[Tensor, "rays samples"],
    objects: int,
) -> Int[Tensor, " rays"]:
    """Who adds most to each ray, of all its samples together; no gradient."""
    share = weight.new_zeros(len(weight), objects + 1)
    share.scatter_add_(1, owner - BACKGROUND, weight.detach())
    return share.argmax(1) + BACKGROUND
