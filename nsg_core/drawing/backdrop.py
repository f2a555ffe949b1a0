"""The background of a view along the rays of its pixels, kept in few bytes."""

from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor

from nsg_core.model import Slabs

MOST_PIXELS = 1 << 21
"""Of larger pictures no background is kept: a pixel takes about 50 bytes."""


@dataclass
class Backdrop:
    """Slabs of a view's pixels: distances in half precision, all else in bytes."""

    pixels: int
    device: torch.device
    known: Bool[Tensor, " pixels"] = field(init=False)
    _rows: tuple[Tensor, Tensor, Tensor] | None = None
    """Depth, opacity, colour; made when it is known how many slabs a ray has."""

    def __post_init__(self) -> None:
        self.known = torch.zeros(self.pixels, dtype=torch.bool, device=self.device)

    def put(self, pixels: Int[Tensor, " some"], slabs: Slabs) -> None:
        """Keep what is seen through some pixels."""
        if self._rows is None:
            shape = (self.pixels, slabs.depth.shape[1])
            depth = torch.empty(shape, dtype=torch.float16, device=self.device)
            opacity = torch.empty(shape, dtype=torch.uint8, device=self.device)
            rgb = torch.empty(*shape, 3, dtype=torch.uint8, device=self.device)
            self._rows = (depth, opacity, rgb)
        depth, opacity, rgb = self._rows
        depth[pixels] = slabs.depth.half()
        opacity[pixels] = _as_bytes(slabs.opacity)
        rgb[pixels] = _as_bytes(slabs.rgb)
        self.known[pixels] = True

    def take(self, pixels: Int[Tensor, " some"]) -> Slabs:
        """What was kept of some pixels, which must be known."""
        assert self._rows is not None, "nothing is known"
        depth, opacity, rgb = (rows[pixels].float() for rows in self._rows)
        return Slabs(depth, opacity / 255, rgb / 255)


def _as_bytes(values: Float[Tensor, "*any"]) -> Shaped[Tensor, "*any"]:
    return (values.clamp(0, 1) * 255).round().to(torch.uint8)
