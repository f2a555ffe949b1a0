"""Corrections of boxes: what they do to placements, pictures and training."""

import math

import pytest
import torch

from nsg_core.fast.marching import composite, evaluate, march
from nsg_core.fast.model import FastModel, instances_of
from nsg_core.fields.nudges import SHIFT, TURN, Nudges
from nsg_core.geometry import place
from nsg_core.train.boxes import still, with_slopes
from tests.core.fast_models import BOXES, CONFIG, look, rays_of, textured

FRAMES = (2, 4, 8)


def _nudges(device: torch.device | str = "cpu") -> Nudges:
    nudges = Nudges(FRAMES, len(CONFIG.objects))
    torch.manual_seed(1)
    with torch.no_grad():
        nudges.moves.normal_(0, 1.5)
        nudges.moves -= nudges.moves.mean(0, keepdim=True)
    return nudges.to(device)


def _nudged_model(device: torch.device) -> FastModel:
    model = textured(device, frames=FRAMES, nudged=True)
    assert model.nudges is not None
    model.nudges.load_state_dict(_nudges().state_dict())
    return model


def test_a_box_is_shifted_and_turned_in_its_own_frame() -> None:
    nudges, recorded = _nudges(), place([BOXES], (4,))
    instances = instances_of(CONFIG, recorded.models)
    moved = nudges(recorded, instances)
    point = torch.tensor([1.0, 2.0, 9.0])
    for column, instance in enumerate(instances):
        x, y, z, turn = nudges.moves[1, instance].tolist()
        T = recorded.T_object_world[0, column]
        a, b, c = (T[:, :3] @ point + T[:, 3]).tolist()
        cos, sin = math.cos(turn * TURN), math.sin(turn * TURN)
        expected = torch.tensor([cos * a + sin * c, b, -sin * a + cos * c])
        expected += SHIFT * torch.tensor([x, y, z])
        T = moved.T_object_world[0, column]
        torch.testing.assert_close(T[:, :3] @ point + T[:, 3], expected)


def test_unknown_frames_and_objects_stay() -> None:
    nudges, unknown = _nudges(), place([BOXES])
    assert nudges(unknown, [0, 1, 2]) is unknown
    known = place([BOXES], (4,))
    moved = nudges(known, [0, -1, 2])
    torch.testing.assert_close(moved.T_object_world[0, 1], known.T_object_world[0, 1])
    assert not torch.allclose(moved.T_object_world[0, 0], known.T_object_world[0, 0])


def test_what_all_frames_share_changes_nothing() -> None:
    nudges, recorded = _nudges(), place([BOXES, BOXES], (2, 5))
    before = nudges(recorded, [0, 1, 2]).T_object_world
    with torch.no_grad():
        nudges.moves += 0.7
    torch.testing.assert_close(nudges(recorded, [0, 1, 2]).T_object_world, before)


def test_a_changed_nudge_shows_at_once() -> None:
    """Boxes are kept from slice to slice of a picture, but not for longer."""
    nudges, recorded = _nudges(), place([BOXES], (4,))
    with torch.no_grad():
        first = nudges(recorded, [0, 1, 2])
        assert nudges(recorded, [0, 1, 2]) is first
        nudges.moves[1] += 1.0
        later = nudges(recorded, [0, 1, 2])
    assert not torch.allclose(later.T_object_world, first.T_object_world)


def test_pictures_show_the_nudged_boxes(device: torch.device) -> None:
    model, plain = _nudged_model(device), textured(device, frames=FRAMES)
    rays, boxes = rays_of(look(), device), place([BOXES], (4,)).to(device)
    with torch.no_grad():
        moved = model.nudge(boxes)
    expected = plain.trace(rays, moved)
    torch.testing.assert_close(model.trace(rays, boxes).rgb, expected.rgb)
    assert not torch.allclose(plain.trace(rays, boxes).rgb, expected.rgb, atol=0.02)


def test_the_reach_of_a_box_holds_it_wherever_it_is_nudged(
    device: torch.device,
) -> None:
    """Or pixels would be kept that an edit changes."""
    model, plain = _nudged_model(device), textured(device)
    for column, box in enumerate(BOXES):
        reach, own = model.reach(box), plain.reach(box)
        assert reach is not None
        assert own is not None
        low, high = torch.tensor(reach)
        corners = torch.cartesian_prod(*torch.tensor(own).T)
        for frame in range(1, 10):
            recorded = place([(box,)], (frame,)).to(device)
            with torch.no_grad():
                T = model.nudge(recorded).T_object_world[0, 0].cpu()
            R, t = T[:, :3], T[:, 3]
            was = recorded.T_object_world[0, 0].cpu()
            world = (corners - t) @ R
            there = world @ was[:, :3].T + was[:, 3]
            assert (there >= low - 1e-4).all(), (column, frame)
            assert (there <= high + 1e-4).all(), (column, frame)


def test_positions_follow_boxes(device: torch.device) -> None:
    """Values are those of the march; slopes are finite differences of the boxes."""
    model = _nudged_model(device)
    assert model.nudges is not None
    rays, boxes = rays_of(look(), device), place([BOXES], (4,)).to(device)
    moves = model.nudges.moves
    moved = model.nudge(boxes)
    middle = torch.full((len(rays),), 0.5, device=device)
    samples = march(model, rays, still(moved), middle)
    at = with_slopes(model, samples, rays, moved)
    assert torch.equal(at.position, samples.position)
    rows = (samples.instance >= 0).nonzero()[:, 0]
    assert len(rows) > 100
    push = torch.randn(len(rows), 3, device=device)
    (at.position[rows] * push).sum().backward()

    def positions() -> torch.Tensor:
        T = still(model.nudge(boxes)).T_object_world[0, samples.instance[rows].long()]
        ray = samples.ray[rows].long()
        p = rays.origins[ray] + samples.t[rows, None] * rays.directions[ray]
        local = (T[:, :, :3] @ p[..., None])[..., 0] + T[..., 3]
        around = model.regions(boxes)
        low, high = (
            x[0, samples.instance[rows].long()] for x in (around.low, around.high)
        )
        return (local - low) / (high - low)

    torch.testing.assert_close(
        positions().clamp(0, 1), samples.position[rows], atol=1e-4, rtol=0
    )
    assert moves.grad is not None
    for instance in range(3):
        for axis in range(4):
            ends = []
            for step in (0.05, -0.05):
                with torch.no_grad():
                    moves[1, instance, axis] += step
                    ends.append((positions().double() * push).sum())
                    moves[1, instance, axis] -= step
            slope = float(ends[0] - ends[1]) / 0.1
            assert float(moves.grad[1, instance, axis]) == pytest.approx(
                slope, rel=0.02, abs=0.05
            )


def test_colours_pull_at_boxes(device: torch.device) -> None:
    """The whole way from a picture's error to a box, and to nothing else's position."""
    model = _nudged_model(device)
    assert model.nudges is not None
    rays, boxes = rays_of(look(), device), place([BOXES], (4,)).to(device)
    moved = model.nudge(boxes)
    middle = torch.full((len(rays),), 0.5, device=device)
    samples = march(model, rays, still(moved), middle)
    at = with_slopes(model, samples, rays, moved)
    rgb, _, _, _ = composite(at, *evaluate(model, at))
    (rgb - 0.5).square().sum().backward()
    found = model.nudges.moves.grad
    assert found is not None
    # The third is hidden behind the others.
    assert (found[1].abs().amax(-1) > 1e-3).sum() == 2
    assert found.isfinite().all()


def test_a_model_without_frames_has_no_nudges() -> None:
    assert textured("cpu", nudged=True).nudges is None
