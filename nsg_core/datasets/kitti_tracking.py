"""KITTI tracking: folders to a Sequence.

::

    ROOT/image_02/SEQ/000000.png   ROOT/image_03/SEQ/...   (the second one if there)
    ROOT/calib/SEQ.txt  ROOT/label_02/SEQ.txt
    ROOT/oxts/SEQ.txt   or   ROOT/poses/SEQ.txt            (rows of KITTI odometry)
    ROOT/depth_02/SEQ/000000.png                           (if there)
    ROOT/velodyne/SEQ/000000.bin                           (if there)

ROOT is the data set's ``training`` folder, the folder above it, or any folder of this
layout. The world is rectified camera 0 at frame 0 of the *sequence*, whatever frames
are read, so that an edit stays where it is when the range changes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from nsg_core.datasets.kitti_calibration import (
    Calibration,
    Projection,
    read_calibration,
)
from nsg_core.datasets.kitti_labels import Label, read_labels
from nsg_core.datasets.kitti_poses import Rigids, imu_poses, read_oxts, read_poses
from nsg_core.errors import FileError, NsgError
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track
from nsg_core.sequence import Scans, Sequence

NAME = "kitti-tracking"
LOOKED_FOR = "KITTI tracking (calib/ and image_02/SEQUENCE/ here or in training/)"
CAMERAS = ("image_02", "image_03")
PARTS = ("image_02", "label_02", "calib")
PICTURE = re.compile(r"(\d+)\.(png|jpg|jpeg)", re.IGNORECASE)
SCAN = re.compile(r"(\d+)\.bin", re.IGNORECASE)

Pictures = Mapping[int, Path]
"""The file of each frame, ascending."""


def find_root(path: Path) -> Path | None:
    """The folder with the layout above, or None where `path` is no such data set."""
    for folder in (path, path / "training", path / "testing"):
        # Two of three parts: then what is missing gets its own, clearer error.
        if sum((folder / part).is_dir() for part in PARTS) >= 2:
            return folder
    return None


def list_sequences(root: Path, pictures: bool = True) -> tuple[str, ...]:
    """Names of the sequences that have pictures (or else a calibration)."""
    if not pictures:
        return tuple(sorted(file.stem for file in (root / "calib").glob("*.txt")))
    folder = root / CAMERAS[0]
    if not folder.is_dir():
        raise FileError(
            folder,
            "a folder of pictures for each sequence",
            "no such folder",
            "Put the left colour pictures of KITTI tracking there.",
        )
    return tuple(sorted(s.name for s in folder.iterdir() if list_pictures(s)))


def list_pictures(folder: Path, names: re.Pattern[str] = PICTURE) -> Pictures:
    """The numbered pictures of a folder; none where there is no folder."""
    if not folder.is_dir():
        return {}
    matches = ((names.fullmatch(file.name), file) for file in folder.iterdir())
    return dict(sorted((int(m[1]), file) for m, file in matches if m))


@dataclass(frozen=True)
class Files:
    """Where one sequence lies."""

    root: Path
    sequence: str

    def text(self, kind: str) -> Path:
        """A text file of the sequence, for example of kind "calib"."""
        return self.root / kind / f"{self.sequence}.txt"

    def pictures(self, kind: str) -> Pictures:
        """The pictures of a kind, for example "image_02"."""
        return list_pictures(self.root / kind / self.sequence)

    def scans(self) -> Pictures:
        """The lidar's files."""
        return list_pictures(self.root / "velodyne" / self.sequence, SCAN)


def choose_sequence(root: Path, sequence: str | None, pictures: bool = True) -> Files:
    """The files of a named sequence, or of the first one."""
    names = list_sequences(root, pictures)
    if not names:
        kind = CAMERAS[0] if pictures else "calib"
        raise FileError(
            root / kind, "at least one sequence", "none", "Copy the data set again."
        )
    if sequence is None:
        return Files(root, names[0])
    # A person may type 0 for 0000.
    for name in (sequence, sequence.zfill(4)):
        if name in names:
            return Files(root, name)
    raise NsgError(
        f"{root}: there is no sequence {sequence!r}{' with pictures' * pictures}; "
        f"there are: {', '.join(names)}."
    )


def read_sequence(
    root: Path, sequence: str | None, frames: tuple[int, int] | None
) -> Sequence:
    """A sequence, or the frames first to last of it; its pictures are not read yet."""
    files = choose_sequence(root, sequence)
    pictures = {name: files.pictures(name) for name in CAMERAS}
    chosen = choose_frames(tuple(pictures[CAMERAS[0]]), frames, files)
    names = [name for name in CAMERAS if any(f in pictures[name] for f in chosen)]
    Ts = vehicle_poses(files, tuple(pictures[CAMERAS[0]]), chosen)
    calibration = read_calibration(files.text("calib"))
    cameras = tuple(
        _camera(
            name,
            calibration.projection(int(name[-2:])),
            picture_size(
                next(pictures[name][f] for f in chosen if f in pictures[name])
            ),
            Ts,
        )
        for name in names
    )
    by_frame = dict(zip(chosen, Ts, strict=True))
    labels = [label for label in sequence_labels(files) if label.frame in by_frame]
    scene = Scene(NAME, files.sequence, chosen, cameras, make_objects(labels, by_frame))
    return Sequence(
        scene,
        _files({name: pictures[name] for name in names}, chosen),
        _files({n: files.pictures(n.replace("image", "depth")) for n in names}, chosen),
        root,
        _scans(files, calibration, names, chosen),
    )


def _scans(
    files: Files,
    calibration: Calibration,
    cameras: Iterable[str],
    frames: tuple[int, ...],
) -> Scans | None:
    present = files.scans()
    chosen = {frame: present[frame] for frame in frames if frame in present}
    if not chosen:
        return None
    T_rect_lidar = calibration.rectification() @ calibration.T_cam_velo()
    Ts = {}
    for name in cameras:
        T_rect_camera = calibration.projection(int(name[-2:])).T_rect_camera
        T = np.linalg.inv(T_rect_camera) @ T_rect_lidar
        Ts[name] = tuple(T.ravel().tolist())
    return Scans(chosen, Ts)


def _files(
    pictures: Mapping[str, Pictures], frames: tuple[int, ...]
) -> dict[tuple[str, int], Path]:
    return {
        (name, frame): files[frame]
        for name, files in pictures.items()
        for frame in frames
        if frame in files
    }


def choose_frames(
    present: tuple[int, ...], frames: tuple[int, int] | None, files: Files
) -> tuple[int, ...]:
    """The frames of a range, first and last inclusive, among those present."""
    if frames is None:
        return present
    first, last = frames
    chosen = tuple(f for f in present if first <= f <= last)
    if not (present[0] <= first <= last <= present[-1]) or not chosen:
        raise NsgError(
            f"{files.root}: frames {first}-{last} are not in sequence "
            f"{files.sequence}, which has frames {present[0]}-{present[-1]}."
        )
    return chosen


def vehicle_poses(
    files: Files, present: tuple[int, ...], frames: tuple[int, ...]
) -> Rigids:
    """``T_world_camera0`` of the chosen frames.

    A poses file has a row for each frame from 0 on, or for each picture there is.
    """
    path = files.text("oxts")
    if path.exists():
        T_rect_imu = read_calibration(files.text("calib")).T_rect_imu()
        Ts = T_rect_imu @ imu_poses(read_oxts(path)) @ np.linalg.inv(T_rect_imu)
        rows = list(frames)
    else:
        path = files.text("poses")
        if not path.exists():
            raise FileError(
                files.text("oxts"),
                f"the vehicle's motion in this file or in {path}",
                "neither",
                "Copy the GPS/IMU data (oxts) of KITTI tracking there.",
            )
        Ts = read_poses(path)
        by_picture = len(Ts) == len(present)
        rows = [present.index(f) for f in frames] if by_picture else list(frames)
    if max(rows) >= len(Ts):
        raise FileError(path, f"a row for frame {frames[-1]}", f"{len(Ts)} rows")
    return Ts[rows]


def sequence_labels(files: Files) -> tuple[Label, ...]:
    """The labels of a sequence; none in a data set without labels (``testing``)."""
    if not (files.root / "label_02").is_dir():
        return ()
    return read_labels(files.text("label_02"))


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height from a picture's header."""
    try:
        with Image.open(path) as image:
            return image.size
    except (OSError, SyntaxError, ValueError) as error:
        fix = "Copy the file again or leave its frame out with --frames."
        raise FileError(path, "a readable picture", f"{error}", fix) from None


def _camera(
    name: str, projection: Projection, size: tuple[int, int], Ts: Rigids
) -> Camera:
    p = projection
    matrices = (tuple(T.ravel().tolist()) for T in Ts @ p.T_rect_camera)
    return Camera(name, *size, p.fx, p.fy, p.cx, p.cy, tuple(matrices))


def make_objects(
    labels: Iterable[Label], Ts_world_camera0: Mapping[int, np.ndarray]
) -> tuple[ObjectNode, ...]:
    """Tracks of labels, placed in the world by the vehicle's pose of their frame."""
    tracks: dict[int, list[Label]] = {}
    for label in labels:
        tracks.setdefault(label.track, []).append(label)
    return tuple(
        _object(sorted(tracks[track], key=lambda label: label.frame), Ts_world_camera0)
        for track in sorted(tracks)
    )


def _object(labels: list[Label], Ts: Mapping[int, np.ndarray]) -> ObjectNode:
    # KITTI repeats one size in all rows of a track; others measure it anew each time.
    size = Size(
        median(label.length for label in labels),
        median(label.height for label in labels),
        median(label.width for label in labels),
    )
    track = Track(
        tuple(label.frame for label in labels),
        tuple(to_world(label, Ts[label.frame]) for label in labels),
    )
    first = labels[0]
    return ObjectNode(first.track, first.category, size, track, f"object/{first.track}")


def to_world(label: Label, T_world_camera0: np.ndarray) -> Pose:
    """A label's pose in the world; of its turn, what is about the vertical axis."""
    R, t = T_world_camera0[:3, :3], T_world_camera0[:3, 3]
    forward = R @ np.array([np.cos(label.yaw), 0.0, -np.sin(label.yaw)])
    x, y, z = (float(value) for value in R @ np.array(label.position) + t)
    return Pose((x, y, z), float(np.arctan2(-forward[2], forward[0])))
