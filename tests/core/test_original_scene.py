"""The scene of the original code, against what its own loader gives."""

from pathlib import Path

import numpy as np
import pytest

from nsg_core.errors import FileError, NsgError
from nsg_core.paper.original.planes import lay_planes, opengl_poses
from nsg_core.paper.original.scene import open_original, read_original, to_scene
from tests.core.kitti_folder import CAR, oxts_row, write_kitti

CASES = [("0000", 0, 40), ("0002", 140, 224), ("0006", 65, 120)]


@pytest.mark.parametrize(("sequence", "first", "last"), CASES)
def test_it_meets_the_original_s_loader(
    shared: Path, sequence: str, first: int, last: int
) -> None:
    path = shared / f"golden/kitti_{sequence}_{first}_{last}.npz"
    golden = np.load(path, allow_pickle=False)
    found = read_original(shared / "kitti/training", sequence, (first, last))
    assert (found.width, found.height) == (int(golden["width"]), int(golden["height"]))
    assert found.focal == float(golden["focal"])
    np.testing.assert_allclose(found.cameras_c2w, golden["cameras_c2w"], atol=1e-5)
    np.testing.assert_allclose(
        found.visible_objects, golden["visible_objects"], atol=1e-5
    )
    np.testing.assert_array_equal(found.meta[:, 0], golden["meta_ids"])
    np.testing.assert_allclose(found.meta, golden["meta"], atol=1e-5)
    np.testing.assert_allclose(
        found.scaled_meta(float(golden["box_scale"])), golden["scaled_meta"], atol=1e-5
    )
    np.testing.assert_array_equal(found.scene_objects, golden["scene_objects"].ravel())
    np.testing.assert_array_equal(found.scene_classes, golden["scene_classes"])


@pytest.mark.parametrize(("sequence", "first", "last"), CASES)
def test_as_a_scene_it_says_the_same(
    shared: Path, sequence: str, first: int, last: int
) -> None:
    path = shared / f"golden/kitti_{sequence}_{first}_{last}.npz"
    golden = np.load(path, allow_pickle=False)
    scene = open_original(shared / "kitti", sequence, (first, last))
    np.testing.assert_allclose(opengl_poses(scene), golden["cameras_c2w"], atol=1e-5)
    planes = lay_planes(opengl_poses(scene), 0.5, 150.0)
    np.testing.assert_allclose(planes.bounds, golden["plane_uniform_bounds"], atol=1e-5)
    for camera in scene.cameras:
        size = (camera.width, camera.height)
        assert (camera.cx, camera.cy) == (size[0] / 2, size[1] / 2)
    visible = golden["visible_objects"]
    for i, frame in enumerate(scene.frames):
        rows = {int(row[2]): row for row in visible[i] if row[2] >= 0}
        boxes = {box.track_id: box for box in scene.at(frame)}
        assert set(rows) == set(boxes)
        for track, row in rows.items():
            pose, size = boxes[track].pose, boxes[track].size
            np.testing.assert_allclose((*pose.position, pose.yaw), row[7:11], atol=1e-5)
            np.testing.assert_allclose(
                (size.length, size.height, size.width), row[4:7], atol=1e-5
            )


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """A moving car, a parked van, a standing pedestrian, a cyclist."""
    root = write_kitti(tmp_path / "training")
    rows = []
    for frame in range(4):
        rows += [
            CAR.format(frame, 10.0),
            CAR.format(frame, 20.0 - frame).replace(" 7 Car", " 8 Van"),
            CAR.format(frame, 15.0 - frame).replace(" 7 Car", " 9 Pedestrian"),
            CAR.format(frame, 12.0).replace(" 7 Car", " 10 Cyclist"),
        ]
    (root / "label_02/0000.txt").write_text("\n".join(rows))
    return root


def test_what_stands_still_is_dropped_but_people_stay(drive: Path) -> None:
    found = read_original(drive, "0000", (0, 3))
    assert found.meta[:, 0].tolist() == [7, 9]
    assert found.visible_objects.shape == (8, 3, 14)
    # The van's slot stays empty, between the car's and the pedestrian's.
    assert found.visible_objects[0, :, 2].tolist() == [7, -1, 9]
    assert found.visible_objects[5, 0, :3].tolist() == [1, 3, 7]
    scene = to_scene(found)
    assert [node.category for node in scene.objects] == ["Car", "Pedestrian"]
    assert scene.cameras[1].name == "image_03"


def test_a_drive_without_objects(drive: Path) -> None:
    (drive / "label_02/0000.txt").write_text("")
    found = read_original(drive)
    assert found.visible_objects.shape == (8, 0, 14)
    assert found.scaled_meta().shape == (1, 5)
    assert to_scene(found).objects == ()


def test_what_the_original_cannot_read(drive: Path, tmp_path: Path) -> None:
    with pytest.raises(NsgError, match="that the original code reads"):
        open_original(tmp_path / "nowhere")
    with pytest.raises(NsgError, match="no sequence '7'; there are: 0000"):
        open_original(drive, "7")
    with pytest.raises(NsgError, match="which has frames 0-3"):
        open_original(drive, None, (2, 9))
    (drive / "oxts/0000.txt").write_text(oxts_row(0.0))
    with pytest.raises(NsgError, match="a row for frame 3, found 1 rows"):
        open_original(drive)
    (drive / "oxts/0000.txt").unlink()
    with pytest.raises(FileError, match=r"oxts/0000.txt: expected a KITTI oxts file"):
        open_original(drive)
    for camera in ("image_02", "image_03"):
        (drive / camera / "0000").rename(drive / camera / "other")
    (drive / "oxts/0000.txt").write_text("\n".join([oxts_row(0.0)] * 4))
    with pytest.raises(NsgError, match=r"expected pictures.*100.0 is none of KITTI's"):
        open_original(drive)
