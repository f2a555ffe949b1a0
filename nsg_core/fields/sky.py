"""What is infinitely far away: a colour for each direction, and nothing else."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

FREQUENCIES = 2


class Sky(nn.Module):
    """A small network on sines of the direction (Mildenhall et al. 2020, eq. 4).

    Without a sky of its own, a drive's background puts bright fog wherever no surface
    is; MARS (CICAI 2023, table 3) loses 5 dB without one.
    """

    def __init__(self, width: int = 32, black: bool = False):
        """`black`: there is none, and what is infinitely far away is black."""
        super().__init__()
        self.black = black
        inputs = 3 * (1 + 2 * FREQUENCIES)
        self.layers = nn.Sequential(
            nn.Linear(inputs, width),
            nn.ReLU(),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Linear(width, 3),
        )

    def forward(self, directions: Float[Tensor, "rays 3"]) -> Float[Tensor, "rays 3"]:
        """Colours in [0, 1] of unit directions in the world."""
        if self.black:
            return torch.zeros_like(directions)
        steps = torch.arange(FREQUENCIES, device=directions.device)
        angles = (directions[..., None] * 2.0**steps).flatten(-2)
        inputs = torch.cat([directions, angles.sin(), angles.cos()], -1)
        return self.layers(inputs).sigmoid()
