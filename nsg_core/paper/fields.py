"""The paper's fields at points along rays: background on planes, objects in boxes."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from nsg_core.fields.mlp import RadianceNetwork, encode
from nsg_core.geometry import Placements, Rays
from nsg_core.paper.composite import BACKGROUND, Samples
from nsg_core.paper.config import PaperConfig, PaperLayout
from nsg_core.paper.render import scatter_hits
from nsg_core.paper.sampling import (
    BoxSamples,
    jitter,
    plane_distances,
    sample_boxes,
    spread_distances,
)

CPU_ROWS = 4096
"""Samples that go through a network at once on a CPU: their values fit its cache."""


def module_name(network: str) -> str:
    """A network's name as torch accepts it: no dots."""
    return network.replace(".", "_")


@dataclass(frozen=True)
class PaperFields:
    """The networks as the renderer asks for them, for one set of placements."""

    config: PaperConfig
    layout: PaperLayout
    background_network: RadianceNetwork
    networks: Mapping[str, nn.Module]
    latents: Float[Tensor, "codes numbers"]
    rows: Int[Tensor, " objects"]
    """Row of each column of the placements in the layout."""
    noisy: bool = False

    @property
    def backdrop(self) -> float:
        return 1.0 if self.config.white_background else 0.0

    @property
    def noise(self) -> float:
        return self.config.raw_noise_std if self.noisy else 0.0

    def background(self, rays: Rays) -> Samples:
        config = self.config
        t, points = self.places(rays)
        rgb, density = _ask(
            self.background_network,
            encode(points, config.multires),
            encode(rays.directions, config.multires_views),
            None,
            self.noise,
        )
        owner = torch.full_like(t, BACKGROUND, dtype=torch.long)
        return Samples(t, torch.where(t > 0, density, 0.0), rgb, owner)

    def places(
        self, rays: Rays
    ) -> tuple[Float[Tensor, "rays samples"], Float[Tensor, "rays samples 3"]]:
        """Where the background is sampled: metres along the rays, and in the world."""
        directions = self._directions(rays)
        z = self._distances(rays.origins, directions)
        points = rays.origins[:, None] + z[..., None] * directions[:, None]
        # Unit directions have length 1 only nearly, and need no correction.
        metric = not self.config.original_distances
        return z if metric else z * directions.norm(dim=-1)[:, None], points

    def _distances(
        self, origins: Float[Tensor, "rays 3"], directions: Float[Tensor, "rays 3"]
    ) -> Float[Tensor, "rays samples"]:
        """Where the background is sampled, in lengths of the directions."""
        config = self.config
        if config.sampling == "planes":
            planes = self.layout.planes
            assert planes is not None, "a model that samples planes has planes"
            return plane_distances(planes, origins, directions)
        t = spread_distances(config.near, config.far, config.n_samples, config.sampling)
        t = t.to(origins.device).expand(len(origins), -1)
        return jitter(t) if self.noisy and config.perturb else t

    def _directions(self, rays: Rays) -> Float[Tensor, "rays 3"]:
        """What one unit of distance in the background is."""
        if not self.config.original_distances:
            return rays.directions
        if rays.pinhole is None:
            raise ValueError(
                "a model with the original's distances needs rays that know their "
                "pinhole direction (`Rays.pinhole`, as `pixel_rays` gives it)"
            )
        return rays.pinhole

    def objects(self, rays: Rays, placements: Placements) -> Samples:
        config, fields = self.config, self.layout.objects
        grow = rays.origins.new_tensor([field.grow for field in fields])[self.rows]
        hits = sample_boxes(placements, rays, config.n_samples_obj, grow, config.opaque)
        rgb, density = self._shade_hits(hits)
        t = hits.t
        if config.original_distances:
            # Metres there, but compared with depths: in metres, so much farther away.
            t = t * self._directions(rays).norm(dim=-1)[hits.ray, None]
        slots = int(hits.rank.max()) + 1 if len(hits.rank) else 0
        shape = (len(rays), slots)
        owner = hits.object[:, None].expand_as(t)
        return Samples(
            scatter_hits(t, hits.ray, hits.rank, shape),
            scatter_hits(density, hits.ray, hits.rank, shape),
            scatter_hits(rgb, hits.ray, hits.rank, shape),
            scatter_hits(owner, hits.ray, hits.rank, shape),
        )

    def _shade_hits(self, hits: BoxSamples) -> tuple[Tensor, Tensor]:
        """Colours and densities in boxes: each network sees only its own objects."""
        config = self.config
        rgb = hits.points.new_zeros(hits.points.shape)
        density = hits.t.new_zeros(hits.t.shape)
        row = self.rows[hits.object]
        for name, members in self._networks().items():
            mine = torch.isin(row, row.new_tensor(members)).nonzero()[:, 0]
            if not len(mine):
                continue
            seen = [encode(hits.directions[mine], config.multires_views)]
            if config.object_setting != 1:
                seen.append(encode(hits.positions[mine], config.multires_obj))
            latent = self.latents[row[mine]] if config.latent_size else None
            network = self.networks[name]
            assert isinstance(network, RadianceNetwork)
            place = encode(hits.points[mine], config.multires)
            colours, densities = _ask(
                network, place, torch.cat(seen, -1), latent, self.noise
            )
            rgb = rgb.index_put((mine,), colours)
            density = density.index_put((mine,), densities)
        return rgb, density

    def _networks(self) -> dict[str, list[int]]:
        """The rows of the objects that each network draws."""
        groups: dict[str, list[int]] = {}
        for i, field in enumerate(self.layout.objects):
            groups.setdefault(module_name(field.network), []).append(i)
        return groups


def _ask(
    network: RadianceNetwork,
    place: Float[Tensor, "rays samples place"],
    colour: Float[Tensor, "rays colour"],
    latent: Float[Tensor, "rays latent"] | None,
    noise: float,
) -> tuple[Float[Tensor, "rays samples 3"], Float[Tensor, "rays samples"]]:
    """A network's answer; for display on a CPU in pieces that fit its cache."""
    step = max(1, CPU_ROWS // place.shape[1])
    if torch.is_grad_enabled() or place.is_cuda or len(place) <= step:
        return network(place, colour, latent, noise)
    pieces = [
        network(
            place[i : i + step],
            colour[i : i + step],
            None if latent is None else latent[i : i + step],
            noise,
        )
        for i in range(0, len(place), step)
    ]
    return torch.cat([p[0] for p in pieces]), torch.cat([p[1] for p in pieces])
