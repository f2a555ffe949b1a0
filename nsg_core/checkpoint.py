"""Weights and configuration in one safetensors file; never a pickle.

The header holds one JSON text under the key ``nsg``: format, kind of model, its
configuration, the training step, which drive it was trained on, in whose coordinates,
and on which of its frames.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from nsg_core.errors import FileError, NsgError
from nsg_core.fast.compact import compacted, expanded
from nsg_core.fast.model import FastConfig, FastModel
from nsg_core.files import write_bytes
from nsg_core.paper.config import PaperConfig
from nsg_core.paper.model import PaperModel
from nsg_core.scene import Scene
from nsg_core.settings import from_json, to_json

FORMAT = "nsg-checkpoint/1"
MEND = "Choose a checkpoint that `nsg train` or `nsg import-original` wrote."
T = TypeVar("T")
AnyModel = FastModel | PaperModel
World = Literal["recorded", "original"]
"""In whose coordinates a model knows its drive: ours, or the original code's."""


@dataclass(frozen=True)
class Drive:
    """Which recording a model was trained on."""

    dataset: str
    sequence: str
    frames: tuple[int, int]
    """First and last."""
    objects: tuple[str, ...]
    """Model keys with their classes, for example ``object/3 Van``."""


@dataclass(frozen=True)
class Trained:
    """What a model was trained with, which tells what it has never seen."""

    protocol: str
    """Which frames were held out (`nsg_core.measuring.protocols`)."""
    frames: tuple[int, ...]
    """The frames that it saw."""
    scale: float
    """Size of the pictures that it saw, as a factor."""


@dataclass(frozen=True)
class Checkpoint:
    """A model and where it comes from."""

    model: AnyModel
    step: int
    drive: Drive | None
    path: Path
    trained: Trained | None = None
    """None: the file does not say."""
    world: World = "recorded"

    def misfit(self, scene: Scene, world: World = "recorded") -> str:
        """Why it cannot be a model of this drive, in words; empty if it can be.

        `world` says in whose coordinates the scene is.
        """
        if self.world != world:
            return (
                f"{self.path} was imported from the original code and knows the drive "
                "in that code's world, where cameras and boxes stand elsewhere. Only "
                "nsg render and nsg eval draw it."
            )
        if self.drive is None:
            return ""
        here = drive_of(scene)
        known, found = (
            dict(o.split(" ", 1) for o in d.objects) for d in (self.drive, here)
        )
        # Two data sets may both call a sequence 0000, but rarely do all classes agree.
        alike = all(known.get(key, kind) == kind for key, kind in found.items())
        names = (self.drive.dataset, self.drive.sequence)
        if alike and names == (here.dataset, here.sequence):
            return ""
        return (
            f"{self.path} was trained on {self.drive.dataset} {self.drive.sequence}, "
            f"and this drive is {here.dataset} {here.sequence} with other objects. "
            "Choose a checkpoint of this drive, or train one."
        )


def drive_of(scene: Scene) -> Drive:
    """The identity of a scene's recording."""
    objects = tuple(f"{node.model} {node.category}" for node in scene.objects)
    frames = (scene.frames[0], scene.frames[-1])
    return Drive(scene.dataset, scene.sequence, frames, objects)


def save_checkpoint(
    path: Path,
    model: AnyModel,
    step: int = 0,
    drive: Drive | None = None,
    trained: Trained | None = None,
    world: World = "recorded",
    compact: bool = False,
) -> None:
    """Write a checkpoint whole or not at all; NsgError where that cannot be.

    Weights that are no numbers are refused: the file that was there is worth more.
    `compact`: with the tables of a fast model in eight bits.
    """
    for name, value in model.state_dict().items():
        if not value.isfinite().all():
            raise NsgError(
                f"{path} is not written: {name} has become NaN or infinite. Train "
                "with a smaller rate (--set rate=0.003)."
            )
    header = {
        "format": FORMAT,
        "kind": "fast" if isinstance(model, FastModel) else "paper",
        "step": step,
        "drive": drive and to_json(drive),
        "trained": trained and to_json(trained),
        "world": world,
        "config": to_json(model.config),
    }
    tensors = _stored(model)
    if compact and isinstance(model, FastModel):
        tensors = compacted(tensors, _TABLES)
    write_bytes(path, save(tensors, metadata={"nsg": json.dumps(header)}))


def load_checkpoint(path: Path, device: torch.device | str = "cpu") -> Checkpoint:
    """A model ready to render, on a device.

    Raises FileError for what is no checkpoint of this program, is cut off, was changed,
    or whose tables do not fit its configuration. Nothing in the file is executed.
    """
    path = Path(path)
    header, tensors = _read(path)
    # First without memory: a file of a few bytes may ask for tables of many gigabytes.
    with torch.device("meta"):
        _check(path, _build(header, path), tensors)
    model = _build(header, path)
    model.load_state_dict({name: value.float() for name, value in tensors.items()})
    step, world = header.get("step", 0), header.get("world", "recorded")
    trained = header.get("trained")
    if isinstance(trained, dict):
        # A few early files name a folder, too, which is nobody else's business.
        trained = {key: value for key, value in trained.items() if key != "data"}
    if type(step) is not int or world not in get_args(World):
        found = f"step {step!r}, world {world!r}"
        raise FileError(path, "a number of steps and a known world", found, MEND)
    return Checkpoint(
        model.to(device).eval(),
        step,
        _optional(Drive, header.get("drive"), path),
        path,
        _optional(Trained, trained, path),
        world,
    )


def _optional(kind: type[T], data: object, path: Path) -> T | None:
    return None if data is None else from_json(kind, data, path)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {}).get("nsg", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError:
        raise FileError(path, "a checkpoint", "no such file", MEND) from None
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        raise FileError(
            path, "a checkpoint in safetensors format", f"{error}", MEND
        ) from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise FileError(path, FORMAT, "another kind of safetensors file", MEND)
    return cast(dict[str, Any], header), expanded(tensors)


def _build(header: Mapping[str, Any], path: Path) -> AnyModel:
    kind, config = header.get("kind"), header.get("config")
    if kind == "fast":
        return FastModel(_settings(FastConfig, config, path))
    if kind == "paper":
        settings = _settings(PaperConfig, config, path)
        if settings.layout is None:
            raise FileError(path, "the layout of a paper model", "none", MEND)
        return PaperModel(settings)
    raise FileError(path, "a model of kind fast or paper", repr(kind), MEND)


def _settings(kind: type[T], config: object, path: Path) -> T:
    try:
        return from_json(kind, config, path)
    except FileError:
        raise
    except NsgError as error:
        raise FileError(path, "settings of a model", f"this: {error}", MEND) from None


_KINDS = (torch.half, torch.float)
_MOST = torch.finfo(torch.half).max
_TABLES = ("background.table", "objects.table")
_HALVED = (*_TABLES, "background.grid", "objects.grid")


def _stored(model: nn.Module) -> dict[str, torch.Tensor]:
    """The weights as they lie in a file: tables and grids with half the digits."""

    def stored(name: str, value: torch.Tensor) -> torch.Tensor:
        # A density can be higher than the highest of these numbers, and no wall more
        # opaque for it.
        return value.clamp(-_MOST, _MOST).half() if name in _HALVED else value

    return {
        name: stored(name, value).cpu().contiguous()
        for name, value in model.state_dict().items()
    }


def _check(path: Path, model: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    """Refuse weights that are not those of a model."""
    state = model.state_dict()
    wanted = {name: tuple(value.shape) for name, value in state.items()}
    found = {name: tuple(value.shape) for name, value in tensors.items()}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise FileError(
                path,
                f"{name} of shape {wanted.get(name, 'none')}",
                f"{found.get(name, 'none')}",
                "The file was changed or is of another version; train again.",
            )
        kind = tensors[name].dtype
        if kind not in _KINDS:
            expected = f"{name} in floating-point numbers of 16 or 32 bits"
            raise FileError(path, expected, str(kind), MEND)
        if not tensors[name].isfinite().all():
            raise FileError(path, f"finite numbers in {name}", "NaN or infinity", MEND)
