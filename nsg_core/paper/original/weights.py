"""The original code's weights: which files belong together, and what is in them."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nsg_core.errors import FileError
from nsg_core.paper.original.arrays import read_arrays

_NAME = re.compile(
    r"(?:(?P<background>model)|model_obj_(?P<object>\d+)|model_class_(?P<class>\d+)"
    r"|latent_vector_obj_(?P<latent>\d+))_(?P<step>\d{6,})\.npy"
)


@dataclass(frozen=True)
class NetworkWeights:
    """One network's layers in the original's order."""

    path: Path
    arrays: tuple[np.ndarray, ...]
    """Kernel [in out] and bias of each layer: the trunk, the bottleneck, the colour
    head, its last layer, and the density."""


@dataclass(frozen=True)
class OriginalWeights:
    """All files of one training step."""

    step: int
    background: NetworkWeights | None
    """None where only objects were trained."""
    objects: dict[int, NetworkWeights] = field(default_factory=dict)
    """By track id, when every object has a network of its own."""
    classes: dict[int, NetworkWeights] = field(default_factory=dict)
    """By the original's class number."""
    latents: dict[int, np.ndarray] = field(default_factory=dict)
    """By track id."""


def read_weights(folder: Path) -> OriginalWeights:
    """The newest complete step in a folder; FileError names what is wrong with it."""
    wanted = "a folder with the original's weights (model_000100.npy and the like)"
    if not folder.is_dir():
        raise FileError(folder, wanted, "no such folder")
    matches = [(path, _NAME.fullmatch(path.name)) for path in sorted(folder.iterdir())]
    found = [(path, match) for path, match in matches if match]
    if not found:
        raise FileError(folder, wanted, "no such file in it")
    # The step of the background counts, as in the original; objects alone have none.
    steps = [int(m["step"]) for _, m in found if m["background"]]
    step = max(steps or [int(m["step"]) for _, m in found])
    background = None
    objects: dict[int, NetworkWeights] = {}
    classes: dict[int, NetworkWeights] = {}
    latents: dict[int, np.ndarray] = {}
    for path, match in found:
        if int(match["step"]) != step:
            continue
        if match["background"]:
            background = _network(path)
        elif match["object"]:
            objects[int(match["object"])] = _network(path)
        elif match["class"]:
            classes[int(match["class"])] = _network(path)
        else:
            latents[int(match["latent"])] = _latent(path)
    return OriginalWeights(step, background, objects, classes, latents)


def _network(path: Path) -> NetworkWeights:
    arrays = tuple(array.astype(np.float32) for array in read_arrays(path))
    kernels, biases = arrays[::2], arrays[1::2]
    pairs = len(kernels) == len(biases) and all(
        k.ndim == 2 and b.shape == (k.shape[1],)
        for k, b in zip(kernels, biases, strict=False)
    )
    if not pairs or not arrays:
        shapes = " ".join(str(array.shape) for array in arrays)
        raise FileError(path, "kernels [in out], each with its bias", shapes or "none")
    if not all(np.isfinite(array).all() for array in arrays):
        raise FileError(path, "finite weights", "NaN or infinity")
    return NetworkWeights(path, arrays)


def _latent(path: Path) -> np.ndarray:
    arrays = read_arrays(path)
    if len(arrays) != 1 or arrays[0].ndim != 1:
        shapes = " ".join(str(array.shape) for array in arrays)
        raise FileError(path, "one row of numbers", f"shapes {shapes}")
    if not np.isfinite(arrays[0]).all():
        raise FileError(path, "finite numbers", "NaN or infinity")
    return arrays[0].astype(np.float32)
