"""The free view and the map as pictures: what is where, and what the hands do."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_editor.actions.navigating import camera_pose
from nsg_editor.actions.table import perform
from nsg_editor.derived.request import frame_of, resolve_free
from nsg_editor.geometry.picking import hits
from nsg_editor.state import EditorState, ModelInfo
from nsg_editor.values.views import (
    LEAST_SCALE,
    MOST_SCALE,
    MapLook,
    drive_points,
    map_scale,
    map_view,
)
from tests.editor.scenes import start_state, street

METRES = st.floats(-80, 80)
SCALES = st.floats(1, 40)


def on_map(look: MapLook, x: float, z: float, y: float = 1.65) -> tuple[float, float]:
    """Where a point of the world is on the map of the street's first frame."""
    view = map_view(look, street(), "image_02", 0)
    u, v, depth = view.project(np.array([[x, y, z]]))[0]
    assert depth > 0
    return u, v


@given(METRES, METRES, SCALES, METRES, METRES)
def test_the_map_is_a_plan(x: float, z: float, scale: float, a: float, b: float):
    look = MapLook((x, z), scale, (500, 300))
    u, v = on_map(look, a, b)
    assert u == pytest.approx(249.5 + (a - x) * scale, abs=1e-3)
    assert v == pytest.approx(149.5 - (b - z) * scale, abs=1e-3)
    # A roof lies over its wheels: within a pixel as far as any screen reaches.
    far = max(abs(u - 249.5), abs(v - 149.5))
    assert on_map(look, a, b, -1.0) == pytest.approx((u, v), abs=0.01 + far / 1500)


@given(METRES, METRES, SCALES, st.floats(-12, 12), METRES, METRES)
def test_zooming_keeps_what_is_under_the_mouse(
    x: float, z: float, scale: float, notches: float, a: float, b: float
) -> None:
    state = start_state()
    look = MapLook((x, z), scale, (500, 300))
    state = replace(state, views=replace(state.views, map=look))
    at = on_map(look, a, b)
    after = perform(state, "dolly", notches=notches, where="map", at=at).views.map
    assert on_map(after, a, b) == pytest.approx(at, abs=1e-2)
    assert LEAST_SCALE <= map_scale(after) <= MOST_SCALE


@given(METRES, METRES, st.floats(-300, 300), st.floats(-200, 200))
def test_panning_takes_the_world_along(a: float, b: float, du: float, dv: float):
    state = start_state()
    look = state.views.map
    u, v = on_map(look, a, b)
    view = frame_of(state, "map").view
    moved = perform(state, "pan", view=view, du=du, dv=dv, where="map").views.map
    assert on_map(moved, a, b) == pytest.approx((u + du, v + dv), abs=1e-2)


def test_the_map_follows_the_car_until_somebody_pans() -> None:
    state = start_state()
    places = [frame_of(replace(state, frame=f), "map").view for f in (0, 3)]
    assert places[1].T_world_camera[11] - places[0].T_world_camera[11] == (
        pytest.approx(0.9)
    )
    held = perform(state, "follow", on=False)
    assert frame_of(held, "map") == frame_of(state, "map")
    assert frame_of(replace(held, frame=3), "map") == frame_of(held, "map")
    assert perform(held, "follow").views.map.centre is None
    assert perform(held, "home", where="map").views.map.centre is None


def test_the_whole_drive_fits_on_the_map() -> None:
    state = perform(start_state(), "fit-map")
    look = state.views.map
    for x, z in drive_points(state.scene):
        u, v = on_map(look, x, z)
        assert 0 <= u < look.room[0]
        assert 0 <= v < look.room[1]


@pytest.mark.parametrize("kind", ["map", "free"])
def test_boxes_are_picked_where_they_are(kind: str) -> None:
    state = perform(start_state(), "fit-map")
    boxes = state.scene.at(0)
    view = frame_of(state, kind).view  # pyright: ignore[reportArgumentType]
    for box in boxes:
        x, y, z = box.pose.position
        u, v, depth = view.project(np.array([[x, y - box.size.height / 2, z]]))[0]
        assert depth > 0
        assert hits(view, boxes, u, v)[0] == box.track_id


def test_the_free_view_sees_the_car_and_the_road_ahead() -> None:
    state = start_state()
    frame = frame_of(state, "free")
    here = state.scene.view("image_02", 0).T_world_camera
    for point in ((here[3], here[7], here[11]), (here[3], 1.65, here[11] + 20)):
        u, v, depth = frame.view.project(np.array([point]))[0]
        assert depth > 1
        assert 0 < u < frame.view.width
        assert 0 < v < frame.view.height


def moves(state: EditorState, where: str) -> list[EditorState]:
    """Every way to move a view, from the same start."""
    view = frame_of(state, where).view  # pyright: ignore[reportArgumentType]
    return [
        perform(state, "orbit", right=20.0, up=5.0, where=where),
        perform(state, "look", right=20.0, up=5.0, where=where),
        perform(state, "pan", view=view, du=10.0, dv=4.0, where=where),
        perform(state, "fly", by=(1.0, 0.0, 2.0), where=where),
        perform(state, "dolly", notches=2.0, where=where),
        perform(replace(state, selection=1), "focus", where=where),
    ]


def test_each_view_moves_alone() -> None:
    state = start_state()
    for moved in moves(state, "free"):
        assert moved.free is None
        assert moved.views.map == state.views.map
        assert moved.views.free.pose is not None
        assert perform(moved, "home", where="free").views == state.views
    for moved in moves(state, "camera"):
        assert moved.free is not None
        assert moved.views == state.views
    for moved in moves(state, "map"):
        assert moved.free is None
        assert moved.views.free == state.views.free


def test_keys_are_meant_for_the_view_under_the_mouse() -> None:
    state = perform(start_state(), "select", track=1)
    there = perform(state, "point-at-view", view="free")
    focused = perform(there, "focus")
    assert focused.free is None
    assert focused.views.free.pose is not None
    back = perform(focused, "home")
    assert back.views.free.pose is None
    near = perform(perform(state, "point-at-view", view="map"), "focus")
    assert on_map(near.views.map, -1.5, 22.0) == pytest.approx(
        (near.views.map.room[0] / 2 - 0.5, near.views.map.room[1] / 2 - 0.5), abs=0.1
    )


def test_turning_the_free_view_keeps_what_it_looks_at() -> None:
    state = start_state()
    before = frame_of(state, "free").view
    turned = perform(state, "orbit", right=40.0, up=-10.0, where="free")
    view = frame_of(turned, "free").view
    centre = np.array(camera_pose(state, "free")).reshape(4, 4)
    along = (1.65 - centre[1, 3]) / centre[1, 2]
    pivot = centre[:3, 3] + along * centre[:3, 2]
    np.testing.assert_allclose(
        view.project(pivot[None])[0], before.project(pivot[None])[0], atol=1e-6
    )


def test_the_free_view_is_neural_when_it_is_asked_to_be() -> None:
    state = replace(start_state(), model=ModelInfo("ready"))
    most = (400, 200)
    assert resolve_free(state, most) is None
    neural = perform(state, "free-picture", fill="neural")
    request = resolve_free(neural, most)
    assert request is not None
    assert request.view.width <= 400
    assert request.view.height <= 200
    assert request.boxes == neural.scene.at(0)
    assert resolve_free(replace(neural, model=ModelInfo()), most) is None
    hidden = perform(neural, "maximise", view="map")
    assert resolve_free(hidden, most) is None
    again = perform(neural, "free-picture")
    assert resolve_free(again, most) is None


def test_a_steep_or_tilted_camera_still_gives_views() -> None:
    """A camera that looks straight down has no heading; there are views even so."""
    scene = street()
    down = (1.0, 0, 0, 0, 0, 0, 1.0, -5.0, 0, -1.0, 0, 0, 0, 0, 0, 1.0)
    cameras = tuple(
        replace(c, Ts_world_camera=(down,) * len(scene.frames)) for c in scene.cameras
    )
    state = start_state()
    drive = replace(state.drive, recording=replace(scene, cameras=cameras))
    state = replace(start_state(), drive=drive)
    for kind in ("map", "free"):
        numbers = frame_of(state, kind).view.T_world_camera  # pyright: ignore
        assert all(map(math.isfinite, numbers))
