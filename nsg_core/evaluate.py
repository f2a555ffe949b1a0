"""How near rendered pictures come to recorded ones."""

import math

import numpy as np

from nsg_core.frame import render_picture
from nsg_core.model import Model
from nsg_core.pictures import shrink
from nsg_core.request import request_frame
from nsg_core.sequence import Sequence


def psnr(rendered: np.ndarray, recorded: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of pictures in [0, 1]; 100 for equal ones."""
    error = float(np.mean((np.clip(rendered, 0, 1) - recorded) ** 2))
    return -10 * math.log10(max(error, 1e-10))


def psnr_of(
    model: Model,
    sequence: Sequence,
    frames: tuple[int, ...],
    scale: float,
    count: int | None = None,
) -> float | None:
    """Mean PSNR over the pictures of some frames, all cameras; `count` of them or all.

    None if the drive has no pictures of them.
    At a scale under 1 it compares with the recording averaged down, as training does.
    """
    keys = [
        (camera.name, frame)
        for frame in frames
        for camera in sequence.scene.cameras
        if (camera.name, frame) in sequence.images
    ]
    if count is not None and len(keys) > count:
        keys = [keys[(2 * i + 1) * len(keys) // (2 * count)] for i in range(count)]
    values = []
    for camera, frame in keys:
        request = request_frame(sequence.scene, camera, frame, scale)
        recorded = shrink(
            sequence.image(camera, frame), (request.view.width, request.view.height)
        )
        picture = render_picture(model, request)
        values.append(psnr(picture.rgb, recorded.astype(np.float32) / 255))
    return sum(values) / len(values) if values else None
