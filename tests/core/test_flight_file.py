"""Files with camera paths are told apart, read, written and drawn."""

import json

import numpy as np
import pytest

from nsg_core.cameras.path import CameraKey, CameraPath
from nsg_core.documents.camera_file import to_nerfstudio
from nsg_core.documents.flight_file import (
    assumed,
    read_camera_path,
    read_views,
    write_camera_path,
)
from nsg_core.documents.scene_file import views_to_json
from nsg_core.errors import FileError
from tests.core.drives import matrix

FRAMES = (4, 5, 6)
PATH = CameraPath(
    (CameraKey(matrix(1, 2, 3), 0.0, 0.5, 4), CameraKey(matrix(4, 5, 6), 1.0, 0.7, 6)),
    width=64,
    height=48,
    rate=10.0,
)


@pytest.mark.parametrize("name", ["flight.json", "flight.nerfstudio.json"])
def test_what_is_written_is_read(tmp_path, name):
    file = tmp_path / name
    write_camera_path(file, PATH, FRAMES)
    assert ("keyframes" in json.loads(file.read_text())) == ("nerfstudio" in name)
    back = read_camera_path(file, FRAMES)
    for a, b in zip(back.keys, PATH.keys, strict=True):
        np.testing.assert_allclose(a.T_world_camera, b.T_world_camera, atol=1e-9)
        assert (a.frame, a.time) == (b.frame, pytest.approx(b.time))
    views = read_views(file, FRAMES)
    assert [frame for _, frame in views] == [frame for _, frame in PATH.views()]
    np.testing.assert_allclose(
        [v.T_world_camera for v, _ in views],
        [v.T_world_camera for v, _ in PATH.views()],
        atol=1e-9,
    )


def test_what_nerfstudio_did_to_the_world_is_undone_and_done(tmp_path):
    """A camera 30 m ahead in the drive is 3 m along x, and 1 up, in its world."""
    file = tmp_path / "flight.nerfstudio.json"
    turned = [[0.0, 1.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 10.0]]
    known = {"transform": turned, "scale": 0.1}
    (tmp_path / "dataparser_transforms.json").write_text(json.dumps(known))
    ahead = CameraPath((CameraKey(matrix(0, 0, 30), 0.0, 0.5, 4),), width=8, height=8)
    write_camera_path(file, ahead, FRAMES)
    T = np.reshape(json.loads(file.read_text())["keyframes"][0]["matrix"], (4, 4))
    np.testing.assert_allclose(T[:3, 3], [3.0, 0.0, 1.0], atol=1e-12)
    back = read_camera_path(file, FRAMES)
    np.testing.assert_allclose(
        back.keys[0].T_world_camera, ahead.keys[0].T_world_camera, atol=1e-12
    )
    assert "shrunk 10 times" in assumed(file)
    (tmp_path / "dataparser_transforms.json").unlink()
    plain = read_camera_path(file, FRAMES)
    np.testing.assert_allclose(plain.keys[0].position, [3.0, -1.0, 0.0], atol=1e-12)
    assert "put its dataparser_transforms.json beside" in assumed(file)
    own = tmp_path / "flight.json"
    write_camera_path(own, ahead, FRAMES)
    assert not assumed(own)


@pytest.mark.parametrize(
    "known",
    [
        [],
        {"scale": 1.0},
        {"transform": [[1, 0, 0, 0]], "scale": 1.0},
        {"transform": np.eye(4).tolist(), "scale": 0},
        {"transform": np.diag([2.0, 1, 1, 1]).tolist(), "scale": 1.0},
        {"transform": np.eye(4).tolist(), "scale": "half"},
        {"transform": "unknown", "scale": 1.0},
    ],
)
def test_a_world_that_cannot_be_undone_is_named(tmp_path, known):
    (tmp_path / "dataparser_transforms.json").write_text(json.dumps(known))
    file = tmp_path / "a.nerfstudio.json"
    with pytest.raises(FileError, match=r"dataparser_transforms.json.*3 rows of 4"):
        write_camera_path(file, PATH, FRAMES)
    assert not file.exists()


def test_views_without_keys_become_keys(tmp_path):
    file = tmp_path / "views.json"
    file.write_text(json.dumps(views_to_json(PATH.views())))
    assert len(read_camera_path(file, FRAMES).keys) == 11


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([1], "an object"),
        ({"cameras": []}, "or a camera path of nerfstudio"),
        ({"format": "nsg-camera/2", "views": []}, "update this one"),
        (to_nerfstudio(PATH, FRAMES) | {"camera_type": "vr"}, "perspective"),
    ],
)
def test_other_files_are_named(tmp_path, content, words):
    file = tmp_path / "file.json"
    file.write_text(json.dumps(content))
    with pytest.raises(FileError, match=words):
        read_camera_path(file, FRAMES)


def test_keys_of_another_drive_are_refused(tmp_path):
    file = tmp_path / "flight.json"
    write_camera_path(file, PATH, FRAMES)
    with pytest.raises(FileError, match=r"key 2 to be one of the drive's frames 4-5"):
        read_camera_path(file, (4, 5))


@pytest.mark.parametrize(
    ("up", "shrunk"), [("z", True), ("y", False), ("minus-y", True)]
)
def test_another_axis_may_be_up_in_a_world_of_nerfstudio(tmp_path, up, shrunk):
    """The same flight as a data set with that axis up has it."""
    file = tmp_path / "flight.nerfstudio.json"
    whole = np.eye(4)
    if shrunk:
        whole[:3, 3] = 1.0, -2.0, 0.5
        known = {"transform": whole[:3].tolist(), "scale": 0.1}
        (tmp_path / "dataparser_transforms.json").write_text(json.dumps(known))
    level = CameraPath((CameraKey(matrix(2, -1, 30), 0.0, 0.5, 4),), width=8, height=8)
    write_camera_path(file, level, FRAMES)
    given = json.loads(file.read_text())
    scale = 0.1 if shrunk else 1.0
    for item in (*given["keyframes"], *given["camera_path"]):
        name = "matrix" if "matrix" in item else "camera_to_world"
        T = np.reshape(item[name], (4, 4))
        T[:3, 3] /= scale
        T = np.linalg.inv(whole) @ T
        x, y, z = np.eye(4)[:3]
        rows = {"z": (x, y, z), "y": (x, z, -y), "minus-y": (x, -z, y)}[up]
        T = whole @ np.stack([*rows, np.eye(4)[3]]) @ T
        T[:3, 3] *= scale
        item[name] = T.ravel().tolist()
    file.write_text(json.dumps(given))
    back = read_camera_path(file, FRAMES, up)
    np.testing.assert_allclose(
        back.keys[0].T_world_camera, level.keys[0].T_world_camera, atol=1e-9
    )
    for view, _ in read_views(file, FRAMES, up):
        np.testing.assert_allclose(view.T_world_camera[3:12:4], [2, -1, 30], atol=1e-9)
    assert {"z": "z is up", "y": "y is up", "minus-y": "y is down"}[up] in assumed(
        file, up
    )
