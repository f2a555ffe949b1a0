"""Sunlight, and the part of the world in which it casts shadows."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sun:
    """Parallel light, and the box of the world in which it casts shadows."""

    direction: tuple[float, float, float]
    """The way the light goes."""
    center: tuple[float, float, float]
    half: tuple[float, float, float]
    """Half extent along the street, across it, and along the light, in metres."""
    color: tuple[float, float, float]
    intensity: float
    ambient: tuple[float, float, float]

    def T_world_light(self) -> np.ndarray:
        """A frame that looks along the light (OpenGL axes), x along the street."""
        back = -np.array(self.direction) / np.linalg.norm(self.direction)
        x = np.array([0, 0, 1.0]) - back * back[2]
        x /= np.linalg.norm(x)
        T = np.eye(4)
        T[:3, :3] = np.stack([x, np.cross(back, x), back], 1)
        T[:3, 3] = self.center
        return T

    def projection(self) -> np.ndarray:
        """The box to OpenGL's unit cube."""
        return np.diag([1 / self.half[0], 1 / self.half[1], -1 / self.half[2], 1.0])
