"""Projects come back as they were, also elsewhere; broken ones are named."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.documents.project import Project, Variant, load_project, save_project
from nsg_core.edits.edit import Move
from nsg_core.errors import FileError
from nsg_core.files import write_json
from tests.core.drives import names, scopes

EDITS = (Move(0, (0.0, 0.0, 3.0)), Move(3, (1.0, 0.0, 0.5), (0, 10)))


@given(
    sequence=st.none() | names,
    frames=scopes,
    trained=st.booleans(),
    camera=st.just("") | names,
    frame=st.none() | st.integers(0, 999),
)
def test_any_project_comes_back(
    tmp_path_factory, sequence, frames, trained, camera, frame
):
    folder = tmp_path_factory.mktemp("project")
    checkpoint = folder / "runs" / "last.safetensors" if trained else None
    project = Project(
        folder / "kitti", sequence, frames, checkpoint, EDITS, camera, frame
    )
    path = folder / "drive.nsgproj"
    save_project(path, project)
    assert load_project(path) == project


def test_a_folder_with_everything_in_it_can_be_moved(tmp_path):
    home = tmp_path / "home"
    project = Project(home / "kitti", "0000", checkpoint=home / "last.safetensors")
    save_project(home / "a.nsgproj", project)
    assert str(tmp_path) not in (home / "a.nsgproj").read_text()
    shutil.move(home, tmp_path / "elsewhere")
    moved = load_project(tmp_path / "elsewhere" / "a.nsgproj")
    assert moved.data == tmp_path / "elsewhere" / "kitti"
    assert moved.checkpoint == tmp_path / "elsewhere" / "last.safetensors"


def test_data_that_shares_only_the_root_keeps_its_absolute_path(tmp_path):
    data = Path("/somewhere-else/kitti").absolute()
    save_project(tmp_path / "a.nsgproj", Project(data))
    assert json.loads((tmp_path / "a.nsgproj").read_text())["data"] == data.as_posix()
    assert load_project(tmp_path / "a.nsgproj").data == data


def test_paths_are_absolute_however_they_are_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_project(Path("a.nsgproj"), Project(Path("kitti")))
    assert load_project(Path("a.nsgproj")).data == tmp_path / "kitti"


def test_saving_again_replaces_the_whole_file(tmp_path):
    path = tmp_path / "a.nsgproj"
    save_project(path, Project(tmp_path, edits=EDITS))
    save_project(path, Project(tmp_path))
    assert load_project(path).edits == ()
    assert [p.name for p in tmp_path.iterdir()] == ["a.nsgproj"]


GOOD = {"format": "nsg-project/1", "data": "kitti"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"format": "nsg-project/9", "data": "a"}, "newer nsg-editor"),
        ({"format": "nsg-project/1"}, 'to have "data"'),
        (GOOD | {"data": 3}, '"data" of the project to be a text'),
        (GOOD | {"frames": "9-1"}, '"frames" of the project'),
        (GOOD | {"edits": [{"do": "fly"}]}, '"do" of edit 1'),
        (GOOD | {"edits": "none"}, '"edits" of the project to be a list'),
        (GOOD | {"colour": "red"}, 'no keys but format, data.*found "colour"'),
        ([1], "the project to be an object"),
    ],
)
def test_a_broken_project_is_named_with_its_key(tmp_path, content, says):
    path = tmp_path / "a.nsgproj"
    write_json(path, content)
    with pytest.raises(FileError, match=says):
        load_project(path)


def test_a_folder_is_no_project(tmp_path):
    with pytest.raises(FileError, match="found a folder"):
        load_project(tmp_path)


VARIANTS = (Variant("A", EDITS[:1]), Variant("snow day", EDITS), Variant("C"))


def test_variants_come_back_in_their_order(tmp_path):
    for variant in VARIANTS:
        project = Project(
            tmp_path, edits=variant.edits, variant=variant.name, variants=VARIANTS
        )
        save_project(tmp_path / "a.nsgproj", project)
        assert load_project(tmp_path / "a.nsgproj") == project


def test_one_variant_is_written_so_that_older_programs_can_read_it(tmp_path):
    path = tmp_path / "a.nsgproj"
    save_project(path, Project(tmp_path, edits=EDITS, variants=(Variant("A", EDITS),)))
    assert json.loads(path.read_text())["format"] == "nsg-project/1"
    assert load_project(path) == Project(tmp_path, edits=EDITS)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"name": "A"}, {"name": "A", "edits": []}], "different names"),
        ([{"name": "B", "edits": []}], "among them"),
        ([{"name": "A"}, {"name": "", "edits": []}], "different names"),
        ([{"name": "A"}, {"edits": []}], '"name"'),
        ([{"name": "A"}, {"name": "B", "edit": []}], '"edit"'),
        ([], "none"),
    ],
)
def test_odd_variants_are_named(tmp_path, rows, message):
    path = tmp_path / "a.nsgproj"
    content = {"format": "nsg-project/2", "data": ".", "edits": [], "variant": "A"}
    write_json(path, content | {"variants": rows})
    with pytest.raises(FileError, match=message):
        load_project(path)
    # Version 1 knows no variants.
    write_json(path, content | {"format": "nsg-project/1", "variants": []})
    with pytest.raises(FileError, match='"variant"'):
        load_project(path)
