"""Where the vehicle truly was: a correction of each frame's recorded pose.

Satellites tell a place to a decimetre or two, and in another direction from second to
second; a picture shows a step of a centimetre. A correction moves the recorded world of
one frame, its camera and its boxes alike, to where the model's world has it. So boxes,
picture and recording stay where they are to each other, and nobody outside a model need
know of it.
"""

from collections.abc import Iterable
from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from nsg_core.fields.moments import between
from nsg_core.geometry import Placements, Rays

Rigids = Float[Tensor, "rows 3 4"]


def rotations(turns: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3 3"]:
    """Of rotation vectors (Rodrigues)."""
    x, y, z = turns.unbind(-1)
    zero = torch.zeros_like(x)
    rows = [zero, -z, y, z, zero, -x, -y, x, zero]
    return torch.linalg.matrix_exp(torch.stack(rows, -1).view(-1, 3, 3))


class Rig(nn.Module):
    """Corrections ``x -> R (x - pivot) + pivot + shift`` of some frames' worlds.

    Another frame has what is between its neighbours' (`moments`).
    """

    frames: Tensor
    pivots: Tensor
    turns: Tensor
    shifts: Tensor

    def __init__(self, frames: Iterable[int]):
        super().__init__()
        numbers = torch.tensor(tuple(frames), dtype=torch.float32)
        self.register_buffer("frames", numbers, persistent=False)
        for name in ("pivots", "turns", "shifts"):
            self.register_buffer(name, torch.zeros(len(numbers), 3))
        self._last: tuple[Placements, object, Rigids, Placements] | None = None

    def corrections(self, numbers: Int[Tensor, " rows"]) -> Rigids:
        """From the recorded world of each frame to the model's."""
        place = between(self.frames, numbers)
        pivot, turn, shift = (
            place.mix(known).double()
            for known in (self.pivots, self.turns, self.shifts)
        )
        R = rotations(turn)
        t = pivot + shift - (R @ pivot[..., None])[..., 0]
        return torch.cat([R, t[..., None]], -1).to(self.frames)

    def forward(self, rays: Rays, placements: Placements) -> tuple[Rays, Placements]:
        """Rays and boxes of recorded worlds in the model's world.

        Those of an unknown frame stay as they are.
        """
        if placements.numbers is None:
            return rays, placements
        # A picture is traced in slices: its boxes are moved once.
        state = [(b.data_ptr(), b._version) for b in self.buffers()]
        last = self._last
        if last is None or last[0] is not placements or last[1] != state:
            T = self.corrections(placements.numbers)
            last = (placements, state, T, move_placements(T, placements))
            self._last = last
        return move_rays(last[2], rays), last[3]


def move_rays(T: Rigids, rays: Rays) -> Rays:
    """Rays, each moved by its frame's row."""
    R, t = T[rays.frame, :, :3], T[rays.frame, :, 3]

    def turned(vectors: Tensor) -> Tensor:
        return (R @ vectors[..., None])[..., 0]

    pinhole = None if rays.pinhole is None else turned(rays.pinhole)
    return replace(
        rays,
        origins=turned(rays.origins) + t,
        directions=turned(rays.directions),
        pinhole=pinhole,
    )


def move_placements(T: Rigids, placements: Placements) -> Placements:
    """Boxes, each row moved."""
    inverse = T[:, :, :3].mT
    known = placements.T_object_world
    R = known[..., :3] @ inverse[:, None]
    t = known[..., 3] - (R @ T[:, None, :, 3:])[..., 0]
    return replace(placements, T_object_world=torch.cat([R, t[..., None]], -1))
