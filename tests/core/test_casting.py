"""An object that nobody recorded there: it comes, goes, and is kept in files."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.documents.scene_file import read_edits, write_edits
from nsg_core.edits.casting import Insert
from nsg_core.edits.edit import Move, Remove, replay
from nsg_core.errors import NsgError
from tests.core.drives import angles, scenes, small_scene, vectors

lengths = st.floats(0.1, 20.0)
inserts = st.builds(
    Insert,
    st.integers(100, 999),
    st.just("object/0"),
    st.sampled_from(("Car", "Van", "Cyclist")),
    st.tuples(lengths, lengths, lengths),
    vectors,
    angles,
    st.none() | st.tuples(st.just(0), st.integers(0, 6)),
)


@given(scenes(), inserts)
def test_what_is_inserted_is_there_as_told_and_can_be_removed(scene, insert):
    grown = insert.apply(scene)
    new = grown.object(insert.new_track)
    assert (new.model, new.category) == (insert.model, insert.category)
    assert (new.size.length, new.size.height, new.size.width) == insert.size
    first, last = insert.frames or (scene.frames[0], scene.frames[-1])
    assert new.track.frames == tuple(f for f in scene.frames if first <= f <= last)
    for pose in new.track.poses:
        assert pose.position == insert.position
        assert math.cos(pose.yaw - insert.yaw) > 1 - 1e-9
        assert abs(pose.yaw) <= math.pi
    assert grown.objects[:-1] == scene.objects
    assert replay(scene, (insert, Remove(insert.new_track))) == scene


@given(insert=inserts)
def test_it_comes_back_from_a_file(tmp_path_factory, insert):
    path = tmp_path_factory.mktemp("edits") / "edits.json"
    edits = (insert, Move(insert.new_track, (1.0, 0.0, 0.0)))
    write_edits(path, edits)
    back = read_edits(path)
    assert back[1] == edits[1]
    assert isinstance(back[0], Insert)
    for name in Insert.__slots__:
        one, other = getattr(back[0], name), getattr(insert, name)
        if name == "yaw":
            assert math.isclose(one, other, rel_tol=1e-15, abs_tol=1e-300)
        else:
            assert one == other


def test_people_can_write_it(tmp_path):
    path = tmp_path / "edits.json"
    edit = {"do": "insert", "as": 7, "look": "object/3", "class": "Van"}
    edit |= {"size": [4, 2, 1.8], "position": [1, 1.6, 9], "degrees": 90}
    path.write_text(json.dumps({"format": "nsg-edits/1", "edits": [edit]}))
    (read,) = read_edits(path)
    place = (1.0, 1.6, 9.0)
    assert read == Insert(7, "object/3", "Van", (4.0, 2.0, 1.8), place, math.pi / 2)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"new_track": 0}, "track 0 exists already"),
        ({"new_track": -3}, "track of 0 or more"),
        ({"model": ""}, "look of an object"),
        ({"model": "background"}, "look of an object"),
        ({"size": (4.0, 0.0, 2.0)}, "positive edge lengths"),
        ({"size": (4.0, math.nan, 2.0)}, "positive edge lengths"),
        ({"position": (math.inf, 0.0, 0.0)}, "finite numbers"),
        ({"yaw": math.inf}, "finite numbers"),
        ({"frames": (90, 99)}, "outside this drive's frames"),
    ],
)
def test_nonsense_is_refused(changes, told):
    values = {
        "new_track": 50,
        "model": "object/0",
        "category": "Car",
        "size": (4.0, 1.5, 1.8),
        "position": (0.0, 1.6, 9.0),
    }
    with pytest.raises(NsgError, match=told):
        Insert(**values | changes).apply(small_scene())
