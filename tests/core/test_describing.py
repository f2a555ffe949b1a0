"""What `nsg inspect` prints."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from nsg_core.datasets.describing import scene_tables, scene_to_json, spans
from nsg_core.datasets.opening import open_sequence
from tests.core.kitti_folder import write_kitti


def test_json_has_the_contract_s_keys_and_numbers(tmp_path: Path) -> None:
    scene = open_sequence(write_kitti(tmp_path)).scene
    found = json.loads(json.dumps(scene_to_json(scene)))
    assert list(found) == [
        *("format", "dataset", "sequence", "frames", "cameras", "objects")
    ]
    assert found["format"] == "nsg-scene/1"
    assert (found["dataset"], found["sequence"]) == ("kitti-tracking", "0000")
    assert found["frames"] == [0, 1, 2, 3]
    left = found["cameras"][0]
    assert (left["name"], left["width"], left["height"]) == ("image_02", 64, 24)
    assert (left["fx"], left["fy"], left["cx"], left["cy"]) == (100, 100, 31.5, 11.5)
    assert [len(T) for T in left["T_world_camera"]] == [16] * 4
    assert left["T_world_camera"][3][11] == pytest.approx(3.0)
    (car,) = found["objects"]
    assert (car["track_id"], car["class"], car["size"]) == (7, "Car", [4.0, 1.5, 1.6])
    assert car["poses"][2]["frame"] == 2
    assert car["poses"][2]["position"] == pytest.approx([1.0, 1.5, 10.0])
    assert car["poses"][2]["yaw"] == pytest.approx(-1.57)


def test_tables_name_what_there_is(tmp_path: Path) -> None:
    console = Console(width=100, record=True, file=StringIO())
    console.print(scene_tables(open_sequence(write_kitti(tmp_path)).scene))
    text = console.export_text()
    for part in ("0000: 4 frames 0-3", "image_02", "64 x 24", "3.0 m", "Car", "0.0 m"):
        assert part in text


def test_spans() -> None:
    assert spans((0, 1, 2, 5, 7, 8)) == "0-2, 5, 7-8"
    assert spans(()) == ""
