"""Where objects truly were: small corrections of their labelled boxes, by frame.

People draw labels to a few centimetres; at ten metres that is a pixel or two, and a car
that jumps so much from picture to picture is learnt as a blur. What all frames of an
object share is left to its looks.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from nsg_core.fields.moments import between
from nsg_core.geometry import Placements

SHIFT, TURN = 0.1, 0.02
"""Metres and radians of a parameter of 1: then the learning rate of looks suits."""


class Nudges(nn.Module):
    """A shift and a turn about its vertical axis for each object in some frames.

    Another frame has what is between its neighbours' (`moments`).
    """

    frames: Tensor

    def __init__(self, frames: Iterable[int], objects: int):
        super().__init__()
        numbers = torch.tensor(tuple(frames), dtype=torch.float32)
        self.register_buffer("frames", numbers, persistent=False)
        self.moves = nn.Parameter(torch.zeros(len(numbers), objects, 4))
        self._last: tuple[Placements, object, Placements] | None = None

    def moved(self) -> Tensor:
        """Shifts (m) along an object's axes, and its turn (radians), by frame."""
        moves = self.moves - self.moves.mean(0, keepdim=True)
        return moves * moves.new_tensor([SHIFT, SHIFT, SHIFT, TURN])

    @torch.no_grad()
    def farthest(self, object_: int, corner: float) -> float:
        """How far, at most, a point of an object moves that is `corner` m from its
        origin."""
        moved = self.moved()[:, object_]
        far = moved[:, :3].norm(dim=-1) + moved[:, 3].abs() * corner
        return float(far.max())

    def forward(self, placements: Placements, instances: list[int]) -> Placements:
        """Boxes where they truly were; `instances` says which object a column shows.

        Differentiable in `moves`. Unknown frames and objects (-1) stay as they are.
        """
        if placements.numbers is None or not self.moves.numel():
            return placements
        if torch.is_grad_enabled():
            return self._nudged(placements, placements.numbers, instances)
        # A picture is traced in slices: its boxes are moved once.
        state, last = (self.moves.data_ptr(), self.moves._version), self._last
        if last is None or last[0] is not placements or last[1] != state:
            result = self._nudged(placements, placements.numbers, instances)
            self._last = last = (placements, state, result)
        return last[2]

    def _nudged(
        self, placements: Placements, numbers: Tensor, instances: list[int]
    ) -> Placements:
        index = torch.tensor(instances, dtype=torch.long, device=numbers.device)
        known = between(self.frames, numbers).mix(self.moved().flatten(1))
        known = known.view(len(numbers), -1, 4)[:, index.clamp_min(0)]
        known = known * (index >= 0)[:, None]
        c, s = known[..., 3].cos(), known[..., 3].sin()
        zero, one = torch.zeros_like(c), torch.ones_like(c)
        R = torch.stack([c, zero, s, zero, one, zero, -s, zero, c], -1)
        R = R.view(*c.shape, 3, 3)
        T = R @ placements.T_object_world
        T = torch.cat([T[..., :3], T[..., 3:] + known[..., :3, None]], -1)
        return Placements(
            T,
            placements.size,
            placements.present,
            placements.track,
            placements.models,
            placements.numbers,
        )
