"""From depths, tracks and colours to pixels, against surfaces that are known."""

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsg_core.drawing.frame import Picture
from nsg_core.view import View
from nsg_editor.pictures import shading
from nsg_editor.values.looking import Looking

LEVEL = (1.0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
VIEW = View(LEVEL, 90, 48, 60.0, 62.0, 44.0, 20.0)


def picture(
    depth: np.ndarray | None = None, stride: int = 1, view: View = VIEW
) -> Picture:
    shape = (view.height, view.width)
    depth = np.full(shape, 10.0) if depth is None else depth
    rng = np.random.default_rng(3)
    rgb = rng.random((*shape, 3), dtype=np.float32)
    opacity = np.ones(shape, np.float32)
    track = np.full(shape, -1, np.int32)
    return Picture(
        rgb, depth.astype(np.float32), opacity, track, stride, 1, stride == 1, 0.1, 9
    )


def plane(normal: tuple[float, float, float], away: float) -> np.ndarray:
    """Distances along the rays to the plane of points with ``normal . p == away``."""
    u, v = np.meshgrid(np.arange(VIEW.width), np.arange(VIEW.height))
    rays = np.stack(
        [(u - VIEW.cx) / VIEW.fx, (v - VIEW.cy) / VIEW.fy, np.ones(u.shape)], -1
    )
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        return away / (rays @ np.array(normal))


slopes = st.floats(-0.3, 0.3)


@given(slopes, slopes, st.floats(2.0, 30.0))
def test_the_normal_of_a_plane_is_the_plane_s(x, y, away):
    away_from = np.array([x, y, 1.0]) / math.sqrt(x * x + y * y + 1)
    shown = shading.normals_picture(picture(plane(tuple(away_from), away)), VIEW)
    facing = -away_from
    expected = 127.5 + 127.5 * np.array([facing[0], -facing[1], -facing[2]])
    assert np.abs(shown - expected).max() <= 1.5


def test_a_road_is_green_and_the_sky_dark():
    below = picture()
    depth = np.full_like(below.depth, 50.0)
    road = plane((0.0, 1.0, 0.0), 1.65)
    low = slice(24, None)
    depth[low] = road[low]
    below.opacity[:20] = 0.1
    shown = shading.normals_picture(
        Picture(below.rgb, depth, below.opacity, below.track, 1, 1, True, 0.1, 1),
        VIEW,
    )
    assert (shown[26:-1, :, 1] > 250).all()
    assert (np.abs(shown[26:-1, :, [0, 2]].astype(int) - 127) <= 3).all()
    assert (shown[:20] == shading.SKY).all()


@pytest.mark.parametrize("stride", [2, 4, 8])
def test_coarse_normals_are_those_of_what_was_traced(stride):
    away_from = (0.1, -0.2, 0.97)
    fine = plane(away_from, 9.0)
    rows, columns = (np.arange(n) // stride * stride for n in fine.shape)
    shown = shading.normals_picture(picture(fine[rows][:, columns], stride), VIEW)
    exact = shading.normals_picture(picture(fine), VIEW)
    assert np.abs(shown.astype(int) - exact).max() <= 2


@given(st.lists(st.floats(2.0, 120.0), min_size=2, max_size=30))
def test_depth_goes_through_the_scale_in_order(metres):
    shares = shading.depth_share(np.array(sorted(metres)))
    assert (np.diff(shares) >= 0).all()
    assert shading.depth_share(np.array([0.0, 2.0, 120.0, 1e9])).tolist() == [
        *(0, 0, 1, 1)
    ]


def test_a_depth_has_the_colour_of_the_scale_at_the_side():
    depths = np.linspace(1.0, 200.0, VIEW.width * VIEW.height)
    shown = shading.depth_picture(
        depths.reshape(VIEW.height, VIEW.width).astype(np.float32),
        np.ones((VIEW.height, VIEW.width), np.float32),
    ).reshape(-1, 3)
    for i in range(0, len(depths), 173):
        told = np.array(shading.depth_colour(float(depths[i])))
        assert np.abs(shown[i].astype(int) - told).max() <= 6


def test_no_depth_is_beyond_the_table():
    wild = np.array([[0.0, np.inf, np.nan, 1e-30, 3e38, 5.0]], np.float32)
    shown = shading.depth_picture(wild, np.ones_like(wild))
    assert (shown[0, 1] == shown[0, 4]).all()
    assert (shown[0, 0] == shown[0, 3]).all()


def test_objects_have_their_colours_and_nothing_else_has():
    seen = picture()
    seen.track[5:10, 5:10] = 0
    seen.track[20:30, 40:60] = 1007
    colours = {0: (255, 0, 0), 1007: (0, 250, 240)}
    asked: list[int] = []

    def colour_of(track: int) -> tuple[int, int, int]:
        asked.append(track)
        return colours[track]

    shown = shading.shaded(Looking("instances"), seen, VIEW, colour_of)
    assert sorted(asked) == [0, 1007]
    for track, colour in colours.items():
        assert (shown[seen.track == track] == colour).all()
    rest = shown[seen.track < 0].astype(int)
    assert np.ptp(rest, axis=1).max() == 0
    assert rest.max() < 100


@given(st.floats(0, 1))
def test_a_wipe_shows_each_picture_on_its_side(share):
    one, other = (np.full((4, 50, 3), value, np.float32) for value in (0.2, 0.8))
    mixed = shading.wiped(one, other, share)
    column = round(share * 50)
    assert (mixed[:, :column] == one[:, :column]).all()
    assert (mixed[:, column:] == other[:, column:]).all()
    assert (other == np.float32(0.8)).all()


def test_equal_pictures_differ_nowhere_and_others_where_they_do():
    one = picture().rgb
    other = one.copy()
    other[10:20, 30:40] = 1 - other[10:20, 30:40]
    same = shading.difference_picture(one, one)
    assert (same == same[0, 0]).all()
    apart = shading.difference_picture(one, other)
    inside = apart[10:20, 30:40].astype(int).sum(-1)
    assert np.median(inside) > 2 * int(same[0, 0].astype(int).sum())
    apart[10:20, 30:40] = same[0, 0]
    assert (apart == same).all()


def test_objects_alone_stand_before_an_even_ground():
    seen = picture()
    seen.opacity[:24] = 0.0
    seen.rgb[:24] = 0.0
    shown = shading.shaded(Looking(only="objects"), seen, VIEW, lambda _: (0, 0, 0))
    np.testing.assert_allclose(shown[:24] * 255, [[shading.EMPTY] * 90] * 24, atol=0.01)
    np.testing.assert_array_equal(shown[24:], seen.rgb[24:])


def test_colour_is_the_picture_itself():
    seen = picture()
    assert shading.shaded(Looking(), seen, VIEW, lambda _: (0, 0, 0)) is seen.rgb


@pytest.mark.parametrize("mode", ["depth", "normals", "instances", "opacity"])
def test_each_level_is_shaded_before_anybody_waits(mode):
    """5 ms for KITTI's size on a quiet machine; here only that nothing is done by
    pixel in Python, on whatever machine."""
    view = View(LEVEL, 1242, 375, 720.0, 720.0, 610.0, 172.0)
    seen = picture(view=view)
    took: list[float] = []
    for _ in range(5):
        began = time.process_time()
        shading.shaded(Looking(mode), seen, view, lambda _: (1, 2, 3))
        took.append(time.process_time() - began)
    assert min(took) < 0.05
