"""The camera path in the views: its way, and its keys, which can be dragged."""

import math
from functools import lru_cache

import numpy as np

from nsg_core.cameras.path import CameraKey, CameraPath
from nsg_core.scene import Vec3
from nsg_editor.derived.marks import Dot, Handle, Line, Mark, Word, marks
from nsg_editor.state import EditorState

SAMPLES = 16
"""Pieces of the drawn way between two keys."""
DEEP = 1.2
"""Metres from a drawn camera to its picture."""
NEAR = 0.4
"""What is nearer than so many metres to the eye is left out: it would fill the view."""


@marks("camera-path")
def path_marks(state: EditorState) -> tuple[Mark, ...]:
    """The way, the keys, and where the preview is."""
    path = state.scene.camera_path
    if path is None or not state.boxes:
        return ()
    T = state.free or state.scene.view(state.camera, state.frame).T_world_camera
    eye = (T[3], T[7], T[11])
    found: list[Mark] = []
    if len(path.keys) > 1:
        for part in _parts(_way(path), eye):
            found.append(Line(part, "accent", 2.0))
    for index, key in enumerate(path.keys):
        around = math.dist(eye, key.position) > NEAR
        found += _key_marks(path, index, index == state.flight.key, around)
    if path.keys and not state.flying:
        found.append(_whole(path))
    return tuple(found)


@lru_cache(maxsize=8)
def _way(path: CameraPath) -> tuple[Vec3, ...]:
    """Points of the way that the camera takes."""
    return tuple((x, y, z) for x, y, z in path.way(SAMPLES).tolist())


def _parts(way: tuple[Vec3, ...], eye: Vec3) -> list[tuple[Vec3, ...]]:
    """The way without what is too near to the eye."""
    parts: list[list[Vec3]] = [[]]
    for point in way:
        if math.dist(eye, point) < NEAR:
            parts.append([])
        else:
            parts[-1].append(point)
    return [tuple(part) for part in parts if len(part) > 1]


def _key_marks(path: CameraPath, index: int, chosen: bool, around: bool) -> list[Mark]:
    """A dot, and `around` it a small camera with its number."""
    key = path.keys[index]
    colour = "selected" if chosen else "accent"
    handle = Handle("camera-key-drag", {"key": index})
    found: list[Mark] = [Dot(key.position, colour, 6.0 if chosen else 4.5, handle)]
    if around:
        lines = frustum(key, path.width / path.height)
        found += [Line(line, colour, 1.5) for line in lines]
        found.append(Word(key.position, f"{index + 1}", colour))
    return found


def _whole(path: CameraPath) -> Dot:
    """A dot over the first key that takes the whole path along."""
    x, y, z = path.keys[0].position
    return Dot((x, y - 1.0, z), "ghost", 5.0, Handle("camera-path-lift", {}))


@lru_cache(maxsize=256)
def frustum(key: CameraKey, aspect: float) -> tuple[tuple[Vec3, ...], ...]:
    """Lines of a small camera: four edges, the picture, and which side of it is up."""
    T = np.reshape(key.T_world_camera, (4, 4))
    # Wide pictures would be drawn far too large beside narrow ones.
    high = DEEP * math.tan(min(key.fov, math.radians(60)) / 2)
    wide = high * min(aspect, 4.0)
    flat = [(-wide, -high), (wide, -high), (wide, high), (-wide, high)]
    corners = [_point(T, (x, y, DEEP)) for x, y in flat]
    top = _point(T, (0.0, -1.5 * high, DEEP))
    edges = tuple((key.position, corner) for corner in corners)
    return (*edges, (*corners, corners[0]), (corners[0], top, corners[1]))


def _point(T: np.ndarray, local: Vec3) -> Vec3:
    x, y, z = (T[:3, :3] @ local + T[:3, 3]).tolist()
    return x, y, z
