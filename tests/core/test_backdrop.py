"""Objects before a background that was kept: as traced anew, or nearly so."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from nsg_core.benchmarks.subjects import street_model, street_scene
from nsg_core.drawing import painter as painting
from nsg_core.drawing.backdrop import Backdrop
from nsg_core.drawing.frame import Pace, Picture, render_picture
from nsg_core.drawing.painter import Painter
from nsg_core.edits.edit import Move
from nsg_core.fast.backdrop_twin import between_torch, slabs_torch
from nsg_core.fast.model import FastModel
from nsg_core.fast.twin import _Boxes, find_hits
from nsg_core.kernels.backdrop import SLABS
from nsg_core.model import Layered, Slabs
from nsg_core.request import RenderRequest, request_frame
from nsg_core.scene import PlacedBox
from tests.core.fast_models import BOXES, box, look, placed, rays_of, textured, uniform

VIEW = look((48, 24))
NOBODY: tuple[PlacedBox, ...] = ()


def neutral(model: FastModel) -> FastModel:
    """Without exposure, so that colours are those of the kernels."""
    with torch.no_grad():
        model.exposure.log_gain.zero_()
        model.exposure.offset.zero_()
    return model


def pictures(
    painter: Painter, model: FastModel, request: RenderRequest
) -> list[Picture]:
    """All of a request."""
    return [p for p in painter(model, request) if p is not None]


def slow(painter: Painter) -> Painter:
    """It has come to know that nothing can be traced in time."""
    painter.pace = Pace()
    painter.pace.note(1000, 10.0)
    return painter


def test_the_fast_model_is_layered(device: torch.device) -> None:
    assert isinstance(textured(device), Layered)


def test_slabs_are_those_of_the_twin(device: torch.device) -> None:
    model, rays = textured(device), rays_of(VIEW, device)
    ours, twin = model.slabs(rays, placed(NOBODY, device)), slabs_torch(model, rays)
    assert int((twin.opacity > 0).sum(1).max()) == SLABS
    assert int((twin.opacity > 0).sum(1).min()) < SLABS
    there = twin.opacity > 0
    assert torch.equal(ours.opacity > 0, there)
    torch.testing.assert_close(ours.opacity, twin.opacity, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(ours.depth, twin.depth, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(ours.rgb[there], twin.rgb[there], atol=2e-3, rtol=0)


@pytest.mark.parametrize("thickness", [-6.0, -2.0, 2.0])
def test_slabs_alone_are_the_background(device: torch.device, thickness: float) -> None:
    """However many samples went into them."""
    rays = rays_of(VIEW, device, camera=0)
    nobody = placed(NOBODY, device)
    for model in (textured(device), uniform(device, thickness)):
        over = model.trace_between(rays, nobody, model.slabs(rays, nobody))
        alone = model.trace(rays, placed(BOXES, device), "background")
        # Display on the CPU rounds its tables to sixteen bits.
        torch.testing.assert_close(over.rgb, alone.rgb, atol=1e-3, rtol=0)
        torch.testing.assert_close(over.opacity, alone.opacity, atol=1e-3, rtol=0)
        torch.testing.assert_close(over.depth, alone.depth, atol=1e-2, rtol=1e-3)
        assert torch.equal(over.track, alone.track)


def test_objects_between_slabs_are_those_of_the_twin(device: torch.device) -> None:
    model, rays = neutral(textured(device)), rays_of(VIEW, device)
    boxes = placed((*BOXES, box(8, 0.5, 8.5, yaw=1.0)), device)
    slabs = model.slabs(rays, placed(NOBODY, device))
    hits = find_hits(_Boxes(model.placed(boxes), rays), rays)
    at = slabs.depth[:, :, None]
    inside = (at > hits.own_near[:, None]) & (at < hits.own_far[:, None])
    own = inside.any(2) & (slabs.opacity > 0)
    assert own.any()
    ours = model.trace_between(rays, boxes, slabs)
    rgb, depth, light = between_torch(model, rays, boxes, slabs, own)
    rgb = rgb + light[:, None] * model.sky(rays.directions)
    torch.testing.assert_close(ours.rgb, rgb, atol=3e-3, rtol=0)
    torch.testing.assert_close(ours.opacity, 1 - light, atol=2e-3, rtol=0)
    depth = depth / (1 - light).clamp_min(1e-6)
    solid = ours.opacity > 0.05
    torch.testing.assert_close(ours.depth[solid], depth[solid], atol=0.05, rtol=1e-2)


def test_objects_are_drawn_as_ever_where_there_is_no_background(
    device: torch.device,
) -> None:
    """The same samples as in a trace of objects alone."""
    model, rays = textured(device), rays_of(VIEW, device)
    empty = Slabs.blank(len(rays), SLABS, device)
    empty.depth.fill_(6e4), empty.opacity.zero_(), empty.rgb.zero_()
    for boxes in (placed(BOXES, device), placed((box(0, 0.0, 0.5, y=0.5),), device)):
        alone = model.trace(rays, boxes, "objects")
        over = model.trace_between(rays, boxes, empty)
        torch.testing.assert_close(over.opacity, alone.opacity, atol=1e-3, rtol=0)
        seen = alone.opacity > 1e-2
        torch.testing.assert_close(
            over.depth[seen], alone.depth[seen], rtol=1e-3, atol=1e-3
        )
        assert (over.track == alone.track)[seen].all()


def test_what_is_kept_takes_few_bytes_and_loses_little(device: torch.device) -> None:
    model, rays = textured(device), rays_of(VIEW, device)
    slabs = model.slabs(rays, placed(NOBODY, device))
    kept = Backdrop(len(rays), device)
    some = torch.arange(0, len(rays), 3, device=device)
    kept.put(some, Slabs(slabs.depth[some], slabs.opacity[some], slabs.rgb[some]))
    assert torch.equal(kept.known.nonzero()[:, 0], some)
    again = kept.take(some)
    assert float((again.opacity - slabs.opacity[some]).abs().max()) < 0.5 / 255 + 1e-6
    there = slabs.opacity[some] > 0
    error = (again.rgb - slabs.rgb[some].clamp(0, 1))[there]
    assert float(error.abs().max()) < 0.5 / 255 + 1e-6
    relative = (again.depth / slabs.depth[some])[there] - 1
    assert float(relative.abs().max()) < 1e-3


def test_a_preview_is_near_to_the_picture_that_follows() -> None:
    """On a street with surfaces, in every car's place: the road, a wall, other cars."""
    torch.manual_seed(0)
    scene = street_scene(6)
    model = street_model(scene)
    request = request_frame(scene, "image_02", 0, 0.16)
    painter = Painter(smooth=1)
    for _ in painter(model, request):
        pass
    errors = []
    for node in scene.objects[:4]:
        edited = Move(node.track_id, (0.4, 0.0, 0.7)).apply(scene)
        moved = replace(request, boxes=edited.at(0))
        *previews, final = pictures(slow(painter), model, moved)
        assert previews
        assert all(p.samples == 0 for p in previews if p.stride == 1)
        assert not any(p.final for p in previews)
        assert previews[-1].stride == 1
        fresh = render_picture(model, moved)
        np.testing.assert_allclose(final.rgb, fresh.rgb, atol=2e-6)
        errors.append(np.abs(previews[-1].rgb - final.rgb))
    assert max(error.mean() for error in errors) < 0.3 / 255
    assert max(np.mean(error**2) for error in errors) < 10**-4.5


def test_what_can_be_traced_in_time_needs_no_preview() -> None:
    model, painter = textured("cpu"), Painter(smooth=1)
    request = RenderRequest(VIEW, BOXES, "image_02")
    pictures(painter, model, request)
    painter.pace = Pace()
    painter.pace.note(1000, 1e-6)
    (picture,) = pictures(painter, model, replace(request, boxes=()))
    assert picture.samples == 1


def test_the_background_is_gathered_once_and_only_at_rest() -> None:
    model, painter = textured("cpu"), Painter(smooth=1)
    request = RenderRequest(VIEW, BOXES, "image_02")
    moved = replace(request, boxes=(box(0, 1.0, 9.0), *BOXES[1:]))
    for picture in painter(model, request):
        if picture is not None and picture.final:
            break
    # Nothing of the background is known yet.
    found = pictures(slow(painter), model, moved)
    assert {p.samples for p in found} == {1}
    # Now it has been left alone.
    found = pictures(slow(painter), model, request)
    assert [p.samples for p in found if p.stride == 1] == [0, 1]
    # Another view has another background, and before it there is nothing to drag.
    empty = replace(request, view=look((48, 24), z=0.1), boxes=())
    pictures(painter, model, empty)
    found = pictures(slow(painter), model, replace(empty, boxes=BOXES))
    assert {p.samples for p in found} == {1}
    turned = replace(request, view=look((48, 24), z=0.2))
    for picture in painter(model, turned):
        if picture is not None and picture.final:
            break
    found = pictures(slow(painter), model, replace(turned, boxes=()))
    assert {p.samples for p in found} == {1}


def test_a_background_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painting, "MOST_PIXELS", 1000)
    model, painter = textured("cpu"), Painter(smooth=1)
    request = RenderRequest(VIEW, BOXES, "image_02")
    for wanted in (request, replace(request, boxes=BOXES[1:])):
        found = pictures(slow(painter), model, wanted)
        assert [p.samples for p in found if p.stride == 1] == [1]
