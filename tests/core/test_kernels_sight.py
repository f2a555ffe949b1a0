"""The march that looks: the samples of the plain march that light passes."""

import pytest
import torch

from nsg_core.fast.marching import ROOM, march, sight
from nsg_core.fast.twin import evaluate_torch
from nsg_core.kernels.sight import DARK
from nsg_core.kernels.volume import INSIGNIFICANT
from tests.core.fast_models import BOXES, look, placed, rays_of, textured


@pytest.mark.parametrize("cone", [None, 1 / 5])
def test_sight_keeps_what_has_weight(device: torch.device, cone: float | None) -> None:
    model = textured(device)
    rays, boxes = rays_of(look(), device), placed(BOXES, device)
    jitter = torch.rand(len(rays)).to(device)
    plain = march(model, rays, boxes, jitter, cone)
    seen = sight(model, rays, boxes, jitter, cone)
    tau = (evaluate_torch(model, plain)[0] * plain.dt).detach().double().cpu()
    edges = zip(plain.offsets.tolist(), plain.counts.tolist(), strict=True)
    kept: list[int] = []
    near_a_limit = 0
    for offset, count in edges:
        light, mine = 1.0, 0
        for k in range(offset, offset + count):
            if light <= float(DARK) or mine == ROOM:
                break
            after = light * float((-tau[k]).exp())
            weight = light - after
            near_a_limit += abs(weight / float(INSIGNIFICANT) - 1) < 1e-2
            if weight > float(INSIGNIFICANT):
                kept.append(k)
                light, mine = after, mine + 1
    assert near_a_limit < 20, "the comparison must not hang on rounding"
    assert 500 < len(kept) < len(plain)
    assert abs(len(seen) - len(kept)) <= near_a_limit
    if near_a_limit == 0:
        rows = torch.tensor(kept, device=device)
        assert torch.equal(seen.ray, plain.ray[rows])
        assert torch.equal(seen.instance, plain.instance[rows])
        torch.testing.assert_close(seen.t, plain.t[rows])
        torch.testing.assert_close(seen.position, plain.position[rows])
    assert int(seen.counts.sum()) == len(seen)
    assert torch.equal(seen.counts.cumsum(0) - seen.counts, seen.offsets.long())


def test_a_ray_has_no_more_than_there_is_room_for(device: torch.device) -> None:
    model = textured(device, smallest=0.01, cone=1 / 400)
    with torch.no_grad():
        model.background.weights.mul_(0.3)
        model.background.grid.fill_(10.0)
    rays, nobody = rays_of(look(), device), placed((), device)
    seen = sight(model, rays, nobody, torch.zeros(len(rays), device=device))
    assert int(seen.counts.max()) == ROOM
    assert len(sight(model, rays[:0], nobody, torch.zeros(0, device=device))) == 0
