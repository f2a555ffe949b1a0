"""What the free view shows before any neural picture: shapes, as triangles and lines.

Objects are plain bodies of their box's size, with the front marked by glass and lamps;
their light is baked into colours, so that any graphics driver draws them in no time.
All is in the world's axes (y down).
"""

from collections.abc import Sequence as Items
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np

from nsg_core.scene import PlacedBox, Scene, Vec3
from nsg_core.view import View

Rgb = tuple[int, int, int]
SUN = np.array([0.45, -0.8, -0.4]) / np.linalg.norm([0.45, -0.8, -0.4])
SKY: Rgb = (38, 43, 52)
GROUND: Rgb = (30, 34, 40)
GLASS: Rgb = (22, 27, 34)
DARK: Rgb = (16, 17, 20)
FRONT: Rgb = (250, 246, 220)
REAR: Rgb = (190, 44, 40)
REACH = 120.0
"""Metres of ground around the camera."""
NEAR_WAY = 0.09
"""Half the width of a drawn way, in metres."""
WALKERS = ("pedestrian", "person", "person_sitting", "walker")
RIDERS = ("cyclist", "bicycle", "motorcycle")
TALL = ("van", "truck", "tram", "bus", "trailer")


@dataclass(frozen=True, slots=True)
class Solid:
    """Triangles [n 3 3] with a colour each [n 3]; colours below zero: the object's."""

    triangles: np.ndarray
    colours: np.ndarray


@dataclass(frozen=True, slots=True)
class Way:
    """A line on or over the road, as a path."""

    points: tuple[Vec3, ...]
    colour: Rgb


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the picture shows; equal values give equal pictures."""

    view: View
    boxes: tuple[PlacedBox, ...] = ()
    colours: tuple[Rgb, ...] = ()
    """One a box."""
    ground: float = 1.65
    ways: tuple[Way, ...] = ()
    cameras: tuple[View, ...] = ()
    """Drawn as what they see; the first one larger."""


OWN: tuple[float, float, float] = (-1.0, -1.0, -1.0)


def _prism(
    outline: Items[tuple[float, float]],
    low: float,
    high: float,
    colour: Items[float],
    inset: float = 0.0,
) -> Solid:
    """A convex outline (x, y) drawn along z; `inset` narrows it towards its top."""
    points = np.array(outline)
    rise = -points[:, 1]
    lean = inset * (rise - rise.min()) / max(float(np.ptp(rise)), 1e-9)
    left = np.column_stack([points, low + lean])
    right = np.column_stack([points, high - lean])
    faces: list[np.ndarray] = []
    n = len(points)
    for i in range(n):
        j = (i + 1) % n
        faces += [
            np.array([left[i], left[j], right[j]]),
            np.array([left[i], right[j], right[i]]),
        ]
    for i in range(1, n - 1):
        faces += [left[[0, i, i + 1]], right[[0, i + 1, i]]]
    triangles = np.stack(faces)
    return Solid(triangles, np.tile(np.asarray(colour, float), (len(faces), 1)))


def _box(low: Vec3, high: Vec3, colour: Items[float]) -> Solid:
    x0, y0, z0 = low
    x1, y1, z1 = high
    return _prism(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), z0, z1, colour)


def _wheels(x: float, rx: float, ry: float, z: float = 0.5) -> list[Solid]:
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    found: list[Solid] = []
    for middle in (-x, x):
        ring = [(middle + rx * np.cos(a), -ry + ry * np.sin(a)) for a in turn]
        for side in (-z, z - 0.14):
            found.append(_prism(ring, side, side + 0.14, DARK))
    return found


def _joined(parts: list[Solid]) -> Solid:
    return Solid(
        np.concatenate([part.triangles for part in parts]),
        np.concatenate([part.colours for part in parts]),
    )


def _car() -> list[Solid]:
    body = ((-0.5, -0.2), (0.5, -0.2), (0.5, -0.46), (0.24, -0.56), (-0.5, -0.62))
    cabin = ((-0.46, -0.6), (0.2, -0.56), (0.02, -0.95), (-0.34, -0.95))
    roof = ((-0.34, -0.94), (0.02, -0.94), (0.0, -1.0), (-0.32, -1.0))
    return [
        _prism(body, -0.5, 0.5, OWN),
        _prism(cabin, -0.46, 0.46, GLASS, inset=0.06),
        _prism(roof, -0.41, 0.41, OWN),
        *_wheels(0.31, 0.085, 0.21),
        *_lamps(-0.4, 0.5),
    ]


def _van() -> list[Solid]:
    side = ((-0.5, -0.14), (0.5, -0.14), (0.5, -0.45), (0.4, -1.0), (-0.5, -1.0))
    pane = ((0.502, -0.5), (0.512, -0.5), (0.424, -0.94), (0.412, -0.94))
    window = ((0.16, -0.56), (0.42, -0.56), (0.37, -0.86), (0.16, -0.86))
    return [
        _prism(side, -0.5, 0.5, OWN),
        _prism(pane, -0.44, 0.44, GLASS),
        _prism(window, -0.505, -0.498, GLASS),
        _prism(window, 0.498, 0.505, GLASS),
        *_wheels(0.32, 0.08, 0.17),
        *_lamps(-0.32, 0.5),
    ]


def _lamps(y: float, x: float) -> list[Solid]:
    found: list[Solid] = []
    for z in (-0.44, 0.24):
        found.append(
            _box((x - 0.01, y - 0.05, z), (x + 0.008, y + 0.05, z + 0.2), FRONT)
        )
        found.append(
            _box((-x - 0.008, y - 0.1, z), (-x + 0.01, y - 0.02, z + 0.2), REAR)
        )
    return found


def _body(foot: float) -> list[Solid]:
    """Somebody who looks along +x."""
    chest = ((-0.3, -foot), (0.3, -foot), (0.36, -0.8), (-0.32, -0.8))
    head = ((-0.2, -0.83), (0.2, -0.83), (0.24, -0.92), (0.12, -1.0), (-0.16, -1.0))
    return [
        _prism(chest, -0.42, 0.42, OWN, inset=0.06),
        _prism(head, -0.22, 0.22, OWN),
        _box((0.2, -0.95, -0.14), (0.28, -0.88, 0.14), FRONT),
    ]


def _walker() -> list[Solid]:
    legs = [_box((-0.2, -0.5, z), (0.2, 0.0, z + 0.26), DARK) for z in (-0.34, 0.08)]
    return [*legs, *_body(0.48)]


def _rider() -> list[Solid]:
    frame = ((-0.3, -0.18), (0.3, -0.18), (0.34, -0.55), (-0.2, -0.5))
    small = [
        Solid(part.triangles * (0.42, 1.0, 0.9), part.colours) for part in _body(0.5)
    ]
    wheels = [
        Solid(part.triangles * (1.0, 1.0, 0.3), part.colours)
        for part in _wheels(0.31, 0.19, 0.19)
    ]
    return [_prism(frame, -0.06, 0.06, DARK), *wheels, *small]


def _thing() -> list[Solid]:
    """Of what has no shape of its own: a box with a wedge for its front."""
    side = ((-0.5, 0.0), (0.5, 0.0), (0.5, -0.7), (0.34, -1.0), (-0.5, -1.0))
    return [_prism(side, -0.5, 0.5, OWN), *_lamps(-0.4, 0.5)]


@cache
def shape_of(category: str) -> Solid:
    """The body of a class, in a box of length, height and width 1."""
    name = category.lower()
    kinds = ((WALKERS, _walker), (RIDERS, _rider), (TALL, _van), (("car",), _car))
    for names, make in kinds:
        if name in names:
            return _joined(make())
    return _joined(_thing())


def lit(triangles: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Colours in [0, 1] under a low sun and a pale sky [n 3]."""
    a, b = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    normals = np.cross(a, b)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    # Which way round a triangle is drawn says nothing here: outlines go either way.
    towards = np.abs(normals @ SUN)
    return (
        colours * (0.46 + 0.5 * towards + 0.08 * np.abs(normals[:, 1]))[:, None] / 255
    )


def object_triangles(shown: Shown) -> tuple[np.ndarray, np.ndarray]:
    """All objects and their shadows: triangles [n 3 3] and colours [n 3]."""
    triangles, colours = [np.zeros((0, 3, 3))], [np.zeros((0, 3))]
    for box, own in zip(shown.boxes, shown.colours, strict=True):
        placed, shades = _placed(box, own, shown.ground)
        triangles.append(placed)
        colours.append(shades)
    return np.concatenate(triangles), np.concatenate(colours)


@lru_cache(maxsize=1024)
def _placed(box: PlacedBox, own: Rgb, ground: float) -> tuple[np.ndarray, np.ndarray]:
    """One object and its shadow: most of them stand still while one is moved."""
    solid = shape_of(box.category)
    T = box.pose.T_world_object()
    size = np.array([box.size.length, box.size.height, box.size.width])
    placed = (solid.triangles * size) @ T[:3, :3].T + T[:3, 3]
    mine = np.where(solid.colours < 0, own, solid.colours)
    triangles = np.concatenate([placed, _shadow(box, T, ground)])
    return triangles, np.concatenate([lit(placed, mine), np.full((2, 3), 0.055)])


def _shadow(box: PlacedBox, T: np.ndarray, ground: float) -> np.ndarray:
    """A dark patch on the road under a box, however high it floats."""
    x, z = box.size.length / 2 + 0.08, box.size.width / 2 + 0.08
    corners = np.array([[x, 0, z], [x, 0, -z], [-x, 0, -z], [-x, 0, z]])
    placed = corners @ T[:3, :3].T + T[:3, 3]
    placed[:, 1] = min(ground, box.pose.position[1]) - 0.012
    if box.pose.position[1] < ground - 0.3:
        placed[:, 1] = ground - 0.012
    return placed[[[0, 1, 2], [0, 2, 3]]]


def way_triangles(ways: tuple[Way, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Ways as narrow bands that lie on the road."""
    triangles, colours = [np.zeros((0, 3, 3))], [np.zeros((0, 3))]
    for way in ways:
        points = np.array(way.points)
        steps = np.diff(points, axis=0)
        length = np.hypot(steps[:, 0], steps[:, 2])
        kept = length > 0.02
        a, b, along = points[:-1][kept], points[1:][kept], steps[kept]
        if not len(a):
            continue
        side = np.stack([-along[:, 2], np.zeros(len(a)), along[:, 0]], 1)
        side *= NEAR_WAY / length[kept][:, None]
        up = np.array([0.0, -0.03, 0.0])
        quads = np.stack([a - side, a + side, b + side, b - side], 1) + up
        triangles.append(quads[:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3, 3))
        colours.append(np.tile(np.array(way.colour) / 255, (2 * len(a), 1)))
    return np.concatenate(triangles), np.concatenate(colours)


def ground_patch(x: float, y: float, z: float) -> tuple[np.ndarray, np.ndarray]:
    """The ground: a wide square that fades into the sky, as triangles and colours of
    corners [n 3 3], [n 3 3]."""
    turn = np.linspace(0, 2 * np.pi, 33)
    near, far = 0.45 * REACH, 3.0 * REACH
    ring = np.stack([np.cos(turn), np.zeros(33), np.sin(turn)], 1)
    middle = np.array([x, y, z])
    inner, outer = middle + near * ring, middle + far * ring
    inside, sky = np.array(GROUND) / 255, np.array(SKY) / 255
    faces, colours = list[np.ndarray](), list[np.ndarray]()
    for i in range(32):
        faces += [
            np.array([middle, inner[i], inner[i + 1]]),
            np.array([inner[i], outer[i], outer[i + 1]]),
            np.array([inner[i], outer[i + 1], inner[i + 1]]),
        ]
        colours += [
            np.array([inside, inside, inside]),
            np.array([inside, sky, sky]),
            np.array([inside, sky, inside]),
        ]
    return np.stack(faces), np.stack(colours)


def grid_lines(x: float, y: float, z: float) -> tuple[np.ndarray, np.ndarray]:
    """Lines on the ground every two metres, stronger every ten, in the world's axes;
    points of segments [n 2 3] and their colours [n 2 3], which fade with distance."""
    segments, colours = list[np.ndarray](), list[np.ndarray]()
    ground = np.array(GROUND) / 255
    for step, reach, light in ((2.0, 40.0, 0.06), (10.0, REACH, 0.14)):
        x0, z0 = round(x / step) * step, round(z / step) * step
        marks = np.arange(-reach, reach + step / 2, step)
        cuts = np.linspace(-reach, reach, 13)
        for mark in marks:
            for a, b in pairwise(cuts):
                rows = [[x0 + mark, y, z0 + a], [x0 + mark, y, z0 + b]]
                columns = [[x0 + a, y, z0 + mark], [x0 + b, y, z0 + mark]]
                fade = [
                    max(0.0, 1 - np.hypot(mark, end) / reach) * light for end in (a, b)
                ]
                shades = np.array([ground + f for f in fade])
                segments += [np.array(rows), np.array(columns)]
                colours += [shades, shades]
    lifted = np.stack(segments)
    lifted[..., 1] -= 0.006
    return lifted, np.stack(colours)


def frustum_lines(cameras: tuple[View, ...]) -> tuple[np.ndarray, np.ndarray]:
    """What cameras see, as small pyramids; the first one is larger and brighter."""
    segments, colours = [np.zeros((0, 2, 3))], [np.zeros((0, 2, 3))]
    for i, view in enumerate(cameras):
        depth, shade = (2.4, (0.35, 0.65, 1.0)) if i == 0 else (0.5, (0.3, 0.38, 0.5))
        u = np.array([-0.5, view.width - 0.5, view.width - 0.5, -0.5])
        v = np.array([-0.5, -0.5, view.height - 0.5, view.height - 0.5])
        local = np.stack(
            [(u - view.cx) / view.fx, (v - view.cy) / view.fy, np.ones(4)], 1
        )
        T = view.matrix()
        corners = depth * local @ T[:3, :3].T + T[:3, 3]
        eye = np.broadcast_to(T[:3, 3], (4, 3))
        lines = [
            np.stack([eye, corners], 1),
            np.stack([corners, np.roll(corners, -1, 0)], 1),
        ]
        segments += lines
        colours += [np.broadcast_to(shade, line.shape) for line in lines]
    return np.concatenate(segments), np.concatenate(colours)


def recorded_ways(scene: Scene, colours: dict[int, Rgb], ego: Rgb) -> tuple[Way, ...]:
    """The way of the recorded car on the road, and those of all objects."""
    first = scene.cameras[0]
    drop = 1.65
    way = tuple((T[3], T[7] + drop, T[11]) for T in first.Ts_world_camera)
    found = [Way(way, ego)]
    for node in scene.objects:
        points = tuple(pose.position for pose in node.track.poses)
        found.append(Way(points, colours[node.track_id]))
    return tuple(found)
