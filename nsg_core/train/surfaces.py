"""Measured depth as a loss: light comes from where a surface was measured.

What is before the surface is empty, and nothing shines through it: the sight-line
losses of urban radiance fields (Rematas et al., CVPR 2022, section 3.3), here of
optical depths rather than weights, so that a wall before a wall feels it too.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from nsg_core.fast.marching import Samples

WITHIN = 0.02
"""Part of its distance that a surface may be off: calibration, rolling scans."""
LEAST = 1e-3
"""Opacity under which there is nothing that could become a surface."""
SURELY = 0.06
"""Metres that it may be off in any case: the least step of rays."""


def sight_loss(
    samples: Samples,
    sigmas: Float[Tensor, " samples"],
    distance: Float[Tensor, " rays"],
    cone: float,
) -> Float[Tensor, " rays"]:
    """How much of each ray's opacity is not at its measured distance; 0 where unknown.

    ``log(1 + tau_before) - log(1 - exp(-tau_until))``, with the optical depths of what
    is clearly before the surface, and of all up to just behind it. (The logarithm of
    that opacity, as a field's density is an exponential: of haze, opacity itself would
    have next to no slope.) A step of a ray, `cone` of the distance long, can end half
    its length beside the surface.
    """
    about = SURELY + (WITHIN + cone / 2) * distance
    ray, tau = samples.ray.long(), sigmas * samples.dt
    known = distance > 0

    def up_to(limit: Float[Tensor, " rays"]) -> Float[Tensor, " rays"]:
        counted = torch.where(samples.t < limit[ray], tau, 0)
        return torch.zeros_like(distance).index_add(0, ray, counted)

    before, until = up_to(distance - about), up_to(distance + about)
    opacity = -torch.expm1(-until)
    return torch.where(known, before.log1p() - (opacity + LEAST).log(), 0)
