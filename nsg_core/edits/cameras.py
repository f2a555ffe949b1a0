"""Edits of cameras beyond `SetCamera`: a flight of its own, and mounts put together."""

import math
from dataclasses import dataclass, replace
from typing import TypeGuard

import numpy as np

from nsg_core.cameras.path import CameraPath
from nsg_core.edits.edit import Edit, SetCamera
from nsg_core.errors import NsgError
from nsg_core.scene import Scene, Vec3


@dataclass(frozen=True, slots=True)
class SetCameraPath:
    """Give the drive this camera path in the place of the one it has; None: none.

    It holds the whole path, so that of several in a row only the last one counts.
    """

    path: CameraPath | None
    what: str = "Change the camera path"
    """What was done to it."""

    @property
    def label(self) -> str:
        return self.what

    @property
    def merge_key(self) -> tuple[object, ...]:
        return ("camera-path",)

    def apply(self, scene: Scene) -> Scene:
        for key in self.path.keys if self.path else ():
            scene.index(key.frame)
        kept = self.path if self.path and self.path.keys else None
        return replace(scene, camera_path=kept)


def is_mount(edit: Edit, camera: str) -> TypeGuard[SetCamera]:
    """It puts this camera elsewhere for the whole drive."""
    if not isinstance(edit, SetCamera) or edit.frames is not None:
        return False
    return edit.camera == camera


def mounted(edits: tuple[Edit, ...], camera: str) -> SetCamera:
    """All mounts of a camera as one edit; of the identity where there is none.

    Edits of single frames may lie between them: those stay as they are, and are
    carried along by what moves the whole.
    """
    total = SetCamera(camera)
    for edit in edits:
        if is_mount(edit, camera):
            total = composed(total, edit)
    return total


def composed(first: SetCamera, then: SetCamera) -> SetCamera:
    """One edit that does what two do one after the other."""
    if (first.camera, first.frames) != (then.camera, then.frames):
        raise NsgError(
            "only edits of one camera in the same frames can be put together."
        )
    T = first.T_old_new() @ then.T_old_new()
    x, y, z = T[:3, 3].tolist()
    return SetCamera(
        first.camera,
        (x, y, z),
        turn_of(T[:3, :3]),
        first.focal_scale * then.focal_scale,
        then.size or first.size,
        first.frames,
    )


def turn_of(R: np.ndarray) -> Vec3:
    """Yaw, pitch and roll of a camera's rotation, as `SetCamera` takes them."""
    pitch = math.asin(float(np.clip(-R[1, 2], -1, 1)))
    if abs(R[1, 2]) > 1 - 1e-9:
        # Straight up or down yaw and roll are the same turn: call it yaw.
        return math.atan2(-R[2, 0], R[0, 0]), pitch, 0.0
    yaw, roll = math.atan2(R[0, 2], R[2, 2]), math.atan2(R[1, 0], R[1, 1])
    return yaw, pitch, roll
