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
from jaxtyping import Float, Int
from torch import Tensor, nn

from nsg_core.errors import NsgError
from nsg_core.fast_boxes import (
    Lists,
    PlacedBoxes,
    Regions,
    by_frame,
    by_group,
    no_boxes,
    place_boxes,
    regions,
)
from nsg_core.fields import hashgrid
from nsg_core.fields.exposure import Exposure
from nsg_core.fields.rig import Rig
from nsg_core.fields.sky import Sky
from nsg_core.geometry import Placements, Rays, place, vec3
from nsg_core.kernels.display import display_kernel
from nsg_core.kernels.field import (
    CHANNELS,
    LEVELS,
    LOG_DENSITY_START,
    WEIGHTS,
    FieldData,
)
from nsg_core.kernels.launching import as_warp, launch
from nsg_core.kernels.space import BLOCK, OBJECT_CELLS, Space, World
from nsg_core.model import Traced
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
    frames: tuple[int, ...] = ()
    """Frames, ascending, of which the model knows where they were taken from and in
    what light (`fields.rig`, `fields.exposure`); others lie between them."""

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


class HashField(nn.Module):
    """Table and networks of one field, with its occupancy grid of densities."""

    grid: Tensor
    scales: Tensor

    def __init__(self, rows: int, coarsest: int, finest: int, cells: int):
        super().__init__()
        self.table = nn.Parameter(torch.empty(LEVELS, rows, CHANNELS))
        self.weights = nn.Parameter(torch.empty(WEIGHTS))
        self.register_buffer("grid", torch.zeros(cells))
        self.register_buffer(
            "scales", hashgrid.level_scales(coarsest, finest), persistent=False
        )
        self.reset()

    def reset(self) -> None:
        """Fresh random weights: a thin haze."""
        nn.init.uniform_(self.table, -1e-4, 1e-4)
        for matrix in hashgrid.unpack(self.weights.data):
            bound = math.sqrt(6 / matrix.shape[0])
            nn.init.uniform_(matrix, -bound, bound)

    @torch.no_grad()
    def thicken(self, density: float) -> None:
        """Let fresh weights mean a density (1/m), where thin haze would go unnoticed.

        The first feature becomes 1 everywhere, and the first hidden unit passes it on
        to the logarithm of density: together a bias, which the networks do not have.
        """
        self.table[0, :, 0] = 1.0
        w1, w2, _, _ = hashgrid.unpack(self.weights.data)
        w1[:, 0] = 0.0
        w1[0] = 0.0
        w2[0] = 0.0
        w1[0, 0] = 1.0
        w2[0, 0] = math.log(density) - LOG_DENSITY_START

    def forward(
        self,
        instances: Int[Tensor, " samples"],
        positions: Float[Tensor, "samples 3"],
        directions: Float[Tensor, "samples 3"],
    ) -> tuple[Float[Tensor, " samples"], Float[Tensor, "samples 3"]]:
        """Density (1/m) and colour; positions in the unit cube."""
        features = hashgrid.encode(self.table, self.scales, instances, positions)
        return hashgrid.shade(self.weights, features, directions)

    def data(self) -> Any:
        """The field as kernels take it."""
        data = FieldData()
        data.table = as_warp(self.table.view(-1), wp.float32)
        data.scales = as_warp(self.scales, wp.float32)
        data.mask = self.table.shape[1] - 1
        data.weights = as_warp(self.weights, wp.float32)
        return data


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
        self.sky = Sky()
        self.exposure = Exposure(len(config.cameras), config.frames)
        self._placed: tuple[Placements, torch.device, PlacedBoxes] | None = None
        self._coarse: tuple[tuple[int, int], Tensor] | None = None
        self.rig = Rig(config.frames) if config.frames else None

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
        return (rays, placements) if self.rig is None else self.rig(rays, placements)

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
        return vec3(around.low), vec3(around.high)

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
        count, device = len(rays), self.device
        rgb = torch.empty(count, 3, device=device)
        depth, clear = (torch.empty(count, device=device) for _ in range(2))
        seen = torch.empty(count, dtype=torch.int32, device=device)
        lists = self._lists(rays, placements, only)
        space = self.space()
        if only == "objects":
            space.ground_threshold = math.inf
        inputs = [
            self.world(placements, space),
            self.background.data(),
            self.objects.data(),
            as_warp(rays.origins.contiguous(), wp.vec3),
            as_warp(rays.directions.contiguous(), wp.vec3),
            lists.data(),
            0.5,
            as_warp(rgb, wp.vec3),
            as_warp(depth, wp.float32),
            as_warp(clear, wp.float32),
            as_warp(seen, wp.int32),
        ]
        launch(display_kernel, count, inputs, device)
        opacity = 1 - clear
        depth = depth / opacity.clamp_min(1e-6)
        if only != "objects":
            open_rays = (clear > 1e-3).nonzero()[:, 0]
            sky = self.sky(rays.directions[open_rays])
            rgb[open_rays] += clear[open_rays, None] * sky
        rgb = self.exposed(rgb, rays, placements)
        track = placements.track.to(device).repeat(len(placements.present))
        track = torch.cat([track, track.new_tensor([-1])])
        return Traced(rgb, depth, opacity, track[seen.long()])

    def _lists(self, rays: Rays, placements: Placements, only: Only) -> Lists:
        if only == "background" or not len(rays):
            return no_boxes(rays)
        still = len(placements.present) == 1
        return (by_group if still else by_frame)(self.placed(placements), rays)


def instances_of(config: FastConfig, models: Iterable[str]) -> list[int]:
    """The instance of each model key; -1 where the model has none."""
    index = {key: i for i, key in enumerate(config.objects)}
    return [index.get(key, -1) for key in models]
