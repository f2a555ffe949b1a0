"""Where rays go: contraction, boxes and steps; kernels against their torch twin."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from nsg_core.fast.marching import Samples, march
from nsg_core.fast.model import FastModel
from nsg_core.fast.occupancy import contract, seen_cells, uncontract
from nsg_core.fast.twin import march_torch
from nsg_core.geometry import Placements, Rays, intersect_boxes, place
from nsg_core.kernels.space import HITS
from tests.core.fast_models import (
    BOXES,
    CONFIG,
    box,
    look,
    placed,
    rays_of,
    textured,
    uniform,
)

metres = st.floats(-5e3, 5e3, allow_subnormal=False, width=32)


@given(st.lists(st.tuples(metres, metres, metres), min_size=1, max_size=20))
def test_contraction_can_be_undone(points: list[tuple[float, float, float]]) -> None:
    p = torch.tensor(points)
    q = contract(CONFIG, p)
    assert bool(((q >= 0) & (q <= 1)).all())
    back = uncontract(CONFIG, q)
    centre, half = torch.tensor(CONFIG.centre), torch.tensor(CONFIG.half)
    m = ((p - centre) / half).abs().amax(-1, keepdim=True)
    # Far away a cell is large, and so is what float32 can tell apart.
    near = (m < 200).expand_as(p)
    torch.testing.assert_close(back[near], p[near], rtol=2e-2, atol=1e-3)


def test_the_middle_is_not_contracted() -> None:
    centre, half = torch.tensor(CONFIG.centre), torch.tensor(CONFIG.half)
    inside = centre + half * (torch.rand(50, 3) * 2 - 1)
    q = contract(CONFIG, inside)
    torch.testing.assert_close(q, ((inside - centre) / half + 2) / 4)


def _same_samples(ours: Samples, twins: Samples) -> None:
    assert len(ours) > 1000
    assert torch.equal(ours.counts, twins.counts)
    assert torch.equal(ours.offsets, twins.offsets)
    assert torch.equal(ours.ray, twins.ray)
    assert torch.equal(ours.instance, twins.instance)
    for name in ("t", "dt", "position", "direction"):
        a, b = getattr(ours, name), getattr(twins, name)
        torch.testing.assert_close(a, b, atol=2e-4, rtol=1e-4)


CASES: dict[str, dict[str, object]] = {
    "plain": {},
    "coarse": {"cone": 1 / 4},
}


@pytest.mark.parametrize("case", CASES)
def test_march_is_its_twin(device: torch.device, case: str) -> None:
    model = textured(device)
    rays, boxes = rays_of(look(), device), placed(BOXES, device)
    jitter = torch.rand(len(rays)).to(device)
    ours = march(model, rays, boxes, jitter, **CASES[case])  # type: ignore[arg-type]
    twins = march_torch(model, rays, boxes, jitter, **CASES[case])  # type: ignore[arg-type]
    _same_samples(ours, twins)
    assert bool((ours.instance >= 0).any())


def test_march_sees_the_boxes_of_each_rays_frame(device: torch.device) -> None:
    """A batch has rays of many frames; an object may be absent in some."""
    model, view = textured(device), look()
    frames = [BOXES, (box(3, -1.0, 6.0),), ()]
    boxes = place(frames).to(device)
    whole = rays_of(view, device)
    frame = torch.arange(len(whole), device=device) % 3
    rays = replace(whole, frame=frame)
    jitter = torch.full((len(rays),), 0.25, device=device)
    ours = march(model, rays, boxes, jitter)
    _same_samples(ours, march_torch(model, rays, boxes, jitter))
    seen = {
        i: set(ours.instance[frame[ours.ray.long()] == i].tolist()) for i in range(3)
    }
    assert seen == {0: {-1, 0, 1, 2}, 1: {-1, 1}, 2: {-1}}


def _whole(device: torch.device) -> tuple[FastModel, Rays]:
    """Nothing is empty, so that every step has a sample."""
    return uniform(device, math.log(5.0)), rays_of(look(), device)


def test_steps_cover_the_ray_without_gaps(device: torch.device) -> None:
    model, rays = _whole(device)
    samples = march(
        model, rays, placed(BOXES, device), torch.zeros(len(rays), device=device)
    )
    for ray in range(0, len(rays), 37):
        mine = samples.ray == ray
        # Where boxes are, a segment has a sample of each field that is there.
        t, first = samples.t[mine].double().unique(return_inverse=True)
        dt = torch.zeros_like(t)
        dt[first] = samples.dt[mine].double()
        assert t[0].item() == pytest.approx(model.config.near)
        assert bool((t[1:] > t[:-1]).all())
        torch.testing.assert_close(t[1:], (t + dt)[:-1], atol=1e-4, rtol=1e-6)
        assert (t + dt)[-1] >= model.config.far
        longest = (model.config.cone * t).clamp_min(model.config.smallest)
        assert bool((dt <= longest + 1e-3).all())


def test_no_segment_straddles_a_face(device: torch.device) -> None:
    """Each begins and ends on the same side, or within the march's tolerance of it."""
    model, rays = _whole(device)
    boxes = placed(BOXES, device)
    samples = march(model, rays, boxes, torch.zeros(len(rays), device=device))
    region = _drawn(model, boxes)
    tolerance = 1e-3
    crossed = 0
    for ray, column, near, far in region(rays):
        of_ray = (samples.ray == ray) & (samples.instance == -1)
        begin = samples.t[of_ray]
        end = begin + samples.dt[of_ray]
        for face in (near, far):
            apart = (end <= face + tolerance) | (begin >= face - tolerance)
            assert bool(apart.all()), (ray, column, face)
        mine = (samples.ray == ray) & (samples.instance == column)
        covered = samples.dt[mine].sum().item()
        assert covered == pytest.approx(far - near, abs=5 * tolerance)
        crossed += 1
    assert crossed > 50


def _drawn(model: FastModel, boxes: Placements):
    """Pairs of rays and drawn regions, by the slabs of `geometry`, not the kernel's."""
    size = boxes.size.clone()
    height = size[..., 1].clone()
    size[..., 1] = 1.02 * height + model.config.below
    T = boxes.T_object_world.clone()
    # The drawn region's bottom, `below` under the box's, becomes the origin.
    T[..., 1, 3] -= model.config.below
    region = replace(boxes, size=size, T_object_world=T)

    def pairs(rays: Rays) -> list[tuple[int, int, float, float]]:
        hits = intersect_boxes(region, rays, model.config.box_scale)
        rows = zip(hits.ray, hits.object, hits.t_near, hits.t_far, strict=True)
        return [(int(r), int(o), float(n), float(f)) for r, o, n, f in rows]

    return pairs


def test_an_object_in_an_empty_world_is_hit(device: torch.device) -> None:
    """However long the steps are: they end at its faces."""
    model, _ = _whole(device)
    model.background.grid.zero_()
    boxes = placed((box(0, 0.0, 30.0, y=0.3, size=0.4),), device)
    jitter = torch.full((1,), 0.3, device=device)
    samples = march(model, _ahead(device), boxes, jitter, cone=1.0)
    assert len(samples) > 3
    assert bool((samples.instance == 0).all())
    assert bool(((samples.position >= 0) & (samples.position <= 1)).all())


def test_of_too_many_boxes_the_nearest_count(device: torch.device) -> None:
    """Told in no order; those behind the eighth are as if they were not there."""
    model, _ = _whole(device)
    rays = _ahead(device)
    depths = [3.0 * n for n in (7, 2, 11, 1, 9, 4, 12, 3, 10, 6, 8, 5)]
    many = tuple(
        box(10 + i, 0.0, z, yaw=0.0, size=0.5, y=0.4) for i, z in enumerate(depths)
    )
    samples = march(model, rays, placed(many, device), torch.zeros(1, device=device))
    of_boxes = samples.t[samples.instance >= 0]
    reached = {round(t / 3) * 3 for t in of_boxes.tolist()}
    assert reached == set(range(3, 3 * HITS + 1, 3))


def _ahead(device: torch.device) -> Rays:
    ahead = torch.tensor([[0.0, 0.0, 1.0]], device=device)
    index = torch.zeros(1, dtype=torch.long, device=device)
    return Rays(torch.zeros_like(ahead), ahead, index, index)


def test_rays_along_the_axes_meet_boxes(device: torch.device) -> None:
    """Components of exactly zero, and an origin exactly in a face's plane."""
    model, _ = _whole(device)
    rays = _ahead(device)
    flush = box(0, 0.0, 9.0, yaw=0.0, y=-model.config.below)
    for one in (box(0, 0.0, 9.0, yaw=0.0), flush):
        samples = march(model, rays, placed((one,), device), torch.zeros(1).to(device))
        assert bool(samples.t.isfinite().all())
        assert bool(samples.position.isfinite().all())


def test_no_rays_and_no_boxes(device: torch.device) -> None:
    model, rays = _whole(device)
    nobody = placed((), device)
    jitter: Tensor = torch.zeros(len(rays), device=device)
    assert len(march(model, rays[:0], nobody, jitter[:0])) == 0
    assert bool((march(model, rays, nobody, jitter).instance == -1).all())


def test_cells_that_no_camera_sees_are_known() -> None:
    view = look()
    seen = seen_cells(CONFIG, [view])
    assert 0 < seen.sum() < len(seen)
    axes = [(torch.arange(n) + 0.5) / n for n in CONFIG.cells]
    centres = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    points = uncontract(CONFIG, centres)
    assert not seen[points[:, 2] < 0].any()
    u, v, z = torch.from_numpy(view.project(points.numpy())).T
    inside = (z > 0.1) & (u > 0) & (u < 23) & (v > 0) & (v < 11)
    assert bool(seen[inside].all())
