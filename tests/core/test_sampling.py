"""Samples on planes and in boxes against what they are by definition."""

import math

import numpy as np
import pytest
import torch

from nsg_core.geometry import Placements, Rays, grid_pixels, pixel_rays, place
from nsg_core.paper.sampling import (
    PlaneStack,
    jitter,
    plane_distances,
    sample_boxes,
    spread_distances,
)
from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.view import View

PLANES = PlaneStack((0, 0, 1.0), (0, 0, 1.0), 10.0, (0, 1, 2, 3), 9, 1.0)


def _view(z: float = 0.0) -> View:
    T = np.eye(4)
    T[2, 3] = z
    return View(tuple(T.ravel().tolist()), 48, 32, 36.0, 36.0, 23.5, 15.5)


def _rays(device: torch.device, z: float = 0.0) -> Rays:
    view = _view(z)
    return pixel_rays(view, grid_pixels(view, device=device))


def _boxes(device: torch.device, *boxes: tuple[float, float, float]) -> Placements:
    """Boxes 4 m long, 1.5 m high and 2 m wide: depth, shift to the right, yaw."""
    placed = tuple(
        PlacedBox(i, "Car", f"object/{i}", Size(4, 1.5, 2), Pose((x, 0.7, z), yaw))
        for i, (z, x, yaw) in enumerate(boxes)
    )
    return place([placed]).to(device)


@pytest.mark.parametrize(
    ("z", "planes"),
    [
        (0.0, [1, 11, 21, 91]),  # The first plane is at the near distance: it counts.
        (5.0, [11, 21, 31, 91]),
        (10.5, [21, 31, 41, 91]),  # The plane at 11 is nearer than near.
        (25.0, [31, 41, 51, 91]),
    ],
)
def test_samples_lie_on_the_planes_ahead(
    device: torch.device, z: float, planes: list[int]
) -> None:
    rays = _rays(device, z)
    t = plane_distances(PLANES, rays.origins, rays.directions)
    depths = (rays.origins[:, None] + t[..., None] * rays.directions[:, None])[..., 2]
    expected = torch.tensor(planes, device=device).expand_as(depths).float()
    torch.testing.assert_close(depths, expected)


def test_planes_behind_a_ray_are_left_out(device: torch.device) -> None:
    rays = _rays(device)
    back = plane_distances(PLANES, rays.origins, -rays.directions)
    assert back.count_nonzero() == 0
    sideways = torch.tensor([[1.0, 0.0, 0.0]], device=device)
    along = plane_distances(PLANES, rays.origins[:1], sideways)
    assert along.count_nonzero() == 0


def test_laws_of_distance() -> None:
    linear = spread_distances(2, 10, 5)
    assert linear.tolist() == [2, 4, 6, 8, 10]
    inverse = 1 / spread_distances(2, 10, 5, "lindisp")
    torch.testing.assert_close(inverse.diff(), torch.full((4,), (0.1 - 0.5) / 4))
    squared = spread_distances(2, 10, 5, "squareddist").diff()
    torch.testing.assert_close(squared / squared[0], torch.tensor([1.0, 3, 5, 7]))


def test_jitter_stays_between_neighbours(device: torch.device) -> None:
    t = spread_distances(1, 9, 6).to(device).expand(500, -1)
    drawn = jitter(t)
    middle = (t[:, 1:] + t[:, :-1]) / 2
    assert bool((drawn[:, 1:] >= middle).all() and (drawn[:, :-1] <= middle).all())
    # Inner samples are drawn evenly from an interval of 1.6 m about their place.
    inner = drawn[:, 1:-1] - t[:, 1:-1]
    assert inner.mean().abs().item() < 0.05
    assert inner.std().item() == pytest.approx(1.6 / math.sqrt(12), rel=0.1)


def test_box_samples_are_where_the_ray_is(device: torch.device) -> None:
    """In box coordinates: from face to face, and the same points as in the world."""
    rays, boxes = _rays(device), _boxes(device, (9, 0.5, 0.4), (14, -1, 1.9))
    hits = sample_boxes(boxes, rays, 5, grow=1.5)
    assert len(hits.ray) > 10
    for ends in (hits.points[:, 0], hits.points[:, -1]):
        face = ends.abs().amax(1)
        torch.testing.assert_close(face, torch.ones_like(face), atol=1e-5, rtol=0)
    world = rays.origins[hits.ray][:, None] + (
        hits.t[..., None] * rays.directions[hits.ray][:, None]
    )
    T = boxes.T_object_world[0, hits.object]
    local = torch.einsum("hij,hsj->hsi", T[..., :3], world) + T[:, None, :, 3]
    half = torch.tensor([4 * 1.5 / 2, 1.5 / 2, 2 * 1.5 / 2], device=device)
    middle = torch.tensor([0, -1.5 / 2, 0], device=device)
    torch.testing.assert_close(hits.points, (local - middle) / half, atol=2e-5, rtol=0)
    along = torch.nn.functional.normalize(hits.points[:, -1] - hits.points[:, 0], dim=1)
    torch.testing.assert_close(along, hits.directions, atol=1e-3, rtol=0)
    places = torch.tensor([[0.5, 0.7, 9.0], [-1.0, 0.7, 14.0]], device=device)
    torch.testing.assert_close(hits.positions, places[hits.object])


def test_a_single_sample_is_in_the_middle(device: torch.device) -> None:
    rays, boxes = _rays(device), _boxes(device, (9, 0, 0))
    one, many = sample_boxes(boxes, rays, 1), sample_boxes(boxes, rays, 3)
    torch.testing.assert_close(one.t[:, 0], many.t[:, 1])


def test_ranks_count_the_boxes_along_a_ray(device: torch.device) -> None:
    """Boxes one behind the other, given from far to near."""
    rays, boxes = _rays(device), _boxes(device, (19, 0, 0), (14, 0, 0), (9, 0, 0))
    hits = sample_boxes(boxes, rays, 2)
    assert hits.rank.max() == 2
    assert torch.equal(hits.rank, 2 - hits.object)
    first = sample_boxes(boxes, rays, 2, first_only=True)
    assert len(first.ray.unique()) == len(first.ray) == len(hits.ray.unique())
    assert bool((first.rank == 0).all())


def test_no_box_no_sample(device: torch.device) -> None:
    rays = _rays(device)
    for boxes in (_boxes(device), _boxes(device, (-9, 0, 0))):
        assert sample_boxes(boxes, rays, 4).points.shape == (0, 4, 3)
