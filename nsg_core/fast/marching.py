"""Samples along rays, and compositing them, for training the fast model."""

from dataclasses import dataclass
from typing import Any

import torch
import warp as wp
from jaxtyping import Float, Int
from torch import Tensor

from nsg_core.fast.boxes import by_frame
from nsg_core.fast.model import FastModel
from nsg_core.geometry import Placements, Rays
from nsg_core.kernels.launching import as_warp, launch
from nsg_core.kernels.sight import sight_kernel
from nsg_core.kernels.volume import composite_backward_kernel, composite_kernel
from nsg_core.kernels.walk import Samples as KernelSamples
from nsg_core.kernels.walk import march_kernel

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
) -> Samples:
    """Where to evaluate fields along rays; `jitter` in [0, 1) places them in steps.

    `cone` overrides the model's step: a coarse one to begin with.
    """
    device, count = model.device, len(rays)
    counts = torch.zeros(count, dtype=torch.int32, device=device)
    ways = _ways(model, rays, placements, jitter, cone)

    def run(write: bool, offsets: Tensor, out: _Buffers) -> None:
        inputs = [
            *ways,
            write,
            as_warp(offsets, wp.int32),
            as_warp(counts, wp.int32),
            out.data(),
        ]
        launch(march_kernel, count, inputs, device)

    run(False, counts, _Buffers(1, device))
    ends = counts.cumsum(0, dtype=torch.int32)
    out = _Buffers(int(ends[-1]) if count else 0, device)
    run(True, ends - counts, out)
    return Samples(ends - counts, counts, *out.tensors)


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
    counts = torch.zeros(count, dtype=torch.int32, device=device)
    out = _Buffers(count * ROOM, device)
    world, *rest = _ways(model, rays, placements, jitter, cone)
    fields = [model.background.data(), model.objects.data()]
    inputs = [world, *fields, *rest, ROOM, as_warp(counts, wp.int32), out.data()]
    launch(sight_kernel, count, inputs, device)
    used = torch.arange(ROOM, device=device) < counts[:, None]
    rows = used.view(-1).nonzero()[:, 0]
    offsets = counts.cumsum(0, dtype=torch.int32) - counts
    return Samples(offsets, counts, *(x[rows] for x in out.tensors))


def _ways(
    model: FastModel,
    rays: Rays,
    placements: Placements,
    jitter: Float[Tensor, " rays"],
    cone: float | None,
) -> list[Any]:
    """The world and the rays in it, as kernels take them."""
    return [
        model.world(placements, model.space(cone)),
        as_warp(rays.origins.contiguous(), wp.vec3),
        as_warp(rays.directions.contiguous(), wp.vec3),
        by_frame(model.placed(placements), rays).data(),
        as_warp(jitter, wp.float32),
    ]


class _Buffers:
    """Room for samples that a kernel writes, in the order of `Samples`."""

    def __init__(self, size: int, device: torch.device):
        whole = [torch.empty(size, dtype=torch.int32, device=device) for _ in "ab"]
        lines = [torch.empty(size, device=device) for _ in "ab"]
        self.tensors = [
            *whole,
            *lines,
            *(torch.empty(size, 3, device=device) for _ in "ab"),
        ]

    def data(self) -> Any:
        """The buffers as kernels take them."""
        out = KernelSamples()
        names = ("ray", "instance", "t", "dt", "position", "direction")
        types = (wp.int32, wp.int32, wp.float32, wp.float32, wp.vec3, wp.vec3)
        for name, tensor, dtype in zip(names, self.tensors, types, strict=True):
            setattr(out, name, as_warp(tensor, dtype))
        return out


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
    # Only objects' positions may be learnt.
    parts = (
        (model.background, ~is_object, samples.position.detach()),
        (model.objects, is_object, samples.position),
    )
    for field, mask, position in parts:
        rows = mask.nonzero()[:, 0]
        sigma, colour = field(
            samples.instance[rows], position[rows], samples.direction[rows]
        )
        sigmas = sigmas.index_copy(0, rows, sigma)
        colours = colours.index_copy(0, rows, colour)
    return sigmas, colours
