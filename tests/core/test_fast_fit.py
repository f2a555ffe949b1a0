"""What a step of the fast model does beside its loss, and what cameras may not say."""

from dataclasses import replace

import pytest
import torch

from nsg_core.fast import occupancy
from nsg_core.fast.model import FastModel, configure
from nsg_core.sequence import Sequence
from nsg_core.train import fast
from nsg_core.train.batches import Pictures, load_pictures
from nsg_core.train.config import TrainConfig
from nsg_core.train.fast import PARTS, REFRESH_STEPS, WHOLE_REFRESHES, FastFit
from tests.core.tiny_drive import tiny_drive

CONFIG = TrainConfig(scale=0.5, samples=2048, warm_steps=10, object_warm_steps=20)


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Sequence:
    return tiny_drive(tmp_path_factory.mktemp("tiny"), frames=3)


def _fit(
    drive: Sequence, config: TrainConfig = CONFIG
) -> tuple[FastFit, FastModel, Pictures]:
    torch.manual_seed(0)
    small = {"log2_rows": 8, "log2_object_rows": 8, "cells": (16, 12, 16)}
    settings = configure(drive.scene, frames=drive.scene.frames, **small)
    model = FastModel(settings)
    pictures = load_pictures(drive, drive.scene.frames, 0.5, model.cameras)
    return FastFit(model, pictures, config), model, pictures


def test_every_cell_is_looked_up_in_turn(
    drive: Sequence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at first; later a part at a time, and each part as often as the others."""
    fit, _, _ = _fit(drive)
    looks: list[torch.Tensor] = []

    def note(model: object, cells: torch.Tensor, *_: object) -> None:
        looks.append(cells)

    monkeypatch.setattr(occupancy, "refresh_background", note)
    turns = WHOLE_REFRESHES + 2 * PARTS
    for step in range(CONFIG.warm_steps + turns * REFRESH_STEPS + 1):
        fit.after(step, torch.Generator().manual_seed(step))
    first, rest = looks[: 4 + WHOLE_REFRESHES], looks[4 + WHOLE_REFRESHES :]
    assert all(torch.equal(cells, fit.seen) for cells in first)
    assert len(rest) == 2 * PARTS
    for parts in (rest[:PARTS], rest[PARTS:]):
        assert torch.equal(torch.stack(parts).sum(0), fit.seen.long())
    assert int(fit.seen.sum()) > 100


def test_the_light_of_a_frame_is_learnt_if_wanted(drive: Sequence) -> None:
    for wanted in (True, False):
        fit, model, pictures = _fit(drive, replace(CONFIG, frame_exposure=wanted))
        fit.start()
        generator = torch.Generator().manual_seed(0)
        batch = pictures.draw(400, 0.25, generator)
        loss, _ = fit.loss(batch, 0, generator)
        loss.backward()
        assert model.exposure.light is not None
        found = model.exposure.light.grad
        assert (found is not None and found.abs().max() > 0) == wanted


def test_brighter_than_white_is_white(drive: Sequence) -> None:
    """A recorded white cannot say how much brighter the street was."""
    fit, model, pictures = _fit(drive)
    fit.start()
    generator = torch.Generator().manual_seed(0)
    batch = pictures.draw(400, 0.25, generator)
    with torch.no_grad():
        model.exposure.offset.fill_(3.0)
    white = replace(batch, rgb=torch.ones_like(batch.rgb))
    _, error = fit.loss(white, 0, torch.Generator().manual_seed(1))
    assert error == 0
    grey = replace(batch, rgb=torch.full_like(batch.rgb, fast.WHITE - 0.01))
    _, error = fit.loss(grey, 0, torch.Generator().manual_seed(1))
    assert error > 1


def test_pictures_move_with_their_frames(drive: Sequence) -> None:
    """Views, rays and boxes of a moved world see what they saw."""
    pictures = load_pictures(drive, drive.scene.frames, 0.5, ("image_02", "image_03"))
    T = torch.eye(4)[:3].repeat(3, 1, 1)
    T[1, :3, 3] = torch.tensor([1.0, 2.0, 3.0])
    T[2, :3, :3] = torch.tensor([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    moved = pictures.moved(T)
    picture = torch.arange(len(pictures.keys))
    u = picture.float()
    before, after = (p.at(picture, 2 * u, u) for p in (pictures, moved))
    assert torch.equal(after.rgb, before.rgb)
    for i, row in enumerate(pictures.frame.tolist()):
        there = T[row, :, :3] @ before.rays.origins[i] + T[row, :, 3]
        torch.testing.assert_close(after.rays.origins[i], there)
        turned = T[row, :, :3] @ before.rays.directions[i]
        torch.testing.assert_close(after.rays.directions[i], turned)
        view = torch.tensor(moved.views[i].T_world_camera).view(4, 4)
        torch.testing.assert_close(view[:3, 3], moved.origins[i])
        torch.testing.assert_close(view[:3, :3], moved.rotations[i])
    box = moved.placements.T_object_world[2, 0]
    recorded = pictures.placements.T_object_world[2, 0]
    point = torch.tensor([3.0, 1.0, -2.0])
    torch.testing.assert_close(
        box[:, :3] @ (T[2, :, :3] @ point) + box[:, 3],
        recorded[:, :3] @ point + recorded[:, 3],
    )
