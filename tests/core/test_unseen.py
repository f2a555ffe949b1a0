"""What training says of places that no picture shows."""

import math
from dataclasses import replace

import torch

from nsg_core.fast import occupancy
from nsg_core.fast.model import FastModel
from nsg_core.geometry import Placements, place
from nsg_core.scene import PlacedBox, Pose
from nsg_core.train.unseen import Unseen, standing
from tests.core.fast_models import BOXES, CONFIG, box, textured


def _moved(one: PlacedBox, by: float) -> PlacedBox:
    x, y, z = one.pose.position
    return replace(one, pose=Pose((x, y, z + by), one.pose.yaw))


def _drive(device: torch.device) -> Placements:
    """The first box drives, the second is absent at last, the third's label wobbles."""
    first, second, third = BOXES
    frames = [
        (first, second, third),
        (_moved(first, 2.0), second, _moved(third, 0.1)),
        (_moved(first, 4.0), third),
    ]
    return place(frames).to(device)


def _eyes(placements: Placements) -> torch.Tensor:
    """All frames are looked at from the origin."""
    return torch.zeros(len(placements.present), 3, device=placements.size.device)


def test_what_stands_is_known(device: torch.device) -> None:
    assert standing(_drive(device)).tolist() == [False, True, True]


def _densities(model: FastModel, points: list[list[float]]) -> torch.Tensor:
    device = model.device
    q = occupancy.contract(model.config, torch.tensor(points, device=device))
    nobody = torch.full((len(q),), -1, dtype=torch.int32, device=device)
    return model.background(nobody, q, torch.zeros_like(q))[0].detach()


def _descend(model: FastModel, loss: str, placements: Placements, steps: int) -> None:
    unseen = Unseen(model, placements, _eyes(placements))
    adam = torch.optim.Adam([model.background.table], lr=0.03)
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        adam.zero_grad()
        getattr(unseen, loss)(generator).backward()
        # Large cells hold what is beside as well, and no picture pins it here.
        assert model.background.table.grad is not None
        model.background.table.grad[:5] = 0
        adam.step()


def test_the_background_learns_to_be_empty_in_boxes(device: torch.device) -> None:
    torch.manual_seed(0)
    model = FastModel(replace(CONFIG, log2_rows=14, finest=128)).to(device)
    model.background.thicken(3.0)
    one = box(3, 0.0, 10.0, yaw=0.3)
    inside, outside = [[0.0, 0.2, 10.0]], [[0.0, -3.0, 4.0]]
    before = _densities(model, inside).item()
    _descend(model, "inside", place([(one,)]).to(device), 60)
    assert _densities(model, inside).item() < before / 10
    assert _densities(model, outside).item() > 4 * _densities(model, inside).item()


def test_under_a_standing_box_the_world_goes_on(device: torch.device) -> None:
    """Density and colour come to be what they are as far beside its drawn region."""
    torch.manual_seed(0)
    model = FastModel(replace(CONFIG, log2_rows=14, finest=128)).to(device)
    model.background.thicken(2.0)
    with torch.no_grad():
        model.background.table.add_(0.3 * torch.randn_like(model.background.table))
    one = box(3, 0.0, 10.0, yaw=math.pi / 2)
    placements = place([(one,), (one,)]).to(device)
    unseen = Unseen(model, placements, _eyes(placements))
    generator = torch.Generator().manual_seed(1)
    before = unseen.beneath(generator).item()
    _descend(model, "beneath", placements, 60)
    assert unseen.beneath(generator).item() < before / 2


def test_a_drive_without_objects_has_nothing_to_hide(device: torch.device) -> None:
    nobody = place([(), ()]).to(device)
    unseen = Unseen(textured(device), nobody, _eyes(nobody))
    generator = torch.Generator().manual_seed(0)
    assert unseen.inside(generator).item() == unseen.beneath(generator).item() == 0
