"""The original code's weights as a model of this program."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from nsg_core.errors import FileError, NsgError
from nsg_core.fields.mlp import COLOUR_LAYERS, RadianceNetwork
from nsg_core.paper.config import ObjectField, PaperConfig, PaperLayout
from nsg_core.paper.fields import module_name
from nsg_core.paper.layout import plane_stack
from nsg_core.paper.model import PaperModel
from nsg_core.paper.original.planes import Planes
from nsg_core.paper.original.weights import (
    NetworkWeights,
    OriginalWeights,
    read_weights,
)

PEDESTRIAN = 4
"""The original's number of the class whose boxes grow less."""

HEAD_LAYERS = COLOUR_LAYERS + 3
"""Layers behind the trunk: bottleneck, colours, the last colour layer, density."""


def import_original(
    folder: Path,
    config: PaperConfig,
    planes: Planes | None,
    classes: Mapping[int, int] | None = None,
    cameras: tuple[str, ...] = (),
) -> PaperModel:
    """A model with the newest weights of a folder, ready to render.

    `planes` are those of the drive it was trained on (None where the configuration
    samples by a law of distance), `classes` the original's class
    number of each track, which is needed where there is more than one class network.
    Objects get the key "object/TRACK". Widths and depths are those of the files.
    """
    weights = read_weights(folder)
    owners = _owners(folder, weights, classes or {})
    objects = tuple(
        ObjectField(f"object/{track}", network, _growth(config, classes or {}, track))
        for track, network in owners.items()
    )
    background = weights.background is not None
    config = replace(
        _sized(config, weights),
        original_distances=True,
        layout=PaperLayout(plane_stack(planes), objects, cameras, background),
    )
    model = PaperModel(config)
    if weights.background is not None:
        _fill(model.background_network, weights.background)
    for name, source in _sources(weights).items():
        network = dict(model.networks.items()).get(module_name(name))
        if isinstance(network, RadianceNetwork):
            _fill(network, source)
    with torch.no_grad():
        for row, track in enumerate(owners):
            if weights.latents:
                model.latents[row] = torch.from_numpy(weights.latents[track])
    return model.eval()


def _owners(
    folder: Path, weights: OriginalWeights, classes: Mapping[int, int]
) -> dict[int, str]:
    """The name of the network that draws each track."""
    if not weights.latents:
        return {track: f"object/{track}" for track in weights.objects}
    if not weights.classes:
        found = "latent vectors alone"
        raise FileError(folder, "networks of classes (model_class_...)", found)
    only = next(iter(weights.classes)) if len(weights.classes) == 1 else None
    owners: dict[int, str] = {}
    for track in weights.latents:
        number = classes.get(track, only)
        if number not in weights.classes:
            names = ", ".join(map(str, weights.classes))
            raise NsgError(
                f"{folder}: track {track} is of class {number}, but there are weights "
                f"for class {names}. Import with the drive that was trained on."
            )
        owners[track] = f"class/{number}"
    return owners


def _growth(config: PaperConfig, classes: Mapping[int, int], track: int) -> float:
    person = classes.get(track) == PEDESTRIAN
    return config.pedestrian_scale if person else config.box_scale


def _sources(weights: OriginalWeights) -> dict[str, NetworkWeights]:
    """Each network's file by the network's name here."""
    objects = {f"object/{track}": w for track, w in weights.objects.items()}
    return objects | {f"class/{n}": w for n, w in weights.classes.items()}


def _sized(config: PaperConfig, weights: OriginalWeights) -> PaperConfig:
    """The configuration with the sizes that the files have."""
    lengths = {track: len(code) for track, code in weights.latents.items()}
    if len(set(lengths.values())) > 1:
        raise NsgError(f"latent vectors of one step differ in length: {lengths}.")
    config = replace(config, latent_size=next(iter(lengths.values()), 0))
    if weights.background is not None:
        depth, width = _size(weights.background)
        config = replace(config, netdepth=depth, netwidth=width)
    for source in _sources(weights).values():
        depth, width = _size(source)
        config = replace(config, netdepth_obj=depth, netwidth_obj=width)
    return config


def _size(weights: NetworkWeights) -> tuple[int, int]:
    """Layers and width of a network's trunk."""
    depth = len(weights.arrays) // 2 - HEAD_LAYERS
    if depth < 1:
        raise FileError(
            weights.path,
            f"a trunk and {HEAD_LAYERS} layers of heads that see the viewing direction "
            "(use_viewdirs = True)",
            f"{len(weights.arrays) // 2} layers",
        )
    return depth, weights.arrays[0].shape[1]


def _fill(network: RadianceNetwork, weights: NetworkWeights) -> None:
    """Put a file's layers into a network; every shape must be the network's."""
    layers = [
        *network.layers,
        network.bottleneck,
        *network.colours,
        network.rgb,
        network.density,
    ]
    for i, layer in enumerate(layers):
        assert isinstance(layer, nn.Linear)
        kernel, bias = weights.arrays[2 * i : 2 * i + 2]
        wanted = (layer.in_features, layer.out_features)
        if kernel.shape != wanted:
            raise FileError(
                weights.path,
                f"layer {i + 1} of {len(layers)} to be {wanted[0]}x{wanted[1]}",
                f"{kernel.shape[0]}x{kernel.shape[1]}",
                "Do multires, object_setting and latent_size fit these weights?",
            )
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(kernel.T))
            layer.bias.copy_(torch.from_numpy(bias))
