"""Corrected poses: corners are followed, and make the street stand still again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nsg_core.datasets.opening import open_sequence
from nsg_core.fields.rig import Rig
from nsg_core.train.batches import Pictures, load_pictures
from nsg_core.train.refine import refine
from nsg_core.train.tracking import track
from tests.core.rough_street import depth_and_grey, drifted, recorded_as, seen, street

FRAMES = 8
RNG = np.random.default_rng(3)
# As of a satellite: it wanders. As of a clock: it shakes.
DRIFT = np.linspace(0, 1, FRAMES)[:, None] ** 2 * [0.3, -0.2, 0.4]
TURNS = 0.0006 * RNG.standard_normal(FRAMES)


@pytest.fixture(scope="module")
def exact() -> Pictures:
    return seen(street(FRAMES))


def test_corners_are_where_they_were_before(exact: Pictures) -> None:
    """By the true depths, to a fraction of a pixel, in both cameras and all frames."""
    tracks = track(exact)
    assert len(tracks.places) > 200
    counts = torch.bincount(tracks.picture, minlength=len(exact.keys))
    assert counts.min() > 60
    misses = []
    for point in range(0, len(tracks.places), 3):
        rows = (tracks.point == point).nonzero()[:, 0]
        first = int(rows[0])
        picture, (u, v) = int(tracks.picture[first]), tracks.pixel[first].tolist()
        view = exact.views[picture]
        origin, direction = view.ray(u, v)
        t = float(depth_and_grey(view)[0][round(v), round(u)])
        for row in rows[1:].tolist():
            other = exact.views[int(tracks.picture[row])]
            pixel = other.project((origin + t * direction)[None])[0, :2]
            misses.append(np.linalg.norm(pixel - tracks.pixel[row].numpy()))
    assert np.median(misses) < 0.15
    assert np.quantile(misses, 0.9) < 0.6


def test_nothing_is_followed_on_objects(exact: Pictures) -> None:
    left = torch.tensor([[i, 0.0, 0.0, 100.0, 80.0] for i in range(len(exact.keys))])
    tracks = track(replace(exact, regions=left))
    assert len(tracks.point) > 100
    assert tracks.pixel[:, 0].min() > 99


def _missing(pictures: Pictures, rig: Rig, truth: Pictures) -> float:
    """How far (m, root mean square) steps between frames are from the true ones."""
    moved = pictures.moved(rig.corrections(torch.arange(FRAMES)))

    def steps(p: Pictures) -> torch.Tensor:
        first = p.camera == 0
        R, o = p.rotations[first], p.origins[first]
        return torch.cat(
            [((o[k:] - o[:-k])[:, None] @ R[:-k])[:, 0] for k in (1, 2, FRAMES - 1)]
        )

    return float((steps(moved) - steps(truth)).square().sum(1).mean().sqrt())


@pytest.mark.parametrize("stereo", [True, False])
def test_a_drift_is_taken_back(stereo: bool) -> None:
    scene = street(FRAMES, stereo)
    truth = seen(scene)
    pictures = recorded_as(truth, drifted(scene, DRIFT, TURNS))
    rig = Rig(range(FRAMES))
    before = _missing(pictures, rig, truth)
    found = refine(pictures, rig)
    assert found is not None
    assert found.error < 0.5 * found.error_before
    after = _missing(pictures, rig, truth)
    assert before > 0.15
    # One camera alone takes a slow drift for a street of another size.
    assert after < (0.1 if stereo else 0.85) * before


def test_exact_poses_stay_as_they_are(exact: Pictures) -> None:
    rig = Rig(range(FRAMES))
    assert refine(exact, rig) is None
    assert torch.equal(rig.shifts, torch.zeros(FRAMES, 3))
    pictures = exact.moved(rig.corrections(torch.arange(FRAMES)))
    assert torch.equal(pictures.origins, exact.origins)
    assert torch.equal(pictures.rotations, exact.rotations)


@pytest.mark.parametrize("shape", [(80, 200), (6, 8), (1, 1)])
def test_blank_or_tiny_pictures_tell_nothing(
    exact: Pictures, shape: tuple[int, int]
) -> None:
    blank = torch.full((len(exact.keys), *shape, 3), 90, dtype=torch.uint8)
    assert refine(replace(exact, pixels=blank), Rig(range(FRAMES))) is None


def test_a_frame_without_a_picture_is_no_hole(exact: Pictures) -> None:
    pictures = recorded_as(exact, drifted(street(FRAMES), DRIFT, TURNS))
    kept = pictures.frame != 4
    fewer = replace(
        pictures,
        pixels=pictures.pixels[kept],
        origins=pictures.origins[kept],
        rotations=pictures.rotations[kept],
        intrinsics=pictures.intrinsics[kept],
        frame=pictures.frame[kept],
        camera=pictures.camera[kept],
    )
    rig = Rig(range(FRAMES))
    assert refine(fewer, rig) is not None
    between = (rig.shifts[3] + rig.shifts[5]) / 2
    torch.testing.assert_close(rig.shifts[4], between, atol=0.03, rtol=0)


@pytest.mark.slow
def test_a_recorded_drive_stands_still(shared: Path) -> None:
    """The satellites' drift of KITTI's first sequence: half a metre in four seconds."""
    drive = open_sequence(shared / "kitti", "0000", (0, 40))
    pictures = load_pictures(drive, drive.scene.frames, 0.25, ("image_02", "image_03"))
    rig = Rig(drive.scene.frames)
    found = refine(pictures, rig)
    assert found is not None
    assert found.error < 0.15
    assert found.error < 0.5 * found.error_before
    assert 0.2 < (rig.shifts[0] - rig.shifts[-1]).norm() < 1.5
