"""Measured depth: pictures of it, and scans of a lidar projected into a camera.

Depth is metres along the camera's axis, 0 where nothing was measured.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image

from nsg_core.errors import FileError
from nsg_core.scene import Camera

MEND = "Copy the file again, or delete it: training goes on without it."
ROW = 4 * 4
"""Bytes of a point of a scan: x, y, z and reflectance, 32-bit floats."""
NEAREST = 0.5
"""Metres; nearer points are on the vehicle itself."""
CELL = 6
"""Pixels along the edge of the cells in which near points hide far ones."""
HIDDEN = 1.25
"""Depth over the least one nearby from which a point is taken to be hidden: a lidar
looks over and past what hides it from a camera beside it."""

SAME = 0.05
"""Relative difference up to which depths of a pixel are of one surface."""

Depth = Float[np.ndarray, "height width"]


def read_depth(path: Path) -> Depth:
    """A 16-bit picture of depth, metres * 256; FileError names a bad file."""
    expected = "a 16-bit grey picture of depth, metres * 256"
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image)
    except FileNotFoundError:
        raise FileError(path, expected, "no such file", MEND) from None
    except (OSError, SyntaxError, ValueError) as error:
        raise FileError(path, expected, f"{error}", MEND) from None
    if pixels.ndim != 2 or pixels.dtype.itemsize < 2 or pixels.dtype.kind not in "ui":
        found = f"{pixels.dtype} of shape {pixels.shape}"
        raise FileError(path, expected, found, MEND)
    return pixels.astype(np.float32) / 256


def read_scan(path: Path) -> Float[np.ndarray, "points 3"]:
    """The points of a scan in the lidar's frame; those without a place are left out.

    KITTI's format: x, y, z and reflectance as 32-bit floats, nothing else. Raises
    FileError where the file is missing or was cut off within a point.
    """
    expected = f"a lidar scan: a multiple of {ROW} bytes"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileError(path, expected, "no such file", MEND) from None
    except OSError as error:
        raise FileError(path, expected, f"{error.strerror}", MEND) from None
    if len(data) % ROW or not data:
        raise FileError(path, expected, f"{len(data)} bytes", MEND)
    points = np.frombuffer(data, "<f4").reshape(-1, 4)[:, :3]
    # Noise far beyond any lidar's reach would overflow in the projection.
    with np.errstate(invalid="ignore"):
        sound = (np.abs(points) < 1e4).all(1)
    return points[sound]


def project_scan(
    points: Float[np.ndarray, "points 3"],
    T_camera_lidar: Float[np.ndarray, "4 4"],
    camera: Camera,
) -> Depth:
    """What a camera sees of a scan: at each pixel the nearest point's depth."""
    local = points @ T_camera_lidar[:3, :3].T + T_camera_lidar[:3, 3]
    x, y, z = local[local[:, 2] > NEAREST].T
    column = np.round(camera.fx * x / z + camera.cx)
    row = np.round(camera.fy * y / z + camera.cy)
    inside = (column >= 0) & (column < camera.width)
    inside &= (row >= 0) & (row < camera.height)
    u, v = column[inside].astype(int), row[inside].astype(int)
    z = z[inside].astype(np.float32)
    seen = z < HIDDEN * _nearest_around(u, v, z, camera)
    depth = np.full((camera.height, camera.width), np.inf, np.float32)
    np.minimum.at(depth, (v[seen], u[seen]), z[seen])
    return np.where(np.isfinite(depth), depth, 0).astype(np.float32)


def _nearest_around(
    u: np.ndarray, v: np.ndarray, z: np.ndarray, camera: Camera
) -> np.ndarray:
    """The least depth in the cell of each point and in the eight around it."""
    rows, columns = camera.height // CELL + 3, camera.width // CELL + 3
    least = np.full((rows, columns), np.inf, np.float32)
    i, j = v // CELL + 1, u // CELL + 1
    np.minimum.at(least, (i, j), z)
    around = [least[i + a, j + b] for a in (-1, 0, 1) for b in (-1, 0, 1)]
    return np.min(around, axis=0)


def shrink_depth(
    depth: Depth, size: tuple[int, int]
) -> Float[np.ndarray, "rows columns"]:
    """Depth for a smaller picture (width, height), never from two surfaces at once.

    Of what a new pixel covers, depths near their median are averaged as inverses, which
    is exact on planes.
    """
    height, width = depth.shape
    if (width, height) == size:
        return depth
    rows = _parts(height, size[1])
    columns = _parts(width, size[0])
    most = int(np.bincount(rows).max()) * int(np.bincount(columns).max())
    known = np.argwhere(depth > 0)
    values = depth[known[:, 0], known[:, 1]]
    cell = rows[known[:, 0]] * size[0] + columns[known[:, 1]]
    # By cell and then by depth, so that the rows of a cell lie in order.
    order = np.lexsort((values, cell))
    cell, values = cell[order], values[order]
    counts = np.bincount(cell, minlength=size[0] * size[1])
    starts = np.cumsum(counts) - counts
    stack = np.full((size[0] * size[1], most), np.nan, np.float32)
    stack[cell, np.arange(len(cell)) - starts[cell]] = values
    middle = stack[np.arange(len(stack)), np.maximum(counts - 1, 0) // 2]
    with np.errstate(invalid="ignore"):
        near = np.abs(stack - middle[:, None]) <= SAME * middle[:, None]
        inverse = np.where(near, 1 / stack, 0).sum(1)
    shrunk = np.divide(near.sum(1), inverse, where=counts > 0, out=np.zeros(len(stack)))
    return shrunk.reshape(size[1], size[0]).astype(np.float32)


def _parts(length: int, parts: int) -> np.ndarray:
    """Which of some equal parts each place along an edge falls into."""
    return ((np.arange(length) + 0.5) * parts / length).astype(int)
