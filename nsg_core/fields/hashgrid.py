"""The hash-grid field in torch: the readable twin of `nsg_core.kernels.field`, and the
autograd functions that run those kernels instead.

`features = encode(...)` then `sigmas, colours = shade(...)`. Both exist twice:
`*_torch` is what they mean, `encode` and `shade` are what runs. Features lie level by
level, because kernels work on one level of the table at a time.
"""

from typing import Any

import torch
import warp as wp
from jaxtyping import Float, Int
from torch import Tensor

from nsg_core.kernels import encoding, networks
from nsg_core.kernels import field as kernels
from nsg_core.kernels.launching import as_warp, launch, launch_each
from nsg_core.kernels.slopes import encode_slope_kernel
from nsg_core.threads import CORES

PRIMES = (1, 2654435761, 805459861, 3674653429)
"""Factors of the hash for x, y, z and the instance (Mueller et al. 2022, eq. 4)."""
FEW = 1024
"""So many samples are not worth a thread's attention twice."""


def level_scales(coarsest: int, finest: int) -> Float[Tensor, " levels"]:
    """Cells along an edge of the unit cube at each level, in geometric steps."""
    steps = torch.arange(kernels.LEVELS) / (kernels.LEVELS - 1)
    return (coarsest * (finest / coarsest) ** steps).float()


def encode_torch(
    table: Float[Tensor, "levels rows channels"],
    scales: Float[Tensor, " levels"],
    instances: Int[Tensor, " samples"],
    positions: Float[Tensor, "samples 3"],
) -> Float[Tensor, "levels samples channels"]:
    """Trilinear look-ups in every level of a hashed grid."""
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
    return torch.stack(outputs)


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
    features: Float[Tensor, "levels samples channels"],
    directions: Float[Tensor, "samples 3"],
) -> tuple[Float[Tensor, " samples"], Float[Tensor, "samples 3"]]:
    """Density (1/m) and colour of encoded points."""
    w1, w2, c1, c2 = unpack(weights)
    rows = features.transpose(0, 1).flatten(1)
    geometry = (rows @ w1).relu() @ w2
    # Cut as a value only: a density at the limit must still be able to fall.
    log_sigma = geometry[:, 0] + kernels.LOG_DENSITY_START
    cut = (
        log_sigma + (log_sigma.clamp_max(kernels.LOG_DENSITY_MAX) - log_sigma).detach()
    )
    inputs = torch.cat([geometry, harmonics(directions)], -1)
    return cut.exp(), ((inputs @ c1).relu() @ c2).sigmoid()


class _Encode(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        table: Tensor,
        scales: Tensor,
        instances: Tensor,
        positions: Tensor,
    ) -> Tensor:
        features = table.new_empty(kernels.LEVELS, len(positions), kernels.CHANNELS)
        both = encoding.encode_kernel, kernels.encode_wide_kernel
        _launch_levels(both, table, scales, instances, positions, features)
        ctx.save_for_backward(scales, instances, positions)
        ctx.table = table
        return features

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (d_features,) = (grad.contiguous() for grad in grads)
        table = ctx.table
        in_place = table.grad is not None
        d_table = table.grad if in_place else torch.zeros_like(table)
        both = encoding.encode_backward_kernel, kernels.encode_backward_wide_kernel
        scales, instances, positions = ctx.saved_tensors
        _launch_levels(both, d_table, scales, instances, positions, d_features)
        d_positions = None
        if ctx.needs_input_grad[3]:
            d_positions = _slopes(table, scales, instances, positions, d_features)
        return None if in_place else d_table, None, None, d_positions


def _slopes(
    table: Tensor,
    scales: Tensor,
    instances: Tensor,
    positions: Tensor,
    d_features: Tensor,
) -> Tensor:
    """The gradient of points from that of their features."""
    d_positions = torch.empty_like(positions)
    inputs = [
        as_warp(table.view(-1), wp.float32),
        as_warp(scales, wp.float32),
        wp.uint32(table.shape[1] - 1),
        as_warp(instances, wp.int32),
        as_warp(positions, wp.vec3),
        len(positions),
        as_warp(d_features.view(-1), wp.float32),
        as_warp(d_positions, wp.vec3),
    ]
    launch(encode_slope_kernel, len(positions), inputs, positions.device)
    return d_positions


def _launch_levels(
    both: tuple[Any, Any],
    table: Tensor,
    scales: Tensor,
    instances: Tensor,
    positions: Tensor,
    features: Tensor,
) -> None:
    """One item a level on the CPU; on CUDA the second kernel, with one a sample too."""
    samples = len(positions)
    kernel, wide_kernel = both
    inputs = [
        as_warp(table.view(-1), wp.float32),
        as_warp(scales, wp.float32),
        wp.uint32(table.shape[1] - 1),
        as_warp(instances, wp.int32),
        as_warp(positions, wp.vec3),
        samples,
        as_warp(features.view(-1), wp.float32),
    ]
    if positions.is_cuda:
        launch(wide_kernel, samples * kernels.LEVELS, inputs, positions.device)
    elif samples:
        together = 1 if samples > FEW else kernels.LEVELS
        launch_each(kernel, kernels.LEVELS, inputs, together)


class _Shade(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, weights: Tensor, features: Tensor, directions: Tensor
    ) -> tuple[Tensor, Tensor]:
        samples, parts = len(directions), _parts(len(directions))
        sigmas = features.new_empty(samples)
        colours = features.new_empty(samples, 3)
        inputs = [
            as_warp(weights, wp.float32),
            as_warp(features.view(-1), wp.float32),
            as_warp(directions, wp.vec3),
            samples,
            parts,
            as_warp(sigmas, wp.float32),
            as_warp(colours.view(-1), wp.float32),
        ]
        launch_each(networks.shade_kernel, parts, inputs)
        ctx.save_for_backward(weights, features, directions, sigmas, colours)
        return sigmas, colours

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        d_sigmas, d_colours = (grad.contiguous() for grad in grads)
        weights, features, directions, sigmas, colours = ctx.saved_tensors
        samples, parts = len(directions), _parts(len(directions))
        d_weights = weights.new_zeros(parts, networks.GRADIENT)
        d_features = torch.empty_like(features)
        inputs = [
            as_warp(weights, wp.float32),
            as_warp(_transposed(weights), wp.float32),
            as_warp(features.view(-1), wp.float32),
            as_warp(directions, wp.vec3),
            as_warp(sigmas, wp.float32),
            as_warp(colours.view(-1), wp.float32),
            as_warp(d_sigmas, wp.float32),
            as_warp(d_colours.view(-1), wp.float32),
            samples,
            parts,
            as_warp(d_weights.view(-1), wp.float32),
            as_warp(d_features.view(-1), wp.float32),
        ]
        launch_each(networks.shade_backward_kernel, parts, inputs)
        return _packed(d_weights.sum(0)), d_features, None


def _parts(samples: int) -> int:
    """Into how many stretches the networks' kernels part samples; 0 of none."""
    return min(2 * CORES, -(-samples // FEW))


def _transposed(weights: Tensor) -> Tensor:
    """The matrices as the backward kernel takes them."""
    w1, w2, c1, c2 = unpack(weights)
    turned = (w1.T, w2.T, c1[: kernels.GEOMETRY].T, c2.T)
    return torch.cat([matrix.reshape(-1) for matrix in turned])


def _packed(gradient: Tensor) -> Tensor:
    """A gradient as the backward kernel adds it up, packed as the weights are."""
    sizes = [rows * columns for rows, columns in networks.GRADIENT_ROWS]
    w1, w2, c1, c2 = gradient.split(sizes)
    c1, c2 = c1[: kernels.COLOUR_IN * kernels.HIDDEN], c2.view(4, kernels.HIDDEN)
    return torch.cat([w1, w2, c1, c2[:3].T.reshape(-1)])


def encode(
    table: Float[Tensor, "levels rows channels"],
    scales: Float[Tensor, " levels"],
    instances: Int[Tensor, " samples"],
    positions: Float[Tensor, "samples 3"],
) -> Float[Tensor, "levels samples channels"]:
    """`encode_torch` by Warp kernels; differentiable in the table and in positions.

    Where the table has a `grad` already, the gradient is added to it in place: a table
    is large and a step touches little of it.
    """
    return _Encode.apply(table, scales, instances, positions)


def shade(
    weights: Float[Tensor, " weights"],
    features: Float[Tensor, "levels samples channels"],
    directions: Float[Tensor, "samples 3"],
) -> tuple[Float[Tensor, " samples"], Float[Tensor, "samples 3"]]:
    """`shade_torch`, on the CPU by Warp kernels; not differentiable in directions.

    On CUDA torch's matrix products are the faster ones.
    """
    if features.is_cuda:
        return shade_torch(weights, features, directions)
    return _Shade.apply(weights, features, directions)
