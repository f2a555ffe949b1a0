"""A hash-grid field as a module: its weights, and where it is occupied."""

import math
from typing import Any

import torch
import warp as wp
from jaxtyping import Float, Int
from torch import Tensor, nn

from nsg_core.fields import hashgrid
from nsg_core.kernels.field import (
    CHANNELS,
    LEVELS,
    LOG_DENSITY_START,
    WEIGHTS,
    FieldData,
)
from nsg_core.kernels.launching import as_warp


class HashField(nn.Module):
    """Table and networks of one field, with its occupancy grid of densities."""

    grid: Tensor
    scales: Tensor

    def __init__(self, rows: int, coarsest: int, finest: int, cells: int):
        super().__init__()
        self.table = nn.Parameter(torch.empty(LEVELS, rows, CHANNELS))
        self.weights = nn.Parameter(torch.empty(WEIGHTS))
        self.register_buffer("grid", torch.zeros(cells))
        self.register_buffer(
            "scales", hashgrid.level_scales(coarsest, finest), persistent=False
        )
        self.reset()

    def reset(self) -> None:
        """Fresh random weights: a thin haze."""
        nn.init.uniform_(self.table, -1e-4, 1e-4)
        for matrix in hashgrid.unpack(self.weights.data):
            bound = math.sqrt(6 / matrix.shape[0])
            nn.init.uniform_(matrix, -bound, bound)

    @torch.no_grad()
    def thicken(self, density: float) -> None:
        """Let fresh weights mean a density (1/m), where thin haze would go unnoticed.

        The first feature becomes 1 everywhere, and the first hidden unit passes it on
        to the logarithm of density: together a bias, which the networks do not have.
        """
        self.table[0, :, 0] = 1.0
        w1, w2, _, _ = hashgrid.unpack(self.weights.data)
        w1[:, 0] = 0.0
        w1[0] = 0.0
        w2[0] = 0.0
        w1[0, 0] = 1.0
        w2[0, 0] = math.log(density) - LOG_DENSITY_START

    def forward(
        self,
        instances: Int[Tensor, " samples"],
        positions: Float[Tensor, "samples 3"],
        directions: Float[Tensor, "samples 3"],
    ) -> tuple[Float[Tensor, " samples"], Float[Tensor, "samples 3"]]:
        """Density (1/m) and colour; positions in the unit cube."""
        features = hashgrid.encode(self.table, self.scales, instances, positions)
        return hashgrid.shade(self.weights, features, directions)

    def data(self) -> Any:
        """The field as kernels take it."""
        data = FieldData()
        data.table = as_warp(self.table.view(-1), wp.float32)
        data.scales = as_warp(self.scales, wp.float32)
        data.mask = self.table.shape[1] - 1
        data.weights = as_warp(self.weights, wp.float32)
        return data
