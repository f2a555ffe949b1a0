"""The loss of measured depth: what it is of a wall, and where it pulls densities."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from nsg_core.checkpoint import load_checkpoint
from nsg_core.drawing.frame import render_picture
from nsg_core.fast.marching import Samples
from nsg_core.geometry import grid_pixels, pixel_rays
from nsg_core.request import request_frame
from nsg_core.sequence import Sequence
from nsg_core.train.config import TrainConfig
from nsg_core.train.loop import train
from nsg_core.train.surfaces import LEAST, SURELY, WITHIN, sight_loss
from tests.core.test_depths import write_depth
from tests.core.test_train import CONFIG, _equal, _stop_after, _weights
from tests.core.tiny_drive import GROUND, WALL, tiny_drive

CONE, STEP = 1 / 64, 0.1


def samples_along(rays: int, count: int, device: torch.device) -> Samples:
    """Evenly spaced samples of some equal rays, from half a step on."""
    t = (torch.arange(count, device=device) + 0.5).repeat(rays) * STEP
    ray = torch.arange(rays, device=device, dtype=torch.int32).repeat_interleave(count)
    nothing = torch.zeros(rays * count, 3, device=device)
    counts = torch.full((rays,), count, dtype=torch.int32, device=device)
    return Samples(
        offsets=counts.cumsum(0, dtype=torch.int32) - counts,
        counts=counts,
        ray=ray,
        instance=torch.full_like(ray, -1),
        t=t,
        dt=torch.full_like(t, STEP),
        position=nothing,
        direction=nothing,
    )


def about(distance: float) -> float:
    """How far beside it a surface counts as being at a distance."""
    return SURELY + (WITHIN + CONE / 2) * distance


def test_a_wall_where_it_was_measured_costs_nothing(device: torch.device) -> None:
    samples = samples_along(1, 200, device)
    wall = (samples.t > 9.9) & (samples.t < 10.2)
    sigmas = torch.where(wall, 1e3, 0.0)
    loss = sight_loss(samples, sigmas, torch.tensor([10.0], device=device), CONE)
    torch.testing.assert_close(loss, torch.zeros_like(loss), atol=2 * LEAST, rtol=0)


def test_haze_costs_what_it_hides_and_what_it_lets_through(
    device: torch.device,
) -> None:
    """Of a constant density both optical depths are known."""
    samples = samples_along(2, 200, device)
    sigmas = torch.full_like(samples.t, 0.2)
    loss = sight_loss(samples, sigmas, torch.tensor([10.0, 0.0], device=device), CONE)
    before, until = 10 - about(10), 10 + about(10)
    # Whole steps: the last one counts by its middle.
    before, until = (STEP * math.floor(x / STEP + 0.5) for x in (before, until))
    opacity = 1 - math.exp(-0.2 * until)
    expected = math.log1p(0.2 * before) - math.log(opacity + LEAST)
    assert loss.tolist() == pytest.approx([expected, 0.0], rel=1e-5)


def test_its_slope_is_that_of_its_value(device: torch.device) -> None:
    samples = samples_along(3, 40, device)
    distance = torch.tensor([2.0, 0.0, 3.5], device=device, dtype=torch.float64)
    samples = replace(samples, t=samples.t.double(), dt=samples.dt.double())
    sigmas = torch.rand(120, device=device, dtype=torch.float64, requires_grad=True)

    def loss(values: Tensor) -> Tensor:
        return sight_loss(samples, values, distance, CONE)

    assert torch.autograd.gradcheck(loss, (sigmas,))


def test_it_empties_the_air_and_fills_the_surface(device: torch.device) -> None:
    """Also before a floater that hides the surface: that is why it is of depths."""
    samples = samples_along(1, 200, device)
    sigmas = torch.full_like(samples.t, 0.05)
    sigmas[30] = 50.0
    sigmas.requires_grad_()
    sight_loss(
        samples, sigmas, torch.tensor([10.0], device=device), CONE
    ).sum().backward()
    slope = sigmas.grad
    assert slope is not None
    far = samples.t > 10 + about(10)
    air = samples.t < 10 - about(10)
    assert (slope[far] == 0).all()
    assert (slope[air] > 0).all()
    assert slope[30] > 1e-3
    without = sigmas.detach().clone()
    without[30] = 0.05
    without.requires_grad_()
    sight_loss(
        samples, without, torch.tensor([10.0], device=device), CONE
    ).sum().backward()
    assert without.grad is not None
    assert (without.grad[~far & ~air] < 0).all()


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Sequence:
    """The tiny drive with the exact depth of its ground and wall; 0 at its car."""
    folder = tmp_path_factory.mktemp("measured")
    drive = tiny_drive(folder)
    files = {}
    for name, frame in drive.images:
        view = drive.scene.view(name, frame)
        v = np.arange(view.height)[:, None] * np.ones((1, view.width))
        z = WALL - view.T_world_camera[11]
        down = np.maximum((v - view.cy) / view.fy, 1e-6)
        z = np.minimum(GROUND / down, z)
        red, green, _ = np.moveaxis(drive.image(name, frame).astype(int), -1, 0)
        z = np.where(green > red + 30, 0, z)
        path = folder / f"depth/{name}/{frame}.png"
        files[name, frame] = write_depth(path, z)
    return replace(drive, depths=files)


def learn(drive: Sequence, folder: Path, config: TrainConfig) -> float:
    """Median relative error of the depth of a view between those of the training."""
    for _ in train(drive, folder, config):
        pass
    model = load_checkpoint(folder / "checkpoint.safetensors").model
    request = request_frame(drive.scene, "image_02", 4)
    found = render_picture(model, request).depth
    truth = drive.depth("image_02", 4)
    assert truth is not None
    pinhole = pixel_rays(request.view, grid_pixels(request.view)).pinhole
    assert pinhole is not None
    truth = truth * pinhole.norm(dim=-1).view(truth.shape).numpy()
    known = truth > 0
    return float(np.median(np.abs(found[known] / truth[known] - 1)))


def test_depth_is_learnt_sooner_where_it_was_measured(
    drive: Sequence, tmp_path: Path
) -> None:
    config = replace(CONFIG, steps=120, scale=1.0, protocol="suds-75", surface_loss=0.1)
    by_depth = learn(drive, tmp_path / "a", config)
    by_colour = learn(drive, tmp_path / "b", replace(config, surface_loss=0.0))
    assert by_depth < 0.12
    assert by_depth < 0.4 * by_colour


def test_to_go_on_is_as_good_with_depth(
    drive: Sequence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the last bit, as without."""
    for _ in train(drive, tmp_path / "whole", CONFIG):
        pass
    _stop_after(17, drive, tmp_path / "parted", monkeypatch)
    for _ in train(drive, tmp_path / "parted", CONFIG, resume=True):
        pass
    assert _equal(_weights(tmp_path / "whole"), _weights(tmp_path / "parted"))
