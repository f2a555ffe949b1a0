"""What the paper's model is made of: choices, and what a scene adds to them."""

import math
from dataclasses import dataclass
from typing import Literal

from nsg_core.errors import NsgError
from nsg_core.paper.sampling import PlaneStack

Sampling = Literal["planes", "linear", "lindisp", "squareddist"]


@dataclass(frozen=True)
class ObjectField:
    """Which network draws an object, and how."""

    key: str
    """Its model key in the scene."""
    network: str
    """Objects of a class share one when they have latent codes."""
    grow: float
    """Factor of its box's length and width, so that its shadow travels with it."""


@dataclass(frozen=True)
class PaperLayout:
    """What a scene adds to the configuration; it stays as it was in training."""

    planes: PlaneStack | None = None
    """None where distances follow a law instead."""
    objects: tuple[ObjectField, ...] = ()
    cameras: tuple[str, ...] = ()
    background: bool = True
    """False: only the objects were trained, and only they are drawn."""


@dataclass(frozen=True)
class PaperConfig:
    """The paper's model; the defaults are those of its KITTI experiments."""

    netdepth: int = 8
    """Layers of the background's network, without its heads."""
    netwidth: int = 256
    """Neurons a layer of the background's network."""
    netdepth_obj: int = 8
    """Layers of the objects' networks."""
    netwidth_obj: int = 256
    """Neurons a layer of the objects' networks."""
    multires: int = 10
    """Octaves of the positional encoding of a place."""
    multires_views: int = 4
    """Octaves of the encoding of a viewing direction."""
    multires_obj: int = 4
    """Octaves of the encoding of an object's position in the world."""
    n_samples: int = 6
    """Samples a ray in the background."""
    n_samples_obj: int = 7
    """Samples a ray in each box that it crosses."""
    sampling: Sampling = "planes"
    """Where the background is sampled: on planes, or by a law of distance."""
    plane_type: str = "uniform"
    """How the planes are spaced."""
    near: float = 0.5
    """Distance of the first sample from the camera, in metres."""
    far: float = 150.0
    """Distance of the last sample from the last camera, in metres."""
    latent_size: int = 256
    """Numbers in an object's latent code; 0: every object has a network of its own."""
    latent_balance: float = 1e-4
    """Weight of the latent codes' lengths in the loss."""
    box_scale: float = 1.9
    """Boxes are so much longer and wider than their labels, to hold shadows."""
    pedestrian_scale: float = 1.2
    """The same for pedestrians."""
    object_setting: Literal[0, 1] = 0
    """0: an object's colour depends on where it stands in the world; 1: it does not."""
    opaque: bool = False
    """Only the first box on a ray counts."""
    white_background: bool = False
    """White instead of black behind everything."""
    raw_noise_std: float = 1.0
    """Deviation of the noise on raw densities in training."""
    perturb: bool = True
    """Draw distances at random in training (not with planes)."""
    original_distances: bool = False
    """Measure as the original code does, for its weights: samples in boxes by their
    distance, those of the background by their depth along the camera's axis, both then
    compared and stretched as if they were depths."""
    layout: PaperLayout | None = None
    """What a scene adds; filled in when the model is made for a scene."""

    def __post_init__(self) -> None:
        depths, widths = (
            (self.netdepth, self.netdepth_obj),
            (self.netwidth, self.netwidth_obj),
        )
        counts = (*depths, *(width // 2 for width in widths))
        samples = self.n_samples >= 2 and self.n_samples_obj >= 1
        if min(counts) < 1 or not samples or min(self.latent_size, self.multires) < 0:
            raise NsgError(f"the paper's model cannot have these sizes: {self}.")
        _refuse_what_no_machine_holds(self)
        if not 0 < self.near < self.far < math.inf:
            raise NsgError(
                f"expected 0 < near < far, found near {self.near}, far {self.far}."
            )
        if min(self.box_scale, self.pedestrian_scale) <= 0 or self.raw_noise_std < 0:
            raise NsgError("box scales must be positive, raw_noise_std not negative.")


_MOST = {
    ("netdepth", "netdepth_obj"): 64,
    ("netwidth", "netwidth_obj", "latent_size"): 8192,
    ("multires", "multires_views", "multires_obj"): 24,
    ("n_samples", "n_samples_obj"): 4096,
}


def _refuse_what_no_machine_holds(config: PaperConfig) -> None:
    for names, most in _MOST.items():
        for name in names:
            if getattr(config, name) > most:
                raise NsgError(
                    f"the model setting {name} must be at most {most}; found "
                    f"{getattr(config, name)}."
                )
