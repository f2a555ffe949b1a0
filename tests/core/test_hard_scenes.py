"""Scenes and views at the edge of what can be: each gives a picture or a reason."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nsg_core.cli import main
from nsg_core.documents.scene_file import edits_to_json, views_to_json
from nsg_core.drawing.frame import Picture, render_picture
from nsg_core.edits.edit import SetCamera, replay
from nsg_core.errors import NsgError
from nsg_core.export.pictures import read_png
from nsg_core.files import write_json
from nsg_core.model import Model
from nsg_core.paper.config import PaperConfig
from nsg_core.paper.model import PaperModel
from nsg_core.request import RenderRequest, request_frame
from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.view import View
from tests.core.drives import small_scene
from tests.core.fakes import GROUND, FlatModel
from tests.core.fast_models import look, textured
from tests.core.kitti_folder import write_kitti

SMALL = PaperConfig(
    netdepth=3, netwidth=16, netdepth_obj=3, netwidth_obj=16, latent_size=4, far=60
)
SMALLER = look((12, 6))
MODELS: dict[str, Callable[[], Model]] = {
    "fast": lambda: textured("cpu"),
    "paper": lambda: PaperModel(SMALL, small_scene()).eval(),
}


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> Model:
    return MODELS[request.param]()


def draw(model: Model, view: View, *boxes: PlacedBox) -> Picture:
    """A picture, whose numbers are all ones that can be shown."""
    picture = render_picture(model, RenderRequest(view, boxes))
    for values in (picture.rgb, picture.depth, picture.opacity):
        assert np.isfinite(values).all()
    assert picture.rgb.min() >= 0
    assert picture.rgb.max() <= 1
    assert picture.opacity.min() >= 0
    assert picture.opacity.max() <= 1 + 1e-5
    assert picture.depth.min() >= 0
    return picture


def box(
    x: float, z: float, yaw: float = 0.0, track: int = 0, size: float = 1.0
) -> PlacedBox:
    edges = Size(4.0 * size, 1.6 * size, 2.0 * size)
    return PlacedBox(track, "Car", "object/0", edges, Pose((x, 0.8, z), yaw))


def same(a: Picture, b: Picture) -> bool:
    return np.array_equal(a.rgb, b.rgb) and np.array_equal(a.track, b.track)


def test_boxes_that_the_camera_does_not_see_change_nothing(model: Model) -> None:
    empty = draw(model, look())
    for hidden in (box(0, -20), box(200, 10), box(-200, 10, 0.7), box(0, 1e6, 0.3)):
        assert same(draw(model, look(), hidden), empty)


@pytest.mark.parametrize("yaw", [0.0, math.pi / 2, 1.0, math.pi])
def test_boxes_around_at_and_across_the_camera(model: Model, yaw: float) -> None:
    """Along the axes too, where rays run parallel to the faces of boxes."""
    for z in (0.0, 1.0, 1e-9):
        draw(model, SMALLER, box(0, z, yaw))
        # The camera lies exactly on a face, an edge and a corner.
        draw(model, SMALLER, box(2.0, z, yaw))
        draw(model, SMALLER, box(-2.0, 1.0, yaw))
    inside = draw(model, SMALLER, box(0, 0, yaw, size=30))
    assert (inside.track == 0).mean() > 0.2


def test_hundreds_of_boxes_in_one_place(model: Model) -> None:
    many = [box(0.01 * i - 1, 9.0, 0.1 * i, track=i) for i in range(300)]
    picture = draw(model, SMALLER, *many)
    assert len(set(picture.track.ravel().tolist())) > 1
    # Equal boxes in exactly the same place, too.
    draw(model, SMALLER, *(box(0, 9.0, 0.4, track=i) for i in range(300)))


def test_tiny_and_giant_boxes(model: Model) -> None:
    for size in (1e-6, 1e-3, 1e3, 1e6):
        draw(model, look(), box(0, 9.0, 0.3, size=size))


def wide(degrees: float, size: tuple[int, int] = (64, 24)) -> View:
    """A view along z with a horizontal field of view."""
    focal = size[0] / 2 / math.tan(math.radians(degrees) / 2)
    middle = ((size[0] - 1) / 2, (size[1] - 1) / 2)
    T = (1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0)
    return View(T, *size, focal, focal, *middle)


@pytest.mark.parametrize("degrees", [170.0, 179.0, 0.01])
def test_a_field_of_view_of_170_degrees(model: Model, degrees: float) -> None:
    draw(model, wide(degrees), box(0, 9.0), box(-5.0, 0.2))


def test_what_lies_beside_the_camera_is_in_a_view_of_170_degrees() -> None:
    """Distances to a plane below the camera, far from the picture's middle too."""
    view, flat = wide(170.0), FlatModel(frozenset({"object/0"}))
    beside = PlacedBox(
        0, "Car", "object/0", Size(2, 2, 2), Pose((-9.0, GROUND, 1.8), 0.0)
    )
    picture = draw(flat, view, beside)
    assert (picture.track == 0).any()
    for u, v in ((0, 23), (40, 20), (63, 23)):
        _, direction = view.ray(u, v)
        expected = GROUND / direction[1]
        assert picture.depth[v, u] == pytest.approx(expected, rel=1e-4)


def test_a_picture_of_one_pixel(model: Model) -> None:
    """It is the ray through its middle, which larger pictures have as well."""
    one = draw(model, wide(60, (1, 1)), box(0, 9.0))
    assert one.rgb.shape == (1, 1, 3)
    three = replace(wide(60, (1, 1)), width=3, height=3, cx=1.0, cy=1.0)
    expected = draw(model, three, box(0, 9.0)).rgb[1, 1]
    assert one.rgb[0, 0] == pytest.approx(expected, abs=1e-5)
    scene = small_scene()
    smallest = request_frame(scene, "image_02", 0, 0.001).view
    assert (smallest.width, smallest.height) == (1, 1)


# --------------------------------------------------------------- as a user meets them


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    return write_kitti(tmp_path / "data")


TRAIN = ("--set", "steps=2", "scale=0.5", "depth_steps=0")
PRESETS = {
    "fast": ("--preset", "fast", *TRAIN, "samples=512", "model.log2_rows=10"),
    "paper": ("--preset", "paper", *TRAIN, "rays=16", "model.netwidth=16"),
}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("labels", ["empty", "none"])
def test_a_drive_without_objects(
    drive: Path,
    tmp_path: Path,
    preset: str,
    labels: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Read, trained, drawn and judged as any other."""
    path = drive / "label_02" / "0000.txt"
    if labels == "empty":
        path.write_text("")
    else:
        path.unlink()
        path.parent.rmdir()
    run, out = tmp_path / "run", tmp_path / "out"
    assert main(["inspect", str(drive), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["objects"] == []
    words = ["--protocol", "suds-50", *PRESETS[preset], "--device", "cpu"]
    assert main(["train", str(drive), "-o", str(run), *words]) == 0
    weights = str(run / "checkpoint.safetensors")
    data = ("--data", str(drive))
    kinds = ("--outputs", "rgb,instances", "--frames", "0-0")
    assert main(["render", weights, *data, "-o", str(out), *kinds]) == 0
    assert not read_png(out / "instances" / "000000.png").any()
    capsys.readouterr()
    assert main(["eval", weights, *data, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["frames"] == [2]
    assert "box_psnr" not in told["mean"]


@pytest.mark.parametrize(
    ("column", "value"),
    [(10, "0"), (11, "-1.6"), (12, "nan"), (10, "inf"), (13, "nan"), (16, "-inf")],
)
def test_a_box_that_is_none_is_named_with_file_and_line(
    drive: Path, column: int, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = drive / "label_02" / "0000.txt"
    lines = path.read_text().splitlines()
    words = lines[2].split()
    words[column] = value
    lines[2] = " ".join(words)
    path.write_text("\n".join(lines))
    for more in ((), ("--compat", "original")):
        assert main(["inspect", str(drive), *more]) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"error: {path}:3: expected ")
        assert value in said
        assert said.count("\n") == 1


@pytest.mark.parametrize(
    "edit",
    [
        {"do": "move", "track": 7, "by": [0, 0, math.nan]},
        {"do": "turn", "track": 7, "degrees": math.inf},
        {"do": "camera", "camera": "image_02", "size": [0, 24]},
        {"do": "camera", "camera": "image_02", "size": [1 << 40, 1 << 40]},
        {"do": "camera", "camera": "image_02", "focal_scale": 0},
        {"do": "camera", "camera": "image_02", "focal_scale": -1.5},
        {"do": "move", "track": 7, "by": [1e308, 0, 0]},
        {"do": "resize", "track": 7, "size": [0, 0, 0]},
    ],
)
def test_edits_that_make_no_scene_are_one_line(
    drive: Path, tmp_path: Path, edit: object, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "edits.json"
    twice = [edit, edit]
    path.write_text(json.dumps({"format": "nsg-edits/1", "edits": twice}))
    weights = _weights(drive, tmp_path)
    words = ["render", weights, "--data", str(drive), "-o", str(tmp_path / "out")]
    assert main([*words, "--edits", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def _weights(drive: Path, folder: Path) -> str:
    from nsg_core.checkpoint import drive_of, save_checkpoint
    from nsg_core.datasets.opening import open_sequence
    from nsg_core.fast.model import FastModel, configure

    scene = open_sequence(drive).scene
    model = FastModel(replace(configure(scene), log2_rows=10, log2_object_rows=10))
    path = folder / "weights.safetensors"
    save_checkpoint(path, model, 1, drive_of(scene))
    return str(path)


def test_a_wide_view_and_one_pixel_from_the_command_line(
    drive: Path, tmp_path: Path
) -> None:
    weights = _weights(drive, tmp_path)
    camera, edits = tmp_path / "camera.json", tmp_path / "edits.json"
    write_json(camera, views_to_json(((wide(170), 1), (wide(60, (1, 1)), 2))))
    data = ("--data", str(drive), "--outputs", "rgb,depth,opacity,instances")
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    assert main(["render", weights, *data, "-o", a, "--camera", str(camera)]) == 0
    assert read_png(tmp_path / "a/rgb/000000.png").shape == (24, 64, 3)
    assert read_png(tmp_path / "a/depth/000001.png").shape == (1, 1)
    wider = SetCamera("image_02", focal_scale=0.03, size=(64, 24))
    write_json(edits, edits_to_json((wider,)))
    words = ["--edits", str(edits), "--frames", "0-0"]
    assert main(["render", weights, *data, "-o", b, *words]) == 0
    assert (tmp_path / "b/rgb/000000.png").exists()


def test_a_view_that_is_none_is_refused() -> None:
    for change in ({"fx": 0.0}, {"fy": -1.0}, {"cx": math.nan}, {"width": 0}):
        with pytest.raises(NsgError):
            replace(wide(60), **change)
    with pytest.raises(NsgError, match="focal_scale must be positive"):
        replay(small_scene(), (SetCamera("image_02", focal_scale=math.nan),))


def test_what_is_drawn_of_many_pixels_takes_memory_by_pixel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A wide picture, so that its own numbers are most of what is held."""
    from nsg_core.benchmarks.machine import forget_peak, peak_memory

    # A slice is as long as the machine is fast, up to this.
    monkeypatch.setattr("nsg_core.drawing.frame.MANY_RAYS", 1 << 17)
    flat = FlatModel(frozenset({"object/0"}))
    view = request_frame(small_scene(size=(2048, 1024)), "image_02", 0).view
    draw(flat, look(), box(0, 9.0))
    if not forget_peak():
        pytest.skip("this system does not forget a peak")
    before = peak_memory()
    picture = render_picture(flat, RenderRequest(view, (box(0, 9.0),)))
    taken = (peak_memory() - before) * 1024 * 1024
    assert picture.rgb.shape == (1024, 2048, 3)
    # Besides the pixels, a slice of rays is held, whatever the picture's size. 8k
    # pictures have 33 million pixels: 2.3 gigabytes at 70 bytes each.
    assert taken < 100e6 + 70 * 2048 * 1024
