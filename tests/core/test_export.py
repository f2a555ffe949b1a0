"""An exported drive says what was rendered, opens again, and is never half a file."""

import json
import math
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from nsg_core.datasets.instances import instance_id
from nsg_core.datasets.kitti_labels import read_labels
from nsg_core.datasets.opening import open_sequence
from nsg_core.edits import Duplicate, Edit, Move, Remove, SetCamera, Turn, replay
from nsg_core.errors import FileError, NsgError
from nsg_core.export import drive
from nsg_core.export.drive import export_drive
from nsg_core.export.labels import box_depth, clip, project_box, to_camera
from nsg_core.export.manifest import origin
from nsg_core.export.pictures import encode_depth, encode_rgb, pixel_directions, to_z
from nsg_core.export.plan import Origin, Plan
from nsg_core.frame import Picture
from nsg_core.geometry import grid_pixels, intersect_boxes, pixel_rays, place
from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.scene_file import read_edits
from nsg_core.view import View
from tests.core.drives import CAR, matrix, small_scene
from tests.core.fakes import FlatModel


@pytest.fixture(autouse=True, scope="module")
def _render() -> Iterator[None]:
    def render(model, request, first_stride=8, samples=1):
        view = request.view
        rays = pixel_rays(view, grid_pixels(view))
        seen = model.trace(rays, place([request.boxes]), request.only)
        shape = (view.height, view.width)
        yield None
        yield Picture(
            seen.rgb.reshape(*shape, 3).numpy(),
            seen.depth.reshape(shape).numpy(),
            seen.opacity.reshape(shape).numpy(),
            seen.track.reshape(shape).int().numpy(),
            1,
            1,
            True,
            0.0,
            len(rays),
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drive, "render_frame", render)
        yield


ORIGIN = Origin("street.safetensors", "0" * 64)
EDITS: tuple[Edit, ...] = (
    Move(0, (0.7, 0.0, 1.5)),
    Turn(3, math.radians(20)),
    Duplicate(3, 42, (-5.5, 0.0, 3.0)),
    Remove(5),
    SetCamera(
        "image_02",
        (0.1, -0.4, 0.0),
        (math.radians(3), math.radians(-5), math.radians(2)),
    ),
)


def model() -> FlatModel:
    return FlatModel(frozenset(f"object/{track}" for track in (0, 3, 5)))


def plan(edits: tuple[Edit, ...] = EDITS, **changes: object) -> Plan:
    scene = replay(small_scene(frames=4), edits)
    start = Plan(scene, edits, ORIGIN, scene.frames, ("image_02",))
    return replace(start, **changes)


def run(plan: Plan, folder: Path) -> list[int]:
    """The frames that an export writes."""
    done = export_drive(model(), plan, folder)
    return [value.frame for value in done if value is not None]


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


def test_depth_is_along_the_optical_axis(exported):
    scene = plan().scene
    view = scene.view("image_02", 0)
    depth = np.asarray(Image.open(exported / "depth_02/0000/000000.png"))
    instances = np.asarray(Image.open(exported / "instances/0000/000000.png"))
    assert depth.dtype == instances.dtype == np.uint16
    box = next(box for box in scene.at(0) if box.track_id == 0)
    near, hit = box_depth(view, box.pose, box.size)
    shown = instances == instance_id("Van", 0)
    assert shown.sum() > 30
    assert hit[shown].all()
    np.testing.assert_allclose(depth[shown] / 256, near[shown], atol=1 / 256)
    # The sky has no surface, and the topmost row shows nothing else.
    assert (depth[0] == 0).all()


def test_depth_meets_every_point_of_the_ground():
    view = View(matrix(0.0, -0.2, 0.0), 64, 48, 40.0, 40.0, 31.5, 23.5)
    z = np.full((48, 64), 7.0)
    distance = np.linalg.norm(pixel_directions(view) * z[..., None], axis=-1)
    np.testing.assert_allclose(to_z(distance, view), z)
    known = encode_depth(
        distance.astype(np.float32), np.ones((48, 64), np.float32), view
    )
    assert (known == 7 * 256).all()


def test_depth_beyond_the_format_is_unknown():
    view = View(matrix(), 2, 1, 1e6, 1e6, 0.5, 0.0)
    distance = np.array([[255.0, 256.5]], np.float32)
    opaque = np.ones_like(distance)
    assert encode_depth(distance, opaque, view).tolist() == [[255 * 256, 0]]
    assert encode_depth(distance, 0.4 * opaque, view).tolist() == [[0, 0]]


def test_colours_are_rounded():
    rgb = np.array([[[0.0, 1.0, 0.5], [-0.1, 1.2, 0.5 / 255]]], np.float32)
    assert encode_rgb(rgb).tolist() == [[[0, 255, 128], [0, 255, 0]]]


def test_labels_name_what_is_visible_and_how_much(exported):
    labels = [la for la in read_labels(exported / "label_02/0000.txt") if la.frame == 1]
    scene = plan().scene
    view = scene.view("image_02", 1)
    instances = np.asarray(Image.open(exported / "instances/0000/000001.png"))
    for label in labels:
        rows, columns = np.nonzero(
            instances == instance_id(label.category, label.track)
        )
        left, top, right, bottom = label.box
        # What is visible lies within the 2D box, but for the pixel's own width.
        assert left - 0.5 <= columns.min() <= columns.max() <= right + 0.5
        assert top - 0.5 <= rows.min() <= rows.max() <= bottom + 0.5
        x, _, z = label.position
        expected = math.remainder(label.yaw - math.atan2(x, z), math.tau)
        assert label.alpha == pytest.approx(expected, abs=1e-5)
        box = scene.object(label.track)
        whole = project_box(view, box.track.at(1), box.size)
        np.testing.assert_allclose(label.box, clip(whole, view), atol=1e-5)


def boxes_in_a_row(gap: float) -> tuple[PlacedBox, ...]:
    """A car before the camera and one behind it, shifted to the side."""
    return tuple(
        PlacedBox(track, "Car", f"object/{track}", size, Pose(position, -math.pi / 2))
        for track, size, position in (
            (0, replace(CAR, height=2.0), (0.0, 1.6, 10.0)),
            (3, CAR, (gap, 1.6, 20.0)),
        )
    )


@pytest.mark.parametrize(
    ("gap", "occlusion"), [(6.0, 0), (2.4, 1), (1.6, 2), (0.0, None)]
)
def test_occlusion_follows_what_is_hidden(gap, occlusion, tmp_path):
    scene = small_scene(frames=1, size=(320, 200))
    van, car, _ = scene.objects
    row = boxes_in_a_row(gap)
    for node, box in zip((van, car), row, strict=True):
        track = replace(node.track, poses=(box.pose,))
        scene = scene.with_object(replace(node, track=track, size=box.size))
    start = Plan(scene, (), ORIGIN, (0,), ("image_02",), video=False)
    run(start, tmp_path / "out")
    labels = {la.track: la for la in read_labels(tmp_path / "out/label_02/0000.txt")}
    assert labels[0].occlusion == 0
    # Wholly hidden objects have no label.
    assert (labels[3].occlusion if 3 in labels else None) == occlusion


@pytest.mark.parametrize(
    ("x", "truncation"), [(0.0, 0), (-6.5, 1), (-9.3, 2), (-20.0, None)]
)
def test_truncation_follows_what_is_outside(x, truncation, tmp_path):
    scene = small_scene(frames=1, size=(320, 200))
    node = scene.object(3)
    pose = Pose((x, 1.6, 9.0), -math.pi / 2)
    node = replace(node, track=replace(node.track, poses=(pose,)))
    scene = replace(scene, objects=(node,))
    run(Plan(scene, (), ORIGIN, (0,), ("image_02",), video=False), tmp_path / "out")
    labels = read_labels(tmp_path / "out/label_02/0000.txt")
    assert [label.truncation for label in labels] == (
        [] if truncation is None else [truncation]
    )


def test_a_box_that_the_camera_stands_in_is_cut_before_it_is_projected():
    view = small_scene(size=(320, 200)).view("image_02", 0)
    whole = project_box(view, Pose((0.0, 1.6, 1.0), -math.pi / 2), CAR)
    assert whole is not None
    assert clip(whole, view) == (0.0, pytest.approx(100.0, abs=200), 319.0, 199.0)
    assert project_box(view, Pose((0.0, 1.6, -9.0), 0.0), CAR) is None


def test_box_depth_is_the_renderers():
    view = small_scene(size=(64, 48)).view("image_02", 0)
    box = boxes_in_a_row(0.0)[0]
    near, hit = box_depth(view, box.pose, box.size)
    rays = pixel_rays(view, grid_pixels(view))
    hits = intersect_boxes(place([(box,)]), rays)
    found = np.zeros(64 * 48, bool)
    found[hits.ray.numpy()] = True
    assert (found.reshape(48, 64) != hit).mean() < 1e-3
    distance = np.zeros(64 * 48)
    distance[hits.ray.numpy()] = hits.t_near.numpy()
    both = hit & found.reshape(48, 64)
    z = to_z(distance.reshape(48, 64), view)
    np.testing.assert_allclose(z[both], near[both], rtol=1e-4)


@pytest.mark.parametrize("pitch", [0.0, 0.2, 0.7])
def test_a_pitched_camera_keeps_the_yaw_in_the_world(pitch):
    scene = replay(small_scene(), (SetCamera("image_02", turn=(0.3, pitch, 0.1)),))
    view = scene.view("image_02", 0)
    for yaw in np.linspace(-3, 3, 13):
        _, turned = to_camera(Pose((1.0, 1.0, 9.0), float(yaw)), view)
        forward = view.matrix()[:3, :3] @ [math.cos(turned), 0, -math.sin(turned)]
        assert math.atan2(-forward[2], forward[0]) == pytest.approx(yaw)


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
