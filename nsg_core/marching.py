"""Samples along rays, and compositing them, for training the fast model."""

from dataclasses import dataclass
from typing import Any

import torch
import warp as wp
from jaxtyping import Float, Int
from torch import Tensor

from nsg_core.fast import FastModel
from nsg_core.geometry import Placements, Rays
from nsg_core.kernels.launching import as_warp, launch
from nsg_core.kernels.sight import sight_kernel
from nsg_core.kernels.space import march_kernel
from nsg_core.kernels.volume import composite_backward_kernel, composite_kernel

FAR_ENOUGH = 8.0
"""Nearer samples (metres) get less gradient, by the square of their distance.

Rays are dense near cameras, so without it training fills the space before them with
haze (Philip and Deschaintre, "Floaters No More", EGSR 2023, section 4)."""


ROOM = 96
"""Samples a ray may have in `sight`."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of a batch of rays, packed ray after ray and near to far."""

    offsets: Int[Tensor, " rays"]
    counts: Int[Tensor, " rays"]
    ray: Int[Tensor, " samples"]
    instance: Int[Tensor, " samples"]
    """Which object's field; -1: the background's."""
    t: Float[Tensor, " samples"]
    dt: Float[Tensor, " samples"]
    position: Float[Tensor, "samples 3"]
    """In the unit cube of the field."""
    direction: Float[Tensor, "samples 3"]
    """In the frame of the field."""

    def __len__(self) -> int:
        return len(self.ray)


def march(
    model: FastModel,
    rays: Rays,
    placements: Placements,
    jitter: Float[Tensor, " rays"],
    cone: float | None = None,
    limit: int = 1024,
) -> Samples:
    """Where to evaluate fields along rays; `jitter` in [0, 1) places them in steps.

    `cone` overrides the model's step: a coarse one to begin with.
    """
    device, count = model.device, len(rays)
    space = model.space()
    space.cone = cone or space.cone
    space.smallest *= space.cone / model.config.cone
    counts = torch.zeros(count, dtype=torch.int32, device=device)

    def run(write: bool, offsets: Tensor, out: list[Tensor]) -> None:
        types = [wp.int32, wp.int32, wp.float32, wp.float32, wp.vec3, wp.vec3]
        inputs = [
            space,
            boxes,
            as_warp(rays.origins.contiguous(), wp.vec3),
            as_warp(rays.directions.contiguous(), wp.vec3),
            as_warp(rays.frame.int(), wp.int32),
            as_warp(jitter, wp.float32),
            as_warp(model.background.grid, wp.float32),
            as_warp(model.objects.grid, wp.float32),
            limit,
            write,
            as_warp(offsets, wp.int32),
            as_warp(counts, wp.int32),
            *(as_warp(x, t) for x, t in zip(out, types, strict=True)),
        ]
        launch(march_kernel, count, inputs, device)

    def buffers(size: int) -> list[Tensor]:
        whole = [torch.empty(size, dtype=torch.int32, device=device) for _ in range(2)]
        lines = [torch.empty(size, device=device) for _ in range(2)]
        return [
            *whole,
            *lines,
            *(torch.empty(size, 3, device=device) for _ in range(2)),
        ]

    boxes = model.boxes(placements)
    run(False, counts, buffers(1))
    ends = counts.cumsum(0, dtype=torch.int32)
    offsets = ends - counts
    out = buffers(int(ends[-1]) if count else 0)
    run(True, offsets, out)
    return Samples(offsets, counts, *out)


def sight(
    model: FastModel,
    rays: Rays,
    placements: Placements,
    jitter: Float[Tensor, " rays"],
    cone: float | None = None,
) -> Samples:
    """The samples of `march` that light passes, by the model's own densities.

    A ray has at most `ROOM` of them: the nearest.
    """
    device, count = model.device, len(rays)
    space = model.space()
    space.cone = cone or space.cone
    space.smallest *= space.cone / model.config.cone
    counts = torch.zeros(count, dtype=torch.int32, device=device)
    size = count * ROOM
    instance = torch.empty(size, dtype=torch.int32, device=device)
    t, dt = torch.empty(size, device=device), torch.empty(size, device=device)
    position, direction = (torch.empty(size, 3, device=device) for _ in range(2))
    inputs = [
        space,
        model.boxes(placements),
        model.background.data(),
        model.objects.data(),
        as_warp(rays.origins.contiguous(), wp.vec3),
        as_warp(rays.directions.contiguous(), wp.vec3),
        as_warp(rays.frame.int(), wp.int32),
        as_warp(jitter, wp.float32),
        as_warp(model.background.grid, wp.float32),
        as_warp(model.objects.grid, wp.float32),
        ROOM,
        as_warp(counts, wp.int32),
        as_warp(instance, wp.int32),
        as_warp(t, wp.float32),
        as_warp(dt, wp.float32),
        as_warp(position, wp.vec3),
        as_warp(direction, wp.vec3),
    ]
    launch(sight_kernel, count, inputs, device)
    used = torch.arange(ROOM, device=device) < counts[:, None]
    rows = used.view(-1).nonzero()[:, 0]
    offsets = counts.cumsum(0, dtype=torch.int32) - counts
    ray = (rows // ROOM).int()
    packed = (x[rows] for x in (instance, t, dt, position, direction))
    return Samples(offsets, counts, ray, *packed)


class _Composite(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, sigmas: Tensor, colours: Tensor, samples: Samples
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        rays = len(samples.counts)
        rgb = sigmas.new_empty(rays, 3)
        depth, clear, spread = (sigmas.new_empty(rays) for _ in range(3))
        inputs = [
            *_packed(samples, sigmas, colours),
            as_warp(rgb, wp.vec3),
            as_warp(depth, wp.float32),
            as_warp(clear, wp.float32),
            as_warp(spread, wp.float32),
        ]
        launch(composite_kernel, rays, inputs, sigmas.device)
        ctx.save_for_backward(sigmas, colours, rgb, depth, clear, spread)
        ctx.samples = samples
        return rgb, depth, clear, spread

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        d_rgb, d_depth, d_clear, d_spread = grads
        sigmas, colours, rgb, depth, clear, spread = ctx.saved_tensors
        d_sigmas, d_colours = torch.empty_like(sigmas), torch.empty_like(colours)
        inputs = [
            *_packed(ctx.samples, sigmas, colours),
            as_warp(rgb, wp.vec3),
            as_warp(depth, wp.float32),
            as_warp(clear, wp.float32),
            as_warp(spread, wp.float32),
            as_warp(d_rgb.contiguous(), wp.vec3),
            as_warp(d_depth.contiguous(), wp.float32),
            as_warp(d_clear.contiguous(), wp.float32),
            as_warp(d_spread.contiguous(), wp.float32),
            as_warp(d_sigmas, wp.float32),
            as_warp(d_colours, wp.vec3),
        ]
        launch(composite_backward_kernel, len(clear), inputs, sigmas.device)
        near = (ctx.samples.t / FAR_ENOUGH).square().clamp_max(1)
        d_sigmas *= near
        d_colours *= near[:, None]
        return d_sigmas, d_colours, None


def _packed(samples: Samples, sigmas: Tensor, colours: Tensor) -> list[wp.array]:
    return [
        as_warp(samples.offsets, wp.int32),
        as_warp(samples.counts, wp.int32),
        as_warp(sigmas, wp.float32),
        as_warp(colours, wp.vec3),
        as_warp(samples.t, wp.float32),
        as_warp(samples.dt, wp.float32),
    ]


def composite(
    samples: Samples,
    sigmas: Float[Tensor, " samples"],
    colours: Float[Tensor, "samples 3"],
) -> tuple[
    Float[Tensor, "rays 3"],
    Float[Tensor, " rays"],
    Float[Tensor, " rays"],
    Float[Tensor, " rays"],
]:
    """Colour, weighted distance, transmittance and spread of rays (`kernels.volume`).

    Differentiable in densities and colours.
    """
    return _Composite.apply(sigmas.contiguous(), colours.contiguous(), samples)


def evaluate(
    model: FastModel, samples: Samples
) -> tuple[Float[Tensor, " samples"], Float[Tensor, "samples 3"]]:
    """Densities and colours of samples by the fields they belong to."""
    is_object = samples.instance >= 0
    if not is_object.any():
        return model.background(samples.instance, samples.position, samples.direction)
    sigmas = samples.t.new_empty(len(samples))
    colours = samples.t.new_empty(len(samples), 3)
    for field, mask in ((model.background, ~is_object), (model.objects, is_object)):
        rows = mask.nonzero()[:, 0]
        sigma, colour = field(
            samples.instance[rows], samples.position[rows], samples.direction[rows]
        )
        sigmas = sigmas.index_copy(0, rows, sigma)
        colours = colours.index_copy(0, rows, colour)
    return sigmas, colours
