"""Directions along which objects are moved: their own, the world's, their lane's.

In all three y is up, so that people need not think of a y that points down; x and z
lie on the ground unless an object's own axes are asked for and it leans.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nsg_core.scene import ObjectNode, PlacedBox, Pose, Scene, Vec3

AxesName = Literal["local", "world", "lane"]
Axis = Literal["x", "y", "z"]
AXES: tuple[Axis, ...] = ("x", "y", "z")
LEAST = 0.5
"""Metres that something must go for its direction to be one."""

_LOCAL = {"x": ("forward", "back"), "y": ("up", "down"), "z": ("left", "right")}
_WORLD = {"x": ("right", "left"), "y": ("up", "down"), "z": ("ahead", "back")}
WORDS: dict[AxesName, dict[str, tuple[str, str]]] = {
    "local": _LOCAL,
    "world": _WORLD,
    "lane": _LOCAL | {"x": ("along the lane", "back along the lane")},
}
"""What people call the positive and the negative direction of each axis."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Three unit vectors in the world, at right angles."""

    name: AxesName
    x: Vec3
    y: Vec3
    z: Vec3

    def matrix(self) -> np.ndarray:
        """The vectors as rows [3 3]."""
        return np.array([self.x, self.y, self.z])

    def along(self, axis: Axis) -> np.ndarray:
        """One of them [3]."""
        return self.matrix()[AXES.index(axis)]


WORLD = Axes("world", (1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0))


def flat(name: AxesName, yaw: float) -> Axes:
    """Axes on the ground whose x has this yaw."""
    c, s = math.cos(yaw), math.sin(yaw)
    return Axes(name, (c, 0.0, -s), (0.0, -1.0, 0.0), (s, 0.0, c))


def leaning(pose: Pose) -> Axes:
    """An object's own axes, with its pitch and roll."""
    x, y, z = pose.T_world_object()[:3, :3].T.tolist()
    return Axes("local", tuple(x), (-y[0], -y[1], -y[2]), tuple(z))


def axes_of(
    name: AxesName, box: PlacedBox, lane: float = 0.0, free: bool = False
) -> Axes:
    """The axes of a box; `lane` is the yaw of its lane, `free` lets them lean."""
    if name == "world":
        return WORLD
    if name == "lane":
        return flat("lane", lane)
    return leaning(box.pose) if free else flat("local", box.pose.yaw)


def lane_yaw(scene: Scene, camera: str, node: ObjectNode, frame: int) -> float:
    """Where the lane of an object leads in a frame.

    That is where it drives there; for one that stands still, where the recording
    vehicle drove when it was nearest.
    """
    pose = node.track.at(frame) or node.track.poses[0]
    path = [(p.position[0], p.position[2]) for p in node.track.poses]
    frames = node.track.frames
    i = frames.index(frame) if frame in frames else 0
    heading = _heading(path, i)
    if heading is not None:
        return heading
    ego = [(T[3], T[11]) for T in scene.camera(camera).Ts_world_camera]
    here = (pose.position[0], pose.position[2])
    heading = _heading(ego, min(range(len(ego)), key=lambda k: math.dist(ego[k], here)))
    return pose.yaw if heading is None else heading


def _heading(path: list[tuple[float, float]], i: int) -> float | None:
    """Yaw of a path on the ground (x, z) at its i-th point; None: it goes nowhere.

    Neighbours are looked at farther and farther away: labels tremble by centimetres.
    """
    for reach in range(1, len(path)):
        ahead, behind = path[min(i + reach, len(path) - 1)], path[max(i - reach, 0)]
        dx, dz = ahead[0] - behind[0], ahead[1] - behind[1]
        if math.hypot(dx, dz) > LEAST:
            return math.atan2(-dz, dx)
    return None


def said(name: AxesName, axis: Axis, metres: float) -> str:
    """ "1.20 m forward"; the sign becomes a word."""
    words = WORDS[name][axis]
    return f"{abs(metres):.2f} m {words[metres < 0]}"
