"""The whole renderer: sample, ask the fields, sort, composite (paper, section 3.3).

The fields of a scene come as a `Bank`; how they work is their own business.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Int, Shaped
from torch import Tensor

from nsg_core.geometry import Placements, Rays
from nsg_core.model import Traced
from nsg_core.paper.composite import (
    Samples,
    accumulate,
    expected_depth,
    strongest_owner,
    weights,
)
from nsg_core.request import Only


@runtime_checkable
class Bank(Protocol):
    """The fields of a scene, as samples along rays."""

    @property
    def backdrop(self) -> float:
        """Brightness (grey, in [0, 1]) of what lies behind everything."""
        ...

    def background(self, rays: Rays) -> Samples:
        """Samples of the static background."""
        ...

    def objects(self, rays: Rays, placements: Placements) -> Samples:
        """Samples of the objects whose boxes the rays cross."""
        ...


def render_rays(
    bank: Bank, rays: Rays, placements: Placements, only: Only = "all"
) -> Traced:
    """Colours and depths of rays; gradients flow to the fields' weights.

    Objects hide the background and each other by distance alone: the samples of all
    fields are sorted together.
    """
    parts = [_nothing(rays)]
    if only != "objects":
        parts.append(bank.background(rays))
    if only != "background":
        parts.append(bank.objects(rays, placements))
    samples = Samples.concatenate(parts).in_order()
    weight = weights(samples)
    opacity = weight.sum(1)
    owner = strongest_owner(weight, samples.owner, len(placements.models))
    none = placements.track.new_tensor([-1])
    return Traced(
        accumulate(weight, samples.rgb) + bank.backdrop * (1 - opacity)[:, None],
        expected_depth(weight, samples.t),
        opacity,
        torch.cat([placements.track, none])[owner],
    )


def _nothing(rays: Rays) -> Samples:
    """No sample for any ray."""
    t = rays.origins.new_zeros(len(rays), 0)
    return Samples(t, t, t.new_zeros(len(rays), 0, 3), t.long())


def in_chunks(render: Callable[[Rays], Traced], rays: Rays, chunk: int) -> Traced:
    """The rendering of many rays, piece by piece, as one.

    Where a device has no room for a piece, pieces are halved and the work goes on.
    """
    pieces: list[Traced] = []
    start = 0
    while start < len(rays) or not pieces:
        try:
            pieces.append(render(rays[start : start + chunk]))
            start += chunk
        except torch.cuda.OutOfMemoryError:
            if chunk <= 64:
                raise
            torch.cuda.empty_cache()
            chunk //= 2
    return Traced(
        torch.cat([piece.rgb for piece in pieces]),
        torch.cat([piece.depth for piece in pieces]),
        torch.cat([piece.opacity for piece in pieces]),
        torch.cat([piece.track for piece in pieces]),
    )


def scatter_hits(
    values: Shaped[Tensor, "hits samples ..."],
    ray: Int[Tensor, " hits"],
    slot: Int[Tensor, " hits"],
    shape: tuple[int, int],
) -> Shaped[Tensor, "rays all ..."]:
    """Values of ray-box hits in rows of rays, slot after slot; zero where none is."""
    rays, slots = shape
    rows = values.new_zeros(rays, slots, *values.shape[1:])
    return rows.index_put((ray, slot), values).flatten(1, 2)
