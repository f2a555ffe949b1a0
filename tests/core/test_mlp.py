"""The paper's networks, layer by layer."""

import numpy as np
import pytest
import torch
from torch import nn

from nsg_core.fields.mlp import RadianceNetwork, code_width, encode


def test_encoding_by_its_definition() -> None:
    code = encode(torch.tensor([0.3, -1.0, 2.0], dtype=torch.float64), 2)
    p = np.array([0.3, -1.0, 2.0])
    expected = np.concatenate([p, np.sin(p), np.cos(p), np.sin(2 * p), np.cos(2 * p)])
    np.testing.assert_allclose(code.numpy(), expected, atol=1e-7)
    assert len(code) == code_width(2)


@pytest.mark.parametrize("depth", [3, 5, 8])
def test_network_is_the_plain_one_of_the_paper(depth: int) -> None:
    """The split and merged products against the layers applied one by one."""
    torch.manual_seed(1)
    network = RadianceNetwork(9, 5, width=12, depth=depth, latent=4).double()
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.4)
    place, colour = torch.randn(3, 6, 9).double(), torch.randn(3, 5).double()
    latent = torch.randn(3, 4).double()

    inputs = torch.cat([place, latent[:, None].expand(-1, 6, -1)], -1)
    h = inputs
    for i, layer in enumerate(network.layers):
        h = torch.relu(layer(h))
        if i == 4:
            h = torch.cat([inputs, h], -1)
    density = torch.relu(network.density(h))[..., 0]
    h = torch.cat([network.bottleneck(h), colour[:, None].expand(-1, 6, -1)], -1)
    for layer in network.colours:
        h = torch.relu(layer(h))
    ours = network(place, colour, latent)
    torch.testing.assert_close(ours[0], torch.sigmoid(network.rgb(h)))
    torch.testing.assert_close(ours[1], density)
