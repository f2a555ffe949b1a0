"""The fast model's pictures: the display kernel, and what a scene graph must do."""

import math
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from nsg_core.errors import NsgError
from nsg_core.fast.marching import composite, evaluate, march
from nsg_core.fast.model import FastModel, configure
from nsg_core.fast.twin import trace_torch
from nsg_core.geometry import Rays, intersect_boxes
from nsg_core.kernels.space import HITS
from nsg_core.model import Model, Traced
from nsg_core.request import Only
from nsg_core.scene import PlacedBox
from nsg_core.view import View
from tests.core.drives import small_scene
from tests.core.fast_models import (
    BOXES,
    box,
    look,
    placed,
    rays_of,
    textured,
    uniform,
)


def _equal(a: Traced, b: Traced, tolerance: float = 2e-4) -> None:
    torch.testing.assert_close(a.rgb, b.rgb, atol=tolerance, rtol=tolerance)
    torch.testing.assert_close(a.opacity, b.opacity, atol=tolerance, rtol=tolerance)
    # Where a ray sees next to nothing its depth means nothing.
    seen = a.opacity > 0.01
    torch.testing.assert_close(a.depth[seen], b.depth[seen], atol=0.02, rtol=2e-3)
    assert torch.equal(a.track, b.track)


def _around_the_camera() -> tuple[PlacedBox, ...]:
    return (box(0, 0.0, 0.5, y=0.8),)


CASES: dict[str, tuple[PlacedBox, ...]] = {
    "three boxes": BOXES,
    "no box": (),
    "behind the camera": (box(0, 0.0, -9.0),),
    "around the camera": _around_the_camera(),
    "cutting the camera": (box(0, 1.9, 0.0, yaw=0.0, y=0.8),),
    "beside the picture": (box(0, 60.0, 9.0),),
    "beyond the far end": (box(0, 0.0, 400.0, size=20.0),),
    "one in another": (box(0, 0.0, 8.0, size=2.0), box(3, 0.0, 8.0, yaw=1.0)),
    "turned on its side": tuple(
        replace(b, pose=replace(b.pose, pitch=0.7, roll=-1.1)) for b in BOXES
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_display_is_its_twin(device: torch.device, case: str) -> None:
    model, boxes = textured(device), placed(CASES[case], device)
    rays = rays_of(look(), device, camera=1)
    _equal(model.trace(rays, boxes), trace_torch(model, rays, boxes))


@pytest.mark.parametrize("only", ["all", "background", "objects"])
def test_parts_are_those_of_the_twin(device: torch.device, only: Only) -> None:
    model, boxes = textured(device), placed(BOXES, device)
    rays = rays_of(look(), device)
    _equal(model.trace(rays, boxes, only), trace_torch(model, rays, boxes, only))


@pytest.mark.parametrize(
    "view",
    [look((1, 1)), look((80, 3), focal=0.5 / math.tan(math.radians(85)))],
    ids=["one pixel", "170 degrees"],
)
def test_strange_views_are_those_of_the_twin(device: torch.device, view: View) -> None:
    model, boxes = textured(device), placed(BOXES, device)
    rays = rays_of(view, device)
    traced = model.trace(rays, boxes)
    assert bool(traced.rgb.isfinite().all() and traced.depth.isfinite().all())
    _equal(traced, trace_torch(model, rays, boxes))


def _crowd(count: int) -> tuple[PlacedBox, ...]:
    """Boxes that overlap, no two of which are entered at the same place."""
    return tuple(
        box(10 + i, 3 * math.sin(2.4 * i), 4.0 + 0.11 * i, yaw=0.37 * i)
        for i in range(count)
    )


def test_hundreds_of_overlapping_boxes(device: torch.device) -> None:
    """Only the nearest of those a ray crosses count, and it says so by its rule."""
    model, boxes = textured(device), placed(_crowd(300), device)
    rays = rays_of(look((16, 8)), device)
    crossed = intersect_boxes(boxes, rays).ray.bincount(minlength=len(rays))
    assert crossed.max() > 3 * HITS
    _equal(model.trace(rays, boxes), trace_torch(model, rays, boxes))


def _opacity(device: torch.device, log_sigma: float, rays: Rays) -> Tensor:
    model = uniform(device, log_sigma, far=200.0)
    return model.trace(rays, placed((), device), "background").opacity


def test_fog_stops_light_as_in_the_closed_form(device: torch.device) -> None:
    """``1 - exp(-sigma * length)``; a ray's last step may reach beyond the end."""
    rays = rays_of(look(), device)
    length = 200.0 - 0.5
    found = _opacity(device, math.log(0.01), rays)
    expected = 1 - math.exp(-0.01 * length)
    assert found.min().item() == pytest.approx(expected, abs=0.02)
    thick = _opacity(device, math.log(2.0), rays)
    assert bool(((thick > 0.997) & (thick <= 1)).all())


def test_a_box_of_fog_is_as_opaque_as_it_is_thick(device: torch.device) -> None:
    """Each ray by its own path through the drawn region, and nothing elsewhere."""
    model = uniform(device, math.log(0.4), box_scale=1.0, below=0.0)
    rays, boxes = rays_of(look((40, 20)), device), placed(BOXES[:1], device)
    found = model.trace(rays, boxes, "objects").opacity
    higher = replace(boxes, size=boxes.size * boxes.size.new_tensor([1, 1.02, 1]))
    hits = intersect_boxes(higher, rays)
    path = torch.zeros_like(found).index_add(0, hits.ray, hits.t_far - hits.t_near)
    assert (path > 0.5).sum() > 20
    torch.testing.assert_close(found, 1 - torch.exp(-0.4 * path), atol=0.01, rtol=0)


def test_display_shows_what_training_sees(device: torch.device) -> None:
    """march + evaluate + composite + sky, but for samples not worth a colour."""
    model, boxes = textured(device), placed(BOXES, device)
    rays = rays_of(look(), device, camera=0)
    middle = torch.full((len(rays),), 0.5, device=device)
    samples = march(model, rays, boxes, middle)
    rgb, depth, clear, _ = composite(samples, *evaluate(model, samples))
    rgb = model.exposure(rgb + clear[:, None] * model.sky(rays.directions), rays.camera)
    traced = model.trace(rays, boxes)
    torch.testing.assert_close(traced.rgb, rgb, atol=0.02, rtol=0)
    torch.testing.assert_close(traced.opacity, 1 - clear, atol=0.02, rtol=0)
    seen = clear < 0.5
    assert seen.sum() > 50
    far = traced.depth[seen] / (depth / (1 - clear))[seen]
    torch.testing.assert_close(far, torch.ones_like(far), atol=0.1, rtol=0)


@pytest.mark.parametrize("closed", ["", "2>&-"], ids=["heard", "no stderr"])
def test_a_machine_without_a_gpu_is_nothing_to_speak_of(closed: str) -> None:
    """Warp's native part would write a warning to stderr."""
    code = "import nsg_core.fast.model; print('done')"
    done = subprocess.run(
        ["sh", "-c", f'"$0" -c "$1" {closed}', sys.executable, code],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_it_is_a_model(device: torch.device) -> None:
    model = textured(device)
    assert isinstance(model, Model)
    assert model.device.type == device.type
    assert model.keys == {"object/0", "object/3", "object/5"}


def test_no_rays_no_colours(device: torch.device) -> None:
    rays = rays_of(look(), device)[:0]
    assert textured(device).trace(rays, placed(BOXES, device)).rgb.shape == (0, 3)


def test_an_object_without_a_field_is_not_drawn(device: torch.device) -> None:
    model, rays = textured(device), rays_of(look(), device)
    stranger = replace(BOXES[0], track_id=77, model="object/77")
    with_it = model.trace(rays, placed((*BOXES[1:], stranger), device))
    without = model.trace(rays, placed(BOXES[1:], device))
    _equal(with_it, without, 0.02)
    assert 77 not in with_it.track.tolist()


def test_a_copy_looks_like_its_original(device: torch.device) -> None:
    """The same field in another place, seen from a camera moved along with it."""
    model = textured(device)
    here = model.trace(rays_of(look(), device), placed(BOXES, device), "objects")
    moved = tuple(
        replace(
            b,
            track_id=b.track_id + 50,
            pose=replace(b.pose, position=(b.pose.position[0], 1.0, z + 30)),
        )
        for b, z in zip(BOXES, (9.0, 14.0, 7.0), strict=True)
    )
    there = model.trace(rays_of(look(z=30.0), device), placed(moved, device), "objects")
    torch.testing.assert_close(there.rgb, here.rgb, atol=0.02, rtol=0)
    tracks = {-1 if track < 0 else track + 50 for track in here.track.tolist()}
    assert set(there.track.tolist()) == tracks
    assert len(tracks) > 2


def test_a_recorded_camera_has_an_exposure_of_its_own(device: torch.device) -> None:
    model, boxes = textured(device), placed(BOXES, device)
    neutral, left, right = (
        model.trace(rays_of(look(), device, camera), boxes).rgb for camera in (-1, 0, 1)
    )
    gain, offset = model.exposure.log_gain.exp(), model.exposure.offset
    torch.testing.assert_close(left, neutral * gain[0] + offset[0])
    torch.testing.assert_close(right, neutral * gain[1] + offset[1])
    assert (left - right).abs().max() > 0.01


def test_the_configuration_fits_the_scene() -> None:
    scene = small_scene()
    config = configure(scene, log2_rows=10)
    assert config.cameras == ("image_02", "image_03")
    assert config.objects == ("object/0", "object/3", "object/5")
    assert config.log2_rows == 10
    for camera in scene.cameras:
        for T in camera.Ts_world_camera:
            for x, middle, half in zip(
                T[3:12:4], config.centre, config.half, strict=True
            ):
                assert abs(x - middle) < half


@pytest.mark.parametrize(
    "changes",
    [
        {"log2_rows": 40},
        {"log2_object_rows": -1},
        {"cells": (100000, 1000, 1000)},
        {"cone": 0.0},
        {"smallest": 0.0},
        {"near": 0.0},
        {"far": 0.1},
        {"half": (1.0, 0.0, 1.0)},
        {"far": math.inf},
        {"finest": 0},
        {"object_steps": 0},
    ],
    ids=str,
)
def test_settings_that_make_no_model_are_refused(changes: dict[str, object]) -> None:
    """Before they take all memory or march for ever."""
    with pytest.raises(NsgError, match=next(iter(changes))):
        FastModel(configure(small_scene(), **changes))
