"""All manoeuvres by name, and the edit that a planned one becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nsg_core.edits.edit import Edit, replay
from nsg_core.errors import NsgError
from nsg_core.manoeuvres import braking, driving, paper, traffic
from nsg_core.manoeuvres.encounters import encounters
from nsg_core.manoeuvres.settings import (
    ANY,
    Parameter,
    Value,
    make,
    parameters,
    values_of,
)
from nsg_core.manoeuvres.stage import Stage
from nsg_core.scene import Scene


@dataclass(frozen=True, slots=True)
class Recipe:
    """A manoeuvre: its parameters and how it is set up."""

    settings: type
    set_up: Callable[[Stage, Any], None]

    @property
    def summary(self) -> str:
        """One line for menus."""
        return (self.settings.__doc__ or "").partition("\n")[0]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What can be set."""
        return parameters(self.settings)


RECIPES: dict[str, Recipe] = {
    "remove-traffic": Recipe(traffic.RemoveTraffic, traffic.remove_traffic),
    "traffic-jam": Recipe(traffic.TrafficJam, traffic.traffic_jam),
    "cut-in": Recipe(driving.CutIn, driving.cut_in),
    "hard-brake": Recipe(braking.HardBrake, braking.hard_brake),
    "lane-change": Recipe(driving.LaneChange, driving.lane_change),
    "follow": Recipe(driving.Follow, driving.follow),
    "oncoming": Recipe(traffic.Oncoming, traffic.oncoming),
    "rotate": Recipe(paper.Rotate, paper.rotate),
    "dance": Recipe(paper.Dance, paper.dance),
    "move-along": Recipe(paper.MoveAlong, paper.move_along),
    "switch": Recipe(paper.Switch, paper.switch),
    "oversample": Recipe(paper.Oversample, paper.oversample),
    "translate": Recipe(paper.Translate, paper.translate),
}
"""A new manoeuvre is one more row, a dataclass of parameters and a function."""


@dataclass(frozen=True, slots=True)
class Manoeuvre:
    """The edits of a manoeuvre as one, with what they were planned from.

    The edits are kept as they are, so that later versions replay what was seen; the
    settings are kept so that it can be planned anew with others.
    """

    name: str
    settings: tuple[tuple[str, Value], ...]
    seed: int
    edits: tuple[Edit, ...]
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """Who came into whose way when it was planned, in sentences; no file keeps them."""

    @property
    def label(self) -> str:
        count = len(self.edits)
        many = f"{count} edit{'' if count == 1 else 's'}"
        return f"{self.name.replace('-', ' ').capitalize()} ({many})"

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("manoeuvre", self.name)

    def apply(self, scene: Scene) -> Scene:
        return replay(scene, self.edits)


def recipe(name: str) -> Recipe:
    """The manoeuvre of that name."""
    if name not in RECIPES:
        known = ", ".join(RECIPES)
        raise NsgError(f"there is no manoeuvre {name!r}; there are: {known}.")
    return RECIPES[name]


def plan(
    scene: Scene,
    name: str,
    values: Mapping[str, object] | None = None,
    seed: int = 0,
    reserved: int = ANY,
) -> Manoeuvre:
    """A manoeuvre for a scene; the same seed gives the same edits.

    NsgError says what is missing where it cannot be done, `warnings` who is in whose
    way afterwards: the paper's manoeuvres look at nobody. New objects get tracks above
    `reserved` and above all there are.
    """
    found = recipe(name)
    settings = make(name, found.settings, values or {})
    if not 0 <= seed < 2**32:
        raise NsgError(f"a seed is a whole number of 0 or more, found {seed}.")
    stage = Stage(scene, seed, reserved)
    found.set_up(stage, settings)
    told = encounters(scene, stage.scene, stage.ego)
    return Manoeuvre(name, values_of(settings), seed, tuple(stage.edits), told)
