"""What a training run is made with; `nsg train --set key=value` names these."""

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from nsg_core.errors import NsgError


@dataclass(frozen=True)
class TrainConfig:
    """Settings of a run; stored beside its checkpoints."""

    preset: Literal["fast", "paper"] = "fast"
    """fast: hash grids, minutes; paper: the networks of the publication, hours."""
    protocol: str = "all"
    """Which frames train and which are held out (`nsg_core.measuring.protocols`)."""
    steps: int = 6000
    """Steps of the whole run; the learning rate falls towards their end."""
    minutes: float = 0.0
    """Stop after so long, and let the learning rate fall by then; 0: by steps alone."""
    core_minutes: bool = False
    """Count minutes of processor time, all cores at work being one minute a minute: the
    same on a machine that does other work beside. Not on a GPU, which it cannot see."""
    scale: float = 0.5
    """Size of the training pictures as a part of the recorded ones."""
    seed: int = 0
    """Two runs with the same seed on the CPU are equal."""
    samples: int = 65536
    """Samples a step (fast): the number of rays follows from it."""
    rays: int = 1024
    """Rays a step (paper)."""
    rate: float = 0.01
    """Learning rate to begin with."""
    rate_end: float = 0.0003
    """Learning rate at the end."""
    on_objects: float = 0.25
    """Part of the rays that are aimed at objects."""
    warm_steps: int = 150
    """Steps with long strides before the occupancy grids are first believed (fast)."""
    object_warm_steps: int = 600
    """The same for the grids of objects (fast)."""
    anneal_steps: int = 150
    """Steps over which strides shorten to their final length (fast)."""
    spread_loss: float = 0.003
    """Weight of the spread of samples along a ray: against haze (fast)."""
    ground_loss: float = 0.003
    """Weight of transparency below the horizon, where there is always ground (fast)."""
    hidden_loss: float = 0.005
    """Weight of what objects hide: emptiness within, the road beneath (fast)."""
    depth_loss: float = 0.01
    """Weight of rough depths from neighbouring pictures, in the beginning (fast)."""
    depth_steps: int = 1500
    """Steps over which that weight falls to nothing (fast)."""
    surface_loss: float = 0.03
    """Weight of measured depth, of a lidar or in pictures, if there is any (fast)."""
    surface_steps: int = 2000
    """Steps over which that weight falls to a thirtieth, which stays (fast)."""
    refine_poses: bool = True
    """Correct the recorded poses by what the pictures show, before the first step. A
    held-out frame gets what is between its neighbours' corrections (fast)."""
    refine_boxes: bool = False
    """Learn, beside their looks, where objects truly were in each frame (fast)."""
    frame_exposure: bool = True
    """Learn how much light each camera takes in each frame (fast)."""
    every_checkpoint: float = 20.0
    """Seconds between checkpoints."""
    every_check: float = 60.0
    """Seconds between looks at held-out pictures."""
    compact: bool = False
    """Write checkpoints with tables in eight bits: half the file, to ship it (fast)."""
    model: dict[str, Any] = field(default_factory=dict)
    """Changes of the model's own configuration, as ``model.log2_rows=18``."""

    def __post_init__(self) -> None:
        """Refuse what makes no run; NsgError names the setting."""
        at_least = {
            "steps": 1,
            "minutes": 0,
            "seed": 0,
            "samples": 1,
            "rays": 1,
            "warm_steps": 0,
            "anneal_steps": 0,
            "surface_loss": 0,
        }
        for name, least in at_least.items():
            if not least <= getattr(self, name) < math.inf:
                raise _wrong(name, f"at least {least}", getattr(self, name))
        for name, most in (("scale", 1.0), ("rate", 10.0), ("rate_end", 10.0)):
            if not 0 < getattr(self, name) <= most:
                raise _wrong(name, f"above 0, at most {most}", getattr(self, name))
        if not 0 <= self.on_objects <= 1:
            raise _wrong("on_objects", "from 0 to 1", self.on_objects)


def _wrong(name: str, expected: str, found: object) -> NsgError:
    return NsgError(f"the setting {name} must be {expected}; found {found}.")
