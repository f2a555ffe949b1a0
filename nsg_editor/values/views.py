"""What the free view and the map look at, and how: values and arithmetic.

The map is a picture too: one taken from so high above that all rays are as good as
parallel. So whatever works in a picture - picking, dragging on the ground, marks -
works on the map with the same few lines.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from nsg_core.scene import Matrix, Scene
from nsg_core.view import View
from nsg_editor.geometry.arrangement import Kind

HIGH = 4000.0
"""Metres over the road that the map is taken from: a car's roof is shifted by less than
a pixel, and numbers stay exact."""
CAMERA_HEIGHT = 1.65
"""Of KITTI's cameras over the road, where nothing else tells where the road is."""
SPAN = 60.0
"""Metres of the shorter side of the map, unless somebody zooms."""
CLEAR_SCALE = 4.0
"""Pixels a metre by which a car can be told from a walker."""
LEAST_SCALE, MOST_SCALE = 0.2, 200.0
"""Pixels a metre."""
ZOOM = 1.16
"""By a notch of the wheel."""
LENS = 1.05
"""Focal length of the free view, as a share of the root of its area."""
BEHIND, ABOVE, AHEAD = 11.0, 6.5, 12.0
"""Where the free view begins: metres behind and above the recorded camera, looking at
the road that far ahead of it."""
Point2 = tuple[float, float]


@dataclass(frozen=True, slots=True)
class MapLook:
    """Which part of the world the map shows."""

    centre: Point2 | None = None
    """World x and z in its middle; None: the recorded camera's surroundings, wherever
    it drives."""
    scale: float | None = None
    """Pixels a metre; None: as fits."""
    room: tuple[int, int] = (480, 270)
    """Pixels that it has."""


@dataclass(frozen=True, slots=True)
class FreeLook:
    """Where the free view looks from, and what fills it."""

    pose: Matrix | None = None
    """None: from behind and above the recorded camera, wherever it drives."""
    fill: Literal["shaded", "neural"] = "shaded"
    room: tuple[int, int] = (480, 270)


@dataclass(frozen=True, slots=True)
class Views:
    """The three views."""

    map: MapLook = MapLook()
    free: FreeLook = FreeLook()
    active: Kind = "camera"
    """The view that the mouse was over last: keys are meant for it."""
    trouble: str = ""
    """Why there is no shaded picture."""


def ground_height(scene: Scene, camera: str, frame: int) -> float:
    """Where the road is (world y): under most boxes, or under the camera."""
    heights = [box.pose.position[1] for box in scene.at(frame)]
    if heights:
        return sorted(heights)[len(heights) // 2]
    return scene.view(camera, frame).T_world_camera[7] + CAMERA_HEIGHT


def _heading(T: Matrix) -> Point2:
    """Where a camera looks, on the map (unit length)."""
    x, z = T[2], T[10]
    length = math.hypot(x, z)
    return (x / length, z / length) if length > 1e-6 else (0.0, 1.0)


def map_view(look: MapLook, scene: Scene, camera: str, frame: int) -> View:
    """The map as a picture from high above: x to the right, z up."""
    width, height = (max(pixels, 1) for pixels in look.room)
    scale = map_scale(look)
    x, z = look.centre or _ahead(look, scene, camera, frame)
    road = ground_height(scene, camera, frame)
    T = (1.0, 0.0, 0.0, x, 0.0, 0.0, 1.0, road - HIGH, 0.0, -1.0, 0.0, z, 0, 0, 0, 1.0)
    f = scale * HIGH
    return View(T, width, height, f, f, width / 2 - 0.5, height / 2 - 0.5)


def map_scale(look: MapLook) -> float:
    """Pixels a metre."""
    if look.scale is not None:
        return look.scale
    return max(min(look.room) / SPAN, CLEAR_SCALE)


def _ahead(look: MapLook, scene: Scene, camera: str, frame: int) -> Point2:
    """The point that the map follows: as far ahead as leaves the car on the map."""
    T = scene.view(camera, frame).T_world_camera
    x, z = _heading(T)
    far = 0.3 * min(look.room) / map_scale(look)
    return T[3] + far * x, T[11] + far * z


def map_panned(look: MapLook, view: View, du: float, dv: float) -> MapLook:
    """The world follows the mouse by pixels."""
    scale = view.fx / HIGH
    x, z = view.T_world_camera[3], view.T_world_camera[11]
    return replace(look, centre=(x - du / scale, z + dv / scale), scale=scale)


def map_zoomed(
    look: MapLook, view: View, notches: float, at: Point2 | None = None
) -> MapLook:
    """Nearer or farther, about a pixel, which keeps its place in the world."""
    before = view.fx / HIGH
    scale = min(max(before * ZOOM**notches, LEAST_SCALE), MOST_SCALE)
    if at is None:
        # What is followed is followed on.
        return replace(look, scale=scale)
    u, v = at[0] - view.cx, at[1] - view.cy
    x, z = view.T_world_camera[3], view.T_world_camera[11]
    shift = 1 / before - 1 / scale
    return replace(look, centre=(x + u * shift, z - v * shift), scale=scale)


def map_fitted(look: MapLook, scene: Scene) -> MapLook:
    """The whole drive: the way of the cameras and all objects that are ever near."""
    points = drive_points(scene)
    low, high = points.min(0), points.max(0)
    width, height = look.room
    size = np.maximum(high - low, 10.0) * 1.12
    scale = min(width / size[0], height / size[1])
    x, z = ((low + high) / 2).tolist()
    scale = min(max(float(scale), LEAST_SCALE), MOST_SCALE)
    return replace(look, centre=(x, z), scale=scale)


def drive_points(scene: Scene) -> np.ndarray:
    """World x and z of the cameras, and of objects within 100 m of them [n 2]."""
    cameras = [T for camera in scene.cameras for T in camera.Ts_world_camera]
    ways = np.array([(T[3], T[11]) for T in cameras])
    poses = [pose.position for node in scene.objects for pose in node.track.poses]
    if not poses:
        return ways
    objects = np.array(poses)[:, [0, 2]]
    near = np.abs(objects[:, None] - ways[None, :: max(len(ways) // 50, 1)]).max(-1)
    return np.concatenate([ways, objects[near.min(1) < 100]])


def free_pose(look: FreeLook, scene: Scene, camera: str, frame: int) -> Matrix:
    """Where the free view looks from."""
    if look.pose is not None:
        return look.pose
    T = scene.view(camera, frame).T_world_camera
    return _behind(T, ground_height(scene, camera, frame))


@lru_cache(maxsize=64)
def _behind(T: Matrix, road: float) -> Matrix:
    """Above and behind a camera, towards the road ahead of it."""
    x, z = _heading(T)
    eye = np.array([T[3] - BEHIND * x, T[7] - ABOVE, T[11] - BEHIND * z])
    target = np.array([T[3] + AHEAD * x, road, T[11] + AHEAD * z])
    return looking_at(eye, target)


def looking_at(eye: np.ndarray, target: np.ndarray) -> Matrix:
    """A level camera at one point that looks at another."""
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(np.array([0.0, 1.0, 0.0]), forward)
    right /= np.linalg.norm(right)
    T = np.eye(4)
    T[:3, :3] = np.stack([right, np.cross(forward, right), forward], 1)
    T[:3, 3] = eye
    return tuple(T.ravel().tolist())


def free_view(look: FreeLook, scene: Scene, camera: str, frame: int) -> View:
    """The free view as a picture that fills its room."""
    width, height = (max(pixels, 1) for pixels in look.room)
    f = LENS * math.sqrt(width * height)
    pose = free_pose(look, scene, camera, frame)
    return View(pose, width, height, f, f, width / 2 - 0.5, height / 2 - 0.5)
