"""Adam (Kingma and Ba, ICLR 2015) whose state can be stored, by one kernel."""

import math
from collections.abc import Mapping

import torch
import warp as wp
from torch import Tensor, nn

from nsg_core.kernels.launching import as_warp, launch
from nsg_core.kernels.optimise import adam_kernel

BETAS = (0.9, 0.99)
EPSILON = 1e-15
ON_CPU = 1024
"""Entries of an item of the kernel on the CPU, for vectors' sake."""


class Adam:
    """Moments of a model's parameters; entries without a gradient rest."""

    def __init__(self, model: nn.Module):
        self.parameters = dict(model.named_parameters())
        self.steps = 0
        self.means = {k: torch.zeros_like(p) for k, p in self.parameters.items()}
        self.squares = {k: torch.zeros_like(p) for k, p in self.parameters.items()}
        for parameter in self.parameters.values():
            parameter.grad = torch.zeros_like(parameter)

    def step(self, rate: float) -> None:
        """Follow the gradients, and set them to zero."""
        self.steps += 1
        first, second = (1 - beta**self.steps for beta in BETAS)
        corrected = rate * math.sqrt(second) / first
        for name, parameter in self.parameters.items():
            assert parameter.grad is not None
            tensors = (
                parameter,
                parameter.grad,
                self.means[name],
                self.squares[name],
            )
            inputs = [as_warp(x.view(-1), wp.float32) for x in tensors]
            size, each = parameter.numel(), 1 if parameter.is_cuda else ON_CPU
            inputs += [corrected, *BETAS, EPSILON, size, each]
            launch(adam_kernel, -(-size // each), inputs, parameter.device)
            # Torch knows of its own changes only, and who keeps something made from
            # weights asks for their version.
            torch.autograd.graph.increment_version(parameter)

    def state(self) -> dict[str, Tensor]:
        """Everything that a resumed run needs."""
        state = {f"mean/{name}": x for name, x in self.means.items()}
        state |= {f"square/{name}": x for name, x in self.squares.items()}
        return state | {"steps": torch.tensor(self.steps)}

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a stored state."""
        self.steps = int(state["steps"])
        for name in self.parameters:
            self.means[name].copy_(state[f"mean/{name}"])
            self.squares[name].copy_(state[f"square/{name}"])
