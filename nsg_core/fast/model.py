"""The fast model: a hash-grid scene graph that Warp kernels march through.

Background: a hash grid over contracted, unbounded space, and a sky. Objects: one hashed
table for all, with the instance as a further coordinate, in box-normalised coordinates,
so a resized box shows a resized object. Both have an occupancy grid.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch
import warp as wp
from jaxtyping import Float
from torch import Tensor, nn

from nsg_core.errors import NsgError
from nsg_core.fast.boxes import (
    Lists,
    PlacedBoxes,
    Regions,
    by_frame,
    by_group,
    no_boxes,
    place_boxes,
    regions,
)
from nsg_core.fast.display import DeskFields, Marched, ray_arrays
from nsg_core.fields.exposure import Exposure
from nsg_core.fields.hash_field import HashField
from nsg_core.fields.nudges import Nudges
from nsg_core.fields.rig import Rig
from nsg_core.fields.sky import Sky
from nsg_core.geometry import Placements, Rays, place, vec3
from nsg_core.kernels.backdrop import SLABS, between_kernel, slabs_kernel
from nsg_core.kernels.desk import DESK
from nsg_core.kernels.display import display_kernel
from nsg_core.kernels.display_team import display_team_kernel
from nsg_core.kernels.launching import as_warp, launch, launch_seats
from nsg_core.kernels.space import BLOCK, OBJECT_CELLS, Space, World
from nsg_core.model import Slabs, Traced
from nsg_core.request import Only
from nsg_core.scene import PlacedBox, Scene, Vec3

FRESH_OBJECT = 0.5
"""Density (1/m) of objects before training. Steps in boxes are short, so a thinner haze
would lie under the occupancy's threshold, and no object would ever be learnt."""


@dataclass(frozen=True)
class FastConfig:
    """Everything that makes a fast model besides its weights; lengths in metres."""

    cameras: tuple[str, ...]
    objects: tuple[str, ...]
    """Model keys, in order of the instance."""
    centre: tuple[float, float, float]
    """Middle of the uncontracted region."""
    half: tuple[float, float, float]
    """Half its edges."""
    log2_rows: int = 17
    """Rows of the background's table at each level, as a power of two."""
    log2_object_rows: int = 15
    coarsest: int = 16
    """Cells along the contracted cube (twice the uncontracted region) per level."""
    finest: int = 4096
    object_coarsest: int = 4
    object_finest: int = 160
    cells: tuple[int, int, int] = (128, 96, 128)
    """Of the background's occupancy grid, over the contracted cube."""
    near: float = 0.5
    far: float = 300.0
    cone: float = 1 / 64
    """Length of a step as a part of the distance."""
    smallest: float = 0.06
    threshold: float = 0.02
    """Optical depth under which the occupancy grid lets a step be skipped."""
    object_steps: int = 40
    """Steps along the diagonal of a box."""
    box_scale: float = 1.3
    """Length and width of the drawn region over the labelled box, for the shadow."""
    below: float = 0.15
    """How far the drawn region reaches under the box, for wheels and shadow."""
    clearance: float = 0.1
    """How far above the bottom of a labelled box there may be background: the road."""
    sky: bool = True
    """Whether there is a sky; without one all colours come from somewhere."""
    frames: tuple[int, ...] = ()
    """Frames, ascending, of which the model knows where they were taken from and in
    what light (`fields.rig`, `fields.exposure`); others lie between them."""
    nudged: bool = False
    """Whether the model corrects objects' boxes in those frames (`fields.nudges`)."""

    def __post_init__(self) -> None:
        """Refuse what would take all memory or march for ever; NsgError names it."""
        ranges: dict[str, tuple[float, float]] = {
            "log2_rows": (4, 24),
            "log2_object_rows": (4, 24),
            "coarsest": (1, 1 << 16),
            "finest": (1, 1 << 20),
            "object_coarsest": (1, 1 << 16),
            "object_finest": (1, 1 << 16),
            "near": (1e-3, 1e3),
            "far": (self.near, 1e5),
            "cone": (1e-4, 1.0),
            "smallest": (1e-3, 10.0),
            "threshold": (0.0, 1.0),
            "object_steps": (1, 1000),
            "box_scale": (0.5, 4.0),
            "below": (0.0, 2.0),
            "clearance": (0.0, 2.0),
        }
        values = [(name, getattr(self, name), *ranges[name]) for name in ranges]
        values += [("centre", x, -1e7, 1e7) for x in self.centre]
        values += [("half", x, 0.1, 1e6) for x in self.half]
        values += [("cells", n, 2, 512) for n in self.cells]
        if list(self.frames) != sorted(set(self.frames)):
            raise NsgError("the model setting frames must ascend.")
        for name, value, low, high in values:
            if not low <= value <= high:
                raise NsgError(
                    f"the model setting {name} must be from {low:g} to {high:g}; "
                    f"found {value}."
                )


def configure(scene: Scene, **changes: object) -> FastConfig:
    """A configuration that fits a scene: the region around its cameras' path."""
    centres = torch.tensor(
        [
            [T[3], T[7], T[11]]
            for camera in scene.cameras
            for T in camera.Ts_world_camera
        ]
    )
    low, high = centres.amin(0), centres.amax(0)
    middle = ((low + high) / 2).tolist()
    reach = ((high - low) / 2).tolist()
    config = FastConfig(
        cameras=tuple(camera.name for camera in scene.cameras),
        objects=tuple(sorted({node.model for node in scene.objects})),
        centre=(middle[0], middle[1], middle[2]),
        half=(reach[0] + 24.0, reach[1] + 6.0, reach[2] + 24.0),
    )
    return replace(config, **changes)


class FastModel(nn.Module):
    """A trained or trainable fast scene graph; satisfies `nsg_core.model.Model`."""

    def __init__(self, config: FastConfig):
        super().__init__()
        self.config = config
        nx, ny, nz = config.cells
        self.background = HashField(
            2**config.log2_rows, config.coarsest, config.finest, nx * ny * nz
        )
        self.objects = HashField(
            2**config.log2_object_rows,
            config.object_coarsest,
            config.object_finest,
            max(1, len(config.objects)) * OBJECT_CELLS**3,
        )
        self.objects.thicken(FRESH_OBJECT)
        self.sky = Sky(black=not config.sky)
        self.exposure = Exposure(len(config.cameras), config.frames)
        self._placed: tuple[Placements, torch.device, PlacedBoxes] | None = None
        self._coarse: tuple[tuple[int, int], Tensor] | None = None
        self._desk = DeskFields()
        self.rig = Rig(config.frames) if config.frames else None
        nudged = config.nudged and config.frames
        self.nudges = Nudges(config.frames, len(config.objects)) if nudged else None

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.background.table.device

    @property
    def cameras(self) -> tuple[str, ...]:
        """Recorded cameras, in the order that `Rays.camera` indexes."""
        return self.config.cameras

    @property
    def keys(self) -> frozenset[str]:
        """The model keys of its objects."""
        return frozenset(self.config.objects)

    def at_home(self, rays: Rays, placements: Placements) -> tuple[Rays, Placements]:
        """Rays and boxes of the recorded world in the model's own."""
        placements = self.nudge(placements)
        return (rays, placements) if self.rig is None else self.rig(rays, placements)

    def nudge(self, placements: Placements) -> Placements:
        """Boxes of known frames where the model knows their objects to have been."""
        if self.nudges is None:
            return placements
        return self.nudges(placements, instances_of(self.config, placements.models))

    def exposed(
        self, rgb: Float[Tensor, "rays 3"], rays: Rays, placements: Placements
    ) -> Float[Tensor, "rays 3"]:
        """What cameras record of colours, in the light of their frames where known."""
        numbers = placements.numbers
        frame = None if numbers is None else numbers[rays.frame]
        return self.exposure(rgb, rays.camera, frame)

    def space(self, cone: float | None = None) -> Any:
        """How its rays march, as kernels take it; `cone` overrides the model's step."""
        c = self.config
        space = Space()
        space.centre, space.half = wp.vec3(*c.centre), wp.vec3(*c.half)
        space.cells = wp.vec3i(*c.cells)
        space.near, space.far = c.near, c.far
        space.cone = cone or c.cone
        space.smallest = c.smallest * space.cone / c.cone
        space.threshold = space.ground_threshold = c.threshold
        return space

    def placed(self, placements: Placements) -> PlacedBoxes:
        """Placed boxes on the model's device; kept for who asks again.

        Objects that the model has no field for are left out.
        """
        known = self._placed
        if known is None or known[0] is not placements or known[1] != self.device:
            c = self.config
            instances = instances_of(c, placements.models)
            around = self.regions(placements)
            index = torch.tensor(instances, dtype=torch.int32)
            boxes = place_boxes(placements, index, around, c.object_steps, self.device)
            self._placed = known = (placements, self.device, boxes)
        return known[2]

    def reach(self, box: PlacedBox) -> tuple[Vec3, Vec3] | None:
        """Corners of the drawn region of a box, in its own frame (`model.Bounded`)."""
        if box.model not in self.config.objects:
            return None
        around = self.regions(place([(box,)]))
        low, high = around.low, around.high
        if self.nudges is not None:
            corner = float(torch.maximum(low.abs(), high.abs()).norm())
            more = self.nudges.farthest(self.config.objects.index(box.model), corner)
            low, high = low - more, high + more
        return vec3(low), vec3(high)

    def regions(self, placements: Placements) -> Regions:
        """Where objects are drawn, and what belongs to them alone."""
        c = self.config
        return regions(placements.size, c.box_scale, c.below, c.clearance)

    def world(self, placements: Placements, space: Any) -> Any:
        """All that rays can pass, as kernels take it."""
        world = World()
        world.space, world.boxes = space, self.placed(placements).data
        world.grid = as_warp(self.background.grid, wp.float32)
        world.coarse = as_warp(self._blocks(), wp.float32)
        world.object_grid = as_warp(self.objects.grid, wp.float32)
        return world

    def _blocks(self) -> Float[Tensor, " blocks"]:
        """The highest density in each block of the background's cells, kept."""
        grid = self.background.grid
        made_from = (grid.data_ptr(), grid._version)
        if self._coarse is None or self._coarse[0] != made_from:
            cells = grid.detach().view(1, 1, *self.config.cells)
            highest = torch.nn.functional.max_pool3d(cells, BLOCK, ceil_mode=True)
            self._coarse = (made_from, highest.reshape(-1).contiguous())
        return self._coarse[1]

    @torch.no_grad()
    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """Render rays for display with the fused kernel; colours are not clamped."""
        rays, placements = self.at_home(rays, placements)
        marched = Marched.blank(len(rays), self.device)
        lists = self._lists(rays, placements, only)
        world = self.world(placements, self._space(only))
        rest = [*ray_arrays(rays), lists.data(), 0.5, marched.data()]
        both = (self.background, self.objects)
        if self.device.type == "cuda":
            fields = [field.data() for field in both]
            launch(display_kernel, len(rays), [world, *fields, *rest], self.device)
        else:
            fields = [self._desk.data(i, field) for i, field in enumerate(both)]
            inputs = [world, *fields, *rest]
            launch_seats(display_team_kernel, len(rays), DESK, inputs)
        return self._traced(marched, rays, placements, sky=only != "objects")

    @torch.no_grad()
    def slabs(self, rays: Rays, placements: Placements) -> Slabs:
        """What the background adds to rays where no box is (`model.Layered`)."""
        rays, placements = self.at_home(rays, placements)
        slabs = Slabs.blank(len(rays), SLABS, self.device)
        inputs = [
            self.world(placements, self._space("background")),
            self.background.data(),
            *ray_arrays(rays),
            *self._slab_arrays(slabs),
        ]
        launch(slabs_kernel, len(rays), inputs, self.device)
        return slabs

    @torch.no_grad()
    def trace_between(self, rays: Rays, placements: Placements, slabs: Slabs) -> Traced:
        """Render objects alone, with slabs for a background (`model.Layered`)."""
        rays, placements = self.at_home(rays, placements)
        marched = Marched.blank(len(rays), self.device)
        lists = self._lists(rays, placements, "all")
        inputs = [
            self.world(placements, self._space("objects")),
            self.objects.data(),
            *ray_arrays(rays),
            lists.data(),
            *self._slab_arrays(slabs),
            marched.data(),
        ]
        launch(between_kernel, len(rays), inputs, self.device)
        return self._traced(marched, rays, placements, sky=True)

    def _space(self, only: Only) -> Any:
        space = self.space()
        if only == "objects":
            space.ground_threshold = math.inf
        return space

    def _slab_arrays(self, slabs: Slabs) -> list[wp.array]:
        lines = [
            as_warp(x.contiguous().view(-1), wp.float32)
            for x in (slabs.depth, slabs.opacity)
        ]
        return [*lines, as_warp(slabs.rgb.contiguous().view(-1, 3), wp.vec3)]

    def _traced(
        self, marched: Marched, rays: Rays, placements: Placements, sky: bool
    ) -> Traced:
        rgb, clear = marched.rgb, marched.clear
        opacity = 1 - clear
        if sky:
            open_rays = (clear > 1e-3).nonzero()[:, 0]
            beyond = self.sky(rays.directions[open_rays])
            rgb[open_rays] += clear[open_rays, None] * beyond
        track = placements.track.to(rgb.device).repeat(len(placements.present))
        track = torch.cat([track, track.new_tensor([-1])])
        return Traced(
            self.exposed(rgb, rays, placements),
            marched.depth / opacity.clamp_min(1e-6),
            opacity,
            track[marched.box.long()],
        )

    def _lists(self, rays: Rays, placements: Placements, only: Only) -> Lists:
        if only == "background" or not len(rays):
            return no_boxes(rays)
        still = len(placements.present) == 1
        return (by_group if still else by_frame)(self.placed(placements), rays)


def instances_of(config: FastConfig, models: Iterable[str]) -> list[int]:
    """The instance of each model key; -1 where the model has none."""
    index = {key: i for i, key in enumerate(config.objects)}
    return [index.get(key, -1) for key in models]
