"""Rough depth from neighbouring pictures, and what it says of empty space."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates

from nsg_core.fast.model import configure
from nsg_core.fast.occupancy import carved_cells, uncontract
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track
from nsg_core.sequence import Sequence
from nsg_core.train.batches import Pictures, load_pictures
from nsg_core.train.stereo import sweep

WALL, FOCAL, WIDTH, HEIGHT = 9.0, 80.0, 128, 64
FRAMES = (0, 1, 2)


def _wall(view_x: float, texture: np.ndarray) -> np.ndarray:
    """A speckled wall across the road, seen from x metres to the right."""
    v, u = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    x = (u - (WIDTH - 1) / 2) / FOCAL * WALL + view_x
    y = (v - (HEIGHT - 1) / 2) / FOCAL * WALL
    at = [(y * 12 + 200) % 400, (x * 12 + 200) % 400]
    return map_coordinates(texture, at, order=1, mode="wrap")


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    """Two cameras that drive sideways along the wall; a car stands in the way."""
    noise = gaussian_filter(np.random.default_rng(0).random((400, 400)), 1.2)
    texture = (noise - noise.min()) / (noise.max() - noise.min())
    cameras, images = [], {}
    for name, offset in (("image_02", 0.0), ("image_03", 0.5)):
        Ts = []
        for frame in FRAMES:
            x = offset + 0.3 * frame
            Ts.append((1.0, 0, 0, x, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0))
            path = tmp_path / f"{name}_{frame}.png"
            grey = (_wall(x, texture) * 255).round().astype(np.uint8)
            Image.fromarray(np.repeat(grey[..., None], 3, 2)).save(path)
            images[name, frame] = path
        middle = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
        cameras.append(Camera(name, WIDTH, HEIGHT, FOCAL, FOCAL, *middle, tuple(Ts)))
    poses = tuple(Pose((0.0, 1.0, 7.0), 0.0) for _ in FRAMES)
    car = ObjectNode(0, "Car", Size(2.0, 1.0, 1.0), Track(FRAMES, poses), "object/0")
    scene = Scene("made up", "wall", FRAMES, tuple(cameras), (car,))
    drive = Sequence(scene, images)
    return load_pictures(drive, FRAMES, 1.0, ("image_02", "image_03"))


def test_a_wall_is_found_where_it_is(pictures: Pictures) -> None:
    depth = sweep(pictures).depth
    known = depth > 0
    assert known.float().mean() > 0.4
    error = (depth[known] / WALL - 1).abs()
    assert error.median() < 0.06
    assert error.quantile(0.9) < 0.15


def test_what_may_move_stays_unknown(pictures: Pictures) -> None:
    depth = sweep(pictures).depth
    for i, u0, v0, u1, v1 in pictures.regions.tolist():
        inside = depth[int(i), int(v0) + 1 : int(v1) - 1, int(u0) + 1 : int(u1) - 1]
        assert inside.numel() > 20
        assert not inside.any()


def test_without_neighbours_nothing_is_known(pictures: Pictures) -> None:
    alone = replace(
        pictures,
        pixels=pictures.pixels[:1],
        origins=pictures.origins[:1],
        rotations=pictures.rotations[:1],
        intrinsics=pictures.intrinsics[:1],
        frame=pictures.frame[:1],
        camera=pictures.camera[:1],
        regions=pictures.regions[:0],
    )
    assert not sweep(alone).depth.any()


def test_space_before_the_wall_is_carved_and_the_wall_is_not(
    pictures: Pictures,
) -> None:
    T = pictures.views[0].T_world_camera
    camera = Camera("image_02", WIDTH, HEIGHT, FOCAL, FOCAL, 64, 32, (T,))
    scene = Scene("made up", "wall", (0,), (camera,), ())
    config = configure(scene, cells=(64, 32, 64))
    depths = torch.full((len(pictures.views), HEIGHT, WIDTH), WALL)
    carved = carved_cells(config, list(pictures.views), depths)
    axes = [(torch.arange(n) + 0.5) / n for n in config.cells]
    centres = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    x, y, z = uncontract(config, centres).unbind(-1)
    ahead = (x.abs() < 0.3 * z) & (y.abs() < 0.3 * z)
    assert carved[ahead & (z > 2) & (z < 7.5)].all()
    assert not carved[z > 8.2].any()
    assert not carved_cells(config, list(pictures.views), depths * 0).any()
