"""An exported drive says what was rendered, opens again, and is never half a file."""

import json
import math
import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from nsg_core.datasets.opening import open_sequence
from nsg_core.documents.scene_file import read_edits
from nsg_core.edits.edit import Duplicate, SetCamera
from nsg_core.errors import FileError, NsgError
from nsg_core.export import drive
from nsg_core.export.clearing import clear_other
from nsg_core.export.drive import count_finished, export_drive
from nsg_core.export.manifest import origin
from nsg_core.export.plan import Origin, Plan
from nsg_core.scene import Size
from tests.core.drives import small_scene
from tests.core.exports import EDITS, ORIGIN, model, plan, run


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "out"
    assert run(plan(), folder) == [0, 1, 2, 3]
    return folder


def test_the_files_are_those_of_the_contract(exported):
    files = {path.relative_to(exported).as_posix() for path in exported.rglob("*.*")}
    pictures = {
        f"{kind}/0000/00000{frame}.png"
        for kind in ("image_02", "depth_02", "instances")
        for frame in range(4)
    }
    texts = {f"{kind}/0000.txt" for kind in ("label_02", "calib", "poses")}
    assert files == pictures | texts | {"video.mp4", "edits.json", "manifest.json"}
    assert read_edits(exported / "edits.json") == EDITS


def test_it_opens_again_with_the_same_boxes(exported):
    edited = plan().scene
    again = open_sequence(exported).scene
    assert again.frames == edited.frames
    assert {node.track_id for node in again.objects} == {0, 3, 42}
    for node in again.objects:
        original = edited.object(node.track_id)
        assert node.category == original.category
        np.testing.assert_allclose(
            astuple(node.size), astuple(original.size), atol=1e-3
        )
        for frame, pose in zip(node.track.frames, node.track.poses, strict=True):
            expected = original.track.at(frame)
            np.testing.assert_allclose(pose.position, expected.position, atol=1e-3)
            turned = math.remainder(pose.yaw - expected.yaw, math.tau)
            assert abs(turned) < 1e-3
    for frame in edited.frames:
        one, other = (s.view("image_02", frame) for s in (again, edited))
        np.testing.assert_allclose(one.T_world_camera, other.T_world_camera, atol=1e-6)
        assert (one.width, one.height) == (other.width, other.height)
        np.testing.assert_allclose([one.fx, one.cy], [other.fx, other.cy])


def astuple(size: Size) -> tuple[float, float, float]:
    return size.length, size.height, size.width


def test_the_second_camera_keeps_its_place(tmp_path):
    scene = small_scene(frames=2)
    start = Plan(scene, (), ORIGIN, (0, 1), ("image_02", "image_03"), video=False)
    run(start, tmp_path / "out")
    again = open_sequence(tmp_path / "out").scene
    for frame in (0, 1):
        np.testing.assert_allclose(
            again.view("image_03", frame).T_world_camera,
            scene.view("image_03", frame).T_world_camera,
            atol=1e-6,
        )


def test_cameras_that_part_cannot_share_a_calibration(tmp_path):
    edits = (SetCamera("image_03", turn=(0.2, 0.0, 0.0)),)
    two = plan(edits, cameras=("image_02", "image_03"))
    with pytest.raises(NsgError, match="no longer look in the same direction"):
        run(two, tmp_path / "out")


def decode(path: Path, width: int, height: int) -> np.ndarray:
    """All pictures of a video, by ffmpeg itself."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    raw = [*("-f", "rawvideo"), *("-pix_fmt", "rgb24"), "-"]
    said = subprocess.run([program, "-i", path, *raw], capture_output=True, check=True)
    assert f" {width}x{height}" in said.stderr.decode()
    return np.frombuffer(said.stdout, np.uint8).reshape(-1, height, width, 3)


def test_the_video_has_every_frame(exported):
    frames = decode(exported / "video.mp4", 96, 64)
    assert len(frames) == 4
    first = np.asarray(Image.open(exported / "image_02/0000/000000.png"), float)
    assert np.abs(frames[0] - first).mean() < 6


def test_a_video_of_odd_size(tmp_path):
    scene = small_scene(frames=2, size=(97, 63))
    run(Plan(scene, (), ORIGIN, (0, 1), ("image_02",)), tmp_path / "out")
    assert len(decode(tmp_path / "out" / "video.mp4", 98, 64)) == 2


def test_the_manifest_says_what_it_was_made_from(exported):
    manifest = json.loads((exported / "manifest.json").read_text())
    assert manifest["complete"] is True
    assert manifest["frames"] == [0, 1, 2, 3]
    assert manifest["checkpoint"] == {
        "file": ORIGIN.checkpoint,
        "sha256": ORIGIN.sha256,
    }
    assert manifest["versions"]["torch"]
    assert manifest["classes"]["Car"] == 1


def test_an_interrupted_export_opens_and_goes_on(tmp_path):
    folder = tmp_path / "out"
    running = export_drive(model(), plan(frames=(1, 2, 3)), folder)
    frames = [value.frame for value in take(running, 2)]
    running.close()
    assert frames == [1, 2]
    part = open_sequence(folder).scene
    assert part.frames == (1, 2)
    assert not (folder / "video.mp4").exists()
    assert json.loads((folder / "manifest.json").read_text())["complete"] is False
    assert not list(folder.rglob("*.tmp"))
    before = stamps(folder)
    assert count_finished(plan(frames=(1, 2, 3)), folder) == 2
    assert run(plan(frames=(1, 2, 3)), folder) == [3]
    assert {k: v for k, v in stamps(folder).items() if k in before} == before
    # Labels do not depend on when a frame was rendered.
    whole = tmp_path / "whole"
    run(plan(frames=(1, 2, 3)), whole)
    for name in ("label_02/0000.txt", "poses/0000.txt", "calib/0000.txt"):
        assert (whole / name).read_text() == (folder / name).read_text()


def take(running: Iterator[drive.Exported | None], count: int) -> list[drive.Exported]:
    """The first finished frames."""
    found: list[drive.Exported] = []
    while len(found) < count:
        value = next(running)
        if value is not None:
            found.append(value)
    return found


def stamps(folder: Path) -> dict[str, int]:
    """When each picture was written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*.png")}


def test_a_complete_export_is_not_touched_again(tmp_path):
    run(plan(frames=(0,)), tmp_path / "out")
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*")}
    assert run(plan(frames=(0,)), tmp_path / "out") == []
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*")} == before


def test_a_broken_picture_of_an_earlier_run_is_named(tmp_path):
    folder = tmp_path / "out"
    running = export_drive(model(), plan(), folder)
    take(running, 1)
    running.close()
    (folder / "depth_02/0000/000000.png").write_bytes(b"no picture")
    with pytest.raises(FileError, match=r"depth_02.*Delete it and export again"):
        run(plan(), folder)


def test_shares_make_one_export_together(tmp_path):
    folder = tmp_path / "out"
    assert run(plan(share=(2, 2)), folder) == [1, 3]
    assert not (folder / "video.mp4").exists()
    assert run(plan(share=(1, 2)), folder) == [0, 2]
    whole = tmp_path / "whole"
    run(plan(), whole)
    for path in whole.rglob("*.*"):
        if path.suffix in (".png", ".txt"):
            other = folder / path.relative_to(whole)
            assert other.read_bytes() == path.read_bytes()
    assert (folder / "video.mp4").exists()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"scale": 0.5}, "scale"),
        ({"origin": Origin("b.safetensors", "1" * 64)}, "checkpoint"),
        ({"frames": (0, 1)}, "frames"),
    ],
)
def test_another_export_does_not_mix_in(exported, change, named):
    before = stamps(exported)
    with pytest.raises(NsgError, match=f"holds an export with other {named}"):
        run(plan(**change), exported)
    assert stamps(exported) == before


def test_another_export_takes_the_place_and_other_files_stay(tmp_path):
    run(plan(), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "image_02" / "0000" / "mask.png").write_text("mine, too")
    other = plan(scale=0.5, frames=(0, 1), outputs=())
    assert clear_other(tmp_path, other)
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")}
    mine = {"notes.txt", "image_02/0000/mask.png"}
    assert left == {*mine, "image_02", "image_02/0000"}
    assert not clear_other(tmp_path, other)


def test_an_equal_export_is_gone_on_with_and_not_replaced(tmp_path):
    run(plan(), tmp_path)
    before = stamps(tmp_path)
    assert not clear_other(tmp_path, plan())
    assert stamps(tmp_path) == before


def test_a_replaced_folder_takes_the_new_export(tmp_path):
    run(plan(), tmp_path)
    other = plan(frames=(0, 1))
    clear_other(tmp_path, other)
    assert run(other, tmp_path) == [0, 1]
    assert open_sequence(tmp_path).scene.frames == (0, 1)


@pytest.mark.parametrize("sequence", ["..", ".", "..\\x", 7, None])
def test_a_manifest_that_names_files_elsewhere_deletes_nothing(tmp_path, sequence):
    run(plan(), tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(
        json.dumps(manifest | {"sequence": sequence})
    )
    before = stamps(tmp_path)
    with pytest.raises(FileError, match="sequence"):
        clear_other(tmp_path, plan(scale=0.5))
    assert stamps(tmp_path) == before


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("everything")
    with pytest.raises(NsgError, match="is not empty and holds no export"):
        run(plan(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_full_disk_is_told_before_the_first_frame(tmp_path, monkeypatch):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(drive.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(NsgError, match=r"4 frames need about .* MB, and 0 MB are free"):
        run(plan(), tmp_path / "out")
    assert not list(tmp_path.rglob("*.png"))


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(NsgError, match="a file where a folder is needed"):
        run(plan(), tmp_path / "out")


def test_a_track_id_that_the_format_cannot_hold(tmp_path):
    with pytest.raises(NsgError, match="track 1000: instance pictures hold"):
        run(plan((Duplicate(0, 1000),)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_origin_is_the_content_of_the_checkpoint(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(b"abc")
    assert origin(path).sha256.startswith("ba7816bf8f01cfea")
