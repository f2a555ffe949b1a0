"""Compositing against closed forms."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from nsg_core.paper.composite import (
    BACKGROUND,
    FAR,
    Samples,
    accumulate,
    alphas,
    expected_depth,
    intervals,
    strongest_owner,
    transmittances,
    weights,
)

unhurried = settings(deadline=None)


def _samples(t: Tensor, density: Tensor, owner: Tensor | None = None) -> Samples:
    rgb = torch.rand(*t.shape, 3, device=t.device, dtype=t.dtype)
    if owner is None:
        owner = torch.full_like(t, BACKGROUND, dtype=torch.long)
    return Samples(t, density, rgb, owner)


def _random(device: torch.device, rays: int = 20, count: int = 9) -> Samples:
    t = torch.rand(rays, count, device=device).sort(1).values * 50
    owner = torch.randint(-1, 3, t.shape, device=device)
    return _samples(t, torch.rand_like(t) * 0.3, owner)


@pytest.mark.parametrize("sigma", [0.01, 0.7, 30.0])
def test_slab_of_constant_density_stops_what_beer_and_lambert_say(
    device: torch.device, sigma: float
) -> None:
    """A slab 2 m deep lets ``exp(-2 sigma)`` pass, however finely it is sampled."""
    for count in (1, 3, 40):
        edges = torch.linspace(5, 7, count + 1, device=device)[None]
        density = torch.full_like(edges, sigma)
        density[:, -1] = 0
        opacity = weights(_samples(edges, density)).sum(1)
        assert opacity.item() == pytest.approx(1 - math.exp(-2 * sigma), abs=1e-5)


def test_weights_and_what_is_left_make_one(device: torch.device) -> None:
    samples = _random(device)
    alpha = alphas(samples.density, intervals(samples.t))
    left = torch.prod(1 - alpha, dim=1)
    torch.testing.assert_close(
        weights(samples).sum(1) + left, torch.ones_like(left), atol=1e-5, rtol=0
    )


def test_five_samples_worked_by_hand(device: torch.device) -> None:
    t = torch.tensor([[1.0, 2.0, 4.0, 5.0, 9.0]], device=device)
    assert intervals(t).tolist() == [[1.0, 2.0, 1.0, 4.0, pytest.approx(FAR)]]
    alpha = torch.tensor([[0.5, 0.0, 0.5, 1.0, 1.0]], device=device)
    # Half passes the first, nothing is stopped by the second, half of the half passes
    # the third, and the fourth takes the rest.
    expected = torch.tensor([[1.0, 0.5, 0.5, 0.25, 0.0]], device=device)
    torch.testing.assert_close(transmittances(alpha), expected, atol=1e-9, rtol=0)


@given(seed=st.integers(0, 2**31 - 1))
@unhurried
def test_order_of_the_samples_does_not_matter(seed: int) -> None:
    torch.manual_seed(seed)
    samples = _random(torch.device("cpu"))
    shuffle = torch.rand_like(samples.t).argsort(1)
    mixed = Samples(
        samples.t.gather(1, shuffle),
        samples.density.gather(1, shuffle),
        samples.rgb.gather(1, shuffle[..., None].expand_as(samples.rgb)),
        samples.owner.gather(1, shuffle),
    ).in_order()
    for ours, theirs in (
        (mixed.t, samples.t),
        (mixed.density, samples.density),
        (mixed.rgb, samples.rgb),
        (mixed.owner, samples.owner),
    ):
        assert torch.equal(ours, theirs)


def test_an_empty_sample_changes_nothing(device: torch.device) -> None:
    samples = _random(device)
    zero = torch.zeros_like(samples.t[:, :2])
    padding = _samples(zero, zero)
    padded = Samples.concatenate([samples, padding]).in_order()
    torch.testing.assert_close(weights(padded)[:, 2:], weights(samples))
    assert weights(padded)[:, :2].count_nonzero() == 0


def test_depth_of_a_half_transparent_wall_is_where_it_stands() -> None:
    t = torch.tensor([[4.0, 4.1, 8.0]])
    weight = weights(_samples(t, torch.tensor([[7.0, 0.0, 0.0]])))
    assert 0.4 < weight.sum() < 0.6
    assert expected_depth(weight, t).item() == pytest.approx(4.0)
    assert expected_depth(torch.zeros_like(weight), t).item() == 0


def test_owner_is_who_adds_most_in_all() -> None:
    """Two faint samples of object 1 outdo one of object 0."""
    weight = torch.tensor([[0.3, 0.2, 0.2], [0.0, 0.1, 0.9], [0.0, 0.0, 0.0]])
    owner = torch.tensor([[0, 1, 1], [1, 1, BACKGROUND], [0, 0, 0]])
    assert strongest_owner(weight, owner, 2).tolist() == [1, BACKGROUND, BACKGROUND]


def test_gradients_are_those_of_finite_differences() -> None:
    t = torch.rand(3, 5, dtype=torch.float64).sort(1).values * 9
    density = torch.rand(3, 5, dtype=torch.float64).requires_grad_()
    rgb = torch.rand(3, 5, 3, dtype=torch.float64).requires_grad_()
    owner = torch.zeros(3, 5, dtype=torch.long)

    def colour(density: Tensor, rgb: Tensor) -> Tensor:
        return accumulate(weights(Samples(t, density, rgb, owner)), rgb)

    assert torch.autograd.gradcheck(colour, (density, rgb))
