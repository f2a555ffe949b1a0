"""The paper's networks: positional encoding and a deep ReLU network with one skip.

After Mildenhall et al., "NeRF" (ECCV 2020), and Ost et al., "Neural Scene Graphs"
(CVPR 2021), section 3.2: an object's network also sees a latent code, which says which
car it is, and where in the world the object stands, which lets light change its colour.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

SKIP = 4
"""The position enters once more behind this layer (counted from 0)."""
BOTTLENECK = 256
COLOUR_LAYERS = 4


def encode(
    x: Float[Tensor, "*batch axes"], octaves: int
) -> Float[Tensor, "*batch code"]:
    """x itself, then ``sin(2^k x), cos(2^k x)`` for each of the octaves k."""
    if octaves <= 0:
        return x
    waves = x[..., None, :] * 2.0 ** torch.arange(octaves, device=x.device)[:, None]
    return torch.cat([x, torch.cat([waves.sin(), waves.cos()], -1).flatten(-2)], -1)


def code_width(octaves: int, axes: int = 3) -> int:
    """How many numbers `encode` makes of a point."""
    return axes * (1 + 2 * max(octaves, 0))


class RadianceNetwork(nn.Module):
    """Colour and density of points, from codes of place, look and direction.

    What is the same for all samples of a ray (latent code, direction) is given once
    a ray and multiplied once a ray.
    """

    def __init__(
        self, place: int, colour: int, width: int = 256, depth: int = 8, latent: int = 0
    ):
        """`place` and `colour` are the widths of the codes; `latent` may be 0."""
        super().__init__()
        inputs = place + latent
        widths = [inputs] + [width + inputs * (i == SKIP) for i in range(depth)]
        self.layers = nn.ModuleList(nn.Linear(widths[i], width) for i in range(depth))
        self.bottleneck = nn.Linear(widths[-1], BOTTLENECK)
        half = width // 2
        colours = [BOTTLENECK + colour] + [half] * (COLOUR_LAYERS - 1)
        self.colours = nn.ModuleList(nn.Linear(inputs, half) for inputs in colours)
        self.rgb = nn.Linear(half, 3)
        self.density = nn.Linear(widths[-1], 1)
        self.apply(_start)

    def forward(
        self,
        place: Float[Tensor, "rays samples place"],
        colour: Float[Tensor, "rays colour"],
        latent: Float[Tensor, "rays latent"] | None = None,
        noise: float = 0.0,
    ) -> tuple[Float[Tensor, "rays samples 3"], Float[Tensor, "rays samples"]]:
        """Colours in [0, 1] and densities.

        `noise` is the deviation of what is added to the density before its ReLU, which
        in training keeps thin fog from settling.
        """
        tail = self.trunk(place, latent)
        density = self.raw_density(tail)
        if noise > 0:
            density = density + noise * torch.randn_like(density)
        h = F.relu_(self._first_colour_layer(tail, colour))
        for layer in self.colours[1:]:
            h = F.relu_(layer(h))
        return torch.sigmoid(self.rgb(h)), F.relu(density)

    def trunk(
        self,
        place: Float[Tensor, "rays samples place"],
        latent: Float[Tensor, "rays latent"] | None = None,
    ) -> list[Tensor]:
        """What the heads see, in parts that would be concatenated."""
        inputs = [place] if latent is None else [place, latent[:, None]]
        h = F.relu_(_linear(self.layers[0], inputs))
        for i, layer in enumerate(self.layers[1:]):
            h = F.relu_(_linear(layer, [*inputs, h] if i == SKIP else [h]))
        return [*inputs, h] if len(self.layers) == SKIP + 1 else [h]

    def raw_density(self, tail: list[Tensor]) -> Float[Tensor, "rays samples"]:
        """Densities before noise and ReLU."""
        return _linear(self.density, tail)[..., 0]

    def _first_colour_layer(
        self, tail: list[Tensor], colour: Float[Tensor, "rays colour"]
    ) -> Float[Tensor, "rays samples half"]:
        """The bottleneck and the layer behind it as one.

        Nothing bends between the two, so their matrices are multiplied instead of a
        wide intermediate value for every sample.
        """
        first = self.colours[0]
        assert isinstance(first, nn.Linear)
        head, rest = first.weight[:, :BOTTLENECK], first.weight[:, BOTTLENECK:]
        bias = first.bias + head @ self.bottleneck.bias
        joined = _linear_parts(head @ self.bottleneck.weight, None, tail)
        return joined + F.linear(colour, rest, bias)[:, None]


def _start(module: nn.Module) -> None:
    """Glorot's uniform weights and no bias, the original's (Keras') start."""
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


def _linear(layer: nn.Module, parts: list[Tensor]) -> Tensor:
    assert isinstance(layer, nn.Linear)
    return _linear_parts(layer.weight, layer.bias, parts)


def _linear_parts(weight: Tensor, bias: Tensor | None, parts: list[Tensor]) -> Tensor:
    """A linear layer of the concatenated parts, which is never made.

    Parts broadcast: one that is the same for all samples of a ray is multiplied once.
    """
    columns = weight.split([part.shape[-1] for part in parts], dim=1)
    # The one with the most samples first: the others are added to it in place.
    pairs = sorted(zip(parts, columns, strict=True), key=lambda p: -p[0].shape[1])
    out = F.linear(*pairs[0], bias)
    for part, column in pairs[1:]:
        out += F.linear(part, column)
    return out
