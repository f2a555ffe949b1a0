"""The paper's model: what its pictures and gradients must be, whatever its weights."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from nsg_core.errors import FileError, NsgError
from nsg_core.fields.mlp import RadianceNetwork
from nsg_core.geometry import Placements, Rays, grid_pixels, pixel_rays, place
from nsg_core.model import Traced
from nsg_core.paper.config import PaperConfig
from nsg_core.paper.model import PaperModel
from nsg_core.paper.render import in_chunks
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track
from nsg_core.settings import from_json, to_json

SMALL = PaperConfig(
    netwidth=16, netwidth_obj=16, netdepth=6, netdepth_obj=6, latent_size=4, far=60
)
FRAMES = (0, 1, 2)


def _camera(name: str, x: float) -> Camera:
    poses: list[tuple[float, ...]] = []
    for frame in FRAMES:
        T = np.eye(4)
        T[:3, 3] = (x, 0, 0.8 * frame)
        poses.append(tuple(T.ravel().tolist()))
    return Camera(name, 40, 20, 25.0, 25.0, 19.5, 9.5, tuple(poses))


def _node(track: int, category: str, z: float, x: float) -> ObjectNode:
    poses = tuple(Pose((x, 1.0, z + frame), 0.3 * track) for frame in FRAMES)
    size = Size(4.0, 1.6, 2.0)
    return ObjectNode(track, category, size, Track(FRAMES, poses), f"object/{track}")


@pytest.fixture
def scene() -> Scene:
    """Two cars, one behind the other, and a pedestrian; two cameras."""
    objects = (
        _node(1, "Car", 9, 0),
        _node(5, "Car", 14, 1),
        _node(7, "Pedestrian", 8, -3),
    )
    cameras = (_camera("left", 0), _camera("right", 0.5))
    return Scene("made up", "0", FRAMES, cameras, objects)


def _look(
    scene: Scene, device: torch.device, frame: int = 1
) -> tuple[Rays, Placements]:
    view = scene.view("left", frame)
    rays = pixel_rays(view, grid_pixels(view, device=device))
    return rays, place([scene.at(frame)]).to(device)


def _dense(model: PaperModel) -> PaperModel:
    """With densities well above zero, so that every field is seen."""
    for module in model.modules():
        if isinstance(module, RadianceNetwork):
            nn.init.constant_(module.density.bias, 0.4)
    return model


def _model(
    scene: Scene, device: torch.device, config: PaperConfig = SMALL
) -> PaperModel:
    torch.manual_seed(3)
    return _dense(PaperModel(config, scene)).to(device)


def _equal(a: Traced, b: Traced, tolerance: float = 1e-5) -> None:
    for ours, theirs in ((a.rgb, b.rgb), (a.opacity, b.opacity), (a.depth, b.depth)):
        torch.testing.assert_close(ours, theirs, atol=tolerance, rtol=tolerance)
    assert torch.equal(a.track, b.track)


def test_empty_scene_is_the_background(scene: Scene, device: torch.device) -> None:
    model = _model(scene, device)
    rays, boxes = _look(scene, device)
    nobody = place([()]).to(device)
    _equal(model.trace(rays, nobody), model.trace(rays, boxes, only="background"))
    assert bool((model.trace(rays, nobody).track == -1).all())
    nothing = model.trace(rays, nobody, only="objects")
    assert not nothing.rgb.any()
    assert not nothing.opacity.any()


def test_only_pixels_in_boxes_see_objects(scene: Scene, device: torch.device) -> None:
    model = _model(scene, device)
    rays, boxes = _look(scene, device)
    traced, empty = model.trace(rays, boxes), model.trace(rays, boxes, "background")
    objects = model.trace(rays, boxes, only="objects")
    inside = objects.opacity > 0
    assert 50 < inside.sum() < 600
    assert torch.equal(traced.rgb[~inside], empty.rgb[~inside])
    assert set(objects.track[inside].tolist()) == {1, 5, 7}
    assert bool((objects.track[~inside] == -1).all())


def test_trace_is_shade_without_gradients(scene: Scene, device: torch.device) -> None:
    model = _model(scene, device).eval()
    rays, boxes = _look(scene, device)
    shaded = model.shade(rays, boxes)
    assert shaded.rgb.requires_grad
    _equal(model.trace(rays, boxes), shaded)


def test_pieces_make_the_same_picture(scene: Scene, device: torch.device) -> None:
    model = _model(scene, device).eval()
    rays, boxes = _look(scene, device)
    _equal(
        in_chunks(lambda some: model.shade(some, boxes), rays, 37),
        model.shade(rays, boxes),
    )


def test_no_rays_no_colours(scene: Scene, device: torch.device) -> None:
    rays, boxes = _look(scene, device)
    assert _model(scene, device).trace(rays[:0], boxes).rgb.shape == (0, 3)


def test_a_view_away_from_the_planes_is_black(
    scene: Scene, device: torch.device
) -> None:
    """Behind the first camera there are no planes, and no number that is not finite."""
    rays, boxes = _look(scene, device)
    back = replace(rays, directions=-rays.directions)
    traced = _model(scene, device).trace(back, boxes)
    assert not traced.rgb.any()
    assert not traced.opacity.any()
    assert not traced.depth.any()


def test_a_camera_in_a_box_sees_its_object(scene: Scene, device: torch.device) -> None:
    around = Pose((0, 0.8, 0.8), 0.2)
    node = replace(_node(1, "Car", 9, 0), track=Track((1,), (around,)))
    rays, boxes = _look(replace(scene, objects=(node,)), device)
    traced = _model(scene, device).trace(rays, boxes, only="objects")
    assert bool((traced.track == 1).all())
    assert bool((traced.depth > 0).all() and (traced.depth < 8).all())


def test_goes_on_in_halves_when_memory_is_short() -> None:
    rays = Rays(
        torch.arange(3000.0).reshape(1000, 3),
        torch.ones(1000, 3),
        torch.zeros(1000, dtype=torch.long),
        torch.zeros(1000, dtype=torch.long),
    )

    def short_of_memory(some: Rays) -> Traced:
        if len(some) > 150:
            raise torch.cuda.OutOfMemoryError
        t = some.origins[:, 0]
        return Traced(some.origins, t, t, some.frame)

    assert torch.equal(in_chunks(short_of_memory, rays, 800).rgb, rays.origins)
    with pytest.raises(torch.cuda.OutOfMemoryError):
        in_chunks(lambda some: short_of_memory(rays), rays, 800)


def test_objects_of_other_models_are_left_out(
    scene: Scene, device: torch.device
) -> None:
    model = _model(scene, device)
    stranger = replace(scene.object(5), model="object/99")
    rays, boxes = _look(scene.with_object(stranger), device)
    rest = replace(scene, objects=(scene.objects[0], scene.objects[2]))
    _equal(model.trace(rays, boxes), model.trace(*_look(rest, device)))


def test_a_copy_looks_like_its_original(scene: Scene, device: torch.device) -> None:
    """With the same key at the same place; where it stands in the world counts."""
    model = _model(scene, device)
    copy = replace(scene.object(1), track_id=9)
    alone = replace(scene, objects=(scene.object(1),))
    rays, boxes = _look(replace(scene, objects=(copy,)), device)
    copied, original = model.trace(rays, boxes), model.trace(*_look(alone, device))
    assert torch.equal(copied.rgb, original.rgb)
    assert set(copied.track.tolist()) == {-1, 9}


@pytest.mark.parametrize("setting", [0, 1])
def test_world_position_changes_colour_only_in_setting_0(
    scene: Scene, device: torch.device, setting: int
) -> None:
    """Object and camera are moved together, and the background left out."""
    assert setting in (0, 1)
    config = replace(SMALL, object_setting=setting)
    model = _model(scene, device, config)
    rays, boxes = _look(scene, device)
    shift = torch.tensor([3.0, 0.0, -2.0], device=device)
    T = boxes.T_object_world.clone()
    T[..., 3] -= T[..., :3] @ shift
    moved = model.trace(
        replace(rays, origins=rays.origins + shift),
        replace(boxes, T_object_world=T),
        only="objects",
    )
    still = model.trace(rays, boxes, only="objects")
    torch.testing.assert_close(moved.opacity, still.opacity, atol=2e-2, rtol=0)
    difference = (moved.rgb - still.rgb).abs().max().item()
    assert (difference < 2e-2) == (setting == 1)


def test_opaque_boxes_hide_what_is_behind(scene: Scene, device: torch.device) -> None:
    model = _model(scene, device, replace(SMALL, opaque=True))
    front = replace(scene, objects=(scene.object(1),))
    both = replace(scene, objects=(scene.object(1), _node(5, "Car", 30, 1)))
    rays, boxes = _look(both, device)
    alone = model.trace(*_look(front, device), only="objects")
    all_of_them = model.trace(rays, boxes, only="objects")
    inside = alone.opacity > 0
    torch.testing.assert_close(all_of_them.rgb[inside], alone.rgb[inside])


def test_white_background(scene: Scene, device: torch.device) -> None:
    black = _model(scene, device)
    white = PaperModel(replace(black.config, white_background=True)).to(device)
    white.load_state_dict(black.state_dict())
    rays, boxes = _look(scene, device)
    dark, light = (m.trace(rays, boxes, "objects") for m in (black, white))
    expected = dark.rgb + (1 - dark.opacity)[:, None]
    torch.testing.assert_close(light.rgb, expected)


def test_noise_and_jitter_only_in_training(scene: Scene, device: torch.device) -> None:
    config = replace(SMALL, sampling="linear", raw_noise_std=0.0)
    rays, boxes = _look(scene, device)
    for model in (_model(scene, device, config), _model(scene, device)):
        model.eval()
        _equal(model.shade(rays, boxes), model.shade(rays, boxes), 0)
        model.train()
        a, b = model.shade(rays, boxes), model.shade(rays, boxes)
        assert not torch.equal(a.rgb, b.rgb)


@pytest.mark.parametrize("latent_size", [0, 4])
def test_gradients_are_those_of_finite_differences(
    scene: Scene, device: torch.device, latent_size: int
) -> None:
    """Of a loss by weights of every kind of network, in double precision."""
    config = replace(SMALL, latent_size=latent_size, raw_noise_std=0.0, multires=3)
    model = _model(scene, device, config).double()
    rays, boxes = _look(scene, device)
    rays = rays[torch.arange(len(rays), device=device) % 7 == 0]
    rays = replace(
        rays, origins=rays.origins.double(), directions=rays.directions.double()
    )
    boxes = replace(
        boxes, T_object_world=boxes.T_object_world.double(), size=boxes.size.double()
    )

    def loss() -> torch.Tensor:
        seen = model.shade(rays, boxes)
        return seen.rgb.square().mean() + 1e-3 * seen.depth.mean()

    loss().backward()
    assert {name for name, p in model.named_parameters() if p.grad is None} <= {
        "latents"
    }
    for name, parameter in model.named_parameters():
        if not parameter.numel():
            continue
        assert parameter.grad is not None
        place = int(parameter.grad.abs().argmax())
        flat, step = parameter.data.view(-1), 1e-6
        flat[place] += step
        above = loss().item()
        flat[place] -= 2 * step
        below = loss().item()
        flat[place] += step
        expected = parameter.grad.view(-1)[place].item()
        assert (above - below) / (2 * step) == pytest.approx(
            expected, rel=2e-3, abs=1e-9
        ), name


@pytest.mark.parametrize("seed", range(8))
def test_a_fresh_background_is_awake(scene: Scene, seed: int) -> None:
    """About half of what is seen has a density: there is something to learn from."""
    torch.manual_seed(seed)
    rays, boxes = _look(scene, torch.device("cpu"), frame=0)
    model = PaperModel(SMALL, scene).eval()
    traced = model.shade(rays, boxes, only="background")
    assert 0.2 < traced.opacity.mean() <= 1
    traced.rgb.mean().backward()
    assert model.background_network.density.weight.grad is not None
    assert model.background_network.density.weight.grad.any()


def test_learns_a_colour(scene: Scene, device: torch.device) -> None:
    """Background green, objects red, after a few steps."""
    torch.manual_seed(3)
    model = PaperModel(SMALL, scene).to(device).train()
    rays, boxes = _look(scene, device)
    inside = _model(scene, device).trace(rays, boxes, only="objects").opacity > 0
    red, green = torch.eye(3, device=device)[:2]
    target = torch.where(inside[:, None], red, green)
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    for _ in range(150):
        optimiser.zero_grad()
        loss = (model.shade(rays, boxes).rgb - target).square().mean()
        (loss + model.regularisation()).backward()
        optimiser.step()
    assert (model.trace(rays, boxes).rgb - target).square().mean() < 0.02


def test_regularisation_is_the_length_of_the_codes(scene: Scene) -> None:
    model = PaperModel(replace(SMALL, latent_balance=0.5), scene)
    nn.init.constant_(model.latents, 3.0)
    assert model.regularisation().item() == pytest.approx(0.5 * 3 * 6.0)


def test_layout_for_a_scene(scene: Scene) -> None:
    model = PaperModel(SMALL, scene)
    assert model.keys == {"object/1", "object/5", "object/7"}
    assert model.cameras == ("left", "right")
    assert set(model.networks) == {"class/Car", "class/Pedestrian"}
    assert [field.grow for field in model.layout.objects] == [1.9, 1.9, 1.2]
    own = PaperModel(replace(SMALL, latent_size=0), scene)
    assert set(own.networks) == model.keys


def test_configuration_and_weights_are_all_there_is(
    scene: Scene, device: torch.device
) -> None:
    """Through JSON and a state dictionary to the same picture."""
    model = _model(scene, device)
    text = json.dumps(to_json(model.config))
    config = from_json(PaperConfig, json.loads(text), "model.json")
    assert config == model.config
    again = PaperModel(config).to(device)
    again.load_state_dict(model.state_dict())
    rays, boxes = _look(scene, device)
    _equal(again.trace(rays, boxes), model.trace(rays, boxes), 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"netwidht": 3}, "no keys but netdepth.*found 'netwidht'"),
        ({"netwidth": "wide"}, "netwidth to be a value of type int, found 'wide'"),
        ({"opaque": 1}, "opaque to be a value of type bool, found 1"),
        ({"sampling": "dice"}, "sampling to be one of 'planes'.*found 'dice'"),
        ({"layout": {"planes": [1]}}, r"layout.planes to be an object.*found \[1\]"),
        ({"layout": {"objects": [{"key": "a"}]}}, r'objects\[0\].*a key "network"'),
    ],
)
def test_stored_configuration_is_read_strictly(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(FileError, match=message) as caught:
        from_json(PaperConfig, {**to_json(SMALL), **change}, "model.json")
    assert caught.value.path == Path("model.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"near": 9.0, "far": 2.0}, "0 < near < far"),
        ({"netwidth": 0}, "sizes"),
        ({"box_scale": 0.0}, "box scales"),
    ],
)
def test_configuration_that_cannot_be(change: dict[str, object], message: str) -> None:
    with pytest.raises(NsgError, match=message):
        replace(SMALL, **change)  # type: ignore[arg-type]


def test_planes_that_there_are_not(scene: Scene) -> None:
    with pytest.raises(NsgError, match="no plane type 'bent'; use one of: uniform"):
        PaperModel(replace(SMALL, plane_type="bent"), scene)


def test_original_distances_need_pinhole_rays(
    scene: Scene, device: torch.device
) -> None:
    model = _model(scene, device, replace(SMALL, original_distances=True))
    rays, boxes = _look(scene, device)
    model.trace(rays, boxes)
    with pytest.raises(ValueError, match=r"Rays\.pinhole"):
        model.trace(replace(rays, pinhole=None), boxes)
