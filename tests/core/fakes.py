"""An analytic model: what it renders is known in closed form."""

from dataclasses import dataclass

import torch

from nsg_core.geometry import Placements, Rays, intersect_boxes
from nsg_core.model import Traced
from nsg_core.request import Only
from nsg_core.scene import PlacedBox, Vec3

GROUND = 1.6
"""Height of the ground plane in the world (y points down)."""


@dataclass(frozen=True)
class FlatModel:
    """Boxes in one colour a track on a grey ground under a blue, empty sky."""

    keys: frozenset[str]
    cameras: tuple[str, ...] = ("image_02", "image_03")

    @property
    def device(self) -> torch.device:
        """It needs no other."""
        return torch.device("cpu")

    def reach(self, box: PlacedBox) -> tuple[Vec3, Vec3] | None:
        """The box itself."""
        if box.model not in self.keys:
            return None
        x, z = box.size.length / 2, box.size.width / 2
        return (-x, -box.size.height, -z), (x, 0.0, z)

    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """The nearest of ground and boxes along each ray."""
        t, rgb = self._background(rays, only)
        track = torch.full((len(rays),), -1)
        if only != "background" and len(placements.models):
            hits = intersect_boxes(placements, rays)
            for column, key in enumerate(placements.models):
                mine = hits.object == column
                ray, near = hits.ray[mine], hits.t_near[mine]
                ahead = near < t[ray]
                if key in self.keys:
                    ray, near = ray[ahead], near[ahead]
                    t[ray], track[ray] = near, placements.track[column]
                    rgb[ray] = colour(int(placements.track[column]))
        seen = t.isfinite()
        return Traced(rgb, torch.where(seen, t, 0.0), seen.float(), track)

    def _background(self, rays: Rays, only: Only) -> tuple[torch.Tensor, torch.Tensor]:
        down = rays.directions[:, 1]
        t = torch.where(down > 1e-6, (GROUND - rays.origins[:, 1]) / down, torch.inf)
        if only == "objects":
            t = torch.full_like(t, torch.inf)
        sky = torch.tensor([0.4, 0.6, 0.9])
        rgb = torch.where(t.isfinite()[:, None], torch.tensor([0.3, 0.3, 0.3]), sky)
        return t, rgb.clone()


def colour(track: int) -> torch.Tensor:
    """The colour of a track, never that of ground or sky."""
    return torch.tensor([0.9, 0.1 + 0.05 * (track % 10), 0.1])
