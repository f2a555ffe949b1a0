"""The display kernel of the CPU: the same pictures, from tables in sixteen bits."""

from collections.abc import Callable

import pytest
import torch

from nsg_core.fast.boxes import by_group
from nsg_core.fast.display import Marched, ray_arrays, rounded
from nsg_core.fast.model import FastModel
from nsg_core.fast.twin import trace_torch
from nsg_core.geometry import Placements, Rays
from nsg_core.kernels.display import display_kernel
from nsg_core.kernels.launching import launch
from nsg_core.measuring.metrics import psnr
from nsg_core.scene import PlacedBox
from nsg_core.train.adam import Adam
from tests.core.fast_models import BOXES, box, look, placed, rays_of, textured

CPU = torch.device("cpu")


def _one_by_one(model: FastModel, rays: Rays, boxes: Placements) -> Marched:
    """What CUDA runs: sample by sample, from tables as they are."""
    marched = Marched.blank(len(rays), CPU)
    inputs = [
        model.world(boxes, model.space()),
        model.background.data(),
        model.objects.data(),
        *ray_arrays(rays),
        by_group(model.placed(boxes), rays).data(),
        0.5,
        marched.data(),
    ]
    launch(display_kernel, len(rays), inputs, CPU)
    return marched


@torch.no_grad()
@pytest.mark.parametrize("boxes", [(), BOXES], ids=["no box", "three boxes"])
def test_pictures_are_those_of_one_sample_at_a_time(
    boxes: tuple[PlacedBox, ...],
) -> None:
    """Far below what eight bits a colour can show."""
    model, there = textured(CPU), placed(boxes, CPU)
    rays = rays_of(look((96, 48)), CPU)
    exact, found = _one_by_one(model, rays, there), model.trace(rays, there)
    open_rays = exact.clear > 1e-3
    expected = exact.rgb.clone()
    sky = model.sky(rays.directions[open_rays])
    expected[open_rays] += exact.clear[open_rays, None] * sky
    expected = model.exposed(expected, rays, there)
    assert expected.std() > 0.05
    assert psnr(found.rgb.clamp(0, 1).numpy(), expected.clamp(0, 1).numpy()) > 70
    assert (found.rgb - expected).abs().mean() < 0.02 / 255
    assert (found.opacity - (1 - exact.clear)).abs().max() < 2e-3


def test_a_region_of_its_own_may_be_larger_than_what_is_drawn() -> None:
    """There is no background in it, though there is nothing else either."""
    model = textured(CPU, box_scale=0.5)
    rays, boxes = rays_of(look(), CPU), placed(BOXES, CPU)
    found, expected = model.trace(rays, boxes), trace_torch(model, rays, boxes)
    torch.testing.assert_close(found.rgb, expected.rgb, atol=2e-3, rtol=0)
    nobody = model.trace(rays, placed((), CPU))
    assert (nobody.rgb - found.rgb).abs().max() > 0.05


@pytest.mark.parametrize("count", [1, 2, 63, 64, 129, 1000])
def test_any_number_of_rays_is_parted_without_loss(count: int) -> None:
    model, boxes = textured(CPU), placed((box(0, 0.0, 6.0),), CPU)
    rays = rays_of(look((40, 25)), CPU)
    whole, some = model.trace(rays, boxes), model.trace(rays[:count], boxes)
    assert len(some.rgb) == count
    torch.testing.assert_close(some.rgb, whole.rgb[:count], atol=1e-6, rtol=0)


def test_rounding_a_table_loses_half_a_unit_at_most() -> None:
    table = torch.randn(8, 512, 4) * torch.logspace(-3, 2, 8)[:, None, None]
    table[5] = 0
    rows, units = rounded(table)
    error = (rows * units[:, None, None] - table).abs().amax((1, 2))
    assert rows.dtype == torch.int16
    assert bool((error <= 0.51 * units).all())
    assert not rows[5].any()


def _changed_by_hand(model: FastModel) -> None:
    with torch.no_grad():
        model.background.table.mul_(-1)


def _changed_by_training(model: FastModel) -> None:
    optimiser = Adam(model.background)
    model.background.table.grad = torch.randn_like(model.background.table)
    optimiser.step(3.0)


@pytest.mark.parametrize("change", [_changed_by_hand, _changed_by_training])
def test_what_has_been_learnt_is_shown(change: Callable[[FastModel], None]) -> None:
    """Rounded tables are kept, but not when the weights have changed."""
    model, nobody = textured(CPU), placed((), CPU)
    rays = rays_of(look(), CPU)
    before = model.trace(rays, nobody)
    change(model)
    after, expected = model.trace(rays, nobody), trace_torch(model, rays, nobody)
    assert (after.rgb - before.rgb).abs().max() > 0.05
    torch.testing.assert_close(after.rgb, expected.rgb, atol=2e-3, rtol=0)
