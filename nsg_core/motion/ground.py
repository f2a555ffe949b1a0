"""How high the road is, after what stood on it: boxes and the vehicle itself."""

from dataclasses import dataclass
from statistics import median

import numpy as np

from nsg_core.scene import Scene, Track

CAMERA_HEIGHT = 1.65
"""Metres above the road of KITTI's cameras, where no box says it better."""
NEAR = 6.0
"""Boxes that the vehicle passes within so many metres say how high its camera is."""
NEIGHBOURS = 8


@dataclass(frozen=True, eq=False)
class Ground:
    """Points of the road [n 3], at least a metre apart."""

    points: np.ndarray

    def height(self, places: np.ndarray) -> np.ndarray:
        """``y`` of the road at places [m 3], whose own ``y`` does not matter [m]."""
        places = np.atleast_2d(places)
        away = np.hypot(
            places[:, None, 0] - self.points[None, :, 0],
            places[:, None, 2] - self.points[None, :, 2],
        )
        count = min(NEIGHBOURS, len(self.points))
        nearest = np.argpartition(away, count - 1, axis=1)[:, :count]
        # The nearer the more; a metre softens what two labels disagree about.
        weights = 1 / (np.take_along_axis(away, nearest, 1) ** 2 + 1)
        heights = self.points[nearest, 1]
        return (weights * heights).sum(1) / weights.sum(1)


def ground_of(scene: Scene) -> Ground:
    """The road of a drive; of the recorded one, for edited boxes may float."""
    eyes = np.array([T[3::4][:3] for T in scene.cameras[0].Ts_world_camera])
    boxes = [_bottoms(node.track) for node in scene.objects]
    below = eyes + np.array([0.0, _camera_height(scene, eyes), 0.0])
    return Ground(_sparse(np.concatenate([below, *boxes])))


def _camera_height(scene: Scene, eyes: np.ndarray) -> float:
    """Above boxes that the vehicle passes closely; far ones stand up or down hill."""
    drops = list[float]()
    for node in scene.objects:
        bottoms = _bottoms(node.track)
        gap = bottoms[:, None] - eyes[None]
        away = np.hypot(gap[..., 0], gap[..., 2])
        close = away.argmin(1)
        rows = np.flatnonzero(away.min(1) < NEAR)
        drops += gap[rows, close[rows], 1].tolist()
    return median(drops) if len(drops) >= 3 else CAMERA_HEIGHT


def _bottoms(track: Track) -> np.ndarray:
    return np.array([pose.position for pose in track.poses])


def _sparse(points: np.ndarray) -> np.ndarray:
    """One point for each square metre: their mean."""
    cells = np.floor(points[:, [0, 2]]).astype(np.int64)
    _, place, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), 3))
    np.add.at(sums, place.ravel(), points)
    return sums / counts[:, None]
