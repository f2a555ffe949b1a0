"""Edits and views come back from files as they were; broken files are named."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.documents.record import degrees, frames_from_text, frames_to_text
from nsg_core.documents.scene_file import (
    edits_from_json,
    edits_to_json,
    read_edits,
    views_from_json,
    views_to_json,
    write_edits,
)
from nsg_core.edits.edit import Duplicate, Edit, Move, Remove, SetCamera, Turn
from nsg_core.errors import FileError, NsgError
from nsg_core.files import write_json
from nsg_core.view import View
from tests.core.drives import edit_lists, matrix, numbers, ranges


def close(a: object, b: object) -> bool:
    """Equal but for the rounding of degrees."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-15, abs_tol=1e-300)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(close, a, b))
    return a == b


def values(edit: Edit) -> tuple[object, ...]:
    """The attributes of an edit."""
    return tuple(getattr(edit, name) for name in type(edit).__slots__)


@given(edits=edit_lists)
def test_any_edits_come_back(tmp_path_factory, edits):
    path = tmp_path_factory.mktemp("edits") / "edits.json"
    write_edits(path, edits)
    back = read_edits(path)
    assert [type(edit) for edit in back] == [type(edit) for edit in edits]
    for one, other in zip(back, edits, strict=True):
        assert close(values(one), values(other))


def test_the_form_that_people_write(tmp_path):
    path = tmp_path / "edits.json"
    path.write_text(
        """{"format": "nsg-edits/1", "edits": [
        {"do": "move", "track": 0, "by": [0, 0, 3], "frames": "0-10"},
        {"do": "turn", "track": 0, "degrees": 30},
        {"do": "remove", "track": 3},
        {"do": "duplicate", "track": 0, "as": 100},
        {"do": "camera", "camera": "image_02", "degrees": [90, 0, 0], "size": [64, 48]}
        ]}"""
    )
    assert read_edits(path) == (
        Move(0, (0.0, 0.0, 3.0), (0, 10)),
        Turn(0, math.radians(30)),
        Remove(3),
        Duplicate(0, 100),
        SetCamera("image_02", turn=(math.pi / 2, 0.0, 0.0), size=(64, 48)),
    )


def test_round_degrees_are_written_round():
    assert [degrees(math.radians(d)) for d in (30, 0.1, -45, 5)] == [30, 0.1, -45, 5]


def test_an_edit_without_a_form_is_a_bug():
    class Shrink:
        label, merge_key = "Shrink", ()

        def apply(self, scene: object) -> object:
            return scene

    with pytest.raises(TypeError, match="Shrink"):
        edits_to_json((Shrink(),))  # pyright: ignore[reportArgumentType]


FILE = Path("camera.json")
MOVE = {"do": "move", "track": 0, "by": [0, 0, 3]}


def changed(**keys: object) -> dict[str, object]:
    """A good move with some keys changed."""
    return MOVE | keys


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (changed(by=[0, 0]), r'"by" of edit 2 \(move\) to be three numbers.*\[0, 0\]'),
        (changed(by=[0, "3", 0]), '"by" of edit 2'),
        (changed(by=[0, True, 0]), '"by" of edit 2'),
        (changed(by=[0, 10**400, 0]), '"by" of edit 2'),
        (changed(by="up"), 'found "up"'),
        (changed(track=1.5), '"track" of edit 2.*a whole number, found 1.5'),
        (changed(track=None), '"track" of edit 2.*found null'),
        (changed(frames=[0, 10]), '"frames" of edit 2.*A-B'),
        (changed(frames="10-0"), '"frames" of edit 2.*found "10-0"'),
        (changed(frames="a-b"), '"frames" of edit 2'),
        (
            changed(frame="0-1"),
            r'edit 2 \(move\) to have no keys but do, track, by.*"frame"',
        ),
        (changed(do="fly"), '"do" of edit 2 to be one of "move", "turn".*found "fly"'),
        ({"track": 0}, 'edit 2 to have "do", found no such key'),
        ({"do": "move", "track": 0}, r'edit 2 \(move\) to have "by"'),
        ({"do": "turn", "track": 0, "radians": 1}, '"degrees"'),
        ({"do": "camera", "camera": "a", "size": [0, 10]}, '"size" of edit 2'),
        ({"do": "camera", "camera": 2}, '"camera" of edit 2.*a text'),
        (["move"], r"edit 2 to be an object"),
        (None, "edit 2 to be an object {...}, found null"),
    ],
)
def test_a_wrong_edit_is_named_with_its_key(tmp_path, edit, says):
    path = tmp_path / "edits.json"
    write_json(path, {"format": "nsg-edits/1", "edits": [MOVE, edit]})
    with pytest.raises(FileError, match=says) as caught:
        read_edits(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([], r"the file to be an object"),
        ({"edits": []}, '"format"'),
        ({"format": "nsg-edits/2", "edits": []}, "newer nsg-editor wrote it"),
        ({"format": "nsg-scene/1", "edits": []}, '"nsg-edits/1", found "nsg-scene/1"'),
        ({"format": "nsg-edits/1"}, 'to have "edits"'),
        ({"format": "nsg-edits/1", "edits": {}}, r"a list \[...\]"),
        ({"format": "nsg-edits/1", "edits": [], "scene": 1}, 'found "scene"'),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, content, says):
    path = tmp_path / "edits.json"
    with pytest.raises(FileError, match=says):
        edits_from_json(content, path)


def test_nan_in_a_file_is_refused(tmp_path):
    path = tmp_path / "edits.json"
    path.write_text(
        '{"format": "nsg-edits/1", "edits": [{"do": "turn", "degrees": NaN}]}'
    )
    with pytest.raises(FileError, match="NaN"):
        read_edits(path)


@given(ranges)
def test_frames_come_back(frames):
    assert frames_from_text(frames_to_text(frames)) == frames


@pytest.mark.parametrize("text", ["", "-", "5-", "-5", "5-4", "a", "1-2-3", "1.5", "٣"])
def test_frames_that_are_none_are_refused(text):
    with pytest.raises(NsgError, match="frames must be A-B"):
        frames_from_text(text)


def test_one_frame_is_a_range():
    assert frames_from_text(" 7 ") == (7, 7)


views = st.builds(
    View,
    st.tuples(*[numbers] * 16),
    st.integers(1, 4000),
    st.integers(1, 4000),
    st.floats(0.1, 1e4),
    st.floats(0.1, 1e4),
    numbers,
    numbers,
)
view_lists = st.lists(
    st.tuples(views, st.none() | st.integers(0, 99)), min_size=1, max_size=3
).map(tuple)


@given(view_lists)
def test_views_come_back(views):
    data = json.loads(json.dumps(views_to_json(views)))
    assert views_from_json(data, FILE) == views


VIEW = {"T_world_camera": list(matrix()), "width": 8, "height": 6} | dict.fromkeys(
    ("fx", "fy", "cx", "cy"), 4.0
)


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (
            VIEW | {"T_world_camera": [1, 0, 0]},
            '"T_world_camera" of view 1.*16 numbers',
        ),
        (VIEW | {"width": 0}, "view 1 to have a positive size"),
        (VIEW | {"fx": -1}, "positive size and fx"),
        (VIEW | {"frame": "a"}, '"frame" of view 1'),
        (VIEW | {"fov": 60}, 'found "fov"'),
    ],
)
def test_a_wrong_view_is_named_with_its_key(view, says):
    with pytest.raises(FileError, match=says):
        views_from_json({"format": "nsg-camera/1", "views": [view]}, FILE)


def test_a_file_without_views_is_refused():
    with pytest.raises(FileError, match="at least one view"):
        views_from_json({"format": "nsg-camera/1", "views": []}, FILE)
