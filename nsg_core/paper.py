"""The paper's model: a background on planes, a network for each object or class."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from nsg_core.composite import BACKGROUND, Samples
from nsg_core.fields.mlp import RadianceNetwork, code_width, encode
from nsg_core.geometry import Placements, Rays, grid_pixels, pixel_rays
from nsg_core.model import Traced
from nsg_core.paper_config import PaperConfig, PaperLayout
from nsg_core.render import in_chunks, render_rays, scatter_hits
from nsg_core.request import Only
from nsg_core.sampling import (
    BoxSamples,
    jitter,
    plane_distances,
    sample_boxes,
    spread_distances,
)
from nsg_core.scene import Scene

START_STRIDE = 16
"""Of so many pixels in a row, one tells enough about how a network starts."""

LATENT_START = 0.01
"""Deviation of the latent codes before training."""

CPU_ROWS = 4096
"""Samples that go through a network at once on a CPU: their values fit its cache."""
CPU_RAYS = 8192
GPU_MEMORY_SHARE = 0.25
"""Of the free memory; the rest is for sorting, compositing and other programs."""


class PaperModel(nn.Module):
    """Neural scene graph of Ost et al. (CVPR 2021), for training and for display."""

    def __init__(self, config: PaperConfig, scene: Scene | None = None):
        """With fresh weights; a configuration without layout takes it from `scene`."""
        super().__init__()
        if config.layout is None:
            assert scene is not None, "a model needs a layout or a scene to make one of"
            config = config.for_scene(scene)
        assert config.layout is not None
        self.config = config
        self.layout: PaperLayout = config.layout
        place, view = code_width(config.multires), code_width(config.multires_views)
        self.background_network = RadianceNetwork(
            place, view, config.netwidth, config.netdepth
        )
        seen = view
        if config.object_setting != 1:
            seen += code_width(config.multires_obj)
        self.networks = nn.ModuleDict(
            {
                module_name(field.network): RadianceNetwork(
                    place,
                    seen,
                    config.netwidth_obj,
                    config.netdepth_obj,
                    config.latent_size,
                )
                for field in self.layout.objects
            }
        )
        codes = torch.randn(len(self.layout.objects), config.latent_size)
        self.latents = nn.Parameter(codes * LATENT_START)
        self._rows = {field.key: i for i, field in enumerate(self.layout.objects)}
        if scene is not None:
            self._centre_densities(scene)

    def _centre_densities(self, scene: Scene) -> None:
        """Let the fresh background's raw densities have mean 0 and deviation 1.

        Places enter the network in metres, so its first answers are large, and of one
        sign all along the road: fog in front of everything or, behind a ReLU, nothing
        for ever. In the cameras' first views they are brought to the size of the noise
        that training adds (as Mishkin and Matas 2016 do for every layer).
        """
        views = [scene.view(camera.name, scene.frames[0]) for camera in scene.cameras]
        bank = _Fields(self, self.latents.new_zeros(0, dtype=torch.long))
        network = self.background_network
        with torch.no_grad():
            pixels = [grid_pixels(view, START_STRIDE) for view in views]
            rays = [
                pixel_rays(view, some) for view, some in zip(views, pixels, strict=True)
            ]
            points = torch.cat([bank.places(some)[1] for some in rays])
            tail = network.trunk(encode(points, self.config.multires))
            raw = network.raw_density(tail)
            deviation = raw.std(correction=0).clamp_min(1e-6)
            network.density.weight.div_(deviation)
            network.density.bias.sub_(raw.mean()).div_(deviation)

    @property
    def device(self) -> torch.device:
        """Where its weights are and its rays must be."""
        return self.latents.device

    @property
    def cameras(self) -> tuple[str, ...]:
        """Recorded cameras; this model knows no exposure, so all look alike to it."""
        return self.layout.cameras

    @property
    def keys(self) -> frozenset[str]:
        """The model keys of the objects it can draw."""
        return frozenset(self._rows)

    def trace(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """Render rays for display, without gradients, whatever their number."""
        placements, only = self._known(placements), self._shown(only)
        bank = _Fields(self, self._object_rows(placements))
        with torch.inference_mode():
            return in_chunks(
                lambda some: render_rays(bank, some, placements, only),
                rays,
                self._rays_at_once(),
            )

    def shade(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """Render a batch of rays for training: with gradients, noise and jitter.

        The noise is that of the configuration; a model in `eval()` mode has none.
        """
        placements, only = self._known(placements), self._shown(only)
        bank = _Fields(self, self._object_rows(placements), noisy=self.training)
        return render_rays(bank, rays, placements, only)

    def regularisation(self) -> Float[Tensor, ""]:
        """What the loss adds to keep latent codes short: their weighted lengths."""
        return self.config.latent_balance * self.latents.norm(dim=1).sum()

    def _shown(self, only: Only) -> Only:
        """What can be drawn of what is asked for."""
        return "objects" if only == "all" and not self.layout.background else only

    def _known(self, placements: Placements) -> Placements:
        """The placements of those objects that this model can draw."""
        columns = [i for i, key in enumerate(placements.models) if key in self._rows]
        if len(columns) == len(placements.models):
            return placements
        return replace(
            placements,
            T_object_world=placements.T_object_world[:, columns],
            size=placements.size[:, columns],
            present=placements.present[:, columns],
            track=placements.track[columns],
            models=tuple(placements.models[i] for i in columns),
        )

    def _object_rows(self, placements: Placements) -> Int[Tensor, " objects"]:
        """For each column of the placements, its row among this model's objects."""
        rows = [self._rows[key] for key in placements.models]
        return torch.tensor(rows, dtype=torch.long, device=self.device)

    def _rays_at_once(self) -> int:
        if self.device.type != "cuda":
            return CPU_RAYS
        free, _ = torch.cuda.mem_get_info(self.device)
        # A handful of layers' values live at once; boxes double a ray's samples.
        sample = 4 * (6 * max(self.config.netwidth, self.config.netwidth_obj) + 256)
        ray = sample * (self.config.n_samples + 2 * self.config.n_samples_obj)
        return max(1024, int(free * GPU_MEMORY_SHARE) // ray)


def module_name(network: str) -> str:
    """A network's name as torch accepts it: no dots."""
    return network.replace(".", "_")


@dataclass(frozen=True)
class _Fields:
    """A model's fields as the renderer asks for them, for one set of placements."""

    model: PaperModel
    rows: Int[Tensor, " objects"]
    """Row of each column of the placements in the model's layout."""
    noisy: bool = False

    @property
    def backdrop(self) -> float:
        return 1.0 if self.model.config.white_background else 0.0

    @property
    def noise(self) -> float:
        return self.model.config.raw_noise_std if self.noisy else 0.0

    def background(self, rays: Rays) -> Samples:
        config = self.model.config
        t, points = self.places(rays)
        rgb, density = _ask(
            self.model.background_network,
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
        metric = not self.model.config.original_distances
        return z if metric else z * directions.norm(dim=-1)[:, None], points

    def _distances(
        self, origins: Float[Tensor, "rays 3"], directions: Float[Tensor, "rays 3"]
    ) -> Float[Tensor, "rays samples"]:
        """Where the background is sampled, in lengths of the directions."""
        config = self.model.config
        if config.sampling == "planes":
            planes = self.model.layout.planes
            assert planes is not None, "a model that samples planes has planes"
            return plane_distances(planes, origins, directions)
        t = spread_distances(config.near, config.far, config.n_samples, config.sampling)
        t = t.to(origins.device).expand(len(origins), -1)
        return jitter(t) if self.noisy and config.perturb else t

    def _directions(self, rays: Rays) -> Float[Tensor, "rays 3"]:
        """What one unit of distance in the background is."""
        if not self.model.config.original_distances:
            return rays.directions
        if rays.pinhole is None:
            raise ValueError(
                "a model with the original's distances needs rays that know their "
                "pinhole direction (`Rays.pinhole`, as `pixel_rays` gives it)"
            )
        return rays.pinhole

    def objects(self, rays: Rays, placements: Placements) -> Samples:
        config = self.model.config
        fields = self.model.layout.objects
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
        config = self.model.config
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
            latent = self.model.latents[row[mine]] if config.latent_size else None
            network = self.model.networks[name]
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
        for i, field in enumerate(self.model.layout.objects):
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
