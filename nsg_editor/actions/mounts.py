"""Actions that mount a recorded camera elsewhere: another vehicle, another lens.

However often a camera is moved, the project holds one edit of it that says where it is
now, relative to the recording: "Camera image_02: 0.50 m up".
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from nsg_core.edits.cameras import is_mount, mounted
from nsg_core.edits.edit import SetCamera, replay
from nsg_core.errors import NsgError
from nsg_core.scene import Scene, Vec3
from nsg_editor.actions.registry import action
from nsg_editor.derived.marks import Dot, Handle, Mark, Word, marks
from nsg_editor.state import EditorState
from nsg_editor.values import history

FARTHEST = 200.0
"""Metres that a camera can be shifted."""
ANGLES = (1.0, 170.0)
"""Degrees that a picture can be wide."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A place on a vehicle."""

    name: str
    height: float
    """Metres above the road."""
    forward: float
    """Metres ahead of KITTI's cameras, which stand on a car's roof."""
    pitch: float = 0.0
    """Degrees up."""


ROOF = 1.65
"""Metres above the road at which the recorded cameras are."""
PRESETS = (
    Preset("Car, roof", 1.65, 0.0),
    Preset("Car, windscreen", 1.35, 0.6),
    Preset("Car, bumper", 0.5, 1.7, 2.0),
    Preset("SUV, roof", 1.95, 0.0, -1.0),
    Preset("Van, windscreen", 2.1, 0.9, -2.0),
    Preset("Truck, cabin", 2.8, 1.4, -5.0),
    Preset("Bus, above the door", 3.0, 1.6, -7.0),
    Preset("Robot on the pavement", 0.6, 0.0, 4.0),
)


def mount_of(state: EditorState, camera: str | None = None) -> SetCamera:
    """Where a camera is, relative to the recording."""
    return mounted(state.edits, camera or state.camera)


def wide(state: EditorState, camera: str | None = None) -> float:
    """How wide a camera's picture is (degrees)."""
    c = state.scene.camera(camera or state.camera)
    return math.degrees(2 * math.atan(c.width / 2 / c.fx))


def _checked(mount: SetCamera) -> SetCamera:
    numbers = (*mount.shift, *mount.turn, mount.focal_scale)
    if not all(map(math.isfinite, numbers)):
        raise NsgError(f"a camera's place needs finite numbers, found {numbers}.")
    if math.dist(mount.shift, (0, 0, 0)) > FARTHEST:
        raise NsgError(f"a camera can be shifted by {FARTHEST:g} m at the most.")
    return mount


def _with_mount(state: EditorState, mount: SetCamera, close: bool) -> EditorState:
    """Within the open gesture, or one of its own: the camera is there now."""
    opened = state.history
    if opened.base is None or close:
        opened = history.begin(opened, state.selection)
    base = opened.base
    assert base is not None
    as_recorded = mount == SetCamera(mount.camera)
    kept = tuple(e for e in base.edits if not is_mount(e, mount.camera))
    edits = kept if as_recorded else (*kept, _checked(mount))
    # Cameras depend on edits of cameras alone.
    lenses = tuple(edit for edit in edits if isinstance(edit, SetCamera))
    cameras = replay(opened.origin, lenses).cameras
    step = replace(
        base,
        label=mount.label,
        edits=edits,
        scene=replace(base.scene, cameras=cameras),
    )
    done = replace(opened, present=step)
    return replace(state, history=history.commit(done) if close else done)


def _changed(
    state: EditorState,
    camera: str | None,
    shift: Vec3 | None,
    degrees: Vec3 | None,
    fov: float | None,
    size: tuple[int, int] | None,
) -> SetCamera:
    name = camera or state.camera
    # A gesture begins where it began, so that nothing adds up.
    base = state.history.base or state.history.present
    mount = mounted(base.edits, name)
    if shift is not None:
        mount = replace(mount, shift=shift)
    if degrees is not None:
        yaw, pitch, roll = map(math.radians, degrees)
        mount = replace(mount, turn=(yaw, pitch, roll))
    if size is not None:
        if not all(1 <= edge <= 8192 for edge in size):
            raise NsgError(
                f"a picture is 1 to 8192 pixels wide and high, found {size}."
            )
        recorded = state.drive.recording.camera(name)
        plain = size == (recorded.width, recorded.height)
        mount = replace(mount, size=None if plain else size)
    if fov is not None:
        mount = replace(mount, focal_scale=_zoom(state, name, mount, fov))
    return mount


def _zoom(state: EditorState, name: str, mount: SetCamera, fov: float) -> float:
    """The focal length, as a factor, at which a picture is so wide."""
    if not ANGLES[0] <= fov <= ANGLES[1]:
        raise NsgError(f"a picture is 1 to 170 degrees wide, found {fov:g}.")
    recorded = state.drive.recording.camera(name)
    width = mount.size[0] if mount.size else recorded.width
    return width / 2 / math.tan(math.radians(fov) / 2) / recorded.fx


@action("mount")
def mount(
    state: EditorState,
    shift: Vec3 | None = None,
    degrees: Vec3 | None = None,
    fov: float | None = None,
    size: tuple[int, int] | None = None,
    camera: str | None = None,
) -> EditorState:
    """Mount the camera elsewhere: metres right, down, forward; degrees; width."""
    closed = replace(state, history=history.commit(state.history))
    new = _changed(closed, camera, shift, degrees, fov, size)
    return _with_mount(closed, new, close=True)


@action("drag-mount")
def drag_mount(
    state: EditorState,
    shift: Vec3 | None = None,
    degrees: Vec3 | None = None,
    fov: float | None = None,
    size: tuple[int, int] | None = None,
    camera: str | None = None,
) -> EditorState:
    """Within a gesture: the camera is mounted there."""
    new = _changed(state, camera, shift, degrees, fov, size)
    return _with_mount(state, new, close=False)


@action("mount-at")
def mount_at(state: EditorState, to: Vec3, camera: str | None = None) -> EditorState:
    """Within a gesture: the camera of this frame is at a place of the world."""
    name = camera or state.camera
    T = _recorded_pose(state.drive.recording, name, state.frame)
    x, y, z = (T[:3, :3].T @ (np.array(to) - T[:3, 3])).tolist()
    return drag_mount(state, shift=(x, y, z), camera=name)


@action("mount-preset")
def mount_preset(
    state: EditorState, name: str, camera: str | None = None
) -> EditorState:
    """Mount the camera as on another vehicle: on a truck, behind a bumper."""
    preset = next((p for p in PRESETS if p.name == name), None)
    if preset is None:
        known = ", ".join(f'"{p.name}"' for p in PRESETS)
        raise NsgError(f"there is no mounting {name!r}; there are: {known}.")
    shift = (0.0, ROOF - preset.height, preset.forward)
    changed = mount(state, shift, (0.0, preset.pitch, 0.0), camera=camera)
    return replace(changed, notice=f"{camera or state.camera}: {preset.name}.")


@action("mount-reset")
def mount_reset(state: EditorState, camera: str | None = None) -> EditorState:
    """Put the camera back to where it was recorded."""
    closed = replace(state, history=history.commit(state.history))
    return _with_mount(closed, SetCamera(camera or state.camera), close=True)


def _recorded_pose(recording: Scene, camera: str, frame: int) -> np.ndarray:
    return recording.view(camera, frame).matrix()


@marks("cameras")
def camera_marks(state: EditorState) -> tuple[Mark, ...]:
    """The camera as a dot that can be dragged, and its name."""
    if not state.boxes:
        return ()
    found: list[Mark] = []
    for camera in state.scene.cameras:
        chosen = camera.name == state.camera
        T = state.scene.view(camera.name, state.frame).T_world_camera
        place = (T[3], T[7], T[11])
        handle = Handle("mount-at", {"camera": camera.name})
        colour = "accent" if chosen else "dim"
        found.append(Dot(place, colour, 6.0 if chosen else 4.0, handle))
        if mount_of(state, camera.name) != SetCamera(camera.name):
            found.append(Word(place, camera.name, colour))
    return tuple(found)
