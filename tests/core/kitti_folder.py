"""A small KITTI tracking data set, written by hand so that tests can break it."""

from pathlib import Path

import numpy as np
from PIL import Image

CALIB = """\
P0: 100 0 31.5 0 0 100 11.5 0 0 0 1 0
P1: 100 0 31.5 -50 0 100 11.5 0 0 0 1 0
P2: 100 0 31.5 6 0 100 11.5 0 0 0 1 0
P3: 100 0 31.5 -48 0 100 11.5 0 0 0 1 0
R_rect 1 0 0 0 1 0 0 0 1
Tr_velo_cam 0 -1 0 0 0 0 -1 -0.08 1 0 0 -0.27
Tr_imu_velo 1 0 0 -0.8 0 1 0 0.3 0 0 1 -0.8
"""
OBJECT_STYLE = (("R_rect", "R0_rect:"), ("_velo_cam", "_velo_to_cam:"))
CAR = "{} 7 Car 0 0 -1.5 10 5 30 20 1.5 1.6 4.0 1.0 1.5 {} -1.57"


def oxts_row(east: float, heading: float = 0.0) -> str:
    """A GPS/IMU row at the equator, where a degree of longitude is 111,319.49 m."""
    values = [0.0, east / 111319.49079327358, 100.0, 0.0, 0.0, heading]
    return " ".join(f"{value:.15g}" for value in values + [0.0] * 24)


def write_kitti(root: Path, frames: int = 4, cameras: int = 2) -> Path:
    """A vehicle that drives 1 m a frame east, and a car 10 m ahead of its start."""
    for kind in ("calib", "label_02", "oxts"):
        (root / kind).mkdir(parents=True)
    (root / "calib/0000.txt").write_text(CALIB)
    labels = ["0 -1 DontCare -1 -1 -10 1 2 3 4 -1000 -1000 -1000 -10 -1 -1 -1"]
    labels += [CAR.format(frame, 10.0 - frame) for frame in range(frames)]
    (root / "label_02/0000.txt").write_text("\n".join(labels) + "\n")
    rows = [oxts_row(float(frame)) for frame in range(frames)]
    (root / "oxts/0000.txt").write_text("\n".join(rows) + "\n")
    for camera in range(2, 2 + cameras):
        folder = root / f"image_0{camera}/0000"
        folder.mkdir(parents=True)
        for frame in range(frames):
            pixels = np.full((24, 64, 3), 10 * frame + camera, dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"{frame:06d}.png")
    return root
