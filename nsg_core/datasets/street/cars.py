"""Cars: a body lofted along its length, painted from the side, top, front and rear.

A body is a grid of vertices: stations along x (rear to front) times a ring around the
section. A vertex belongs to the picture of that side to which its face looks.
"""

from dataclasses import replace

import numpy as np

from nsg_core.datasets.street.car_models import VAN, Model, roof_height
from nsg_core.datasets.street.car_paint import Atlas, paint_car
from nsg_core.datasets.street.parts import (
    Color,
    Mesh,
    Part,
    ball,
    grid_faces,
    merge,
    part,
    smooth_normals,
    tube,
)

STATIONS, SIDE, TOP = 52, 14, 8
CLEARANCE = 0.19


def car(model: Model, paint: Color, plate: str = "") -> Mesh:
    """A car whose box is centred in x and z and stands on y = 0."""
    return merge([_body(model, paint, plate), *_wheels(model), *_mirrors(model, paint)])


def _half_width(m: Model, share: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Plan view: round ends; section: tucked in below, leaning in above the belt."""
    end = np.minimum(share, 1 - share) * m.length
    plan = 1 - 0.20 * np.clip(1 - end / 0.75, 0, 1) ** 2.4
    low = 1 - 0.10 * np.clip((0.55 - height) / 0.38, 0, 1) ** 2
    lean = 0.155 if m is not VAN else 0.07
    above = np.clip((height - m.belt) / (m.height - m.belt), 0, 1)
    shoulder = 1 - 0.025 * np.clip((height - m.belt + 0.22) / 0.22, 0, 1)
    return 0.5 * m.width * plan * low * shoulder * (1 - lean * above)


def _stations() -> np.ndarray:
    """Shares of the length, closer together at the bumpers."""
    t = np.linspace(0, 1, STATIONS)
    return t - 0.75 * np.sin(2 * np.pi * t) / (2 * np.pi)


def _body(m: Model, paint: Color, plate: str) -> Part:
    share = _stations()[:, None]
    top = roof_height(m, share)
    end = np.minimum(share, 1 - share) * m.length
    bottom = CLEARANCE + 0.10 * np.clip(1 - end / 0.35, 0, 1)
    # One half of a section: up the side, round the shoulder, over to the middle.
    up = np.linspace(0, 1, SIDE) ** 0.9
    corner = np.minimum(0.10, 0.3 * (top - bottom))
    height = bottom + (top - corner - bottom) * up
    width = _half_width(m, share, height)
    turn = np.linspace(0, np.pi / 2, TOP)[1:]
    crown = 0.35 * corner
    over = width[:, -1:] * np.cos(turn) ** 0.55
    round_up = top - corner + (corner - crown) * np.sin(turn) ** 0.7
    round_up = round_up + crown * np.sin(turn) ** 4
    half_z = np.concatenate([width, over], 1)
    half_y = np.concatenate([height, round_up], 1)
    under = np.zeros((STATIONS, 1))
    z = np.concatenate([under, half_z, -half_z[:, -2::-1], under], 1)
    y = np.concatenate([bottom, half_y, half_y[:, -2::-1], bottom], 1)
    x = (share - 0.5) * m.length + 0 * z
    vertices = np.stack([x, -y, z], -1)
    return _painted(m, vertices, paint_car(m, paint, plate))


def _painted(m: Model, grid: np.ndarray, atlas: Atlas) -> Part:
    """Skin and end caps with the atlas, each face on the picture it looks at."""
    stations, ring = grid.shape[:2]
    vertices = grid.reshape(-1, 3)
    faces = grid_faces(stations, ring)
    normals = smooth_normals(vertices, faces)
    caps = [_cap(grid[0], -1.0), _cap(grid[-1], 1.0)]
    skin = part(vertices, faces, normals=normals)
    pieces = []
    for p in (skin, *caps):
        assert p.normals is not None
        corners = p.vertices[p.faces]
        flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        order = p.faces.ravel()
        where, facing = p.vertices[order], np.repeat(flat, 3, 0)
        uv = atlas.uv(m, where, facing)
        pieces.append(np.concatenate([where, p.normals[order], uv], 1))
    # Corners of neighbours on the same picture are one vertex again.
    rows, faces = np.unique(np.concatenate(pieces), axis=0, return_inverse=True)
    # Light that the road takes away below: the skin is darker near the ground.
    shade = np.clip(0.45 - 0.75 * rows[:, 1:2], 0.45, 1.0)
    return Part(
        rows[:, :3],
        faces.reshape(-1, 3),
        np.repeat(shade, 3, 1),
        rows[:, 3:6],
        rows[:, 6:],
        atlas.pixels,
        roughness=0.32,
    )


def _cap(ring: np.ndarray, direction: float) -> Part:
    middle = ring.mean(0, keepdims=True) + np.array((0.02 * direction, 0, 0))
    vertices = np.concatenate([ring, middle])
    n = len(ring)
    i = np.arange(n)
    faces = np.stack([i, (i + 1) % n, np.full(n, n)], -1)
    if direction < 0:
        faces = faces[:, ::-1]
    normals = np.tile((direction, 0.0, 0.0), (n + 1, 1))
    return part(vertices, faces, normals=normals)


def _wheels(m: Model) -> list[Part]:
    parts = []
    for axle in m.wheels:
        x = (axle - 0.5) * m.length
        for side in (-1.0, 1.0):
            parts += _wheel(x, side * (0.5 * m.width - 0.015), side, m.radius)
    return parts


def _wheel(x: float, z: float, side: float, r: float) -> list[Part]:
    """A tyre, a rim and five spokes, all on one axis."""
    y, inner = -r, z - side * 0.20
    tyre, metal = (0.055, 0.055, 0.06), (0.62, 0.64, 0.66)
    hub = (x, y, z + side * 0.006)
    parts = [tube((x, y, inner), (x, y, z), r, tyre, sides=28)]
    parts += [
        tube(
            (x, y, z - side * 0.05),
            (x, y, z + side * 0.002),
            0.72 * r,
            (0.12, 0.12, 0.13),
            sides=24,
        )
    ]
    for spoke in range(5):
        angle = 2 * np.pi * spoke / 5 + 0.3
        tip = (x + 0.68 * r * np.cos(angle), y + 0.68 * r * np.sin(angle), hub[2])
        parts.append(tube(hub, tip, 0.032, metal, sides=6, roughness=0.4))
    parts.append(
        tube(
            (x, y, z), (x, y, z + side * 0.03), 0.18 * r, metal, sides=12, roughness=0.4
        )
    )
    return parts


def _mirrors(m: Model, paint: Color) -> list[Part]:

    x = (m.cabin[3] - 0.055 - 0.5) * m.length
    shades = []
    for side in (-1.0, 1.0):
        z = side * (0.5 * m.width * 0.985 + 0.02)
        shell = ball((x, -m.belt - 0.07, z), (0.06, 0.075, 0.11), paint, 8)
        shades.append(replace(shell, colors=shell.colors * 0.9))
    return shades
