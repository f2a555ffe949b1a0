"""Trees, hedges and street furniture."""

from dataclasses import replace

import numpy as np

from nsg_core.datasets.street.parts import (
    Color,
    Mesh,
    Part,
    Point,
    ball,
    box,
    linear,
    merge,
    part,
    tube,
)
from nsg_core.datasets.street.textures import Random

BARK, IRON = (0.28, 0.22, 0.17), (0.22, 0.24, 0.25)


def tree(random: Random, place: Point, height: float, leaf: Color) -> Mesh:
    """A trunk, a few boughs and a crown of leaf clusters around their ends."""
    x, y, z = place
    fork = y - 0.36 * height
    parts = [tube(place, (x, fork, z), 0.17, BARK, 0.11, 9)]
    centers = []
    for k in range(6):
        angle = k * 2 * np.pi / 5 + random.uniform(-0.4, 0.4)
        reach = 0.20 * height * random.uniform(0.55, 1.0) if k < 5 else 0.0
        end = (
            x + reach * np.cos(angle),
            y - height * random.uniform(0.58, 0.76) - 0.08 * height * (k == 5),
            z + reach * np.sin(angle),
        )
        parts.append(tube((x, fork, z), end, 0.075, BARK, 0.03, 6))
        centers.append(end)
    size = 0.20 * height
    crown = [_leaves(random, c, size, leaf, (x, y - 0.62 * height, z)) for c in centers]
    return merge([*parts, *crown])


def _leaves(
    random: Random, center: Point, size: float, color: Color, middle: Point
) -> Part:
    """A cluster of small leaf tufts, lit as one round shape and dark inside."""
    count = 300
    way = random.standard_normal((count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    depth = random.uniform(0.55, 1.0, (count, 1)) ** 0.5
    at = center + way * depth * size * (1.0, 0.85, 1.0)
    a, b = random.standard_normal((2, count, 3))
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    b -= a * (a * b).sum(1, keepdims=True)
    b /= np.linalg.norm(b, axis=1, keepdims=True)
    half = random.uniform(0.07, 0.15, (count, 1)) * (size / 1.3)
    corners = np.stack([at - half * a, at + half * b, at + half * a, at - half * b], 1)
    outward = (
        0.6 * way + 0.4 * (at - middle) / np.linalg.norm(at - middle, axis=1)[:, None]
    )
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    base = np.arange(count)[:, None] * 4
    front = np.concatenate([base + np.array(c) for c in ((0, 1, 2), (0, 2, 3))])
    faces = np.concatenate([front, front[:, ::-1]])
    tuft = part(corners.reshape(-1, 3), faces, color, np.repeat(outward, 4, 0))
    # Inner tufts and those below get less light; each has a hue of its own.
    light = 0.45 + 0.55 * (depth - 0.74) / 0.26 - 0.22 * way[:, 1:2]
    hue = 1 + 0.14 * random.standard_normal((count, 3))
    tone = np.clip(light * hue, 0.15, 1.5)
    return replace(tuft, colors=linear(color) * np.repeat(tone, 4, 0))


def hedge(random: Random, low: Point, high: Point, leaf: Color) -> Mesh:
    """A clipped hedge between two corners."""
    body = box(low, high, tuple(0.55 * c for c in leaf))  # pyright: ignore[reportArgumentType]
    span = np.array(high) - np.array(low)
    tufts = []
    for _ in range(max(2, int(span[2] / 0.7))):
        at = np.array(low) + random.uniform(0.1, 0.9, 3) * span
        center = (float(at[0]), float(low[1] + 0.25), float(at[2]))
        tufts.append(_leaves(random, center, 0.5, leaf, (center[0], 0.0, center[2])))
    return merge([body, *tufts])


def lamp_post(place: Point, towards: float) -> Mesh:
    """A street lamp 6.2 m tall whose arm reaches over the road (along x)."""
    x, y, z = place
    top = (x, y - 6.0, z)
    tip = (x + 1.3 * towards, y - 6.25, z)
    low, high = sorted((tip[0] - 0.1 * towards, tip[0] + 0.55 * towards))
    return merge(
        [
            tube(place, (x, y - 1.0, z), 0.09, IRON, 0.08),
            tube((x, y - 1.0, z), top, 0.07, IRON, 0.045),
            tube(top, tip, 0.04, IRON),
            box((low, tip[1] - 0.06, z - 0.12), (high, tip[1] + 0.04, z + 0.12), IRON),
            box(
                (low + 0.05, tip[1] + 0.04, z - 0.09),
                (high - 0.05, tip[1] + 0.06, z + 0.09),
                (0.95, 0.95, 0.9),
            ),
        ]
    )


def sign(place: Point, kind: str) -> Mesh:
    """A round or square traffic sign that faces the driver (looks along -z)."""
    x, y, z = place
    parts = [tube(place, (x, y - 2.7, z), 0.035, (0.55, 0.56, 0.57))]
    face = y - 2.4
    if kind == "round":
        rings = ((0.32, (0.78, 0.06, 0.07), 0.05), (0.24, (0.95, 0.95, 0.94), 0.06))
        for radius, color, reach in rings:
            parts.append(
                tube((x, face, z), (x, face, z - reach), radius, color, sides=28)
            )
        parts.append(
            box(
                (x - 0.13, face - 0.03, z - 0.068),
                (x + 0.13, face + 0.03, z - 0.05),
                (0.1, 0.1, 0.1),
            )
        )
    else:
        parts.append(
            box(
                (x - 0.3, face - 0.3, z - 0.05),
                (x + 0.3, face + 0.3, z - 0.02),
                (0.08, 0.25, 0.62),
            )
        )
        parts.append(
            box(
                (x - 0.06, face - 0.2, z - 0.06),
                (x + 0.0, face + 0.2, z - 0.04),
                (0.95, 0.95, 0.95),
            )
        )
        parts.append(
            box(
                (x - 0.06, face - 0.2, z - 0.06),
                (x + 0.15, face + 0.02, z - 0.045),
                (0.95, 0.95, 0.95),
            )
        )
    return merge(parts)


def bin_and_bench(place: Point, side: float) -> Mesh:
    """A litter bin and a bench with its back to the houses (they are at `side`)."""
    x, y, z = place
    wood = (0.47, 0.31, 0.19)
    parts = [tube((x, y, z), (x, y - 0.85, z), 0.22, (0.16, 0.30, 0.22), 0.25, 14)]
    parts.append(ball((x, y - 0.85, z), (0.25, 0.12, 0.25), (0.13, 0.24, 0.18)))
    for k in range(3):
        seat = x + side * (0.02 + 0.14 * k)
        low, high = sorted((seat, seat + side * 0.11))
        parts.append(box((low, y - 0.47, z + 0.8), (high, y - 0.43, z + 2.5), wood))
    low, high = sorted((x + side * 0.46, x + side * 0.50))
    for k in range(2):
        height = y - 0.62 - 0.16 * k
        parts.append(box((low, height - 0.11, z + 0.8), (high, height, z + 2.5), wood))
    for foot in (z + 0.95, z + 2.3):
        low, high = sorted((x, x + side * 0.5))
        parts.append(box((low, y - 0.43, foot), (high, y, foot + 0.06), IRON))
    return merge(parts)
