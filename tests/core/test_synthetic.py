"""The built-in street: its files agree with each other and with geometry."""

import hashlib
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nsg_core.datasets.instances import instance_id
from nsg_core.datasets.kitti_labels import Label, read_labels
from nsg_core.datasets.opening import open_sequence
from nsg_core.datasets.street.labelling import label_frame
from nsg_core.datasets.street.layout import actors, surroundings
from nsg_core.datasets.street.parts import Part, ball, bounds, box, tube
from nsg_core.datasets.street.rendering import Shot, StreetRenderer
from nsg_core.datasets.street.rig import camera_view, ego_pose
from nsg_core.datasets.synthetic import write_street
from nsg_core.errors import NsgError
from nsg_core.progress import Interrupted
from nsg_core.sequence import Sequence
from nsg_core.view import View

FRAMES, SIZE = 4, (414, 125)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small street, and that its progress was told frame by frame."""
    folder = tmp_path_factory.mktemp("street")
    told: list[tuple[int, int]] = []
    write_street(folder, FRAMES, SIZE, progress=lambda *step: told.append(step))
    assert told == [(done, FRAMES) for done in range(1, FRAMES + 1)]
    return folder


@pytest.fixture(scope="module")
def drive(street: Path) -> Sequence:
    return open_sequence(street)


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def depth(drive: Sequence, camera: str, frame: int) -> np.ndarray:
    """Metres along z; 0 for the sky."""
    return read(drive.depths[camera, frame]) / 256


def test_it_opens_as_a_drive(drive: Sequence) -> None:
    scene = drive.scene
    assert scene.frames == tuple(range(FRAMES))
    assert [camera.name for camera in scene.cameras] == ["image_02", "image_03"]
    left, right = (np.array(c.Ts_world_camera).reshape(-1, 4, 4) for c in scene.cameras)
    baseline = np.linalg.norm(right[:, :3, 3] - left[:, :3, 3], axis=1)
    np.testing.assert_allclose(baseline, 0.54, atol=1e-6)
    assert scene.cameras[0].fx == pytest.approx(721.5377 / 3)
    way = np.linalg.norm(left[-1, :3, 3] - left[0, :3, 3])
    assert way == pytest.approx(0.5 * (FRAMES - 1), rel=0.01)
    classes = {node.category for node in scene.objects}
    assert classes == {"Car", "Van", "Cyclist", "Pedestrian"}
    assert len(scene.objects) >= 8
    moving = [
        node.track_id
        for node in scene.objects
        if math.dist(node.track.poses[0].position, node.track.poses[-1].position) > 0.3
    ]
    assert len(moving) >= 4
    assert drive.image("image_03", 2).shape == (SIZE[1], SIZE[0], 3)
    assert drive.image("image_02", 0).std() > 30


def unproject(view: View, pixels: np.ndarray, z: np.ndarray) -> np.ndarray:
    """World points of pixels (u, v) [n 2] with depths [n]."""
    local = np.stack(
        [
            (pixels[:, 0] - view.cx) / view.fx * z,
            (pixels[:, 1] - view.cy) / view.fy * z,
            z,
        ],
        1,
    )
    T = view.matrix()
    return local @ T[:3, :3].T + T[:3, 3]


@pytest.mark.parametrize("other", [("image_03", 0), ("image_02", FRAMES - 1)])
def test_depth_and_cameras_agree_between_pictures(
    drive: Sequence, street: Path, other: tuple[str, int]
) -> None:
    """A static surface seen in two pictures is one place in the world."""
    one, two = ("image_02", 0), other
    views = [drive.scene.view(*key) for key in (one, two)]
    z0, z1 = (depth(drive, *key) for key in (one, two))
    things = read(street / "instances/0000/000000.png") > 0
    v, u = np.nonzero((z0 > 0) & (z0 < 30) & ~things)
    world = unproject(views[0], np.stack([u, v], 1), z0[v, u])
    seen = views[1].project(world)
    column, row = np.round(seen[:, :2]).astype(int).T
    inside = (column >= 0) & (column < SIZE[0]) & (row >= 0) & (row < SIZE[1])
    inside &= seen[:, 2] > 0.5
    found = z1[row[inside], column[inside]]
    expected = seen[inside, 2]
    # Half a pixel on a slanted surface, edges and what is hidden may differ.
    error = np.abs(found - expected) / expected
    assert inside.sum() > 5000
    assert np.median(error) < 0.01
    assert np.mean(error < 0.04) > 0.85


def test_the_road_is_a_plane_under_the_cameras(drive: Sequence) -> None:
    """In closed form: the road's depth at a row is fy * height / (v - cy)."""
    view, z = drive.scene.view("image_02", 0), depth(drive, "image_02", 0)
    rows = np.arange(int(0.75 * SIZE[1]), SIZE[1])
    u = np.full(len(rows), int(0.44 * SIZE[0]))
    points = unproject(view, np.stack([u, rows], 1), z[rows, u])
    np.testing.assert_allclose(points[:, 1], 1.65, atol=0.01)
    np.testing.assert_allclose(z[rows, u], view.fy * 1.65 / (rows - view.cy), rtol=2e-3)


def test_labels_are_where_the_instances_are(street: Path) -> None:
    labels = read_labels(street / "label_02/0000.txt")
    overlaps = []
    for label in labels:
        instances = read(street / f"instances/0000/{label.frame:06d}.png")
        shown = instances == instance_id(label.category, label.track)
        rows, columns = np.nonzero(shown)
        assert len(rows) > 0
        if label.occlusion == 0 and label.truncation == 0 and len(rows) > 150:
            found = (columns.min(), rows.min(), columns.max(), rows.max())
            overlaps.append(overlap(found, label.box))
    assert len(overlaps) >= 8
    assert np.median(overlaps) >= 0.9
    assert {label.occlusion for label in labels} == {0, 1, 2}


class Boxes(StreetRenderer):
    """Draws nothing: a silhouette is its box's corners' rectangle."""

    def __init__(self) -> None:
        """Without a context of OpenGL."""

    def silhouette(self, view: View, track: int, pose: np.ndarray, phase: int) -> int:
        """Pixels of the rectangle that lie within the picture."""
        size = next(a.size for a in actors(0) if a.track == track)
        half, wide = size.length / 2, size.width / 2
        ends = [(-half, half), (-size.height, 0), (-wide, wide)]
        corners = np.stack(np.meshgrid(*ends), -1).reshape(-1, 3)
        u, v, z = view.project(corners @ pose[:3, :3].T + pose[:3, 3]).T
        if z.min() < 0.2:
            return 0
        wide, high = (
            np.clip([x.min(), x.max()], 0, edge)
            for x, edge in ((u, view.width), (v, view.height))
        )
        return int(np.ptp(wide) * np.ptp(high))


def test_what_the_right_camera_alone_still_sees_has_a_label() -> None:
    """Or its pixels would be learnt as a part of the street."""
    frame, cast = 20, actors(0)
    left, right = (camera_view(camera, frame, SIZE) for camera in (2, 3))
    nothing = np.zeros((SIZE[1], SIZE[0]))
    shot = Shot(
        np.zeros((*nothing.shape, 3), np.uint8), nothing, nothing.astype(int) - 1
    )
    labels = label_frame(Boxes(), cast, frame, left, ego_pose(frame), shot, right)
    (label,) = labels
    assert (label.category, label.track) == ("Pedestrian", 8)
    assert (label.truncation, label.occlusion) == (2, 2)
    # Where it would be, beside the picture: a box without width at its edge.
    assert label.box[0] == label.box[2] == SIZE[0] - 1
    # What is in the picture, and hidden there, is not looked for beside it.
    views = [camera_view(camera, 0, SIZE) for camera in (2, 3)]
    assert not label_frame(Boxes(), cast, 0, views[0], ego_pose(0), shot, views[1])


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Intersection over union of boxes of whole pixels (their edges included)."""
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    areas = sum((c[2] - c[0] + 1) * (c[3] - c[1] + 1) for c in (a, b))
    shared = max(0.0, width) * max(0.0, height)
    return shared / (areas - shared)


def test_boxes_hold_their_objects_tightly(drive: Sequence, street: Path) -> None:
    """Points of an instance, brought to its box's frame, fill it and stay inside."""
    scene = drive.scene
    view, z = scene.view("image_02", 0), depth(drive, "image_02", 0)
    instances = read(street / "instances/0000/000000.png")
    for placed in scene.at(0):
        v, u = np.nonzero(instances == instance_id(placed.category, placed.track_id))
        world = unproject(view, np.stack([u, v], 1), z[v, u])
        T = np.linalg.inv(placed.pose.T_world_object())
        local = world @ T[:3, :3].T + T[:3, 3]
        s = placed.size
        half = np.array([s.length / 2, s.height / 2, s.width / 2])
        away = np.abs(local + np.array([0, s.height / 2, 0])) - half
        assert away.max() < 0.03, placed
        if len(u) > 1500:
            assert -local[:, 1].min() > 0.93 * s.height, placed


def test_the_left_label_is_in_the_frame_of_camera_0(street: Path) -> None:
    label = next(
        found
        for found in read_labels(street / "label_02/0000.txt")
        if found.frame == 2 and found.track == 0
    )
    assert isinstance(label, Label)
    T = ego_pose(2)
    world = T[:3, :3] @ np.array(label.position) + T[:3, 3]
    # The car ahead drives 0.62 m a frame along the street.
    np.testing.assert_allclose(world, (0.05, 1.65, 15.0 + 2 * 0.62), atol=1e-5)


def test_the_same_seed_gives_the_same_street(street: Path, tmp_path: Path) -> None:
    def digest(folder: Path) -> list[str]:
        names = ("image_02/0000/000000.png", "depth_03/0000/000000.png")
        return [hashlib.sha256(read(folder / n).tobytes()).hexdigest() for n in names]

    write_street(tmp_path / "again", 1, SIZE)
    assert digest(tmp_path / "again") == digest(street)


def test_another_seed_gives_another_street() -> None:
    places = [[actor.start for actor in actors(seed)] for seed in (0, 1)]
    assert places[0] != places[1]


def test_what_cannot_be_drawn_or_written(tmp_path: Path) -> None:
    with pytest.raises(NsgError, match=r"at least, found 0 frames of 414x125"):
        write_street(tmp_path, 0, SIZE)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(NsgError, match="cannot write"):
        write_street(blocked / "street", 1, SIZE)


def test_a_machine_that_cannot_draw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYOPENGL_PLATFORM", "nonsense")
    with pytest.raises(
        NsgError, match=r"could not be drawn: .*apt-get install libegl1"
    ):
        write_street(tmp_path, 1, (64, 24))


def test_who_asks_for_the_end_need_not_wait_for_a_frame(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def check() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        write_street(tmp_path, 400, (64, 24), 0, lambda *step: told.append(step), check)
    assert told == []


def test_progress_can_end_the_drawing(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        write_street(tmp_path, 400, (64, 24), progress=stop)
    assert len(list((tmp_path / "image_02/0000").glob("*.png"))) < 200


@pytest.mark.parametrize(
    ("shape", "volume", "size"),
    [
        (box((0, 0, 0), (1, 2, 3), (1, 1, 1)), 6.0, (1, 2, 3)),
        (tube((0, 0, 0), (0, -2, 0), 0.5, (1, 1, 1), sides=64), math.pi / 2, (1, 2, 1)),
        (ball((1, 1, 1), (1, 2, 3), (1, 1, 1), 40), 8 * math.pi, (2, 4, 6)),
    ],
)
def test_solids_are_closed_and_look_outwards(
    shape: Part, volume: float, size: tuple[float, ...]
) -> None:
    a, b, c = shape.vertices[shape.faces].swapaxes(0, 1)
    found = float((np.cross(a, b) * c).sum() / 6)
    assert found == pytest.approx(volume, rel=0.02)
    low, high = bounds((shape,))
    np.testing.assert_allclose(high - low, size, rtol=0.01)
    if shape.normals is not None:
        face = np.cross(b - a, c - a)
        for corner in range(3):
            outward = (face * shape.normals[shape.faces[:, corner]]).sum(1)
            assert outward.min() > -1e-9


def test_every_part_of_the_street_is_sound() -> None:
    seed = 5
    cast = actors(seed)
    parts = [*surroundings(seed), *(p for a in cast for mesh in a.phases for p in mesh)]
    for part in parts:
        assert np.isfinite(part.vertices).all()
        assert part.colors.min() >= 0
        assert part.faces.max() < len(part.vertices)
        if part.normals is not None:
            length = np.linalg.norm(part.normals, axis=1)
            # A vertex of no area has no normal.
            assert np.mean(np.abs(length - 1) < 1e-3) > 0.99
        if part.uv is not None:
            assert part.texture is not None
            assert part.uv.min() >= 0
            assert part.uv.max() <= 1
    for actor in cast:
        low, high = bounds(tuple(p for mesh in actor.centred for p in mesh))
        np.testing.assert_allclose((low + high)[[0, 2]], 0, atol=1e-9)
        assert high[1] == pytest.approx(0)
        assert -low[1] == pytest.approx(actor.size.height)
