"""How near rendered pictures come to recorded ones, under named protocols."""

import math
from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float

from nsg_core.drawing.frame import render_frame
from nsg_core.export.labels import clip, project_box
from nsg_core.measuring.flow import end_point_error, grey, optical_flow
from nsg_core.measuring.metrics import psnr, psnr_within, ssim
from nsg_core.measuring.perceptual import Lpips
from nsg_core.measuring.protocols import split
from nsg_core.model import Model
from nsg_core.pictures import shrink
from nsg_core.request import RenderRequest, request_frame
from nsg_core.sequence import Sequence

RECONSTRUCTION = "all"
"""The protocol that holds nothing out: it is about the frames that were trained on."""
METRICS = ("psnr", "ssim", "lpips", "lpips_vgg", "box_psnr", "tlp", "tof")
LPIPS_NETWORKS = {"lpips": "alex", "lpips_vgg": "vgg"}

Key = tuple[str, int]
"""Camera and frame."""
Pixels = Float[np.ndarray, "height width 3"]


@dataclass(frozen=True)
class Scores:
    """What one picture, or a mean of many, scores; a metric that has no value lacks."""

    camera: str
    frame: int
    values: dict[str, float]


@dataclass(frozen=True)
class Judges:
    """The metrics that need more than arithmetic, as far as they could be had."""

    lpips: dict[str, Lpips] = field(default_factory=dict)
    """By the name of the metric."""


def judged_frames(frames: tuple[int, ...], protocol: str) -> tuple[int, ...]:
    """The frames that a protocol judges: those held out, or all of them."""
    train, held_out = split(frames, protocol)
    return train if protocol == RECONSTRUCTION else held_out


def pictures_of(sequence: Sequence, frames: tuple[int, ...]) -> list[Key]:
    """Cameras and frames that the drive has pictures of, frame by frame."""
    return [
        (camera.name, frame)
        for frame in frames
        for camera in sequence.scene.cameras
        if (camera.name, frame) in sequence.images
    ]


def evaluate(
    model: Model,
    sequence: Sequence,
    frames: tuple[int, ...],
    scale: float = 1.0,
    judges: Judges | None = None,
) -> Generator[Scores | None]:
    """Scores of the pictures of some frames; None between slices of work.

    At a scale under 1 it compares with the recording averaged down, as training does.
    """
    before: dict[str, tuple[int, Pixels, Pixels]] = {}
    for camera, frame in pictures_of(sequence, frames):
        request = request_frame(sequence.scene, camera, frame, scale)
        recorded = _recorded(sequence, (camera, frame), request)
        rendered = yield from _rendered(model, request)
        lpips = {} if judges is None else judges.lpips
        values = _judged(rendered, recorded, box_mask(request), lpips)
        last = before.get(camera)
        if last is not None and last[0] + 1 == frame:
            yield None
            values |= _flicker(last[1:], (rendered, recorded), lpips.get("lpips"))
        before[camera] = (frame, rendered, recorded)
        yield Scores(camera, frame, values)


def mean(scores: list[Scores], camera: str | None = None) -> dict[str, float]:
    """Means over the pictures (of a camera, or all) that have a value."""
    chosen = [s.values for s in scores if camera in (None, s.camera)]
    found = {name: [v[name] for v in chosen if name in v] for name in METRICS}
    return {name: sum(some) / len(some) for name, some in found.items() if some}


def psnr_of(
    model: Model,
    sequence: Sequence,
    frames: tuple[int, ...],
    scale: float,
    count: int | None = None,
) -> float | None:
    """Mean PSNR over the pictures of some frames, all cameras; `count` of them or all.

    None if the drive has no pictures of them.
    """
    keys = pictures_of(sequence, frames)
    if count is not None and len(keys) > count:
        keys = [keys[(2 * i + 1) * len(keys) // (2 * count)] for i in range(count)]
    values = []
    for camera, frame in keys:
        request = request_frame(sequence.scene, camera, frame, scale)
        recorded = _recorded(sequence, (camera, frame), request)
        values.append(psnr(_all_of(_rendered(model, request)), recorded))
    return sum(values) / len(values) if values else None


def box_mask(request: RenderRequest) -> Bool[np.ndarray, "height width"]:
    """The pixels inside the projected boxes of the objects."""
    view = request.view
    mask = np.zeros((view.height, view.width), dtype=bool)
    for box in request.boxes:
        whole = project_box(view, box.pose, box.size)
        if whole is None:
            continue
        left, top, right, bottom = whole
        if left > view.width - 1 or top > view.height - 1 or right < 0 or bottom < 0:
            continue
        left, top, right, bottom = clip(whole, view)
        columns = slice(math.ceil(left), math.floor(right) + 1)
        mask[math.ceil(top) : math.floor(bottom) + 1, columns] = True
    return mask


def _recorded(sequence: Sequence, key: Key, request: RenderRequest) -> Pixels:
    size = (request.view.width, request.view.height)
    return shrink(sequence.image(*key), size).astype(np.float32) / 255


def _rendered(model: Model, request: RenderRequest) -> Generator[None, None, Pixels]:
    for picture in render_frame(model, request, first_stride=1):
        if picture is not None and picture.final:
            return picture.rgb
        yield None
    raise AssertionError("the last picture of a request is final")


def _all_of(work: Generator[None, None, Pixels]) -> Pixels:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def _judged(
    rendered: Pixels,
    recorded: Pixels,
    mask: Bool[np.ndarray, "height width"],
    lpips: dict[str, Lpips],
) -> dict[str, float]:
    values: dict[str, float | None] = {
        "psnr": psnr(rendered, recorded),
        "ssim": ssim(rendered, recorded),
        "box_psnr": psnr_within(rendered, recorded, mask),
    }
    for name, judge in lpips.items():
        values[name] = judge.between(rendered, recorded)
    return {name: value for name, value in values.items() if value is not None}


def _flicker(
    before: tuple[Pixels, Pixels], now: tuple[Pixels, Pixels], judge: Lpips | None
) -> dict[str, float]:
    """How unlike the change to the next picture is to the recorded change.

    tOF by optical flow, in pixels; tLP by LPIPS.
    """
    values: dict[str, float] = {}
    flows = [optical_flow(grey(a), grey(b)) for a, b in zip(before, now, strict=True)]
    apart = end_point_error(*flows)
    if apart is not None:
        values["tof"] = apart
    if judge is not None:
        rendered, recorded = (judge.between(before[i], now[i]) for i in (0, 1))
        values["tlp"] = abs(rendered - recorded)
    return values
