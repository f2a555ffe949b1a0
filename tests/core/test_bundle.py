"""Bundle adjustment: true poses come back from what corners look like."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from nsg_core.train import bundle
from nsg_core.train.bundle import Sightings, adjust

FRAMES, POINTS = 6, 150


def _drive(noise: float, outliers: float) -> tuple[Sightings, np.ndarray, np.ndarray]:
    """Corners seen by two cameras; recorded poses that drift; the true corrections."""
    rng = np.random.default_rng(0)
    places = rng.uniform([-8, -3, 6], [8, 2, 40], (POINTS, 3))
    frame = np.repeat(np.arange(FRAMES), 2)
    shifts = np.cumsum(rng.normal(0, 0.05, (FRAMES, 3)), 0)
    shifts -= shifts.mean(0)
    turns = rng.normal(0, 5e-4, (FRAMES, 3))
    pivots = np.stack([np.zeros(FRAMES), np.zeros(FRAMES), 0.8 * np.arange(FRAMES)], 1)
    R_true = Rotation.from_rotvec([[0, 0.01 * f, 0] for f in frame]).as_matrix()
    arm = np.tile([[0.0, 0, 0], [0.54, 0, 0]], (FRAMES, 1))
    turned = Rotation.from_rotvec(turns).as_matrix()[frame]
    true_origins = pivots[frame] + shifts[frame] + np.einsum("nij,nj->ni", R_true, arm)
    rotations = turned.swapaxes(1, 2) @ R_true
    origins = pivots[frame] + np.einsum("nij,nj->ni", rotations, arm)
    K = np.tile([400.0, 400.0, 310.0, 90.0], (2 * FRAMES, 1))
    picture = np.repeat(np.arange(2 * FRAMES), POINTS)
    point = np.tile(np.arange(POINTS), 2 * FRAMES)
    local = np.einsum(
        "nji,nj->ni", R_true[picture], places[point] - true_origins[picture]
    )
    pixel = 400 * local[:, :2] / local[:, 2:] + [310.0, 90.0]
    pixel += rng.normal(0, noise, pixel.shape)
    wrong = rng.random(len(pixel)) < outliers
    pixel[wrong] += rng.normal(0, 20, (int(wrong.sum()), 2))
    start = places + rng.normal(0, 0.3, places.shape)
    sightings = Sightings(
        point, picture, pixel, start, frame, rotations, origins, K, pivots
    )
    return sightings, turns, shifts


@pytest.mark.parametrize("outliers", [0.0, 0.1])
def test_true_poses_come_back(outliers: float) -> None:
    sightings, turns, shifts = _drive(0.1, outliers)
    found = adjust(sightings)
    np.testing.assert_allclose(
        np.diff(found.shifts, axis=0), np.diff(shifts, axis=0), atol=0.012
    )
    np.testing.assert_allclose(
        np.diff(found.turns, axis=0), np.diff(turns, axis=0), atol=4e-4
    )
    assert found.error < 0.2
    assert found.error_before > 2 * found.error


def test_without_corners_the_recording_has_the_last_word() -> None:
    sightings, _, _ = _drive(0.1, 0.0)
    picture = sightings.picture < 6
    few = Sightings(
        sightings.point[picture],
        sightings.picture[picture],
        sightings.pixel[picture],
        sightings.places,
        sightings.frame,
        sightings.rotations,
        sightings.origins,
        sightings.intrinsics,
        sightings.pivots,
    )
    found = adjust(few)
    assert np.abs(found.turns).max() < 2e-3
    # Frames beyond the last picture go along with it.
    np.testing.assert_allclose(found.shifts[4], found.shifts[3], atol=0.05)


def test_the_step_follows_the_slope_of_the_cost() -> None:
    """Right-hand sides of the normal equations against finite differences."""
    sightings, _, _ = _drive(0.3, 0.0)
    rng = np.random.default_rng(1)
    moves = np.concatenate(
        [rng.normal(0, 1e-3, (FRAMES, 3)), rng.normal(0, 0.1, (FRAMES, 3))], 1
    )
    state = bundle._State(moves, sightings.places)
    system = bundle._system(sightings, state)

    def cost(frames: np.ndarray, places: np.ndarray) -> float:
        return bundle._cost(sightings, bundle._moved(state, frames, places))

    for i in range(6):
        step = np.zeros((FRAMES, 6))
        step[2, i] = 1e-6
        none = np.zeros_like(sightings.places)
        slope = (cost(step, none) - cost(-step, none)) / 2e-6
        assert slope == pytest.approx(
            -2 * system.right_frames.reshape(-1, 6)[2, i], rel=2e-3
        )
    for i in range(3):
        step = np.zeros_like(sightings.places)
        step[7, i] = 1e-5
        none = np.zeros((FRAMES, 6))
        slope = (cost(none, step) - cost(none, -step)) / 2e-5
        assert slope == pytest.approx(-2 * system.right_points[7, i], rel=2e-3)
