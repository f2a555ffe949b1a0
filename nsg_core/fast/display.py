"""What display kernels read of rays and fields, and what they write."""

from dataclasses import dataclass, field
from typing import Any

import torch
import warp as wp
from jaxtyping import Float, Int
from torch import Tensor

from nsg_core.fields.hash_field import HashField
from nsg_core.geometry import Rays
from nsg_core.kernels.desk import DeskField
from nsg_core.kernels.launching import as_warp
from nsg_core.kernels.space import Met


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

    def data(self) -> Any:
        """As kernels take it."""
        data = Met()
        data.rgb = as_warp(self.rgb, wp.vec3)
        data.depth = as_warp(self.depth, wp.float32)
        data.clear = as_warp(self.clear, wp.float32)
        data.seen = as_warp(self.box, wp.int32)
        return data


def ray_arrays(rays: Rays) -> list[wp.array]:
    """Origins and directions as kernels take them."""
    return [
        as_warp(vectors.contiguous(), wp.vec3)
        for vectors in (rays.origins, rays.directions)
    ]


@dataclass
class DeskFields:
    """Fields as the kernels for the CPU take them; made anew when a table changes."""

    _known: dict[int, tuple[tuple[int, int], Tensor, Tensor]] = field(
        default_factory=dict
    )

    def data(self, nth: int, shown: HashField) -> Any:
        """The n-th of the model's fields."""
        table = shown.table.detach()
        made_from = (table.data_ptr(), table._version)
        known = self._known.get(nth)
        if known is None or known[0] != made_from:
            known = self._known[nth] = (made_from, *rounded(table))
        _, rows, units = known
        data = DeskField()
        data.table = as_warp(rows.view(-1), wp.int16)
        data.units = as_warp(units, wp.float32)
        data.scales = as_warp(shown.scales, wp.float32)
        data.mask = table.shape[1] - 1
        data.weights = as_warp(shown.weights, wp.float32)
        return data


def rounded(
    table: Float[Tensor, "levels rows channels"],
) -> tuple[Int[Tensor, "levels rows channels"], Float[Tensor, " levels"]]:
    """A table in sixteen bits a number, and what a 1 means at each of its levels."""
    units = (table.abs().amax((1, 2)) / 32767).clamp_min(1e-30)
    return (table / units[:, None, None]).round().to(torch.int16), units
