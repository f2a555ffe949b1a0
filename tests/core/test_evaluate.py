"""How near pictures come to the recording: closed forms, and which pictures count."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from nsg_core.evaluate import psnr, psnr_of
from nsg_core.geometry import Placements, Rays
from nsg_core.model import Traced
from nsg_core.pictures import shrink
from nsg_core.request import Only
from nsg_core.sequence import Sequence
from tests.core.tiny_drive import colours, tiny_drive, without

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Sequence:
    return tiny_drive(tmp_path_factory.mktemp("tiny"))


@dataclass
class Replay:
    """A model that shows its drive's own pictures, a little too bright."""

    drive: Sequence
    error: float
    shown: int = 0
    cameras: tuple[str, ...] = ("image_02", "image_03")
    keys: frozenset[str] = frozenset()
    device: torch.device = CPU

    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """The pixels of the picture whose camera stands where the rays begin."""
        z = float(rays.origins[0, 2])
        camera = self.cameras[int(rays.camera[0])]
        frame = round(z / 0.3)
        view = self.drive.scene.view(camera, frame)
        # The cameras look straight ahead, so a direction in the world is one of theirs.
        assert rays.pinhole is not None
        u = (rays.pinhole[:, 0] * view.fx + view.cx).round().long()
        v = (rays.pinhole[:, 1] * view.fy + view.cy).round().long()
        self.shown += int(((u == 0) & (v == 0)).sum())
        rgb = colours(self.drive.scene, view, frame)[v, u]
        none = torch.zeros(len(rays))
        return Traced(rgb + self.error, none, none, none.long())


def test_psnr_is_its_formula() -> None:
    black = np.zeros((4, 5, 3), dtype=np.float32)
    assert psnr(black + 0.1, black) == pytest.approx(20)
    assert psnr(black + 0.01, black) == pytest.approx(40, abs=1e-4)
    assert psnr(black, black) == 100
    # What no screen can show is cut before it is compared.
    assert psnr(black - 7, black) == 100


def test_a_picture_off_by_a_fixed_amount(drive: Sequence) -> None:
    model = Replay(drive, 0.05)
    expected = -20 * np.log10(0.05)
    assert psnr_of(model, drive, (0, 1, 2), 1.0) == pytest.approx(expected, abs=0.1)
    assert model.shown == 6


def test_a_part_of_the_pictures_is_spread_over_all(drive: Sequence) -> None:
    model = Replay(drive, 0.05)
    assert psnr_of(model, drive, drive.scene.frames, 1.0, count=4) is not None
    assert model.shown == 4


def test_frames_without_pictures_do_not_count(drive: Sequence) -> None:
    holey = without(drive, ("image_02", 1), ("image_03", 1), ("image_03", 2))
    model = Replay(drive, 0.05)
    assert psnr_of(model, holey, (1,), 1.0) is None
    assert psnr_of(model, holey, (1, 2), 1.0) is not None
    assert model.shown == 1


def test_a_smaller_picture_is_the_mean_of_its_pixels() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (12, 20, 3), dtype=np.uint8)
    small = shrink(pixels, (10, 6))
    mean = pixels.reshape(6, 2, 10, 2, 3).mean((1, 3))
    assert np.abs(small - mean).max() <= 1
    assert shrink(pixels, (20, 12)) is pixels


def test_it_reads_pictures_when_needed(drive: Sequence, tmp_path: Path) -> None:
    """A file that nobody asks for may be broken."""
    broken = {**drive.images, ("image_02", 5): tmp_path / "gone.png"}
    holey = Sequence(drive.scene, broken)
    assert psnr_of(Replay(drive, 0.05), holey, (0,), 1.0) is not None
