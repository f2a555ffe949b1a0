"""Rays, views, boxes and rigid transforms against their definitions."""

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nsg_core.geometry import (
    Placements,
    Rays,
    grid_pixels,
    intersect_boxes,
    pixel_rays,
    place,
    to_object,
)
from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.view import View

unhurried = settings(deadline=None)

angles = st.floats(-math.pi, math.pi)
lengths = st.floats(0.3, 8)
places = st.tuples(*[st.floats(-30, 30)] * 3)
poses = st.builds(Pose, places, angles, angles, angles)
boxes = st.builds(
    PlacedBox,
    track_id=st.integers(0, 50),
    category=st.just("Car"),
    model=st.just("object/1"),
    size=st.builds(Size, lengths, lengths, lengths),
    pose=poses,
)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Cameras of all directions, sizes and principal points."""
    pose = draw(poses)
    width, height = draw(st.integers(1, 1300)), draw(st.integers(1, 400))
    return View(
        tuple(pose.T_world_object().ravel().tolist()),
        width,
        height,
        draw(st.floats(50, 2000)),
        draw(st.floats(50, 2000)),
        draw(st.floats(-0.2, 1.2)) * width,
        draw(st.floats(-0.2, 1.2)) * height,
    )


def _ray(origin: list[float], direction: list[float]) -> Rays:
    d = torch.nn.functional.normalize(torch.tensor([direction]), dim=-1)
    index = torch.zeros(1, dtype=torch.long)
    return Rays(torch.tensor([origin]), d, index, index - 1)


def _inside(box: PlacedBox, points: np.ndarray, grow: float = 1.0) -> np.ndarray:
    """Whether world points are in a box, by the conventions of `nsg_core`."""
    T = np.linalg.inv(box.pose.T_world_object())
    x, y, z = T[:3, :3] @ points.T + T[:3, 3:]
    length, height, width = box.size.length, box.size.height, box.size.width
    ground = (abs(x) <= grow * length / 2) & (abs(z) <= grow * width / 2)
    return ground & (y <= 0) & (y >= -height)


@given(pose=poses)
@unhurried
def test_poses_are_rigid(pose: Pose) -> None:
    T = pose.T_world_object()
    np.testing.assert_allclose(T[:3, :3] @ T[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(T[:3, :3]) == pytest.approx(1)
    np.testing.assert_array_equal(T[3], [0, 0, 0, 1])


@given(yaw=angles)
@unhurried
def test_yaw_turns_as_in_kitti(yaw: float) -> None:
    forward = Pose((0, 0, 0), yaw).T_world_object()[:3, 0]
    np.testing.assert_allclose(forward, [math.cos(yaw), 0, -math.sin(yaw)], atol=1e-12)


@given(box=boxes)
@unhurried
def test_placements_invert_poses(box: PlacedBox) -> None:
    T = place([(box,)]).T_object_world[0, 0].double().numpy()
    product = T[:, :3] @ box.pose.T_world_object()[:3]
    product[:, 3] += T[:, 3]
    np.testing.assert_allclose(product, np.eye(4)[:3], atol=2e-5)


def test_placements_of_several_frames() -> None:
    """A column for each track, and nothing where it is absent."""
    size = Size(4, 1.5, 2)

    def box(track: int, z: float) -> PlacedBox:
        return PlacedBox(track, "Car", f"object/{track}", size, Pose((0, 0, z), 0))

    placements = place([(box(7, 1), box(3, 2)), (), (box(7, 5),)])
    assert placements.track.tolist() == [3, 7]
    assert placements.models == ("object/3", "object/7")
    assert placements.present.tolist() == [[True, True], [False, False], [False, True]]
    depths = -placements.T_object_world[..., 2, 3]
    assert depths[placements.present].tolist() == [2, 1, 5]
    assert placements.size[placements.present].unique(dim=0).tolist() == [[4, 1.5, 2]]
    assert placements.to("cpu").models == placements.models
    nobody = place([(), ()])
    assert nobody.present.shape == (2, 0)


@given(
    box=boxes,
    origin=places,
    aim=st.tuples(*[st.floats(-0.6, 0.6)] * 3),
    grow=st.sampled_from([1.0, 1.9]),
)
@settings(max_examples=200, deadline=None)
def test_hits_are_where_marching_finds_the_box(
    box: PlacedBox, origin: tuple[float, ...], aim: tuple[float, ...], grow: float
) -> None:
    """Rays towards the box, marched in steps of 5 mm."""
    middle = box.pose.T_world_object() @ [
        *(
            a * s
            for a, s in zip(aim, (box.size.length, 0, box.size.width), strict=True)
        ),
        1,
    ]
    middle[1] -= box.size.height / 2
    direction = middle[:3] - np.array(origin)
    assume(np.linalg.norm(direction) > 0.1)
    rays = _ray(list(origin), direction.tolist())
    hits = intersect_boxes(place([(box,)]), rays, grow)

    t = np.arange(0, 150, 0.005)
    start, unit = rays.origins[0].double().numpy(), rays.directions[0].double().numpy()
    inside = _inside(box, start + t[:, None] * unit, grow)
    if inside.sum() < 5:  # A corner that is grazed may be found by one of the two only.
        assert len(hits.ray) == 0 or (hits.t_far - hits.t_near).item() < 0.05
        return
    first, last = t[inside][[0, -1]]
    assert hits.t_near.item() == pytest.approx(first, abs=0.006)
    assert hits.t_far.item() == pytest.approx(last, abs=0.006)
    assert (hits.ray.item(), hits.object.item()) == (0, 0)


BOX = PlacedBox(1, "Car", "object/1", Size(4, 1.5, 2), Pose((0, 1, 10), 0))


@pytest.mark.parametrize(
    ("origin", "direction", "expected"),
    [
        ([0, 0.5, 0], [0, 0, 1], (9, 11)),  # Through its width.
        ([0, 0.5, 0], [0, 0, -1], None),  # Behind the ray.
        ([0, 0.5, 10], [1, 0, 0], (0, 2)),  # From within, along its length.
        ([0, 2, 0], [0, 0, 1], None),  # Below the ground that it stands on.
        ([5, 0.5, 10], [-1, 0, 0], (3, 7)),
        ([0, -3, 10], [0, 1, 0], (2.5, 4)),  # From above, through its height.
        ([2.5, 0.5, 0], [0, 0, 1], None),  # Passes beside it, parallel to two faces.
    ],
)
def test_hits_along_the_axes(
    origin: list[float], direction: list[float], expected: tuple[float, float] | None
) -> None:
    rays = _ray([float(x) for x in origin], [float(x) for x in direction])
    hits = intersect_boxes(place([(BOX,)]), rays)
    found = list(zip(hits.t_near.tolist(), hits.t_far.tolist(), strict=True))
    assert found == ([pytest.approx(expected)] if expected else [])


def test_boxes_grow_over_the_ground_and_not_in_height() -> None:
    placements = place([(BOX,)])
    beside, above = _ray([2.5, 0.5, 0], [0.0, 0, 1]), _ray([0.0, -0.6, 0], [0.0, 0, 1])
    for grow in (1.9, torch.tensor([1.9])):
        assert intersect_boxes(placements, beside, grow).t_near.tolist() == [
            pytest.approx(10 - 1.9)
        ]
        assert len(intersect_boxes(placements, above, grow).ray) == 0


def test_each_ray_sees_its_own_frame(device: torch.device) -> None:
    far = PlacedBox(1, "Car", "object/1", BOX.size, Pose((0, 1, 20), 0))
    placements: Placements = place([(BOX,), (), (far,)]).to(device)
    frame = torch.tensor([2, 0, 1], device=device)
    rays = Rays(
        torch.tensor([[0.0, 0.5, 0]], device=device).expand(3, 3),
        torch.tensor([[0.0, 0, 1]], device=device).expand(3, 3),
        frame,
        frame,
    )
    hits = intersect_boxes(placements, rays)
    assert hits.ray.tolist() == [0, 1]
    assert hits.t_near.tolist() == [pytest.approx(19), pytest.approx(9)]


@given(box=boxes, origin=places, yaw=angles)
@unhurried
def test_rays_keep_their_lengths_in_object_frames(
    box: PlacedBox, origin: tuple[float, ...], yaw: float
) -> None:
    rays = _ray(list(origin), [math.cos(yaw), 0.3, math.sin(yaw)])
    origins, directions = to_object(place([(box,)]), rays)
    assert directions.norm(dim=-1).item() == pytest.approx(1, abs=1e-5)
    world = np.append(rays.origins[0].double().numpy(), 1)
    expected = np.linalg.inv(box.pose.T_world_object()) @ world
    np.testing.assert_allclose(origins[0, 0].numpy(), expected[:3], atol=1e-4)


@given(view=views(), u=st.floats(0, 1), v=st.floats(0, 1), t=st.floats(0.5, 200))
@unhurried
def test_a_point_on_a_pixels_ray_is_seen_in_that_pixel(
    view: View, u: float, v: float, t: float
) -> None:
    pixel = torch.tensor([[u * view.width, v * view.height]])
    rays = pixel_rays(view, pixel)
    point = (rays.origins + t * rays.directions).double().numpy()
    u_seen, v_seen, depth = view.project(point)[0]
    # Single precision: of the place, some micrometres, seen at this distance.
    slack = 1e-4 * max(view.fx, view.fy) / depth * (1 + t / 20) * 2
    assert u_seen == pytest.approx(pixel[0, 0].item(), abs=slack + 0.01)
    assert v_seen == pytest.approx(pixel[0, 1].item(), abs=slack + 0.01)
    assert rays.pinhole is not None
    assert depth == pytest.approx(t / rays.pinhole.norm().item(), rel=1e-3, abs=1e-4)


@given(view=views(), u=st.floats(-10, 1500), v=st.floats(-10, 500))
@unhurried
def test_view_and_tensors_agree_on_rays(view: View, u: float, v: float) -> None:
    pixel = torch.tensor([[u, v]])
    rays = pixel_rays(view, pixel, frame=4, camera=1)
    origin, direction = view.ray(*pixel[0].tolist())
    np.testing.assert_allclose(rays.origins[0].numpy(), origin, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(rays.directions[0].numpy(), direction, atol=1e-5)
    assert rays.directions.norm().item() == pytest.approx(1, abs=1e-6)
    assert (rays.frame.item(), rays.camera.item()) == (4, 1)


@given(view=views(), factor=st.floats(0.05, 3))
@unhurried
def test_a_scaled_view_has_the_same_edges(view: View, factor: float) -> None:
    small = view.scaled(factor)
    assert small.width == max(1, round(view.width * factor))
    assert small.height == max(1, round(view.height * factor))
    for x in (0.0, 0.5, 1.0):
        for y in (0.0, 1.0):
            _, before = view.ray(x * view.width - 0.5, y * view.height - 0.5)
            _, after = small.ray(x * small.width - 0.5, y * small.height - 0.5)
            np.testing.assert_allclose(after, before, atol=1e-12)


@pytest.mark.parametrize(("stride", "count"), [(1, 35), (2, 12), (3, 6), (100, 1)])
def test_grid_runs_row_by_row(device: torch.device, stride: int, count: int) -> None:
    view = View(tuple(np.eye(4).ravel().tolist()), 7, 5, 9.0, 9.0, 3.0, 2.0)
    pixels = grid_pixels(view, stride, device)
    expected = [[u, v] for v in range(0, 5, stride) for u in range(0, 7, stride)]
    assert pixels.tolist() == expected
    assert len(expected) == count


def test_rays_are_chosen_by_rows(device: torch.device) -> None:
    view = View(tuple(np.eye(4).ravel().tolist()), 7, 5, 9.0, 9.0, 3.0, 2.0)
    rays = pixel_rays(view, grid_pixels(view, device=device))
    mask = rays.directions[:, 0] > 0
    for rows in (slice(3, 9), mask, mask.nonzero()[:, 0]):
        some = rays[rows]
        assert torch.equal(some.directions, rays.directions[rows])
        assert some.pinhole is not None
        assert rays.pinhole is not None
        assert torch.equal(some.pinhole, rays.pinhole[rows])
        assert len(some) == len(some.frame) == len(some.camera) == len(some.origins)
