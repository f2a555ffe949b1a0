"""Export the edited drive as a data set that opens again, here and in other readers.

::

    DIR/image_02/SEQ/000000.png   8-bit colour (and image_03 for a second camera)
    DIR/depth_02/SEQ/000000.png   16-bit, metres * 256, 0: no surface (KITTI depth)
    DIR/instances/SEQ/000000.png  16-bit, class * 1000 + track (KITTI MOTS)
    DIR/label_02/SEQ.txt          what is visible, in the edited camera's coordinates
    DIR/calib/SEQ.txt  DIR/poses/SEQ.txt  DIR/video.mp4  DIR/edits.json
    DIR/manifest.json             what this was made from

Frames keep the numbers of the recording. A frame of which all pictures are there is
finished: an interrupted export goes on where it stopped, and several processes may each
take a share of the frames; whoever finishes the last one writes the video.
"""

import shutil
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nsg_core.datasets.instances import instance_id, instance_picture
from nsg_core.datasets.kitti_labels import Label, format_labels
from nsg_core.datasets.kitti_poses import format_poses
from nsg_core.documents.scene_file import write_edits
from nsg_core.drawing.frame import Picture, render_frame
from nsg_core.errors import NsgError
from nsg_core.export.labels import visible_labels
from nsg_core.export.layout import SLOTS, Layout, calibration_text, file_name
from nsg_core.export.manifest import claim, complete
from nsg_core.export.pictures import encode_depth, encode_rgb, read_png, write_png
from nsg_core.export.plan import Plan
from nsg_core.export.video import write_video
from nsg_core.files import write_bytes
from nsg_core.model import Model
from nsg_core.request import RenderRequest, request_frame

TABLES_EVERY = 1.0
"""Seconds between two writings of labels and poses while frames come in."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A frame is finished."""

    step: int
    total: int
    frame: int
    path: Path
    """Its colour picture."""


def export_drive(model: Model, plan: Plan, folder: Path) -> Generator[Exported | None]:
    """Write a drive to a folder; a value for each finished frame.

    Yields None between slices of work: to cancel is to stop pulling and close the
    generator, which leaves a folder that opens, with the frames that are finished.
    """
    _check(plan)
    layout = Layout(folder, file_name(plan.scene.sequence))
    was_complete = claim(folder, plan)
    todo = [f for f in plan.mine() if not _finished(layout, plan, f)]
    if was_complete and not todo:
        return
    _check_space(folder, plan, len(todo))
    write_edits(folder / "edits.json", plan.edits)
    tables = _Tables(layout, plan)
    try:
        for step, frame in enumerate(todo, len(plan.mine()) - len(todo) + 1):
            yield from _export_frame(model, plan, layout, frame)
            tables.add(frame)
            picture = layout.picture("image_02", frame)
            yield Exported(step, len(plan.mine()), frame, picture)
    finally:
        tables.write()
    if all(_finished(layout, plan, frame) for frame in plan.frames):
        yield from _finish(layout, plan)


def count_finished(plan: Plan, folder: Path) -> int:
    """How many of a share's frames an earlier run has finished."""
    layout = Layout(folder, file_name(plan.scene.sequence))
    return sum(_finished(layout, plan, frame) for frame in plan.mine())


def final_picture(
    model: Model, request: RenderRequest, samples: int = 1
) -> Generator[None, None, Picture]:
    """Returns the finished picture of a request, after any number of None.

    The same renderer as on the screen; its last level is what the screen shows at rest.
    """
    for picture in render_frame(model, request, first_stride=1, samples=samples):
        if picture is not None and picture.final:
            return picture
        yield None
    raise AssertionError("the last picture of a request is its final one")


def _check(plan: Plan) -> None:
    if not plan.frames:
        raise NsgError("there is no frame to export.")
    if not 1 <= len(plan.cameras) <= len(SLOTS):
        raise NsgError(f"one or two cameras can be exported, not {len(plan.cameras)}.")
    for frame in plan.frames:
        for box in plan.scene.at(frame):
            instance_id(box.category, box.track_id)
    _calibration(plan)


def _calibration(plan: Plan) -> str:
    first, *others = (plan.views(camera) for camera in plan.cameras)
    return calibration_text(first, *others)


def _check_space(folder: Path, plan: Plan, frames: int) -> None:
    needed = plan.needed_bytes * frames
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise NsgError(
            f"{folder}: {frames} frames need about {needed / 1e6:.0f} MB, and "
            f"{free / 1e6:.0f} MB are free. Free some space, or export fewer frames or "
            "at a smaller scale."
        )


def _finished(layout: Layout, plan: Plan, frame: int) -> bool:
    pictures = layout.pictures(frame, len(plan.cameras), plan.outputs)
    return all(path.exists() for path in pictures)


def _export_frame(
    model: Model, plan: Plan, layout: Layout, frame: int
) -> Iterator[None]:
    for slot, camera in zip(SLOTS, plan.cameras, strict=False):
        request = request_frame(plan.scene, camera, frame, plan.scale)
        picture = yield from final_picture(model, request, plan.samples)
        if slot == SLOTS[0] and "depth" in plan.outputs:
            depth = encode_depth(picture.depth, picture.opacity, request.view)
            write_png(layout.picture("depth_02", frame), depth)
        if slot == SLOTS[0] and "instances" in plan.outputs:
            instances = instance_picture(picture.track, request.boxes)
            write_png(layout.picture("instances", frame), instances)
        write_png(layout.picture(f"image_{slot}", frame), encode_rgb(picture.rgb))


class _Tables:
    """Labels, poses and calibration of the frames that are finished so far."""

    def __init__(self, layout: Layout, plan: Plan):
        self.layout, self.plan = layout, plan
        self.labels: dict[int, tuple[Label, ...]] = {}
        self.written = time.monotonic()
        for frame in plan.frames:
            if _finished(layout, plan, frame):
                self.labels[frame] = self._labels(frame)

    def add(self, frame: int) -> None:
        """A frame is finished; now and then all texts are written."""
        self.labels[frame] = self._labels(frame)
        if time.monotonic() - self.written > TABLES_EVERY:
            self.write()

    def write(self) -> None:
        """Write the texts, each whole or not at all."""
        if not self.labels:
            return
        Ts = [self.plan.view(self.plan.cameras[0], f).matrix() for f in self._frames()]
        labels = [label for f in self._frames() for label in self.labels[f]]
        texts = {
            "calib": _calibration(self.plan),
            "poses": format_poses(np.array(Ts)),
        }
        if "labels" in self.plan.outputs:
            texts["label_02"] = format_labels(labels)
        for kind, text in texts.items():
            write_bytes(self.layout.text(kind), text.encode())
        self.written = time.monotonic()

    def _frames(self) -> list[int]:
        return sorted(self.labels)

    def _labels(self, frame: int) -> tuple[Label, ...]:
        if "labels" not in self.plan.outputs:
            return ()
        view = self.plan.view(self.plan.cameras[0], frame)
        instances, depth = (
            read_png(self.layout.picture(kind, frame))
            for kind in ("instances", "depth_02")
        )
        boxes = self.plan.scene.at(frame)
        return visible_labels(view, boxes, frame, instances, depth)


def _finish(layout: Layout, plan: Plan) -> Iterator[None]:
    # Other processes may have finished frames after this one began.
    _Tables(layout, plan).write()
    if plan.video:
        pictures = [layout.picture("image_02", frame) for frame in plan.frames]
        for _ in write_video(layout.folder / "video.mp4", pictures):
            yield None
    complete(layout.folder, plan)
