"""Pictures of any requests, one folder for each kind of picture."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nsg_core.datasets.instances import instance_picture
from nsg_core.drawing.frame import Picture
from nsg_core.export.drive import final_picture
from nsg_core.export.pictures import encode_depth, encode_rgb, write_png
from nsg_core.model import Model
from nsg_core.request import RenderRequest


def _rgb(picture: Picture, request: RenderRequest) -> np.ndarray:
    return encode_rgb(picture.rgb)


def _depth(picture: Picture, request: RenderRequest) -> np.ndarray:
    return encode_depth(picture.depth, picture.opacity, request.view)


def _opacity(picture: Picture, request: RenderRequest) -> np.ndarray:
    return encode_rgb(picture.opacity)


def _instances(picture: Picture, request: RenderRequest) -> np.ndarray:
    return instance_picture(picture.track, request.boxes)


OUTPUTS: dict[str, Callable[[Picture, RenderRequest], np.ndarray]] = {
    "rgb": _rgb,
    "depth": _depth,
    "instances": _instances,
    "opacity": _opacity,
}
"""Kinds of pictures: 8-bit colour; 16-bit metres * 256; 16-bit class * 1000 + track;
8-bit grey."""


@dataclass(frozen=True, slots=True)
class Still:
    """One picture to make."""

    name: str
    """Of its files, without ending."""
    request: RenderRequest


def render_stills(
    model: Model,
    stills: tuple[Still, ...],
    outputs: tuple[str, ...],
    folder: Path,
    samples: int = 1,
) -> Generator[Path | None]:
    """Write pictures as ``FOLDER/rgb/NAME.png``; the path of the first kind of each.

    Yields None between slices of work.
    """
    for still in stills:
        drawing = final_picture(model, still.request, samples)
        picture = yield from drawing
        paths = [folder / output / f"{still.name}.png" for output in outputs]
        for output, path in zip(outputs, paths, strict=True):
            write_png(path, OUTPUTS[output](picture, still.request))
        yield paths[0]
