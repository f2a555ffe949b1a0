"""Which pixels can see a box: none is forgotten, and few are named in vain."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nsg_core.drawing.frame import render_picture
from nsg_core.drawing.touched import touched_pixels
from nsg_core.geometry import intersect_boxes, pixel_rays, place
from nsg_core.request import RenderRequest
from nsg_core.scene import PlacedBox, Pose, Size, Vec3
from nsg_core.view import View
from tests.core.fakes import FlatModel
from tests.core.fast_models import box, look

FLAT = FlatModel(frozenset({"object/0", "object/3", "object/5"}))


def region(placed: PlacedBox) -> tuple[PlacedBox, tuple[Vec3, Vec3]]:
    """The box itself."""
    corners = FLAT.reach(placed)
    assert corners is not None
    return placed, corners


def turned(view: View, yaw: float, pitch: float) -> View:
    """A view that looks elsewhere."""
    T = Pose((0.0, 0.0, 0.0), yaw, pitch).T_world_object()
    return replace(view, T_world_camera=tuple((T @ view.matrix()).ravel().tolist()))


def seen(view: View, placed: PlacedBox, rng: np.random.Generator) -> np.ndarray:
    """Pixels of which a ray meets the box: their middles and many random points."""
    found = np.zeros((view.height, view.width), dtype=bool)
    v, u = np.mgrid[: view.height, : view.width].reshape(2, -1)
    for i in range(9):
        offset = rng.uniform(-0.5, 0.5, (2, len(u))) if i else np.zeros((2, len(u)))
        points = np.stack([u, v]) + offset
        rays = pixel_rays(view, torch.from_numpy(points.T).float())
        hits = intersect_boxes(place([(placed,)]), rays).ray.numpy()
        found[v[hits], u[hits]] = True
    return found


angle = st.floats(-math.pi, math.pi)
edge = st.floats(0.02, 6.0)


@settings(max_examples=150)
@given(
    position=st.tuples(st.floats(-8, 8), st.floats(-3, 3), st.floats(-6, 40)),
    turn=st.tuples(angle, angle, angle),
    edges=st.tuples(edge, edge, edge),
    look_at=st.tuples(angle, st.floats(-1, 1)),
    size=st.sampled_from([(24, 12), (7, 33), (1, 1)]),
    focal=st.floats(0.2, 3.0),
)
def test_no_pixel_that_sees_a_box_is_left_out(
    position: Vec3,
    turn: Vec3,
    edges: Vec3,
    look_at: tuple[float, float],
    size: tuple[int, int],
    focal: float,
) -> None:
    """Anywhere: behind the camera, around it, thinner than a pixel, far away."""
    placed = replace(box(0, 0, 0), size=Size(*edges), pose=Pose(position, *turn))
    view = turned(look(size, focal), *look_at)
    mask = touched_pixels(view, [region(placed)])
    missing = seen(view, placed, np.random.default_rng(0)) & ~mask
    assert not missing.any()


def test_no_more_pixels_than_a_rim_around_the_box() -> None:
    view, placed = look((200, 100)), box(0, 0.3, 12.0)
    mask = touched_pixels(view, [region(placed)])
    once = render_picture(FLAT, RenderRequest(view, (placed,), only="objects"))
    exact = once.track >= 0
    wide = exact.copy()
    for axis, step in 2 * ((0, -1), (0, 1), (1, -1), (1, 1)):
        wide |= np.roll(wide, step, axis)
    assert exact.sum() > 500
    assert not (mask & ~wide).any()


@pytest.mark.parametrize("z", [-5.0, -20.0])
def test_a_box_behind_the_camera_is_seen_nowhere(z: float) -> None:
    assert not touched_pixels(look(), [region(box(0, 0.0, z))]).any()


def test_a_box_around_the_camera_is_seen_everywhere() -> None:
    around = box(0, 0.0, 0.0, y=0.5)
    assert touched_pixels(look(), [region(around)]).all()


def test_of_several_boxes_all_are_seen() -> None:
    view, boxes = look((80, 40)), (box(0, -2.0, 9.0), box(3, 2.0, 9.0))
    both = touched_pixels(view, [region(b) for b in boxes])
    one, other = (touched_pixels(view, [region(b)]) for b in boxes)
    np.testing.assert_array_equal(both, one | other)
    assert (one != other).any()
    assert not touched_pixels(view, []).any()
