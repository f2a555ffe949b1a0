"""How features change with points: the kernel against its twin and closed forms."""

import torch

from nsg_core.fields import hashgrid
from nsg_core.kernels import field as kernels

ROWS = 256


def _table(device: torch.device) -> torch.Tensor:
    return torch.randn(kernels.LEVELS, ROWS, kernels.CHANNELS, device=device)


def test_slopes_are_those_of_the_twin(device: torch.device) -> None:
    """Of points inside of cells; on their faces there are two slopes."""
    count, table = 700, _table(device)
    scales = hashgrid.level_scales(4, 40).to(device)
    instances = torch.randint(-1, 5, (count,), dtype=torch.int32, device=device)
    points = torch.rand(count, 3, device=device)
    cells = points[:, None] * scales[:, None]
    inner = ((cells - cells.round()).abs() > 1e-3).all(-1).all(-1)
    g = torch.randn(kernels.LEVELS, count, kernels.CHANNELS, device=device)
    slopes = []
    for encode in (hashgrid.encode, hashgrid.encode_torch):
        at = points.clone().requires_grad_()
        (encode(table, scales, instances, at) * g).sum().backward()
        assert at.grad is not None
        slopes.append(at.grad[inner])
    assert inner.sum() > 0.8 * count
    torch.testing.assert_close(*slopes, atol=2e-2, rtol=1e-3)


def test_a_slope_is_the_difference_of_two_entries(device: torch.device) -> None:
    """Along an edge of a cell, and between its ends the same everywhere."""
    scales = torch.full((kernels.LEVELS,), 4.0, device=device)
    table = _table(device)
    nobody = torch.full((4,), -1, dtype=torch.int32, device=device)
    line = torch.tensor([[x, 0.5, 0.5] for x in (0.25, 0.3, 0.45, 0.5)], device=device)
    ends = hashgrid.encode(table, scales, nobody, line)
    at = line.clone().requires_grad_()
    hashgrid.encode(table, scales, nobody, at)[3, :, 1].sum().backward()
    assert at.grad is not None
    expected = (ends[3, 3, 1] - ends[3, 0, 1]) * 4
    torch.testing.assert_close(at.grad[1:3, 0], expected.expand(2), atol=1e-4, rtol=0)


def test_the_tables_gradient_is_the_same_with_and_without(
    device: torch.device,
) -> None:
    points = torch.rand(300, 3, device=device)
    nobody = torch.full((300,), -1, dtype=torch.int32, device=device)
    scales = hashgrid.level_scales(4, 40).to(device)
    values, found = _table(device), []
    for learnt in (False, True):
        table = values.clone().requires_grad_()
        at = points.clone().requires_grad_(learnt)
        hashgrid.encode(table, scales, nobody, at).square().sum().backward()
        found.append(table.grad)
    assert torch.equal(*found)


def test_no_points_have_no_slopes(device: torch.device) -> None:
    at = torch.zeros(0, 3, device=device, requires_grad=True)
    nobody = torch.zeros(0, dtype=torch.int32, device=device)
    scales = hashgrid.level_scales(4, 40).to(device)
    hashgrid.encode(_table(device), scales, nobody, at).sum().backward()
    assert at.grad is not None
    assert at.grad.shape == (0, 3)
