"""Pieces of geometry with one material each, and the solids they are made from."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int, UInt8

Color = tuple[float, float, float]
"""sRGB in [0, 1]."""
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Part:
    """Triangles with one material. Without normals, faces are shaded flat."""

    vertices: Float[np.ndarray, "vertices 3"]
    faces: Int[np.ndarray, "faces 3"]
    colors: Float[np.ndarray, "vertices 3"]
    """Linear, multiplied with the texture."""
    normals: Float[np.ndarray, "vertices 3"] | None = None
    uv: Float[np.ndarray, "vertices 2"] | None = None
    """(0, 0) is the texture's top left corner."""
    texture: UInt8[np.ndarray, "rows columns channels"] | None = None
    roughness: float = 0.9
    emissive: bool = False

    def moved(self, T: Float[np.ndarray, "4 4"]) -> "Part":
        """A copy under a rigid transform."""
        normals = self.normals if self.normals is None else self.normals @ T[:3, :3].T
        vertices = self.vertices @ T[:3, :3].T + T[:3, 3]
        return replace(self, vertices=vertices, normals=normals)

    def shifted(self, x: float = 0, y: float = 0, z: float = 0) -> "Part":
        """A copy elsewhere."""
        return replace(self, vertices=self.vertices + np.array((x, y, z)))

    def mirrored(self) -> "Part":
        """A copy with left and right (z) exchanged."""
        flip = np.array([1.0, 1.0, -1.0])
        normals = None if self.normals is None else self.normals * flip
        return replace(
            self,
            vertices=self.vertices * flip,
            faces=self.faces[:, ::-1],
            normals=normals,
        )


Mesh = tuple[Part, ...]


def linear(color: Color) -> np.ndarray:
    """sRGB to linear light."""
    c = np.asarray(color, dtype=np.float64)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def part(
    vertices: np.ndarray,
    faces: np.ndarray,
    color: Color = (1, 1, 1),
    normals: np.ndarray | None = None,
    roughness: float = 0.9,
) -> Part:
    """A part of one colour."""
    vertices = vertices.astype(np.float64)
    colors = np.tile(linear(color), (len(vertices), 1))
    return Part(vertices, faces.astype(np.int64), colors, normals, roughness=roughness)


def merge(parts: Iterable[Part]) -> Mesh:
    """The same shapes with as few parts as there are materials."""
    groups: dict[tuple[object, ...], list[Part]] = {}
    for p in parts:
        p = flatten(p) if p.normals is None else p
        key = (id(p.texture), p.uv is None, p.roughness, p.emissive)
        groups.setdefault(key, []).append(p)
    return tuple(_join(group) for group in groups.values())


def _join(parts: list[Part]) -> Part:
    offsets = np.cumsum([0, *(len(p.vertices) for p in parts[:-1])])
    uv = None
    if parts[0].uv is not None:
        uv = np.concatenate([p.uv for p in parts if p.uv is not None])
    return replace(
        parts[0],
        vertices=np.concatenate([p.vertices for p in parts]),
        faces=np.concatenate(
            [p.faces + o for p, o in zip(parts, offsets, strict=True)]
        ),
        colors=np.concatenate([p.colors for p in parts]),
        normals=np.concatenate([p.normals for p in parts if p.normals is not None]),
        uv=uv,
    )


def flatten(p: Part) -> Part:
    """The same part with a normal for each face, so edges look sharp."""
    corners = p.vertices[p.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = normals / np.maximum(length, 1e-12)
    order = p.faces.ravel()
    return replace(
        p,
        vertices=p.vertices[order],
        faces=np.arange(len(order)).reshape(-1, 3),
        colors=p.colors[order],
        normals=np.repeat(normals, 3, 0),
        uv=None if p.uv is None else p.uv[order],
    )


def smooth_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Normals at vertices: of the faces around, weighted by area."""
    corners = vertices[faces]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], face)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


BOX_FACES = np.array(
    [
        *((0, 2, 3), (0, 3, 1), (4, 5, 7), (4, 7, 6), (0, 1, 5), (0, 5, 4)),
        *((2, 6, 7), (2, 7, 3), (0, 4, 6), (0, 6, 2), (1, 3, 7), (1, 7, 5)),
    ]
)


def box(low: Point, high: Point, color: Color, roughness: float = 0.9) -> Part:
    """An upright block between two corners."""
    corners = np.array(
        [
            (x, y, z)
            for x in (low[0], high[0])
            for y in (low[1], high[1])
            for z in (low[2], high[2])
        ]
    )
    # The corners run z fastest, x slowest; faces are wound to look outwards.
    return part(corners, BOX_FACES[:, ::-1], color, roughness=roughness)


def grid_faces(rows: int, columns: int, closed: bool = False) -> np.ndarray:
    """Triangles between neighbours of a grid of vertices, row by row.

    `closed` joins the last column to the first.
    """
    i, j = np.meshgrid(
        np.arange(rows - 1),
        np.arange(columns if closed else columns - 1),
        indexing="ij",
    )
    a, b = i * columns + j, i * columns + (j + 1) % columns
    c, d = a + columns, b + columns
    faces = np.stack([np.stack([a, b, d], -1), np.stack([a, d, c], -1)], 2)
    return faces.reshape(-1, 3)


def tube(
    a: Point,
    b: Point,
    radius: float,
    color: Color,
    end_radius: float | None = None,
    sides: int = 10,
    roughness: float = 0.8,
) -> Part:
    """A closed round bar, or a cone, between two points."""
    start, end = np.array(a, dtype=float), np.array(b, dtype=float)
    axis = (end - start) / np.linalg.norm(end - start)
    across = np.cross(axis, (1.0, 0, 0) if abs(axis[0]) < 0.9 else (0, 1.0, 0))
    across /= np.linalg.norm(across)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)[:, None]
    ring = np.cos(angle) * across + np.sin(angle) * np.cross(axis, across)
    radii = (radius, radius if end_radius is None else end_radius)
    caps = [
        start + 0 * ring,
        start + radii[0] * ring,
        end + radii[1] * ring,
        end + 0 * ring,
    ]
    vertices = np.concatenate([*caps[:2], caps[1], caps[2], *caps[2:]])
    normals = np.concatenate([0 * ring - axis] * 2 + [ring] * 2 + [0 * ring + axis] * 2)
    faces = grid_faces(6, sides, closed=True)
    return part(vertices, faces, color, normals, roughness)


def ball(
    center: Point, radii: Point, color: Color, rings: int = 10, roughness: float = 0.9
) -> Part:
    """An ellipsoid along the axes."""
    theta, phi = np.meshgrid(
        np.linspace(0, np.pi, rings),
        np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False),
        indexing="ij",
    )
    unit = np.stack(
        [np.sin(theta) * np.cos(phi), -np.cos(theta), np.sin(theta) * np.sin(phi)], -1
    ).reshape(-1, 3)
    normals = unit / np.array(radii)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    faces = grid_faces(rings, 2 * rings, closed=True)
    return part(unit * radii + center, faces[:, ::-1], color, normals, roughness)


def capsule(a: Point, b: Point, radius: float, color: Color) -> Mesh:
    """A round bar with round ends, for limbs."""
    r = (radius, radius, radius)
    return (
        tube(a, b, radius, color, sides=12),
        ball(a, r, color, 6),
        ball(b, r, color, 6),
    )


def quad(
    corners: Iterable[Point], texture: np.ndarray, roughness: float = 0.95
) -> Part:
    """A textured rectangle: its corners from the texture's top left, clockwise."""
    vertices = np.array(list(corners), dtype=np.float64)
    uv = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64)
    faces = np.array([(0, 2, 1), (0, 3, 2)])
    shape = part(vertices, faces, roughness=roughness)
    return replace(shape, uv=uv, texture=texture)


def bounds(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and highest coordinates."""
    vertices = np.concatenate([p.vertices for p in mesh])
    return vertices.min(0), vertices.max(0)
