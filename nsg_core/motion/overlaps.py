"""Which boxes stand in each other, and how to push them apart.

Two boxes are apart if some axis separates them: one of their edges' six directions or
one of the nine across two of them (Gottschalk, Lin and Manocha, "OBBTree", SIGGRAPH
1996). All pairs are looked at at once.
"""

from collections.abc import Sequence as Items
from dataclasses import dataclass

import numpy as np

from nsg_core.scene import PlacedBox, Vec3


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two boxes that stand in each other."""

    first: int
    """Index of a box."""
    second: int
    depth: float
    """Metres that one must move, in the easiest direction of all."""
    apart: Vec3
    """How the first must be moved along the ground to stand free."""


@dataclass(frozen=True, slots=True, eq=False)
class Solids:
    """Boxes as arrays: middles [n 3], half edges [n 3], axes as columns [n 3 3]."""

    middles: np.ndarray
    halves: np.ndarray
    axes: np.ndarray


def solids(boxes: Items[PlacedBox]) -> Solids:
    """Boxes as arrays."""
    halves = np.array(
        [(b.size.length, b.size.height, b.size.width) for b in boxes], dtype=float
    ).reshape(-1, 3)
    halves = halves / 2
    feet = np.array([b.pose.position for b in boxes], dtype=float).reshape(-1, 3)
    axes = _rotations(
        np.array([b.pose.angles for b in boxes], dtype=float).reshape(-1, 3)
    )
    return Solids(feet - axes[:, :, 1] * halves[:, 1:2], halves, axes)


def _rotations(angles: np.ndarray) -> np.ndarray:
    """Rotations [n 3 3] of yaw, pitch and roll, as `Pose.T_world_object`."""
    (cy, cp, cr), (sy, sp, sr) = np.cos(angles).T, np.sin(angles).T
    rows = [
        [cy * cp, -cy * sp * cr + sy * sr, cy * sp * sr + sy * cr],
        [sp, cp * cr, -cp * sr],
        [-sy * cp, sy * sp * cr + cy * sr, -sy * sp * sr + cy * cr],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


def overlaps(
    boxes: Items[PlacedBox], least: float = 0.0, about: Items[bool] | None = None
) -> tuple[Overlap, ...]:
    """Pairs of boxes that stand in each other by more than `least` metres.

    `about` says for each box whether it matters: pairs of two that do not are left out.
    """
    matters = np.ones(len(boxes), dtype=bool) if about is None else np.array(about)
    if len(boxes) < 2 or not matters.any():
        return ()
    solid = solids(boxes)
    a, b = _near_pairs(solid, matters)
    if not len(a):
        return ()
    axes, used = _candidates(solid.axes[a], solid.axes[b])
    gap = solid.middles[a] - solid.middles[b]
    along = np.einsum("pai,pi->pa", axes, gap)
    reach = _reach(solid, a, axes) + _reach(solid, b, axes)
    depth = np.where(used, reach - np.abs(along), np.inf)
    found = np.flatnonzero(depth.min(1) > least)
    return tuple(
        _overlap(int(a[p]), int(b[p]), axes[p], along[p], depth[p]) for p in found
    )


def _near_pairs(solid: Solids, matters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs whose surrounding balls meet, of which one at least matters."""
    radius = np.linalg.norm(solid.halves, axis=1)
    rows = np.flatnonzero(matters)
    away = np.linalg.norm(solid.middles[rows, None] - solid.middles[None], axis=2)
    near = away < radius[rows, None] + radius[None]
    first, second = np.nonzero(near)
    first = rows[first]
    # Two that matter meet twice here, and each one itself.
    once = (first < second) | ~matters[second]
    return first[once], second[once]


def _candidates(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit axes [pairs 15 3] that may separate, and which of them are any."""
    a, b = np.swapaxes(first, 1, 2), np.swapaxes(second, 1, 2)
    across = np.cross(a[:, :, None], b[:, None]).reshape(len(a), 9, 3)
    axes = np.concatenate([a, b, across], 1)
    length = np.linalg.norm(axes, axis=2, keepdims=True)
    # Parallel edges have no direction across them.
    return axes / np.maximum(length, 1e-9), length[..., 0] > 1e-6


def _reach(solid: Solids, rows: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """How far boxes reach along axes from their middles [pairs 15]."""
    shares = np.abs(np.einsum("pai,pij->paj", axes, solid.axes[rows]))
    return np.einsum("paj,pj->pa", shares, solid.halves[rows])


def _overlap(
    first: int, second: int, axes: np.ndarray, along: np.ndarray, depth: np.ndarray
) -> Overlap:
    # Along the ground an axis that rises is longer to go; straight up leads nowhere.
    flat = np.hypot(axes[:, 0], axes[:, 2])
    way = np.where(flat > 0.5, depth / np.maximum(flat, 0.5), np.inf)
    best = int(way.argmin())
    sign = 1.0 if along[best] >= 0 else -1.0
    x, z = (axes[best, [0, 2]] / flat[best] * sign * way[best]).tolist()
    return Overlap(first, second, float(depth.min()), (x, 0.0, z))
