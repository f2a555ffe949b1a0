"""How near pictures come to the recording: closed forms, and which pictures count."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nsg_core.evaluate import (
    Judges,
    Scores,
    box_mask,
    evaluate,
    judged_frames,
    mean,
    pictures_of,
    psnr_of,
)
from nsg_core.geometry import Placements, Rays
from nsg_core.measuring.perceptual import Lpips
from nsg_core.model import Traced
from nsg_core.pictures import shrink
from nsg_core.request import Only, RenderRequest, request_frame
from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.sequence import Sequence
from nsg_core.view import View
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
        frame = round(float(rays.origins[0, 2]) / 0.3)
        view = self.drive.scene.view(self.cameras[int(rays.camera[0])], frame)
        u, v = self.pixels(rays, view)
        self.shown += int(((u == 0) & (v == 0)).sum())
        rgb = colours(self.drive.scene, view, frame)[v, u]
        none = torch.zeros(len(rays))
        return Traced(rgb + self.error, none, none, none.long())

    def pixels(self, rays: Rays, view: View) -> tuple[torch.Tensor, torch.Tensor]:
        """The cameras look straight ahead: directions in the world are theirs."""
        assert rays.pinhole is not None
        u = (rays.pinhole[:, 0] * view.fx + view.cx).round().long()
        v = (rays.pinhole[:, 1] * view.fy + view.cy).round().long()
        return u, v


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


def finished(work: object) -> list[Scores]:
    return [scores for scores in work if scores is not None]  # type: ignore[attr-defined]


def test_scores_of_pictures_off_by_a_fixed_amount(drive: Sequence) -> None:
    """Inside boxes the error is as large as outside."""
    scores = finished(evaluate(Replay(drive, 0.05), drive, (1, 3)))
    assert [(s.camera, s.frame) for s in scores] == [
        *(("image_02", 1), ("image_03", 1), ("image_02", 3), ("image_03", 3))
    ]
    expected = -20 * np.log10(0.05)
    for score in scores:
        assert score.values.keys() == {"psnr", "ssim", "box_psnr"}
        assert score.values["psnr"] == pytest.approx(expected, abs=0.1)
        assert score.values["box_psnr"] == pytest.approx(expected, abs=0.1)
        assert 0.9 < score.values["ssim"] < 1


def test_a_perfect_model_has_perfect_scores(drive: Sequence) -> None:
    """But for what files round away."""
    (left, _) = finished(evaluate(Replay(drive, 0.0), drive, (2,)))
    assert left.values["psnr"] > 50
    assert left.values["ssim"] == pytest.approx(1, abs=1e-3)


def test_a_wrong_object_is_told_by_its_box(drive: Sequence) -> None:
    """Its pixels are few, so the whole picture hardly shows it."""

    class Half(Replay):
        def trace(
            self, rays: Rays, placements: Placements, only: Only = "all"
        ) -> Traced:
            traced = super().trace(rays, placements, only)
            camera = int(rays.camera[0])
            view = drive.scene.view(self.cameras[camera], 2)
            u, v = self.pixels(rays, view)
            traced.rgb[masks[camera][v, u]] -= 0.1
            return traced

    masks = [
        torch.from_numpy(box_mask(request_frame(drive.scene, camera, 2)))
        for camera in ("image_02", "image_03")
    ]
    share = masks[0].float().mean().item()
    assert 0.01 < share < 0.3
    (left, _) = finished(evaluate(Half(drive, 0.0), drive, (2,)))
    # Colours are at least 0.1, but for the green that the car has little of.
    assert left.values["box_psnr"] == pytest.approx(20, abs=0.5)
    whole = left.values["box_psnr"] - 10 * np.log10(share)
    assert left.values["psnr"] == pytest.approx(whole, abs=0.1)


def test_work_is_done_in_slices(drive: Sequence) -> None:
    """So that whoever interrupts need not wait for the end."""
    work = list(evaluate(Replay(drive, 0.0), drive, (0,)))
    assert None in work


LOOK = View((1.0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1), 20, 10, 10, 10, 9, 5)


def boxed(*boxes: tuple[float, float, float]) -> np.ndarray:
    """The mask of cubes of 2 m, given by their middles."""
    placed = tuple(
        PlacedBox(i, "Car", "object/0", Size(2, 2, 2), Pose((x, y + 1, z), 0.0))
        for i, (x, y, z) in enumerate(boxes)
    )
    return box_mask(RenderRequest(LOOK, placed))


def test_the_mask_of_a_box_by_hand() -> None:
    """The near face, at depth 5, reaches 2 pixels to each side of the middle."""
    mask = boxed((0.0, 0.0, 6.0))
    expected = np.zeros((10, 20), dtype=bool)
    expected[3:8, 7:12] = True
    assert np.array_equal(mask, expected)


def test_masks_of_boxes_at_and_beyond_the_edges() -> None:
    assert not boxed().any()
    assert not boxed((0.0, 0.0, -6.0)).any(), "behind"
    assert not boxed((40.0, 0.0, 6.0)).any(), "to the side"
    assert not boxed((0.0, -40.0, 6.0)).any(), "above"
    assert boxed((0.0, 0.0, 0.0)).all(), "around the camera"
    assert boxed((0.0, 0.0, 1.0)).all(), "cut by the camera's plane"
    cut = boxed((-5.0, 0.0, 6.0))
    assert cut[3:8, 0].all()
    assert not cut[:, 4:].any()
    # Two boxes: the pixels of either.
    both = boxed((0.0, 0.0, 6.0), (-5.0, 0.0, 6.0))
    assert np.array_equal(both, cut | boxed((0.0, 0.0, 6.0)))


def test_means_leave_out_what_has_no_value() -> None:
    scores = [
        Scores("a", 0, {"psnr": 20.0, "box_psnr": 10.0}),
        Scores("a", 1, {"psnr": 30.0}),
        Scores("b", 0, {"psnr": 40.0}),
    ]
    assert mean(scores) == {"psnr": 30.0, "box_psnr": 10.0}
    assert mean(scores, "a") == {"psnr": 25.0, "box_psnr": 10.0}
    assert mean(scores, "b") == {"psnr": 40.0}
    assert mean([]) == {}


def test_which_frames_a_protocol_judges() -> None:
    frames = tuple(range(10, 20))
    assert judged_frames(frames, "suds-75") == (14, 18)
    assert judged_frames(frames, "all") == frames


def test_pictures_that_are_missing_are_not_judged(drive: Sequence) -> None:
    holey = without(drive, ("image_03", 1))
    assert pictures_of(holey, (1, 2)) == [
        *(("image_02", 1), ("image_02", 2), ("image_03", 2))
    ]


class Brightness(Lpips):
    """A judge whose distance is known: the difference of the mean brightness."""

    def __init__(self) -> None:
        torch.nn.Module.__init__(self)

    def between(self, a: np.ndarray, b: np.ndarray) -> float:
        return abs(float(a.mean()) - float(b.mean()))


def test_motion_is_judged_between_neighbours(tmp_path: Path) -> None:
    """A model that shows the next picture too early moves one picture's way ahead."""
    wide = tiny_drive(tmp_path, 5, (160, 64))

    class Early(Replay):
        def trace(
            self, rays: Rays, placements: Placements, only: Only = "all"
        ) -> Traced:
            ahead = rays.origins + torch.tensor([0.0, 0.0, 0.3])
            if round(float(rays.origins[0, 2]) / 0.3) == 2:
                rays = replace(rays, origins=ahead)
            return super().trace(rays, placements, only)

    right, early = (
        finished(evaluate(model(wide, 0.0), wide, (0, 1, 2)))
        for model in (Replay, Early)
    )
    told = {(s.camera, s.frame): s.values.get("tof") for s in right}
    assert told["image_02", 0] is None
    # Files round colours, and a moving wall hardly notices.
    assert told["image_02", 1] == pytest.approx(0, abs=0.05)
    late = {(s.camera, s.frame): s.values.get("tof") for s in early}
    assert late["image_02", 1] == told["image_02", 1]
    assert late["image_02", 2] is not None
    assert late["image_02", 2] > 0.3


def test_flicker_is_judged_between_neighbours_alone(drive: Sequence) -> None:
    class Pulse(Replay):
        """Brighter in odd frames."""

        def trace(
            self, rays: Rays, placements: Placements, only: Only = "all"
        ) -> Traced:
            self.error = 0.1 * (round(float(rays.origins[0, 2]) / 0.3) % 2)
            return super().trace(rays, placements, only)

    judges = Judges({"lpips": Brightness()})
    scores = finished(evaluate(Pulse(drive, 0.0), drive, (0, 1, 3), 1.0, judges))
    told = {(s.camera, s.frame): s.values for s in scores}
    for camera in ("image_02", "image_03"):
        assert "tlp" not in told[camera, 0]
        assert "tlp" not in told[camera, 3]
        assert told[camera, 1]["tlp"] == pytest.approx(0.1, abs=0.01)
        assert told[camera, 0]["lpips"] == pytest.approx(0, abs=1e-2)
        assert told[camera, 1]["lpips"] == pytest.approx(0.1, abs=1e-2)
