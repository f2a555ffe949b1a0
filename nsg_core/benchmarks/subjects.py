"""What is measured: a real drive and its model, or a street that stands in for them.

The stand-in has random weights, but surfaces: its occupancy grid and its densities are
those of a road between two rows of houses, so rays stop where they would in a trained
model. Its colours mean nothing.
"""

import math
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from nsg_core.checkpoint import AnyModel, drive_of, load_checkpoint, save_checkpoint
from nsg_core.errors import NsgError
from nsg_core.fast.model import FastModel, configure
from nsg_core.fast.occupancy import uncontract
from nsg_core.paper.config import PaperConfig
from nsg_core.paper.model import PaperModel
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track
from nsg_core.sequence import Sequence

FRAMES, SIZE, FOCAL = 6, (1242, 375), 721.5
GROUND, HALF_STREET = 1.65, 7.0
SOLID = 20.0
"""Density (1/m) of walls and road."""


@dataclass(frozen=True)
class Subject:
    """A drive and a fast model of it, on a device."""

    drive: Sequence
    model: AnyModel
    checkpoint: Path
    words: str
    """What it is, for the detail of a result."""
    scale: float = 1.0
    """Size of the pictures, as a factor."""
    recorded: bool = False
    """Whether it can be opened again from its folder."""

    @property
    def device(self) -> torch.device:
        """Where its model is."""
        return self.model.device

    @cached_property
    def paper(self) -> PaperModel:
        """The paper's model of the same drive, with fresh weights."""
        torch.manual_seed(0)
        model = PaperModel(PaperConfig(), self.drive.scene)
        return model.to(self.device).eval()


def real(
    drive: Sequence, checkpoint: Path, device: torch.device, scale: float
) -> Subject:
    """A recorded drive and its trained weights."""
    loaded, scene = load_checkpoint(checkpoint, device), drive.scene
    if misfit := loaded.misfit(scene):
        raise NsgError(misfit)
    if not isinstance(loaded.model, FastModel):
        raise NsgError(
            f"{checkpoint}: expected weights of a fast model, found the paper's; its "
            "speed is measured beside a fast model's, and does not depend on weights."
        )
    words = f"{scene.dataset} {scene.sequence}, {checkpoint.name}"
    return Subject(drive, loaded.model, checkpoint, words, scale, recorded=True)


def stand_in(device: torch.device, scale: float, folder: Path) -> Subject:
    """A street with random weights; its files go to a folder."""
    _write_pictures(street_scene(1), folder)
    drive = open_stand_in(folder, FRAMES)
    scene = drive.scene
    model = street_model(scene).to(device).eval()
    path = folder / "checkpoint.safetensors"
    save_checkpoint(path, model, 0, drive_of(scene))
    return Subject(drive, model, path, "stand-in street, random weights", scale)


def open_stand_in(folder: Path, frames: int) -> Sequence:
    """The street whose pictures were written to a folder; long drives repeat them."""
    scene = street_scene(20, frames)
    images = {
        (camera.name, frame): _picture(folder, camera.name, frame % FRAMES)
        for camera in scene.cameras
        for frame in scene.frames
    }
    return Sequence(scene, images, root=folder)


def street_scene(cars: int, count: int = FRAMES) -> Scene:
    """A camera that drives down a street with cars on both sides."""
    frames = tuple(range(count))
    width, height = SIZE

    def camera(name: str, x: float) -> Camera:
        Ts = tuple(
            (1.0, 0, 0, x, 0, 1.0, 0, 0, 0, 0, 1.0, 0.8 * i, 0, 0, 0, 1.0)
            for i in frames
        )
        middle = ((width - 1) / 2, (height - 1) / 2)
        return Camera(name, width, height, FOCAL, FOCAL, *middle, Ts)

    def car(i: int) -> ObjectNode:
        x = (4.8 if i % 2 else -4.8) + 0.3 * math.sin(i)
        pose = Pose((x, GROUND, 9.0 + 70.0 * i / cars), math.pi / 2)
        track = Track(frames, (pose,) * count)
        return ObjectNode(i, "Car", Size(4.2, 1.5, 1.8), track, f"object/{i}")

    cameras = (camera("image_02", 0.0), camera("image_03", 0.54))
    objects = tuple(car(i) for i in range(cars))
    return Scene("benchmark", "street", frames, cameras, objects)


@torch.no_grad()
def street_model(scene: Scene) -> FastModel:
    """Random weights, solid where the street is."""
    torch.manual_seed(0)
    model = FastModel(configure(scene))
    model.background.thicken(SOLID)
    model.objects.thicken(SOLID)
    cells = model.config.cells
    axes = [(torch.arange(n) + 0.5) / n for n in cells]
    centres = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    x, y, _ = uncontract(model.config, centres).unbind(-1)
    solid = (y > GROUND) | ((x.abs() > HALF_STREET) & (y > -8.0))
    model.background.grid.copy_(solid * SOLID)
    model.objects.grid.fill_(SOLID)
    return model


@torch.no_grad()
def haze_model(device: torch.device) -> FastModel:
    """Thin everywhere: every sample of every ray is evaluated with its colour."""
    torch.manual_seed(0)
    model = FastModel(replace(configure(street_scene(1)), far=60.0, smallest=0.2))
    model.background.thicken(0.02)
    model.background.grid.fill_(1.0)
    return model.to(device)


def _write_pictures(scene: Scene, folder: Path) -> None:
    """Noise: what training costs does not depend on what it sees."""
    random = np.random.default_rng(0)
    for camera in scene.cameras:
        for frame in scene.frames:
            size = (camera.height // 4, camera.width // 4, 3)
            coarse = Image.fromarray(random.integers(0, 256, size, dtype=np.uint8))
            path = _picture(folder, camera.name, frame)
            coarse.resize((camera.width, camera.height)).save(path, compress_level=1)


def _picture(folder: Path, camera: str, frame: int) -> Path:
    return folder / f"{camera}-{frame:06d}.png"


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for a stand-in's files, which goes away by itself."""
    return tempfile.TemporaryDirectory(prefix="nsg-bench-")
