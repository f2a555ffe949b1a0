"""The field kernels against their torch twins: values and gradients."""

import math

import pytest
import torch
from jaxtyping import TypeCheckError
from torch import Tensor

from nsg_core.fast.occupancy import densities
from nsg_core.fields import hashgrid
from nsg_core.kernels import field as kernels
from tests.core.fast_models import textured, uniform

SAMPLES = 700
"""More than two slices of a launch."""


@pytest.fixture
def scales(device: torch.device) -> Tensor:
    return hashgrid.level_scales(4, 300).to(device)


def _points(device: torch.device, count: int = SAMPLES) -> tuple[Tensor, Tensor]:
    instances = torch.randint(-1, 5, (count,), dtype=torch.int32)
    positions = torch.rand(count, 3)
    positions[:8] = torch.tensor(
        [[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)]
    )[:count]
    return instances.to(device), positions.to(device)


def _features(device: torch.device, count: int = SAMPLES) -> Tensor:
    return torch.randn(kernels.LEVELS, count, kernels.CHANNELS, device=device)


def _weights(device: torch.device) -> Tensor:
    parts = [torch.randn(shape) * 0.4 for shape in kernels.SHAPES]
    return torch.cat([part.flatten() for part in parts]).to(device)


def _directions(device: torch.device, count: int = SAMPLES) -> Tensor:
    return torch.nn.functional.normalize(torch.randn(count, 3), dim=-1).to(device)


def test_levels_go_from_coarse_to_fine_in_equal_ratios() -> None:
    scales = hashgrid.level_scales(16, 2048)
    assert scales[0] == 16
    assert scales[-1].item() == pytest.approx(2048, rel=1e-5)
    ratios = scales[1:] / scales[:-1]
    torch.testing.assert_close(ratios, torch.full_like(ratios, 2.0), rtol=1e-4, atol=0)


def test_encoding_is_its_twin(device: torch.device, scales: Tensor) -> None:
    table = torch.randn(kernels.LEVELS, 64, kernels.CHANNELS, device=device)
    points = _points(device)
    torch.testing.assert_close(
        hashgrid.encode(table, scales, *points),
        hashgrid.encode_torch(table, scales, *points),
        atol=2e-4,
        rtol=1e-4,
    )


def test_encoding_at_a_grid_point_is_the_entry_itself(device: torch.device) -> None:
    """Between two grid points it is linear; this needs no twin to be checked."""
    scales = torch.full((kernels.LEVELS,), 4.0, device=device)
    table = torch.randn(kernels.LEVELS, 256, kernels.CHANNELS, device=device)
    line = torch.tensor([[0.25, 0.5, 0.5], [0.375, 0.5, 0.5], [0.5, 0.5, 0.5]])
    none = torch.full((3,), -1, dtype=torch.int32)
    start, middle, end = hashgrid.encode(
        table, scales, none.to(device), line.to(device)
    ).unbind(1)
    torch.testing.assert_close(middle, (start + end) / 2)
    entries = table[0].cpu()
    distance = (entries - start[0].cpu()).abs().sum(-1).min()
    assert distance < 1e-5


def test_instances_have_looks_of_their_own(device: torch.device) -> None:
    table = torch.randn(kernels.LEVELS, 1024, kernels.CHANNELS, device=device)
    scales = hashgrid.level_scales(4, 300).to(device)
    place = torch.rand(1, 3, device=device).expand(4, 3).contiguous()
    instances = torch.tensor([-1, 0, 1, 1], dtype=torch.int32, device=device)
    a, b, c, d = hashgrid.encode(table, scales, instances, place).unbind(1)
    assert torch.equal(c, d)
    assert (a - b).abs().max() > 0.1
    assert (b - c).abs().max() > 0.1


@pytest.mark.parametrize("in_place", [False, True])
def test_gradient_of_the_table_is_its_twins(
    device: torch.device, scales: Tensor, in_place: bool
) -> None:
    """In float64 on the twin's side; with few rows, so that many samples collide."""
    table = torch.randn(kernels.LEVELS, 16, kernels.CHANNELS, device=device)
    points = _points(device)
    pull = _features(device)
    exact = table.double().requires_grad_()
    features = hashgrid.encode_torch(exact, scales, *points)
    features.backward(pull.double())
    table.requires_grad_()
    if in_place:
        table.grad = torch.ones_like(table)
    hashgrid.encode(table, scales, *points).backward(pull)
    assert exact.grad is not None
    assert table.grad is not None
    torch.testing.assert_close(
        table.grad - float(in_place), exact.grad.float(), atol=2e-3, rtol=1e-3
    )


def test_networks_are_their_twin(device: torch.device) -> None:
    features = _features(device)
    args = (_weights(device), features, _directions(device))
    for ours, twins in zip(
        hashgrid.shade(*args), hashgrid.shade_torch(*args), strict=True
    ):
        torch.testing.assert_close(ours, twins, atol=1e-5, rtol=1e-4)


def test_gradients_of_the_networks_are_their_twins(device: torch.device) -> None:
    weights, directions = _weights(device), _directions(device)
    features = _features(device)
    pulls = torch.randn(SAMPLES, device=device), torch.randn(SAMPLES, 3, device=device)

    def gradients(shade: object, dtype: torch.dtype) -> list[Tensor]:
        leaves = [x.to(dtype, copy=True).requires_grad_() for x in (weights, features)]
        outputs = shade(*leaves, directions.to(dtype))  # type: ignore[operator]
        torch.autograd.backward(outputs, [pull.to(dtype) for pull in pulls])
        return [leaf.grad.float() for leaf in leaves if leaf.grad is not None]

    ours = gradients(hashgrid.shade, torch.float32)
    exact = gradients(hashgrid.shade_torch, torch.float64)
    for a, b in zip(ours, exact, strict=True):
        torch.testing.assert_close(a, b, atol=2e-4 * float(b.abs().max()), rtol=1e-3)


def test_gradients_of_the_networks_are_differences(device: torch.device) -> None:
    """Against central differences along random ways, with no derivative at all."""
    weights, directions = _weights(device).double(), _directions(device, 40).double()
    features = _features(device, 40).double()

    def value(w: Tensor, f: Tensor) -> Tensor:
        sigmas, colours = hashgrid.shade_torch(w, f, directions)
        return sigmas.sum() * 100 + (colours * colours).sum()

    leaves = [weights.clone().requires_grad_(), features.clone().requires_grad_()]
    value(*leaves).backward()
    ways = [torch.randn_like(leaf) for leaf in leaves]
    h = 1e-6
    up, down = (
        value(*(x.detach() + s * h * way for x, way in zip(leaves, ways, strict=True)))
        for s in (1, -1)
    )
    slope = sum(float((x.grad * w).sum()) for x, w in zip(leaves, ways, strict=True))
    assert float(up - down) / (2 * h) == pytest.approx(slope, rel=1e-5)


def test_density_is_cut_but_can_still_fall(device: torch.device) -> None:
    """Above the limit the value is constant, yet its gradient is alive."""
    for log_sigma in (kernels.LOG_DENSITY_MAX + 20, kernels.LOG_DENSITY_MAX - 1):
        model = uniform(device, log_sigma)
        features = torch.ones_like(_features(device, 300), requires_grad=True)
        direction = _directions(device, 300)
        weights = model.background.weights
        sigmas, _ = hashgrid.shade(weights, features, direction)
        expected = math.exp(min(log_sigma, kernels.LOG_DENSITY_MAX))
        assert sigmas.min().item() == pytest.approx(expected, rel=1e-4)
        sigmas.log().sum().backward()
        assert features.grad is not None
        assert features.grad.abs().sum() > 0


def test_shapes_are_checked_in_front_of_the_kernels(
    device: torch.device, scales: Tensor
) -> None:
    """The kernels themselves are left out of the checks: their types are Warp's."""
    table = torch.randn(kernels.LEVELS, 16, kernels.CHANNELS, device=device)
    instances, positions = _points(device)
    with pytest.raises(TypeCheckError, match="positions"):
        hashgrid.encode(table, scales, instances, positions[:, :2])
    with pytest.raises(TypeCheckError, match="instances"):
        hashgrid.encode(table, scales, instances.float(), positions)


def test_no_samples_no_features(device: torch.device, scales: Tensor) -> None:
    table = torch.randn(kernels.LEVELS, 16, kernels.CHANNELS, device=device)
    table.requires_grad_()
    weights = _weights(device).requires_grad_()
    none = _points(device, 0)
    features = hashgrid.encode(table, scales, *none)
    sigmas, colours = hashgrid.shade(weights, features, none[1])
    (sigmas.sum() + colours.sum()).backward()
    assert table.grad is not None
    assert weights.grad is not None
    assert not table.grad.any()
    assert not weights.grad.any()


def test_densities_for_the_grids_are_those_of_the_field(device: torch.device) -> None:
    model = textured(device)
    instances, positions = _points(device)
    expected, _ = model.objects(instances, positions, _directions(device))
    found = densities(model.objects, instances, positions)
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-3)
