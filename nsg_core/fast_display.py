"""What display kernels read of rays, and what they write."""

from dataclasses import dataclass

import torch
import warp as wp
from jaxtyping import Float, Int
from torch import Tensor

from nsg_core.geometry import Rays
from nsg_core.kernels.launching import as_warp


@dataclass(frozen=True, slots=True)
class Marched:
    """What rays have met, before the sky and the camera's exposure."""

    rgb: Float[Tensor, "rays 3"]
    depth: Float[Tensor, " rays"]
    """Weighted by what each sample adds, so less than expected where light is left."""
    clear: Float[Tensor, " rays"]
    """The light that is left."""
    box: Int[Tensor, " rays"]
    """Row of the box that contributes most; -1: none."""

    @classmethod
    def blank(cls, rays: int, device: torch.device) -> "Marched":
        """To be written."""
        depth, clear = (torch.empty(rays, device=device) for _ in range(2))
        box = torch.empty(rays, dtype=torch.int32, device=device)
        return cls(torch.empty(rays, 3, device=device), depth, clear, box)

    def arrays(self) -> list[wp.array]:
        """As kernels take it."""
        lines = [as_warp(x, wp.float32) for x in (self.depth, self.clear)]
        return [as_warp(self.rgb, wp.vec3), *lines, as_warp(self.box, wp.int32)]


def ray_arrays(rays: Rays) -> list[wp.array]:
    """Origins and directions as kernels take them."""
    return [
        as_warp(vectors.contiguous(), wp.vec3)
        for vectors in (rays.origins, rays.directions)
    ]
