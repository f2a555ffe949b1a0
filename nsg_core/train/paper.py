"""How the paper's model learns: its loss, and nothing to keep up to date."""

import torch
from torch import Tensor

from nsg_core.paper.model import PaperModel
from nsg_core.train.batches import Batch, Pictures
from nsg_core.train.config import TrainConfig


class PaperFit:
    """A paper model on its way (Ost et al. 2021, eq. 10)."""

    def __init__(self, model: PaperModel, pictures: Pictures, config: TrainConfig):
        self.model, self.rays = model.train(), config.rays
        self.placements = pictures.placements.to(model.device)

    def start(self) -> None:
        """Nothing to prepare."""

    def loss(
        self, batch: Batch, step: int, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """The loss to descend, and the colours' mean squared error."""
        traced = self.model.shade(batch.rays, self.placements)
        error = (traced.rgb - batch.rgb).square().mean()
        return error + self.model.regularisation(), error

    def after(self, step: int, generator: torch.Generator) -> None:
        """Nothing to keep up to date."""
