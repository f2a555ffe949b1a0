"""What cameras record of colours: their own way, and in the light of a frame."""

import pytest
import torch

from nsg_core.fields.exposure import Exposure
from nsg_core.fields.moments import between


def _adapting(device: torch.device | str = "cpu") -> Exposure:
    torch.manual_seed(4)
    exposure = Exposure(2, (0, 2, 10))
    assert exposure.light is not None
    with torch.no_grad():
        for values in (exposure.log_gain, exposure.offset, exposure.light):
            values.normal_(0, 0.2)
        exposure.light -= exposure.light.mean()
    return exposure.to(device)


def test_between_frames(device: torch.device) -> None:
    frames = torch.tensor([2.0, 4.0, 8.0], device=device)
    known = torch.tensor([[1.0, 0.0], [3.0, 10.0], [7.0, 10.0]], device=device)
    numbers = torch.tensor([0, 2, 3, 4, 5, 8, 99], device=device)
    expected = [[1, 0], [1, 0], [2, 5], [3, 10], [4, 10], [7, 10], [7, 10]]
    found = between(frames, numbers).mix(known)
    torch.testing.assert_close(found, found.new_tensor(expected))


def test_one_known_frame_is_like_all() -> None:
    place = between(torch.tensor([5.0]), torch.tensor([1, 5, 9]))
    known = torch.tensor([[3.0]])
    assert torch.equal(place.mix(known), known.expand(3, 1))


def test_a_frame_has_its_own_light(device: torch.device) -> None:
    exposure = _adapting(device)
    assert exposure.light is not None
    rgb = torch.rand(4, 3, device=device)
    camera = torch.tensor([0, 1, 1, -1], device=device)
    frame = torch.tensor([2, 10, 6, 2], device=device)
    light = exposure.light
    gains = [light[1, 0], light[2, 1], (light[1, 1] + light[2, 1]) / 2]
    seen = exposure(rgb, camera, frame)
    for row, gain in enumerate(gains):
        own = (exposure.log_gain[camera[row]] + gain).exp() * rgb[row]
        torch.testing.assert_close(seen[row], own + exposure.offset[camera[row]])
    # A free view is neutral, whatever the frame.
    assert torch.equal(seen[3], rgb[3])


def test_an_unknown_frame_has_the_light_of_all(device: torch.device) -> None:
    exposure, rgb = _adapting(device), torch.rand(5, 3, device=device)
    camera = torch.ones(5, dtype=torch.long, device=device)
    expected = rgb * exposure.log_gain[1].exp() + exposure.offset[1]
    torch.testing.assert_close(exposure(rgb, camera), expected)


def test_what_all_frames_share_is_the_cameras() -> None:
    """The mean light changes nothing, and so has no gradient."""
    exposure = _adapting()
    assert exposure.light is not None
    rgb = torch.rand(6, 3)
    camera, frame = torch.tensor([0, 1] * 3), torch.tensor([0, 0, 2, 2, 10, 10])
    before = exposure(rgb, camera, frame)
    before.square().sum().backward()
    assert exposure.light.grad is not None
    assert exposure.light.grad.sum() == pytest.approx(0, abs=1e-5)
    assert exposure.light.grad.abs().max() > 1e-3
    with torch.no_grad():
        exposure.light += 0.7
    torch.testing.assert_close(exposure(rgb, camera, frame), before)


def test_no_camera_no_exposure() -> None:
    rgb = torch.rand(3, 3)
    nobody = torch.full((3,), -1)
    assert torch.equal(Exposure(0, (1, 2))(rgb, nobody, nobody), rgb)
