"""Corrections of frames: what they do to rays and boxes, and to pictures."""

from dataclasses import replace

import pytest
import torch

from nsg_core.fast.model import FastModel
from nsg_core.fast.twin import trace_torch
from nsg_core.fields.rig import Rig, rotations
from nsg_core.geometry import Rays, place, to_object
from tests.core.fast_models import BOXES, look, rays_of, textured


def _rig(device: torch.device | str = "cpu") -> Rig:
    rig = Rig((2, 4, 8))
    torch.manual_seed(1)
    rig.pivots.normal_(0, 10)
    rig.turns.normal_(0, 0.1)
    rig.shifts.normal_(0, 0.5)
    return rig.to(device)


def test_rotations_are_those_of_their_vectors() -> None:
    quarter = torch.tensor([[0.0, torch.pi / 2, 0.0], [0.0, 0.0, 0.0]])
    expected = torch.tensor([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    torch.testing.assert_close(rotations(quarter)[0], expected, atol=1e-6, rtol=0)
    assert torch.equal(rotations(quarter)[1], torch.eye(3))


def test_a_frame_turns_about_its_pivot_and_is_shifted() -> None:
    rig = _rig()
    T = rig.corrections(torch.tensor([2, 4, 8]))
    moved = (T[..., :3] @ rig.pivots[..., None])[..., 0] + T[..., 3]
    torch.testing.assert_close(moved, rig.pivots + rig.shifts, atol=1e-5, rtol=0)
    torch.testing.assert_close(T[..., :3], rotations(rig.turns))


def test_between_frames_is_between_and_beyond_is_the_last() -> None:
    rig = _rig()
    rig.pivots.zero_()
    T = rig.corrections(torch.tensor([-5, 2, 3, 7, 8, 90]))
    shifts = [
        rig.shifts[0],
        rig.shifts[0],
        (rig.shifts[0] + rig.shifts[1]) / 2,
        rig.shifts[1] / 4 + rig.shifts[2] * 3 / 4,
        rig.shifts[2],
        rig.shifts[2],
    ]
    torch.testing.assert_close(T[..., 3], torch.stack(shifts), atol=1e-5, rtol=0)


def test_rays_and_boxes_go_together(device: torch.device) -> None:
    """A ray is to a box what it was, and a depth is the depth it was."""
    placements = place([BOXES, BOXES, ()], (2, 5, 8)).to(device)
    torch.manual_seed(2)
    n = 50
    pinhole = torch.randn(n, 3, device=device)
    rays = Rays(
        torch.randn(n, 3, device=device),
        torch.nn.functional.normalize(pinhole, dim=-1),
        torch.randint(3, (n,), device=device),
        torch.zeros(n, dtype=torch.long, device=device),
        pinhole,
    )
    moved = _rig(device)(rays, placements)
    for before, after in zip(
        to_object(placements, rays), to_object(moved[1], moved[0]), strict=True
    ):
        torch.testing.assert_close(after, before, atol=2e-4, rtol=0)
    assert moved[0].pinhole is not None
    torch.testing.assert_close(
        moved[0].pinhole.norm(dim=-1), pinhole.norm(dim=-1), atol=1e-4, rtol=1e-5
    )
    assert not torch.allclose(moved[0].origins, rays.origins, atol=0.1)


def _with_rig(device: torch.device) -> FastModel:
    model = textured(device, frames=(2, 4, 8))
    assert model.rig is not None
    model.rig.load_state_dict(_rig().state_dict())
    return model


def test_a_picture_is_that_of_the_corrected_pose(device: torch.device) -> None:
    model, rays = _with_rig(device), rays_of(look(), device)
    assert model.rig is not None
    there = place([BOXES], (5,)).to(device)
    plain = textured(device)
    moved_rays, moved_boxes = model.rig(rays, there)
    expected = plain.trace(moved_rays, replace(moved_boxes, numbers=None))
    seen = model.trace(rays, there)
    torch.testing.assert_close(seen.rgb, expected.rgb)
    torch.testing.assert_close(seen.depth, expected.depth)
    uncorrected = plain.trace(rays, there)
    assert not torch.allclose(seen.rgb, uncorrected.rgb, atol=0.02)


def test_an_unknown_frame_is_left_alone(device: torch.device) -> None:
    model, rays = _with_rig(device), rays_of(look(), device)
    there = place([BOXES]).to(device)
    seen, expected = (m.trace(rays, there) for m in (model, textured(device)))
    assert torch.equal(seen.rgb, expected.rgb)


def test_the_twin_corrects_too(device: torch.device) -> None:
    model, rays = _with_rig(device), rays_of(look((10, 6)), device)
    there = place([BOXES], (3,)).to(device)
    seen, twin = model.trace(rays, there), trace_torch(model, rays, there)
    torch.testing.assert_close(seen.rgb, twin.rgb, atol=5e-3, rtol=0)


def test_frames_must_ascend() -> None:
    with pytest.raises(Exception, match="ascend"):
        textured("cpu", frames=(4, 2))
