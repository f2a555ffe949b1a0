"""The way back from colours to the boxes that samples are in."""

from dataclasses import replace

import torch

from nsg_core.fast.marching import Samples
from nsg_core.fast.model import FastModel, instances_of
from nsg_core.geometry import Placements, Rays


def still(placements: Placements) -> Placements:
    """The same boxes, which no gradient reaches."""
    T = placements.T_object_world
    if not T.requires_grad:
        return placements
    return replace(placements, T_object_world=T.detach())


def with_slopes(
    model: FastModel, samples: Samples, rays: Rays, placements: Placements
) -> Samples:
    """The same samples, whose positions in objects follow the boxes they are in.

    `placements` are those that the samples were found with, before `still`.
    """
    rows = (samples.instance >= 0).nonzero()[:, 0]
    if not len(rows):
        return samples
    instances = instances_of(model.config, placements.models)
    columns = torch.zeros(len(model.config.objects), dtype=torch.long)
    for column, instance in enumerate(instances):
        if instance >= 0:
            columns[instance] = column
    column = columns.to(rows.device)[samples.instance[rows].long()]
    ray = samples.ray[rows].long()
    frame = rays.frame[ray]
    T = placements.T_object_world[frame, column]
    p = rays.origins[ray] + samples.t[rows, None] * rays.directions[ray]
    local = (T[..., :3] @ p[..., None])[..., 0] + T[..., 3]
    around = model.regions(placements)
    size = (around.high - around.low)[frame, column]
    # The march has the values, this the way back: their difference is zero.
    follows = (local - local.detach()) / size
    return replace(samples, position=samples.position.index_add(0, rows, follows))
