"""The hash-grid field in torch: the readable twin of `nsg_core.kernels.field`, and the
autograd functions that run those kernels instead.

`features = encode(...)` then `sigmas, colours = shade(...)`. Both exist twice:
`*_torch` is what they mean, `encode` and `shade` are what runs.
"""

from typing import Any

import torch
import warp as wp
from jaxtyping import Float, Int
from torch import Tensor

from nsg_core.kernels import field as kernels
from nsg_core.kernels.launching import THREADS, as_warp, launch, launch_each

PRIMES = (1, 2654435761, 805459861, 3674653429)
"""Factors of the hash for x, y, z and the instance (Mueller et al. 2022, eq. 4)."""


def level_scales(coarsest: int, finest: int) -> Float[Tensor, " levels"]:
    """Cells along an edge of the unit cube at each level, in geometric steps."""
    steps = torch.arange(kernels.LEVELS) / (kernels.LEVELS - 1)
    return (coarsest * (finest / coarsest) ** steps).float()


def encode_torch(
    table: Float[Tensor, "levels rows channels"],
    scales: Float[Tensor, " levels"],
    instances: Int[Tensor, " samples"],
    positions: Float[Tensor, "samples 3"],
) -> Float[Tensor, "samples features"]:
    """Trilinear look-ups in every level of a hashed grid, side by side."""
    corners = torch.tensor(
        [[c & 1, c >> 1 & 1, c >> 2] for c in range(8)], device=positions.device
    )
    outputs = []
    for level, scale in enumerate(scales):
        scaled = positions * scale
        cell = scaled.floor().long()
        fraction = (scaled - cell)[:, None]
        weights = torch.where(corners == 1, fraction, 1 - fraction).prod(-1)
        # Arithmetic modulo 2^32, as the kernel's unsigned integers do.
        grid = ((cell[:, None] + corners) & 0xFFFFFFFF).unbind(-1)
        x, y, z = (g * p & 0xFFFFFFFF for g, p in zip(grid, PRIMES[:3], strict=True))
        salt = (instances.long() * PRIMES[3] & 0xFFFFFFFF)[:, None]
        rows = (x ^ y ^ z ^ salt) & (table.shape[1] - 1)
        outputs.append((table[level][rows] * weights[..., None]).sum(1))
    return torch.cat(outputs, -1)


def harmonics(directions: Float[Tensor, "samples 3"]) -> Float[Tensor, "samples 9"]:
    """Real spherical harmonics up to degree 2 of unit directions."""
    x, y, z = directions.unbind(-1)
    return torch.stack(
        [
            torch.full_like(x, 0.28209479),
            0.48860251 * y,
            0.48860251 * z,
            0.48860251 * x,
            1.09254843 * x * y,
            1.09254843 * y * z,
            0.31539157 * (3 * z * z - 1),
            1.09254843 * x * z,
            0.54627422 * (x * x - y * y),
        ],
        -1,
    )


def unpack(weights: Float[Tensor, " weights"]) -> list[Tensor]:
    """The four matrices of a field's networks, as views."""
    sizes = [rows * columns for rows, columns in kernels.SHAPES]
    parts = weights.split(sizes)
    return [part.view(shape) for part, shape in zip(parts, kernels.SHAPES, strict=True)]


def shade_torch(
    weights: Float[Tensor, " weights"],
    features: Float[Tensor, "samples features"],
    directions: Float[Tensor, "samples 3"],
) -> tuple[Float[Tensor, " samples"], Float[Tensor, "samples 3"]]:
    """Density (1/m) and colour of encoded points."""
    w1, w2, c1, c2 = unpack(weights)
    geometry = (features @ w1).relu() @ w2
    # Cut as a value only: a density at the limit must still be able to fall.
    log_sigma = geometry[:, 0] + kernels.LOG_DENSITY_START
    cut = (
        log_sigma + (log_sigma.clamp_max(kernels.LOG_DENSITY_MAX) - log_sigma).detach()
    )
    inputs = torch.cat([geometry, harmonics(directions)], -1)
    return cut.exp(), ((inputs @ c1).relu() @ c2).sigmoid()


def _transposed(weights: Tensor) -> Tensor:
    return torch.cat([matrix.T.reshape(-1) for matrix in unpack(weights)])


class _Encode(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        table: Tensor,
        scales: Tensor,
        instances: Tensor,
        positions: Tensor,
    ) -> Tensor:
        features = torch.empty(
            len(positions), kernels.FEATURES, device=positions.device
        )
        inputs = [
            as_warp(table.view(-1), wp.float32),
            as_warp(scales, wp.float32),
            wp.uint32(table.shape[1] - 1),
            as_warp(instances, wp.int32),
            as_warp(positions, wp.vec3),
            as_warp(features.view(-1), wp.float32),
        ]
        launch(kernels.encode_kernel, len(positions), inputs, positions.device)
        ctx.save_for_backward(scales, instances, positions)
        ctx.table = table
        return features

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (d_features,) = grads
        scales, instances, positions = ctx.saved_tensors
        table, samples = ctx.table, len(positions)
        in_place = table.grad is not None
        d_table = table.grad if in_place else torch.zeros_like(table)
        inputs = [
            as_warp(scales, wp.float32),
            wp.uint32(table.shape[1] - 1),
            as_warp(instances, wp.int32),
            as_warp(positions, wp.vec3),
            as_warp(d_features.contiguous().view(-1), wp.float32),
            samples,
            as_warp(d_table.view(-1), wp.float32),
        ]
        if positions.is_cuda:
            items = samples * kernels.LEVELS
            kernel = kernels.encode_backward_wide_kernel
            launch(kernel, items, inputs, positions.device)
        elif samples:
            kernel = kernels.encode_backward_kernel
            launch_each(kernel, kernels.LEVELS, inputs, positions.device)
        return None if in_place else d_table, None, None, None


class _Shade(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, weights: Tensor, features: Tensor, directions: Tensor
    ) -> tuple[Tensor, Tensor]:
        sigmas = features.new_empty(len(features))
        colours = features.new_empty(len(features), 3)
        inputs = [
            as_warp(weights, wp.float32),
            as_warp(features.view(-1), wp.float32),
            as_warp(directions, wp.vec3),
            as_warp(sigmas, wp.float32),
            as_warp(colours.view(-1), wp.float32),
        ]
        launch(kernels.shade_kernel, len(features), inputs, features.device)
        ctx.save_for_backward(weights, features, directions)
        return sigmas, colours

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        d_sigmas, d_colours = grads
        weights, features, directions = ctx.saved_tensors
        parts = max(1, min(2 * THREADS, len(features)))
        d_weights = weights.new_zeros(parts, len(weights))
        d_features = torch.empty_like(features)
        inputs = [
            as_warp(weights, wp.float32),
            as_warp(_transposed(weights), wp.float32),
            as_warp(features.view(-1), wp.float32),
            as_warp(directions, wp.vec3),
            as_warp(d_sigmas.contiguous(), wp.float32),
            as_warp(d_colours.contiguous().view(-1), wp.float32),
            len(features),
            parts,
            as_warp(d_weights.view(-1), wp.float32),
            as_warp(d_features.view(-1), wp.float32),
        ]
        if len(features):
            launch_each(kernels.shade_backward_kernel, parts, inputs, features.device)
        *others, last = unpack(d_weights.sum(0))
        last = last.view(last.shape[1], last.shape[0]).T
        total = torch.cat([part.reshape(-1) for part in (*others, last)])
        return total, d_features, None


def encode(
    table: Float[Tensor, "levels rows channels"],
    scales: Float[Tensor, " levels"],
    instances: Int[Tensor, " samples"],
    positions: Float[Tensor, "samples 3"],
) -> Float[Tensor, "samples features"]:
    """`encode_torch` by Warp kernels; differentiable in the table only.

    Where the table has a `grad` already, the gradient is added to it in place: a table
    is large and a step touches little of it.
    """
    return _Encode.apply(table, scales, instances, positions)


def shade(
    weights: Float[Tensor, " weights"],
    features: Float[Tensor, "samples features"],
    directions: Float[Tensor, "samples 3"],
) -> tuple[Float[Tensor, " samples"], Float[Tensor, "samples 3"]]:
    """`shade_torch`, on the CPU by Warp kernels; not differentiable in directions.

    On CUDA torch's matrix products are the faster ones.
    """
    if features.is_cuda:
        return shade_torch(weights, features, directions)
    return _Shade.apply(weights, features, directions)
