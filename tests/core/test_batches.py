"""Training rays: pixel by pixel those of the recorded cameras."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nsg_core.errors import NsgError
from nsg_core.geometry import grid_pixels, intersect_boxes, pixel_rays
from nsg_core.scene import Pose, Track
from nsg_core.sequence import Sequence
from nsg_core.train.batches import Pictures, load_pictures
from tests.core.tiny_drive import tiny_drive

CAMERAS = ("image_02", "image_03")


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Sequence:
    return tiny_drive(tmp_path_factory.mktemp("tiny"))


def _whole(pictures: Pictures, index: int):  # type: ignore[no-untyped-def]
    _, height, width, _ = pictures.pixels.shape
    v, u = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    index_of_each = torch.full((height * width,), index)
    return pictures.at(index_of_each, u.flatten().float(), v.flatten().float())


def test_rays_and_colours_are_those_of_the_camera(drive: Sequence) -> None:
    pictures = load_pictures(drive, (1, 4), 1.0, CAMERAS)
    assert pictures.keys == (
        ("image_02", 1),
        ("image_03", 1),
        ("image_02", 4),
        ("image_03", 4),
    )
    for index, (camera, frame) in enumerate(pictures.keys):
        batch = _whole(pictures, index)
        view = drive.scene.view(camera, frame)
        rays = pixel_rays(view, grid_pixels(view))
        torch.testing.assert_close(batch.rays.origins, rays.origins)
        torch.testing.assert_close(batch.rays.directions, rays.directions)
        assert batch.rays.pinhole is not None
        torch.testing.assert_close(batch.rays.pinhole, rays.pinhole)
        recorded = drive.image(camera, frame).reshape(-1, 3) / 255
        np.testing.assert_allclose(batch.rgb.numpy(), recorded, atol=1e-6)
        assert set(batch.rays.frame.tolist()) == {(1, 4).index(frame)}
        assert set(batch.rays.camera.tolist()) == {CAMERAS.index(camera)}


def test_each_ray_meets_the_boxes_of_its_own_frame(drive: Sequence) -> None:
    """The car's pixels are green, and the rays through them meet its box."""
    pictures = load_pictures(drive, drive.scene.frames, 1.0, CAMERAS)
    for index in range(len(pictures.keys)):
        batch = _whole(pictures, index)
        hit = torch.zeros(len(batch.rays), dtype=torch.bool)
        hit[intersect_boxes(pictures.placements, batch.rays).ray] = True
        red, green, _ = batch.rgb.unbind(-1)
        torch.testing.assert_close(green > red + 0.25, hit)


def test_batches_are_drawn_from_all_pixels(drive: Sequence) -> None:
    pictures = load_pictures(drive, drive.scene.frames, 0.25, CAMERAS)
    batch = pictures.draw(20_000, 0.0, torch.Generator().manual_seed(1))
    _, height, width, _ = pictures.pixels.shape
    drawn = len(batch.pixel.unique(dim=0))
    assert drawn > 0.99 * len(pictures.keys) * height * width
    mean = pictures.pixels.float().mean((0, 1, 2)) / 255
    torch.testing.assert_close(batch.rgb.mean(0), mean, atol=0.01, rtol=0)


def test_rays_at_objects_go_through_all_of_a_pixel(drive: Sequence) -> None:
    """The mean colour of its area is known, not the colour of its middle."""
    pictures = load_pictures(drive, drive.scene.frames, 0.25, CAMERAS)
    for share, spread in ((0.0, 0.0), (1.0, 1 / math.sqrt(12))):
        batch = pictures.draw(5000, share, torch.Generator().manual_seed(1))
        for index, view in enumerate(pictures.views):
            mine = batch.pixel[:, 0] == index
            points = (batch.rays.origins + batch.rays.directions)[mine].double()
            u, v, _ = view.project(points.numpy()).T
            for found, whole in ((u, batch.pixel[mine, 1]), (v, batch.pixel[mine, 2])):
                part = found - whole.numpy()
                assert np.abs(part).max() <= 0.5 + 1e-3
                assert part.std() == pytest.approx(spread, abs=0.03)


def test_a_part_of_the_rays_is_aimed_at_objects(drive: Sequence) -> None:
    pictures = load_pictures(drive, drive.scene.frames, 1.0, CAMERAS)

    def on_car(share: float) -> float:
        batch = pictures.draw(4000, share, torch.Generator().manual_seed(1))
        hits = intersect_boxes(pictures.placements, batch.rays, 1.3)
        return len(hits.ray.unique()) / 4000

    assert on_car(0.8) > on_car(0.3) + 0.2 > on_car(0.0) + 0.3


def test_the_same_numbers_give_the_same_batch(drive: Sequence) -> None:
    pictures = load_pictures(drive, (0, 1), 1.0, CAMERAS)
    a, b, c = (
        pictures.draw(50, 0.5, torch.Generator().manual_seed(seed))
        for seed in (3, 3, 4)
    )
    assert torch.equal(a.rgb, b.rgb)
    assert torch.equal(a.rays.directions, b.rays.directions)
    assert not torch.equal(a.rays.directions, c.rays.directions)


def test_no_object_in_sight_is_no_trouble(drive: Sequence) -> None:
    """Behind the cameras, or none at all."""
    car = drive.scene.objects[0]
    behind = tuple(Pose((0.0, 1.6, -30.0), 0.0) for _ in car.track.frames)
    for objects in ((), (replace(car, track=Track(car.track.frames, behind)),)):
        other = replace(drive, scene=replace(drive.scene, objects=objects))
        pictures = load_pictures(other, (0, 1), 0.5, CAMERAS)
        assert not len(pictures.regions)
        batch = pictures.draw(64, 0.5, torch.Generator().manual_seed(0))
        assert len(batch.rays) == 64


def test_one_camera_alone(drive: Sequence) -> None:
    left = {key: path for key, path in drive.images.items() if key[0] == "image_02"}
    pictures = load_pictures(replace(drive, images=left), (0, 3), 1.0, CAMERAS)
    assert pictures.keys == (("image_02", 0), ("image_02", 3))


def test_pictures_of_two_sizes_are_refused(drive: Sequence, tmp_path: Path) -> None:
    left, right = drive.scene.cameras
    scene = replace(drive.scene, cameras=(left, replace(right, width=32)))
    with pytest.raises(NsgError, match="32x32 and 64x32"):
        load_pictures(replace(drive, scene=scene), (0,), 1.0, CAMERAS)
