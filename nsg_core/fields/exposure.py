"""Exposure and white balance of recorded cameras, which differ and adapt."""

from collections.abc import Iterable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from nsg_core.fields.moments import between


class Exposure(nn.Module):
    """A gain and an offset for each colour channel of each camera; and how much light
    it takes in each of some frames.

    They are changes from a neutral camera (index -1), which a free view uses.
    """

    frames: Tensor

    def __init__(self, cameras: int, frames: Iterable[int] = ()):
        super().__init__()
        self.log_gain = nn.Parameter(torch.zeros(cameras, 3))
        self.offset = nn.Parameter(torch.zeros(cameras, 3))
        numbers = torch.tensor(tuple(frames), dtype=torch.float32)
        self.register_buffer("frames", numbers, persistent=False)
        adapts = len(numbers) and cameras
        self.light = (
            nn.Parameter(torch.zeros(len(numbers), cameras)) if adapts else None
        )

    def forward(
        self,
        rgb: Float[Tensor, "rays 3"],
        camera: Int[Tensor, " rays"],
        frame: Int[Tensor, " rays"] | None = None,
    ) -> Float[Tensor, "rays 3"]:
        """What a camera records of linear colours in a frame; not clamped."""
        if not len(self.log_gain):
            return rgb
        known = (camera >= 0)[:, None]
        index = camera.clamp_min(0)
        log_gain = self.log_gain[index]
        if self.light is not None and frame is not None:
            # The mean belongs to the cameras' gains, or neither would come to rest.
            light = between(self.frames, frame).mix(self.light - self.light.mean())
            log_gain = log_gain + light.gather(1, index[:, None])
        recorded = rgb * log_gain.exp() + self.offset[index]
        return torch.where(known, recorded, rgb)
