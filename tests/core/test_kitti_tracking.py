"""KITTI tracking: a hand-written drive with known truth, and the real one."""

import math
from pathlib import Path

import numpy as np
import pytest

from nsg_core.datasets.kitti_calibration import read_calibration
from nsg_core.datasets.kitti_labels import Label, format_labels, read_labels
from nsg_core.datasets.kitti_poses import format_poses, imu_poses, read_oxts
from nsg_core.datasets.opening import list_sequences, open_sequence
from nsg_core.errors import FileError, NsgError
from nsg_core.scene import PlacedBox
from tests.core.kitti_folder import CALIB, CAR, OBJECT_STYLE, oxts_row, write_kitti


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    return write_kitti(tmp_path / "training")


def box_corners(box: PlacedBox) -> np.ndarray:
    """The eight corners of a box in the world [8 3]."""
    s = box.size
    half = np.array(
        [
            (x, y, z)
            for x in (-s.length / 2, s.length / 2)
            for y in (-s.height, 0)
            for z in (-s.width / 2, s.width / 2)
        ]
    )
    T = box.pose.T_world_object()
    return half @ T[:3, :3].T + T[:3, 3]


def test_world_is_camera_0_at_frame_0_and_a_parked_car_stays(drive: Path) -> None:
    scene = open_sequence(drive).scene
    assert scene.frames == (0, 1, 2, 3)
    left, right = (np.array(c.Ts_world_camera).reshape(-1, 4, 4) for c in scene.cameras)
    # P2's 4th column puts the left camera 6 cm left of camera 0, the right one 48 cm
    # right; one metre a frame forward.
    np.testing.assert_allclose(left[:, 0, 3], -0.06, atol=1e-6)
    np.testing.assert_allclose(right[:, 0, 3], 0.48, atol=1e-6)
    np.testing.assert_allclose(left[:, 2, 3], [0, 1, 2, 3], atol=1e-6)
    (car,) = scene.objects
    assert (car.track_id, car.category, car.model) == (7, "Car", "object/7")
    assert (car.size.length, car.size.height, car.size.width) == (4.0, 1.5, 1.6)
    for pose in car.track.poses:
        np.testing.assert_allclose(pose.position, (1.0, 1.5, 10.0), atol=1e-6)
        assert pose.yaw == pytest.approx(-1.57)


@pytest.mark.parametrize("heading", [0.0, 0.7, -2.0])
def test_a_turn_of_the_vehicle_turns_the_cars_about_it(
    drive: Path, heading: float
) -> None:
    rows = [oxts_row(0.0), oxts_row(0.0, heading), oxts_row(2.0), oxts_row(3.0)]
    (drive / "oxts/0000.txt").write_text("\n".join(rows))
    scene = open_sequence(drive).scene
    before, after = scene.objects[0].track.poses[:2]
    # Heading is counter-clockwise seen from above; yaw about a y that points down is
    # clockwise.
    turn = math.remainder(after.yaw - before.yaw + heading, math.tau)
    assert turn == pytest.approx(0, abs=1e-9)
    T = np.array(scene.cameras[0].Ts_world_camera[1]).reshape(4, 4)
    np.testing.assert_allclose(
        T[:3, 2], [-math.sin(heading), 0, math.cos(heading)], atol=1e-12
    )


def test_a_range_keeps_the_world(drive: Path) -> None:
    whole, part = open_sequence(drive), open_sequence(drive, "0000", (2, 3))
    assert part.scene.frames == (2, 3)
    assert (
        part.scene.cameras[0].Ts_world_camera
        == (whole.scene.cameras[0].Ts_world_camera[2:])
    )
    assert part.scene.at(3) == whole.scene.at(3)
    assert set(part.images) == {
        (c, f) for c in ("image_02", "image_03") for f in (2, 3)
    }
    assert int(part.image("image_03", 2)[0, 0, 0]) == 23


@pytest.mark.parametrize("root", ["training", "."])
def test_roots(drive: Path, root: str) -> None:
    assert open_sequence(drive.parent / root).root == drive.parent / "training"
    assert list_sequences(drive) == ("0000",)
    assert open_sequence(drive, "0").scene.sequence == "0000"


def test_poses_stand_in_for_oxts(drive: Path) -> None:
    before = open_sequence(drive)
    T = read_calibration(drive / "calib/0000.txt").T_rect_imu()
    Ts = T @ imu_poses(read_oxts(drive / "oxts/0000.txt")) @ np.linalg.inv(T)
    (drive / "poses").mkdir()
    (drive / "poses/0000.txt").write_text(format_poses(Ts))
    (drive / "oxts/0000.txt").unlink()
    after = open_sequence(drive)
    for old, new in zip(before.scene.cameras, after.scene.cameras, strict=True):
        np.testing.assert_allclose(new.Ts_world_camera, old.Ts_world_camera, atol=1e-8)
    # Part of a drive: as many rows as pictures, whose numbers begin late.
    for camera in ("image_02", "image_03"):
        for frame in (0, 1):
            (drive / camera / f"0000/{frame:06d}.png").unlink()
    (drive / "poses/0000.txt").write_text(format_poses(Ts[2:]))
    late = open_sequence(drive)
    assert late.scene.frames == (2, 3)
    np.testing.assert_allclose(
        late.scene.cameras[1].Ts_world_camera,
        before.scene.cameras[1].Ts_world_camera[2:],
        atol=1e-8,
    )


def test_both_spellings_of_a_calibration(drive: Path) -> None:
    before = open_sequence(drive).scene
    text = CALIB.replace("Tr_imu_velo", "Tr_imu_to_velo:") + "\n"
    for old, new in OBJECT_STYLE:
        text = text.replace(old, new)
    (drive / "calib/0000.txt").write_text(text)
    assert open_sequence(drive).scene == before


def test_what_may_be_missing(tmp_path: Path) -> None:
    drive = write_kitti(tmp_path, cameras=1)
    (drive / "image_02/0000/000001.png").unlink()
    labels = (drive / "label_02/0000.txt").read_text().splitlines()
    (drive / "label_02/0000.txt").write_text("\n".join(labels[:-1]))
    scene = open_sequence(drive).scene
    assert [camera.name for camera in scene.cameras] == ["image_02"]
    assert scene.frames == (0, 2, 3)
    assert scene.objects[0].track.frames == (0, 2)
    assert scene.at(3) == ()


def test_sizes_that_vary_give_their_median(drive: Path) -> None:
    rows = [CAR.format(f, 9.0).replace("4.0", size) for f, size in enumerate("459")]
    (drive / "label_02/0000.txt").write_text("\n".join(rows))
    assert open_sequence(drive).scene.objects[0].size.length == 5.0


def test_labels_survive_writing(tmp_path: Path) -> None:
    label = Label(3, 5, "Van", 1, 2, -1.25, (1, 2, 30.5, 40), 2, 1.5, 4, (1, 2, 9), 3)
    path = tmp_path / "labels.txt"
    path.write_text(format_labels([label]))
    (again,) = read_labels(path)
    assert again == Label(
        *(getattr(label, f) for f in label.__slots__ if f != "line"), line=1
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("label_02", "4.0 1.0 1.5 9", "4.0 1.0 9", "txt:3: expected 17 columns .*16"),
        ("label_02", "4.0 1.0 1.5 9", "4.0 1.0 x 9", "txt:3: .*finite number.*'x'"),
        ("label_02", "4.0 1.0 1.5 9", "4.0 1.0 nan 9", "txt:3: .*found 'nan'"),
        ("label_02", "1.6 4.0 1.0 1.5 9", "1.6 -4 1.0 1.5 9", "txt:3: .*length > 0"),
        ("label_02", "1 7 Car", "1.5 7 Car", "txt:3: .*frame number"),
        ("label_02", "1 7 Car", "1 -1 Car", "txt:3: .*track of 0 or more"),
        ("label_02", "1 7 Car", "0 7 Car", "txt:3: .*once.*on line 2"),
        ("calib", "R_rect", "R_rekt", "txt: expected a line R_rect or R0_rect.*R_rekt"),
        ("calib", "P2:", "P9:", "txt: expected a line P2"),
        ("calib", "P3: 100 0", "P3: 100", "txt:4: expected 12 numbers for P3"),
        ("calib", "P2: 100", "P2: -100", "txt:3: expected focal lengths > 0"),
        ("calib", "R_rect 1 0", "R_rect 1 1", "txt:5: expected a rotation"),
        ("calib", "P2: 100", "P2: 1OO", "txt:3: .*finite number, found '1OO'"),
        ("oxts", "100 0 0 0 0 0", "100 0 0 0 0", "txt:1: expected 30 numbers.*29"),
        ("oxts", "100 0", "100 inf", "txt:1: .*found 'inf'"),
    ],
)
def test_broken_text_is_named_with_its_line(
    drive: Path, file: str, old: str, new: str, says: str
) -> None:
    path = drive / file / "0000.txt"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(FileError, match=f"{file}/0000.{says}"):
        open_sequence(drive)


def test_what_must_not_be_missing(drive: Path) -> None:
    with pytest.raises(NsgError, match=r"no sequence '0007' .*there are: 0000"):
        open_sequence(drive, "0007")
    for frames in ((0, 9), (3, 1), (-1, 2), (7, 9)):
        with pytest.raises(NsgError, match="which has frames 0-3"):
            open_sequence(drive, None, frames)
    lines = (drive / "oxts/0000.txt").read_text().splitlines()
    (drive / "oxts/0000.txt").write_text("\n".join(lines[:2]))
    with pytest.raises(FileError, match=r"oxts.*a row for frame 3, found 2 rows"):
        open_sequence(drive)
    (drive / "oxts/0000.txt").write_bytes(b"1 2\n\xff\xfe")
    with pytest.raises(FileError, match=r"oxts/0000.txt:2: .*bytes that are no text"):
        open_sequence(drive)
    (drive / "oxts/0000.txt").unlink()
    with pytest.raises(FileError, match=r"motion in this file or in .*poses/0000.txt"):
        open_sequence(drive)


def test_folders_that_are_no_data_set(drive: Path, tmp_path: Path) -> None:
    with pytest.raises(NsgError, match="found nothing there"):
        open_sequence(tmp_path / "nowhere")
    with pytest.raises(NsgError, match="found a file"):
        open_sequence(drive / "calib/0000.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NsgError, match=r"an empty folder. Looked for: KITTI tracking"):
        open_sequence(tmp_path / "empty")
    for camera in ("image_02", "image_03"):
        (drive / camera).rename(drive / f"no_{camera}")
    with pytest.raises(FileError, match="image_02: expected a folder of pictures"):
        open_sequence(drive)
    (drive / "image_02").mkdir()
    with pytest.raises(FileError, match="expected at least one sequence, found none"):
        open_sequence(drive)


def test_a_truncated_picture_is_named(drive: Path) -> None:
    path = drive / "image_02/0000/000000.png"
    whole = path.read_bytes()
    path.write_bytes(whole[:50])
    with pytest.raises(FileError, match=r"000000.png: expected a readable picture"):
        open_sequence(drive).image("image_02", 0)
    path.write_bytes(whole[:10])
    with pytest.raises(FileError, match=r"000000.png: expected a readable picture"):
        open_sequence(drive)


def test_real_boxes_meet_their_labels(shared: Path) -> None:
    scene = open_sequence(shared / "kitti", "0000", (0, 40)).scene
    labels = read_labels(shared / "kitti/training/label_02/0000.txt")
    overlaps = []
    for label in labels:
        if label.frame > 40 or label.truncation != 0:
            continue
        view = scene.view("image_02", label.frame)
        (box,) = (b for b in scene.at(label.frame) if b.track_id == label.track)
        u, v, z = view.project(box_corners(box)).T
        assert z.min() > 0
        edge = np.array([view.width, view.height] * 2) - 1
        found = np.clip([u.min(), v.min(), u.max(), v.max()], 0, edge)
        overlaps.append(intersection_over_union(found, np.array(label.box)))
    assert len(overlaps) > 100
    assert np.median(overlaps) >= 0.95


def intersection_over_union(a: np.ndarray, b: np.ndarray) -> float:
    """Of two boxes (left, top, right, bottom)."""
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared_area = float(np.prod(sides.clip(0)))
    area = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]))
    return shared_area / (area - shared_area)


def test_real_pictures_of_both_cameras(shared: Path) -> None:
    sequence = open_sequence(shared / "kitti/training", "0000", (0, 40))
    assert len(sequence.images) == 82
    assert sequence.image("image_02", 0).shape == (375, 1242, 3)
    camera = sequence.scene.camera("image_02")
    assert (camera.fx, camera.cx, camera.cy) == (721.5377, 609.5593, 172.854)


@pytest.mark.parametrize("sequence", [f"{i:04d}" for i in range(21)])
def test_the_text_of_every_real_sequence_is_read(shared: Path, sequence: str) -> None:
    root = shared / "kitti/training"
    labels = read_labels(root / f"label_02/{sequence}.txt")
    Ts = imu_poses(read_oxts(root / f"oxts/{sequence}.txt"))
    calibration = read_calibration(root / f"calib/{sequence}.txt")
    assert max(label.frame for label in labels) < len(Ts)
    assert abs(np.linalg.det(calibration.T_rect_imu()) - 1) < 1e-4
    right, left = calibration.projection(3), calibration.projection(2)
    baseline = right.T_rect_camera[0, 3] - left.T_rect_camera[0, 3]
    assert 0.5 < baseline < 0.58
    # No car of a real drive jumps: the motion between frames stays below 200 km/h.
    assert np.linalg.norm(np.diff(Ts[:, :3, 3], axis=0), axis=1).max() < 5.6


def test_object_style_calibration_has_the_same_values(shared: Path) -> None:
    ours = read_calibration(shared / "kitti/training/calib/0000.txt")
    other = read_calibration(shared / "kitti_object_style_calib/0000.txt")
    np.testing.assert_array_equal(ours.T_rect_imu(), other.T_rect_imu())
    assert ours.projection(3).cx == other.projection(3).cx
