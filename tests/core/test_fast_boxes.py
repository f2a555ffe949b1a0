"""Which boxes rays may meet, and what belongs to a box alone."""

import math
from dataclasses import replace

import pytest
import torch

from nsg_core.fast.boxes import GROUP, by_frame, by_group, points_inside
from nsg_core.fast.marching import march
from nsg_core.fast.model import FastModel
from nsg_core.geometry import Rays, grid_pixels, pixel_rays, place
from nsg_core.kernels.space import HITS
from nsg_core.scene import PlacedBox
from tests.core.fast_models import BOXES, box, look, placed, rays_of, textured, uniform


def _crowd(count: int, generator: torch.Generator) -> tuple[PlacedBox, ...]:
    """Boxes all around, so that most of them are out of sight."""
    places = (torch.rand(count, 4, generator=generator) - 0.5).tolist()
    return tuple(
        box(10 + i, 120 * x, 120 * z, yaw=6 * turn, y=1.0 + 2 * y, size=0.8)
        for i, (x, z, turn, y) in enumerate(places)
    )


@pytest.mark.parametrize("seed", range(3))
def test_boxes_out_of_a_groups_sight_make_no_difference(
    device: torch.device, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    model, view = textured(device, far=80.0), look((64, 24))
    boxes, rays = placed(_crowd(120, generator), device), rays_of(view, device)
    listed = model.placed(boxes)
    few, all_ = by_group(listed, rays), by_frame(listed, rays)
    assert len(few.starts) == 1 + math.ceil(len(rays) / GROUP)
    assert len(few.items) < 0.6 * len(all_.items) * (len(few.starts) - 1)
    ours = model.trace(rays, boxes)
    # Two frames: each ray gets the list of its whole frame instead.
    twice = model.trace(rays, place([_crowd_again(120, seed)] * 2).to(device))
    for name in ("rgb", "depth", "opacity", "track"):
        torch.testing.assert_close(getattr(ours, name), getattr(twice, name))
    assert bool((ours.track >= 0).any())


def _crowd_again(count: int, seed: int) -> tuple[PlacedBox, ...]:
    return _crowd(count, torch.Generator().manual_seed(seed))


def test_rays_of_any_origin_can_be_a_group(device: torch.device) -> None:
    """Their cone is as wide as their origins are apart."""
    generator = torch.Generator().manual_seed(7)
    model = uniform(device, math.log(3.0))
    boxes = placed(_crowd(60, generator), device)
    origins = 40 * (torch.rand(700, 3, generator=generator) - 0.5)
    ways = torch.nn.functional.normalize(torch.randn(700, 3, generator=generator))
    index = torch.zeros(700, dtype=torch.long)
    rays = Rays(origins, ways, index, index).to(device)
    lists = by_group(model.placed(boxes), rays)
    samples = march(model, rays, boxes, torch.full((700,), 0.5, device=device))
    met = samples.instance >= 0
    assert bool(met.any())
    model.background.grid.zero_()
    sees_object = torch.zeros(700, dtype=torch.bool, device=device)
    sees_object[samples.ray[met].long()] = True
    sizes = lists.starts.diff()[lists.groups.long()]
    assert bool((sizes[sees_object] > 0).all())
    shown = model.trace(rays, boxes).opacity > 0
    assert torch.equal(shown, sees_object)


@pytest.mark.parametrize("where", ["around", "behind", "beside"])
def test_a_box_at_the_camera(device: torch.device, where: str) -> None:
    """Around the camera it is all there is; behind it is nothing."""
    x, z = {"around": (0.0, 0.0), "behind": (0.0, -9.0), "beside": (3.2, 0.5)}[where]
    model = uniform(device, math.log(3.0))
    boxes = placed((box(0, x, z, yaw=0.0, y=0.5),), device)
    view = look((40, 20), focal=0.5)
    shown = model.trace(rays_of(view, device), boxes, "objects").track == 0
    assert bool(shown.any()) == (where != "behind")
    assert bool(shown.all()) == (where == "around")


def test_hundreds_of_boxes_in_one_place(device: torch.device) -> None:
    boxes = tuple(box(10 + i, 0.01 * i, 9.0) for i in range(300))
    model = textured(device)
    traced = model.trace(rays_of(look(), device), placed(boxes, device))
    assert bool(traced.rgb.isfinite().all())
    assert set(traced.track.unique().tolist()) <= {-1, *(b.track_id for b in boxes)}
    samples = march(
        model,
        rays_of(look(), device),
        placed(boxes, device),
        torch.zeros(24 * 12, device=device),
    )
    together = torch.stack([samples.ray.double(), samples.t.double()])
    _, times = together.unique(dim=1, return_counts=True)
    assert int(times.max()) <= 1 + HITS


def _local(boxes: tuple[PlacedBox, ...], points: torch.Tensor) -> torch.Tensor:
    """Points in the frame of each box, [points boxes 3]."""
    T = place([boxes]).T_object_world[0].to(points)
    return torch.einsum("oij,pj->poi", T[..., :3], points) + T[..., 3]


def _alone(boxes: tuple[PlacedBox, ...], points: torch.Tensor, slack: float):
    """Whether points are in a labelled box, above its lowest part."""
    edges = torch.tensor([[b.size.length, b.size.height, b.size.width] for b in boxes])
    half = edges.to(points) / 2
    p = _local(boxes, points)
    inside = p[..., 0].abs() < half[:, 0] + slack
    inside &= p[..., 2].abs() < half[:, 2] + slack
    inside &= (p[..., 1] > -2 * half[:, 1] - slack) & (p[..., 1] < -0.1 + slack)
    return inside.any(1)


def test_there_is_no_background_in_a_labelled_box(device: torch.device) -> None:
    model, rays = uniform(device, math.log(5.0)), rays_of(look((48, 24)), device)
    jitter = torch.rand(len(rays), device=device)
    samples = march(model, rays, placed(BOXES, device), jitter)
    ground = samples.instance == -1
    ray = samples.ray[ground].long()
    points = rays.origins[ray] + rays.directions[ray] * samples.t[ground][:, None]
    assert not bool(_alone(BOXES, points, -1e-3).any())
    # But right beside there is: under the box, in the room for its shadow.
    near = _alone(BOXES, points, 0.09)
    assert int(near.sum()) > 20


def test_points_inside_are_where_objects_are_alone(device: torch.device) -> None:
    model = FastModel(textured("cpu").config)
    frames = place([BOXES, BOXES[:1]]).to(device)
    generator = torch.Generator().manual_seed(0)
    points = points_inside(frames, model.regions(frames), 500, generator)
    assert bool(_alone(BOXES, points, 1e-3).all())
    spread = _local(BOXES[:1], points)[:, 0]
    in_first = spread[spread[:, 0].abs() < 2.0]
    assert in_first[:, 0].std() > 0.5
    nobody = replace(frames, present=frames.present & False)
    assert len(points_inside(nobody, model.regions(nobody), 9, generator)) == 0


def test_what_is_kept_follows_the_grid(device: torch.device) -> None:
    """Blocks are kept from one picture to the next, but not longer than the cells."""
    model, rays = uniform(device, math.log(5.0)), rays_of(look(), device)
    nobody = placed((), device)
    assert bool((model.trace(rays, nobody).opacity > 0.99).all())
    model.background.grid.zero_()
    assert bool((model.trace(rays, nobody).opacity == 0).all())
    model.background.grid[-1] = 5.0
    model.background.grid.fill_(5.0)
    assert bool((model.trace(rays, nobody).opacity > 0.99).all())


def test_cells_that_do_not_fill_a_block(device: torch.device) -> None:
    """The last block along an axis may be smaller."""
    view = look()
    rays = pixel_rays(view, grid_pixels(view, device=device))
    for cells in ((5, 7, 9), (4, 4, 4), (3, 2, 13)):
        model = uniform(device, math.log(5.0), cells=cells)
        model.background.grid.zero_()
        assert bool((model.trace(rays, placed((), device)).opacity == 0).all())
        model.background.grid.fill_(5.0)
        assert bool((model.trace(rays, placed((), device)).opacity > 0.99).all())
