"""What stands in the street and how it moves: plain values, the same for a seed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nsg_core.datasets.street import ground, houses, trees
from nsg_core.datasets.street.car_models import MODELS
from nsg_core.datasets.street.cars import car
from nsg_core.datasets.street.parts import Color, Mesh, bounds, merge
from nsg_core.datasets.street.people import PHASES, cyclist, pedestrian
from nsg_core.datasets.street.rig import EYE
from nsg_core.datasets.street.sun import Sun
from nsg_core.scene import Pose, Size

AHEAD, ONCOMING = -math.pi / 2, math.pi / 2
"""Yaw of what faces along the street, and against it."""
PAINTS: tuple[Color, ...] = (
    *((0.62, 0.07, 0.08), (0.86, 0.87, 0.88), (0.08, 0.20, 0.46), (0.22, 0.24, 0.26)),
    *((0.82, 0.62, 0.10), (0.55, 0.58, 0.60), (0.10, 0.33, 0.25), (0.45, 0.16, 0.30)),
)
LEAVES: tuple[Color, ...] = ((0.33, 0.44, 0.14), (0.26, 0.40, 0.16), (0.42, 0.46, 0.16))
SUN = Sun(
    direction=(0.60, 0.90, 0.42),
    center=(-2.0, 0.0, 58.0),
    half=(80.0, 28.0, 200.0),
    color=(1.0, 0.94, 0.84),
    intensity=5.0,
    ambient=(0.37, 0.41, 0.47),
)


@dataclass(frozen=True)
class Actor:
    """A tracked object: its meshes in object coordinates, and its way."""

    track: int
    category: str
    phases: tuple[Mesh, ...]
    start: tuple[float, float, float]
    """x and z at frame 0, and metres a frame along the street."""
    yaw: float
    ground: float = 0.0
    """Height of what it stands on (y, so negative on a pavement)."""

    @cached_property
    def size(self) -> Size:
        """The tight box around all phases."""
        low, high = self._bounds
        length, height, width = (float(edge) for edge in high - low)
        return Size(length, height, width)

    @cached_property
    def _bounds(self) -> tuple[np.ndarray, np.ndarray]:
        lows, highs = zip(*(bounds(mesh) for mesh in self.phases), strict=True)
        return np.min(lows, 0), np.max(highs, 0)

    @cached_property
    def centred(self) -> tuple[Mesh, ...]:
        """The meshes with the origin in the middle of their box's bottom face."""
        low, high = self._bounds
        x, _, z = -(low + high) / 2
        shift = (float(x), float(-high[1]), float(z))
        return tuple(tuple(p.shifted(*shift) for p in mesh) for mesh in self.phases)

    def pose(self, frame: int) -> Pose:
        """Where it is in the world."""
        x, z, step = self.start
        return Pose((x, EYE + self.ground, z + step * frame), self.yaw)

    def phase(self, frame: int) -> int:
        """Which of its meshes is shown."""
        return frame % len(self.phases)


def actors(seed: int) -> tuple[Actor, ...]:
    """Cars parked and under way, a cyclist, two people on foot."""
    random = np.random.default_rng((seed, 1))
    paints = [PAINTS[i] for i in random.permutation(len(PAINTS))]
    plates = [f"KA NS {n}" for n in random.integers(100, 999, 8)]
    right, left = 2.88, -6.38

    def vehicle(i: int, model: str) -> tuple[Mesh, ...]:
        return (car(MODELS[model], paints[i], plates[i]),)

    def walker(make: Callable[[int], Mesh]) -> tuple[Mesh, ...]:
        return tuple(make(phase) for phase in range(PHASES))

    jitter = random.uniform(-0.5, 0.5, 5)
    kerb = -ground.KERB_HEIGHT
    coats: list[Color] = [(0.14, 0.22, 0.42), (0.62, 0.52, 0.36), (0.80, 0.42, 0.08)]
    return (
        Actor(0, "Car", vehicle(0, "sedan"), (0.05, 15.0, 0.62), AHEAD),
        Actor(1, "Car", vehicle(1, "suv"), (-3.55, 44.0, -0.70), ONCOMING),
        Actor(2, "Car", vehicle(2, "hatchback"), (right, 9.2 + jitter[0], 0.0), AHEAD),
        Actor(3, "Car", vehicle(3, "estate"), (right, 15.4 + jitter[1], 0.0), AHEAD),
        Actor(4, "Van", vehicle(4, "van"), (right - 0.05, 27.9, 0.0), AHEAD),
        Actor(5, "Car", vehicle(5, "hatchback"), (left, 12.6 + jitter[2], 0), ONCOMING),
        Actor(6, "Car", vehicle(6, "sedan"), (left, 21.5 + jitter[3], 0), ONCOMING),
        Actor(7, "Car", vehicle(7, "suv"), (right, 46.2 + jitter[4], 0), AHEAD),
        Actor(
            *(8, "Pedestrian", walker(lambda k: pedestrian(k, coats[0], coats[1]))),
            *((5.6, 19.0, -0.13), ONCOMING, kerb),
        ),
        Actor(
            *(9, "Pedestrian", walker(lambda k: pedestrian(k, coats[1], coats[0]))),
            *((-9.1, 15.5, 0.12), AHEAD, kerb),
        ),
        Actor(
            *(10, "Cyclist", walker(lambda k: cyclist(k, coats[2], (0.1, 0.3, 0.3)))),
            *((1.42, 11.0, 0.44), AHEAD),
        ),
    )


def surroundings(seed: int) -> Mesh:
    """Everything that never moves, in the world."""
    random = np.random.default_rng((seed, 2))
    built = []
    rows = (
        *(
            (-1.0, -10.9, -14.0, 150.0),
            (1.0, 7.4, -14.0, 47.0),
            (1.0, 7.4, 84.0, 150.0),
        ),
    )
    for side, front, start, end in rows:
        for house in houses.row_of_houses(random, side, front, start, end):
            built += houses.build(random, house)
    parts = [*ground.build(random), *built, *merge(_plants(random) + _furniture())]
    return tuple(p.shifted(y=EYE) for p in parts)


def _plants(random: np.random.Generator) -> list[trees.Part]:
    kerb = -ground.KERB_HEIGHT
    out: list[trees.Part] = []

    def plant(x: float, z: float, low: float, high: float) -> None:
        leaf = LEAVES[random.integers(len(LEAVES))]
        out.extend(trees.tree(random, (x, kerb, z), random.uniform(low, high), leaf))

    for z in (7.0, 26.0, 44.5, 63.0, 82.0, 101.0, 122.0):
        plant(-8.25, z + random.uniform(-1, 1), 5.5, 7.0)
        plant(4.75, z + 5.5 + random.uniform(-1, 1), 5.0, 6.5)
    # A park on the right between two rows of houses, and the far end of the street.
    for z in (51.0, 58.5, 66.0, 74.0, 81.0):
        plant(10.5 + random.uniform(0, 5), z, 7.5, 10.5)
    for x in np.arange(-17.0, 16.0, 4.7):
        plant(x + random.uniform(-1, 1), 158.0 + random.uniform(-2, 2), 8.0, 11.0)
    out += trees.hedge(random, (8.1, kerb - 1.15, 48.0), (9.1, kerb, 83.0), LEAVES[1])
    out += trees.hedge(random, (-12.0, -1.5, 156.5), (9.0, 0.0, 157.5), LEAVES[0])
    return out


def _furniture() -> list[trees.Part]:
    kerb = -ground.KERB_HEIGHT
    out: list[trees.Part] = []
    for k, z in enumerate((3.5, 19.5, 35.0, 51.0, 67.0, 83.0, 105.0)):
        x, towards = (4.45, -1.0) if k % 2 == 0 else (-7.95, 1.0)
        out += trees.lamp_post((x, kerb, z), towards)
    out += trees.sign((4.55, kerb, 24.0), "round")
    out += trees.sign((4.50, kerb, 34.6), "square")
    out += trees.sign((-8.0, kerb, 34.6), "square")
    out += trees.bin_and_bench((4.75, kerb, 20.6), 1.0)
    out += trees.bin_and_bench((-8.4, kerb, 30.0), -1.0)
    return out
