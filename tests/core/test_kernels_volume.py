"""Compositing and Adam: kernels against closed forms and their torch twin."""

import math

import pytest
import torch
from torch import Tensor, nn

from nsg_core.fast.marching import FAR_ENOUGH, Samples, composite
from nsg_core.fast.twin import composite_torch
from nsg_core.train.adam import BETAS, EPSILON, Adam

RAYS = 600
SIGNIFICANT = 1e-3
"""Samples of less weight may be taught nothing (`kernels.volume`)."""


def _samples(device: torch.device, near: float = FAR_ENOUGH) -> Samples:
    """Rays with none to twelve samples, some of them at the same place."""
    counts = torch.randint(0, 13, (RAYS,), dtype=torch.int32)
    ray = torch.arange(RAYS).repeat_interleave(counts.long())
    dt = 0.2 + torch.rand(len(ray))
    dt[torch.rand(len(ray)) < 0.2] = 0.0
    offsets = counts.cumsum(0, dtype=torch.int32) - counts
    along = dt.cumsum(0)
    t = near + along - along[offsets.long().clamp_max(len(ray) - 1)][ray]
    whole = Samples(
        offsets.to(device),
        counts.to(device),
        ray.int().to(device),
        torch.full((len(ray),), -1, dtype=torch.int32, device=device),
        t.to(device),
        (dt + 0.05).to(device),
        torch.zeros(len(ray), 3, device=device),
        torch.zeros(len(ray), 3, device=device),
    )
    return whole


def _double(samples: Samples) -> Samples:
    return Samples(
        samples.offsets,
        samples.counts,
        samples.ray,
        samples.instance,
        samples.t.double(),
        samples.dt.double(),
        samples.position,
        samples.direction,
    )


def _values(samples: Samples) -> tuple[Tensor, Tensor]:
    """Densities from nothing to opaque, and colours."""
    sigmas = torch.exp(2 * torch.randn(len(samples))) * 0.3
    sigmas[torch.rand(len(samples)) < 0.1] = 0.0
    return sigmas.to(samples.t), torch.rand(len(samples), 3).to(samples.t)


def test_compositing_is_its_twin(device: torch.device) -> None:
    samples = _samples(device)
    sigmas, colours = _values(samples)
    ours = composite(samples, sigmas, colours)
    twins = composite_torch(_double(samples), sigmas.double(), colours.double())
    for a, b in zip(ours, twins, strict=True):
        torch.testing.assert_close(a, b.float(), atol=2e-5, rtol=1e-4)


def test_a_ray_without_samples_is_clear(device: torch.device) -> None:
    samples = _samples(device)
    rgb, depth, clear, spread = composite(samples, *_values(samples))
    empty = samples.counts == 0
    assert empty.any()
    assert not rgb[empty].any()
    assert not depth[empty].any()
    assert not spread[empty].any()
    assert bool((clear[empty] == 1).all())


def test_weights_and_the_light_that_is_left_are_one(device: torch.device) -> None:
    samples = _samples(device)
    sigmas, colours = _values(samples)
    rgb, _, clear, _ = composite(samples, sigmas, torch.ones_like(colours))
    torch.testing.assert_close(rgb[:, 0] + clear, torch.ones_like(clear))


def test_a_slab_stops_light_as_in_the_closed_form(device: torch.device) -> None:
    """Density 0.5 over 3 m, however it is cut: 1 - exp(-1.5)."""
    edges = torch.tensor([10.0, 10.2, 10.9, 11.0, 12.6, 13.0])
    dt = edges.diff()
    tensors = (
        torch.zeros(1, dtype=torch.int32),
        torch.tensor([5], dtype=torch.int32),
        torch.zeros(5, dtype=torch.int32),
        torch.full((5,), -1, dtype=torch.int32),
        edges[:-1],
        dt,
        torch.zeros(5, 3),
        torch.zeros(5, 3),
    )
    one = Samples(*(tensor.to(device) for tensor in tensors))
    sigmas, white = torch.full((5,), 0.5), torch.ones(5, 3)
    rgb, _, clear, _ = composite(one, sigmas.to(device), white.to(device))
    assert clear.item() == pytest.approx(math.exp(-1.5), rel=1e-5)
    assert rgb[0, 0].item() == pytest.approx(1 - math.exp(-1.5), rel=1e-5)


def test_the_spread_is_the_sum_over_all_pairs(device: torch.device) -> None:
    """Barron et al. 2022, eq. 15, written out for one ray."""
    samples = _samples(device)
    sigmas, colours = _values(samples)
    spread = composite(samples, sigmas, colours)[3]
    i = int(samples.counts.argmax())
    k = torch.arange(int(samples.counts[i])) + int(samples.offsets[i])
    t, dt = samples.t.cpu()[k].double(), samples.dt.cpu()[k].double()
    tau = sigmas.cpu()[k].double() * dt
    w = (-(tau.cumsum(0) - tau)).exp() * (1 - (-tau).exp())
    s = t.log()
    pairs = (w[:, None] * w[None] * (s[:, None] - s[None]).abs()).sum()
    expected = pairs + (w * w * dt / t).sum() / 3
    assert spread[i].item() == pytest.approx(expected.item(), rel=1e-3)


def _gradients(samples: Samples, parts: list[int]) -> list[Tensor]:
    """Kernel's and twin's gradients of chosen outputs, where samples matter."""
    sigmas, colours = _values(samples)
    ours = [x.clone().requires_grad_() for x in (sigmas, colours)]
    exact = [x.double().requires_grad_() for x in (sigmas, colours)]
    outputs = composite(samples, *ours)
    twins = composite_torch(_double(samples), *exact)
    pulls = [torch.randn_like(x) * (i in parts) for i, x in enumerate(outputs)]
    torch.autograd.backward(outputs, pulls)
    torch.autograd.backward(twins, [pull.double() for pull in pulls])
    w = _weights(samples, sigmas)
    found = [x.grad for x in (*ours, *exact) if x.grad is not None]
    assert len(found) == 4
    hidden = w < SIGNIFICANT
    for mine, true in zip(found[:2], found[2:], strict=True):
        some = mine[hidden] != 0
        torch.testing.assert_close(
            mine[hidden][some], true[hidden][some].float(), atol=1e-4, rtol=1e-2
        )
    return [x[~hidden] for x in found]


def _weights(samples: Samples, sigmas: Tensor) -> Tensor:
    tau = sigmas * samples.dt
    sums = tau.cumsum(0) - tau
    before = sums - sums[samples.offsets.long()[samples.ray.long()]]
    return (-before).exp() * -torch.expm1(-tau)


@pytest.mark.parametrize("part", range(4), ids=["rgb", "depth", "clear", "spread"])
def test_gradients_are_the_twins(device: torch.device, part: int) -> None:
    """Each output's, and at 8 m and more, where they are not held back."""
    d_sigmas, d_colours, *exact = _gradients(_samples(device), [part])
    for ours, twin in zip((d_sigmas, d_colours), exact, strict=True):
        scale = max(1.0, float(twin.abs().max()))
        torch.testing.assert_close(ours, twin.float(), atol=1e-4 * scale, rtol=2e-3)
    assert d_sigmas.abs().max() > 1e-3 or part == 3


def test_gradients_of_all_outputs_add_up(device: torch.device) -> None:
    d_sigmas, d_colours, *exact = _gradients(_samples(device), [0, 1, 2, 3])
    for ours, twin in zip((d_sigmas, d_colours), exact, strict=True):
        scale = max(1.0, float(twin.abs().max()))
        torch.testing.assert_close(ours, twin.float(), atol=1e-4 * scale, rtol=2e-3)


def test_gradients_near_the_camera_are_held_back(device: torch.device) -> None:
    samples = _samples(device, near=0.5)
    d_sigmas, d_colours, *exact = _gradients_with_factor(samples)
    factor = (samples.t / FAR_ENOUGH).square().clamp_max(1)
    assert factor.min() < 0.05
    assert factor.max() > 0.4
    hidden = _weights(samples, exact[2]) < SIGNIFICANT
    wanted = (exact[0].float() * factor, exact[1].float() * factor[:, None])
    for ours, twin in zip((d_sigmas, d_colours), wanted, strict=True):
        torch.testing.assert_close(ours[~hidden], twin[~hidden], atol=1e-4, rtol=2e-3)


def _gradients_with_factor(samples: Samples) -> list[Tensor]:
    sigmas, colours = _values(samples)
    ours = [x.clone().requires_grad_() for x in (sigmas, colours)]
    exact = [x.double().requires_grad_() for x in (sigmas, colours)]
    composite(samples, *ours)[0].sum().backward()
    composite_torch(_double(samples), *exact)[0].sum().backward()
    found = [x.grad for x in (*ours, *exact) if x.grad is not None]
    return [*found, sigmas]


def test_the_twins_gradients_are_differences(device: torch.device) -> None:
    """Central differences in float64: the twin itself needs no trust."""
    samples = _double(_samples(device))
    head = int(samples.counts[:20].sum())
    few = Samples(
        samples.offsets[:20],
        samples.counts[:20],
        *(x[:head] for x in (samples.ray, samples.instance, samples.t, samples.dt)),
        *(x[:head] for x in (samples.position, samples.direction)),
    )
    values = [x.double().requires_grad_() for x in _values(few)]
    assert torch.autograd.gradcheck(
        lambda sigmas, colours: composite_torch(few, sigmas, colours), values
    )


def test_adam_is_torchs_where_there_are_gradients(device: torch.device) -> None:
    torch.manual_seed(1)
    model, other = (nn.Linear(7, 5).to(device) for _ in range(2))
    other.load_state_dict(model.state_dict())
    ours = Adam(model)
    torchs = torch.optim.Adam(other.parameters(), lr=0.02, betas=BETAS, eps=EPSILON)
    for _ in range(6):
        for mine, theirs in zip(model.parameters(), other.parameters(), strict=True):
            theirs.grad = torch.randn_like(theirs)
            assert mine.grad is not None
            mine.grad.copy_(theirs.grad)
        ours.step(0.02)
        torchs.step()
    for mine, theirs in zip(model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=1e-4)
        assert mine.grad is not None
        assert not mine.grad.any()


def test_adam_lets_rest_what_has_no_gradient(device: torch.device) -> None:
    model = nn.Linear(4, 4, bias=False).to(device)
    adam = Adam(model)
    for moving in (slice(None), slice(0, 2)):
        before = model.weight.detach().clone()
        assert model.weight.grad is not None
        model.weight.grad[moving] = 1.0
        adam.step(0.1)
        changed = (model.weight != before).any(1).tolist()
        assert changed == [moving == slice(None) or row < 2 for row in range(4)]


def test_adam_goes_on_from_a_stored_state(device: torch.device) -> None:
    def run(model: nn.Linear, adam: Adam, steps: range) -> None:
        for step in steps:
            assert model.weight.grad is not None
            model.weight.grad.fill_(math.sin(step) + 1.5)
            adam.step(0.01)

    whole, parted = (nn.Linear(3, 3, bias=False).to(device) for _ in range(2))
    parted.load_state_dict(whole.state_dict())
    run(whole, Adam(whole), range(8))
    first = Adam(parted)
    run(parted, first, range(5))
    second = Adam(parted)
    second.load(first.state())
    run(parted, second, range(5, 8))
    assert torch.equal(whole.weight, parted.weight)
