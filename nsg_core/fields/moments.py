"""What a model knows frame by frame, looked up at any frame."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Shaped
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Between:
    """Where frames lie between known ones: rows before and after, and how far on.

    A frame before the first known one is like it, and one after the last like that.
    """

    before: Tensor
    after: Tensor
    share: Float[Tensor, " rows"]

    def mix(self, known: Float[Tensor, "frames n"]) -> Float[Tensor, "rows n"]:
        """Of what is known of each frame, what is between."""
        return torch.lerp(known[self.before], known[self.after], self.share[:, None])


def between(
    frames: Float[Tensor, " frames"], numbers: Shaped[Tensor, " rows"]
) -> Between:
    """Where numbers of frames lie between known ones, which ascend."""
    numbers = numbers.to(frames)
    after = torch.searchsorted(frames, numbers)
    before, after = (i.clamp(0, len(frames) - 1) for i in (after - 1, after))
    apart = (frames[after] - frames[before]).clamp_min(1)
    return Between(before, after, ((numbers - frames[before]) / apart).clamp(0, 1))
