"""Corrected poses of a recording, from its own pictures."""

import numpy as np
import torch
from torch import Tensor

from nsg_core.fields.rig import Rig
from nsg_core.train.batches import Pictures
from nsg_core.train.bundle import Adjusted, Sightings, adjust
from nsg_core.train.tracking import Tracks, track

FEWEST = 3
"""Pictures that must show a corner; of two nearly any would agree."""
ENOUGH = 10
"""Sightings a frame without which nothing is believed."""
BETTER = 0.8
"""What is left of the error must be less than this part of it. Where recorded poses are
exact, corners tell only of their own noise."""


def refine(pictures: Pictures, rig: Rig) -> Adjusted | None:
    """Set a rig to what makes the street stand still in the pictures.

    None, and the rig as it was, where the recorded poses are as good already or the
    pictures do not tell. `pictures` are as recorded, one row of placements a frame of
    the rig.
    """
    sightings = _sightings(pictures, track(pictures))
    if len(sightings.point) < ENOUGH * len(sightings.pivots):
        return None
    found = adjust(sightings)
    if found.error > BETTER * found.error_before:
        return None
    for buffer, values in (
        (rig.pivots, sightings.pivots),
        (rig.turns, found.turns),
        (rig.shifts, found.shifts),
    ):
        buffer.copy_(torch.from_numpy(values))
    return found


def _sightings(pictures: Pictures, tracks: Tracks) -> Sightings:
    seen = torch.bincount(tracks.point, minlength=len(tracks.places))
    kept = (seen >= FEWEST)[tracks.point]
    used, point = tracks.point[kept].unique(return_inverse=True)
    pivots = [pictures.origins[0]]
    for row in range(len(pictures.placements.present)):
        here = pictures.origins[pictures.frame == row]
        # Where there is no picture nobody was; the frame before is near enough.
        pivots.append(here.mean(0) if len(here) else pivots[-1])
    return Sightings(
        point=point.numpy(),
        picture=tracks.picture[kept].numpy(),
        pixel=_exact(tracks.pixel[kept]),
        places=_exact(tracks.places[used]),
        frame=pictures.frame.numpy(),
        rotations=_exact(pictures.rotations),
        origins=_exact(pictures.origins),
        intrinsics=_exact(pictures.intrinsics),
        pivots=_exact(torch.stack(pivots[1:])),
    )


def _exact(values: Tensor) -> np.ndarray:
    return values.double().numpy()
