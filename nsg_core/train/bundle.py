"""Where the vehicle truly was: poses that let corners of the street stand still.

Bundle adjustment (Triggs et al. 2000): corrections of each frame's recorded pose and
the places of corners are sought together so that every corner is seen where it was
seen. Recorded poses have the last word where pictures have little to say: corrections
are held small, and alike in neighbouring frames.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.sparse.linalg import spsolve
from scipy.spatial.transform import Rotation

NOISE = 0.15
"""Pixels by which a corner is usually missed."""
FAR_OFF = np.array([0.001] * 3 + [2.0] * 3)
"""By how much recorded poses are wrong: radians (gyroscopes), metres (satellites)."""
APART = np.array([0.001] * 3 + [0.05] * 3)
"""And how much that changes from one frame to the next."""
TURNS = 25
ENOUGH = 1e-4
"""Relative gain under which there is nothing left to gain."""


@dataclass(frozen=True)
class Sightings:
    """Corners in pictures, and how each picture was recorded; one row an observation
    or, in `rotations`, `origins` and `intrinsics`, a picture."""

    point: Int[np.ndarray, " seen"]
    picture: Int[np.ndarray, " seen"]
    pixel: Float[np.ndarray, "seen 2"]
    places: Float[np.ndarray, "points 3"]
    frame: Int[np.ndarray, " pictures"]
    rotations: Float[np.ndarray, "pictures 3 3"]
    origins: Float[np.ndarray, "pictures 3"]
    intrinsics: Float[np.ndarray, "pictures 4"]
    pivots: Float[np.ndarray, "frames 3"]
    """What a frame's correction turns about."""


@dataclass(frozen=True)
class Adjusted:
    """Corrections ``x -> R (x - pivot) + pivot + shift`` of the recorded frames."""

    turns: Float[np.ndarray, "frames 3"]
    """Rotation vectors of R, in the world's axes."""
    shifts: Float[np.ndarray, "frames 3"]
    error_before: float
    """Median distance in pixels between where corners are seen and should be."""
    error: float


def adjust(sightings: Sightings) -> Adjusted:
    """The most likely corrections, by Levenberg and Marquardt's method."""
    start = _State(np.zeros((len(sightings.pivots), 6)), sightings.places)
    # Where the corners are best by the recorded poses, so that the errors compare.
    start = _descend(sightings, start, frames=False)
    end = _descend(sightings, start, frames=True)
    before, after = (
        float(np.median(_distances(sightings, state))) for state in (start, end)
    )
    return Adjusted(end.frames[:, :3], end.frames[:, 3:], before, after)


def _descend(s: Sightings, state: "_State", frames: bool) -> "_State":
    """Move corners, and frames if they may, until nothing is gained."""
    damping, cost = 1e-3, _cost(s, state)
    for _ in range(TURNS):
        system = _system(s, state)
        while damping < 1e6:
            trial = _moved(state, *_solve(system, damping, frames))
            new = _cost(s, trial)
            if new < cost:
                break
            damping *= 6
        else:
            break
        gain, state, cost, damping = cost - new, trial, new, damping / 6
        if gain < ENOUGH * cost:
            break
    return state


@dataclass(frozen=True)
class _State:
    frames: Float[np.ndarray, "frames 6"]
    places: Float[np.ndarray, "points 3"]


@dataclass(frozen=True)
class _System:
    """Normal equations in the parts that belong to frames, both, and points."""

    frames: sparse.csr_array
    both: sparse.csr_array
    points: Float[np.ndarray, "points 3 3"]
    right_frames: Float[np.ndarray, " unknowns"]
    right_points: Float[np.ndarray, "points 3"]


def _local(
    s: Sightings, state: _State
) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 3 3"], np.ndarray]:
    """Corners in the cameras' axes; how a place changes them; the arm they turn at."""
    frame = s.frame[s.picture]
    pivot, moves = s.pivots[frame], state.frames[frame]
    turn = Rotation.from_rotvec(moves[:, :3]).as_matrix()
    arm = state.places[s.point] - pivot - moves[:, 3:]
    into = s.rotations[s.picture].swapaxes(1, 2) @ turn.swapaxes(1, 2)
    camera = s.origins[s.picture] - pivot
    local = np.einsum("nij,nj->ni", into, arm) - np.einsum(
        "nji,nj->ni", s.rotations[s.picture], camera
    )
    return local, into, arm


def _residuals(s: Sightings, local: np.ndarray) -> Float[np.ndarray, "n 2"]:
    fx, fy, cx, cy = s.intrinsics[s.picture].T
    x, y, z = local.T
    z = np.maximum(z, 0.1)
    return np.stack([fx * x / z + cx, fy * y / z + cy], 1) - s.pixel


def _distances(s: Sightings, state: _State) -> Float[np.ndarray, " n"]:
    return np.linalg.norm(_residuals(s, _local(s, state)[0]), axis=1)


def _cost(s: Sightings, state: _State) -> float:
    # Cauchy's: what is far off is no corner, and pulls no more.
    square = (_distances(s, state) / (2 * NOISE)) ** 2
    prior = _prior(len(s.pivots)) @ state.frames.ravel()
    return float(4 * np.log1p(square).sum() + prior @ prior)


def _prior(frames: int) -> sparse.csr_array:
    """Rows that should be zero: corrections, and their changes."""
    steps = np.eye(frames)[1:] - np.eye(frames)[:-1]
    change = sparse.kron(sparse.csr_array(steps), np.diag(1 / APART))
    small = sparse.kron(sparse.eye_array(frames), np.diag(1 / FAR_OFF))
    return sparse.csr_array(sparse.vstack([change, small]))


def _system(s: Sightings, state: _State) -> _System:
    local, into, arm = _local(s, state)
    error = _residuals(s, local)
    weight = 1 / (1 + (error**2).sum(1) / (2 * NOISE) ** 2) / NOISE**2
    fx, fy, _, _ = s.intrinsics[s.picture].T
    x, y, z = local.T
    z = np.maximum(z, 0.1)
    onto = np.zeros((len(z), 2, 3))
    onto[:, 0, 0], onto[:, 0, 2] = fx / z, -fx * x / z**2
    onto[:, 1, 1], onto[:, 1, 2] = fy / z, -fy * y / z**2
    by_place = onto @ into
    by_turn = by_place @ _cross(arm)
    by_frame = np.concatenate([by_turn, -by_place], 2)
    frames, points = len(s.pivots), len(state.places)
    Jf = _scattered(by_frame, s.frame[s.picture], frames)
    Jp = _scattered(by_place, s.point, points)
    W = sparse.diags_array(np.repeat(weight, 2))
    prior = _prior(frames)
    e = error.ravel()
    blocks = np.zeros((points, 3, 3))
    weighted = by_place * weight[:, None, None]
    np.add.at(blocks, s.point, weighted.swapaxes(1, 2) @ by_place)
    right = -(Jf.T @ (W @ e)) - prior.T @ (prior @ state.frames.ravel())
    return _System(
        sparse.csr_array(Jf.T @ W @ Jf + prior.T @ prior),
        sparse.csr_array(Jf.T @ W @ Jp),
        blocks,
        right,
        -(Jp.T @ (W @ e)).reshape(points, 3),
    )


def _cross(v: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3 3"]:
    """Matrices M with ``M w = v x w``."""
    M = np.zeros((len(v), 3, 3))
    M[:, 0, 1], M[:, 0, 2], M[:, 1, 2] = -v[:, 2], v[:, 1], -v[:, 0]
    return M - M.swapaxes(1, 2)


def _scattered(
    blocks: Float[np.ndarray, "n rows columns"], place: np.ndarray, places: int
) -> sparse.csr_array:
    """A matrix with one block in each row of blocks."""
    n, rows, columns = blocks.shape
    matrix = sparse.bsr_array(
        (blocks, place, np.arange(n + 1)), shape=(n * rows, places * columns)
    )
    return sparse.csr_array(matrix)


def _solve(
    system: _System, damping: float, frames_move: bool
) -> tuple[Float[np.ndarray, "frames 6"], Float[np.ndarray, "points 3"]]:
    """Steps of frames and points; points are eliminated first (Schur)."""
    count = len(system.points)
    own = np.einsum("nii->ni", system.points)
    eased = system.points + (damping * own + 1e-6)[:, :, None] * np.eye(3)
    inverse = sparse.bsr_array(
        (np.linalg.inv(eased), np.arange(count), np.arange(count + 1))
    )
    through = system.both @ inverse
    ease = sparse.diags_array(damping * system.frames.diagonal())
    left = system.frames + ease - through @ system.both.T
    right = system.right_frames - through @ system.right_points.ravel()
    frames = np.zeros_like(right)
    if frames_move:
        frames = np.asarray(spsolve(left.tocsc(), right))
    rest = system.right_points.ravel() - system.both.T @ frames
    return frames.reshape(-1, 6), (inverse @ rest).reshape(-1, 3)


def _moved(state: _State, frames: np.ndarray, points: np.ndarray) -> _State:
    turned = Rotation.from_rotvec(frames[:, :3]) * Rotation.from_rotvec(
        state.frames[:, :3]
    )
    shifts = state.frames[:, 3:] + frames[:, 3:]
    return _State(
        np.concatenate([turned.as_rotvec(), shifts], 1), state.places + points
    )
