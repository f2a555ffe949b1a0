"""The scene that the original code builds from a KITTI tracking sequence.

Weights trained with the original code live in its world: the IMU at frame 0 with its
axes exchanged (x forward, y down, z left), cameras turned by a few hand-tuned degrees,
merged classes, no objects that stand still, and a principal point in the picture's
middle. All of that is kept here, and nowhere else.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from nsg_core.datasets.kitti_calibration import Calibration, read_calibration
from nsg_core.datasets.kitti_labels import Label, read_labels
from nsg_core.datasets.kitti_poses import Rigids, euler, imu_poses, read_oxts
from nsg_core.datasets.kitti_tracking import (
    CAMERAS,
    LOOKED_FOR,
    Files,
    choose_frames,
    choose_sequence,
    find_root,
    picture_size,
)
from nsg_core.errors import NsgError
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track
from nsg_core.sequence import Sequence

CLASSES = {"Misc": -1, "Car": 0, "Van": 0, "Truck": 2, "Tram": 3, "Pedestrian": 4}
NAMES = {-1: "Misc", 0: "Car", 2: "Truck", 3: "Tram", 4: "Pedestrian"}
PEDESTRIAN = 4
BOX_SCALE = 1.9
"""By which the published configurations widen boxes, so that they hold shadows."""
PEDESTRIAN_SCALE = 1.2
LEAST_MOTION = 0.5
"""Metres between first and last appearance below which an object is left out."""
TURNS = {1: (0.75, -0.5, 0.5), 2: (0.9, -0.5, 0.7)}
OTHER_TURN = (1.05, -0.75, 0.05)
"""Degrees (roll, pitch, yaw) by which the original turns the cameras, by sequence."""
T_WORLD_IMU = np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
OPENGL = np.diag([1.0, -1.0, -1.0, 1.0])
SIZES = {
    721.5377: (1242, 375),
    718.3351: (1238, 374),
    718.856: (1241, 376),
    707.0493: (1224, 370),
}
"""Sizes of KITTI's pictures by focal length, for sequences without pictures."""
COLUMNS = 14
"""frame camera track class, length height width, x y z yaw, 0 0 moving."""


@dataclass(frozen=True)
class OriginalScene:
    """The original's arrays."""

    sequence: str
    frames: tuple[int, ...]
    width: int
    height: int
    focal: float
    cameras_c2w: Float[np.ndarray, "poses 4 4"]
    """OpenGL axes; the left camera's frames, then the right one's."""
    visible_objects: Float[np.ndarray, "poses slots 14"]
    """Rows of `COLUMNS` numbers; track -1 where a slot is empty."""
    meta: Float[np.ndarray, "objects 5"]
    """Track, length, height, width, class, in order of appearance."""

    @property
    def scene_objects(self) -> Float[np.ndarray, " objects"]:
        """Track ids in the order in which the pictures show them."""
        tracks = self.visible_objects[..., 2].ravel()
        return np.array(list(dict.fromkeys(tracks[tracks >= 0])))

    @property
    def scene_classes(self) -> Float[np.ndarray, " classes"]:
        """Classes in the scene; 0 always, by the row that means "no object"."""
        return np.unique(np.append(self.meta[:, 4], 0.0))

    def scaled_meta(self, box_scale: float = BOX_SCALE) -> Float[np.ndarray, "rows 5"]:
        """Sizes as rendered; the first row means "no object"."""
        none = np.array([[-1.0, 0, 0, 0, 0]])
        rows = np.concatenate([none, self.meta])
        pedestrian = rows[:, 4] == PEDESTRIAN
        rows[:, 1] *= np.where(pedestrian, PEDESTRIAN_SCALE, box_scale)
        rows[:, 3] *= np.where(pedestrian, PEDESTRIAN_SCALE, box_scale)
        return rows


def read_original(
    root: Path, sequence: str | None = None, frames: tuple[int, int] | None = None
) -> OriginalScene:
    """Read a sequence as the original's loader does; pictures are not needed."""
    files = choose_sequence(root, sequence, pictures=False)
    oxts = read_oxts(files.text("oxts"))
    pictures = files.pictures(CAMERAS[0])
    present = tuple(pictures) or tuple(range(len(oxts)))
    chosen = choose_frames(present, frames, files)
    if chosen[-1] >= len(oxts):
        raise NsgError(
            f"{files.text('oxts')}: expected a row for frame {chosen[-1]}, found "
            f"{len(oxts)} rows."
        )
    calibration = read_calibration(files.text("calib"))
    Ts = T_WORLD_IMU @ imu_poses(oxts)
    focal = calibration.projection(2).fx
    size = picture_size(pictures[chosen[0]]) if pictures else _size(files, focal)
    labels = [
        label
        for label in read_labels(files.text("label_02"))
        if label.category in CLASSES
    ]
    visible, meta = _objects(labels, chosen, _T_imu_cam(calibration), Ts)
    cameras = _cameras(calibration, Ts[list(chosen)], files.sequence)
    return OriginalScene(files.sequence, chosen, *size, focal, cameras, visible, meta)


def _size(files: Files, focal: float) -> tuple[int, int]:
    for known, size in SIZES.items():
        if abs(known - focal) < 1e-3:
            return size
    raise NsgError(
        f"{files.root / CAMERAS[0] / files.sequence}: expected pictures, found none, "
        f"and the focal length {focal} is none of KITTI's."
    )


def _inverse(T: np.ndarray) -> np.ndarray:
    """Of a transform whose rotation is only nearly one: by its transpose, as there."""
    out = np.eye(4)
    out[:3, :3] = T[:3, :3].T
    out[:3, 3] = -T[:3, :3].T @ T[:3, 3]
    return out


def _T_imu_cam(calibration: Calibration) -> np.ndarray:
    """From camera 0 to the IMU; the original forgets the rectification for objects."""
    return _inverse(calibration.T_velo_imu()) @ _inverse(calibration.T_cam_velo())


def _cameras(
    calibration: Calibration, Ts: Rigids, sequence: str
) -> Float[np.ndarray, "poses 4 4"]:
    number = int(sequence) if sequence.isdigit() else -1
    angles = np.radians(TURNS.get(number, OTHER_TURN))
    turn = np.eye(4)
    turn[:3, :3] = euler(*angles[:, None])[0]
    T_cam_rect = _inverse(calibration.rectification() @ turn)
    poses = [
        Ts
        @ _T_imu_cam(calibration)
        @ T_cam_rect
        @ calibration.projection(camera).T_rect_camera
        @ OPENGL
        for camera in (2, 3)
    ]
    return np.concatenate(poses)


def _objects(
    labels: list[Label], frames: tuple[int, ...], T_imu_cam: np.ndarray, Ts: Rigids
) -> tuple[np.ndarray, np.ndarray]:
    """Visible objects of each picture, and what is known of each track."""
    sizes: dict[int, tuple[float, float, float, float]] = {}
    for label in labels:
        row = (label.length, label.height, label.width, CLASSES[label.category])
        sizes.setdefault(label.track, row)
    index = {frame: i for i, frame in enumerate(frames)}
    labels = [label for label in labels if label.frame in index]
    moving = _moving(labels, sizes, T_imu_cam, Ts)
    filled = [0] * len(frames)
    rows: list[tuple[int, int, np.ndarray]] = []
    for label in labels:
        # Objects left out leave their slot empty.
        i, slot = index[label.frame], filled[index[label.frame]]
        filled[i] += 1
        if label.track in moving:
            rows.append((i, slot, _row(label, sizes[label.track], T_imu_cam, Ts)))
    visible = np.full((2 * len(frames), max(filled, default=0), COLUMNS), -1.0)
    # The original turns its world over after filling the slots, empty ones included.
    visible[..., 8] = 1.0
    for i, slot, row in rows:
        for j, camera in enumerate((2.0, 3.0)):
            row[1] = camera
            visible[i + j * len(frames), slot] = row
    meta = np.array([(track, *sizes[track]) for track in moving]).reshape(-1, 5)
    return visible, meta


def _row(
    label: Label,
    size: tuple[float, float, float, float],
    T_imu_cam: np.ndarray,
    Ts: Rigids,
) -> np.ndarray:
    x, y, z, yaw = _place(label, T_imu_cam, Ts)
    dimensions = np.array(size[:3], dtype=np.float32)
    head = (label.frame, 0, label.track, size[3])
    return np.array([*head, *dimensions, x, y, z, yaw, 0, 0, 1.0])


def _place(
    label: Label, T_imu_cam: np.ndarray, Ts: Rigids
) -> tuple[float, float, float, float]:
    """Position and yaw in the original's world."""
    T = np.eye(4)
    cos, sin = np.cos(label.yaw), np.sin(label.yaw)
    T[:3, :3] = [[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]
    T[:3, 3] = label.position
    T = Ts[label.frame] @ T_imu_cam @ T
    x, y, z = (float(value) for value in T[:3, 3])
    return x, y, z, float(-np.arctan2(T[2, 0], T[0, 0]))


def _moving(
    labels: Iterable[Label],
    sizes: dict[int, tuple[float, float, float, float]],
    T_imu_cam: np.ndarray,
    Ts: Rigids,
) -> tuple[int, ...]:
    """Tracks that are kept, in order of appearance."""
    ends: dict[int, tuple[Label, Label]] = {}
    for label in labels:
        first, last = ends.get(label.track, (label, label))
        # Files are in order of frames, as the original takes for granted.
        first = label if label.frame < first.frame else first
        last = label if label.frame > last.frame else last
        ends[label.track] = (first, last)

    def way(first: Label, last: Label) -> float:
        a, b = (np.array(_place(end, T_imu_cam, Ts)[:3]) for end in (first, last))
        return float(np.linalg.norm(b - a))

    return tuple(
        track
        for track, pair in ends.items()
        if sizes[track][3] == PEDESTRIAN or way(*pair) >= LEAST_MOTION
    )


def to_scene(original: OriginalScene) -> Scene:
    """The same scene in this program's conventions, still in the original's world."""
    n = len(original.frames)
    Ts = original.cameras_c2w @ OPENGL
    cameras = tuple(
        Camera(
            name,
            original.width,
            original.height,
            *(original.focal, original.focal),
            *(original.width / 2, original.height / 2),
            tuple(tuple(T.ravel().tolist()) for T in Ts[i * n : (i + 1) * n]),
        )
        for i, name in enumerate(CAMERAS)
    )
    left = original.visible_objects[:n].reshape(-1, COLUMNS)
    objects = tuple(_node(row, left) for row in original.meta)
    frames = original.frames
    return Scene("kitti-tracking", original.sequence, frames, cameras, objects)


def _node(
    meta: Float[np.ndarray, " 5"], left: Float[np.ndarray, "rows 14"]
) -> ObjectNode:
    track, length, height, width, kind = (float(value) for value in meta)
    rows = left[left[:, 2] == track]
    rows = rows[np.argsort(rows[:, 0])]
    poses = tuple(
        Pose((float(x), float(y), float(z)), float(yaw))
        for x, y, z, yaw in rows[:, 7:11]
    )
    return ObjectNode(
        int(track),
        NAMES[int(kind)],
        Size(length, height, width),
        Track(tuple(int(frame) for frame in rows[:, 0]), poses),
        f"object/{int(track)}",
    )


def open_original(
    path: Path, sequence: str | None = None, frames: tuple[int, int] | None = None
) -> Scene:
    """The scene that the original code would have built, as a scene of this program."""
    return to_scene(read_original(_root(path), sequence, frames))


def open_original_sequence(
    path: Path, sequence: str | None = None, frames: tuple[int, int] | None = None
) -> Sequence:
    """The same with the recorded pictures, as far as there are any."""
    root = _root(path)
    scene = to_scene(read_original(root, sequence, frames))
    files, chosen = Files(root, scene.sequence), set(scene.frames)
    images = {
        (camera, frame): picture
        for camera in CAMERAS
        for frame, picture in files.pictures(camera).items()
        if frame in chosen
    }
    return Sequence(scene, images, root=root)


def _root(path: Path) -> Path:
    path = Path(os.path.expanduser(path))
    root = find_root(path) if path.is_dir() else None
    if root is None:
        raise NsgError(
            f"{path}: expected a data set that the original code reads. Looked for: "
            f"{LOOKED_FOR}."
        )
    return root
