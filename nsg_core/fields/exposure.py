"""Exposure and white balance of recorded cameras, which differ and adapt."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Exposure(nn.Module):
    """A gain and an offset for each colour channel of each camera.

    They are changes from a neutral camera (index -1), which a free view uses.
    """

    def __init__(self, cameras: int):
        super().__init__()
        self.log_gain = nn.Parameter(torch.zeros(cameras, 3))
        self.offset = nn.Parameter(torch.zeros(cameras, 3))

    def forward(
        self, rgb: Float[Tensor, "rays 3"], camera: Int[Tensor, " rays"]
    ) -> Float[Tensor, "rays 3"]:
        """What a camera records of linear colours; not clamped."""
        if not len(self.log_gain):
            return rgb
        known = (camera >= 0)[:, None]
        index = camera.clamp_min(0)
        recorded = rgb * self.log_gain[index].exp() + self.offset[index]
        return torch.where(known, recorded, rgb)
