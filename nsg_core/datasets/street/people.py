"""A walking pedestrian and a cyclist, from bars and balls."""

import math
from itertools import pairwise

import numpy as np

from nsg_core.datasets.street.parts import (
    Color,
    Mesh,
    Point,
    ball,
    box,
    capsule,
    merge,
    tube,
)

SKIN, HAIR, SHOE = (0.80, 0.58, 0.46), (0.16, 0.11, 0.08), (0.10, 0.09, 0.09)
PHASES = 8
"""Pictures of a gait that repeats."""


def pedestrian(phase: int, coat: Color, trousers: Color) -> Mesh:
    """Somebody 1.76 m tall who walks along +x, in one of PHASES moments of a stride."""
    swing = math.sin(2 * math.pi * phase / PHASES)
    bob = 0.02 * abs(swing)
    parts = []
    for side in (-1.0, 1.0):
        parts += _leg(side, side * swing, trousers, bob)
        parts += _arm(side, -side * swing, coat, bob)
    hip, neck = -0.93 + bob, -1.47 + bob
    parts += [
        *capsule((0.0, hip, -0.06), (0.0, hip, 0.06), 0.125, trousers),
        tube((0.0, hip + 0.10, 0), (0.01, -1.18 + bob, 0), 0.185, coat, 0.165, 16),
        tube((0.01, -1.18 + bob, 0), (0.01, -1.40 + bob, 0), 0.165, coat, 0.20, 16),
        ball((0.01, -1.40 + bob, 0), (0.13, 0.09, 0.215), coat),
        tube((0.01, neck + 0.02, 0), (0.02, neck - 0.06, 0), 0.055, SKIN),
        ball((0.035, -1.63 + bob, 0), (0.098, 0.128, 0.082), SKIN, 12),
        ball((0.012, -1.67 + bob, 0), (0.105, 0.105, 0.092), HAIR, 12),
        ball((-0.17, -1.22 + bob, 0), (0.10, 0.21, 0.15), (0.45, 0.12, 0.10), 12),
    ]
    return merge(parts)


def _leg(side: float, swing: float, color: Color, bob: float) -> Mesh:
    hip = (0.0, -0.92 + bob, 0.085 * side)
    thigh = 0.42 * swing
    knee = _hang(hip, thigh, 0.44)
    # The leg behind bends at the knee.
    ankle = _hang(knee, thigh - 0.35 * max(0.0, -swing) - 0.05, 0.40)
    toe = (ankle[0] + 0.15, min(ankle[1] + 0.035, -0.045), ankle[2])
    heel = (ankle[0] - 0.03, min(ankle[1] + 0.03, -0.045), ankle[2])
    return (
        *capsule(hip, knee, 0.082, color),
        *capsule(knee, ankle, 0.062, color),
        *capsule(heel, toe, 0.045, SHOE),
    )


def _arm(side: float, swing: float, color: Color, bob: float) -> Mesh:
    shoulder = (0.01, -1.40 + bob, 0.225 * side)
    elbow = _hang(shoulder, 0.40 * swing, 0.29)
    hand = _hang(elbow, 0.40 * swing + 0.35, 0.25)
    return (
        *capsule(shoulder, elbow, 0.055, color),
        *capsule(elbow, hand, 0.045, color),
        ball(hand, (0.05, 0.055, 0.04), SKIN, 6),
    )


def _hang(joint: Point, angle: float, length: float) -> Point:
    """Where a limb ends that hangs from a joint, turned forward by an angle."""
    x, y, z = joint
    return (x + length * math.sin(angle), y + length * math.cos(angle), z)


def cyclist(phase: int, jacket: Color, frame: Color) -> Mesh:
    """A rider on a bicycle along +x, in one of PHASES moments of pedalling."""
    turn = 2 * math.pi * phase / PHASES
    rear, front, crank = (-0.52, -0.34, 0.0), (0.53, -0.34, 0.0), (-0.06, -0.29, 0.0)
    seat, head = (-0.22, -0.90, 0.0), (0.36, -0.92, 0.0)
    parts = [*_spokes(rear, turn), *_spokes(front, turn)]
    for a, b in (
        (rear, crank),
        (crank, seat),
        (rear, seat),
        (crank, head),
        (seat, head),
    ):
        parts.append(tube(a, b, 0.022, frame, sides=8, roughness=0.4))
    parts.append(tube(head, front, 0.02, frame, sides=8, roughness=0.4))
    parts.append(box((-0.34, -0.97, -0.07), (-0.10, -0.92, 0.07), (0.08, 0.08, 0.08)))
    bar = (0.40, -1.03, 0.0)
    parts.append(tube(head, bar, 0.016, (0.2, 0.2, 0.2)))
    parts.append(
        tube((0.36, -1.03, -0.26), (0.36, -1.03, 0.26), 0.016, (0.2, 0.2, 0.2))
    )
    hip, neck = (-0.20, -1.02, 0.0), (0.12, -1.47, 0.0)
    for side in (-1.0, 1.0):
        parts += _pedalling(side, turn, crank, (0.14, 0.15, 0.22))
        shoulder = (0.10, -1.41, 0.19 * side)
        elbow, hand = (0.22, -1.16, 0.27 * side), (0.38, -1.05, 0.24 * side)
        parts += [
            *capsule(shoulder, elbow, 0.052, jacket),
            *capsule(elbow, hand, 0.042, jacket),
        ]
    parts += [
        tube(hip, neck, 0.155, jacket, 0.17, 16),
        ball((0.10, -1.42, 0), (0.13, 0.10, 0.21), jacket),
        ball(hip, (0.16, 0.13, 0.17), (0.14, 0.15, 0.22)),
        ball((0.20, -1.62, 0), (0.098, 0.125, 0.082), SKIN, 12),
        ball((0.19, -1.68, 0), (0.135, 0.085, 0.098), (0.85, 0.86, 0.88), 12),
    ]
    return merge(parts)


def _spokes(hub: Point, turn: float) -> Mesh:
    r, n, rubber = 0.33, 22, (0.06, 0.06, 0.06)
    angles = np.linspace(0, 2 * np.pi, n + 1) + turn
    rim = [(hub[0] + r * np.cos(a), hub[1] + r * np.sin(a), 0.0) for a in angles]
    parts = [tube(a, b, 0.019, rubber, sides=6) for a, b in pairwise(rim)]
    parts += [tube(hub, p, 0.005, (0.6, 0.6, 0.6), sides=4) for p in rim[:-1:2]]
    return tuple(parts)


def _pedalling(side: float, turn: float, crank: Point, color: Color) -> Mesh:
    angle = turn + (0 if side < 0 else math.pi)
    foot = (
        crank[0] + 0.17 * math.cos(angle),
        crank[1] + 0.17 * math.sin(angle) - 0.06,
        0.11 * side,
    )
    hip = (-0.20, -1.00, 0.09 * side)
    # The knee lies where thigh and shin meet, in front of the line from hip to foot.
    dx, dy = foot[0] - hip[0], foot[1] - hip[1]
    way = math.hypot(dx, dy)
    bend = math.sqrt(max(0.0, 0.45**2 - (way / 2) ** 2))
    knee = (
        hip[0] + dx / 2 + bend * dy / way,
        hip[1] + dy / 2 - bend * dx / way,
        hip[2],
    )
    toe = (foot[0] + 0.14, foot[1] + 0.02, foot[2])
    return (
        *capsule(hip, knee, 0.08, color),
        *capsule(knee, foot, 0.058, color),
        *capsule(foot, toe, 0.042, SHOE),
    )
