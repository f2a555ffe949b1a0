"""The proportions of cars."""

from dataclasses import dataclass, replace

import numpy as np

Outline = tuple[tuple[float, float], ...]
"""Height over position: (share of the length from the rear, metres)."""


@dataclass(frozen=True)
class Model:
    """The proportions of a car."""

    length: float
    width: float
    roof: Outline
    """Where the skin is highest along the car, with the cabin."""
    belt: float
    """Height at which the windows begin."""
    cabin: tuple[float, float, float, float]
    """Rear foot, rear top, front top, front foot of the windows, as shares."""
    wheels: tuple[float, float]
    """Rear and front axle, as shares."""
    radius: float = 0.32
    pillars: tuple[float, ...] = (0.40,)
    """Where the side windows are divided, as shares."""

    @property
    def height(self) -> float:
        return max(height for _, height in self.roof)


HATCHBACK = Model(
    *(4.05, 1.76),
    (
        *((0, 0.50), (0.004, 0.62), (0.012, 0.86), (0.03, 1.00), (0.105, 1.36)),
        *((0.16, 1.43), (0.33, 1.475), (0.48, 1.455), (0.55, 1.40), (0.735, 1.00)),
        *((0.77, 0.955), (0.90, 0.86), (0.965, 0.74), (0.99, 0.62), (1, 0.50)),
    ),
    0.93,
    (0.06, 0.135, 0.50, 0.715),
    (0.175, 0.80),
    pillars=(0.24, 0.43),
)
SEDAN = Model(
    *(4.66, 1.80),
    (
        *((0, 0.52), (0.004, 0.66), (0.012, 0.90), (0.03, 0.99), (0.15, 1.04)),
        *((0.18, 1.07), (0.29, 1.35), (0.36, 1.425), (0.46, 1.44), (0.54, 1.405)),
        *((0.58, 1.36), (0.715, 1.00), (0.75, 0.95), (0.91, 0.84), (0.97, 0.72)),
        *((0.993, 0.60), (1, 0.50)),
    ),
    0.92,
    (0.20, 0.31, 0.545, 0.70),
    (0.20, 0.805),
    pillars=(0.285, 0.455),
)
ESTATE = replace(
    SEDAN,
    roof=(
        *((0, 0.52), (0.004, 0.66), (0.012, 0.92), (0.025, 1.02), (0.085, 1.36)),
        *((0.13, 1.44), (0.30, 1.48), (0.46, 1.47), (0.54, 1.42), (0.58, 1.37)),
        *((0.715, 1.00), (0.75, 0.95), (0.91, 0.84), (0.97, 0.72), (0.993, 0.60)),
        *((1, 0.50),),
    ),
    cabin=(0.05, 0.105, 0.55, 0.70),
    pillars=(0.20, 0.30, 0.46),
)
SUV = Model(
    *(4.45, 1.86),
    (
        *((0, 0.60), (0.004, 0.75), (0.012, 1.02), (0.025, 1.14), (0.085, 1.52)),
        *((0.13, 1.61), (0.32, 1.655), (0.48, 1.635), (0.56, 1.56), (0.715, 1.15)),
        *((0.75, 1.10), (0.92, 1.00), (0.975, 0.86), (0.993, 0.72), (1, 0.58)),
    ),
    1.06,
    (0.05, 0.11, 0.525, 0.70),
    (0.18, 0.80),
    radius=0.37,
    pillars=(0.22, 0.42),
)
VAN = Model(
    *(4.95, 1.96),
    (
        *((0, 0.55), (0.003, 0.80), (0.008, 1.70), (0.02, 1.88), (0.05, 1.95)),
        *((0.40, 1.98), (0.66, 1.95), (0.71, 1.88), (0.85, 1.22), (0.875, 1.14)),
        *((0.955, 1.00), (0.985, 0.82), (0.996, 0.66), (1, 0.52)),
    ),
    1.14,
    (0.60, 0.605, 0.70, 0.835),
    (0.19, 0.83),
    radius=0.34,
    pillars=(),
)
MODELS = {
    "hatchback": HATCHBACK,
    "sedan": SEDAN,
    "estate": ESTATE,
    "suv": SUV,
    "van": VAN,
}


def roof_height(m: Model, share: np.ndarray) -> np.ndarray:
    """Height of the skin, with the outline's corners a little rounded."""
    at, height = np.array(m.roof).T
    near = share[..., None] + np.linspace(-0.012, 0.012, 9)
    return np.interp(np.clip(near, 0, 1), at, height).mean(-1)
