"""Measured depth: pictures and scans, good and broken, and who reads them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nsg_core.datasets.opening import open_sequence
from nsg_core.depths import project_scan, read_depth, read_scan, shrink_depth
from nsg_core.errors import FileError
from nsg_core.scene import Camera
from nsg_core.sequence import Sequence
from nsg_core.train.batches import load_pictures
from tests.core.kitti_folder import write_kitti
from tests.core.tiny_drive import tiny_drive

CAMERAS = ("image_02", "image_03")
IDENTITY = (1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0)


def camera(width: int = 60, height: int = 30) -> Camera:
    return Camera("image_02", width, height, 50.0, 50.0, 29.5, 14.5, (IDENTITY,))


def write_depth(path: Path, metres: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.round(metres * 256).astype(np.uint16)).save(path)
    return path


def write_scan(path: Path, points: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = np.concatenate([points, np.full((len(points), 1), 0.5)], 1)
    path.write_bytes(rows.astype("<f4").tobytes())
    return path


def plane(slope: float = 0.3) -> np.ndarray:
    """Depth of a slanted wall z = 10 + slope x, as a camera sees it."""
    c = camera()
    u = np.arange(c.width)
    z = 10 / (1 - slope * (u - c.cx) / c.fx)
    return np.tile(z, (c.height, 1)).astype(np.float32)


def points_of(depth: np.ndarray) -> np.ndarray:
    """The points that a camera of `camera()` measured."""
    c, (v, u) = camera(), np.nonzero(depth > 0)
    z = depth[v, u]
    return np.stack([(u - c.cx) / c.fx * z, (v - c.cy) / c.fy * z, z], 1)


def test_a_picture_of_depth_is_in_metres(tmp_path: Path) -> None:
    metres = plane()
    metres[3, 4] = 0
    found = read_depth(write_depth(tmp_path / "a.png", metres))
    np.testing.assert_allclose(found, metres, atol=1 / 512)
    assert found[3, 4] == 0


def test_pictures_that_hold_no_depth(tmp_path: Path) -> None:
    colour = tmp_path / "colour.png"
    Image.new("RGB", (6, 4)).save(colour)
    grey = tmp_path / "grey.png"
    Image.new("L", (6, 4)).save(grey)
    cut = write_depth(tmp_path / "cut.png", plane())
    cut.write_bytes(cut.read_bytes()[:60])
    for path in (colour, grey, cut, tmp_path / "none.png"):
        with pytest.raises(FileError, match=f"{path.name}: expected a 16-bit") as info:
            read_depth(path)
        assert "training goes on without it" in str(info.value)


def test_a_scan_comes_back_as_depth_through_the_lidars_place(tmp_path: Path) -> None:
    """KITTI's axes: x forward, y left, z up; its lidar is above and behind."""
    depth = plane()
    depth[::3] = 0
    T = np.array(
        [[0, -1, 0, 0.02], [0, 0, -1, -0.08], [1, 0, 0, -0.27], [0, 0, 0, 1.0]]
    )
    inverse = np.linalg.inv(T)
    points = points_of(depth) @ inverse[:3, :3].T + inverse[:3, 3]
    behind = -points[:50]
    strange = np.array([[np.nan, 1, 1], [np.inf, 0, 0], [1e30, 0, 0], [0, 0, 0]])
    all_of_it = np.concatenate([strange, behind, points])
    found = project_scan(
        read_scan(write_scan(tmp_path / "a.bin", all_of_it)), T, camera()
    )
    np.testing.assert_allclose(found, depth, rtol=1e-5)


def test_what_is_hidden_from_the_camera_is_not_seen_beside_what_hides_it() -> None:
    """A lidar that sits higher sees the wall behind a post, through the post."""
    wall = points_of(np.where(plane(0.0) > 0, 20.0, 0.0))
    post = points_of(np.where(np.arange(60) // 6 == 4, 5.0, 0.0) * np.ones((30, 1)))
    found = project_scan(np.concatenate([wall, post]), np.eye(4), camera())
    assert (found[:, 24:30] == 5).all()
    beside = found[:, 18:36]
    assert not (beside > 5).any()
    assert (found[:, :18] == 20).all()
    assert (found[:, 36:] == 20).all()


def test_broken_scans_name_their_file(tmp_path: Path) -> None:
    good = write_scan(tmp_path / "good.bin", points_of(plane()))
    cut = tmp_path / "cut.bin"
    cut.write_bytes(good.read_bytes()[:-7])
    empty = tmp_path / "empty.bin"
    empty.touch()
    for path, found in (
        (cut, "bytes"),
        (empty, "0 bytes"),
        (tmp_path / "no", "no such"),
    ):
        with pytest.raises(FileError, match=f"{path.name}: expected a lidar scan") as e:
            read_scan(path)
        assert found in str(e.value)


def test_a_smaller_picture_of_a_plane_is_the_plane() -> None:
    """Its pixels' middles are where inverse depth has its mean."""
    small = shrink_depth(plane(), (20, 10))
    u = (np.arange(20) + 0.5) * 3 - 0.5
    expected = 10 / (1 - 0.3 * (u - 29.5) / 50)
    np.testing.assert_allclose(small, np.tile(expected, (10, 1)), rtol=1e-5)


def test_depths_of_two_surfaces_are_never_mixed() -> None:
    depth = np.full((6, 6), 20, np.float32)
    depth[:, :2] = 5
    depth[0] = 0
    depth[4:, 3:] = 0
    small = shrink_depth(depth, (2, 2))
    np.testing.assert_allclose(small, [[5, 20], [5, 20]], rtol=1e-6)
    assert not shrink_depth(np.zeros((6, 6), np.float32), (4, 4)).any()
    np.testing.assert_array_equal(shrink_depth(depth, (6, 6)), depth)


def test_a_drive_offers_what_was_measured(tmp_path: Path) -> None:
    """Depth pictures first, else scans, through the drive's calibration."""
    root = write_kitti(tmp_path / "training")
    assert open_sequence(root).depth("image_02", 0) is None
    # In the lidar's frame: 12 m ahead of camera 0, half a metre to the left of it.
    point = np.array([[12.27, 0.5, -0.1]])
    write_scan(root / "velodyne/0000/000001.bin", point)
    write_depth(root / "depth_02/0000/000002.png", np.full((24, 64), 7.5))
    drive = open_sequence(root)
    assert drive.depth("image_02", 0) is None
    for name, offset in (("image_02", -0.06), ("image_03", 0.48)):
        depth = drive.depth(name, 1)
        assert depth is not None
        ((v, u),) = np.argwhere(depth > 0)
        assert depth[v, u] == pytest.approx(12)
        assert u == round(100 * (-0.5 - offset) / 12 + 31.5)
        assert v == round(100 * 0.02 / 12 + 11.5)
    depth = drive.depth("image_02", 2)
    assert depth is not None
    assert (depth == 7.5).all()
    assert drive.depth("image_03", 2) is None


def test_depth_of_another_size_is_refused(tmp_path: Path) -> None:
    root = write_kitti(tmp_path / "training")
    path = write_depth(root / "depth_02/0000/000002.png", np.full((12, 32), 7.5))
    with pytest.raises(FileError, match=f"{path}: expected a picture of 64x24, found"):
        open_sequence(root).depth("image_02", 2)


@pytest.fixture
def measured(tmp_path: Path) -> Sequence:
    """The tiny drive with depth of 9 m everywhere in two frames, one camera."""
    drive = tiny_drive(tmp_path, frames=3)
    files = {}
    for frame in (0, 1):
        path = tmp_path / f"depth_02/{frame}.png"
        files["image_02", frame] = write_depth(path, np.full((32, 64), 9.0 + frame))
    return replace(drive, depths=files)


def test_training_reads_the_depth_of_its_own_frames_alone(measured: Sequence) -> None:
    measured.depths["image_02", 1].write_bytes(b"held out, and nobody's business")
    pictures = load_pictures(measured, (0, 2), 0.5, CAMERAS, measured=True)
    assert pictures.depth is not None
    for (name, frame), depth in zip(pictures.keys, pictures.depth, strict=True):
        wanted = 9.0 if (name, frame) == ("image_02", 0) else 0.0
        assert (depth == wanted).all(), (name, frame)
    with pytest.raises(FileError, match=r"1\.png: expected a 16-bit"):
        load_pictures(measured, (0, 1), 0.5, CAMERAS, measured=True)
    assert load_pictures(measured, (0, 1), 0.5, CAMERAS).depth is None
    assert load_pictures(measured, (2,), 0.5, CAMERAS, measured=True).depth is None
