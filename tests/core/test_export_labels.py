"""Labels, depth and instances of an export against closed forms."""

import math
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nsg_core.datasets.instances import instance_id
from nsg_core.datasets.kitti_labels import read_labels
from nsg_core.datasets.opening import open_sequence
from nsg_core.edits.edit import SetCamera, replay
from nsg_core.export.labels import (
    box_depth,
    clip,
    project_box,
    to_camera,
    visible_labels,
)
from nsg_core.export.pictures import BAND, encode_depth, encode_rgb, to_z
from nsg_core.export.plan import Plan
from nsg_core.geometry import grid_pixels, intersect_boxes, pixel_rays, place
from nsg_core.scene import PlacedBox, Pose
from nsg_core.view import View
from tests.core.drives import CAR, matrix, small_scene
from tests.core.exports import ORIGIN, plan, run

LABELS = Path("label_02", "0000.txt")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "out"
    run(plan(), folder)
    return folder


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
    """In every band of rows."""
    height = 2 * BAND + 10
    view = View(matrix(0.0, -0.2, 0.0), 64, height, 40.0, 40.0, 31.5, 99.5)
    z = np.full((height, 64), 7.0)
    columns, rows = np.meshgrid(np.arange(view.width), np.arange(view.height))
    x, y = (columns - view.cx) / view.fx * z, (rows - view.cy) / view.fy * z
    distance = np.sqrt(x**2 + y**2 + z**2)
    np.testing.assert_allclose(to_z(distance, view), z)
    known = encode_depth(
        distance.astype(np.float32), np.ones((height, 64), np.float32), view
    )
    assert (known == 7 * 256).all()


def test_wide_pictures_are_encoded_without_copies_of_all():
    """A picture of 8k would take gigabytes otherwise."""
    view = View(matrix(), 2048, 1024, 900.0, 900.0, 1023.5, 511.5)
    distance = np.full((1024, 2048), 9.0, np.float32)
    rgb = np.full((1024, 2048, 3), 0.5, np.float32)
    for work, size in (
        (lambda: encode_depth(distance, distance, view), 2),
        (lambda: encode_rgb(rgb), 3),
    ):
        tracemalloc.start()
        work()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8 * size * distance.size


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


def solid_pictures(
    view: View, boxes: tuple[PlacedBox, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Instances and depth as if every box were a solid block."""
    instances = np.zeros((view.height, view.width), np.uint16)
    nearest = np.full(instances.shape, np.inf)
    for box in boxes:
        near, hit = box_depth(view, box.pose, box.size)
        ahead = hit & (near < nearest)
        nearest[ahead] = near[ahead]
        instances[ahead] = instance_id(box.category, box.track_id)
    depth = np.where(np.isfinite(nearest), np.round(nearest * 256), 0)
    return instances, depth.astype(np.uint16)


def test_labels_of_a_real_drive_come_back(shared):
    root = shared / "kitti" / "training"
    scene = open_sequence(root, "0000", (0, 40)).scene
    recorded = {(la.frame, la.track): la for la in read_labels(root / LABELS)}
    overlaps, compared = [], 0
    for frame in range(0, 41, 8):
        view = scene.view("image_02", frame)
        boxes = scene.at(frame)
        pictures = solid_pictures(view, boxes)
        for label in visible_labels(view, boxes, frame, *pictures):
            other = recorded[frame, label.track]
            compared += 1
            # The camera stands 6 cm beside the one that KITTI's labels refer to, and
            # the vehicle's pitch and roll cost a label's yaw a little on the way.
            assert abs(math.remainder(label.alpha - other.alpha, math.tau)) < 0.03
            assert abs(math.remainder(label.yaw - other.yaw, math.tau)) < 0.01
            np.testing.assert_allclose(label.position, other.position, atol=0.07)
            assert label.category == other.category
            if other.truncation == 0:
                overlaps.append(overlap(label.box, other.box))
    assert compared >= 15
    assert np.median(overlaps) >= 0.95


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Intersection over union of two rectangles."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared_area = max(width, 0.0) * max(height, 0.0)
    areas = ((r[2] - r[0]) * (r[3] - r[1]) for r in (a, b))
    return shared_area / (sum(areas) - shared_area)
