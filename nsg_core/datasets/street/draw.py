"""Draw what cameras of the street see: a program of its own.

``python -m nsg_core.datasets.street.draw FOLDER CAMERAS FRAMES WIDTH HEIGHT SEED``
(cameras: 2, 3 or 23) writes pictures and depths, and for the left camera instances and
labels, in KITTI tracking layout. It prints ``frame N`` when the pictures of a frame are
on the disk.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from nsg_core.datasets.instances import instance_picture
from nsg_core.datasets.kitti_labels import Label, format_labels
from nsg_core.datasets.street.labelling import label_frame
from nsg_core.datasets.street.layout import SUN, Actor, actors, surroundings
from nsg_core.datasets.street.rendering import Shot, StreetRenderer
from nsg_core.datasets.street.rig import SEQUENCE, camera_view, ego_pose
from nsg_core.files import whole_file, write_bytes
from nsg_core.scene import PlacedBox

LEFT, RIGHT = 2, 3
DEPTH_SCALE = 256


def draw(
    folder: Path, cameras: list[int], frames: int, size: tuple[int, int], seed: int
) -> None:
    """Write all files of some cameras (2: left, 3: right)."""
    cast = actors(seed)
    meshes = {actor.track: actor.centred for actor in cast}
    renderer = StreetRenderer(surroundings(seed), meshes, SUN)
    labels: list[Label] = []
    for frame in range(frames):
        for camera in cameras:
            labels += _draw(renderer, folder, camera, frame, size, cast)
        print(f"frame {frame}", flush=True)
    if LEFT in cameras:
        path = folder / f"label_02/{SEQUENCE}.txt"
        write_bytes(path, format_labels(labels).encode())
    renderer.close()


def _draw(
    renderer: StreetRenderer,
    folder: Path,
    camera: int,
    frame: int,
    size: tuple[int, int],
    cast: tuple[Actor, ...],
) -> list[Label]:
    """The pictures of a camera in a frame; its labels are in the left one's."""
    view = camera_view(camera, frame, size)
    poses = {a.track: (a.pose(frame).T_world_object(), a.phase(frame)) for a in cast}
    shot = renderer.shoot(view, poses)
    _write(folder, camera, frame, shot, cast)
    if camera != LEFT:
        return []
    beside = camera_view(RIGHT, frame, size)
    return label_frame(renderer, cast, frame, view, ego_pose(frame), shot, beside)


def _write(
    folder: Path, camera: int, frame: int, shot: Shot, cast: tuple[Actor, ...]
) -> None:
    name = f"{SEQUENCE}/{frame:06d}.png"
    depth = np.round(shot.depth * DEPTH_SCALE)
    # What is too far for 16 bits is as unknown as the sky.
    depth = np.where(depth < 65536, depth, 0).astype(np.uint16)
    save(folder / f"image_0{camera}" / name, shot.rgb)
    save(folder / f"depth_0{camera}" / name, depth)
    if camera == LEFT:
        boxes = tuple(
            PlacedBox(a.track, a.category, "", a.size, a.pose(frame)) for a in cast
        )
        save(folder / "instances" / name, instance_picture(shot.track, boxes))


def save(path: Path, pixels: np.ndarray) -> None:
    """A picture as PNG, 8 bit in colour or 16 bit in grey."""
    with whole_file(path) as temporary:
        Image.fromarray(pixels).save(temporary, format="png", compress_level=4)


if __name__ == "__main__":
    cameras = [int(camera) for camera in sys.argv[2]]
    frames, width, height, seed = map(int, sys.argv[3:])
    draw(Path(sys.argv[1]), cameras, frames, (width, height), seed)
