"""Shaded shapes: where they are, how they look, and what happens without OpenGL."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.scene import PlacedBox, Pose, Size
from nsg_core.view import View
from nsg_editor.derived.request import frame_of
from nsg_editor.pictures import proxy
from nsg_editor.pictures.proxy import Drawn, Proxy
from nsg_editor.pictures.proxy_shapes import (
    SKY,
    Shown,
    Way,
    frustum_lines,
    ground_patch,
    object_triangles,
    recorded_ways,
    shape_of,
    way_triangles,
)
from tests.editor.scenes import start_state, street

KINDS = ("Car", "Van", "Pedestrian", "Cyclist", "Truck", "Misc", "a thing")
ANGLES = st.floats(-3, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_fill_their_box_and_show_their_front(kind: str) -> None:
    solid = shape_of(kind)
    points = solid.triangles.reshape(-1, 3)
    low, high = points.min(0), points.max(0)
    assert (low > [-0.53, -1.01, -0.53]).all()
    assert (high < [0.53, 0.05, 0.53]).all()
    # From foot to top, and from side to side as far as somebody is wide.
    assert high[1] - low[1] > 0.95
    assert high[0] - low[0] > 0.5
    # Something pale or dark that is in front alone.
    middles = solid.triangles.mean(1)
    special = middles[(solid.colours >= 0).all(-1)]
    assert special[:, 0].max() > -special[:, 0].min() - 0.2


@given(st.sampled_from(KINDS), ANGLES, ANGLES, st.floats(0.3, 12))
def test_objects_stand_where_their_boxes_are(
    kind: str, yaw: float, pitch: float, length: float
) -> None:
    pose = Pose((3.0, 1.0, -20.0), yaw, pitch, 0.2)
    box = PlacedBox(7, kind, "object/7", Size(length, 1.5, 1.8), pose)
    triangles, colours = object_triangles(Shown(_view(), (box,), ((200, 90, 40),), 1.0))
    assert ((colours >= 0) & (colours <= 1.1)).all()
    solid = triangles[: len(shape_of(kind).triangles)].reshape(-1, 3)
    local = (solid - pose.position) @ pose.T_world_object()[:3, :3]
    assert (abs(local[:, 0]) < 0.53 * length).all()
    assert (abs(local[:, 2]) < 0.53 * 1.8).all()
    assert (local[:, 1] > -1.02 * 1.5).all()


def test_a_shadow_lies_on_the_road_even_under_what_floats() -> None:
    box = PlacedBox(1, "Car", "m", Size(4, 1.5, 1.8), Pose((0, -3.0, 10), 0.0))
    triangles, _ = object_triangles(Shown(_view(), (box,), ((9, 9, 9),), 1.65))
    shadow = triangles[-2:].reshape(-1, 3)
    assert shadow[:, 1] == pytest.approx(1.65, abs=0.05)


def test_ways_are_bands_along_the_recorded_tracks() -> None:
    scene = street()
    colours = {node.track_id: (1, 2, 3) for node in scene.objects}
    ways = recorded_ways(scene, colours, (9, 9, 9))
    assert len(ways) == 1 + len(scene.objects)
    triangles, shades = way_triangles(ways)
    assert len(triangles) == len(shades)
    assert np.isfinite(triangles).all()
    # What stands still has no way to draw.
    still = Way(((1.0, 1.6, 2.0),) * 4, (1, 1, 1))
    assert len(way_triangles((still,))[0]) == 0
    assert len(frustum_lines(())[0]) == 0


def test_the_ground_ends_in_the_sky() -> None:
    triangles, colours = ground_patch(5.0, 1.65, -3.0)
    assert (triangles[..., 1] == 1.65).all()
    far = np.hypot(triangles[..., 0] - 5, triangles[..., 2] + 3) > 300
    np.testing.assert_allclose(colours[far], np.array([SKY]) / 255 + 0 * colours[far])


def _view() -> View:
    return frame_of(start_state(), "free").view


def drawn(shown: Shown, made: Proxy, seconds: float = 30) -> Drawn:
    """The whole picture of a wish; skips where there is no OpenGL."""
    made.ask(shown)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        picture = made.take()
        if picture is not None and picture.whole and picture.shown == shown:
            return picture
        if made.trouble:
            pytest.skip(made.trouble)
        time.sleep(0.01)
    raise AssertionError("no picture came")


@pytest.fixture(scope="module")
def shapes() -> "Proxy":
    """One renderer for all tests: a process has one."""
    return Proxy()


def test_a_box_is_seen_where_it_projects_to(shapes: Proxy) -> None:
    state = start_state()
    view = frame_of(state, "free").view
    box = state.scene.at(0)[0]
    bare = Shown(view)
    full = replace(bare, boxes=(box,), colours=((255, 60, 30),))
    empty = drawn(bare, shapes).rgb.astype(int)
    picture = drawn(full, shapes).rgb.astype(int)
    assert picture.shape == (view.height, view.width, 3)
    rows, columns = np.nonzero(abs(picture - empty).sum(-1) > 60)
    x, y, z = box.pose.position
    middle = np.array([[x, y - box.size.height / 2, z]])
    u, v, _ = view.project(middle)[0]
    assert columns.mean() == pytest.approx(u, abs=8)
    assert rows.mean() == pytest.approx(v, abs=8)
    red = picture[..., 0] - picture[..., 2] > 80
    assert red.sum() > 60
    # The sky is above.
    np.testing.assert_allclose(picture[0, 0], SKY, atol=4)


def test_the_newest_wish_wins(shapes: Proxy) -> None:
    view = _view()
    wishes = [Shown(replace(view, cx=view.cx + i)) for i in range(30)]
    for wish in wishes[:-1]:
        shapes.ask(wish)
    assert drawn(wishes[-1], shapes).shown == wishes[-1]
    assert shapes.take() is None


def test_without_opengl_it_says_why_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self) -> None:
            raise OSError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(proxy, "_Stage", Broken)
    made = Proxy()
    made.ask(Shown(_view()))
    until = time.monotonic() + 10
    while not made.trouble:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert "libEGL" in made.trouble
    made.stop()
    assert made.take() is None
