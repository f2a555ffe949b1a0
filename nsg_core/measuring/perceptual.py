"""LPIPS: how alike two pictures are to a network that was trained to see.

After Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual
Metric" (CVPR 2018). The weights of its small last layers come with torchmetrics. Those
of the network below (AlexNet or VGG16 as torchvision publishes them, 233 and 528 MB)
are looked for where torch keeps downloads, and fetched only if somebody asks for it.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from nsg_core.errors import NsgError

SOURCE = "https://download.pytorch.org/models/"
SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
"""Mean and deviation of the pictures that the networks saw, in [-1, 1]."""


@dataclass(frozen=True)
class Backbone:
    """A published network: a list of layers, and after which ones one looks."""

    file: str
    layers: tuple[tuple[int, ...], ...]
    """Convolutions (inputs, outputs, kernel, stride, padding), each with a ReLU behind
    it; poolings (kernel, stride)."""
    taps: tuple[int, ...]
    """Numbers of the modules whose outputs are compared."""


def _vgg() -> tuple[tuple[int, ...], ...]:
    layers: list[tuple[int, ...]] = []
    before = 3
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers.append((before, width, 3, 1, 1))
            before = width
        layers.append((2, 2))
    return tuple(layers[:-1])


BACKBONES = {
    "alex": Backbone(
        "alexnet-owt-7be5be79.pth",
        (
            *((3, 64, 11, 4, 2), (3, 2), (64, 192, 5, 1, 2), (3, 2)),
            *((192, 384, 3, 1, 1), (384, 256, 3, 1, 1), (256, 256, 3, 1, 1)),
        ),
        (1, 4, 7, 9, 11),
    ),
    "vgg": Backbone("vgg16-397923af.pth", _vgg(), (3, 8, 15, 22, 29)),
}


def stack(backbone: Backbone) -> nn.Sequential:
    """The network's modules, numbered as in its published file."""
    modules: list[nn.Module] = []
    for layer in backbone.layers:
        if len(layer) == 2:
            modules.append(nn.MaxPool2d(*layer))
        else:
            inputs, outputs, kernel, stride, padding = layer
            modules.append(nn.Conv2d(inputs, outputs, kernel, stride, padding))
            modules.append(nn.ReLU())
    return nn.Sequential(*modules)


Heads = list[nn.Parameter]


class Lpips(nn.Module):
    """The distance; small is alike, 0 is equal."""

    shift: Tensor
    scale: Tensor

    def __init__(self, features: nn.Sequential, taps: tuple[int, ...], heads: Heads):
        super().__init__()
        self.features, self.taps = features, taps
        self.heads = nn.ParameterList(heads)
        self.register_buffer("shift", torch.tensor(SHIFT)[:, None, None])
        self.register_buffer("scale", torch.tensor(SCALE)[:, None, None])
        self.requires_grad_(False)

    def forward(
        self, a: Float[Tensor, "3 height width"], b: Float[Tensor, "3 height width"]
    ) -> Float[Tensor, ""]:
        """Of pictures in [0, 1]: means over places of weighted squared differences."""
        total = torch.zeros((), device=a.device)
        x = (2 * torch.stack([a, b]) - 1 - self.shift) / self.scale
        heads = dict(zip(self.taps, self.heads, strict=True))
        for i, module in enumerate(self.features):
            x = module(x)
            if i in heads:
                unit = x / (x.square().sum(1, keepdim=True) + 1e-8).sqrt()
                difference = (unit[0] - unit[1]).square()
                total = total + (difference * heads[i][:, None, None]).sum(0).mean()
        return total

    def between(self, a: np.ndarray, b: np.ndarray) -> float:
        """Of arrays [height width 3]."""
        device = self.heads[0].device
        x, y = (torch.from_numpy(p).float().permute(2, 0, 1).to(device) for p in (a, b))
        with torch.inference_mode():
            return float(self(x.clamp(0, 1), y.clamp(0, 1)))


def weights_path(name: str) -> Path:
    """Where torch keeps a backbone's weights once they were downloaded."""
    return Path(torch.hub.get_dir()) / "checkpoints" / BACKBONES[name].file


def load_lpips(name: str, download: bool = False) -> Lpips | str:
    """The distance over a backbone, or why it cannot be had, in words."""
    backbone, path = BACKBONES[name], weights_path(name)
    if not path.is_file():
        if not download:
            return f"no network weights at {path} (--download fetches them)"
        try:
            torch.hub.load_state_dict_from_url(
                SOURCE + backbone.file, map_location="cpu", check_hash=True
            )
        except (OSError, RuntimeError) as error:
            return f"the download of {SOURCE}{backbone.file} failed: {error}"
    features = stack(backbone)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        prefix = "features."
        features.load_state_dict(
            {k.removeprefix(prefix): v for k, v in state.items() if k[:9] == prefix}
        )
    except Exception as error:
        # A foreign file may be broken in any way; torch has no one name for it.
        raise NsgError(
            f"{path}: expected weights of {backbone.file}, found something else "
            f"({type(error).__name__}). Delete the file."
        ) from None
    return Lpips(features, backbone.taps, _heads(name)).eval()


def _heads(name: str) -> list[nn.Parameter]:
    """The weights of each tap's channels, from torchmetrics' files."""
    spec = find_spec("torchmetrics")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "functional" / "image" / "lpips_models"
    state = torch.load(folder / f"{name}.pth", map_location="cpu", weights_only=True)
    taps = range(len(BACKBONES[name].taps))
    return [nn.Parameter(state[f"lin{i}.model.1.weight"].flatten()) for i in taps]
