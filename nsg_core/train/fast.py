"""How the fast model learns: what a step does, beyond what any model's step does."""

from dataclasses import replace

import torch
from torch import Tensor

from nsg_core.fast import marching, occupancy
from nsg_core.fast.model import FastModel
from nsg_core.train import stereo
from nsg_core.train.batches import Batch, Pictures
from nsg_core.train.boxes import still, with_slopes
from nsg_core.train.config import TrainConfig
from nsg_core.train.surfaces import sight_loss
from nsg_core.train.unseen import Unseen

WARM_CONE = 1 / 8
"""Strides in the beginning, while everything counts as occupied."""
REFRESH_STEPS = 32
WHOLE_REFRESHES, PARTS = 8, 4
"""After so many whole refreshes of the background's grid only a part of it is looked up
at a time: what is where has become clear, and a look at every cell costs ten steps."""
FEWEST_RAYS, MOST_RAYS = 256, 1 << 15
NEAR_LABELS = 1e-5
"""Holds boxes to their labels, where pictures have nothing to say against them."""
DENSE = 0.5
"""Part of each picture with a measured depth from which none is guessed."""
SURFACE_LEFT = 1 / 30
"""Part of the weight of measured depth that is left in the end."""
WHITE = 254 / 255
HORIZON = 0.03
"""Rays that point down more than this must meet the ground."""


class FastFit:
    """A fast model on its way; owns the occupancy's upkeep and the size of batches."""

    def __init__(self, model: FastModel, pictures: Pictures, config: TrainConfig):
        self.model, self.pictures, self.config = model, pictures, config
        views = list(pictures.views)
        self.seen = occupancy.seen_cells(model.config, views).to(model.device)
        self.rays = FEWEST_RAYS
        self.rough = None if _dense(pictures) else stereo.sweep(pictures)
        self.placements = pictures.placements.to(model.device)
        known = config.frame_exposure
        self.lit = self.placements if known else replace(self.placements, numbers=None)
        eyes = torch.zeros(len(self.placements.present), 3)
        eyes[pictures.frame] = pictures.origins
        self.unseen = Unseen(model, self.placements, eyes.to(model.device))

    def start(self) -> None:
        """Before the first step of a fresh run."""
        views = list(self.pictures.views)
        empty = torch.zeros(len(self.seen), dtype=torch.bool)
        rough = None if self.rough is None else self.rough.depth
        for depth in (self.pictures.depth, rough):
            if depth is not None:
                empty |= occupancy.carved_cells(self.model.config, views, depth)
        occupancy.start(self.model, self.seen, empty.to(self.model.device))

    def loss(
        self, batch: Batch, step: int, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """The loss to descend, and the colours' mean squared error."""
        config, model, count = self.config, self.model, len(batch.rays)
        warm = step < config.warm_steps
        jitter = torch.rand(count, generator=generator).to(model.device)
        # At first everything is haze, and nothing is gained by looking first.
        find = marching.march if warm else marching.sight
        cone = self._cone(step)
        placements = model.nudge(self.placements)
        samples = find(model, batch.rays, still(placements), jitter, cone)
        # A box that is moved before its object has a look would only wander.
        if model.nudges is not None and step > config.object_warm_steps:
            samples = with_slopes(model, samples, batch.rays, placements)
        sigmas, colours = marching.evaluate(model, samples)
        rgb, depth, clear, spread = marching.composite(samples, sigmas, colours)
        rgb = rgb + clear[:, None] * model.sky(batch.rays.directions)
        seen = model.exposed(rgb, batch.rays, self.lit)
        # Brighter than white is white.
        blind = (seen.detach() > 1) & (batch.rgb >= WHITE)
        error = (seen - batch.rgb).masked_fill(blind, 0).square().mean()
        down = (batch.rays.directions[:, 1] > HORIZON).float()
        transparent = (clear * down).sum() / down.sum().clamp_min(1)
        loss = error + config.ground_loss * transparent
        distance = self._measured(batch)
        if distance is not None:
            lost = sight_loss(samples, sigmas, distance, cone)
            share = (distance > 0).sum().clamp_min(1)
            loss = loss + self._surface_weight(step) * lost.sum() / share
        if self.rough is not None and (weight := self._depth_weight(step)) > 0:
            target = self._roughly(self.rough, batch)
            if distance is not None:
                target = torch.where(distance > 0, 0, target)
            loss = loss + weight * _depth_loss(target, depth, clear)
        if config.hidden_loss > 0:
            hidden = self.unseen.inside(generator) + self.unseen.beneath(generator)
            loss = loss + config.hidden_loss * hidden
        if model.nudges is not None:
            loss = loss + NEAR_LABELS * model.nudges.moves.square().sum()
        self._resize(len(samples), count)
        return loss + config.spread_loss * spread.mean(), error

    def after(self, step: int, generator: torch.Generator) -> None:
        """Keep the occupancy grids up to date."""
        model, config = self.model, self.config
        since = step - config.warm_steps
        for decay in _due(since):
            cells, decay = self._looked_up(since // REFRESH_STEPS, decay)
            occupancy.refresh_background(model, cells, generator, decay)
        # Objects are few of the rays: they get more time before they are believed.
        for decay in _due(step - config.object_warm_steps):
            occupancy.refresh_objects(model, generator, decay)

    def _looked_up(self, turn: int, decay: float) -> tuple[Tensor, float]:
        """The background's cells of a refresh, and what they keep of what they had."""
        if turn <= WHOLE_REFRESHES:
            return self.seen, decay
        index = torch.arange(len(self.seen), device=self.seen.device)
        return self.seen & (index % PARTS == turn % PARTS), decay**2

    def _depth_weight(self, step: int) -> float:
        """Rough depths guide the beginning only; colours know better later."""
        part = 1 - step / max(1, self.config.depth_steps)
        return self.config.depth_loss * max(0.0, part)

    def _surface_weight(self, step: int) -> float:
        """Falls: a pixel at an edge has colours of two surfaces, and one depth."""
        part = min(1.0, step / max(1, self.config.surface_steps))
        return self.config.surface_loss * SURFACE_LEFT**part

    def _measured(self, batch: Batch) -> Tensor | None:
        """Measured distances along rays, 0 where unknown; None: nowhere."""
        depth = self.pictures.depth
        if depth is None:
            return None
        picture, u, v = batch.pixel.cpu().unbind(-1)
        return _along(depth[picture, v, u], batch)

    def _roughly(self, rough: stereo.RoughDepth, batch: Batch) -> Tensor:
        """Rough distances along rays, 0 where unknown."""
        _, height, width, _ = self.pictures.pixels.shape
        picture, u, v = batch.pixel.cpu().unbind(-1)
        depth = rough.at(picture, u.float(), v.float(), (width, height))
        return _along(depth, batch)

    def _cone(self, step: int) -> float:
        """Strides shorten from WARM_CONE to the model's own."""
        final = self.model.config.cone
        since = max(0, step - self.config.warm_steps) / max(1, self.config.anneal_steps)
        return max(final, WARM_CONE * (final / WARM_CONE) ** since)

    def _resize(self, samples: int, rays: int) -> None:
        """So many rays that the next step has the samples that it should have."""
        wanted = self.config.samples * rays / max(1, samples)
        rays = round(0.7 * self.rays + 0.3 * wanted)
        self.rays = max(FEWEST_RAYS, min(MOST_RAYS, rays))


def _along(depth: Tensor, batch: Batch) -> Tensor:
    """Distances along a batch's rays, of depths along the cameras' axes."""
    assert batch.rays.pinhole is not None
    return depth.float().to(batch.rgb.device) * batch.rays.pinhole.norm(dim=-1)


def _depth_loss(target: Tensor, depth: Tensor, clear: Tensor) -> Tensor:
    """Where a rough distance is known: relative error of the distance, and light that
    comes from behind."""
    known = (target > 0).float()
    opacity = 1 - clear
    ratio = (depth / opacity.clamp_min(1e-3)).clamp_min(0.1) / target.clamp_min(0.1)
    error = (ratio.log().abs() * opacity.detach() + clear) * known
    return error.sum() / known.sum().clamp_min(1)


def _dense(pictures: Pictures) -> bool:
    """Whether so much depth was measured that none needs to be guessed."""
    depth = pictures.depth
    return depth is not None and bool(((depth > 0).float().mean((1, 2)) > DENSE).all())


def _due(since: int) -> tuple[float, ...]:
    """The looks at a grid after so many steps of believing it: what each forgets."""
    if since == 0:
        # The first look replaces the assumption that all is occupied.
        return 0.0, 1.0, 1.0, 1.0
    return (occupancy.DECAY,) if since > 0 and since % REFRESH_STEPS == 0 else ()
