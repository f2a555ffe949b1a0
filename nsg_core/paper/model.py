"""The paper's model: a background on planes, a network for each object or class."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nsg_core.fields.mlp import RadianceNetwork, code_width, encode
from nsg_core.geometry import Placements, Rays, grid_pixels, pixel_rays, place
from nsg_core.model import Traced
from nsg_core.paper.config import PaperConfig, PaperLayout
from nsg_core.paper.fields import PaperFields, module_name
from nsg_core.paper.layout import lay_out
from nsg_core.paper.render import in_chunks, render_rays
from nsg_core.request import Only
from nsg_core.scene import PlacedBox, Scene, Vec3
from nsg_core.threads import CORES, torch_threads

START_STRIDE = 16
"""Of so many pixels in a row, one tells enough about how a network starts."""

LATENT_START = 0.01
"""Deviation of the latent codes before training."""

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
            config = replace(config, layout=lay_out(config, scene))
        assert config.layout is not None
        self.config = config
        self.layout: PaperLayout = config.layout
        where, view = code_width(config.multires), code_width(config.multires_views)
        self.background_network = RadianceNetwork(
            where, view, config.netwidth, config.netdepth
        )
        seen = view
        if config.object_setting != 1:
            seen += code_width(config.multires_obj)
        self.networks = nn.ModuleDict(
            {
                module_name(field.network): RadianceNetwork(
                    where,
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
        bank = self._fields(place([()]))
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
        bank = self._fields(placements)
        with torch.inference_mode(), torch_threads(CORES, self.device):
            return in_chunks(
                lambda some: render_rays(bank, some, placements, only),
                rays,
                self._rays_at_once(),
            )

    def reach(self, box: PlacedBox) -> tuple[Vec3, Vec3] | None:
        """Corners of the drawn region of a box, in its own frame (`model.Bounded`)."""
        row = self._rows.get(box.model)
        if row is None:
            return None
        grow = self.layout.objects[row].grow
        x, z = (edge * grow / 2 for edge in (box.size.length, box.size.width))
        return (-x, -box.size.height, -z), (x, 0.0, z)

    def shade(self, rays: Rays, placements: Placements, only: Only = "all") -> Traced:
        """Render a batch of rays for training: with gradients, noise and jitter.

        The noise is that of the configuration; a model in `eval()` mode has none.
        """
        placements, only = self._known(placements), self._shown(only)
        bank = self._fields(placements, noisy=self.training)
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

    def _fields(self, placements: Placements, noisy: bool = False) -> PaperFields:
        """The networks for the renderer; each object's row is looked up once."""
        rows = [self._rows[key] for key in placements.models]
        return PaperFields(
            self.config,
            self.layout,
            self.background_network,
            dict(self.networks.items()),
            self.latents,
            torch.tensor(rows, dtype=torch.long, device=self.device),
            noisy,
        )

    def _rays_at_once(self) -> int:
        if self.device.type != "cuda":
            return CPU_RAYS
        free, _ = torch.cuda.mem_get_info(self.device)
        # A handful of layers' values live at once; boxes double a ray's samples.
        sample = 4 * (6 * max(self.config.netwidth, self.config.netwidth_obj) + 256)
        ray = sample * (self.config.n_samples + 2 * self.config.n_samples_obj)
        return max(1024, int(free * GPU_MEMORY_SHARE) // ray)
