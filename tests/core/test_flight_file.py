"""Files with camera paths are told apart, read, written and drawn."""

import json

import numpy as np
import pytest

from nsg_core.camera_file import to_nerfstudio
from nsg_core.camera_path import CameraKey, CameraPath
from nsg_core.errors import FileError
from nsg_core.flight_file import read_camera_path, read_views, write_camera_path
from nsg_core.scene_file import views_to_json
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
