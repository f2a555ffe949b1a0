"""Camera paths come back from files, and other programs' axes are read right."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from nsg_core.cameras.path import CameraKey, CameraPath
from nsg_core.documents.camera_file import (
    from_nerfstudio,
    from_views,
    path_from_json,
    path_to_json,
    to_nerfstudio,
)
from nsg_core.documents.scene_file import (
    camera_path_from_json,
    edit_from_json,
    edit_to_json,
    views_from_json,
    views_to_json,
)
from nsg_core.edits.cameras import SetCameraPath
from nsg_core.errors import FileError, NsgError
from tests.core.camera_paths import camera_paths
from tests.core.drives import matrix, small_scene

HERE = Path("path.json")
FRAMES = (0, 1, 2, 3)
LEVEL = CameraPath(
    (CameraKey(matrix(1, 2, 3), 0.0, 0.5, 0), CameraKey(matrix(4, 5, 6), 2.0, 0.7, 3)),
    width=640,
    height=480,
)


def close(one: CameraPath, other: CameraPath, tolerance: float = 1e-9) -> bool:
    """The same path but for rounding."""
    for a, b in zip(one.keys, other.keys, strict=True):
        numbers = [(*k.T_world_camera, k.time, k.fov) for k in (a, b)]
        np.testing.assert_allclose(*numbers, atol=tolerance)
        assert a.frame == b.frame
    plain = [replace(path, keys=(), closing_s=1.0) for path in (one, other)]
    return plain[0] == plain[1] and one.closing_s == pytest.approx(other.closing_s)


@settings(max_examples=20)
@given(path=camera_paths())
def test_a_path_comes_back(path):
    text = json.dumps(path_to_json(path))
    assert close(path_from_json(json.loads(text), HERE, "the path"), path)


@settings(max_examples=20)
@given(path=camera_paths(rests=False))
def test_a_path_comes_back_from_nerfstudio(path):
    text = json.dumps(to_nerfstudio(path, FRAMES))
    assert close(from_nerfstudio(json.loads(text), HERE, FRAMES), path)


def test_nerfstudios_axes():
    """In its world z is up; its camera looks along its own -z, with y up."""
    given = to_nerfstudio(LEVEL, FRAMES)
    T = np.reshape(given["keyframes"][0]["matrix"], (4, 4))
    # One metre to the right, two down, three ahead of the drive's first camera.
    np.testing.assert_allclose(T[:3, 3], [1, 3, -2])
    ahead, up, right = -T[:3, 2], T[:3, 1], T[:3, 0]
    np.testing.assert_allclose([ahead, up, right], [[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert np.linalg.det(T) == pytest.approx(1)
    assert given["keyframes"][1]["fov"] == pytest.approx(math.degrees(0.7))
    assert given["keyframes"][1]["override_transition_sec"] == 2.0
    assert given["keyframes"][1]["render_time"] == 1.0
    assert (given["render_width"], given["render_height"]) == (640, 480)
    assert len(given["camera_path"]) == 61
    assert given["seconds"] == 2.0


def test_a_file_of_nerfstudio_without_key_frames():
    given = to_nerfstudio(LEVEL, FRAMES) | {"keyframes": []}
    path = from_nerfstudio(given, HERE, FRAMES)
    assert len(path.keys) == 61
    assert path.duration == pytest.approx(2.0)
    np.testing.assert_allclose(path.keys[-1].T_world_camera, matrix(4, 5, 6))


def test_the_older_viewers_columns_are_read():
    given = to_nerfstudio(LEVEL, FRAMES)
    for item in given["keyframes"]:
        columns = np.reshape(item["matrix"], (4, 4)).T.ravel().tolist()
        item["matrix"] = json.dumps(columns)
        del item["override_transition_enabled"]
        del item["render_time"]
    path = from_nerfstudio(given | {"seconds": 2.0}, HERE, FRAMES)
    np.testing.assert_allclose(path.keys[1].T_world_camera, matrix(4, 5, 6))
    assert [key.frame for key in path.keys] == [0, 0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"camera_type": "fisheye"}, "perspective"),
        ({"keyframes": [], "camera_path": []}, "at least one camera"),
        ({"keyframes": [7]}, "keyframe 1 to be an object"),
        ({"keyframes": [{"fov": 50}]}, "16 numbers"),
        ({"keyframes": [{"matrix": [0] * 16, "fov": 50}]}, "camera 1 to be a camera"),
        ({"keyframes": [{"matrix": list(matrix())}]}, '"fov" to be a number'),
        ({"render_width": None}, '"render_width" to be a number'),
        ({"render_width": 0}, "can be flown"),
    ],
)
def test_what_nerfstudio_would_not_write_is_named(change, words):
    with pytest.raises(FileError, match=words):
        from_nerfstudio(to_nerfstudio(LEVEL, FRAMES) | change, HERE, FRAMES)


def test_a_file_of_views_keeps_its_keys():
    content = json.loads(json.dumps(views_to_json(LEVEL.views(), LEVEL)))
    assert views_from_json(content, HERE) == LEVEL.views()
    assert close(camera_path_from_json(content, HERE), LEVEL)
    plain = views_to_json(LEVEL.views())
    assert camera_path_from_json(plain, HERE) is None
    path = from_views(views_from_json(plain, HERE), FRAMES, LEVEL.rate)
    assert len(path.keys) == 61
    assert path.keys[-1].fov == pytest.approx(0.7)
    assert (path.width, path.height) == (640, 480)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"keys": 3}, "a list"),
        ({"rate": 0}, "can be flown"),
        ({"size": [0, 3]}, "whole numbers of pixels"),
        ({"loops": True}, "no keys but keys, loop"),
        ({"keys": [{"T_world_camera": [0] * 16}]}, "key 1 of the path"),
    ],
)
def test_a_broken_path_is_named(change, words):
    with pytest.raises(FileError, match=words):
        path_from_json(path_to_json(LEVEL) | change, HERE, "the path")


def test_a_path_is_an_edit():
    edit = SetCameraPath(LEVEL, "Add camera key 2")
    back = edit_from_json(json.loads(json.dumps(edit_to_json(edit))), HERE, "edit 1")
    assert isinstance(back, SetCameraPath)
    assert back.label == "Add camera key 2"
    scene = back.apply(small_scene())
    assert close(scene.camera_path, LEVEL)
    assert SetCameraPath(None).apply(scene) == small_scene()
    assert edit_from_json(edit_to_json(SetCameraPath(None)), HERE, "e").path is None
    lost = replace(LEVEL, keys=(replace(LEVEL.keys[0], frame=99),))
    with pytest.raises(NsgError, match="frame 99"):
        SetCameraPath(lost).apply(small_scene())
