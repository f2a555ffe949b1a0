"""A small edited drive and its export, for tests of what is exported."""

import math
from dataclasses import replace
from pathlib import Path

from nsg_core.edits.edit import Duplicate, Edit, Move, Remove, SetCamera, Turn, replay
from nsg_core.export.drive import export_drive
from nsg_core.export.plan import Origin, Plan
from tests.core.drives import small_scene
from tests.core.fakes import FlatModel

ORIGIN = Origin("street.safetensors", "0" * 64)
EDITS: tuple[Edit, ...] = (
    Move(0, (0.7, 0.0, 1.5)),
    Turn(3, math.radians(20)),
    Duplicate(3, 42, (-5.5, 0.0, 3.0)),
    Remove(5),
    SetCamera(
        "image_02",
        (0.1, -0.4, 0.0),
        (math.radians(3), math.radians(-5), math.radians(2)),
    ),
)


def model() -> FlatModel:
    return FlatModel(frozenset(f"object/{track}" for track in (0, 3, 5)))


def plan(edits: tuple[Edit, ...] = EDITS, **changes: object) -> Plan:
    scene = replay(small_scene(frames=4), edits)
    start = Plan(scene, edits, ORIGIN, scene.frames, ("image_02",))
    return replace(start, **changes)


def run(plan: Plan, folder: Path) -> list[int]:
    """The frames that an export writes."""
    done = export_drive(model(), plan, folder)
    return [value.frame for value in done if value is not None]
